#!/bin/sh
#
# Run fuzz targets on their corpora: run.sh NAME... Called by make fuzz in the source
# folder, with BUILD and SECONDS_EACH in the environment. What is found to be new stays
# in BUILD/fuzz/found/NAME and is taken up by the next run; an input that ends a target
# is BUILD/fuzz/found/NAME-crash-... (or -leak-, -timeout-, -oom-).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

seconds=$((${SECONDS_EACH:-10}))
found=$BUILD/fuzz/found
failed=0

for name do
    mkdir -p "$found/$name"
    log=$found/$name.log
    began=$(date +%s)
    "$BUILD/fuzz/tests/fuzz/$name" -max_total_time=$seconds -timeout=25 \
        -rss_limit_mb=2500 -max_len=16384 -print_final_stats=1 \
        -artifact_prefix="$found/$name-" "$found/$name" "tests/fuzz/corpus/$name" \
        >"$log" 2>&1
    status=$?
    runs=$(sed -n 's/.*number_of_executed_units: *//p' "$log")
    seed=$(sed -n 's/^INFO: Seed: *//p' "$log")
    if [ $status = 0 ]; then
        echo "fuzz $name: ${runs:-0} inputs in $(($(date +%s) - began)) s, seed $seed"
    else
        failed=$((failed + 1))
        echo "fuzz $name: FAILED, $log"
        grep -vE '^#[0-9]' "$log" | tail -n 40 | sed 's/^/    /'
    fi
done
[ $failed = 0 ]
