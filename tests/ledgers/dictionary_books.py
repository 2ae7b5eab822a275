"""Dictionary workbooks as an administrator has them: exported, then edited in a spreadsheet program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from toolkit.ledgers.dictionary import built_in_definitions
from toolkit.ledgers.sheets import SHEETS
from toolkit.ledgers.workbook_write import workbook_of

HEADINGS = {sheet.name: [column.heading for column in sheet.columns] for sheet in SHEETS}


def exported(path: Path, lang: str = "zh") -> Path:
    """Write the built-in dictionary as a workbook."""
    path.write_bytes(workbook_of(built_in_definitions(), lang))
    return path


def edited(path: Path, edit: Callable[[Any], Any]) -> Path:
    """Export the built-in dictionary and edit it."""
    exported(path)
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path


def add(book: Any, sheet: str, **cells: Any) -> int:
    """Type a new row below the last one; return its number."""
    page = book[sheet]
    row = next(number for number in range(2, page.max_row + 2) if all(cell.value is None for cell in page[number]))
    for heading, value in cells.items():
        page.cell(row, HEADINGS[sheet].index(heading) + 1).value = value
    return row


def find(book: Any, sheet: str, **cells: Any) -> int:
    """Return the number of the first row that holds these cells."""
    page = book[sheet]
    for row in page.iter_rows(min_row=2):
        if all(row[HEADINGS[sheet].index(heading)].value == value for heading, value in cells.items()):
            return int(row[0].row)
    raise AssertionError(cells)


def put(book: Any, sheet: str, row: int, heading: str, value: Any) -> str:
    """Type into a cell; return its name with its sheet."""
    cell = book[sheet].cell(row, HEADINGS[sheet].index(heading) + 1)
    cell.value = value
    return f"{sheet}!{cell.coordinate}"
