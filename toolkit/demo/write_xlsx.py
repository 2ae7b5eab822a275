"""Writes sheets as an .xlsx workbook."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.demo.rows import Formula
from toolkit.demo.sheet import Sheet
from toolkit.demo.themes import THEMES, properties

_MADE = datetime(2020, 12, 28, 9, 30)  # noqa: DTZ001 - a fixed stamp, so that two runs write the same bytes
_SERIAL_ZERO = date(1899, 12, 30)


def write_xlsx(path: Path, sheets: list[Sheet], author: str) -> None:
    """Write a workbook; the bytes depend on the sheets only."""
    with xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"author": author, "created": _MADE})
        book.set_calc_mode("auto")
        formats: dict[tuple[str, str], Any] = {}
        for sheet in sheets:
            target = book.add_worksheet(sheet.name)
            if sheet.hidden:
                target.hide()
            _fill(book, target, sheet, formats)


def _fill(book: Any, target: Any, sheet: Sheet, formats: dict[tuple[str, str], Any]) -> None:
    theme = sheet.theme

    def known(kind: str) -> Any:
        found = formats.get((theme, kind))
        if found is None:
            found = formats[theme, kind] = book.add_format(properties(THEMES[theme], kind))
        return found

    for first_row, first_column, last_row, last_column in sheet.merges:
        kind = sheet.cells[first_row, first_column][1]
        target.merge_range(first_row - 1, first_column - 1, last_row - 1, last_column - 1, "", known(kind))
    for (row, column), (value, kind) in sheet.cells.items():
        at, style = (row - 1, column - 1), known(kind)
        if value is None:
            target.write_blank(*at, None, style)
        elif isinstance(value, str):
            target.write_string(*at, value, style)
        elif isinstance(value, date):
            target.write_number(*at, (value - _SERIAL_ZERO).days, style)
        elif isinstance(value, Formula):
            target.write_formula(*at, value.text, style, "" if value.result is None else value.result)
        else:
            target.write_number(*at, value, style)
    _shape(target, sheet)


def _shape(target: Any, sheet: Sheet) -> None:
    for column in range(1, sheet.last_column + 1):
        options = {"hidden": True} if column in sheet.hidden_columns else {}
        target.set_column(column - 1, column - 1, sheet.widths.get(column, 9), None, options)
    for row in set(sheet.heights) | sheet.hidden_rows:
        options = {"hidden": True} if row in sheet.hidden_rows else {}
        target.set_row(row - 1, sheet.heights.get(row), None, options)
    if sheet.far_cell:
        target.write_blank(1_048_575, 0, None)
    if sheet.picture:
        target.insert_image(1, 1, "table.png", {"image_data": io.BytesIO(_picture())})
    if sheet.header_rows:
        first, last = sheet.header_rows
        target.repeat_rows(first - 1, last - 1)
        target.freeze_panes(last, 2)
    if sheet.cells:
        target.set_landscape()
        target.set_paper(9)
        target.fit_to_pages(1, 0)
        target.set_margins(0.4, 0.4, 0.6, 0.6)


def _picture() -> bytes:
    """Return a small PNG that looks like a photographed table: grey lines on white."""
    width, height = 480, 320
    line = bytes([0]) + bytes(190 if x % 80 == 0 else 250 for x in range(width))
    rule = bytes([0]) + bytes([190]) * width
    raw = b"".join(rule if y % 32 == 0 else line for y in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
