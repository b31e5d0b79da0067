#!/bin/sh
#
# Run test programs and scripts that speak TAP: run.sh LOGS PROGRAM...
# Prints a line a program with its seconds, and those of the processor, the output of
# those that failed, and one closing line of counts. A program that dies, or runs fewer
# tests than it planned, counts as a failure. A program with counts of its own ends with
# "... N passed, N failed" instead. Called by make check in the source folder.
# What hangs fails after TTM_TEST_SECONDS (unset: 1500).
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

logs=$1
shift
mkdir -p "$logs" || exit 1
passed=0 failed=0 skipped=0 processor=0
limit="timeout -k 10 ${TTM_TEST_SECONDS:-1500}"

count() {       # REGEX FILE
    grep -cE "$1" "$2"
}

for program do
    name=${program##*tests/}
    log=$logs/$(echo "$name" | tr '/' '-').log
    began=$(date +%s)
    case $program in
    *.sh) $limit sh "$program" ;;
    *)    CMOCKA_MESSAGE_OUTPUT=TAP $limit "$program" ;;
    esac >"$log" 2>&1 </dev/null
    status=$?
    seconds=$(($(date +%s) - began))
    before=$processor
    times >"$logs/times"
    processor=$(awk -F'[ms ]+' 'NR == 2 { printf "%.0f", 60 * ($1 + $3) + $2 + $4 }' \
                    "$logs/times")
    skip=$(count '^(not )?ok [0-9]+.*# *[Ss][Kk][Ii][Pp]' "$log")
    good=$(grep -E '^ok [0-9]+' "$log" | grep -cvi '# *skip')
    bad=$(grep -E '^not ok [0-9]+' "$log" | grep -cvi '# *skip')
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$log" |
                  awk '{ n += $1 } END { print n + 0 }')
    own=$(tail -n 1 "$log" | grep -E '(^|[: ])[0-9]+ passed, [0-9]+ failed')
    if [ "$planned" = 0 ] && [ -n "$own" ]; then
        good=$(echo "$own" | sed 's/.*[^0-9]\([0-9]*\) passed.*/\1/; s/ passed.*//')
        bad=$(echo "$own" | sed 's/.*[^0-9]\([0-9]*\) failed.*/\1/')
        skip=$(echo "$own" | sed -n 's/.*[^0-9]\([0-9]*\) skipped.*/\1/p')
        : "${skip:=0}"
        planned=$((good + skip))
    fi
    if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$planned" = 0 ] ||
                           [ "$planned" != $((good + skip)) ]; }; then
        echo "# exit status $status after $good of $planned tests" >>"$log"
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + skip))
    if [ "$bad" = 0 ]; then
        printf 'pass %-40s %4d tests %4d s %4d s of processor\n' "$name" "$good" \
            $seconds $((processor - before))
        grep -iE '^(not )?ok [0-9]+.*# *skip' "$log"
    else
        printf 'FAIL %-40s %4d of %d failed, %s\n' "$name" "$bad" \
            $((good + bad)) "$log"
        sed 's/^/    /' "$log" | tail -n 60
    fi
done

if [ $skipped = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ $failed = 0 ] && [ $passed != 0 ]
