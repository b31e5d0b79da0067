# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Where what is seen was in the still: the dense correspondence of rigid objects."""

from __future__ import annotations

import torch
from torch import Tensor


def pixels(height: int, width: int, device: torch.device | str = "cpu") -> Tensor:
    """Places x, y [H, W, 2] of the pixels' centres."""
    x = (torch.arange(width, device=device) + 0.5).expand(height, width)
    y = (torch.arange(height, device=device) + 0.5)[:, None].expand(height, width)
    return torch.stack([x, y], -1)


def rigid_origins(
    centres: Tensor, scales: Tensor, turns: Tensor, size: tuple[int, int]
) -> Tensor:
    """Place x, y in frame 0, [..., F, H, W, 2], of each pixel of a frame if it were
    of the object.

    centres [..., F, 2] in pixels, scales and turns (clockwise) [..., F] are its path;
    it is turned and scaled back around the first centre. size is (H, W).
    """
    x, y = pixels(*size, centres.device).unbind(-1)
    cx, cy, scale, cos, sin = (
        part[..., None, None]
        for part in (*centres.unbind(-1), scales, turns.cos(), turns.sin())
    )
    dx, dy = x - cx, y - cy
    was_x = cx[..., :1, :, :] + (cos * dx + sin * dy) / scale
    was_y = cy[..., :1, :, :] + (cos * dy - sin * dx) / scale
    return torch.stack([was_x, was_y], -1)
