"""What the tests of the timetable share: a small workspace, a clock that jumps, and processes that are watched."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.nightly.attempt import Outcome
from toolkit.roster import HEADINGS

PYTHON = [sys.executable, "-m", "toolkit"]


def write_config(folder: Path, **nightly: str) -> None:
    """Write the settings of a workspace: one worker, and these keys of [nightly]."""
    keys = {("nightly", key): value for key, value in nightly.items()}
    period = {("period", "from"): "2020-01-01", ("period", "to"): "2020-12-31", ("period", "today"): "2021-01-08"}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.ini").write_text(template(period | {("run", "workers"): "1"} | keys), encoding="utf-8")


def make_workspace(folder: Path, **nightly: str) -> Path:
    """Make a workspace with two stations and one ledger, in which one entry is missing."""
    write_config(folder, **nightly)
    rows = [["1", "样县退役军人服务中心", None, "市", None, *[None] * 6, "站点建设"],
            ["11", "马村镇退役军人服务站", None, "乡镇", "1", *[None] * 6, "解困帮扶"]]  # fmt: skip
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *rows], sheet="站点")
    head = ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]
    save_workbook(folder / "workbooks/stations/马村镇/帮扶.xlsx", [head, ["张三", make_id(), None, "补助", "2020.5.1"]])
    return folder


def taizhang(*words: str, lang: str = "zh", **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PYTHON, *words, "--lang", lang], capture_output=True, text=True, **how)


@contextmanager
def held_run(workspace: Path) -> Iterator[Callable[[], None]]:
    """Let every `taizhang run` wait, holding its lock, until what this gives is called: its roster is a pipe."""
    pipe = workspace / "workbooks/roster.xlsx"
    content = pipe.read_bytes()
    pipe.unlink()
    os.mkfifo(pipe)

    def open_pipe() -> int | None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads it yet
            return None

    def release() -> None:
        writer = until(open_pipe)
        new = workspace / "workbooks/new"
        new.write_bytes(content)
        new.replace(pipe)
        os.write(writer, content)
        os.close(writer)

    yield release


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait until something is so, and return it; fail when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it never happened")


def alive(pid: int) -> bool:
    """Say whether a process lives; one that has ended and waits to be taken notice of does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextmanager
def started(*words: str, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """Start the toolkit; whatever becomes of the test, it does not live on."""
    process = subprocess.Popen(
        [*PYTHON, *words, "--lang", "zh"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}, **how
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class Killed(BaseException):
    """The process is gone, in the middle of whatever it did."""


@dataclass
class Night:
    """What the world does to the timetable, at a moment counted in hours that really pass."""

    hour: float
    kind: str  # restart, sleep, jump
    amount: timedelta


@dataclass
class SimulatedClock:
    """A clock on the wall that is moved as time passes, and by sleeps, restarts and hands."""

    wall: Any  # a traveller of time-machine
    nights: list[Night] = field(default_factory=list)
    passed: float = 0.0
    awake: float = 0.0
    idle: list[datetime] = field(default_factory=list)
    working: bool = False
    end: datetime | None = None
    stop: Any = None

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def steady(self) -> float:
        return self.awake

    def wait(self, seconds: float) -> None:
        if not self.working:
            self.idle.append(datetime.now())
        self.wall.shift(timedelta(seconds=seconds))
        self.passed += seconds
        self.awake += seconds
        while self.nights and self.passed >= self.nights[0].hour * 3600:
            night = self.nights.pop(0)
            self.wall.shift(night.amount)
            if night.kind == "sleep":
                self.passed += night.amount.total_seconds()
            if night.kind == "restart":
                raise Killed
        if self.end is not None and datetime.now() >= self.end:
            self.stop.set()


def random_nights(chance: random.Random, days: int) -> list[Night]:
    """Return a year of restarts at random minutes, sleeps of 1 to 72 hours, and clocks set forward and back again."""
    nights = []
    for _ in range(days):
        hour = chance.uniform(0, days * 24)
        kind = chance.choices(["restart", "sleep", "jump"], [6, 1, 1])[0]
        if kind == "restart":
            nights.append(Night(hour, kind, timedelta(minutes=chance.choice([0, 3, chance.uniform(0, 900)]))))
        elif kind == "sleep":
            nights.append(Night(hour, kind, timedelta(hours=chance.uniform(1, 72))))
        else:
            amount = timedelta(minutes=chance.uniform(-36 * 60, 36 * 60))
            nights += [Night(hour, kind, amount), Night(hour + chance.uniform(0.1, 20), kind, -amount)]
    return sorted(nights, key=lambda night: night.hour)


@dataclass
class SimulatedJobs:
    """Jobs that take their time and sometimes fail; what succeeded is kept, with when."""

    clock: SimulatedClock
    chance: random.Random
    fails: float = 0.0
    long: float = 0.0
    done: list[tuple[str, date, datetime]] = field(default_factory=list)
    tried: list[tuple[str, date]] = field(default_factory=list)

    def __call__(self, settings: Any, name: str, due: date, number: int, failed: Any = None) -> Outcome:
        minutes = (
            self.chance.uniform(25 * 60, 50 * 60) if self.chance.random() < self.long else self.chance.uniform(0.1, 20)
        )
        self.tried.append((name, due))
        self.clock.working = True
        try:
            self.clock.wait(minutes * 60)
        finally:
            self.clock.working = False
        if number <= 2 and self.chance.random() < self.fails:
            if self.chance.random() < 0.3:
                raise OSError("the interpreter is gone")
            return Outcome(self.chance.choice([10, 11, 13, 70, 124]), "did not work")
        self.done.append((name, due, datetime.now()))
        return Outcome(self.chance.choice([0, 3]))
