"""A year of nights by a clock that jumps, sleeps, restarts and keeps summer time: every due date has one success, and no more."""

import random
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests.nightly.nightly_samples import Killed, SimulatedClock, SimulatedJobs, random_nights, write_config
from toolkit.nightly.loop import Nightly, World
from toolkit.nightly.timetable import NAMES, last_due
from toolkit.store.jobs import JobLedger
from toolkit.times import Times, parse_times

BERLIN = ZoneInfo("Europe/Berlin")
ENTRIES = {
    "consolidate": "02:30",
    "remind": "Mon-Fri 09:00",
    "weekly": "Mon 07:00",
    "monthly": "last 18:00",
    "quarterly": "quarter 1 07:00",
}
TABLE = {name: parse_times(entry) for name, entry in ENTRIES.items()}
BEGIN, END = datetime(2026, 1, 1, 12, tzinfo=BERLIN), datetime(2027, 1, 1, 12)
POLL = 600


def live(
    folder: Path, seed: int, *, nights: bool, fails: float = 0.0, long: float = 0.0
) -> tuple[SimulatedClock, SimulatedJobs, list[str]]:
    """Let the timetable work through a year; what restarts it starts it again."""
    write_config(folder, retries="3", backoff="10", time_limit="2880", **ENTRIES)
    chance = random.Random(seed)
    said: list[str] = []
    with time_machine.travel(BEGIN, tick=False) as wall:
        assert datetime.now().astimezone().utcoffset() == timedelta(hours=1), "this machine has no time zones (tzdata)"
        clock = SimulatedClock(wall, random_nights(chance, 365) if nights else [], end=END, stop=threading.Event())
        jobs = SimulatedJobs(clock, chance, fails, long)
        world = World(folder, clock, jobs, said.append, clock.stop, "en")
        while not clock.stop.is_set():
            timetable = Nightly(world)
            try:
                timetable.run(poll=POLL)
            except Killed:
                pass
            finally:
                timetable.close()
    return clock, jobs, said


def due_days(times: Times) -> list[date]:
    days = [BEGIN.date() + timedelta(days=count) for count in range(366)]
    return [day for day in days if times.fall_on(day) and BEGIN.replace(tzinfo=None) < times.on(day) < END]


def window(times: Times, day: date) -> tuple[datetime, datetime]:
    """Return from when to when a due date is the last one."""
    following = next(
        later for later in (day + timedelta(days=count) for count in range(1, 200)) if times.fall_on(later)
    )
    return times.on(day), times.on(following)


def idle_hours(clock: SimulatedClock, first: datetime, last: datetime) -> float:
    return sum(first <= moment < last for moment in clock.idle) * POLL / 3600


def test_a_quiet_year_runs_everything_at_its_time_also_through_summer_time(tmp_path: Path) -> None:
    _, jobs, _ = live(tmp_path, 1, nights=False)
    assert [(name, due) for name, due, _ in sorted(jobs.done)] == sorted(
        (name, day) for name in NAMES for day in due_days(TABLE[name])
    )
    assert len([1 for name, _, _ in jobs.done if name == "consolidate"]) == 365
    ends = {due: at for name, due, at in jobs.done if name == "consolidate"}
    assert all(
        timedelta(0) < at - TABLE["consolidate"].on(due) < timedelta(minutes=31)
        for due, at in ends.items()
        if due != date(2026, 3, 29)
    )
    assert date(2026, 3, 29) in ends, "02:30 does not exist on that day"
    assert date(2026, 10, 25) in ends, "02:30 comes twice on that day"


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_restarts_sleeps_and_jumping_clocks_neither_lose_nor_repeat_a_night(tmp_path: Path, seed: int) -> None:
    clock, jobs, said = live(tmp_path, seed, nights=True, fails=0.15)
    counts = Counter((name, due) for name, due, _ in jobs.done)
    assert set(counts.values()) == {1}
    failed = Counter(jobs.tried) - counts
    missed = []
    for name in NAMES:
        for day in due_days(TABLE[name]):
            hours = idle_hours(clock, *window(TABLE[name], day))
            if hours > (3 if failed[name, day] else 0) and not counts[name, day]:
                missed.append((name, day, hours))
    assert missed == []
    nights = sum(name == "consolidate" for name, _ in counts)
    assert 300 <= nights <= 366, "hardly a night is slept through as a whole"
    assert any("clock moved" in line for line in said)


@pytest.mark.parametrize("seed", [21, 22])
def test_jobs_longer_than_a_day_and_failures_without_end_hold_nothing_up_for_good(tmp_path: Path, seed: int) -> None:
    _, jobs, _ = live(tmp_path, seed, nights=True, fails=0.6, long=0.02)
    counts = Counter((name, due) for name, due, _ in jobs.done)
    assert set(counts.values()) == {1}
    assert max(Counter(jobs.tried).values()) < 40, "never tried without end"
    ledger = JobLedger(tmp_path / "workbooks/.state")
    last = {name: last_due(times, END) for name, times in TABLE.items()}
    assert {name for name, due in last.items() if ledger.attempts(name, due)} == set(NAMES)
    ledger.close()
    assert sum(name == "consolidate" for name, _ in counts) > 250


def test_what_a_clock_far_in_the_future_left_behind_does_not_keep_the_real_night_from_running(tmp_path: Path) -> None:
    write_config(tmp_path, consolidate="02:30")
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=BERLIN), tick=False) as wall:
        clock = SimulatedClock(wall, stop=threading.Event())
        jobs = SimulatedJobs(clock, random.Random(1))
        timetable = Nightly(World(tmp_path, clock, jobs, lambda _: None, clock.stop, "en"))
        wall.shift(timedelta(days=30))
        timetable.step()
        wall.shift(timedelta(days=-30))
        timetable.step()
        for _ in range(31 * 24 * 2):
            clock.wait(1800)
            timetable.step()
        timetable.close()
    days = Counter(due for _, due, _ in jobs.done)
    assert days[date(2026, 5, 31)] == 2, "once by the wrong clock, once by the right one"
    assert {day for day in days if day != date(2026, 5, 31)} == {date(2026, 5, day) for day in range(2, 31)} | {
        date(2026, 6, 1)
    }


def test_a_new_timetable_does_not_catch_up_with_what_was_due_before_it(tmp_path: Path) -> None:
    write_config(tmp_path, consolidate="02:30", weekly="")
    with time_machine.travel(datetime(2026, 5, 5, 12, tzinfo=BERLIN), tick=False) as wall:
        clock = SimulatedClock(wall, stop=threading.Event())
        jobs = SimulatedJobs(clock, random.Random(1))
        said: list[str] = []
        timetable = Nightly(World(tmp_path, clock, jobs, said.append, clock.stop, "en"))
        timetable.step()
        assert jobs.done == []
        write_config(tmp_path, consolidate="02:30", weekly="Mon 07:00")
        timetable.step()
        assert jobs.done == [], "last Monday was before the weekly summary was asked for"
        assert "config.ini has changed; the new settings are in force" in said
        (tmp_path / "config.ini").write_text("[nightly]\nconsolidate = 25:00\n", encoding="utf-8")
        timetable.step()
        assert any("25:00" in line for line in said)
        for _ in range(7 * 24):
            clock.wait(3600)
            timetable.step()
        timetable.close()
    assert Counter(name for name, _, _ in jobs.done) == {"consolidate": 7, "weekly": 1}, "the old settings went on"
