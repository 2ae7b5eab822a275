"""Random numbers that depend on names only: not on hash seeds, processes or the order of work."""

from __future__ import annotations

import random
from datetime import date, timedelta


def seeded(*parts: object) -> random.Random:
    """Return a generator of its own for these names; the same names always give the same sequence."""
    return random.Random(":".join(map(str, parts)))  # noqa: S311 - sample data, nothing secret


def day_between(rng: random.Random, first: date, last: date) -> date:
    """Return a day between two days, both included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def workday_between(rng: random.Random, first: date, last: date) -> date:
    """Return a working day between two days, or the first day where there is none."""
    for _ in range(12):
        day = day_between(rng, first, last)
        if day.weekday() < 5:
            return day
    return first
