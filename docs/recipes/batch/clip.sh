#!/bin/sh
#
# One clip: clip.sh NAME STILL PROMPTFILE [SEED] makes clips/NAME.mp4 and its report,
# clips/NAME.json, unless the clip is there. What ffmpeg says is in clips/NAME.log.
#
# Any number of these may run at once, on all machines that share the folder. Who works at
# a clip holds a lock of its log, which the kernel lets go when the last process of that
# work ends, however it ends. Files are made in a folder of their own and get their names
# when they are whole.
#
# Status 0: the clip is there; 75: another process works at it; 1: it cannot be made.
# CLIP_FOLDER is another folder than clips, CLIP_DEVICE a device, CLIP_OPTIONS are more
# options of the filter, as duration=5:fps=25.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
name=$1 still=$2 prompt=$3 seed=${4:--1}
clips=${CLIP_FOLDER:-clips}
[ -e "$clips/$name.mp4" ] && exit 0

# A colon in a value has two backslashes in a filter graph.
device=$(printf '%s\n' "${CLIP_DEVICE:-auto}" | sed 's/:/\\\\&/g')
options=seed=$seed:device=$device${CLIP_OPTIONS:+:$CLIP_OPTIONS}

mkdir -p "$clips" || exit 1
exec 9>>"$clips/$name.log" || exit 1
flock -n 9
case $? in
0) ;;
1) exit 75 ;;
*) exit 1 ;;
esac

# Under the lock, what is left there is that of a process that died. On NFS a client
# sees what others put into a folder at the latest when it makes something there itself,
# so only now is it known that the clip is not there.
rm -rf "$clips/.$name."??????
part=$(mktemp -d "$clips/.$name.XXXXXX") || exit 1
trap 'rm -rf "$part"' EXIT
trap 'exit 1' HUP INT TERM
[ -e "$clips/$name.mp4" ] && exit 0

# In its own folder all names are plain ones, which no option has to escape. The files are on
# the disk before they have their names, lest a power cut leave empty ones.
make_clip() {
    case $seed in
    ''|*[!0-9]*)
        if [ "$seed" != -1 ]; then
            echo "the seed '$seed' is not a number"
            return 1
        fi ;;
    esac
    own=still.${still##*.}
    cp "$still" "$part/$own" && cp "$prompt" "$part/prompt" && cd "$part" || return 1
    ffmpeg -nostdin -v warning -i "./$own" -vf "
            ttm=promptfile=prompt:report=clip.json:$options,
            crop=trunc(iw/2)*2:trunc(ih/2)*2,
            format=yuv420p:color_spaces=bt709:color_ranges=tv,
            setparams=color_primaries=bt709:color_trc=bt709" \
        -c:v libx264 -crf 18 -movflags +faststart clip.mp4 &&
        sync clip.mp4 clip.json
}

if (make_clip) >"$clips/$name.log" 2>&1 &&
        mv "$part/clip.json" "$clips/$name.json" && mv "$part/clip.mp4" "$clips/$name.mp4"; then
    [ -s "$clips/$name.log" ] || rm "$clips/$name.log"
    exit 0
fi
echo "$name: no clip, $clips/$name.log says why" >&2
exit 1
