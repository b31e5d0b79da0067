# SPDX-License-Identifier: CC0-1.0
"""One object on an empty canvas: photographs cut out, and outlines filled anew."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from .fields import Image, affine, bend, blur, jitter, photo_crop, smooth
from .piles import Pile


@dataclass
class Assets:
    """What is composed: cut-outs and clip art RGBA, photographs RGB."""

    cutouts: Pile
    clips: Pile
    photos: Pile


def placed(
    rng: Generator, rgba: np.ndarray, size: int, scale: float,
    centre: tuple[float, float], warp: float,
) -> Image:  # fmt: skip
    """RGBA float on the canvas, colours not multiplied by alpha."""
    h, w = rgba.shape[:2]
    x = rgba
    if max(h, w) > 2 * scale * size:
        f = 2 * scale * size / max(h, w)
        shape = (max(2, int(w * f)), max(2, int(h * f)))
        x = cv2.resize(x, shape, interpolation=cv2.INTER_AREA)
    h, w = x.shape[:2]
    m = affine(rng, h, w, size, scale, centre)
    premade = x.astype(np.float32) / 255
    premade[..., :3] *= premade[..., 3:]
    out = cv2.warpAffine(premade, m, (size, size), flags=cv2.INTER_LINEAR)
    if warp:
        out = bend(rng, out, warp)
    out[..., :3] /= np.maximum(out[..., 3:], 1e-3)
    return np.clip(out, 0, 1)


def limbs(
    rng: Generator, size: int, scale: float, centre: tuple[float, float]
) -> Image:
    """An outline of a body, a head and limbs by chance: [size, size] of 0 .. 1."""
    big = np.zeros((size, size), np.float32)
    c = np.array(centre) * size
    r = scale * size / 2
    axes = r * np.exp(rng.normal([-0.5, -0.9], 0.25))
    angle = rng.uniform(0, 180)
    cv2.ellipse(
        big, (c.round().astype(int)).tolist(), axes.round().astype(int).tolist(),
        angle, 0, 360, 1.0, -1,
    )  # fmt: skip
    for _ in range(rng.integers(0, 7)):
        start = c + rng.normal(0, 0.3, 2) * r
        way = rng.uniform(0, 2 * np.pi)
        points = [start]
        for _ in range(rng.integers(2, 5)):
            way += rng.normal(0, 0.5)
            points.append(points[-1] + np.array([np.cos(way), np.sin(way)]) * r * 0.33)
        thick = max(2, int(r * np.exp(rng.normal(-1.9, 0.45))))
        cv2.polylines(big, [np.array(points, np.int32)], False, 1.0, thick, cv2.LINE_AA)
        if rng.random() < 0.4:
            end = points[-1].round().astype(int).tolist()
            cv2.circle(big, end, int(r * rng.uniform(0.12, 0.35)), 1.0, -1, cv2.LINE_AA)
    big = bend(rng, big, 0.02)
    return np.clip(blur(big, 1.0) * 2 - 0.5, 0, 1)


def painted(rng: Generator, alpha: Image, assets: Assets, near: Image | None) -> Image:
    """Colours for an outline: one to four parts, each with the texture of a
    photograph, own colour and contrast; near: the background, for look-alikes."""
    size = alpha.shape[0]
    parts = int(rng.choice([1, 2, 3, 4], p=[0.25, 0.35, 0.25, 0.15]))
    fields = np.stack([smooth(rng, size, rng.uniform(1, 6)) for _ in range(parts)])
    soft = rng.choice([0.02, 0.1, 0.4])
    weights = np.exp((fields - fields.max(0)) / soft)
    weights /= weights.sum(0)
    out = np.zeros((size, size, 3), np.float32)
    base: Image | None = None
    for k in range(parts):
        if near is not None and rng.random() < 0.35:
            shift = rng.integers(-size // 2, size // 2, 2)
            texture = np.roll(near, tuple(shift), (0, 1))
        else:
            photo = assets.photos[rng.integers(len(assets.photos))]
            texture = photo_crop(rng, photo, size, 0.1)
        kind = rng.random()
        if kind < 0.55:  # the texture's grain on a colour of its own
            grain = texture.mean(-1, keepdims=True)
            grain = grain / max(0.05, float(grain.mean()))
            colour = rng.uniform(0.03, 0.97, 3) ** rng.uniform(0.7, 1.5)
            colour = colour.mean() + (colour - colour.mean()) * rng.uniform(0.2, 1)
            if base is not None and rng.random() < 0.5:
                colour = base + rng.normal(0, 0.08, 3)
            base = colour
            texture = np.clip(colour, 0, 1) * grain ** rng.uniform(0.3, 1.0)
        else:
            texture = jitter(rng, texture)
        out += texture.astype(np.float32) * weights[k][..., None]
    if rng.random() < 0.25:  # stripes and spots
        ramp = (
            smooth(rng, size, rng.uniform(8, 30))
            if rng.random() < 0.5
            else np.sin(smooth(rng, size, 2) * rng.uniform(8, 30))
        )
        mask = (ramp > rng.uniform(-0.3, 0.8)).astype(np.float32)[..., None]
        mask = blur(mask, 0.7)
        if mask.ndim == 2:
            mask = mask[..., None]
        out = (
            out * (1 - mask * rng.uniform(0.3, 0.9))
            + mask * rng.uniform(0, 0.5) * rng.random()
        )
    return out


def shaded(rng: Generator, rgba: Image) -> Image:
    """Light from a side over a body as thick as it is far from its outline."""
    alpha = rgba[..., 3]
    inside = (alpha > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    reach = max(2.0, float(depth.max()))
    body = np.sqrt(np.clip(depth / reach, 0, 1) * rng.uniform(0.6, 1))
    body = blur(body.astype(np.float32), rng.uniform(1, 4))
    gy, gx = np.gradient(body * reach)
    way = rng.normal(-np.pi / 2, 0.9)
    light = -(gx * np.cos(way) + gy * np.sin(way))
    strength = rng.uniform(0, 0.55)
    factor = 1 + strength * np.tanh(light * 1.5) + rng.normal(0, 0.2) * (body - 0.5)
    low = np.linspace(0, 1, alpha.shape[0], dtype=np.float32)[:, None]
    ys = np.nonzero(inside.any(1))[0]
    if len(ys) and rng.random() < 0.5:  # the underside is in the shade
        span = max(1.0, float(ys[-1] - ys[0])) / alpha.shape[0]
        below = np.clip((low - ys[0] / alpha.shape[0]) / span, 0, 1)
        factor = factor * (1 - rng.uniform(0.1, 0.75) * below ** rng.uniform(1.5, 4))
    out = rgba.copy()
    out[..., :3] *= np.clip(factor, 0.08, 2).astype(np.float32)[..., None]
    return out


def harmonised(rng: Generator, rgba: Image, ground: Image) -> Image:
    """Mean and contrast moved towards those of the place where it stands."""
    alpha = rgba[..., 3] > 0.5
    if alpha.sum() < 20:
        return rgba
    share = rng.beta(1.2, 1.6)
    own, there = rgba[..., :3][alpha], ground[alpha]
    mean, goal = own.mean(0), there.mean(0)
    spread = (float(there.std()) + 0.03) / (float(own.std()) + 0.03)
    gain = np.clip(spread ** (share * 0.7), 0.4, 2)
    out = rgba.copy()
    moved = mean + (goal - mean) * share
    out[..., :3] = (out[..., :3] - mean) * gain + moved
    return out


def draw_object(
    rng: Generator, assets: Assets, size: int, scale: float,
    centre: tuple[float, float], ground: Image,
) -> Image:  # fmt: skip
    """RGBA of an object on its canvas."""
    kind = rng.random()
    warp = rng.uniform(0.005, 0.03) if rng.random() < 0.5 else 0.0
    if kind < 0.6 or not len(assets.clips):
        source = assets.cutouts[rng.integers(len(assets.cutouts))]
        rgba = placed(rng, source, size, scale, centre, warp)
        if rng.random() < 0.3:  # another colour of the same thing
            rgba[..., :3] = painted(rng, rgba[..., 3], assets, None) * 0.6 + (
                rgba[..., :3] * 0.4
            )
        rgba[..., :3] = jitter(rng, rgba[..., :3], 0.8)
    elif kind < 0.68:
        source = assets.clips[rng.integers(len(assets.clips))]
        rgba = placed(rng, source, size, scale, centre, warp)
        grain = painted(rng, rgba[..., 3], assets, None).mean(-1, keepdims=True)
        rgba[..., :3] *= 0.6 + 0.8 * grain
        rgba = shaded(rng, rgba)
    else:
        if kind < 0.9:
            pile = assets.cutouts if rng.random() < 0.5 else assets.clips
            source = pile[rng.integers(len(pile))]
            alpha = placed(rng, source, size, scale, centre, warp)[..., 3]
        else:
            alpha = limbs(rng, size, scale, centre)
        near = ground if rng.random() < 0.3 else None
        colours = painted(rng, alpha, assets, near)
        rgba = shaded(rng, np.concatenate([colours, alpha[..., None]], -1))
    if rng.random() < 0.35:
        rgba = shaded(rng, rgba)
    if rng.random() < 0.6:
        rgba = harmonised(rng, rgba, ground)
    rgba[..., 3] = blur(rgba[..., 3], rng.uniform(0, 1.1))
    return np.clip(rgba, 0, 1)
