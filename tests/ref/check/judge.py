# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs our program on recorded cases and judges the distances."""

from __future__ import annotations

import json
import math
import subprocess
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

F32_REFERENCE = 1e-5  # relative L2 on the plain C reference
F32_FAST = 1e-4  # on the fast paths
HALF = 1.25  # times PyTorch's own error in f16 and bf16


@dataclass
class Target:
    """A device and a precision."""

    device: str
    precision: str

    def __str__(self) -> str:
        return f"{self.device} {self.precision}"

    @property
    def limit(self) -> float:
        return F32_REFERENCE if self.device == "cpu:reference" else F32_FAST


@dataclass
class Measured:
    """Distances of one case on one target."""

    case: str
    target: Target
    outputs: list[float] = field(default_factory=list)  # a run each
    layers: dict[str, list[float]] = field(default_factory=dict)
    nodes: int = 0  # values that a run computes
    compared: int = 0  # of them, with a value of PyTorch's
    failure: str = ""

    @property
    def output(self) -> float:
        return worst(self.outputs)

    def worst_layer(self) -> tuple[float, str]:
        if not self.layers:
            return math.nan, "none"
        errors = {k: worst(v) for k, v in self.layers.items()}
        name = max(errors, key=lambda k: (math.isnan(errors[k]), errors[k]))
        return errors[name], name


def measure(
    program: Path, target: Target, folders: list[Path], jobs: int
) -> list[Measured]:
    """A few processes for all cases, so that a device is opened seldom."""
    shares = [folders[i::jobs] for i in range(jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        parts = pool.map(lambda share: measure_share(program, target, share), shares)
    found = {m.case: m for part in parts for m in part}
    return [found[f.name] for f in folders]


def measure_share(program: Path, target: Target, folders: list[Path]) -> list[Measured]:
    """All in one process."""
    command = [program, "nets", target.device, target.precision, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = {str(f): Measured(f.name, target) for f in folders}
    errors: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.splitlines():
        if line.count("\t") != 3:
            continue  # the program died in the middle of it
        folder, run, name, value = line.split("\t")
        m = found[folder]
        if name == "failed":
            m.failure = value
        elif name == "nodes":
            m.nodes += int(value)
        elif name in ("out", "layers"):
            # the same network twice: as in a clip, and with all values kept
            errors[folder][run].append(float(value))
        else:
            m.compared += 1
            m.layers.setdefault(f"{run.rstrip('0123456789')}/{name}", []).append(
                float(value)
            )
    for folder, m in found.items():
        m.outputs = [worst(two) for two in errors[folder].values()]
        m.compared += len(m.outputs)
        config = json.loads((Path(folder) / "reference" / "config.json").read_text())
        complete = all(len(two) == 2 for two in errors[folder].values())
        if not m.failure and (len(m.outputs) != len(config["runs"]) or not complete):
            m.failure = (done.stderr.strip().splitlines() or ["results are missing"])[
                -1
            ]
    return list(found.values())


def worst(values: list[float]) -> float:
    """The largest; NaN if there is one, or none at all."""
    if not values or any(math.isnan(v) for v in values):
        return math.nan
    return max(values)


def root_mean_square(values: list[float]) -> float:
    return math.sqrt(sum(v * v for v in values) / len(values))


def theirs(folder: Path, precision: str) -> tuple[list[float], dict[str, list[float]]]:
    """PyTorch's own errors: of outputs and of layers."""
    config = json.loads((folder / "reference" / "config.json").read_text())
    outputs = [run["errors"][precision] for run in config["runs"]]
    layers: dict[str, list[float]] = {}
    for run in config["runs"]:
        kind = run["name"].rstrip("0123456789")
        for name, error in run["layers"][precision].items():
            layers.setdefault(f"{kind}/{name}", []).append(error)
    return outputs, layers


def ratio(m: Measured, folder: Path) -> float:
    """Our error over PyTorch's, both as root mean squares over the runs.

    The runs of an autoencoder are encodings and decodings: the worse counts.
    """
    config = json.loads((folder / "reference" / "config.json").read_text())
    kinds: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for run, ours in zip(config["runs"], m.outputs):
        error = run["errors"][m.target.precision]
        kinds[run["name"].rstrip("0123456789")].append((ours, error))
    ratios = []
    for pairs in kinds.values():
        ours, other = (root_mean_square(list(x)) for x in zip(*pairs))
        ratios.append(ours / other)
    return worst(ratios)


def judge(m: Measured, folder: Path) -> str:
    """What is wrong, or nothing."""
    if m.failure:
        return m.failure
    if m.target.precision == "f32":
        layer, name = m.worst_layer()
        if not m.output <= m.target.limit:
            return f"output {m.output:.1e} > {m.target.limit:g}"
        if not layer <= m.target.limit:
            return f"{name} {layer:.1e} > {m.target.limit:g}"
        return ""
    times = ratio(m, folder)
    if not times <= HALF:
        return f"error is {times:.2f} times PyTorch's"
    return ""
