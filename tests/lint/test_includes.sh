#!/bin/sh
#
# Layers of the library: a file includes headers of its own layer and of those
# below it, and libraries are seen only where docs/architecture.md says so.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

lib=libavfilter_ttm

# Lines "FILE:HEADER" of the project's own headers.
own=$(grep -rHoE --include='*.[ch]' '^ *# *include *"[^"]+"' $lib |
          sed 's|'"$lib"'/||; s/: *# *include *"/:/; s/"$//' |
          grep -v '^hosts/')

wrong=$(echo "$own" | awk -F: -v layers="$(grep -v '^#' tests/lint/layers.txt |
                                               paste -sd'|')" '
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
        if (path == "ttm.h" || path == "config.h") return 0
        if (path !~ /\//) return count + 1
        return folder(path) in level ? level[folder(path)] : -1
    }
    {
        header = $2
        if (header !~ /\// && header != "ttm.h" && header != "config.h" &&
            $1 ~ /\//) {
            near = $1
            sub(/[^\/]*$/, "", near)
            header = near header
            if ((getline line < ("libavfilter_ttm/" header)) < 0) header = $2
            close("libavfilter_ttm/" header)
        }
        if (rank($1) < 0 || rank(header) < 0)
            print $1 ": unknown layer: " $2
        else if (rank(header) > rank($1))
            print $1 ": may not include " $2 " of a layer above it"
        else if (rank(header) == rank($1) && folder($1) != folder(header))
            print $1 ": may not include " $2 " of a layer beside it"
    }')
empty 'includes point downward' "$wrong"

# only PATTERN FILES NAME: headers that match are seen in FILES alone.
only() {
    empty "$3" "$(grep -rnE --include='*.[ch]' "# *include *[<\"]($1)" $lib |
                      grep -vE "^$lib/($2)")"
}
only 'cjson/|cJSON'  'io/json\.c:'              'only io/json.c sees cJSON'
only 'oneapi/|dnnl'  'backend/cpu/'             'only backend/cpu sees oneDNN'
only 'libav(util|filter|codec|format|device)/|avfilter\.h' 'hosts/ffmpeg/' \
                                                'only hosts/ffmpeg/ sees libav*'
only 'vulkan'        'backend/vulkan/'          'only backend/vulkan sees Vulkan'
only 'curl/'            'hosts/http/'             'only hosts/http/ sees libcurl'
only 'frei0r\.h' 'hosts/frei0r/'                  'only hosts/frei0r/ sees frei0r'
empty 'hosts see ttm.h only' \
    "$(grep -nE '# *include *"(util|tensor|io|graph|backend|run|nets|prompt|sampler|segment|motion|model|denoise|render|clip)/' \
           $lib/hosts/*/*.[ch])"

finish
