"""Workbooks, sheets and defined names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from toolkit.excel.libreoffice.formulas import Grammar
from toolkit.excel.libreoffice.office import file_url, properties, uno
from toolkit.excel.libreoffice.ranges import Range

if TYPE_CHECKING:
    from toolkit.excel.libreoffice.application import App

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".ods": "calc8",
    ".xls": "MS Excel 97",
}
"""The filter that writes each kind of file."""


class Book(base_classes.Book):
    """An open workbook."""

    def __init__(self, app: App, document: Any) -> None:
        self._app, self.document = app, document

    @property
    def api(self) -> Any:
        """The document."""
        return self.document

    @property
    def app(self) -> App:
        """The application."""
        return self._app

    @cached_property
    def grammar(self) -> Grammar:
        """The translator of its formulas."""
        return Grammar(self.document)

    @property
    def fullname(self) -> str:
        """The path, or the title of one never saved."""
        url = self.document.URL
        return str(uno().fileUrlToSystemPath(url)) if url.startswith("file:") else url or self.document.Title

    @property
    def name(self) -> str:
        """The name of the file, or the title of one never saved."""
        return self.fullname.rpartition("/")[2]

    @property
    def sheets(self) -> Sheets:
        """Its sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """Its defined names."""
        return Names(self)

    def close(self) -> None:
        """Close it, whatever was not saved."""
        self.document.close(True)  # noqa: FBT003 - UNO knows no names

    def activate(self) -> None:
        """Bring it to the front."""
        self.document.CurrentController.Frame.activate()

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save it where it is, or somewhere else."""
        del password
        if path is None:
            self.document.store()
        else:
            self.document.storeAsURL(file_url(path), properties(FilterName=FILTERS[Path(path).suffix.lower()]))


class Names(base_classes.Names):
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._ranges = book.document.NamedRanges

    def __call__(self, key: str) -> Name:
        """Return what a name stands for."""
        if not self._ranges.hasByName(key):
            raise KeyError(key)
        return Name(self._book, self._ranges.getByName(key))

    def __len__(self) -> int:
        return int(self._ranges.Count)

    def contains(self, key: str) -> bool:
        """Say whether a name is defined."""
        return bool(self._ranges.hasByName(key))


class Name(base_classes.Name):
    """A defined name."""

    def __init__(self, book: Book, named: Any) -> None:
        self._book, self._named = book, named

    @property
    def api(self) -> Any:
        """The named range."""
        return self._named

    @property
    def name(self) -> str:
        """The name itself."""
        return str(self._named.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._named.Name = value

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        cells = self._named.ReferredCells
        return Range(Sheet(self._book, cells.Spreadsheet), cells)


class Sheets(base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sheets = book.document.Sheets

    @property
    def api(self) -> Any:
        """The collection."""
        return self._sheets

    @property
    def active(self) -> Sheet:
        """The sheet in front."""
        return Sheet(self._book, self._book.document.CurrentController.ActiveSheet)

    def __call__(self, key: int | str) -> Sheet:
        """Return a sheet by number or name."""
        if isinstance(key, int):
            return Sheet(self._book, self._sheets.getByIndex(key - 1))
        if not self._sheets.hasByName(key):
            raise KeyError(key)
        return Sheet(self._book, self._sheets.getByName(key))

    def __len__(self) -> int:
        return int(self._sheets.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (self(number) for number in range(1, len(self) + 1))

    def __contains__(self, name: str) -> bool:
        return bool(self._sheets.hasByName(name))

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Add a sheet."""
        place = before.index - 1 if before else after.index if after else 0
        number = len(self) + 1
        while name is None and self._sheets.hasByName(f"Sheet{number}"):
            number += 1
        chosen = name or f"Sheet{number}"
        self._sheets.insertNewByName(chosen, place)
        return self(chosen)


class Sheet(base_classes.Sheet):
    """A sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book, self.sheet = book, sheet

    @property
    def api(self) -> Any:
        """The sheet itself."""
        return self.sheet

    @property
    def book(self) -> Book:
        """The workbook."""
        return self._book

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.sheet.Name)

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.Name = value

    @property
    def index(self) -> int:
        """Its place among the sheets, from 1."""
        return int(self.sheet.RangeAddress.Sheet) + 1

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return bool(self.sheet.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.sheet.IsVisible = bool(value)

    @property
    def cells(self) -> Range:
        """All its cells."""
        return Range(self, self.sheet)

    @property
    def used_range(self) -> Range:
        """The cells in use, from the first to the last."""
        cursor = self.sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)  # noqa: FBT003 - UNO knows no names
        cursor.gotoEndOfUsedArea(True)  # noqa: FBT003
        area = cursor.RangeAddress
        return Range(
            self, self.sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        )

    def range(self, first: Any, last: Any = None) -> Range:
        """Return cells by address, by (row, column), or from one corner to the other."""
        boxes = [self._box(corner) for corner in (first, last) if corner is not None]
        top, left = min(box[0] for box in boxes), min(box[1] for box in boxes)
        bottom, right = max(box[2] for box in boxes), max(box[3] for box in boxes)
        return Range(self, self.sheet.getCellRangeByPosition(left, top, right, bottom))

    def _box(self, corner: Any) -> tuple[int, int, int, int]:
        if isinstance(corner, tuple):
            row, column = corner[0] - 1, corner[1] - 1
            return row, column, row, column
        held = getattr(corner, "impl", corner)
        area = (
            held.cells.RangeAddress if isinstance(held, Range) else self.sheet.getCellRangeByName(corner).RangeAddress
        )
        return area.StartRow, area.StartColumn, area.EndRow, area.EndColumn

    def activate(self) -> None:
        """Bring it to the front."""
        self._book.document.CurrentController.setActiveSheet(self.sheet)

    def delete(self) -> None:
        """Remove it."""
        self._book.document.Sheets.removeByName(self.name)
