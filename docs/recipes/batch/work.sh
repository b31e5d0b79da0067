#!/bin/sh
#
# One worker: work.sh LIST makes one after the other what the list of list.sh has, the
# clips that are there, or that another worker is at, left out. Status 1: some cannot be made.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
status=0
while IFS=$(printf '\t') read -r name still prompt seed; do
    [ -e "${CLIP_FOLDER:-clips}/$name.mp4" ] && continue
    sh "$(dirname "$0")/clip.sh" "$name" "$still" "$prompt" "$seed" </dev/null ||
        [ $? = 75 ] || status=1
done <"$1"
exit $status
