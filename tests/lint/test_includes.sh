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
          grep -v '^ffmpeg/')

upward=$(echo "$own" | awk -F: '
    BEGIN {
        split("util tensor io graph backend run", order, " ")
        for (i in order) level[order[i]] = i
        level["nets"] = level["prompt"] = 7
        level["sampler"] = level["segment"] = 7
        level["pipeline"] = 8
    }
    function rank(path, folder) {
        if (path == "ttm.h" || path == "config.h") return 0
        if (path !~ /\//) return 9
        folder = path
        sub(/\/.*/, "", folder)
        return folder in level ? level[folder] : -1
    }
    {
        header = $2
        if (header !~ /\// && header != "ttm.h" && header != "config.h" &&
            $1 ~ /\//) {
            folder = $1
            sub(/[^\/]*$/, "", folder)
            header = folder header
            if ((getline line < ("libavfilter_ttm/" header)) < 0) header = $2
            close("libavfilter_ttm/" header)
        }
        if (rank($1) < 0 || rank(header) < 0)
            print $1 ": unknown layer: " $2
        else if (rank(header) > rank($1))
            print $1 ": may not include " $2 " of a layer above it"
    }')
empty 'includes point downward' "$upward"

# only PATTERN FILES NAME: headers that match are seen in FILES alone.
only() {
    empty "$3" "$(grep -rnE --include='*.[ch]' "# *include *[<\"]($1)" $lib |
                      grep -vE "^$lib/($2)")"
}
only 'cjson/|cJSON'  'io/json\.c:'              'only io/json.c sees cJSON'
only 'oneapi/|dnnl'  'backend/cpu/'             'only backend/cpu sees oneDNN'
only 'libav(util|filter|codec|format|device)/|avfilter\.h' 'ffmpeg/' \
                                                'only ffmpeg/ sees libav*'
only 'vulkan'        'backend/vulkan/'          'only backend/vulkan sees Vulkan'
empty 'the filter sees ttm.h only' \
    "$(grep -nE '# *include *"(util|tensor|io|graph|backend|run|nets|prompt|sampler|segment|pipeline)/' \
           $lib/ffmpeg/*.[ch])"

finish
