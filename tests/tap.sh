# Helpers of the shell tests, to be sourced: each check prints one line of
# TAP. A script ends with `finish`. BUILD becomes an absolute path; unset it is build/.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

BUILD=${BUILD:-build}
[ ! -d "$BUILD" ] || BUILD=$(cd "$BUILD" && pwd -P) || exit 1
export BUILD

tap_number=0
tap_failed=0
tap_folder=$(mktemp -d "${TMPDIR:-/tmp}/ttm-test.XXXXXX") || exit 1
trap 'rm -rf "$tap_folder"' EXIT
trap 'exit 1' HUP INT TERM

pass() {        # NAME
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $1"
}

fail() {        # NAME [DETAIL]
    tap_number=$((tap_number + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_number - $1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
}

skip() {        # NAME REASON
    tap_number=$((tap_number + 1))
    echo "ok $tap_number # SKIP $1: $2"
}

# check NAME COMMAND...: the command must succeed; its output is the detail.
check() {
    tap_name=$1
    shift
    if tap_output=$("$@" 2>&1); then
        pass "$tap_name"
    else
        fail "$tap_name" "$tap_output"
    fi
}

# equal NAME EXPECTED ACTUAL
equal() {
    if [ "$2" = "$3" ]; then
        pass "$1"
    else
        fail "$1" "expected: $2
got:      $3"
    fi
}

# empty NAME TEXT: there must be no complaint.
empty() {
    if [ -z "$2" ]; then
        pass "$1"
    else
        fail "$1" "$2"
    fi
}

# await SECONDS COMMAND...: until it succeeds; false if it does not
await() {
    tries=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.2
    done
}

finish() {
    echo "1..$tap_number"
    [ "$tap_failed" = 0 ]
    exit
}
