"""Columns as expressions see them, and three-valued logic over them.

Numbers and dates are spans: a date known to the month is any of its days, an age that follows from it one of two. A comparison is true
where it is true whatever the span stands for, false where it cannot be true, and otherwise unknown. So is one of blanks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

import numpy as np

from toolkit.characters import fold

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Objects = np.ndarray[Any, np.dtype[np.object_]]
_EPOCH = date(1970, 1, 1).toordinal()


class Rows(Protocol):
    """The rows that an expression is evaluated over: :class:`toolkit.rules.base.Batch` is one."""

    @property
    def table(self) -> Any:
        """The number of each row's table."""
        ...

    @property
    def present(self) -> Mapping[str, Any]:
        """For each field, which rows stand in a table that has its column."""
        ...

    @property
    def failed(self) -> Mapping[str, Any]:
        """For each field, which rows hold something that could not be read."""
        ...

    @property
    def periods(self) -> Sequence[tuple[date, date] | None]:
        """The period of each table."""
        ...

    @property
    def today(self) -> date:
        """The day that counts as today."""
        ...

    @property
    def cutoff(self) -> date:
        """The last day of the reporting window."""
        ...

    def __len__(self) -> int: ...

    def values(self, name: str) -> Any:
        """Return a field's parsed values: None where blank or unreadable."""
        ...

    def dates(self, name: str) -> tuple[Any, Any]:
        """Return the earliest and the latest day of a date field, as ordinals; NaN where unknown."""
        ...


class Truth(NamedTuple):
    """What is certainly true and what is certainly false, row by row; the rest is unknown."""

    true: Bools
    false: Bools

    def both(self, other: Truth) -> Truth:
        """And."""
        return Truth(self.true & other.true, self.false | other.false)

    def either(self, other: Truth) -> Truth:
        """Or."""
        return Truth(self.true | other.true, self.false & other.false)

    def negated(self) -> Truth:
        """Not."""
        return Truth(self.false, self.true)

    def same(self, other: Truth) -> Truth:
        """Whether both are true or both false."""
        return Truth(
            (self.true & other.true) | (self.false & other.false), (self.true & other.false) | (self.false & other.true)
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers, or days as ordinals: the lowest and the highest that each can be; NaN where unknown."""

    low: Floats
    high: Floats

    @classmethod
    def make(cls, *corners: Any) -> Span:
        """Return the span of several candidates; what is no finite number is unknown."""
        stacked = np.array(corners, dtype=float)
        low, high = stacked.min(axis=0), stacked.max(axis=0)
        unknown = ~(np.isfinite(low) & np.isfinite(high))
        return cls(np.where(unknown, np.nan, low), np.where(unknown, np.nan, high))

    def compare(self, sign: str, other: Span) -> Truth:
        """Compare with ``<``, ``<=``, ``>``, ``>=``, ``==`` or ``!=``."""
        with np.errstate(invalid="ignore"):
            if sign in (">", ">="):
                return other.compare({">": "<", ">=": "<="}[sign], self)
            if sign == "<":
                return Truth(self.high < other.low, self.low >= other.high)
            if sign == "<=":
                return Truth(self.high <= other.low, self.low > other.high)
            exact = (self.low == self.high) & (other.low == other.high)
            equal = Truth(exact & (self.low == other.low), (self.high < other.low) | (self.low > other.high))
        return equal if sign == "==" else equal.negated()

    def calculate(self, sign: str, other: Span) -> Span:
        """Add, subtract, multiply or divide; a division by what may be zero is unknown."""
        with np.errstate(all="ignore"):
            if sign == "+":
                return Span.make(self.low + other.low, self.high + other.high)
            if sign == "-":
                return Span.make(self.low - other.high, self.high - other.low)
            pairs = [(one, another) for one in (self.low, self.high) for another in (other.low, other.high)]
            if sign == "*":
                return Span.make(*(one * another for one, another in pairs))
            divided = Span.make(*(one / another for one, another in pairs))
            unsafe = ~((other.low > 0) | (other.high < 0))
        return Span(np.where(unsafe, np.nan, divided.low), np.where(unsafe, np.nan, divided.high))


@dataclass(frozen=True, slots=True)
class Words:
    """Texts; None where there is none."""

    texts: Objects

    def folded(self) -> list[str | None]:
        """Return the texts as they are compared: blanks, case and full-width forms do not count."""
        return [None if text is None else fold(str(text)) for text in self.texts]

    def compare(self, sign: str, other: Words) -> Truth:
        """Compare with ``==`` or ``!=``."""
        pairs = list(zip(self.folded(), other.folded(), strict=True))
        equal = Truth(
            np.array([None not in pair and pair[0] == pair[1] for pair in pairs], dtype=bool),
            np.array([None not in pair and pair[0] != pair[1] for pair in pairs], dtype=bool),
        )
        return equal if sign == "==" else equal.negated()


Value = Span | Words | Truth


def numbers(values: Objects) -> Span:
    """Return a column of numbers."""
    known = np.array([np.nan if value is None else float(value) for value in values], dtype=float)
    return Span(known, known)


def calendar(days: Floats) -> tuple[Floats, Floats, Floats]:
    """Return year, month and day of ordinals; NaN where unknown."""
    known = (days >= 1) & (days <= date.max.toordinal())
    stamps = (np.where(known, days, _EPOCH) - _EPOCH).astype("int64").astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype("int64") + 1970
    month = months.astype("int64") % 12 + 1
    day = (stamps - months.astype("datetime64[D]")).astype("int64") + 1
    year_, month_, day_ = (np.where(known, part, np.nan) for part in (year, month, day))
    return year_, month_, day_


def completed_years(earlier: Span, later: Span) -> Span:
    """Return the completed years from one day to another."""
    return Span.make(_completed(earlier.high, later.low), _completed(earlier.low, later.high))


def _completed(earlier: Floats, later: Floats) -> Floats:
    year, month, day = calendar(earlier)
    other_year, other_month, other_day = calendar(later)
    result: Floats = other_year - year - ((other_month * 100 + other_day) < (month * 100 + day))
    return result
