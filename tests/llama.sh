#!/bin/sh
#
# The option llm against llama.cpp's own server, of Debian forky, with a model that is made
# by hand (tests/llama/tiny_model.c): the interface as it is, with a form of the answer and
# with a key. A system made by debootstrap is kept in BUILD/llama, so that only the first run
# fetches it (100 MiB, minutes). Needs root (debootstrap, chroot). Called by make check-llama
# in the source folder.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

suite=forky
packages=llama.cpp-tools
mkdir -p "$BUILD/llama" && folder=$(cd "$BUILD/llama" && pwd -P) || exit 1
# shellcheck source=build-aux/chroot.sh
. build-aux/chroot.sh

give_up() {
    fail 'llama.cpp is there' "$1"
    finish
}

(make_system $packages) >"$work/packages" 2>&1 || give_up "$(cat "$work/packages")"
check 'the model is made' ${CC:-cc} -std=c11 -o "$folder/tiny_model" tests/llama/tiny_model.c
"$folder/tiny_model" "$root/tiny.gguf"

cat >"$root/serve" <<'END'
#!/bin/sh
mount -t proc proc /proc 2>/dev/null
exec llama-server -m /tiny.gguf --host 127.0.0.1 -c 16384 -t 1 "$@"
END

# serve PORT [ARGUMENT...]: a server, as $child
serve() {
    port=$1
    shift
    if unshare --mount true 2>/dev/null; then
        unshare --mount chroot "$root" sh /serve --port "$port" "$@"
    else
        exec chroot "$root" sh /serve --port "$port" "$@"
    fi >"$folder/server-$port.log" 2>&1 </dev/null &
    child=$!
    await 120 grep -q 'listening on' "$folder/server-$port.log" ||
        give_up "$(tail -n 20 "$folder/server-$port.log")"
}

# clip PROMPT: with a report, and ffmpeg's lines in $work/log
clip() {
    rm -f "$work/report.json"
    ff -loglevel info -i $scene -vf \
        "ttm=prompt='$1':$fast:report=$work/report.json:llm='http\\://127.0.0.1\\:$port'" \
        -f null - 2>"$work/log"
}

reader() {
    sed -n 's/.*"made_by":[[:space:]]*"\([a-z]*\)".*/\1/p' "$work/report.json"
}

unset TTM_LLM_KEY http_proxy
base=$((20000 + $$ % 20000))
serve $base
open=$child
echo "# $(chroot "$root" llama-server --version 2>&1 | grep '^version')"
clip 'the fox jumps'
equal 'the answer is used' llm "$(reader)"
check 'its object is the one that the model names' grep -q "object 1 'fox'" "$work/log"
empty 'nothing is wrong' "$(grep 'built-in rules' "$work/log")"
clip 'the pink woman jumps'
equal 'an object that the prompt has not: the rules' rules "$(reader)"
check 'with a warning' grep -q "option llm: .*'fox', which is not in the prompt" "$work/log"
kill $open
wait $open 2>/dev/null

serve $((base + 1)) --api-key sk-of-llama
closed=$child
clip 'the fox jumps'
equal 'without its key: the rules' rules "$(reader)"
check 'which is told' grep -q 'option llm: .*HTTP 401.*TTM_LLM_KEY' "$work/log"
TTM_LLM_KEY=sk-of-llama
export TTM_LLM_KEY
clip 'the fox jumps'
equal 'with its key the answer is used' llm "$(reader)"
equal 'the key is in no file' 0 "$(cat "$work/log" "$work/report.json" | grep -c sk-of-llama)"
kill $closed
wait $closed 2>/dev/null

finish
