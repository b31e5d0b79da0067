#!/bin/sh
#
# Bring the patches of FFmpeg up to date with the tree:
#     patches.sh PATCHES [FOLDER]
# writes into each folder PATCHES/ffmpeg-* the filter's section of the manual and its
# FATE tests (libavfilter_ttm/hosts/ffmpeg), which patches repeat for each release of
# FFmpeg; the rest of the patches stays as it is. With FOLDER the series are written
# there as they could be sent to FFmpeg, the filter's sources in the first patch.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/.." && pwd -P)
host=$root/libavfilter_ttm/hosts/ffmpeg
patches=$1
full=${2:-}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ttm-patches.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

die() {
    echo "patches: $*" >&2
    exit 1
}

# new_file PATH FILE: a patch that adds it.
new_file() {
    printf 'diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n' \
        "$1" "$1" "$1"
    printf '@@ -0,0 +1,%d @@\n' "$(wc -l <"$2")"
    sed 's/^/+/' "$2"
}

# The section of the manual takes the place of that in the patch, between the same lines.
put_section() {     # <PATCH
    awk -v section="$host/ttm.texi" '
        /^diff --git / { manual = $3 == "a/doc/filters.texi" }
        manual && /^@@/ {
            while ((getline line < section) > 0) added[++count] = line
            split($0, old, /[-+, ]+/)       # @@ -N,4 +N,M @@
            printf "@@ -%d,%d +%d,%d @@\n", old[2], old[3], old[4], old[3] + count
            next
        }
        manual && /^\+/ && !/^\+\+\+/ {
            if (!written++)
                for (i = 1; i <= count; i++) print "+" added[i]
            next
        }
        { print }
        END { if (!written) exit 1 }'
}

# Without the files that the patch adds, which the tree has.
drop_new_files() {  # <PATCH
    awk '/^diff --git / { held = $0; next }
         held != "" { added = /^new file mode/; if (!added) print held; held = "" }
         !added || /^-- $/ { added = added && !/^-- $/; print }'
}

# What is behind "---" is for readers of the tree.
drop_note() {       # <PATCH
    awk '/^---$/ && !seen { seen = skip = 1; print; print ""; next }
         /^diff --git / { skip = 0 }
         !skip { print }'
}

for folder in "$patches"/ffmpeg-*; do
    version=${folder##*/}
    add=$(sed -n '/add-the-ttm-filter/p' "$folder/series")
    fate=$(sed -n '/tests-of-the-ttm-filter/p' "$folder/series")
    [ -f "$folder/$add" ] && [ -f "$folder/$fate" ] ||
        die "$folder/series names no patches of the filter and of its tests"

    put_section <"$folder/$add" >"$tmp/add" ||
        die "$folder/$add does not add to doc/filters.texi"
    drop_new_files <"$folder/$fate" >"$tmp/fate"
    (cd "$host/fate" && find . -type f | sort) >"$tmp/tests"
    while read -r name; do
        new_file "tests/${name#./}" "$host/fate/$name"
    done <"$tmp/tests" >>"$tmp/fate"
    for name in add fate; do
        eval "file=$folder/\$$name"
        cmp -s "$tmp/$name" "$file" || cp "$tmp/$name" "$file" || exit 1
    done

    [ -n "$full" ] || continue
    rm -rf "${full:?}/$version"
    mkdir -p "$full/$version" && cp "$folder"/* "$full/$version/" || exit 1
    {
        drop_note <"$folder/$add"
        for file in "$host"/*.[ch]; do
            new_file "libavfilter/${file##*/}" "$file"
        done
    } >"$full/$version/$add"
done
