"""The functions that an expression may call, each under a Chinese and an English name; their help is in the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.expressions.values import Floats, Rows, Span, Truth, Value, Words, calendar, completed_years
from toolkit.fields.id_card import birth_date, is_male

NUMBER, DATE, TEXT, ID, CONDITION = "number", "date", "text", "id", "condition"
COLUMN = "column"
"""Not a kind of value: the function asks about a column itself."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function. ``takes``: for each argument the kinds allowed; the last ``optional`` of them may be left out.

    ``run`` gets the values of the arguments (a column's name where the argument is a column itself), after the rows where
    ``of_rows``.
    """

    name: str
    english: str
    takes: tuple[tuple[str, ...], ...]
    gives: str
    run: Callable[..., Value]
    optional: int = 0
    of_rows: bool = False


def _born(numbers: Words) -> Span:
    days = [None if number is None else birth_date(number) for number in numbers.texts]
    born = np.array([np.nan if day is None else day.toordinal() for day in days], dtype=float)
    return Span(born, born)


def _age(rows: Rows, who: Words | Span, day: Span | None = None) -> Span:
    return completed_years(_born(who) if isinstance(who, Words) else who, day or _period_end(rows))


def _sex(numbers: Words) -> Words:
    return Words(
        np.array([None if one is None else "男" if is_male(one) else "女" for one in numbers.texts], dtype=object)
    )


def _year(day: Span) -> Span:
    return Span(calendar(day.low)[0], calendar(day.high)[0])


def _month(day: Span) -> Span:
    (year, low, _), (last_year, high, _) = calendar(day.low), calendar(day.high)
    return _within(year == last_year, low, high, 12)


def _day(day: Span) -> Span:
    (year, month, low), (last_year, last_month, high) = calendar(day.low), calendar(day.high)
    return _within((year == last_year) & (month == last_month), low, high, 31)


def _within(same: Any, low: Floats, high: Floats, most: int) -> Span:
    """Return a span inside one year or month, or all of them where it leaves it; NaN stays."""
    return Span(np.where(same | np.isnan(low), low, 1.0), np.where(same | np.isnan(high), high, float(most)))


def _days(first: Span, last: Span) -> Span:
    return last.calculate("-", first)


def _length(words: Words) -> Span:
    sizes = np.array([np.nan if text is None else len(str(text)) for text in words.texts], dtype=float)
    return Span(sizes, sizes)


def _contains(words: Words, part: Words) -> Truth:
    return _told(words, part, lambda text, wanted: wanted in text)


def _starts(words: Words, part: Words) -> Truth:
    return _told(words, part, lambda text, wanted: text.startswith(wanted))


def _told(words: Words, parts: Words, holds: Callable[[str, str], bool]) -> Truth:
    pairs = zip(words.folded(), parts.folded(), strict=True)
    said = [None if text is None or part is None else holds(text, part) for text, part in pairs]
    true = np.array([one is True for one in said], dtype=bool)
    return Truth(true, np.array([one is False for one in said], dtype=bool))


def _blank(rows: Rows, name: str) -> Truth:
    """A table without the column has nothing to fill in: unknown."""
    if name not in rows.present:
        nothing = np.zeros(len(rows), dtype=bool)
        return Truth(nothing, nothing)
    known = [value is not None and value == value for value in rows.values(name)]
    filled = np.array(known, dtype=bool) | rows.failed[name]
    return Truth(rows.present[name] & ~filled, rows.present[name] & filled)


def _filled(rows: Rows, name: str) -> Truth:
    return _blank(rows, name).negated()


def _today(rows: Rows) -> Span:
    days = np.full(len(rows), float(rows.today.toordinal()))
    return Span(days, days)


def _period(rows: Rows, which: int, otherwise: float) -> Span:
    """Return the first (0) or the last (1) day of each row's period."""
    days = [otherwise if period is None else float(period[which].toordinal()) for period in rows.periods]
    by_row = np.array(days, dtype=float)[rows.table] if days else np.full(len(rows), otherwise)
    return Span(by_row, by_row)


def _period_start(rows: Rows) -> Span:
    return _period(rows, 0, np.nan)


def _period_end(rows: Rows) -> Span:
    return _period(rows, 1, float(rows.cutoff.toordinal()))


_FUNCTIONS = (
    Function("年龄", "age", ((ID, DATE), (DATE,)), NUMBER, _age, optional=1, of_rows=True),
    Function("出生", "born", ((ID,),), DATE, _born),
    Function("性别", "sex", ((ID,),), TEXT, _sex),
    Function("年", "year", ((DATE,),), NUMBER, _year),
    Function("月", "month", ((DATE,),), NUMBER, _month),
    Function("日", "day", ((DATE,),), NUMBER, _day),
    Function("天数", "days", ((DATE,), (DATE,)), NUMBER, _days),
    Function("年数", "years", ((DATE,), (DATE,)), NUMBER, completed_years),
    Function("长度", "length", ((TEXT, ID),), NUMBER, _length),
    Function("包含", "contains", ((TEXT, ID), (TEXT,)), CONDITION, _contains),
    Function("开头是", "starts", ((TEXT, ID), (TEXT,)), CONDITION, _starts),
    Function("空", "blank", ((COLUMN,),), CONDITION, _blank, of_rows=True),
    Function("非空", "filled", ((COLUMN,),), CONDITION, _filled, of_rows=True),
    Function("今天", "today", (), DATE, _today, of_rows=True),
    Function("期初", "period_start", (), DATE, _period_start, of_rows=True),
    Function("期末", "period_end", (), DATE, _period_end, of_rows=True),
)
FUNCTIONS = {name: function for function in _FUNCTIONS for name in (function.name, function.english)}
"""Every function under each of its names."""
