"""Entries that are right but written in another form than the rest of their column: what ``fix`` can put in one form.

Nobody needs to hear of them otherwise, since every form is read. Only what can be read in one way is touched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from toolkit.characters import squeeze, tidy
from toolkit.checking.columns import ParsedColumn
from toolkit.fields.base import as_text
from toolkit.fields.date import PartialDate

_DAY = re.compile(r"(\d{4})([-./年])(\d{1,2})([-./月])(\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})([-./年])(\d{1,2})月?")
_DIGITS = re.compile(r"\d{8}|\d{6}")
_DAYS = (
    "{y}-{m:02}-{d:02}", "{y}.{m:02}.{d:02}", "{y}.{m}.{d}", "{y}/{m}/{d}", "{y}/{m:02}/{d:02}", "{y}年{m}月{d}日",
    "{y}年{m:02}月{d:02}日", "{y}-{m}-{d}", "{y}{m:02}{d:02}",
)  # fmt: skip
_MONTHS = (
    "{y}-{m:02}", "{y}.{m:02}", "{y}.{m}", "{y}/{m:02}", "{y}/{m}", "{y}年{m}月", "{y}年{m:02}月", "{y}-{m}", "{y}{m:02}",
)  # fmt: skip


class Form(NamedTuple):
    """A better form of an entry: the code that says why, and the entry itself.

    ``real``: most of its column are dates as the program knows them, not texts that look like dates.
    """

    code: str
    suggestion: str
    real: bool = False


def better_forms(columns: dict[str, ParsedColumn], starts: Sequence[int]) -> dict[tuple[int, str], Form]:
    """Return (row, field) → a better form. ``starts``: the first row of every table, since each table is judged by itself."""
    found: dict[tuple[int, str], Form] = {}
    for name, column in columns.items():
        bounds = zip(starts, [*starts[1:], len(column.raw)], strict=True)
        for first, last in bounds:
            for row, form in _of_column(column, range(first, last)):
                found[row, name] = form
    return found


def _of_column(column: ParsedColumn, rows: range) -> Iterator[tuple[int, Form]]:
    spec = column.spec
    if spec.type == "date":
        yield from _dates(column, rows)
    elif (spec.type == "person_name" and not spec.several) or (spec.type == "code" and not spec.multiple):
        code = "I225" if spec.type == "person_name" else "I220"
        for row in rows:
            raw, value = column.raw[row], column.values[row]
            if isinstance(raw, str) and value and column.codes[row] is None and raw != value:
                yield row, Form("I225" if tidy(raw) == value else code, value)


def _dates(column: ParsedColumn, rows: range) -> Iterator[tuple[int, Form]]:
    exact = {row: text for row in rows if (text := _exact(column, row))}
    real = sum(isinstance(column.raw[row], date) for row in rows) > len(exact)
    chosen = {}
    for day, forms in ((True, _DAYS), (False, _MONTHS)):
        own = [(text, column.values[row]) for row, text in exact.items() if bool(column.values[row].day) is day]
        counts = Counter(form for text, value in own for form in forms if _written(form, value) == text)
        form, count = max(counts.items(), key=lambda item: (item[1], -forms.index(item[0])), default=(forms[0], 0))
        chosen[day] = form if count * 2 > len(own) and not real else forms[0]
    for row in exact:
        value = column.values[row]
        wanted = _written(chosen[bool(value.day)], value)
        if wanted != as_text(column.raw[row]):
            yield row, Form("I242", wanted, real and bool(value.day))


def _written(form: str, value: PartialDate) -> str:
    return form.format(y=value.year, m=value.month, d=value.day)


def _exact(column: ParsedColumn, row: int) -> str:
    """Return the text of a date of day or month that can mean nothing else, or nothing."""
    raw, value, code = column.raw[row], column.values[row], column.codes[row]
    if (
        code not in (None, "I225")
        or not isinstance(value, PartialDate)
        or not value.month
        or isinstance(raw, date | bool)
    ):
        return ""
    text = squeeze(as_text(raw))
    if _DIGITS.fullmatch(text):
        return "" if len(text) == 6 and _is_short_day(text) else text
    found = _DAY.fullmatch(text) if value.day else _MONTH.fullmatch(text)
    if found is None or (value.day and not _goes_together(found[2], found[4])):
        return ""
    return text if _same(found, value) else ""


def _is_short_day(text: str) -> bool:
    """Say whether six digits could also be a day with a year of two digits."""
    return 1 <= int(text[2:4]) <= 12 and 1 <= int(text[4:]) <= 31


def _goes_together(first: str, second: str) -> bool:
    return first == second or (first, second) == ("年", "月")


def _same(found: re.Match[str], value: PartialDate) -> bool:
    said: list[Any] = [int(found[1]), int(found[3])] + ([int(found[5])] if value.day else [])
    return said == [part for part in value if part is not None]
