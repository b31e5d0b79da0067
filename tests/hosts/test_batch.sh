#!/bin/sh
#
# The scripts of docs/recipes/batch: what is listed of a folder and of a CSV, which names
# and prompts they take, and what happens where workers meet or die. A Slurm cluster is in
# test_slurm.sh.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

if ! "$ffmpeg" -v error -encoders | grep -q libx264 || ! command -v flock >/dev/null 2>&1; then
    skip 'stills to clips' 'this ffmpeg has no libx264, or there is no flock'
    finish
fi
sh build-aux/packages.sh hosts >"$work/packages" 2>&1 || cat "$work/packages"
ffmpeg=$(realpath "$ffmpeg")
TTM_MODEL=$(realpath "$bundle")
PATH=$(dirname "$ffmpeg"):$PATH
export CLIP_OPTIONS=frames=4:steps=1:threads=1 CLIP_DEVICE=cpu
page=$PWD/docs/recipes/batch.md
mkdir "$work/stills"
ff -i $scene -vf 'scale=96:-2,format=rgb24' -frames:v 1 -update 1 "$work/stills/one.png"
cp docs/recipes/batch/* "$work"
cd "$work" || exit 1

clips() {       # their names
    (cd clips && ls ./*.mp4) 2>/dev/null | sed 's|^\./||; s|\.mp4$||' | LC_ALL=C sort
}
# fresh: no clip is there
fresh() {
    rm -rf clips prompts list.tsv
}
# commands WORD: the first block of commands of the page that has it
commands() {
    awk -v word="$1" '/^```sh$/ { inside = 1; block = ""; next }
        /^```$/ { if (inside && index(block, word)) { printf "%s", block; exit } inside = 0 }
        inside { block = block $0 "\n" }' "$page"
}
# left: what clips/ has beside clips, reports and logs
left() {
    find clips -mindepth 1 ! -name '*.mp4' ! -name '*.json' ! -name '*.log'
}
say='the woman jumps'

# A folder, by the first commands of the page.
for name in two three; do cp stills/one.png stills/$name.png; done
cp stills/one.png stills/two.jpg
for name in one three; do echo "$say" >stills/$name.txt; done
commands 'list.sh stills ' >folder.sh
commands 'IFS= read' >missing.sh
sh folder.sh >folder.log 2>&1
equal 'clips of those that have a prompt' 'one
three' "$(clips)"
check 'what has none is told' grep -q '^two: no clip, clips/two.log says why' folder.log
check 'and why' grep -q 'two.txt' clips/two.log
equal 'and by the commands of the page' two "$(sh missing.sh)"
check 'a second still of a name is told' grep -q 'two.png: a clip of this name' folder.log
empty 'nothing else is left' "$(left)"
before=$(ls -i clips/one.mp4 clips/three.mp4)
rm stills/two.jpg
echo "$say" >stills/two.txt
check 'again: all can be made' sh folder.sh
equal 'all are there' 'one
three
two' "$(clips)"
empty 'nothing is missing' "$(sh missing.sh)"
equal 'those that were are left alone' "$before" "$(ls -i clips/one.mp4 clips/three.mp4)"
check 'a report is with each' sh -c 'cat clips/two.json | grep -q "\"complete\":.*true"'

if command -v mlr >/dev/null 2>&1; then
    fresh
    odd="it's a:b,%02d [x]; \\1 \"q\" \$HOME \`id\`"
    cp stills/one.png "stills/$odd.png"
    cat >stills.csv <<'END'
still,notes,prompt,seed
stills/one.png,,"the ""pink"" woman's hat, it jumps: x='y'\n[a];{b} $HOME `id` %d",7
stills/one.png,"the same, otherwise",the woman jumps,8
stills/one.png,,the woman jumps,
"stills/it's a:b,%02d [x]; \1 ""q"" $HOME `id`.png",,the woman jumps,9
stills/gone.png,,the woman jumps,
stills/two.png,,,
stills/three.png,,"the woman jumps
and the man stays still",3
,,the woman jumps,
stills/one.png,,the woman jumps,7:report=/tmp/x
stills/one.png,,the man jumps,8
END
    commands 'list.sh stills.csv' >csv.sh
    sh csv.sh 2>listed.log
    equal 'a list with hostile rows tells so' 1 $?
    equal 'which they are' 'row 9: no still
row 10: the seed is not a number: 7:report=/tmp/x
row 11: a clip of this name is in row 3' "$(cat listed.log)"
    printf '%s\n' "the \"pink\" woman's hat, it jumps: x='y'\\n[a];{b} \$HOME \`id\` %d" >wanted
    check 'a prompt is as it was written' cmp wanted prompts/one-7.txt
    printf 'the woman jumps\nand the man stays still\n' >wanted
    check 'also of two lines' cmp wanted prompts/three-3.txt
    sh work.sh list.tsv 2>work.log
    equal 'a worker tells that some cannot be made' 1 $?
    equal 'the others are' "$odd-9
one
one-7
one-8
three-3" "$(clips)"
    check 'a still that is missing is told' grep -q gone.png clips/gone.log
    check 'a prompt that is missing is told' grep -q 'there is no prompt' clips/two.log
    # As JSON has it.
    check 'the filter gets the prompt' grep -qF \
        '"the \"pink\" woman'"'"'s hat, it jumps: x='"'y'"'\\n[a];{b} $HOME `id` %d"' clips/one-7.json
    check 'and the seed' grep -q '"seed":[^0-9]*7"' clips/one-7.json
    empty 'nothing else is left' "$(left)"

    # As a spreadsheet writes it.
    printf '\357\273\277still,prompt\r\nstills/one.png,"jumps, it does"\r\n' >sheet.csv
    check 'a byte-order mark and CR LF' sh list.sh sheet.csv
    equal 'are no part of it' 'jumps, it does' "$(cat prompts/one.txt)"
    printf 'still,prompt\nstills/one.png,it jumps, she jumps\n' >bare.csv
    check 'a bare comma in a prompt is an error' sh -c '! sh list.sh bare.csv'
    check 'that names the row' sh -c 'sh list.sh bare.csv 2>&1 | grep -q "row 2"'
    empty 'and nothing is listed' "$(sh list.sh bare.csv 2>/dev/null)"
else
    skip 'a CSV' 'there is no mlr'
fi

# Workers at once, by each of whom every clip is wanted.
fresh
mkdir bin
cat >bin/ffmpeg <<END
#!/bin/sh
pwd >>'$work/record'
'$ffmpeg' "\$@"
END
cat >bin/slow <<END
#!/bin/sh
echo half >clip.mp4
echo \$\$ >'$work/slow.pid'
exec sleep 100
END
chmod +x bin/ffmpeg bin/slow
sh list.sh stills >list.tsv 2>listed.log
equal 'a folder with hostile names is listed' "$(ls stills/*.png | lines)" "$(lines <list.tsv)"
for name in one two three; do echo "$say" >stills/$name.txt; done
cp stills/one.txt "stills/${odd:-one}.txt"
path=$PATH
PATH=$work/bin:$PATH
for worker in 1 2 3 4; do
    sh work.sh list.tsv &
done 2>workers.log
wait
PATH=$path
equal 'four workers make all, each once' "$(lines <list.tsv)" "$(lines <record)"
equal 'all are there' "$(lines <list.tsv)" "$(clips | lines)"
empty 'nothing else is left' "$(left)"

# Where locks do not hold, work is lost, but no clip is half.
rm -rf clips
printf '#!/bin/sh\n' >bin/flock
chmod +x bin/flock
PATH=$work/bin:$PATH
for worker in 1 2 3 4; do
    sh work.sh list.tsv &
done >workers.log 2>&1
wait
rm bin/flock
PATH=$path
sh work.sh list.tsv
equal 'without locks: what was lost is made the next time' "$(lines <list.tsv)" "$(clips | lines)"
empty 'and all are whole' "$(for clip in clips/*.mp4; do
    "$ffprobe" -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$clip" 2>&1
done | grep -vx 4)"
empty 'and nothing else is left' "$(left)"

if command -v parallel >/dev/null 2>&1; then
    fresh
    sh list.sh stills >list.tsv 2>listed.log
    commands nproc >cores.sh
    check 'GNU parallel, a process a core' sh cores.sh
    equal 'makes all' "$(lines <list.tsv)" "$(clips | lines)"
    before=$(ls -i clips/*.mp4)
    rm clips/two.mp4
    : >record
    (PATH=$work/bin:$PATH; sh cores.sh)
    equal 'again: what is missing only' "$(lines <list.tsv) 1" "$(clips | lines) $(lines <record)"
    # Two devices in software, as two drivers of which each has one.
    driver=$(ls /usr/share/vulkan/icd.d/lvp_icd*.json 2>/dev/null | head -n 1)
    library=$(sed -n 's/.*"library_path": *"\(.*\)".*/\1/p' "${driver:-/dev/null}")
    if [ -e "$library" ] && grep -q '^#define HAVE_VULKAN 1' "$BUILD/config.h"; then
        cp "$library" "$work/driver.so"
        sed "s|\(\"library_path\": *\"\).*\"|\1$work/driver.so\"|" "$driver" >driver.json
        rm -rf clips
        commands 'CLIP_DEVICE=vulkan' >devices.sh
        cat >bin/ffmpeg <<END
#!/bin/sh
printf '%s' "\$*" | sed -n 's/.*device=vulkan[^0-9]*\\([0-9]\\).*/\\1/p' >>'$work/devices'
exec '$ffmpeg' "\$@"
END
        check 'a process a device' env "PATH=$work/bin:$PATH" \
            "VK_ICD_FILENAMES=$driver:$work/driver.json" sh devices.sh
        equal 'makes all' "$(lines <list.tsv)" "$(clips | lines)"
        equal 'on both of them' '0 1' "$(sort -u devices | paste -sd' ')"
        check 'which Vulkan has' grep -q '"device":.*llvmpipe' clips/one.json
    else
        skip 'a process a device' 'there is no software device of Vulkan'
    fi
else
    skip 'GNU parallel' 'it is not there'
fi

# A worker that dies.
fresh
ln -sf slow bin/ffmpeg
(PATH=$work/bin:$PATH; exec sh clip.sh one stills/one.png stills/one.txt) >/dev/null 2>&1 &
worker=$!
await 20 test -s slow.pid
sh clip.sh one stills/one.png stills/one.txt
equal 'a clip that is being made has status 75' 75 $?
kill -KILL $worker
wait $worker 2>/dev/null
sh clip.sh one stills/one.png stills/one.txt
equal 'and while anything of a dead worker runs' 75 $?
kill -KILL "$(cat slow.pid)"
check 'a half-written clip has no name of its own' test ! -e clips/one.mp4
check 'it is in the folder of who was at it' test -n "$(left)"
check 'the next worker makes the clip' sh clip.sh one stills/one.png stills/one.txt
check 'which is whole' "$ffprobe" -v error clips/one.mp4
empty 'nothing is left of the dead one' "$(left)"

# A signal: the clip is not there, nothing is left, the lock is free.
fresh
rm slow.pid
(PATH=$work/bin:$PATH; exec sh clip.sh one stills/one.png stills/one.txt) >/dev/null 2>&1 &
worker=$!
await 20 test -s slow.pid
kill -TERM $worker "$(cat slow.pid)"
wait $worker
equal 'a worker that is told to end fails' 1 $?
empty 'and leaves nothing' "$(left; clips)"

printf '#!/bin/sh\nexit 71\n' >bin/flock
chmod +x bin/flock
(PATH=$work/bin:$PATH; sh clip.sh two stills/two.png stills/two.txt)
equal 'a file system without locks is a failure' 1 $?
rm bin/flock

check 'a seed that is none is refused' \
    sh -c '! sh clip.sh one stills/one.png stills/one.txt 1:report=x 2>/dev/null'
check 'by name' grep -q "the seed '1:report=x'" clips/one.log

finish
