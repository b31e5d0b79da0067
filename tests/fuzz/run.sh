#!/bin/sh
#
# Run fuzz targets on their corpora: run.sh NAME..., as many at a time as there are cores.
# Called by make fuzz in the source folder, with BUILD and SECONDS_EACH in the environment.
# What is found to be new stays in BUILD/fuzz/found/NAME and is taken up by the next run; an
# input that ends a target is BUILD/fuzz/found/NAME-crash-... (or -leak-, -timeout-, -oom-).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

seconds=$((${SECONDS_EACH:-10}))
found=$BUILD/fuzz/found

if [ $# -gt 1 ]; then
    printf '%s\n' "$@" |
        xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" -n 1 sh "$0"
    exit
fi

name=$1
mkdir -p "$found/$name"
log=$found/$name.log
began=$(date +%s)
"$BUILD/fuzz/tests/fuzz/$name" -max_total_time=$seconds -timeout=25 \
    -rss_limit_mb=2500 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="$found/$name-" "$found/$name" "tests/fuzz/corpus/$name" \
    >"$log" 2>&1 || {
    echo "fuzz $name: FAILED, $log"
    grep -vE '^#[0-9]' "$log" | tail -n 40 | sed 's/^/    /'
    exit 1
}
runs=$(sed -n 's/.*number_of_executed_units: *//p' "$log")
seed=$(sed -n 's/^INFO: Seed: *//p' "$log")
echo "fuzz $name: ${runs:-0} inputs in $(($(date +%s) - began)) s, seed $seed"
