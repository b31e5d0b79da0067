# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Pictures of clips: object colours, PNG files, contact sheets."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import torch
from torch import Tensor

PALETTE = (
    (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0),
    (255, 0, 255), (0, 255, 255), (255, 128, 0), (128, 0, 255),
)  # fmt: skip


def colour_ids(ids: Tensor) -> Tensor:
    """Ids [...] as the bundle's object colours, uint8 [...,3]; eight at most."""
    return torch.tensor(PALETTE, dtype=torch.uint8, device=ids.device)[ids.long()]


def write_png(image: Tensor, path: str | Path) -> None:
    """Writes uint8 [H,W,3] as a PNG file."""
    height, width, _ = image.shape
    rows = torch.zeros(height, 1 + 3 * width, dtype=torch.uint8)
    rows[:, 1:] = image.cpu().reshape(height, -1)

    def block(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(rows.numpy().tobytes(), 6)
    Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + block(b"IHDR", head)
        + block(b"IDAT", data)
        + block(b"IEND", b"")
    )


def contact_sheet(video: Tensor, path: str | Path, columns: int = 8) -> None:
    """Writes clips uint8 [B,F,H,W,3] as one PNG: a row of frames each.

    At most columns frames, evenly spaced, first and last among them.
    """
    batch, frames, height, width, _ = video.shape
    columns = min(columns, frames)
    pick = torch.linspace(0, frames - 1, columns).round().long()
    rows = video.cpu()[:, pick]
    sheet = torch.full((batch, height + 2, columns, width + 2, 3), 255).byte()
    sheet[:, :height, :, :width] = rows.permute(0, 2, 1, 3, 4)
    write_png(sheet.view(batch * (height + 2), -1, 3), path)
