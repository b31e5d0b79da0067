#!/bin/sh
#
# Configure FFmpeg with the components that clips need:
#     ffmpeg-configure.sh SOURCE LIBX264 [ARGUMENT...]
# in the folder to build in. LIBX264 is auto, yes or no.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

source=$1
x264=$2
shift 2

set -- --disable-everything --disable-autodetect --disable-doc \
    --disable-debug --disable-network --disable-ffplay --enable-zlib \
    --enable-libttm \
    --enable-protocol=file,pipe,fd \
    --enable-indev=lavfi \
    --enable-decoder=png,apng,mjpeg,webp,bmp,gif,ppm,h264,mpeg4,ffv1 \
    --enable-decoder=tiff,jpeg2000,targa,exr,hdr,dpx,qoi,pam,pgm,pfm,psd,sgi \
    --enable-decoder=hevc,vp9,prores,dnxhd,mpeg2video,rawvideo,wrapped_avframe \
    --enable-parser=png,mjpeg,webp,bmp,gif,h264,mpeg4video,vp8 \
    --enable-parser=jpeg2000,dpx,hdr,qoi,pnm,hevc,vp9,av1,mpegvideo,dnxhd \
    --enable-demuxer=image2,image2pipe,image_png_pipe,image_jpeg_pipe \
    --enable-demuxer=image_webp_pipe,image_bmp_pipe,image_gif_pipe \
    --enable-demuxer=image_tiff_pipe,image_j2k_pipe,image_exr_pipe \
    --enable-demuxer=image_hdr_pipe,image_qoi_pipe,image_jpegxl_pipe \
    --enable-demuxer=gif,apng,mov,matroska,rawvideo,h264,concat,hls,mxf \
    --enable-encoder=mpeg4,ffv1,png,apng,gif,mjpeg,ppm,rawvideo \
    --enable-encoder=prores_ks,dnxhd,mpeg2video,tiff,jpeg2000,targa,exr,hdr \
    --enable-encoder=dpx,qoi,wrapped_avframe,pcm_s16le \
    --enable-muxer=mp4,mov,matroska,webm,gif,apng,image2,image2pipe \
    --enable-muxer=hls,mpegts,mxf --enable-demuxer=mpegts \
    --enable-muxer=rawvideo,null,md5,framemd5,framecrc,hash,framehash \
    --enable-filter=ttm,overlay,scale,fps,hstack,vstack,xstack,xfade,blend \
    --enable-filter=hwupload,hwdownload \
    --enable-filter=format,psnr,ssim,tile,split,palettegen,paletteuse,loop \
    --enable-filter=trim,setpts,setsar,settb,setparams,null,crop,pad,tpad \
    --enable-filter=concat,reverse,select,sendcmd,metadata,showinfo \
    --enable-filter=gblur,fade,alphaextract,colorchannelmixer \
    --enable-filter=transpose,hflip,vflip,rotate,zoompan,drawbox,alphamerge \
    --enable-filter=testsrc,testsrc2,color,nullsrc,geq,colorkey \
    "$@"

has() {
    for module do
        ${PKG_CONFIG:-pkg-config} --exists "$module" || return 1
    done
}

has libttm-http && set -- "$@" --enable-libttm-http
# geq and libx264 are GPL; without libx264 the binaries stay LGPL.
if [ "$x264" = yes ] || { [ "$x264" = auto ] && has x264; }; then
    set -- "$@" --enable-gpl --enable-libx264 --enable-encoder=libx264
fi
if has freetype2 harfbuzz; then
    set -- "$@" --enable-libfreetype --enable-libharfbuzz \
        --enable-filter=drawtext
    has fontconfig && set -- "$@" --enable-libfontconfig
fi
if has libwebp libwebpmux; then
    set -- "$@" --enable-libwebp --enable-encoder=libwebp,libwebp_anim \
        --enable-muxer=webp
fi
has dav1d && set -- "$@" --enable-libdav1d --enable-decoder=libdav1d
has vpx && set -- "$@" --enable-libvpx --enable-encoder=libvpx_vp9
has SvtAv1Enc && set -- "$@" --enable-libsvtav1 --enable-encoder=libsvtav1 \
    --enable-muxer=avif
has 'libjxl >= 0.7.0' 'libjxl_threads >= 0.7.0' && set -- "$@" --enable-libjxl \
    --enable-decoder=libjxl --enable-encoder=libjxl
command -v nasm >/dev/null 2>&1 || set -- "$@" --disable-x86asm

exec sh "$source/configure" "$@"
