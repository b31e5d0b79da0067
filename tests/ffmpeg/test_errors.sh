#!/bin/sh
#
# What goes wrong is said in a line that names the option or the file, with a
# non-zero exit status, and without a crash or a half-written file.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

prompt="prompt='the pink woman jumps'"

# complains NAME REGEX ARGUMENT...: the command must fail and say so.
complains() {
    name=$1
    regex=$2
    shift 2
    rm -f "$work/out.mp4"
    ff "$@" -c:v mpeg4 "$work/out.mp4" >"$work/log" 2>&1
    status=$?
    if [ $status = 0 ]; then
        fail "$name" "it succeeded"
    elif [ $status -ge 130 ] && [ $status -le 140 ]; then
        fail "$name" "it died: status $status
$(cat "$work/log")"
    elif [ -s "$work/out.mp4" ]; then
        fail "$name" "it left an output file"
    elif ! grep -E '\[Parsed_ttm|AVFilterGraph|[Ff]iltergraph|Error' "$work/log" |
             grep -qE "$regex"; then
        fail "$name" "no line matches $regex
$(cat "$work/log")"
    else
        pass "$name"
    fi
}

still="-i $scene"

# Options. (shellcheck: $still is a list of words)
# shellcheck disable=SC2086
{
complains 'frames below its range' "frames" $still -vf "ttm=$prompt:frames=-4"
complains 'a mode that is none' "mode|wrong" $still -vf "ttm=$prompt:mode=wrong"
complains 'an option that is none' "nonsense|Option not found" \
    $still -vf "ttm=$prompt:nonsense=1"
complains 'a size that is none' "image size" $still -vf "ttm=$prompt:size=12"
complains 'prompt and promptfile' "prompt and promptfile" \
    $still -vf "ttm=$prompt:promptfile=/dev/null"
complains 'a promptfile that is missing' "/nonexistent.txt" \
    $still -vf "ttm=promptfile=/nonexistent.txt"
complains 'an empty prompt' "prompt" $still -vf "ttm=prompt=''"
complains 'no prompt at all' "prompt" $still -vf "ttm"
complains 'objects that are no JSON' "objects" \
    $still -vf "ttm=$prompt:objects='{nonsense}'"
complains 'an objects file that is missing' "/nonexistent.json" \
    $still -vf "ttm=$prompt:objects=/nonexistent.json"
complains 'a LoRA file that is missing' "option lora.*/nonexistent.safetensors" \
    $still -vf "ttm=$prompt:lora='/nonexistent.safetensors\:0.5'"
complains 'a LoRA weight that is none' "option lora: 'heavy'" \
    $still -vf "ttm=$prompt:lora='a.safetensors\:heavy'"
complains 'a LoRA for another model' "kohya.safetensors.*another model" \
    $still -vf "ttm=$prompt:lora='tests/ref/nets/lora_unet/loras/kohya.safetensors\:0.5'"
complains 'a segmenter that is missing' '/nonexistent: no such folder' \
    $still -vf "ttm=$prompt:segmenter=/nonexistent"
complains 'another network as a segmenter' "AutoencoderKL.*TTMSegmenter" \
    $still -vf "ttm=$prompt:segmenter=tests/ref/nets/vae_kl/vae"
complains 'a segmenter that is too large' 'needs .* MiB .*segmenter=none' \
    $still -vf "ttm=$prompt:memory=100K:segmenter=tests/ref/nets/segmenter/segmenter"
complains 'a device that is none' "device.*abacus|abacus" \
    $still -vf "ttm=$prompt:device=abacus"
complains 'a device that this build lacks' "vulkan" \
    $still -vf "ttm=$prompt:device=vulkan:77"
complains 'a report on a full device' 'cannot write' $still \
    -vf "ttm=$prompt:report=/dev/full"
complains 'a report that cannot be written' "/nonexistent/report.json" \
    $still -vf "ttm=$prompt:report=/nonexistent/report.json"

# Bundles.
complains 'a bundle that is missing' "/nonexistent/bundle.*model|model.*/nonexistent/bundle" \
    $still -vf "ttm=$prompt:model=/nonexistent/bundle"
export TTM_MODEL=/nonexistent/from-environment
complains 'a bundle named by the environment that is missing' \
    "/nonexistent/from-environment" $still -vf "ttm=$prompt"
export TTM_MODEL="$bundle"
}

# damaged NAME REGEX PART-FILE COMMAND...: a copy of the bundle in which
# COMMAND changed one file.
damaged() {
    name=$1
    regex=$2
    file=$work/bundle/$3
    shift 3
    rm -rf "$work/bundle"
    cp -rL "$bundle" "$work/bundle"
    "$@" "$file"
    complains "$name" "$regex" -i $scene -vf "ttm=$prompt:model=$work/bundle"
}
half() {
    size=$(wc -c <"$1")
    truncate -s $((size / 2)) "$1"
}
weights=diffusion_pytorch_model.safetensors
damaged 'weights cut in half' "vae/$weights" vae/$weights half
damaged 'weights cut to nothing' "motion_to_video/$weights" \
    motion_to_video/$weights truncate -s 0
damaged 'weights cut within the header' "image_to_motion/$weights" \
    image_to_motion/$weights truncate -s 5
damaged 'weights that are missing' "text_encoder: no weights.*safetensors" \
    text_encoder/model.safetensors rm
damaged 'a header that is too long' "vae/$weights" vae/$weights \
    sh -c 'printf "\377\377\377\377\377\377\377\177" |
           dd of="$0" conv=notrunc bs=8 count=1 2>/dev/null'
damaged 'an index that is no JSON' "model_index.json" model_index.json \
    sh -c 'echo "{" >"$0"'
damaged 'a config that is missing' "vae: no config.json" vae/config.json rm
damaged 'a config of an unknown class' "model_index.json|Nonsense" \
    model_index.json sed -i 's/AutoencoderKL/NonsenseKL/'
damaged 'a vocabulary that is missing' "tokenizer/vocab.json" \
    tokenizer/vocab.json rm

# Second inputs.
complains 'masks without a second input' "masks|input pad|1 input and 1 output" \
    -i $scene -vf "ttm=$prompt:masks=1"
complains 'a second input without a frame' "masks" -i $scene -i $masks \
    -filter_complex "[1]trim=end_frame=0[m];[0][m]ttm=$prompt:masks=1"

finish
