"""What the marked cells hold, read from the worksheet itself."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.members import Refusal, part_key
from toolkit.marking.parts import as_utf8
from toolkit.marking.sheet import STREAM_FROM, Record, Worksheet, records
from toolkit.model import column_number

if TYPE_CHECKING:
    from toolkit.marking.package import Package

_OWN_COLUMN = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{1,3})\d")
_TYPE = re.compile(rb"(?:^|\s)t\s*=\s*[\"'](\w+)")
_STYLE = re.compile(rb"(?:^|\s)s\s*=\s*[\"'](\d+)")
_INSIDE = rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*')*+"


@dataclass(frozen=True, slots=True)
class Content:
    """What a cell held: ``kind`` is blank, text, number, boolean, error, or unknown (never computed)."""

    kind: str
    value: str | float | bool | None = None


BLANK = Content("blank")
_UNKNOWN = Content("unknown")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's content, the number of its format, and whether a formula computes it."""

    content: Content
    style: int = 0
    formula: bool = False


NOTHING = Cell(BLANK)


def read_cells(sheet: Worksheet, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Cell]:
    """Return the wanted cells by (row, column); those that do not exist are left out."""
    return cells_in(sheet.package, sheet.rows(), sheet.prefix, wanted)


def every_cell(sheet: Worksheet) -> Iterator[tuple[int, int, Cell]]:
    """Yield (row, column, cell) of every cell of a short sheet."""
    rows = list(sheet.rows())
    wanted = ((number, column) for number, record in rows for column in _columns_of(record, sheet.prefix))
    for (row, column), cell in cells_in(sheet.package, rows, sheet.prefix, wanted).items():
        yield row, column, cell


def _columns_of(record: Record, prefix: bytes) -> Iterator[int]:
    column = 0
    for tag in _cell_tags(prefix).finditer(record.masked, record.start, record.end):
        own = _OWN_COLUMN.search(tag[1])
        column = column_number(own[1].decode()) if own else column + 1
        yield column


def cells_in(
    package: Package, rows: Iterable[tuple[int, Record]], prefix: bytes, wanted: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Cell]:
    """Return the wanted cells of numbered rows by (row, column); those that do not exist are left out."""
    by_row: dict[int, set[int]] = {}
    for row, column in wanted:
        by_row.setdefault(row, set()).add(column)
    found: dict[tuple[int, int], Cell] = {}
    strings: dict[tuple[int, int], int] = {}
    date1904 = uses_1904(package)
    for number, record in rows:
        columns = by_row.pop(number, None)
        if columns is not None:
            for column, cell in _cells_of(record, prefix, columns, date1904=date1904):
                if isinstance(cell.content.value, int) and cell.content.kind == "text":
                    strings[number, column] = cell.content.value
                found[number, column] = cell
        if not by_row:
            break
    texts = shared_strings(package, set(strings.values())) if strings else {}
    for place, index in strings.items():
        found[place] = replace(found[place], content=_text(texts.get(index, "")))
    return found


def uses_1904(package: Package) -> bool:
    """Say whether the workbook counts its days from 1904."""
    part = package.workbook
    settings = xmlscan.first_child(part.masked, part.root, b"workbookPr")
    return settings is not None and settings.attributes.get("date1904") in ("1", "true")


def _text(value: str) -> Content:
    return Content("text", value) if value else BLANK


@cache
def _cell_tags(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<" + re.escape(prefix) + rb"c(?=[\s/>])(" + _INSIDE + rb")>")


def _cells_of(record: Record, prefix: bytes, columns: set[int], *, date1904: bool) -> Iterable[tuple[int, Cell]]:
    column, missing = 0, len(columns)
    for tag in _cell_tags(prefix).finditer(record.masked, record.start, record.end):
        own = _OWN_COLUMN.search(tag[1])
        column = column_number(own[1].decode()) if own else column + 1
        if column in columns:
            style = _STYLE.search(tag[1])
            content, formula = BLANK, False
            if not tag[1].endswith(b"/"):
                close = record.masked.find(b"</" + prefix + b"c>", tag.end(), record.end)
                close = close if close >= 0 else record.end
                formula = record.masked.find(b"<" + prefix + b"f", tag.end(), close) >= 0
                content = _content(record, tag, close, formula=formula, date1904=date1904)
            yield column, Cell(content, int(style[1]) if style else 0, formula)
            missing -= 1
            if not missing:
                return


def _content(record: Record, tag: re.Match[bytes], close: int, *, formula: bool, date1904: bool) -> Content:
    found = _TYPE.search(tag[1])
    kind = found[1] if found else b"n"
    if kind == b"inlineStr":
        return _text(rich_text(record.data, record.masked, tag.end(), close))
    value = next(xmlscan.elements_named(record.masked, b"v", tag.end(), close), None)
    if value is None or value.inner == value.close:
        if formula and (value is None or kind != b"str"):
            return _UNKNOWN
        return BLANK
    text = xmlscan.inner_text(record.data, value.inner, value.close)
    if kind == b"s":
        return Content("text", int(text)) if text.strip().isdigit() else _UNKNOWN
    if kind == b"str":
        return _text(xmlscan.spreadsheet_text(text))
    if kind == b"b":
        return Content("boolean", text.strip() in ("1", "true"))
    if kind == b"e":
        return Content("error", text.strip())
    try:
        number = serial(text.strip(), date1904=date1904) if kind == b"d" else float(text)
    except ValueError:
        return _UNKNOWN
    return Content("number", number) if math.isfinite(number) else _UNKNOWN


def serial(text: str, *, date1904: bool) -> float:
    """Return the number Excel shows as this ISO date."""
    moment = datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=None)
    start = datetime.fromisoformat("1904-01-01" if date1904 else "1899-12-30")
    number = (moment - start).total_seconds() / 86_400
    return number if date1904 or number >= 61 else number - 1


def rich_text(data: bytes, masked: bytes, start: int, end: int) -> str:
    """Return the text of a string item without the readings printed above it."""
    readings = [(item.start, item.end) for item in xmlscan.elements_named(masked, b"rPh", start, end)]
    pieces = [
        xmlscan.inner_text(data, item.inner, item.close)
        for item in xmlscan.elements_named(masked, b"t", start, end)
        if not item.empty and not any(a <= item.start < b for a, b in readings)
    ]
    return xmlscan.spreadsheet_text("".join(pieces))


def shared_strings(package: Package, wanted: set[int]) -> dict[int, str]:
    """Return the shared strings with these numbers."""
    return {
        number: rich_text(record.data, record.masked, record.start, end)
        for number, record, end, _ in _items(package, wanted)
    }


def shared_items(package: Package, wanted: set[int]) -> dict[int, tuple[bytes, bytes]]:
    """Return what stands inside the shared strings with these numbers, as written, each with the prefix of its elements."""
    return {
        number: (record.data[record.start : end], prefix) for number, record, end, prefix in _items(package, wanted)
    }


def _items(package: Package, wanted: set[int]) -> Iterator[tuple[int, Record, int, bytes]]:
    """Yield (number, record, its end, prefix) of shared strings."""
    name = package.related(package.workbook.name, "sharedStrings")
    if name is None:
        return
    member = package.archive.by_key[part_key(name)]
    last = max(wanted)
    if member.size > STREAM_FROM and not any(b"<!" in chunk for chunk in package.archive.chunks(member)):
        chunks = package.archive.chunks(member)
        first = next(chunks)
        if as_utf8(first[:8192])[1] is not None:
            raise Refusal("encoding")
        prefix = _prefix_of_root(first)
        source: Iterable[bytes] = _chain(first, chunks)
    else:
        text, _ = as_utf8(package.archive.read(member))
        prefix = _prefix_of_root(text)
        source = [text]
    for number, record in enumerate(records(source, prefix + b"si")):
        if number in wanted:
            end = record.masked.find(b"</" + prefix + b"si", record.start, record.end)
            yield number, record, end if end >= 0 else record.start, prefix
        if number >= last:
            break


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield first
    yield from rest


def _prefix_of_root(text: bytes) -> bytes:
    found = re.search(rb"<((?:[^\s/>:!?]++:)?)sst[\s/>]", text[:8192])
    return found[1] if found else b""
