#!/bin/sh
#
# Layers of the library as the linker sees them: an object needs no symbol of a layer
# above its own or beside it, and the files of a folder need each other in one order
# only. Skipped where the library is not built.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

list=${BUILD:-build}/obj/library.list

if [ ! -f "$list" ] || ! command -v nm >/dev/null 2>&1; then
    skip 'layers at link level' 'the library is not built, or there is no nm'
    finish
fi
objects=$(tr ' ' '\n' <"$list" | grep '/libavfilter_ttm/')
# shellcheck disable=SC2086 # a list of words
if ! ls $objects >/dev/null 2>&1; then
    skip 'layers at link level' 'the library is not built as its list says'
    finish
fi

# Lines "FILE FILE SYMBOL": the first needs the symbol, which the second defines.
# shellcheck disable=SC2086 # a list of words
nm -A -P -g $objects | sed 's|^.*/libavfilter_ttm/||; s|\.o: | |' | awk '
    $3 == "U" { needed[NR] = $1 " " $2; next }
    $3 ~ /^[TDBRVWiGS]$/ { owner[$2] = $1 }
    END {
        for (i in needed) {
            split(needed[i], need, " ")
            if (need[2] in owner && owner[need[2]] != need[1])
                print need[1], owner[need[2]], need[2]
        }
    }' | sort >"$tap_folder/links"

check 'the links of the library are found' test "$(wc -l <"$tap_folder/links")" -gt 500

layers=$(grep -v '^#' tests/lint/layers.txt)
wrong=$(awk -v layers="$(echo "$layers" | paste -sd'|')" '
    BEGIN {
        count = split(layers, ranks, "|")
        for (i = 1; i <= count; i++) {
            folders = split(ranks[i], names, " ")
            for (j = 1; j <= folders; j++) level[names[j]] = i
        }
    }
    function folder(path) {
        if (path !~ /\//) return ""
        sub(/\/.*/, "", path)
        return path
    }
    function rank(path) {
        return folder(path) in level ? level[folder(path)] : count + 1
    }
    rank($2) > rank($1) { print $1 ": needs " $3 " of " $2 ", a layer above it" }
    rank($2) == rank($1) && folder($1) != folder($2) {
        print $1 ": needs " $3 " of " $2 ", a layer beside it"
    }' "$tap_folder/links")
empty 'links point downward' "$wrong"

# Layers have an order, so that a loop lies in one folder.
for folder in $layers; do
    empty "no loop in $folder" \
        "$(awk -v at="$folder/" 'index($1, at) == 1 && index($2, at) == 1 { print $1, $2 }' \
               "$tap_folder/links" | tsort 2>&1 >/dev/null)"
done

finish
