#!/bin/sh
#
# Configure FFmpeg for its FATE tests of the ttm filter, and for nothing else, in the folder to
# build in:
#     ffmpeg-fate.sh SOURCE [ARGUMENT...]
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
source=$1
shift
exec sh "$source/configure" --disable-everything --disable-autodetect --disable-doc \
    --disable-debug --disable-network --disable-ffplay --disable-x86asm --disable-swresample \
    --enable-libttm --enable-indev=lavfi --enable-protocol=file,pipe \
    --enable-filter=ttm,testsrc,color,trim,format,drawbox,crop,setsar,scale \
    --enable-decoder=wrapped_avframe,rawvideo --enable-encoder=rawvideo,pcm_s16le,wrapped_avframe \
    --enable-muxer=framecrc "$@"
