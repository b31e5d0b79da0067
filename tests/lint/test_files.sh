#!/bin/sh
#
# House rules that a machine can check: sizes and form of files, shell syntax.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

sources=$(find libavfilter_ttm tests scripts build-aux models/train -type f \
              \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) \
              -not -path '*/.*')
scripts="configure .ci/run $(find tests scripts build-aux docs -name '*.sh')"

equal 'tests may be told of a build folder by a relative path' "$(pwd -P)/tests/api" \
    "$(BUILD=tests/../tests/api && . tests/tap.sh && echo "$BUILD")"
# A table of data is one thing, however long.
empty 'files have less than 700 lines' \
    "$(echo "$sources" | grep -vE '_(tables|nfc)\.h' | xargs wc -l |
           awk '$2 != "total" && $1 >= 700 { print $2 ": " $1 " lines" }')"
empty 'no tabs and no trailing blanks' \
    "$(echo "$sources" | xargs grep -nE "$(printf '\t')|[ ]+\$" |
           cut -c1-100 | head -n 20)"
empty 'every C file says its licence' \
    "$(find libavfilter_ttm tests -name '*.[ch]' |
           xargs grep -LiE 'GNU Lesser General|LGPL')"
# The words are split so that this file does not find itself.
empty 'no unfinished work is marked' \
    "$(echo "$sources" | grep -v lint/ |
           xargs grep -nE "\\b(TO""DO|FIX""ME|X""XX|HA""CK)\\b" | head -n 20)"
empty 'the library neither prints nor aborts' \
    "$(grep -rnE '(^|[^_a-zA-Z])(printf|puts|abort|exit|assert) *\(' \
           libavfilter_ttm --include='*.c' | grep -v 'static_assert' |
           grep -vE ':[0-9]+: *(\*|/[/*])' | head -n 20)"
# Text of every kind. "=======" alone also underlines headings: seven and no more.
empty 'no marks of a conflict are left' \
    "$({ git ls-files -z 2>/dev/null || find . -type f -print0; } |
           xargs -0 grep -InE \
           '^(<{7}|>{7}|[|]{7})( |$)|^={7}$' | cut -c1-100 | head -n 20)"
# Sources that the texts name are there, so that a newcomer finds them.
named=$(grep -noE '`[a-z0-9_.-]+(/[a-z0-9_.-]+)+\.(c|h|comp|glsl|sh|py|md|txt)`' \
            README.md docs/*.md models/*/README.md /dev/null | tr -d '`' |
            grep -vE '/(name|x)\.comp$' |
            while IFS=: read -r file line path; do
                for root in . libavfilter_ttm models/train "$(dirname "$file")"; do
                    [ -e "$root/$path" ] && continue 2
                done
                echo "$file:$line: $path"
            done)
empty 'files that the documents name exist' "$named"
for script in $scripts; do
    [ -f "$script" ] && check "sh -n $script" sh -n "$script"
done

finish
