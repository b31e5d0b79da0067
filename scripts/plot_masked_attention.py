#!/usr/bin/env python3
"""Draw the time of masked self-attention against the sizes of the objects.

    build/tests/kernels/test_masked --bench >docs/benchmarks/masked-attention.tsv
    python3 scripts/plot_masked_attention.py docs/benchmarks/masked-attention.tsv \\
        docs/images/masked-attention.png

--time cpu_ms draws processor time instead of the clock's, which says more where
other work goes on. Needs matplotlib (Debian: python3-matplotlib). Every device and type is one panel:
a dot for each division of the tokens, a line through the dots by least squares,
and the time of the dense form, which looks at every pair, as a dashed line.
"""

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

Row = dict[str, str]


def read(path: Path) -> dict[tuple[str, str], list[Row]]:
    """Rows by device and type; lines that begin with '#' are notes."""
    panels: dict[tuple[str, str], list[Row]] = {}
    lines = [line for line in path.read_text().splitlines() if line[:1] != "#"]
    for row in csv.DictReader(lines, delimiter="\t"):
        panels.setdefault((row["device"], row["type"]), []).append(row)
    return panels


def line_through(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Slope and offset of the least squares line."""
    n = len(points)
    mx = sum(x for x, _ in points) / n
    my = sum(y for _, y in points) / n
    slope = sum((x - mx) * (y - my) for x, y in points)
    slope /= sum((x - mx) ** 2 for x, _ in points)
    return slope, my - slope * mx


def draw(axes: plt.Axes, title: str, rows: list[Row], time: str) -> None:
    """One panel of the column `time`."""
    points = [
        (float(r["squares"]), float(r[time])) for r in rows if r["shares"] != "dense"
    ]
    slope, offset = line_through(points)
    axes.plot([0, 1], [offset, offset + slope], color="0.7", zorder=1)
    axes.scatter([x for x, _ in points], [y for _, y in points], zorder=2)
    for row in rows:
        x, y = float(row["squares"]), float(row[time])
        if row["shares"] == "dense":
            axes.axhline(y, linestyle="--", color="tab:red")
            axes.text(0, y, " dense", color="tab:red", va="bottom")
            continue
        left = row["shares"] in ("50/50", "100", "90/10")
        axes.annotate(
            row["shares"],
            (x, y),
            (-6 if left else 6, 2 if left else -4),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom" if left else "top",
            fontsize=8,
        )
    axes.set_title(title, fontsize=9)
    axes.set_xlim(0, 1.05)
    axes.set_ylim(0, 1.15 * max(float(r[time]) for r in rows))
    axes.set_xlabel("sum of squares of the objects' shares")
    axes.set_ylabel("ms" if time == "ms" else "ms of the processor")
    axes.grid(color="0.92")


def main() -> None:
    """Read the table, draw the panels."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("image", type=Path)
    parser.add_argument("--time", choices=("ms", "cpu_ms"), default="ms")
    arguments = parser.parse_args()
    panels = read(arguments.table)
    columns = 2 if len(panels) > 1 else 1
    rows = -(-len(panels) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(5 * columns, 3.6 * rows), squeeze=False
    )
    for axes, ((device, dtype), table) in zip(grid.flat, panels.items()):
        size = table[0]
        title = f"{device}, {dtype}\n{size['tokens']} tokens, "
        draw(
            axes,
            title + f"{size['heads']} heads of {size['dim']}",
            table,
            arguments.time,
        )
    figure.tight_layout()
    figure.savefig(arguments.image, dpi=80)


if __name__ == "__main__":
    main()
