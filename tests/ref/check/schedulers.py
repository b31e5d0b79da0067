# SPDX-License-Identifier: LGPL-2.1-or-later
"""Time steps and samples of drawn schedules against diffusers' schedulers."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from make_scheduler_reference import DDIM, START, cases, run  # noqa: E402

COUNT = 200
TIMES = 1e-3  # of 1000
SAMPLES = 1e-5  # relative to the larger of 1 and the sample


def drawn() -> Iterator[tuple[str, dict, int]]:
    """Class, configuration and number of steps."""
    yield from cases()
    rng = random.Random(3)
    for _ in range(COUNT):
        train = rng.choice((1000, 1000, 500, 250))
        steps = rng.randint(1, 50)
        if rng.random() < 0.5:
            config = {
                "num_train_timesteps": train,
                "shift": rng.choice((1.0, rng.uniform(0.5, 6))),
                "shift_terminal": rng.choice((None, rng.uniform(0.02, 0.5))),
            }
            # diffusers divides by zero for one step and a terminal
            if steps == 1:
                config["shift_terminal"] = None
            yield "FlowMatchEulerDiscreteScheduler", config, steps
            continue
        prediction = rng.choice(("v_prediction", "sample", "epsilon"))
        config = DDIM | {
            "num_train_timesteps": train,
            "prediction_type": prediction,
            "beta_schedule": rng.choice(
                ("linear", "scaled_linear", "squaredcos_cap_v2")
            ),
            "timestep_spacing": rng.choice(("leading", "trailing", "linspace")),
            "set_alpha_to_one": rng.random() < 0.5,
            # epsilon says nothing about the sample where there is only noise
            "rescale_betas_zero_snr": prediction != "epsilon" and rng.random() < 0.5,
        }
        if config["timestep_spacing"] == "leading":
            config["steps_offset"] = rng.randint(0, 1)
        yield "DDIMScheduler", config, steps


@dataclass
class Result:
    name: str
    times: float
    samples: float
    failure: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.failure) or not (
            self.times <= TIMES and self.samples <= SAMPLES
        )


def check(program: Path, work: Path) -> list[Result]:
    made = [run(*case) for case in drawn()]
    path = work / "schedulers.json"
    path.write_text(json.dumps({"start": START, "cases": made}))
    done = subprocess.run([program, "schedulers", path], capture_output=True, text=True)
    results = []
    for line in done.stdout.splitlines():
        index, first, *rest = line.split("\t")
        case = made[int(index)]
        name = f"{case['class']} {case['steps']} steps {case['config']}"
        if first == "failed":
            results.append(Result(name, 0, 0, "refused"))
        else:
            results.append(Result(name, float(first), float(rest[0])))
    if len(results) != len(made):
        results.append(Result("all", 0, 0, done.stderr.strip() or "no result"))
    return results
