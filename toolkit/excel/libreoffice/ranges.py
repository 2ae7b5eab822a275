"""Cells: values, formulas, looks, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from toolkit.excel.libreoffice.values import colour_number, colour_triple, moment

if TYPE_CHECKING:
    from toolkit.excel.libreoffice.workbooks import Sheet

_CONTENTS = 1 | 2 | 4 | 16
"""Numbers, dates, texts, formulas."""

_NOTES = 8

_DATE, _TIME = 2, 4
_BOLD, _PLAIN = 150.0, 100.0
_CHARACTER_WIDTH = 190.0
_POINT = 35.28


class Range(base_classes.Range):
    """A rectangle of cells."""

    def __init__(self, sheet: Sheet, cells: Any) -> None:
        self._sheet, self.cells = sheet, cells
        self.options: dict[str, Any] = {}
        area = cells.RangeAddress
        self._box = (area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)

    @property
    def api(self) -> Any:
        """The cells themselves."""
        return self.cells

    @property
    def sheet(self) -> Sheet:
        """The sheet."""
        return self._sheet

    @property
    def row(self) -> int:
        """The first row, from 1."""
        return int(self._box[0]) + 1

    @property
    def column(self) -> int:
        """The first column, from 1."""
        return int(self._box[1]) + 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._box[2] - self._box[0] + 1, self._box[3] - self._box[1] + 1

    @property
    def coords(self) -> tuple[str, int, int, int]:
        """What tells it from others."""
        return self._sheet.name, self.row, self.column, len(self)

    @property
    def has_array(self) -> bool:
        """Array formulas are not looked at."""
        return False

    def __len__(self) -> int:
        return int(self.shape[0] * self.shape[1])

    def __call__(self, row: int, column: int | None = None) -> Range:
        """Return one cell, counted from 1 inside the rectangle."""
        if column is None:
            row, column = (row - 1) // self.shape[1] + 1, (row - 1) % self.shape[1] + 1
        top, left = self._box[0] + row - 1, self._box[1] + column - 1
        return Range(self._sheet, self._sheet.sheet.getCellRangeByPosition(left, top, left, top))

    @property
    def raw_value(self) -> list[list[Any]]:
        """The values, rows of cells; numbers in date formats are dates."""
        dated = self._dated()
        return [
            [
                moment(value) if isinstance(value, float) and (row, column) in dated else value
                for column, value in enumerate(line)
            ]
            for row, line in enumerate(self.cells.DataArray)
        ]

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        rows = value if isinstance(value, list | tuple) else [[value] * self.shape[1]] * self.shape[0]
        self.cells.setDataArray(
            tuple(
                tuple(one if isinstance(one, str) else "" if one is None else float(one) for one in row) for row in rows
            )
        )
        for number, row in enumerate(rows):
            for column, one in enumerate(row):
                if isinstance(one, str) and "\n" in one:  # as a whole array Calc takes it for one line
                    self.cells.getCellByPosition(column, number).setString(one)

    def _dated(self) -> set[tuple[int, int]]:
        """Return the places, from 0, whose format shows a date or a time; looked at by runs of one format."""
        formats = self._sheet.book.document.NumberFormats
        found: set[tuple[int, int]] = set()
        runs = self.cells.CellFormatRanges.createEnumeration()
        while runs.hasMoreElements():
            run = runs.nextElement()
            if not formats.getByKey(run.NumberFormat).Type & (_DATE | _TIME):
                continue
            area = run.RangeAddress
            found |= {
                (row - self._box[0], column - self._box[1])
                for row in range(area.StartRow, area.EndRow + 1)
                for column in range(area.StartColumn, area.EndColumn + 1)
            }
        return found

    @property
    def formula(self) -> Any:
        """The formulas in Excel's grammar; of cells without one, what was typed."""
        to_excel = self._sheet.book.grammar.to_excel
        rows = tuple(
            tuple(to_excel(one) if one.startswith("=") else one for one in row) for row in self.cells.FormulaArray
        )
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        rows = value if isinstance(value, list | tuple) else [[value] * self.shape[1]] * self.shape[0]
        to_calc = self._sheet.book.grammar.to_calc
        self.cells.setFormulaArray(
            tuple(tuple(to_calc(one) if str(one).startswith("=") else str(one) for one in row) for row in rows)
        )

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour behind the cells."""
        return colour_triple(self.cells.CellBackColor)

    @color.setter
    def color(self, value: Any) -> None:
        self.cells.CellBackColor = colour_number(value)

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)

    @property
    def wrap_text(self) -> bool:
        """Whether long texts take several lines."""
        return bool(self.cells.IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.cells.IsTextWrapped = bool(value)

    @property
    def column_width(self) -> float:
        """The width of the first column, in characters."""
        return float(self.cells.Columns.getByIndex(0).Width / _CHARACTER_WIDTH)

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.cells.Columns.Width = round(value * _CHARACTER_WIDTH)

    @property
    def row_height(self) -> float:
        """The height of the first row, in points."""
        return float(self.cells.Rows.getByIndex(0).Height / _POINT)

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.cells.Rows.Height = round(value * _POINT)

    def get_address(self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False) -> str:  # noqa: FBT001, FBT002 - as xlwings calls it
        """Return the address, ``$A$1:$B$2``."""
        first = self.cells.getCellByPosition(0, 0) if len(self) == 1 else self.cells
        address = first.AbsoluteName.rpartition(".")[2] if len(self) == 1 else _without_sheet(first.AbsoluteName)
        if not (row_absolute and col_absolute):
            address = address.replace("$", "")
        return f"[{self._sheet.book.name}]{self._sheet.name}!{address}" if external else address

    @property
    def address(self) -> str:
        """The absolute address."""
        return self.get_address()

    def clear_contents(self) -> None:
        """Remove what the cells hold."""
        self.cells.clearContents(_CONTENTS)

    def select(self) -> None:
        """Select the cells."""
        self._sheet.activate()
        self._sheet.book.document.CurrentController.select(self.cells)

    @property
    def note(self) -> Note | None:
        """The note at the first cell, or None."""
        found = self.cells.getCellByPosition(0, 0).Annotation
        return Note(self) if found.String else None

    def add_note(self, text: str) -> Note:
        """Put a note on the first cell."""
        first = self.cells.getCellByPosition(0, 0)
        self._sheet.sheet.Annotations.insertNew(first.CellAddress, text)
        return Note(self)


def _without_sheet(name: str) -> str:
    """Return ``$Sheet.$A$1:$B$2`` without the sheet, whose name may hold dots."""
    first, _, last = name.rpartition(":")
    return f"{first.rpartition('.')[2]}:{last.rpartition('.')[2]}"


class Font(base_classes.Font):
    """The font of cells; Chinese characters have settings of their own in Calc, which follow."""

    def __init__(self, owner: Range) -> None:
        self._cells = owner.cells

    @property
    def api(self) -> Any:
        """The cells."""
        return self._cells

    @property
    def bold(self) -> bool:
        """Whether it is bold."""
        return bool(self._cells.CharWeight > _PLAIN)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._cells.CharWeight = self._cells.CharWeightAsian = _BOLD if value else _PLAIN

    @property
    def size(self) -> float:
        """The size in points."""
        return float(self._cells.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self._cells.CharHeight = self._cells.CharHeightAsian = float(value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour."""
        return colour_triple(self._cells.CharColor)

    @color.setter
    def color(self, value: Any) -> None:
        self._cells.CharColor = colour_number(value)

    @property
    def name(self) -> str:
        """The name."""
        return str(self._cells.CharFontName)

    @name.setter
    def name(self, value: str) -> None:
        self._cells.CharFontName = self._cells.CharFontNameAsian = value


class Note(base_classes.Note):
    """A note at a cell."""

    def __init__(self, owner: Range) -> None:
        self._range = owner
        self._cell = owner.cells.getCellByPosition(0, 0)

    @property
    def api(self) -> Any:
        """The annotation."""
        return self._cell.Annotation

    @property
    def text(self) -> str:
        """What it says."""
        return str(self._cell.Annotation.String)

    @text.setter
    def text(self, value: str) -> None:
        self._cell.Annotation.setString(value)

    def delete(self) -> None:
        """Remove it."""
        self._cell.clearContents(_NOTES)
