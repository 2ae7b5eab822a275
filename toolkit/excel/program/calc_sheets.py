"""Type a sheet of ours into a workbook that LibreOffice has open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from toolkit.excel.libreoffice.office import uno
from toolkit.excel.libreoffice.values import colour_number
from toolkit.excel.program.calc_styles import LINES, italic, page_style
from toolkit.marking.listing import Listing
from toolkit.marking.styles import FONT, CellLook
from toolkit.model import column_number

_PIECE = re.compile(r"(\"(?:[^\"]|\"\")*\")|('(?:[^']|'')*')!|,")
_BOLD, _PLAIN = 150.0, 100.0
_MIDDLE = 2
_INDENT = 200

_CHARACTER_WIDTH = 190.0
_POINT = 35.28
_LINE_WIDTH = 26


def append_sheet(book: Any, listing: Listing) -> None:
    """Append a listing as the last sheet."""
    document = book.impl.document
    sheet = book.sheets.add(name=listing.name, after=book.sheets[len(book.sheets) - 1])
    cells = sheet.impl.sheet
    _fill(cells, listing)
    _dress(document, cells, listing)
    _set_out(document, cells, listing)


def _fill(cells: Any, listing: Listing) -> None:
    """Write texts and numbers in one go, then the formulas, a rectangle of them at once."""
    width = len(listing.widths)
    rows: list[list[Any]] = [[""] * width for _ in range(listing.last_row)]
    formulas: dict[tuple[int, int], str] = {}
    for row in listing.rows:
        for letters, item in row.items:
            column = column_number(letters) - 1
            if item.formula:
                formulas[column, row.number - 1] = "=" + as_calc(item.formula)
            else:
                rows[row.number - 1][column] = item.value if isinstance(item.value, str) else float(item.value)
    block = cells.getCellRangeByPosition(0, 0, width - 1, listing.last_row - 1)
    block.setDataArray(tuple(tuple(row) for row in rows))
    for column, first, last in columns_of(formulas):
        run = cells.getCellRangeByPosition(column, first, column, last)
        run.setFormulaArray(tuple((formulas[column, row],) for row in range(first, last + 1)))


def as_calc(formula: str) -> str:
    """Return a formula of ours as Calc's own grammar writes it: what stands in texts and in sheets' names stays."""
    return _PIECE.sub(lambda found: f"${found[2]}." if found[2] else ";" if found[0] == "," else found[0], formula)


def _dress(document: Any, cells: Any, listing: Listing) -> None:
    """Give every look to all the cells that have it at once."""
    places: dict[CellLook, list[tuple[int, int]]] = {}
    for row in listing.rows:
        for letters, item in row.items:
            places.setdefault(item.look, []).append((column_number(letters) - 1, row.number - 1))
    for look, where in places.items():
        wanted = _properties(look)
        names = tuple(sorted(wanted))
        ranges = ranges_of(document, cells, columns_of(where))
        ranges.setPropertyValues(names, tuple(wanted[name] for name in names))


def _properties(look: CellLook) -> dict[str, Any]:
    """Return a look as properties of cells; Chinese characters have a font of their own in Calc, which follows."""
    weight = _BOLD if look.bold else _PLAIN
    align = uno().Enum("com.sun.star.table.CellHoriJustify", "CENTER" if look.align == "center" else "LEFT")
    wanted: dict[str, Any] = {
        "CharFontName": FONT, "CharFontNameAsian": FONT, "CharHeight": float(look.size), "CharHeightAsian": float(look.size),
        "CharWeight": weight, "CharWeightAsian": weight, "CharColor": colour_number(look.ink), "VertJustify": _MIDDLE,
        "HoriJustify": align, "IsTextWrapped": look.wrap,
    }  # fmt: skip
    if look.underline:
        wanted["CharUnderline"] = 1
    if look.italic:
        wanted |= dict.fromkeys(("CharPosture", "CharPostureAsian"), italic())
    if look.fill:
        wanted["CellBackColor"] = colour_number(look.fill)
    if look.line:
        line = uno().createUnoStruct("com.sun.star.table.BorderLine2")
        line.Color, line.LineWidth, line.LineStyle = colour_number(look.line), _LINE_WIDTH, LINES[look.edge]
        wanted |= dict.fromkeys(("LeftBorder", "RightBorder", "TopBorder", "BottomBorder"), line)
        if look.align == "left":
            wanted["ParaIndent"] = _INDENT
    return wanted


def columns_of(where: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return (column, row) places as (column, first row, last row), neighbours together."""
    runs: list[tuple[int, int, int]] = []
    for column, row in sorted(where):
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1] = (column, runs[-1][1], row)
        else:
            runs.append((column, row, row))
    return runs


def ranges_of(document: Any, cells: Any, runs: Iterable[tuple[int, int, int]]) -> Any:
    """Return several rectangles of a sheet as one thing to be changed at once.

    Addresses are made here: every object asked of LibreOffice costs a millisecond.
    """
    number = cells.RangeAddress.Sheet
    ranges = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    addresses = tuple(range_address(number, column, first, column, last) for column, first, last in runs)
    ranges.addRangeAddresses(addresses, False)  # noqa: FBT003 - UNO knows no names
    return ranges


def range_address(sheet: int, left: int, top: int, right: int, bottom: int) -> Any:
    """Return a rectangle, counted from 0, as UNO takes it."""
    address = uno().createUnoStruct("com.sun.star.table.CellRangeAddress")
    address.Sheet, address.StartColumn, address.StartRow, address.EndColumn, address.EndRow = (
        sheet,
        left,
        top,
        right,
        bottom,
    )
    return address


def _set_out(document: Any, cells: Any, listing: Listing) -> None:
    """Set widths, heights, the filter, the frozen head and what is printed."""
    columns = cells.Columns
    for number, width in enumerate(listing.widths):
        column = columns.getByIndex(number)
        column.Width = round(width * _CHARACTER_WIDTH)
        column.IsVisible = number < len(listing.widths) - listing.hidden
    heights: dict[float, list[int]] = {}
    for row in listing.rows:
        heights.setdefault(row.height, []).append(row.number - 1)
    for height, numbers in heights.items():
        for _, first, last in columns_of((0, number) for number in numbers):
            cells.getCellRangeByPosition(0, first, 0, last).Rows.Height = round(height * _POINT)
    for merged in listing.merges:
        cells.getCellRangeByName(merged).merge(True)  # noqa: FBT003 - UNO knows no names
    cells.TabColor = colour_number(listing.tab)
    last_column = column_number(listing.last) - 1
    area = cells.getCellRangeByPosition(0, listing.header_row - 1, last_column, listing.last_row - 1).RangeAddress
    filters = document.getPropertyValue("UnnamedDatabaseRanges")
    filters.setByTable(area)
    filters.getByTable(area.Sheet).AutoFilter = True
    head = cells.getCellRangeByPosition(0, listing.header_row - 1, last_column, listing.header_row - 1)
    cells.setTitleRows(head.RangeAddress)
    cells.PageStyle = page_style(document)
    cells.setPrintTitleRows(True)
    controller = document.CurrentController
    if controller is not None:
        controller.setActiveSheet(cells)
        controller.freezeAtPosition(0, listing.header_row)
        controller.ShowGrid = False
