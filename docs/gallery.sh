#!/bin/sh
#
# Make the clips and sheets of docs/gallery.md with the built ffmpeg, and the
# list of them in it, below its line "<!-- clips -->": gallery.sh [BUILD]. The
# stills, masks and prompts in docs/gallery are those that
# tests/motionbench/gallery_stills.py writes.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -eu
cd "$(dirname "$0")/.."
ffmpeg=${1:-build}/bin/ffmpeg
out=docs/gallery
list=docs/gallery.md
sed -i '/^<!-- clips -->$/q' "$list"
echo >>"$list"

# clip NAME TITLE GRAPH INPUT...: both outputs have the same seed.
clip() {
    name=$1 title=$2 graph=$3
    shift 3
    set -- "$@" -filter_complex "$graph"
    "$ffmpeg" -v error -nostdin -y "$@" -loop 0 -quality 55 "$out/$name.webp"
    "$ffmpeg" -v error -nostdin -y "$@,select='not(mod(n,3))',scale=160:-2,tile=6x1" \
        -frames:v 1 -update 1 -q:v 4 "$out/$name-sheet.jpg"
    inputs=
    while [ "$1" != -filter_complex ]; do
        inputs="$inputs $1 $2"
        shift 2
    done
    cat >>"$list" <<END
## $title

![$title](gallery/$name.webp)
![every third frame](gallery/$name-sheet.jpg)

\`\`\`sh
ffmpeg$inputs -filter_complex \\
    "$graph" -loop 0 -quality 55 $name.webp
\`\`\`

END
}

# scene NAME TITLE: still, masks and prompts of the same name.
scene() {
    clip "$1" "$2" "[0][1]ttm=masks=1:objects=$out/$1.json:seed=1" \
        -i "$out/$1.jpg" -i "$out/$1-masks.png"
}

# drawn NAME TITLE STILL PROMPT: key frames NAME-key0.png ... that a hand has drawn.
drawn() {
    "$ffmpeg" -v error -nostdin -y -i "$out/$1-key%d.png" \
        -vf 'scale=160:-2,tile=6x1,format=rgb24' -frames:v 1 -update 1 "$out/$1-keys.png"
    clip "$1" "$2" "[0][1]ttm=mode=render:prompt='$4':frames=16:seed=1" \
        -i "$3" -i "$out/$1-key%d.png"
    cat >>"$list" <<END
![the key frames](gallery/$1-keys.png)

END
}

clip rocket "Photograph: the rocket lifts off" \
    "ttm=prompt='the rocket lifts off':objects=docs/photos/rocket.json:seed=1" \
    -i docs/photos/rocket.jpg
scene liftoff "Photograph: the white shuttle lifts off"
scene coffee "Photograph: the red saucer moves left"
drawn tilt "Photograph, drawn by hand: the astronaut tilts her head" \
    tests/motionbench/photographs/astronaut.jpg 'the astronaut tilts her head'
drawn nod "Photograph, drawn by hand: the raccoon nods" \
    tests/motionbench/photographs/raccoon.jpg 'the raccoon nods'
scene raccoon "Composite: the raccoon slides to the right"
scene badge "Composite: the purple badge falls"
scene cat "Composite: the cat jumps"
scene astronaut "Composite: the astronaut drifts to the left while the planet grows"
scene shuttle "Composite: the shuttle rises and the helmet stays still"
for still in "$out"/multi-*.json; do
    name=$(basename "$still" .json)
    scene "$name" "Drawn: $(sed -n 's/^ "motion": "\(.*\)",$/\1/p' "$still")"
done
