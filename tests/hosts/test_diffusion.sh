#!/bin/sh
#
# A draft through a pipeline of diffusers, by the commands of docs/recipes/diffusion.md as
# they are written. The model has random weights. Run by make check-diffusion, as it needs
# PyTorch: PYTHON is a Python that has models/train/requirements.txt.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

if ! "$ffmpeg" -v error -encoders | grep -q libx264; then
    skip 'diffusion.md runs' 'this ffmpeg has no libx264'
    finish
fi
ffmpeg=$(realpath "$ffmpeg")
ffprobe=$(realpath "$ffprobe")
TTM_MODEL=$(realpath "$bundle")
python=$(command -v "${PYTHON:-python3}")
case $python in /*) ;; *) python=$PWD/$python ;; esac
page=$PWD/docs/recipes/diffusion.md
maker=$PWD/tests/ref/inpainting_model.py
# Nothing is fetched, whatever the environment says.
export HF_HUB_OFFLINE=1 PYTHONDONTWRITEBYTECODE=1 HF_HOME="$work/cache"
mkdir "$work/bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >"$work/bin/python3"
chmod +x "$work/bin/python3"
PATH=$work/bin:$(dirname "$ffmpeg"):$PATH
ff -i docs/photos/rocket.jpg -vf scale=160:-2 -update 1 -frames:v 1 "$work/rocket.jpg"
cd "$work" || exit 1

# run WORD: the block of commands of the page that has it, as it is written
run() {
    block "$page" "$1" >block.sh
    check "the block with $1 has commands" test -s block.sh
    check "and runs" sh -eu block.sh
}

# compare SCRIPT: Python on the arrays of every frame, [frames, rows, columns, colours] or
# without colours; `kept` says where the mask is black, `new` where it is white.
compare() {
    python3 -c "
import glob
import numpy as np
from PIL import Image
def frames(folder):
    return np.stack([np.asarray(Image.open(p)) for p in sorted(glob.glob(folder + '/*.png'))])
def video(name, colours):
    x = np.fromfile(name, np.uint8)
    shape = (-1, 480, 832, 3) if colours else (-1, 480, 832)
    return x.reshape(shape)
draft, mask = frames('draft'), frames('mask')
kept, new = mask == 0, mask == 255
$1"
}

check 'a model of random weights' python3 "$maker" stable-diffusion-inpainting
run mode=draft
equal 'frames of the draft and of the mask' '16 16' "$(ls draft | lines) $(ls mask | lines)"
equal 'their size' '160,104 160,104' \
    "$(show width,height draft/001.png) $(show width,height mask/001.png)"

# Of three steps at this strength two are done.
steps=3
export steps
run inpaint.py
equal 'a frame for each of the draft' "$(ls draft)" "$(ls made)"
equal 'of its size, in RGB' '(16, 104, 160, 3) uint8' \
    "$(compare "made = frames('made'); print(made.shape, made.dtype)")"
equal 'there is what is known and what is not' 'True True' \
    "$(compare 'print(kept.sum() > 100000, new.sum() > 1000)')"
equal 'what is known is the draft, bit for bit' 0 \
    "$(compare "print((frames('made') != draft)[kept].sum())")"
check 'what is not known is drawn anew' \
    compare "changed = (frames('made') != draft)[new].any(-1).mean(); assert changed > 0.95, changed"
check 'by much' compare "
far = np.abs(frames('made').astype(int) - draft)[new].mean(); assert far > 10, far"
# Mixed of both by the mask, up to rounding: no further from the draft than it allows.
check 'where the mask is grey it is mixed' compare "
grey = ~kept & ~new
far = np.abs(frames('made').astype(int) - draft).max(-1)
assert grey.sum() > 1000 and (far <= mask + 1)[grey].all() and (far[grey] > 0).any()"
cat made/*.png | md5sum >first
check 'the program runs again' python3 inpaint.py stable-diffusion-inpainting 3 'a rocket lifts off'
equal 'and makes the same' "$(cat first)" "$(cat made/*.png | md5sum)"

run made.mp4
equal 'the file plays' 'h264,160,104,yuv420p,tv,bt709,bt709,bt709,16' "$(show \
    codec_name,width,height,pix_fmt,color_range,color_space,color_transfer,color_primaries,nb_read_frames made.mp4)"
empty 'it decodes without a complaint' "$("$ffmpeg" -nostdin -v warning -i made.mp4 -f null - 2>&1)"
equal 'at the rate of the plan' "$(show r_frame_rate plan.mkv)" "$(show r_frame_rate made.mp4)"

# Where the control mask is white the control video is grey, and elsewhere the draft.
run control-mask.mp4
equal 'two files for ComfyUI' 'h264,832,480,16 h264,832,480,16' \
    "$(show codec_name,width,height,nb_read_frames control.mp4) $(show codec_name,width,height,nb_read_frames control-mask.mp4)"
ff -i control.mp4 -f rawvideo -pix_fmt rgb24 control.rgb
ff -i control-mask.mp4 -f rawvideo -pix_fmt gray control.gray
ff -i draft/%03d.png -vf scale=832:480 -f rawvideo -pix_fmt rgb24 draft.rgb
check 'grey where the mask is white, the draft where it is black' compare "
control, new = video('control.rgb', True).astype(int), video('control.gray', False)
assert (new > 250).sum() > 10000 and (new < 5).sum() > 10000
grey = np.abs(control - 128)[new > 250].mean(); assert grey < 4, grey
far = np.abs(control - video('draft.rgb', True))[new < 5].mean(); assert far < 4, far"

run kept.mkv
ff -i kept.mkv -f rawvideo -pix_fmt gray kept.gray
check 'kept strictly: objects, but for what is new' compare "
kept = np.fromfile('kept.gray', np.uint8).reshape(mask.shape)
assert (kept > 250).sum() > 1000 and (kept[new] < 5).all()"

finish
