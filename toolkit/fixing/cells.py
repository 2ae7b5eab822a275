"""Cells of a worksheet part: where they stand, what they read as, and how a new content is written into one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from toolkit.fields.base import as_text
from toolkit.marking import xmlscan
from toolkit.marking.cells import NOTHING, Cell, Content, cells_in
from toolkit.marking.package import Package
from toolkit.marking.parts import Part
from toolkit.marking.sheet import Record, numbered
from toolkit.model import column_number

_OWN_COLUMN = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{1,3})\d")
_TYPE = re.compile(rb"\s+t\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_SHORT_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_MOST_DIGITS = 10
_DATE = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_BEFORE_1900S_LEAP_DAY = 61


@dataclass(frozen=True, slots=True)
class Found:
    """A cell as it stands: its element, its content, and whether a formula computes it."""

    element: xmlscan.Element
    cell: Cell
    formula: bool


def rows_of(part: Part) -> list[Record]:
    """Return the rows of a whole worksheet part; each reaches to the start of the next one."""
    data = xmlscan.first_child(part.masked, part.root, b"sheetData")
    if data is None:
        return []
    name = re.escape(data.prefix + b"row")
    tag = re.compile(rb"<" + name + rb"(?=[\s/>])((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
    tags = list(tag.finditer(part.masked, data.inner, data.close))
    ends = [*(each.start() for each in tags[1:]), data.close]
    return [
        Record(each[1], part.base, part.masked, each.end(), end if not each[1].endswith(b"/") else each.end())
        for each, end in zip(tags, ends, strict=False)  # an empty sheet has an end all the same
    ]


def find_cells(package: Package, part: Part, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Found]:
    """Return the wanted cells of a whole worksheet part by (row, column); those that do not exist are left out."""
    places = set(wanted)
    by_row: dict[int, set[int]] = {}
    for row, column in places:
        by_row.setdefault(row, set()).add(column)
    rows = [(number, record) for number, record in numbered(rows_of(part)) if number in by_row]
    contents = cells_in(package, rows, part.root.prefix, places)
    found = {}
    for number, record in rows:
        for column, element in _elements(record):
            if column in by_row[number]:
                formula = xmlscan.first_child(part.masked, element, b"f") is not None
                found[number, column] = Found(element, contents.get((number, column), NOTHING), formula)
    return found


def _elements(record: Record) -> Iterator[tuple[int, xmlscan.Element]]:
    column = 0
    for element in xmlscan.children(record.masked, record.start, record.end):
        own = _OWN_COLUMN.search(element.raw_attributes)
        column = column_number(own[1].decode()) if own else column + 1
        yield column, element


def as_read(cell: Cell, is_date: Callable[[int], bool], *, date1904: bool) -> str | None:
    """Return the text that a cell is read as, or None where it was never computed."""
    content = cell.content
    if content.kind == "blank":
        return ""
    if content.kind == "number" and isinstance(content.value, float) and is_date(cell.style):
        return as_text(_moment(content.value, date1904=date1904))
    return None if content.kind == "unknown" else as_text(content.value)


def same(held: str | None, text: str) -> bool:
    """Say whether a cell holds this text; readers cut blanks at the ends unless the file says to keep them."""
    return held is not None and text in (held, held.strip(" \t\r\n"))


def _moment(number: float, *, date1904: bool) -> date | datetime | float:
    days = number + 1462 if date1904 else number
    if days < _BEFORE_1900S_LEAP_DAY:
        days += 1
    try:
        moment = datetime(1899, 12, 30) + timedelta(days=days)  # noqa: DTZ001 - cells know no time zone
    except OverflowError:
        return number
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return moment.date() if number == int(number) else moment


def new_content(new: str, old: Cell, is_date: Callable[[int], bool], *, date1904: bool) -> Content:
    """Return what to write for a text: a date or number only where one stood, and no long number, which might be an ID."""
    if old.content.kind != "number":
        return Content("text", new)
    if is_date(old.style):
        number = _serial(new, date1904=date1904)
        return Content("text", new) if number is None else Content("number", number)
    short = _SHORT_NUMBER.fullmatch(new) and sum(character.isdigit() for character in new) <= _MOST_DIGITS
    return Content("number", float(new)) if short else Content("text", new)


def _serial(text: str, *, date1904: bool) -> float | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        moment = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    number = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001 - cells know no time zone
    if number < _BEFORE_1900S_LEAP_DAY:
        number -= 1
    return number - 1462 if date1904 else number


def written(element: xmlscan.Element, part: Part, content: Content) -> bytes:
    """Return a cell with another content; its format and everything else about it stay."""
    raw, prefix = element.raw_attributes.rstrip(), element.prefix.decode()
    if content.kind == "text":
        raw = xmlscan.with_attribute(raw, b"t", b"inlineStr")
        shown = xmlscan.every_character(str(content.value))
        inner = f'<{prefix}is><{prefix}t xml:space="preserve">{shown}</{prefix}t></{prefix}is>'
    else:
        raw = _TYPE.sub(b"", raw)
        if content.kind == "boolean":
            raw += b' t="b"'
        number = f"{content.value:d}" if content.kind == "boolean" else _plain(content.value)
        inner = f"<{prefix}v>{number}</{prefix}v>" if content.kind != "blank" else ""
    extension = b"".join(
        part.base[child.start : child.end]
        for child in xmlscan.children(part.masked, element.inner, element.close)
        if child.local == b"extLst"
    )
    return b"<" + element.name + raw + b">" + inner.encode() + extension + b"</" + element.name + b">"


def _plain(value: object) -> str:
    assert isinstance(value, float)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
