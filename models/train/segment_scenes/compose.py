# SPDX-License-Identifier: CC0-1.0
"""Scenes: objects on a background, and whose pixel each is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .fields import Image, blur, jitter, photo_crop, smooth
from .objects import Assets, draw_object

SIZE = 256
OBJECTS = 5
GROUND = 255  # whose pixel it is, where that is the ground's


def lying(rng: Generator, texture: Image, top: float) -> Image:
    """A texture as a plane that goes away from who looks: its rows come closer to
    each other towards the row top (0 .. 1 of the height)."""
    size = texture.shape[0]
    yy, xx = np.mgrid[:size, :size].astype(np.float32) / size
    far = 1 / np.clip(yy - top + rng.uniform(0.15, 0.6), 0.1, None)
    across = (0.5 + (xx - 0.5) * far * 0.5) * size
    along = (far * rng.uniform(0.3, 0.8)) * size
    return cv2.remap(
        texture, across.astype(np.float32), along.astype(np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip


def background(
    rng: Generator, assets: Assets, size: int
) -> tuple[Image, NDArray[np.uint8]]:
    """A piece of a photograph, sometimes of two with a border between them; the
    ids of the second, GROUND, are there where the border can be seen."""
    out = photo_crop(rng, assets.photos[rng.integers(len(assets.photos))], size)
    ids = np.zeros((size, size), np.uint8)
    if rng.random() < 0.4:
        other = photo_crop(
            rng, assets.photos[rng.integers(len(assets.photos))], size, 0.1
        )
        line = np.linspace(-1, 1, size, dtype=np.float32)[:, None]
        level = rng.uniform(-0.8, 0.5)
        rough = rng.choice([0.02, 0.08, 0.15]) * smooth(rng, size, 4)
        if rng.random() < 0.4:  # stones and grass along it
            rough = rough + 0.04 * smooth(rng, size, rng.uniform(12, 40))
        if rng.random() < 0.5:
            other = lying(rng, other, (1 - level) / 2)
        if rng.random() < 0.2:  # both of one colour, as at night
            other = other - other.mean((0, 1)) + out.mean((0, 1))
        sharp = rng.choice([8.0, 40.0, 150.0])
        mix = 1 / (1 + np.exp(-(line + level + rough) * sharp))
        out = out * (1 - mix[..., None]) + other * mix[..., None]
        if sharp >= 40:
            ids[mix > 0.5] = GROUND
    if rng.random() < 0.15:
        out = out * 0.4 + 0.6 * out.mean((0, 1)) + 0.0  # a nearly even one
        ids[:] = 0
    out = jitter(rng, out, 0.8)
    out = blur(out.astype(np.float32), rng.choice([0, 0, 0.6, 1.5, 3, 5]))
    return np.clip(out, 0, 1), ids


def ground_shadow(rng: Generator, canvas: Image, alpha: Image) -> Image:
    """What the object darkens beside and below it."""
    size = alpha.shape[0]
    ys = np.nonzero((alpha > 0.5).any(1))[0]
    if not len(ys):
        return canvas
    foot = float(ys[-1])
    flat = rng.uniform(0.1, 0.5)
    lean = rng.normal(0, 0.8)
    m = np.array([[1, -lean * flat, lean * flat * foot], [0, flat, foot * (1 - flat)]])
    cast = cv2.warpAffine(alpha, m.astype(np.float32), (size, size))
    contact = np.roll(alpha, int(rng.integers(1, 6)), 0)
    dark = blur(cast, rng.uniform(1, 8)) * rng.uniform(0, 0.7)
    dark = np.maximum(dark, blur(contact, rng.uniform(1, 4)) * rng.uniform(0, 0.6))
    return canvas * (1 - dark[..., None])


def shade(rng: Generator, canvas: Image) -> Image:
    """Light and cast shadows over everything."""
    size = canvas.shape[0]
    field = smooth(rng, size, rng.uniform(1, 7)) * rng.choice([3.0, 10.0])
    mask = 1 / (1 + np.exp(-field.clip(-20, 20)))
    return canvas * (1 - rng.uniform(0.2, 0.65) * mask[..., None])


def foreground(
    rng: Generator, assets: Assets, canvas: Image, ids: NDArray[np.uint8]
) -> Image:
    """Grass, a wall or another thing before the objects; belongs to nothing."""
    size = canvas.shape[0]
    if rng.random() < 0.5:
        photo = assets.photos[rng.integers(len(assets.photos))]
        colours = jitter(rng, photo_crop(rng, photo, size, 0.1), 0.6)
        xs = np.linspace(0, 1, size)
        blades = np.interp(
            xs, np.linspace(0, 1, 90), rng.uniform(0, rng.uniform(0.02, 0.15), 90)
        )
        wave = 0.05 * smooth(rng, size, 3)[0]
        top = rng.uniform(0.72, 0.97) - blades + wave
        rows = np.linspace(0, 1, size, dtype=np.float32)[:, None]
        alpha = np.clip((rows - top[None]) * size, 0, 1).astype(np.float32)
        if rng.random() < 0.25:
            alpha = np.ascontiguousarray(np.rot90(alpha, rng.integers(1, 4)))
    else:
        place = (
            rng.uniform(0, 1),
            rng.choice([rng.uniform(0.8, 1.1), rng.uniform(0, 1)]),
        )
        thing = draw_object(rng, assets, size, rng.uniform(0.15, 0.5), place, canvas)
        colours, alpha = thing[..., :3], thing[..., 3]
    alpha = blur(alpha, rng.choice([0.0, 0.5, 2.0]))
    ids[alpha > 0.5] = 0
    return canvas * (1 - alpha[..., None]) + colours * alpha[..., None]


def camera(rng: Generator, canvas: Image) -> NDArray[np.uint8]:
    """Blur, exposure, noise and JPEG, as of one photograph."""
    x = jitter(rng, canvas, 0.5)
    x = blur(x.astype(np.float32), rng.choice([0, 0, 0.4, 0.8, 1.2]))
    if rng.random() < 0.04:
        n = int(rng.integers(3, 8))
        line = np.zeros((n, n), np.float32)
        cv2.line(line, (0, int(rng.integers(n))), (n - 1, int(rng.integers(n))), 1.0)
        x = cv2.filter2D(x, -1, line / line.sum())
    if rng.random() < 0.03:
        x = np.repeat(x.mean(-1, keepdims=True), 3, -1)
    noise = rng.standard_normal(x.shape).astype(np.float32)
    noise = blur(noise, rng.choice([0, 0.5, 0.8]))
    x = x + noise * rng.choice([0, 0.008, 0.02, 0.04])
    out = (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)
    if rng.random() < 0.8:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))]
        out = cv2.imdecode(cv2.imencode(".jpg", out, quality)[1], cv2.IMREAD_COLOR)
    return out


def places(rng: Generator, count: int) -> list[tuple[float, tuple[float, float]]]:
    """Scale and centre of each object, the main one first."""
    out = []
    for k in range(count):
        scale = np.exp(rng.uniform(np.log(0.3), np.log(1.1)))
        if k:
            scale = min(scale, out[0][0] * rng.uniform(0.4, 1.1))
        wide = 0.14 if k == 0 else 0.3
        centre = 0.5 + rng.normal(0, wide, 2)
        if rng.random() > 0.25:  # mostly inside the picture
            room = min(0.5, scale / 2)
            centre = np.clip(centre, room * 0.9, 1 - room * 0.9)
        out.append((float(scale), (float(centre[0]), float(centre[1]))))
    return out


def beside(
    rng: Generator, first: tuple[float, tuple[float, float]]
) -> tuple[float, tuple[float, float]]:
    """Scale and centre of a second thing of about that size close to the first one."""
    scale, (x, y) = first
    side = rng.choice([-1, 1]) if 0.3 < x < 0.7 else np.sign(0.5 - x)
    moved = x + side * scale * rng.uniform(0.35, 0.9), y + scale * rng.normal(0, 0.05)
    return scale * float(np.exp(rng.normal(0, 0.08))), moved


def scene(
    rng: Generator, assets: Assets, size: int = SIZE
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """RGB [size, size, 3] and ids [size, size]: 0 nothing's, GROUND, or the object's."""
    canvas, ids = background(rng, assets, size)
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.45, 0.27, 0.15, 0.08, 0.05]))
    twin = rng.random() < 0.25
    seed = int(rng.integers(1 << 31))
    where = places(rng, count)
    if count > 1 and rng.random() < (0.6 if twin else 0.15):
        where[1] = beside(rng, where[0])
    behind = list(enumerate(where, 1))
    for number, (scale, centre) in reversed(behind):
        own = np.random.default_rng(seed) if twin else rng
        rgba = draw_object(own, assets, size, scale, centre, canvas)
        alpha = rgba[..., 3]
        if rng.random() < 0.55:
            canvas = ground_shadow(rng, canvas, alpha)
        canvas = canvas * (1 - alpha[..., None]) + rgba[..., :3] * alpha[..., None]
        ids[alpha > 0.5] = number
    if rng.random() < 0.25:
        canvas = foreground(rng, assets, canvas, ids)
    if rng.random() < 0.3:
        canvas = shade(rng, canvas)
    if rng.random() < 0.1:  # little light: most of it is nearly black
        canvas = np.clip(canvas, 0, 1) ** rng.uniform(1.4, 2.6)
    return camera(rng, canvas.astype(np.float32)), ids
