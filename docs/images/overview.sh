#!/bin/sh
#
# Draw docs/images/overview.png with the built ffmpeg: overview.sh [BUILD]
# Rows: the trajectory of stage 1 and the clip, for a scene of three objects,
# the clip from a photograph, and a trajectory that is given with its clip; every
# third frame, the still first.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -eu
cd "$(dirname "$0")/../.."
ffmpeg=${1:-build}/bin/ffmpeg
pick="select='not(mod(n,3))'"
scene=masks=1:objects=docs/scenes/three.json:seed=1

"$ffmpeg" -v error -nostdin -y \
    -i docs/scenes/three.png -i docs/scenes/three-masks.png \
    -i docs/photos/rocket.jpg -i docs/scenes/arms-down.png \
    -i docs/scenes/arms-down.mkv -filter_complex "
    [0]split[plan_still][still]; [1]split[plan_masks][masks];
    [plan_still][plan_masks]ttm=$scene:mode=plan,$pick,scale=160:160:flags=neighbor,tile=6x1[plan];
    [still][masks]ttm=$scene,$pick,scale=160:160,tile=6x1[clip];
    [2]ttm=prompt='the rocket lifts off':objects=docs/photos/rocket.json:seed=1,$pick,scale=160:-2,tile=6x1[rocket];
    [4]split[given][shape];
    [shape]$pick,scale=160:160:flags=neighbor,tile=6x1[drawn];
    [3][given]ttm=mode=render:prompt='the toy puts down its arms':seed=1,$pick,scale=160:160,tile=6x1[bent];
    [plan][clip][rocket][drawn][bent]vstack=5,split[all][few];
    [few]palettegen[palette]; [all][palette]paletteuse" \
    -frames:v 1 -update 1 docs/images/overview.png
