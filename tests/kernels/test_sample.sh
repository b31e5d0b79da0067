#!/bin/sh
#
# What TTM_SAMPLE draws of the kernels' cases: as many as it says, others with another
# seed, the same with the same one, which is printed. On the CPU, by test_masked.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

# cases SAMPLE SEED: the names of the cases that ran, a line each
cases() {
    env TTM_SAMPLE="$1" TTM_SEED="$2" TTM_TEST_VERBOSE=1 VK_DRIVER_FILES=/nonexistent \
        VK_ICD_FILENAMES=/nonexistent "$BUILD/tests/kernels/test_masked" >"$tap_folder/log" ||
        echo "exit status $?"
    sed -n 's/^# \(.*\): self .*/\1/p' "$tap_folder/log"
}

cases 3 11 >"$tap_folder/first"
check 'the seed is printed' grep -q '^# seed 11: one case in 3$' "$tap_folder/log"
of_3=$(wc -l <"$tap_folder/first")
equal 'every device and type has its line' 9 "$(grep -c '^ok' "$tap_folder/log")"
equal 'one seed draws the same again' "$(cat "$tap_folder/first")" "$(cases 3 11)"
cases 3 12 >"$tap_folder/second"
check 'another one draws others' \
    sh -c "! cmp -s '$tap_folder/first' '$tap_folder/second'"
equal 'one case at least' 9 "$(cases 1000 11 | wc -l)"
all=$(cases 1 11 | wc -l)
check "fewer of them ($of_3) than all ($all), and a third or so" \
    [ "$((of_3 * 2))" -lt "$all" ]
check 'but no fewer than a quarter' [ "$((of_3 * 4))" -ge "$all" ]

finish
