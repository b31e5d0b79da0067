# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes scheduler_cases.json: time steps and samples of diffusers' schedulers.

Each case has a scheduler_config.json, a number of steps, and what diffusers
makes of a sample x when the network's output is y = 0.3 x + 0.1 (i + 1) at
step i. Run: python tests/ref/make_scheduler_reference.py
"""

import json
from pathlib import Path

import torch
from diffusers import (
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
)
from diffusers.schedulers.scheduling_ddim import rescale_zero_terminal_snr

START = [0.7, -1.3, 0.05]
DDIM = {
    "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "clip_sample": False,
}  # fmt: skip

UNIPC = {"use_flow_sigmas": True, "prediction_type": "flow_prediction"}
CLASSES = {
    cls.__name__: cls
    for cls in (DDIMScheduler, FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler)
}


def cases():
    ddim = "DDIMScheduler"
    flow = "FlowMatchEulerDiscreteScheduler"
    yield ddim, DDIM | {"prediction_type": "v_prediction",
                        "rescale_betas_zero_snr": True,
                        "timestep_spacing": "trailing"}, 5  # fmt: skip
    yield ddim, DDIM | {"prediction_type": "epsilon", "steps_offset": 1,
                        "set_alpha_to_one": False}, 7  # fmt: skip
    yield ddim, DDIM | {"prediction_type": "sample", "beta_schedule": "linear",
                        "timestep_spacing": "linspace"}, 4  # fmt: skip
    yield ddim, DDIM | {"prediction_type": "v_prediction",
                        "beta_schedule": "squaredcos_cap_v2",
                        "timestep_spacing": "trailing"}, 3  # fmt: skip
    yield ddim, DDIM | {"prediction_type": "v_prediction",
                        "timestep_spacing": "linspace",
                        "num_train_timesteps": 500}, 1  # fmt: skip
    # time steps that are halves before they are rounded
    yield ddim, DDIM | {"prediction_type": "sample",
                        "rescale_betas_zero_snr": True,
                        "timestep_spacing": "trailing",
                        "num_train_timesteps": 250}, 44  # fmt: skip
    yield flow, {"shift": 1.0}, 4
    yield flow, {"shift": 3.0}, 6
    yield flow, {"shift": 2.0, "shift_terminal": 0.1}, 5
    yield flow, {"num_train_timesteps": 500}, 1
    unipc = "UniPCMultistepScheduler"
    for change, steps in [
        ({"flow_shift": 3.0}, 8),
        ({"flow_shift": 5.0, "solver_order": 3}, 10),
        ({"flow_shift": 1.0, "solver_order": 1}, 4),
        ({"flow_shift": 3.0, "shift_terminal": 0.2}, 7),
        ({"flow_shift": 2.0, "solver_order": 3, "disable_corrector": [0, 2]}, 6),
        ({"flow_shift": 8.0, "num_train_timesteps": 500}, 20),
        ({"flow_shift": 3.0}, 1),
        ({"flow_shift": 3.0, "lower_order_final": True, "solver_order": 3}, 3),
    ]:
        yield unipc, UNIPC | change, steps


def widen(scheduler, config):
    """Steps in f64 from the f32 table of products.

    The zero-SNR table is made of that one in f64 too: in f32 it depends on the
    machine, and 1 - alpha is off by up to 0.3 % near the sample.
    """
    alphas = scheduler.alphas_cumprod.double()
    if config.get("rescale_betas_zero_snr"):
        plain = DDIMScheduler.from_config(config | {"rescale_betas_zero_snr": False})
        alphas = plain.alphas_cumprod.double()
        before = torch.cat([torch.ones(1, dtype=torch.float64), alphas[:-1]])
        betas = rescale_zero_terminal_snr(1 - alphas / before)
        alphas = (1 - betas).cumprod(0)
    scheduler.alphas_cumprod = alphas
    to_one = config.get("set_alpha_to_one", True)
    scheduler.final_alpha_cumprod = torch.ones_like(alphas[0]) if to_one else alphas[0]


def run(name, config, steps):
    cls = CLASSES[name]
    scheduler = cls.from_config(config)
    scheduler.set_timesteps(steps)
    if cls is DDIMScheduler:
        widen(scheduler, config)
    x = torch.tensor(START, dtype=torch.float64).reshape(1, -1, 1)
    samples = []
    for i, t in enumerate(scheduler.timesteps):
        y = 0.3 * x + 0.1 * (i + 1)
        x = scheduler.step(y, t, x).prev_sample
        samples.append([float(v) for v in x.flatten()])
    times = [float(t) for t in scheduler.timesteps]
    return {"class": name, "config": config, "steps": steps, "times": times,
            "samples": samples}  # fmt: skip


def run_rows(config, steps):
    """One step of tokens that each have a time of their own.

    The scheduler takes the velocity with its sign turned there.
    """
    scheduler = FlowMatchEulerDiscreteScheduler.from_config(config)
    scheduler.set_timesteps(steps)
    scale = scheduler.config.num_train_timesteps
    levels = [float(s) for s in scheduler.sigmas]
    between = [(a + b) / 2 for a, b in zip(levels, levels[1:])]
    times = torch.tensor([[s * scale for s in levels + between]])
    x = torch.linspace(-1, 1, times.numel()).reshape(1, -1, 1)
    y = 0.3 * x + 0.1
    out = scheduler.step(-y, scheduler.timesteps[0], x, per_token_timesteps=times)
    return {"config": config, "steps": steps, "times": times.flatten().tolist(),
            "start": x.flatten().tolist(),
            "samples": out.prev_sample.flatten().tolist()}  # fmt: skip


ROWS = [
    ({"shift": 1.0}, 4),
    ({"shift": 5.0}, 6),
    ({"shift": 3.0, "num_train_timesteps": 500}, 1),
]


def main():
    out = {"start": START, "cases": [run(*case) for case in cases()],
           "rows": [run_rows(*case) for case in ROWS]}  # fmt: skip
    path = Path(__file__).with_name("scheduler_cases.json")
    path.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
