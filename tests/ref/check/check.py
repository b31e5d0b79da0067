# SPDX-License-Identifier: LGPL-2.1-or-later
"""This library against PyTorch, diffusers and transformers (docs/reference.md).

`make check-reference` runs it; --help lists what can be chosen. Prints a line
for each comparison that fails, tables of the largest errors, and one closing
line of counts; the tables go to report.md too.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import diffusers
import torch
import transformers

import clips
import schedulers
import tokens
from configs import Case, all_cases
from judge import Measured, Target, judge, measure, ratio
from networks import record
from record import versions

KINDS = {
    "text": "CLIPTextModel",
    "kl": "AutoencoderKL",
    "tiny": "AutoencoderTiny",
    "owlv2": "Owlv2ForObjectDetection",
    "unet": "UNetMotionModel",
    "masked": "the same with masked attention",
    "segmenter": "TTMSegmenter",
    "sam2": "Sam2Model",
}


class Report:
    """Counts and tables."""

    def __init__(self, path: Path):
        self.path, self.passed, self.failed = path, 0, 0
        self.lines: list[str] = []

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self.lines.append(line)

    def count(self, name: str, wrong: str) -> None:
        if wrong:
            self.failed += 1
            print(f"FAIL {name}: {wrong}", flush=True)
        else:
            self.passed += 1

    def table(self, titles: list[str], rows: list[list[str]]) -> None:
        self.say()
        self.say("| " + " | ".join(titles) + " |")
        self.say("|" + "---|" * len(titles))
        for row in rows:
            self.say("| " + " | ".join(row) + " |")
        self.say()

    def close(self) -> int:
        self.path.write_text("\n".join(self.lines) + "\n")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def quiet() -> None:
    """Processes that record: one thread each, no progress bars."""
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    diffusers.logging.set_verbosity_error()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def record_case(case: Case, folder: Path) -> str:
    record(case, folder)
    return case.name


def record_all(cases: list[Case], work: Path, jobs: int) -> list[Path]:
    folders = [work / "cases" / case.name for case in cases]
    with ProcessPoolExecutor(jobs, initializer=quiet) as pool:
        list(pool.map(record_case, cases, folders))
    return folders


def opens(program: Path, target: Target) -> bool:
    command = [program, "nets", target.device, target.precision]
    return subprocess.run(command, capture_output=True).returncode == 0


def find_targets(program: Path, report: Report, kernels: list[str]) -> list[Target]:
    """The CPU's three levels, and every Vulkan device with its best kernels and
    others that are asked for."""
    targets = [
        Target("cpu:reference", "f32"),
        Target("cpu:plain", "f32"),
        Target("cpu", "f32"),
        Target("cpu:plain", "f16"),
        Target("cpu:plain", "bf16"),
        Target("cpu", "f16"),
        Target("cpu", "bf16"),
    ]
    index = 0
    while opens(program, Target(f"vulkan:{index}", "f32")):
        for form in ("", *(f"/{k}" for k in kernels)):
            for precision in ("f32", "f16", "bf16"):
                target = Target(f"vulkan:{index}{form}", precision)
                if opens(program, target):
                    targets.append(target)
                else:
                    report.say(f"{target}: not possible on this device")
        index += 1
    if not index:
        report.say("There is no Vulkan device.")
    return targets


def kind_of(case: Case) -> str:
    return "masked" if case.ttm else case.kind


def check_networks(
    report: Report, program: Path, work: Path, targets: list[Target], args
) -> None:
    cases = all_cases(args.drawn)
    start = time.monotonic()
    folders = record_all(cases, work, args.jobs)
    report.say(
        f"{len(cases)} networks made by PyTorch in {time.monotonic() - start:.0f} s"
    )
    results: dict[tuple[str, str], list[tuple[Measured, Path]]] = {}
    for target in targets:
        start = time.monotonic()
        found = measure(program, target, folders, args.jobs)
        for m, case, folder in zip(found, cases, folders):
            report.count(f"{target} {case.name} ({case.file})", judge(m, folder))
            results.setdefault((kind_of(case), str(target)), []).append((m, folder))
        print(f"{target}: {time.monotonic() - start:.0f} s", flush=True)
    full = [t for t in targets if t.precision == "f32"]
    half = [t for t in targets if t.precision != "f32"]
    report.say()
    report.say("f32, relative L2 distance from f64: outputs / worst layer")
    report.table(
        ["class", "networks", *map(str, full)],
        [
            [name, str(len(results[kind, str(full[0])]))]
            + [worst_distance(results.get((kind, str(t)), [])) for t in full]
            for kind, name in KINDS.items()
        ],
    )
    report.say("f16 and bf16, our error over PyTorch's: largest (median)")
    report.table(
        ["class", *map(str, half)],
        [
            [name] + [worst_ratio(results.get((kind, str(t)), [])) for t in half]
            for kind, name in KINDS.items()
        ],
    )
    first = [m for kind in KINDS for m, _ in results[kind, str(targets[0])]]
    nodes, compared = (sum(getattr(m, k) for m in first) for k in ("nodes", "compared"))
    report.say(f"{compared} of {nodes} computed values have a counterpart in PyTorch.")


def worst_distance(items: list[tuple[Measured, Path]]) -> str:
    good = [m for m, _ in items if not m.failure]
    if not good:
        return "failed" if items else ""
    layer = max(m.worst_layer()[0] for m in good)
    return f"{max(m.output for m in good):.1e} / {layer:.1e}"


def worst_ratio(items: list[tuple[Measured, Path]]) -> str:
    ratios = sorted(ratio(m, folder) for m, folder in items if not m.failure)
    if not ratios:
        return "failed" if items else ""
    return f"{ratios[-1]:.2f} ({ratios[len(ratios) // 2]:.2f})"


def check_schedulers(report: Report, program: Path, work: Path) -> None:
    results = schedulers.check(program, work)
    for r in results:
        wrong = r.failure or f"times {r.times:.1e}, samples {r.samples:.1e}"
        report.count(r.name, wrong if r.wrong else "")
    report.say(
        f"{len(results)} schedules: samples differ by at most"
        f" {max(r.samples for r in results):.1e}, time steps by"
        f" {max(r.times for r in results):.1e} of 1000"
    )


def check_tokens(report: Report, program: Path, work: Path) -> None:
    for name, count, wrong in tokens.check(program, work):
        report.count(f"tokens of {name}", f"{wrong} of {count}" if wrong else "")
        report.say(f"{count - wrong} of {count} texts have the same ids with {name}")


def check_clips(report: Report, program: Path, work: Path, devices: list[str]) -> None:
    results = clips.check(program, work, devices)
    rows = []
    for r in results:
        wrong = r.failure or (
            f"{r.psnr:.1f} dB, {r.different} other ids, margin {r.margin:.1e}"
        )
        report.count(f"clip {r.name}", wrong if r.wrong else "")
        rows.append([r.name, f"{r.psnr:.1f} dB", f"{r.different} of {r.pixels}"])
    report.table(["clip", "PSNR", "other ids"], rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument(
        "--drawn",
        type=int,
        default=8,
        help="drawn configurations: this many U-Nets and as many others",
    )
    parser.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="processes"
    )
    parser.add_argument(
        "--kernels",
        nargs="+",
        default=[],
        help="other forms of the Vulkan kernels, as in the option of this name",
    )
    parser.add_argument("--keep", action="store_true", help="keep the cases")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("networks", "schedulers", "tokens", "clips"),
        default=("networks", "schedulers", "tokens", "clips"),
    )
    args = parser.parse_args()
    quiet()
    args.folder.mkdir(parents=True, exist_ok=True)
    report = Report(args.folder / "report.md")
    start = time.monotonic()
    report.say(", ".join(f"{k} {v}" for k, v in versions().items()))
    targets = find_targets(args.program, report, args.kernels)
    if "schedulers" in args.only:
        check_schedulers(report, args.program, args.folder)
    if "tokens" in args.only:
        check_tokens(report, args.program, args.folder)
    if "networks" in args.only:
        check_networks(report, args.program, args.folder, targets, args)
    if "clips" in args.only:
        devices = [t.device for t in targets if t.precision == "f32"]
        devices = [d for d in devices if "/" not in d]
        check_clips(report, args.program, args.folder, devices)
    if not args.keep:
        shutil.rmtree(args.folder / "cases", ignore_errors=True)
    report.say(f"{(time.monotonic() - start) / 60:.1f} minutes")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
