"""The county: what a run costs beside merely reading the same files, and beside what people use otherwise.

    python -m benchmarks.county [--stations 359]

All figures come from one machine, one after the other; what counts are the ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Cost, cores, measured, show_ratios

READING = "bare reading (calamine, a process a core)"
WRITING = "bare reading and writing (calamine, XlsxWriter)"
PLAIN = "run, first time, without marks"
AGAIN = "run, nothing changed"
MARKED = "run with marks, everything parsed"
OPENPYXL = "pandas with openpyxl: read, concat, to_excel"
CALAMINE = "pandas with calamine: read, concat, to_excel"
POLARS = "polars: read, concat, write_excel"


def set_marks(workspace: Path, mode: str) -> None:
    config = workspace / "config.ini"
    lines = [
        f"mode = {mode}" if line.startswith("mode =") else line
        for line in config.read_text(encoding="utf-8").splitlines()
    ]
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")


def county(folder: Path, stations: int) -> dict[str, Cost]:
    from toolkit.demo import make_county
    from toolkit.scaffold import make_demo_workspace

    results: dict[str, Cost] = {}
    make_demo_workspace(folder)
    made = make_county(folder, stations=stations)
    print(f"{made.stations} stations, {made.files} files, {made.rows} rows, {cores()} cores")
    source, target = str(folder / "workbooks/stations"), str(folder / "rival.xlsx")
    run = (sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json")
    rivals = (sys.executable, str(Path(__file__).with_name("rivals.py")))
    measured(results, READING, *rivals, "bare-reading", source, target)
    set_marks(folder, "off")
    measured(results, PLAIN, *run)
    measured(results, AGAIN, *run)
    measured(results, WRITING, *rivals, "bare-writing", source, target)
    measured(results, OPENPYXL, *rivals, "pandas-openpyxl", source, target)
    measured(results, CALAMINE, *rivals, "pandas-calamine", source, target)
    measured(results, POLARS, *rivals, "polars", source, target)
    set_marks(folder, "in-place")
    measured(results, MARKED, *run, "--full")
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=359)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = county(Path(folder) / "county", given.stations)
    show_ratios(results, [
        (PLAIN, READING, 0), (PLAIN, READING, 1), (OPENPYXL, PLAIN, 0), (CALAMINE, PLAIN, 0), (POLARS, PLAIN, 0),
        (OPENPYXL, MARKED, 0), (AGAIN, PLAIN, 0),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
