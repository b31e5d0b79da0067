#!/bin/sh
#
# Clips that begin again where they end (docs/time.md, Loops), as they are decoded.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

TTM_MODEL=models/ttm-small      # its networks make 16 frames, at 8 a second

# clip NAME OPTIONS PROMPT
clip() {
    ff -i $scene -i $masks -filter_complex \
        "[0]scale=128:-1[s];[1]scale=128:-1:flags=neighbor[m];[s][m]ttm=masks=1:seed=7:threads=1:steps=1:prompt='$3':$2" \
        -c:v ffv1 -pix_fmt bgr0 "$work/$1.mkv" 2>"$work/$1.log"
}

# pixels NAME: frames, one a line, as the means of 16x16 parts.
pixels() {
    ff -i "$work/$1.mkv" -vf scale=16:16:flags=area,format=gray -f rawvideo - |
        od -An -v -tu1 -w256
}

# seam NAME: is the last frame as near to the first as any two neighbours?
seam() {
    pixels "$1" | awk '
        function apart(a, b,    i, sum) {
            for (i = 1; i <= 256; i++)
                sum += (a[i] - b[i]) ^ 2
            return sqrt(sum / 256)
        }
        {
            for (i = 1; i <= 256; i++) {
                before[i] = now[i]
                now[i] = $i
                if (NR == 1)
                    first[i] = $i
            }
            if (NR > 1 && apart(before, now) > most)
                most = apart(before, now)
        }
        END {
            seam = apart(now, first)
            printf "# greatest step %.2f, from the last to the first %.2f\n", most, seam
            exit !(NR > 2 && most > 0.2 && seam <= most)
        }' >"$work/seam"
}

# seamless NAME
seamless() {
    check "$1: the last frame leads into the first" seam "$1"
    cat "$work/seam"
}

moves='the left toy moves left while the middle toy moves up'
place='the left toy jumps while the right toy spins'

clip open frames=16 "$moves"
seam open >"$work/log"
equal 'a clip that is no loop has a seam' 1 $?

clip moves loop=1 "$moves"
seamless moves
equal 'there and back takes twice as long' 8/1,30 \
    "$(show r_frame_rate,nb_read_frames "$work/moves.mkv")"
clip place loop=1:fps=25:duration=3 "$place"
seamless place
equal 'a loop is as long as it is asked to be' 25/1,75 \
    "$(show r_frame_rate,nb_read_frames "$work/place.mkv")"
clip long loop=1:frames=150:motion_time=2 "$moves while the right toy spins"
seamless long
clip none loop=1:refine=none "$moves"
seamless none
clip plan mode=plan "$moves"
check 'a plan is rendered as a loop' ff -i $scene -i "$work/plan.mkv" -filter_complex \
    "[0]scale=128:-1[s];[s][1]ttm=mode=draft:loop=1:seed=7:prompt='$moves'" -c:v ffv1 \
    -pix_fmt bgr0 "$work/draft.mkv"
equal 'of twice its frames, less two' 30 "$(show nb_read_frames "$work/draft.mkv")"
seamless draft
clip objects mode=objects:loop=1 "$moves"
equal 'objects are shown once' 1 "$(show nb_read_frames "$work/objects.mkv")"
check 'loop=2 is refused' sh -c "! '$ffmpeg' -v error -f lavfi -i color=s=64x64 -vf ttm=prompt=a:loop=2 -f null - 2>/dev/null"

finish
