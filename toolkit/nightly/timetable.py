"""From the settings to due dates: pure functions of the clock on the wall, and the hours at which to look.

A due date is a calendar day on which a job's time comes. The library ``schedule`` says when to look; it keeps nothing on disk
and skips what it missed, so what is due is always worked out from the calendar, and whether it was done from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from toolkit.config import Config
from toolkit.times import Times

TELL = "tell-"  # prefixes the job whose final failure the operator is told of
NAMES = ("consolidate", "remind", "weekly", "monthly", "quarterly")
_LONGEST = 100  # days; a quarter has 92
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def timetable(config: Config) -> dict[str, Times]:
    """Return the jobs that the settings ask for, in the order in which they run when due together."""
    entries = config.values["nightly"]
    return {name: entries[name] for name in NAMES if entries[name] is not None}


def last_due(times: Times, now: datetime) -> date:
    """Return the last day on which the time came, ``now`` included; ``now`` is by the clock on the wall, without a zone."""
    return next(
        day
        for back in range(_LONGEST)
        if times.fall_on(day := now.date() - timedelta(days=back)) and times.on(day) <= now
    )


def next_dues(times: Times, now: datetime) -> Iterator[datetime]:
    """Yield the moments after ``now`` at which the time comes, without end."""
    day = now.date()
    while True:
        if times.fall_on(day) and times.on(day) > now:
            yield times.on(day)
        day += timedelta(days=1)


def upcoming(table: Mapping[str, Times], now: datetime, days: int) -> list[tuple[datetime, str]]:
    """Return (moment, job) of everything due in the coming days, in order; at least the next one of each job."""
    end = now + timedelta(days=days)
    found = []
    for name, times in table.items():
        for number, moment in enumerate(next_dues(times, now)):
            if moment > end and number:
                break
            found.append((moment, name))
    return sorted(found, key=lambda item: item[0])


def look_at(scheduler: Any, table: Mapping[str, Times], look: Callable[[str], None]) -> None:
    """Have a ``schedule.Scheduler`` call ``look(job)`` at each time of day of each job, on the weekdays that it names."""
    for name, times in table.items():
        at = f"{times.at:%H:%M}"
        for weekday in sorted(times.weekdays):
            getattr(scheduler.every(), _DAYS[weekday]).at(at).do(look, name)
        if not times.weekdays:
            scheduler.every().day.at(at).do(look, name)
