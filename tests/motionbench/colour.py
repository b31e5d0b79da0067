# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""CIE Lab and the colour difference CIEDE2000."""

from __future__ import annotations

import math

import torch
from torch import Tensor

# Linear sRGB to XYZ over the white point D65 (IEC 61966-2-1).
_XYZ = (
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)


def lab(pixels: Tensor) -> Tensor:
    """sRGB [..., 3] in 0 .. 1 to CIE Lab under D65: L 0 .. 100, a and b."""
    low = pixels / 12.92
    high = ((pixels.clamp(min=0) + 0.055) / 1.055) ** 2.4
    linear = torch.where(pixels <= 0.04045, low, high)
    xyz = linear @ torch.tensor(_XYZ, dtype=pixels.dtype).T
    root = torch.where(
        xyz > (6 / 29) ** 3,
        xyz.clamp(min=1e-9) ** (1 / 3),
        xyz / (3 * (6 / 29) ** 2) + 4 / 29,
    )
    x, y, z = root.unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def ciede2000(one: Tensor, other: Tensor) -> Tensor:
    """CIEDE2000 of Lab colours [..., 3] (ISO/CIE 11664-6), weights 1."""
    one, other = one.double(), other.double()
    l1, a1, b1 = one.unbind(-1)
    l2, a2, b2 = other.unbind(-1)
    mean_c = (torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2
    g = 0.5 * (1 - (mean_c**7 / (mean_c**7 + 25.0**7)).sqrt())
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = torch.hypot(a1, b1), torch.hypot(a2, b2)
    h1 = torch.atan2(b1, a1) % (2 * math.pi)
    h2 = torch.atan2(b2, a2) % (2 * math.pi)
    grey = c1 * c2 == 0
    turn = h2 - h1
    turn = turn - 2 * math.pi * (turn > math.pi) + 2 * math.pi * (turn < -math.pi)
    turn = turn.masked_fill(grey, 0.0)
    delta_l, delta_c = l2 - l1, c2 - c1
    delta_h = 2 * (c1 * c2).sqrt() * (turn / 2).sin()
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = (h1 + h2) / 2
    far = (h1 - h2).abs() > math.pi
    h = torch.where(far & (h1 + h2 < 2 * math.pi), h + math.pi, h)
    h = torch.where(far & (h1 + h2 >= 2 * math.pi), h - math.pi, h)
    h = torch.where(grey, h1 + h2, h)
    degrees = torch.rad2deg(h)
    t = (
        1
        - 0.17 * torch.cos(h - math.radians(30))
        + 0.24 * torch.cos(2 * h)
        + 0.32 * torch.cos(3 * h + math.radians(6))
        - 0.20 * torch.cos(4 * h - math.radians(63))
    )
    s_l = 1 + 0.015 * (l - 50) ** 2 / (20 + (l - 50) ** 2).sqrt()
    s_c = 1 + 0.045 * c
    s_h = 1 + 0.015 * c * t
    angle = math.radians(60) * torch.exp(-(((degrees - 275) / 25) ** 2))
    r = -2 * (c**7 / (c**7 + 25.0**7)).sqrt() * torch.sin(angle)
    dl, dc, dh = delta_l / s_l, delta_c / s_c, delta_h / s_h
    return (dl**2 + dc**2 + dh**2 + r * dc * dh).clamp(min=0).sqrt()
