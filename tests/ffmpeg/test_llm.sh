#!/bin/sh
#
# The option llm in ffmpeg, against a server on this machine that behaves as it is told
# (tests/http): what is sent, that a report needs no server, that whatever goes wrong is one
# warning and the clip of the rules, Ctrl-C, keys, certificates.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

server=$BUILD/tests/http/test_http
if [ "$(sed -n 's/^HAVE_LIBCURL = //p' "$BUILD/config.mak")" != 1 ]; then
    "$ffmpeg" -v error -nostdin -i $scene -vf \
        "ttm=prompt='the pink woman jumps':llm='http\\://localhost\\:1':$fast" -f null - \
        2>"$work/log"
    equal 'without libcurl the option is an error' no "$([ $? = 0 ] && echo yes || echo no)"
    check 'that says what to do' grep -q 'option llm: .*libcurl' "$work/log"
    skip 'the option llm' 'configure has not found libcurl'
    finish
fi
unset TTM_LLM_KEY http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY

say='a pink woman jumps while a lamp shines'
objects='{"objects": [{"name": "pink woman", "prompt": "the pink woman jumps"}], "motion": "the woman jumps"}'
mkfifo "$work/hold"
"$server" --serve "$objects" "$work/requests" <"$work/hold" >"$work/port" &
exec 8>"$work/hold"
await 20 test -s "$work/port"
port=$(cat "$work/port")
: >"$work/requests"

requests() {
    grep -c '^POST ' "$work/requests"
}

# clip WAY [OPTIONS]: the clip's frames in $work/frames, ffmpeg's lines in $work/log
clip() {
    way=$1
    shift
    ff -loglevel info -i $scene -vf \
        "ttm=prompt='$say':$fast:llm='http\\://127.0.0.1\\:$port/$way/v1'${1:+:$1}" \
        -f framemd5 - 2>"$work/log" | grep -v '^#' | awk '{ print $NF }' >"$work/frames"
}

ff -i $scene -vf "ttm=prompt='$say':$fast" -f framemd5 - 2>"$work/log" | grep -v '^#' |
    awk '{ print $NF }' >"$work/rules"
equal 'the rules make a clip' 4 "$(lines <"$work/rules")"
equal 'and no connection' 0 "$(requests)"

export TTM_LLM_KEY=sk-never-to-be-seen
clip right "report=$work/report.json:llm_model=tiny"
cp "$work/frames" "$work/asked"
equal 'an answer makes a clip' 4 "$(lines <"$work/asked")"
equal 'by one request' 1 "$(requests)"
check 'a line says where the words go' grep -q \
    "option llm: the words of the prompt go to 127.0.0.1:$port, on this machine.*the picture does not" \
    "$work/log"
empty 'nothing is wrong' "$(grep 'built-in rules' "$work/log")"
check 'the request is for chat completions' \
    grep -q '^POST /right/v1/chat/completions HTTP/1.1' "$work/requests"
check 'with the words' grep -qF "\"$say\"" "$work/requests"
check 'the model' grep -qF '"model":"tiny"' "$work/requests"
check 'the key in its header' grep -q '^Authorization: Bearer sk-never-to-be-seen' "$work/requests"
equal 'and nowhere else' 1 "$(grep -c 'sk-never' "$work/requests")"
equal 'the picture is not sent' yes \
    "$([ "$(wc -c <"$work/requests")" -lt 8000 ] && echo yes)"
check 'the report says who read the prompt' grep -q '"made_by":[[:space:]]*"llm"' "$work/report.json"
equal 'and which objects there are' 1 "$(grep -c '"found_by"' "$work/report.json")"
for file in report.json log; do
    equal "the key is not in $file" 0 "$(grep -c 'sk-never' "$work/$file")"
done
ff -loglevel trace -i $scene -vf \
    "ttm=prompt='$say':mode=objects:llm='http\\://127.0.0.1\\:$port/echo/v1'" -f null - \
    2>"$work/log"
equal 'nor in the longest log, if the server repeats it' 0 "$(grep -c 'sk-never' "$work/log")"
check 'which has asterisks' grep -q 'you said Bearer \*\*\*' "$work/log"
unset TTM_LLM_KEY

before=$(requests)
clip right "objects=$work/report.json"
equal 'its report gives the clip again' "$(cat "$work/asked")" "$(cat "$work/frames")"
equal 'without a request' "$before" "$(requests)"

# wrong WAY REASON [OPTIONS]: one warning, and what the rules make
wrong() {
    clip "$1" "${3:-}"
    equal "$1: the clip of the rules" "$(cat "$work/rules")" "$(cat "$work/frames")"
    equal "$1: one warning" 1 "$(grep -c 'option llm: .*the built-in rules read the prompt' "$work/log")"
    check "$1: it says why" grep -q "option llm: 127.0.0.1:[0-9]*: .*$2" "$work/log"
}
wrong 401 'TTM_LLM_KEY'
wrong 500 'HTTP 500: as you wished'
wrong nowhere 'HTTP 404'
wrong redirect 'redirects are not followed'
wrong html 'not JSON'
wrong half 'hung up'
wrong closes 'hung up'
wrong huge 'more than 1048576 bytes'
wrong hostile 'not JSON'
wrong wizard "'wizard"
wrong slow 'no answer in 0.5 s' llm_timeout=0.5
clip plain
equal 'plain: a server that knows no form of answers is asked in plain words' \
    "$(cat "$work/asked")" "$(cat "$work/frames")"
own=$port port=1
wrong nobody 'onnect'
port=$own

before=$(requests)
ff -f lavfi -i 'testsrc2=size=64x48:rate=3:duration=1' -vf \
    "ttm=prompt='$say':each=1:$fast:llm='http\\://127.0.0.1\\:$port/right/v1'" -f null - \
    2>"$work/log"
equal 'a prompt of several stills is asked for once' 1 "$(($(requests) - before))"

# Ctrl-C while nobody answers
before=$(requests)
"$ffmpeg" -hide_banner -nostdin -nostats -i $scene -vf \
    "ttm=prompt='$say':$fast:llm='http\\://127.0.0.1\\:$port/slow/v1'" -f null - \
    2>"$work/log" &
child=$!
await 20 grep -q 'option llm: the words' "$work/log"
sleep 0.3
began=$(date +%s%N)
kill -INT $child
wait $child
status=$?
took=$((($(date +%s%N) - began) / 1000000))
equal 'Ctrl-C ends ffmpeg' 255 $status
check "within a second ($took ms)" test $took -lt 1000
empty 'and the rules are not asked then' "$(grep 'built-in rules' "$work/log")"

# what is no address
for address in 'ftp\://host' 'localhost' 'http\://me\:secret-word@host' 'http\://'; do
    "$ffmpeg" -v error -nostdin -i $scene -vf "ttm=prompt='$say':$fast:llm='$address'" -f null - \
        2>"$work/log"
    equal "$address is refused" no "$([ $? = 0 ] && echo yes || echo no)"
    check "$address: by name" grep -q 'option llm: the address' "$work/log"
    equal "$address: it is not repeated" 0 "$(grep -c 'secret-word' "$work/log")"
done

# a certificate that nobody has signed
if command -v openssl >/dev/null 2>&1; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" \
        -days 1 -subj /CN=localhost >/dev/null 2>&1
    openssl s_server -accept 127.0.0.1:0 -www -key "$work/key.pem" -cert "$work/cert.pem" \
        >"$work/openssl" 2>&1 </dev/null &
    secure=$!
    await 20 grep -q '^ACCEPT.*:' "$work/openssl"
    port=$(sed -n 's/^ACCEPT.*:\([0-9]*\)$/\1/p' "$work/openssl" | head -n 1)
    ff -i $scene -vf "ttm=prompt='$say':$fast:llm='https\\://localhost\\:$port'" -f null - \
        2>"$work/log"
    check 'an unknown certificate is refused' \
        grep -qi 'option llm: localhost.*certificate.*the built-in rules' "$work/log"
    kill $secure
else
    skip 'an unknown certificate is refused' 'there is no openssl'
fi

finish
