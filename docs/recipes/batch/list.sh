#!/bin/sh
#
# What is to be made: list.sh FOLDER >list.tsv, or list.sh FILE.csv >list.tsv. A line is
# NAME, STILL, PROMPTFILE and SEED, parted by tabs, as clip.sh takes them.
#
# FOLDER has beside each still a text file of the same name with its prompt. The CSV begins with a
# line "still,prompt" or "still,prompt,seed" (there may be other columns); it is read by
# Miller (mlr), and its prompts become files in prompts/. A clip has the name of its still,
# with "-SEED" where the row has one.
#
# What cannot be a clip is told and left out; the status is 1 then.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
tab=$(printf '\t')
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# In its output tabs, line feeds and backslashes of a field are \t, \n and \\.
read_csv() {
    mlr -S --icsv --otsv --headerless-csv-output \
        template -f still,seed,prompt then cut -o -f still,seed,prompt then put -q '
            name = sub(sub($still, "^.*/", ""), "\.[^.]*$", "");
            if ($seed == "") {
                $seed = "-1";
            } elif ($seed != "-1") {
                name .= "-" . $seed;
            }
            if ($still == "" || $still =~ "[\t\n]" || name =~ "^(-|$)") {
                eprint "row " . (NR + 1) . ": no still";
            } elif ($seed !=~ "^(-1|[0-9]+)$") {
                eprint "row " . (NR + 1) . ": the seed is not a number: " . $seed;
            } elif (is_present(@row[name])) {
                eprint "row " . (NR + 1) . ": a clip of this name is in row " . @row[name];
            } else {
                @row[name] = NR + 1;
                emit1 mapsum({"name": name}, $*);
            }' "$1" >"$work/rows" 2>"$work/told" || return 1
    mkdir -p prompts
    while IFS=$tab read -r name still seed prompt; do
        name=$(printf '%b' "$name")
        printf '%b\n' "$prompt" >"prompts/$name.txt" || return 1
        printf '%s\t%b\t%s\t%s\n' "$name" "$still" "prompts/$name.txt" "$seed"
    done <"$work/rows"
}

read_folder() {
    for still in "$1"/*; do
        case $still in
        *.txt) ;;
        *"$tab"*|*"
"*) echo "$still: not a name for a clip" >>"$work/told" ;;
        *)  name=${still##*/}
            printf '%s\t%s\t%s\t-1\n' "${name%.*}" "$still" "${still%.*}.txt" ;;
        esac
    done | awk -F '\t' -v told="$work/told" '
        seen[$1] { print $2 ": a clip of this name is that of " seen[$1] >>told; next }
        { seen[$1] = $2; print }'
}

case $1 in
*.csv) read_csv "$1" ;;
*)     read_folder "$1" ;;
esac && [ ! -s "$work/told" ] && exit 0
cat "$work/told" >&2
exit 1
