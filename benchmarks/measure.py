"""What a command costs: time on the clock, CPU of all its processes, memory of the largest. Linux only, since it reads /proc."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds on the clock, seconds of CPU in all processes, MB of the largest process."""

    wall: float
    cpu: float
    memory: float


class Watch(threading.Thread):
    """Watches every process of a session: CPU seconds of all together, and the memory of the largest (MB)."""

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


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measured(results: dict[str, Cost], name: str, *command: str, good: tuple[int, ...] = (0, 3)) -> Cost:
    """Run a command in a session of its own and note what it cost.

    Raises:
        RuntimeError: it ended with another status than a good one.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    watch = Watch(process.pid)
    watch.start()
    status = process.wait()
    wall = time.perf_counter() - began
    cost = results[name] = Cost(wall, watch.finish(), watch.largest)
    print(f"{name:<58} {cost.wall:8.2f} s wall {cost.cpu:8.2f} s CPU {cost.memory:6.0f} MB", flush=True)
    if status not in good:
        raise RuntimeError(f"{name} ended with status {status}")
    return cost


def show_ratios(results: Mapping[str, Cost], wanted: list[tuple[str, str, int]]) -> None:
    """Print the ratios of two commands' costs; the number chooses wall (0), CPU (1) or memory (2)."""
    print()
    for first, second, which in wanted:
        ratio = results[first][which] / max(results[second][which], 1e-9)
        print(f"{ratio:8.2f}  {('wall', 'CPU', 'memory')[which]:<6} {first}  /  {second}")
