#!/bin/sh
#
# SIGINT and SIGTERM inside a clip, at moments that SEED draws: the end within a second
# of processor time (the machine may be busy), and a file of what was there before.
# MOMENTS of each signal (3), on each of DEVICES (cpu); `make nightly` takes 25 and
# 'cpu vulkan:0'.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

seed=${SEED:-1}
moments=${MOMENTS:-3}
clip="$objects:frames=8:steps=6:seed=7:threads=1:generation_size=128x128"

now() {
    date +%s%N | cut -c1-13
}

# Milliseconds of processor time that children which have ended took, as `times` of
# this shell (not of a part of it) has said in a file.
ended() {
    tail -n 1 "$work/times" | tr 'ms' '  ' |
        awk '{ print int(1000 * (60 * $1 + $2 + 60 * $3 + $4)) }'
}

# The same of a child that runs.
running() {
    awk -v hz="$(getconf CLK_TCK)" \
        '{ sub(/.*\) /, ""); print int(1000 * ($12 + $13) / hz) }' "/proc/$1/stat"
}

start() {       # FILE
    "$ffmpeg" -hide_banner -nostdin -nostats -loglevel info -y -i $scene -i $masks \
        -filter_complex "[0][1]ttm=masks=1:$clip:device='$escaped'" -c:v ffv1 -pix_fmt bgr0 \
        -flush_packets 1 "$1" 2>"$work/log" &
    child=$!
}

hashes() {
    md5 '[0]null' -i "$1" | head -n 8
}

for device in ${DEVICES:-cpu}; do
    escaped=$(echo "$device" | sed 's/:/\\:/')
    told=0
    slowest=0
    begin=$(now)
    start "$work/whole.mkv"
    wait $child
    whole=$(($(now) - begin))
    hashes "$work/whole.mkv" >"$work/whole.md5"
    equal "$device: without a signal there are all frames" 8 "$(lines <"$work/whole.md5")"
    echo "# seed $seed, $device: a clip takes $whole ms"

    index=0
    for signal in INT TERM; do
        for moment in $(awk -v seed="$seed" -v nb="$moments" -v whole="$whole" \
                -v offset=$index 'BEGIN { srand(seed + offset)
                    for (i = 0; i < nb; i++)
                        printf "%.3f\n", (i + rand()) / nb * 0.95 * whole / 1000 }')
        do
            index=$((index + 1))
            times >"$work/times"
            before=$(ended)
            start "$work/part.mkv"
            sleep "$moment"
            if ! used=$(running $child 2>/dev/null) ||
               ! kill -$signal $child 2>/dev/null; then
                wait $child
                skip "$device: $signal after $moment s" 'the clip had ended'
                continue
            fi
            wait $child
            status=$?
            times >"$work/times"
            more=$(($(ended) - before - used))
            check "$device: $signal after $moment s ends within a second ($more ms)" \
                test $more -lt 1000
            case $status in
            255)
                check 'it is told' grep -q 'received signal' "$work/log"
                told=$((told + 1))
                [ $more -le $slowest ] || slowest=$more
                ;;
            # before ffmpeg listens the signal kills it, and the clip may have ended
            *)   check "status $status: too early or too late" \
                     test $status -gt 128 -o $status = 0 ;;
            esac
            if [ -s "$work/part.mkv" ] && [ $status = 255 ]; then
                hashes "$work/part.mkv" >"$work/part.md5" 2>/dev/null
                nb=$(lines <"$work/part.md5")
                head -n "$nb" "$work/whole.md5" >"$work/begin.md5"
                check "the file has the first $nb frames" \
                    cmp -s "$work/begin.md5" "$work/part.md5"
            fi
            rm -f "$work/part.mkv"
        done
    done
    echo "# $device: $told of $index moments ended by the signal, the slowest in $slowest ms"
done

finish
