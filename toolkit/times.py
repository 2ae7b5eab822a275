"""When something happens again and again, as a person writes it: ``02:30``, ``Mon 07:00``, ``last 18:00``, ``quarter 1 07:00``.

An entry is one time of day and, before or after it, at most one kind of days: weekdays (``Mon``, ``Mon-Fri``, ``周一``), days of
the month (``1`` to ``28``, ``last``), or days of the quarter (``quarter 1``, ``quarter last``). No days at all means every day.
Capitals, full-width characters and commas do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LAST = 0
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = (
    {name: number for number, name in enumerate(_NAMES)}
    | {name[:3]: number for number, name in enumerate(_NAMES)}
    | {f"{week}{char}": number for week in ("周", "星期", "礼拜") for number, char in enumerate("一二三四五六日")}
    | {f"{week}天": 6 for week in ("周", "星期", "礼拜")}
)
_EVERY_DAY = {"daily", "每天", "每日"}
_QUARTER = {"quarter", "quarterly", "每季", "每季度", "季度"}
_LAST = {"last", "月末", "月底", "季末", "季度末"}
_NOISE = {"weekly", "monthly", "每周", "每月"}
_DAY = re.compile(r"(\d{1,2})[日号]?")


class TimesError(ValueError):
    """An entry cannot be read: ``name`` says why (an entry of the catalogue under ``config.allowed``), filled with ``params``."""

    def __init__(self, name: str, **params: Any) -> None:
        super().__init__(name)
        self.name, self.params = name, params


@dataclass(frozen=True, slots=True)
class Times:
    """One time of day on certain days, by the clock on the wall.

    ``weekdays``: 0 Monday to 6 Sunday; ``days``: of the month, or of the quarter where ``quarter``; ``LAST`` is the last one.
    Neither: every day.
    """

    at: time
    weekdays: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    quarter: bool = False

    def __str__(self) -> str:
        """Return the entry as this module would write it."""
        words = ["quarter"] if self.quarter else []
        words += [WEEKDAYS[day] for day in sorted(self.weekdays)]
        words += [str(day) for day in sorted(self.days - {LAST})] + (["last"] if LAST in self.days else [])
        return " ".join([*(words or ["daily"]), f"{self.at:%H:%M}"])

    def fall_on(self, day: date) -> bool:
        """Say whether ``day`` is one of the days."""
        if self.weekdays:
            return day.weekday() in self.weekdays
        if not self.days:
            return True
        last = day.day == monthrange(day.year, day.month)[1]
        month = (day.month - 1) % 3
        if self.quarter:
            return (day.day in self.days and month == 0) or (LAST in self.days and last and month == 2)
        return day.day in self.days or (LAST in self.days and last)

    def on(self, day: date) -> datetime:
        """Return the moment on ``day``, by the clock on the wall (no time zone)."""
        return datetime.combine(day, self.at)


def parse_times(entry: str) -> Times:
    """Return what an entry means.

    Raises:
        TimesError: it cannot be read.
    """
    at: time | None = None
    weekdays: set[int] = set()
    days: set[int] = set()
    every = quarter = False
    for word in re.split(r"[\s,、;]+", unicodedata.normalize("NFKC", entry).strip().lower()):
        if re.fullmatch(r"\d{1,2}:\d{2}", word):
            if at is not None:
                raise TimesError("times_twice")
            at = _time(word)
        elif word in _EVERY_DAY:
            every = True
        elif word in _QUARTER:
            quarter = True
        elif word in _LAST:
            days.add(LAST)
            quarter |= word.startswith("季")
        elif found := _DAY.fullmatch(word.removeprefix("每月")):
            days.add(_day(int(found[1])))
        elif word not in _NOISE:
            weekdays |= _weekdays(word)
    if at is None:
        raise TimesError("times_missing")
    if sum(map(bool, (every, weekdays, days or quarter))) > 1:
        raise TimesError("times_mixed")
    return Times(at, frozenset(weekdays), frozenset(days or ({1} if quarter else ())), quarter)


def _time(word: str) -> time:
    try:
        return time.fromisoformat(word.rjust(5, "0"))
    except ValueError:
        raise TimesError("times_clock", word=word) from None


def _day(number: int) -> int:
    if not 1 <= number <= 31:
        raise TimesError("times_word", word=str(number))
    if number > 28:
        raise TimesError("times_late", word=str(number))
    return number


def _weekdays(word: str) -> set[int]:
    parts = re.split(r"[-~–—至到]", word)
    if len(parts) > 2 or any(part not in _NUMBERS for part in parts):
        raise TimesError("times_word", word=word)
    first, last = _NUMBERS[parts[0]], _NUMBERS[parts[-1]]
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}
