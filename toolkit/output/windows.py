"""Reporting windows: weeks, months, quarters, years and any days between, as officers name them, and their names in reports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.messages import text

RHYTHMS = ("week", "month", "quarter", "year")
LAST = "last"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_QUARTERS = "一二三四"
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FORMS = {
    "month": re.compile(r"(\d{4})(?:[-./]|年)?(\d{1,2})月?份?"),
    "quarter": re.compile(rf"(\d{{4}})(?:[-./]|年)?(?:第|Q|q)?([1-4{_QUARTERS}])(?:季度|季)?"),
    "year": re.compile(r"(\d{4})(?:年度?)?"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """First and last day, both included. ``kind``: week, month, quarter, year, or days for any other stretch."""

    first: date
    last: date
    kind: str = "days"

    @property
    def days(self) -> tuple[date, date]:
        """The window as results take it."""
        return self.first, self.last

    def name(self, lang: str = "zh") -> str:
        """Return what reports call it: 2020年12月, 2020年第四季度, 2020年12月28日至2021年1月3日."""
        first, last = self.first, self.last
        if self.kind == "year":
            return text("window.year", lang, year=first.year)
        if self.kind == "quarter":
            number = text("report.numbers", lang).split()[(first.month - 1) // 3]
            return text("window.quarter", lang, year=first.year, number=number)
        if self.kind == "month":
            return text("window.month", lang, year=first.year, month=first.month)
        same = "window.days_same_year" if first.year == last.year else "window.days"
        return text(
            same, lang, first=long_date(first, lang), last=long_date(last, lang), month=last.month, day=last.day
        )


def long_date(day: date, lang: str = "zh") -> str:
    """Return a day as letters write it: 2021年1月8日."""
    return text("window.day", lang, year=day.year, month=day.month, day=day.day)


def spanning(first: date, last: date) -> Window:
    """Return the window between two days, called by the calendar's name where it has one."""
    for kind in ("year", "quarter", "month"):
        if (whole := _calendar(first, kind)).days == (first, last):
            return whole
    return Window(first, last)


def parse_day(given: str) -> date | None:
    """Return the day that a text names (2020-12-31, 2020.12.31, 2020年12月31日, 20201231), or None."""
    plain = given.strip()
    found = _DATE.fullmatch(plain) or _DIGITS.fullmatch(plain)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def parse_window(kind: str, given: str, today: date) -> Window | None:
    """Return the week, month, quarter or year that a text names; ``last`` is the last one that is over. None: it names none."""
    plain = given.strip()
    if plain == LAST:
        return _before(today, kind)
    if kind == "week":
        day = parse_day(plain)
        return None if day is None else _calendar(day, kind)
    found = _FORMS[kind].fullmatch(plain)
    if found is None:
        day = parse_day(plain)
        return None if day is None else _calendar(day, kind)
    year = int(found[1])
    number = 1 if kind == "year" else _QUARTERS.find(found[2]) + 1 or int(found[2])
    month = (number - 1) * _MONTHS[kind] + 1
    if not (1900 <= year <= 2200 and 1 <= month <= 12):
        return None
    return _calendar(date(year, month, 1), kind)


def _calendar(day: date, kind: str) -> Window:
    """Return the week (from Monday), month, quarter or year that a day lies in."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return Window(first, first + timedelta(days=6), kind)
    step = _MONTHS[kind]
    first = date(day.year, (day.month - 1) // step * step + 1, 1)
    after = date(first.year + 1, 1, 1) if first.month + step > 12 else date(first.year, first.month + step, 1)
    return Window(first, after - timedelta(days=1), kind)


def _before(today: date, kind: str) -> Window:
    """Return the last week, month, quarter or year that is over: the one that ends today counts."""
    current = _calendar(today, kind)
    return current if current.last == today else _calendar(current.first - timedelta(days=1), kind)
