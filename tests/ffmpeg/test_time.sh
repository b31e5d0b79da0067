#!/bin/sh
#
# Clips of any rate and length (docs/time.md).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

TTM_MODEL=models/ttm-small      # its networks make 16 frames
toys="masks=1:seed=7:threads=1:steps=1:prompt='the left toy jumps while the right toy spins'"

# clip FILE OPTIONS
clip() {
    ff -i $scene -i $masks -filter_complex \
        "[0]scale=128:-1[s];[1]scale=128:-1:flags=neighbor[m];[s][m]ttm=$toys:$2" \
        -c:v ffv1 -pix_fmt bgr0 "$work/$1.mkv" 2>"$work/$1.log"
}

# rows OPTIONS WANTED: rate and frames
rows() {
    clip rate "$1"
    equal "$1" "$2" "$(show r_frame_rate,nb_read_frames "$work/rate.mkv")"
}
rows fps=25 25/1,50
rows fps=24:duration=1 24/1,24
rows fps=50:duration=0.5 50/1,25
rows fps=60:frames=7 60/1,7
rows fps=30000/1001:duration=1.5 30000/1001,45
rows duration=3 8/1,24
rows fps=25:duration=0.01 25/1,1
equal 'the last frame is a frame before the end' 1.468 \
    "$(clip rate fps=30000/1001:duration=1.5; "$ffprobe" -v error -show_entries \
        frame=pts_time -of csv=p=0 "$work/rate.mkv" | tail -n 1 | cut -c1-5)"

# 31 frames in the time of 16 have those of 16 among them.
clip short frames=16
clip twice frames=31
equal 'every second frame is one of the networks'"'" "$(md5 '[0]null' -i "$work/short.mkv")" \
    "$(md5 "[0]select='not(mod(n,2))',setpts=N/8/TB" -i "$work/twice.mkv")"
equal 'no two frames are the same' 31 "$(md5 '[0]null' -i "$work/twice.mkv" | sort -u | lines)"

# Decoded, a join is as like the frame before as the others are: the least of the motion.
clip long duration=8:fps=12:motion_time=2
ff -i "$work/long.mkv" -filter_complex \
    "split[a][b];[a]trim=start_frame=1,setpts=N/12/TB[c];[b]setpts=N/12/TB[d];[c][d]psnr=shortest=1:stats_file=$work/psnr" \
    -f null - 2>>"$work/md5.log"
sed 's/.*psnr_avg:\([^ ]*\).*/\1/' "$work/psnr" | awk '
    { value = $1 == "inf" ? 99 : $1 }
    NR < 24 && (!least || value < least) { least = value }
    NR >= 24 && (!after || value < after) { after = value }
    END { printf "# least of the motion %.1f dB, behind it %.1f dB\n", least, after
          exit !(NR == 95 && after >= least - 1.5) }' >"$work/joins"
check 'frames behind the motion are as like each other as those of it' test $? = 0
cat "$work/joins"

# What moves in place comes back to where it was, half a minute on.
clip far duration=30:fps=8:motion_time=2
ff -i "$work/far.mkv" -filter_complex \
    "split[a][b];[a]trim=end_frame=1,loop=loop=15:size=1,setpts=N/8/TB[c];[b]trim=start_frame=224,setpts=N/8/TB[d];[c][d]psnr=stats_file=$work/far.psnr" \
    -f null - 2>>"$work/md5.log"
sed 's/.*psnr_avg:\([^ ]*\).*/\1/' "$work/far.psnr" | sort -n | tail -n 1 | awk '
    { print "# nearest of the last two seconds: " $1 " dB"; exit !($1 >= 25) }' >"$work/nearest"
check 'the last two seconds have one like the first frame' test $? = 0
cat "$work/nearest"

# plan emits the moments of full, and render takes them.
clip plan mode=plan:frames=40
equal 'a plan of 40 frames' 40 "$(show nb_read_frames "$work/plan.mkv")"
check 'render takes it' ff -i $scene -i "$work/plan.mkv" -filter_complex \
    "[0]scale=128:-1[s];[s][1]ttm=mode=render:steps=1:seed=7:threads=1:prompt='the left toy jumps'" \
    -c:v ffv1 -pix_fmt bgr0 "$work/render.mkv"
equal 'and makes as many' 40 "$(show nb_read_frames "$work/render.mkv")"
for more in 'frames=100' 'duration=4:fps=25' 'fps=25:frames=100:motion_time=1'; do
    ff -i $scene -i "$work/plan.mkv" -filter_complex \
        "[0]scale=128:-1[s];[s][1]ttm=mode=draft:$more" -f framemd5 - 2>"$work/log" |
        grep -v '^#' >"$work/draft"
    equal "a draft with $more" 100 "$(lines <"$work/draft")"
    check 'says that it is resampled' grep -q 'the trajectory has 40 frames: it is resampled' \
        "$work/log"
done

# Its motion is as long as it says: 40 frames of 8 a second.
ff -i $scene -i "$work/plan.mkv" -filter_complex \
    "[0]scale=128:-1[s];[s][1]ttm=mode=draft:frames=80:motion_time=5" -f null - 2>"$work/log"
empty 'a trajectory in its own time is not resampled' "$(grep resampled "$work/log")"

# Alpha between the networks' frames and behind the end.
ff -f lavfi -i "color=red:s=40x40,format=rgba,pad=160:160:60:100:0x00000000,loop=1:1" -frames:v 1 \
    -update 1 "$work/sprite.png"
ff -i "$work/sprite.png" -vf \
    "ttm=prompt='the red square jumps':seed=7:threads=1:steps=1:frames=40:motion_time=2" \
    -c:v ffv1 -pix_fmt bgra "$work/sprite.mkv" 2>"$work/log"
equal 'a sprite of 40 frames keeps its alpha' bgra,40 \
    "$(show pix_fmt,nb_read_frames "$work/sprite.mkv")"
ff -i "$work/sprite.mkv" -vf alphaextract,scale=1:1:flags=area -f rawvideo -pix_fmt gray - |
    od -An -v -tu1 -w1 | awk '
    NR == 1 { first = $1 } { if ($1 < 0.8 * first || $1 > 1.1 * first) bad = 1 }
    END { exit bad || NR != 40 || first < 10 }'
check 'and nearly all of it' test $? = 0

# refused OPTIONS PATTERN
refused() {
    clip refused "$1" && fail "$1 is refused" 'it is not'
    check "$1: the line says why" grep -q "$2" "$work/refused.log"
}
refused frames=10:duration=2 'frames and duration are both set'
refused duration=999999:fps=100 'duration: 999999 seconds are'
refused duration=-1 'duration.*out of range'
refused motion_time=fast 'motion_time'
refused frames=1000001 'frames.*out of range'

finish
