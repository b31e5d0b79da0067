#!/bin/sh
#
# The filter's section of FFmpeg's manual (ttm.texi): its options are those of the table,
# with their values, ranges and defaults, and so are those of docs/options.md; its
# examples run; Texinfo and FFmpeg's converter read it; the manual page is made of it.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

texi=libavfilter_ttm/hosts/ffmpeg/ttm.texi
{
    "$BUILD/tests/ffmpeg/options" table
    printf '%s|boolean|0|1|0|\n' masks each
    printf 'provenance|boolean|0|1|1|\n'
} >"$work/table"

# The items of the table of options: name, values and text, separated by tabs.
awk '
    /^@table/     { depth++; next }
    /^@end table/ { depth--; next }
    depth == 1 && /^@item / { name = $2; order[++count] = name; next }
    depth == 2 && /^@item / { values[name] = values[name] (values[name] == "" ? "" : " ") $2
                              last = $2; next }
    depth         { text[name] = text[name] " " $0
                    if (depth == 2 && /This is the default\./) fallback[name] = last }
    END { for (i = 1; i <= count; i++) {
              name = order[i]
              gsub(/  +/, " ", text[name])
              printf "%s\t%s\t%s\t%s\n", name, values[name], fallback[name], text[name] } }
' "$texi" >"$work/manual"
equal 'the manual has the options of the table, in any order' \
    "$(cut -d'|' -f1 "$work/table" | sort)" "$(cut -f1 "$work/manual" | sort)"

# has NAME TEXT: the manual says it of the option.
has() {
    case $text in
    *"$2"*) pass "$1: $2" ;;
    *)      fail "$1: $2" "the manual says:$text" ;;
    esac
}

while IFS='|' read -r name type min max fallback choices; do
    text=$(awk -F'\t' -v name="$name" '$1 == name { print $4 }' "$work/manual")
    equal "$name: its values" "$choices" \
        "$(awk -F'\t' -v name="$name" '$1 == name { print $2 }' "$work/manual")"
    case $type in
    choice)
        equal "$name: its default" "$fallback" \
            "$(awk -F'\t' -v name="$name" '$1 == name { print $3 }' "$work/manual")" ;;
    number|rate)
        has "$name" "from @code{$min} to @code{$max}"
        has "$name" "Default is @code{$fallback}" ;;
    boolean)
        case $fallback in
        0) has "$name" 'Disabled by default.' ;;
        *) has "$name" 'Enabled by default.' ;;
        esac ;;
    *)  has "$name" 'y default' ;;
    esac
    case $type in
    rate) has "$name" '@ref{video rate syntax' ;;
    size) has "$name" '@ref{video size syntax' ;;
    esac
done <"$work/table"
run_time=$(ff -h filter=ttm | grep -oE '^ +[a-z_]+ +<[a-z0-9_]+> +\.\.FV\.\.\.\.\.T\.' |
               awk '{ print $1 }' | sort)
equal 'the commands are the options that may change' "$run_time" \
    "$(sed -n '/^@subsection Commands/,/^@subsection Metadata/p' "$texi" |
           grep -oE '@option\{[a-z_]+\}' | sed 's/.*{//; s/}//' | sort)"

# docs/options.md: the rows of its first table.
sed -n '/^| option /,/^$/p' docs/options.md | sed '1,2d; /^$/d' |
    sed 's/^| `\([a-z_]*\)` | \([^|]*\) | .*/\1|\2/' >"$work/options.md"
equal 'docs/options.md has the options of the manual, and threads' \
    "$({ cut -f1 "$work/manual"; echo threads; } | sort)" "$(cut -d'|' -f1 "$work/options.md" | sort)"
while IFS='|' read -r name type min max fallback choices; do
    said=$(sed -n "s/^$name|//p" "$work/options.md" | tr -d '\`')
    text=$(awk -F'\t' -v name="$name" '$1 == name { print $4 }' "$work/manual")
    case $type,$fallback in boolean,0) fallback=false ;; boolean,1) fallback=true ;; esac
    case $said in
    "the bundle's"*)
        case $text in
        *"the bundle's"*) pass "$name: the bundle's in both" ;;
        *) fail "$name: docs/options.md says the bundle's" "$text" ;;
        esac ;;
    "the input's"|none|empty|"from the prompt"|"see "*)
        empty "$name: no default in the table" "$fallback" ;;
    *)  case $type in
        string) has "$name" "y default @samp{$said}" ;;
        *)      equal "$name: its default in docs/options.md" "$fallback" "$said" ;;
        esac ;;
    esac
done <"$work/table"

# The examples, as they are written, one after the other.
mkdir "$work/examples"
awk '/^@example$/ { example = 1; print "#"; next }
     /^@end example$/ { example = 0; next }
     example' "$texi" | sed 's/@{/{/g; s/@}/}/g; s/@@/@/g' >"$work/commands"
equal 'there are thirteen examples' 13 "$(grep -c '^#$' "$work/commands")"
awk '/^@verbatim$/ { found = 1; next } /^@end verbatim$/ { exit } found' "$texi" \
    >"$work/examples/boxes.json"
cp docs/scenes/three.png "$work/examples/photo.png"
cp docs/scenes/three-masks.png "$work/examples/masks.png"
model=$(realpath "$bundle")
while read -r line; do
    [ "$line" = '#' ] && continue
    output=${line##* }
    echo "$line" | sed 's/^ffmpeg /ffmpeg -nostdin -hide_banner -v warning -y /' >"$work/command"
    check "runs: $line" env PATH="$(realpath "$BUILD/bin"):$PATH" TTM_MODEL="$model" \
        sh -c "cd '$work/examples' && sh -e '$work/command'"
    check "and has made $output" test -s "$work/examples/$output"
done <"$work/commands"
for name in out odd; do
    equal "the colors of $name.mp4 are named" 'tv,bt709,bt709,bt709' \
        "$(show color_range,color_space,color_transfer,color_primaries "$work/examples/$name.mp4")"
done
equal 'the clip of the report is the one that it reports' \
    "$(md5 null -i "$work/examples/first.mkv")" "$(md5 null -i "$work/examples/again.mkv")"

# Texinfo's and FFmpeg's own converters.
{
    printf '\\input texinfo\n@setfilename ttm.info\n@settitle ttm\n@node Top\n@top ttm\n'
    printf '@c man begin NAME\nttm - a filter\n@c man end\n@c man begin DESCRIPTION\n'
    printf '@chapter Video Filters\n'
    cat "$texi"
    printf '@c man end\n@bye\n'
} >"$work/whole.texi"
if command -v makeinfo >/dev/null 2>&1; then
    empty 'Texinfo has no complaint' \
        "$(makeinfo --plaintext -o "$work/ttm.txt" "$work/whole.texi" 2>&1)"
else
    skip 'Texinfo has no complaint' 'there is no makeinfo'
fi
converter=$BUILD/ffmpeg/source/doc/texi2pod.pl
check 'the converter of FFmpeg reads it' \
    sh -c "perl '$converter' '$work/whole.texi' >'$work/ttm.pod' && podchecker '$work/ttm.pod'"
equal 'and finds the options' "$(cut -f1 "$work/manual" | lines)" \
    "$(for name in $(cut -f1 "$work/manual"); do grep -m 1 -xE "=item B<$name>" "$work/ttm.pod"; done | lines)"
check 'FFmpeg has the section' sh -c \
    "awk '/^@anchor\{ttm\}\$/ { found = 1 } /^@section unpremultiply\$/ { exit } found' \
         '$BUILD/ffmpeg/source/doc/filters.texi' | diff -u '$texi' -"

# The manual page.
page=$BUILD/ttm-filters.7
check 'the page is made' ${MAKE:-make} --no-print-directory manual
empty 'no command of Texinfo is left' "$(grep -nE '@[a-z]+[{ ]' "$page")"
for name in $(cut -f1 "$work/manual"); do
    check "$name is in the page" grep -qxF "\\fB$name\\fR" "$page"
done
equal 'the page has the commands of the examples' \
    "$(grep -v '^#$' "$work/commands")" \
    "$(sed -n '/^\.nf$/,/^\.fi$/p' "$page" | grep '^ffmpeg' |
           sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\e/\\\\/g")"
if command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
    empty 'man has no complaint' \
        "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
               man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)"
    equal 'apropos finds its name' 'ttm-filters' \
        "$(LC_ALL=C.UTF-8 lexgrog "$page" | sed 's/.*: "\([^ ]*\) - .*/\1/')"
else
    skip 'man has no complaint' 'there is no man'
fi

finish
