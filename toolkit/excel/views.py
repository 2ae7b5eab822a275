"""What a copy of the open workbook holds, as marks need it: from the package itself, or from what the reader makes of older kinds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from toolkit.marking.cells import BLANK, Cell, Content, uses_1904
from toolkit.marking.engine import PackageSheets
from toolkit.marking.findings_sheet import Days
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.plan import SheetView
from toolkit.marking.sheet import Area
from toolkit.marking.styles import Styles

_DATED = 1
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone


@dataclass(frozen=True, slots=True)
class Views:
    """The sheets of a copy by name, and how it shows dates."""

    find: Callable[[str], SheetView | None]
    days: Days


@contextlib.contextmanager
def views_of(copy: Path) -> Iterator[Views]:
    """Open the copy of a workbook."""
    try:
        package = Package(copy)
    except Refusal:
        yield _read(copy)
        return
    with package:
        yield Views(PackageSheets(package), Days(Styles(package).date_styles(), uses_1904(package)))


class GridSheet:
    """A worksheet of a kind that is no package, as the reader gives it."""

    def __init__(self, sheet: Any, index: int) -> None:
        self.name, self.index = str(sheet.name), index
        self._rows = dict(zip(sheet.rows, sheet.values, strict=True))
        self.merged: Sequence[Area] = [Area(*merge) for merge in sheet.merges]

    @property
    def formatted(self) -> bool:
        """Taken to have conditional formats of its own, since the reader does not tell: then no guard may stop them."""
        return True

    def cells(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Cell]:
        """Return the wanted cells by (row, column)."""
        found = {}
        for row, column in wanted:
            values = self._rows.get(row, ())
            if column <= len(values):
                found[row, column] = _cell(values[column - 1])
        return found


def _read(copy: Path) -> Views:
    """Return the views of an .xls, .et, .ods or .xlsb, which a worker has read without harm before."""
    from toolkit.intake.read import read_file

    sheets = {
        sheet.name: GridSheet(sheet, number)
        for number, sheet in enumerate(read_file(copy.name, copy.read_bytes()).sheets)
    }
    return Views(sheets.get, Days(lambda style: style == _DATED, date1904=False))


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return Cell(BLANK)
    if isinstance(value, bool):
        return Cell(Content("boolean", value))
    if isinstance(value, datetime | date):
        whole = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return Cell(Content("number", (whole - _EPOCH).total_seconds() / 86_400), _DATED)
    if isinstance(value, int | float):
        return Cell(Content("number", float(value)))
    return Cell(Content("text", str(value)))
