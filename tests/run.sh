#!/bin/sh
# Run the programs of the tests: tests/run.sh BUILD AREA...
build=$1
passed=0 failed=0
for program in "$build"/tests/unit/test_* "$build"/tests/kernels/test_* \
               "$build"/tests/nets/test_*; do
    [ -x "$program" ] || continue
    if "$program"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
