"""The county: what a run costs beside merely reading the same files, and beside a script of pandas that checks nothing.

All figures come from one process tree on one machine, one after the other; what counts are the ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

READABLE = {".xlsx", ".xlsm", ".xls", ".ods"}


class Cost(NamedTuple):
    """Seconds on the clock, seconds of CPU in all processes, MB of the largest process."""

    wall: float
    cpu: float
    memory: float


def files_below(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in READABLE and not path.name.startswith("~$")
    )


def read_bare(paths: list[Path]) -> int:
    import python_calamine as calamine

    rows = 0
    for path in paths:
        with contextlib.suppress(calamine.CalamineError, OSError):
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
            for name in book.sheet_names:
                rows += len(book.get_sheet_by_name(name).to_python())
    return rows


def bare_reading(folder: Path, processes: int) -> None:
    paths = files_below(folder)
    with ProcessPoolExecutor(processes) as pool:
        sum(pool.map(read_bare, [paths[start::processes] for start in range(processes)]))


def pandas_script(folder: Path, target: Path) -> None:
    """What somebody would write in an evening: read everything with openpyxl, put it together, write it."""
    import warnings

    import pandas as pd

    warnings.simplefilter("ignore")
    frames = []
    for path in files_below(folder):
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            with contextlib.suppress(Exception):
                frames += list(pd.read_excel(path, sheet_name=None, engine="openpyxl", header=None).values())
    pd.concat(frames).to_excel(target, index=False)


class Watch(threading.Thread):
    """Watches every process of a session: CPU seconds of all together, and the memory of the largest (MB). Linux only."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session, self._done = session, threading.Event()
        self._cpu: dict[int, float] = {}
        self.largest = 0.0

    def run(self) -> None:
        ticks = os.sysconf("SC_CLK_TCK")
        while not self._done.wait(0.05):
            for entry in Path("/proc").iterdir():
                with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
                    if fields and int(fields[3]) == self._session:
                        self._cpu[int(entry.name)] = (int(fields[11]) + int(fields[12])) / ticks
                        peak = next(
                            line for line in (entry / "status").read_text().splitlines() if line.startswith("VmHWM")
                        )
                        self.largest = max(self.largest, int(peak.split()[1]) / 1024)

    def finish(self) -> float:
        self._done.set()
        self.join()
        return sum(self._cpu.values())


def measured(results: dict[str, Cost], name: str, *command: str) -> None:
    """Run a command in a session of its own and note what it cost."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    watch = Watch(process.pid)
    watch.start()
    process.wait()
    wall = time.perf_counter() - began
    results[name] = Cost(wall, watch.finish(), watch.largest)
    cost = results[name]
    print(f"{name:<48} {cost.wall:8.2f} s wall {cost.cpu:8.2f} s CPU {cost.memory:6.0f} MB", flush=True)


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

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    results: dict[str, Cost] = {}
    make_demo_workspace(folder)
    made = make_county(folder, stations=stations)
    print(f"{made.stations} stations, {made.files} files, {made.rows} rows, {cores} cores")
    source = str(folder / "workbooks/stations")
    run = (sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json")
    itself = (sys.executable, __file__)
    measured(results, BARE, *itself, "--bare", source, "--processes", str(cores))
    set_marks(folder, "off")
    measured(results, PLAIN, *run)
    measured(results, AGAIN, *run)
    set_marks(folder, "in-place")
    measured(results, MARKED, *run, "--full")
    measured(results, PANDAS, *itself, "--pandas", source)
    return results


BARE = "bare reading (calamine, as many processes)"
PLAIN = "run without marks"
AGAIN = "second run, nothing changed"
MARKED = "run with marks, everything parsed"
PANDAS = "pandas.read_excel (openpyxl), concat, to_excel"


def ratios(results: dict[str, Cost]) -> None:
    print()
    for label, first, second, which in (
        ("run without marks / bare reading, wall", PLAIN, BARE, 0),
        ("run without marks / bare reading, CPU", PLAIN, BARE, 1),
        ("pandas script / run without marks, wall", PANDAS, PLAIN, 0),
        ("pandas script / run with marks, wall", PANDAS, MARKED, 0),
        ("second run / run without marks, wall", AGAIN, PLAIN, 0),
    ):
        print(f"{label:<48} {results[first][which] / max(results[second][which], 1e-9):8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=359)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--pandas", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--processes", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        bare_reading(given.bare, given.processes)
        return
    with tempfile.TemporaryDirectory() as folder:
        if given.pandas:
            pandas_script(given.pandas, Path(folder) / "pandas.xlsx")
        else:
            ratios(county(Path(folder) / "county", given.stations))


if __name__ == "__main__":
    main()
