"""Very many stations: cost per file as their number grows, an unchanged night, and a night in which 1 % of the files changed.

    python -m benchmarks.scaling [--files 20000] [--picture docs/pictures/scaling.png]

Every run is a process of its own; beside each stands bare reading of the same files by as many processes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import Cost, cores, measured
from benchmarks.province import Province

FULL, SAME, PART, BARE = "first run", "nothing changed", "1 % changed", "bare reading"


def scanning(folder: Path) -> float:
    """Return the seconds that looking at all files takes when nothing has changed."""
    from toolkit.config import load_config
    from toolkit.intake.discover import discover
    from toolkit.intake.source import Fingerprint, stations_of
    from toolkit.store.state import State

    config = load_config(folder)
    state = State(config.path("state"))
    known = {path: Fingerprint(*row) for path, row in state.fingerprints().items()}
    state.close()
    began = time.perf_counter()
    discover(stations_of(config), "", known)
    return time.perf_counter() - began


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def one_size(folder: Path, files: int, rows: int) -> dict[str, Any]:
    """Measure one number of files, one for every station."""
    province = Province(folder, files, files, rows)
    results: dict[str, Cost] = {}
    run = (sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json")
    rivals = (sys.executable, str(Path(__file__).with_name("rivals.py")))
    print(f"\n{files} stations, as many files of {rows} rows, {cores()} cores")
    measured(results, BARE, *rivals, "bare-reading", str(province.stations), str(folder))
    measured(results, FULL, *run)
    measured(results, SAME, *run)
    for number in range(0, files, 100):
        province.write(number + 1, 1)
    measured(results, PART, *run)
    scanned = scanning(folder)
    print(f"{'scanning alone':<58} {scanned:8.2f} s wall")
    sizes = {name: size_of(folder / f"workbooks/{name}") for name in ("stations", ".state", "out")}
    return {
        "files": files,
        "rows": rows,
        "scanning": scanned,
        "bytes": sizes,
        "costs": {name: list(cost) for name, cost in results.items()},
    }


def draw(found: list[dict[str, Any]], target: Path) -> None:
    """Draw cost per file over the number of files: a straight line is a flat one here."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 3.6), dpi=150)
    colours = {BARE: "#98a2b3", FULL: "#1f5fbf", PART: "#c05a00", SAME: "#2e7d32"}
    numbers = [one["files"] for one in found]
    for name in (FULL, BARE, PART, SAME):
        each = [one["costs"][name][1] / one["files"] * 1000 for one in found]
        axes.plot(numbers, each, marker="o", color=colours[name], linewidth=2, markersize=4)
        axes.annotate(
            name,
            (numbers[-1], each[-1]),
            xytext=(6, {BARE: 4, SAME: -9}.get(name, -3)),
            textcoords="offset points",
            fontsize=9,
            color=colours[name],
        )
    axes.set_xlabel("files, one for every station")
    axes.set_ylabel("CPU per file, ms")
    axes.set_ylim(bottom=-0.3)
    axes.set_xlim(0, numbers[-1] * 1.22)
    axes.grid(axis="y", color="#e4e7ec")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="the largest number")
    parser.add_argument("--rows", type=int, default=25, help="rows a file")
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    found = []
    for files in (given.files // 16, given.files // 8, given.files // 4, given.files // 2, given.files):
        with tempfile.TemporaryDirectory() as parent:
            found.append(one_size(Path(parent) / "province", files, given.rows))
    print()
    for one in found:
        full, same, part, bare = (one["costs"][name] for name in (FULL, SAME, PART, BARE))
        print(f"{one['files']:>7} files: {full[1] / one['files'] * 1000:6.2f} ms CPU a file, {full[1] / bare[1]:5.2f} x bare reading; "
              f"1 % changed {part[1] / full[1]:.1%}, unchanged {same[0] / full[0]:.1%} of the first run")  # fmt: skip
    print(json.dumps(found))
    if given.picture:
        draw(found, given.picture)


if __name__ == "__main__":
    main()
