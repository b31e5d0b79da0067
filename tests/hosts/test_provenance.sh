#!/bin/sh
#
# How a clip was made, read back from its stream, its container and a C2PA manifest, by
# the commands of docs/recipes/provenance.md as they are written.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

if ! "$ffmpeg" -v error -encoders | grep -q libx264; then
    skip 'provenance.md runs' 'this ffmpeg has no libx264'
    finish
fi
sh build-aux/packages.sh hosts >"$work/packages" 2>&1 || cat "$work/packages"
ffmpeg=$(realpath "$ffmpeg")
ffprobe=$(realpath "$ffprobe")
TTM_MODEL=$(realpath "$bundle")
PATH=$(dirname "$ffmpeg"):$PATH
page=$PWD/docs/recipes/provenance.md
ff -i docs/photos/rocket.jpg -vf scale=160:-2 -update 1 -frames:v 1 "$work/rocket.jpg"
cd "$work" || exit 1

# run WORD: the block of commands of the page that has it, as it is written
run() {
    block "$page" "$1" >block.sh
    check "the block with $1 runs" sh -eu block.sh
}

run udu_sei
run 'grep -ao'
check 'the stream says who made it' grep -q '"generator":"ttm","version":"[0-9.]*"' stream.json
check 'with which seed' grep -q '"seed":"7"' stream.json
equal 'beside each frame' "$("$ffprobe" -v error -count_frames -show_entries stream=nb_read_frames \
    -of csv=p=0 clip.mp4 | tr -d ,)" "$(grep -ao '{"generator":"ttm"' clip.mp4 | lines)"
check 'FFmpeg reads it as what it is' sh -c \
    "'$ffmpeg' -nostdin -i clip.mp4 -frames:v 1 -vf showinfo -f null - 2>&1 |
        grep -q 'User Data Unregistered.*\|UUID=1c5f8e02-6b94-4a3d-a751-0ed93378c6bf'"
equal 'a copy into another container has it' "$(cat stream.json)" \
    "$(ff -i clip.mp4 -c copy copy.mkv; grep -ao '{"generator":"ttm"[^}]*}' copy.mkv | head -n 1)"

# One option leaves it out.
ff -i rocket.jpg -vf "ttm=prompt='the rocket lifts off':$fast:provenance=0,format=yuv420p,metadata=print:file=off.txt" \
    -c:v libx264 -udu_sei 1 off.mp4 2>off.log
equal 'provenance=0: no message' 0 "$(grep -ac '"generator":"ttm"' off.mp4)"
equal 'and no metadata' 0 "$(grep -c lavfi.ttm off.txt)"
equal 'the frames are the same' \
    "$(md5 "ttm=prompt='the rocket lifts off':$fast" -i rocket.jpg)" \
    "$(md5 "ttm=prompt='the rocket lifts off':$fast:provenance=0" -i rocket.jpg)"

if command -v jq >/dev/null 2>&1; then
    run 'jq -c'
    equal 'the container says the same' "$(jq -c . comment.json)" "$(jq -c . read.json)"
    equal 'seed and prompt' '7 the rocket lifts off' \
        "$(jq -r '.seed + " " + .prompt' read.json)"
    equal 'the source by its name' rocket.jpg "$(jq -r .source.name read.json)"
    equal 'in the stream as well' rocket.jpg "$(jq -r .source stream.json)"
    equal 'the copied stream is the clip' "$(md5 '[0]null' -i clip.mp4)" "$(md5 '[0]null' -i said.mp4)"
    # The report is complete: the pixels it was made of, and every option.
    equal 'size and depth of the still' "160 106 8 false" \
        "$(jq -r '[.still.width, .still.height, .still.bits, .still.alpha] | join(" ")' report.json)"
    if command -v xxhsum >/dev/null 2>&1; then
        equal 'the hash of its pixels' "$("$ffmpeg" -nostdin -v error -i rocket.jpg -f rawvideo \
            -pix_fmt rgb24 - | xxhsum -H64 2>xxhsum.log | cut -d' ' -f1)" "$(jq -r .still.hash report.json)"
        equal 'and that of its file' "$(xxhsum -H64 rocket.jpg 2>xxhsum.log | cut -d' ' -f1)" \
            "$(jq -r .source.hash read.json)"
    else
        skip 'the hashes of its pixels and its file' 'there is no xxhsum'
    fi
    # texts that are not set are left out
    "$BUILD/tests/ffmpeg/options" table | awk -F'|' '$2 != "string" && $2 != "size" { print $1 }
        END { print "max_threads"; print "threads"; print "prompt"; print "report" }' |
        sort >options
    equal 'every option that has a value' "$(cat options)" \
        "$(jq -r '.options | keys[]' report.json | sort)"
    equal 'defaults and all' 'full 0/1 7 -1 the rocket lifts off' "$(jq -r \
        '.options | [.mode, .fps, .seed, .guidance, .prompt] | map(tostring) | join(" ")' report.json)"
else
    skip 'the container says the same' 'there is no jq'
fi

# A certificate for the test: a signer below a root, as the profile wants it.
cat >leaf.ext <<'END'
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=emailProtection
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END
{
    openssl ecparam -name prime256v1 -genkey -noout -out root.key
    openssl req -x509 -new -key root.key -sha256 -days 2 -subj '/O=Test/CN=Root' -addext \
        'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign' -out root.pem
    openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
    openssl req -new -key key.pem -subj '/O=Test/CN=Signer' | openssl x509 -req -CA root.pem \
        -CAkey root.key -CAcreateserial -days 2 -sha256 -extfile leaf.ext -out leaf.pem
    cat leaf.pem root.pem >chain.pem
} >openssl.log 2>&1
package=$(sed -n 's/.*pip install --quiet \(c2pa-python==[0-9.]*\)$/\1/p' "$page")
check 'the page names the version that signs' test -n "$package"
fetch_signer() {
    python3 -m venv c2pa && c2pa/bin/pip install --quiet "$package"
}

if ! { [ -e said.mp4 ] && [ -s leaf.pem ] && python3 -c 'import ensurepip, venv' 2>/dev/null; }; then
    skip 'a C2PA manifest' 'there is no openssl, no jq, or no venv of Python'
elif ! fetch_signer >pip.log 2>&1; then
    skip 'a C2PA manifest' "$package cannot be fetched: $(tail -n 1 pip.log)"
else
    run c2pa-python
    active='.manifests[.active_manifest]'
    equal 'the manifest says what kind of source it is' compositeWithTrainedAlgorithmicMedia \
        "$(jq -r "$active.assertions[] | select(.label | startswith(\"c2pa.actions\")) |
            .data.actions[0].digitalSourceType" manifest.json | sed 's|.*/||')"
    equal 'of which photograph' 'rocket.jpg inputTo' \
        "$(jq -r "$active.ingredients[0] | .title + \" \" + .relationship" manifest.json)"
    equal 'by which options' 7 "$(jq -r "$active.assertions[] |
        select(.label == \"ttm.report\") | .data.options.seed" manifest.json)"
    equal 'all that is wrong is that nobody knows the signer' signingCredential.untrusted \
        "$(jq -r '.validation_results.activeManifest.failure[].code' manifest.json)"
    equal 'the frames are the clip' "$(md5 '[0]null' -i clip.mp4)" "$(md5 '[0]null' -i signed.mp4)"
    # One byte of a picture is changed.
    cp signed.mp4 forged.mp4
    offset=$(grep -abo '{"generator":"ttm"' forged.mp4 | tail -n 1 | cut -d: -f1)
    printf '\0' | dd of=forged.mp4 bs=1 seek=$((offset + 2)) conv=notrunc 2>/dev/null
    check 'a file that was changed is found' sh -c "c2pa/bin/python -c \
        'import c2pa; print(c2pa.Reader(\"forged.mp4\").json())' | grep -q 'assertion.bmffHash.mismatch'"
fi

finish
