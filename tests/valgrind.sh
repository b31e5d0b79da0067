#!/bin/sh
#
# The unit and network tests of the CPU's backend under valgrind's memcheck: reads of what
# was never written, reads and writes beyond a block, and blocks that nobody frees. Called by
# make check-valgrind with BUILD, a build without oneDNN (valgrind 3.19 does not know AVX-512,
# which it makes its code of) and without Vulkan (whose drivers are not ours), in the
# environment; TESTS='test_json test_fit' chooses.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u

logs=$BUILD/valgrind
mkdir -p "$logs" || exit 1

# Left out are tests that measure time, memory or what a child process does, and the one that runs
# the whole shipped bundle: more than half an hour of what the small networks of others run too.
left_out=' test_cancel test_endurance test_estimate test_fork test_hostmem test_in_place test_large '

passed=0 failed=0
for program in "$BUILD"/tests/unit/test_* "$BUILD"/tests/nets/test_*; do
    name=$(basename "$program")
    case $left_out in *" $name "*) continue ;; esac
    case " ${TESTS:-$name} " in *" $name "*) ;; *) continue ;; esac
    case $name in *vulkan*) continue ;; esac
    if timeout 3600 valgrind --quiet --error-exitcode=9 --leak-check=full \
           --errors-for-leak-kinds=definite,indirect,possible \
           "$program" >"$logs/$name.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name, see $logs/$name.log"
        grep -E '^==[0-9]+==' "$logs/$name.log" | head -n 20
    fi
done
echo "valgrind: $passed programs without findings, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
