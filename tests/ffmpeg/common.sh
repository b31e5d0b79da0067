# Helpers of the tests of the filter, to be sourced after tests/tap.sh. BUILD
# is the build folder. The bundle is a tiny one with random weights, or that of
# TTM_TEST_MODEL: these tests are about the filter, not the picture.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

ffmpeg=$BUILD/bin/ffmpeg
ffprobe=$BUILD/bin/ffprobe
work=$tap_folder
bundle=${TTM_TEST_MODEL:-tests/ref/bundle}
export TTM_MODEL="$bundle"
# Threads of a busy machine wait for each other longer than they work.
export OMP_WAIT_POLICY=passive

fast=frames=4:steps=1:seed=7:threads=1
scene=docs/scenes/three.png
masks=docs/scenes/three-masks.png
objects=objects=docs/scenes/three.json

ff() {
    "$ffmpeg" -hide_banner -nostdin -nostats -loglevel warning -y "$@"
}

# md5 FILTER INPUT...: one checksum a frame.
md5() {
    graph=$1
    shift
    ff "$@" -filter_complex "$graph" -f framemd5 - 2>>"$work/md5.log" |
        grep -v '^#' | awk '{ print $NF }'
}

# show ENTRIES FILE: stream entries as a,b,c
show() {
    "$ffprobe" -v error -count_frames -select_streams v:0 \
        -show_entries "stream=$1" -of csv=p=0 "$2" 2>&1 | sed 's/,$//'
}

lines() {
    wc -l | tr -d ' '
}

# block PAGE WORD: the commands of a recipe's blocks that have the word, as they are written,
# but for what keeps ffmpeg from asking.
block() {
    awk -v word="$2" '/^```sh$/ { inside = 1; block = ""; next }
        /^```$/ { if (inside && index(block, word)) printf "%s", block; inside = 0 }
        inside { block = block $0 "\n" }' "$1" |
        sed 's/^ffmpeg /ffmpeg -nostdin -v warning -y /'
}
