"""Type a sheet of ours into a workbook that Excel has open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.marking.listing import Item, Listing
from toolkit.marking.styles import FONT, CellLook
from toolkit.model import cell_name, column_number

_CENTER, _LEFT = -4108, -4131
_UNDERLINED, _THIN = 2, 2
HATCHED = {"lightUp": 14}
"""The hatchings of looks, as Excel numbers them."""
LINES = {"thin": 1, "dashed": -4115, "dotted": -4118}
"""The border styles of looks, as Excel numbers them."""
_LONGEST_ADDRESS = 250
_LANDSCAPE, _A4 = 2, 9


def append_sheet(book: Any, listing: Listing) -> None:
    """Append a listing as the last sheet."""
    sheet = book.sheets.add(listing.name, after=book.sheets[len(book.sheets) - 1])
    _fill(sheet, listing)
    _dress(sheet.api, listing)
    _set_out(book, sheet.api, listing)


def _fill(sheet: Any, listing: Listing) -> None:
    """Write everything in one go. A leading apostrophe keeps a text a text; Excel does not show it."""
    width = len(listing.widths)
    rows: list[list[Any]] = [[None] * width for _ in range(listing.last_row)]
    for row in listing.rows:
        for letters, item in row.items:
            rows[row.number - 1][column_number(letters) - 1] = _typed(item)
    block = sheet.range((1, 1), (listing.last_row, width)).api
    block.Formula = tuple(tuple(row) for row in rows)


def _typed(item: Item) -> Any:
    if item.formula:
        return "=" + item.formula
    if isinstance(item.value, str):
        return f"'{item.value}" if item.value else None
    return item.value


def _dress(sheet: Any, listing: Listing) -> None:
    """Give every look to as many cells at once as an address can name."""
    places: dict[CellLook, list[tuple[int, int]]] = {}
    for row in listing.rows:
        for letters, item in row.items:
            places.setdefault(item.look, []).append((column_number(letters), row.number))
    for look, where in places.items():
        for addresses in _addresses(where):
            cells = sheet.Range(addresses)
            cells.Font.Name, cells.Font.Size, cells.Font.Bold = FONT, look.size, look.bold
            cells.Font.Italic, cells.Font.Color = look.italic, bgr(look.ink)
            cells.VerticalAlignment = _CENTER
            cells.HorizontalAlignment = _CENTER if look.align == "center" else _LEFT
            cells.WrapText = look.wrap
            if look.underline:
                cells.Font.Underline = _UNDERLINED
            if look.fill:
                cells.Interior.Color = bgr(look.fill)
            if look.pattern:
                cells.Interior.Pattern, cells.Interior.PatternColor = HATCHED[look.pattern], bgr(look.pattern_ink)
            if look.line:
                cells.Borders.LineStyle = LINES[look.edge]
                if look.edge == "thin":  # a weight would turn the others into plain lines
                    cells.Borders.Weight = _THIN
                cells.Borders.Color = bgr(look.line)
                if look.align == "left":
                    cells.IndentLevel = 1


def bgr(colour: str) -> int:
    """Return ``FFRRGGBB`` as Excel's number of a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (2, 4, 6))
    return blue << 16 | green << 8 | red


def _addresses(where: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Yield (column, row) places as addresses of runs, joined up to the longest that Excel takes."""
    runs: list[tuple[int, int, int]] = []
    for column, row in sorted(where):
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1] = (column, runs[-1][1], row)
        else:
            runs.append((column, row, row))
    return joined(f"{cell_name(first, column)}:{cell_name(last, column)}" for column, first, last in runs)


def joined(addresses: Iterable[str]) -> Iterator[str]:
    """Yield addresses joined as Excel takes them, each piece short enough for it."""
    piece = ""
    for address in addresses:
        if piece and len(piece) + len(address) + 1 > _LONGEST_ADDRESS:
            yield piece
            piece = ""
        piece = f"{piece},{address}" if piece else address
    if piece:
        yield piece


def _set_out(book: Any, sheet: Any, listing: Listing) -> None:
    """Set widths, heights, the filter, the frozen head and what is printed."""
    for number, width in enumerate(listing.widths, 1):
        sheet.Columns(number).ColumnWidth = width
        if number > len(listing.widths) - listing.hidden:
            sheet.Columns(number).Hidden = True
    heights: dict[float, list[tuple[int, int]]] = {}
    for row in listing.rows:
        heights.setdefault(row.height, []).append((1, row.number))
    for height, where in heights.items():
        for addresses in _addresses(where):
            sheet.Range(addresses).EntireRow.RowHeight = height
    for merged in listing.merges:
        sheet.Range(merged).Merge()
    sheet.Tab.Color = bgr(listing.tab)
    sheet.Range(f"A{listing.header_row}:{listing.last}{listing.last_row}").AutoFilter()
    sheet.Activate()
    window = book.api.Windows(1)
    window.DisplayGridlines = False
    window.FreezePanes = False
    window.ScrollRow = 1
    window.SplitColumn, window.SplitRow = 0, listing.header_row
    window.FreezePanes = True
    with contextlib.suppress(Exception):  # without a printer there is nothing to set
        _print_setup(book.app.api, sheet, listing)


def _print_setup(app: Any, sheet: Any, listing: Listing) -> None:
    """Set what is printed, in one exchange with the printer's driver."""
    app.PrintCommunication = False
    try:
        setup = sheet.PageSetup
        setup.Orientation, setup.PaperSize = _LANDSCAPE, _A4
        setup.Zoom, setup.FitToPagesWide, setup.FitToPagesTall = False, 1, False
        setup.PrintTitleRows = f"${listing.header_row}:${listing.header_row}"
        setup.CenterFooter = listing.footer.removeprefix("&C")
        setup.CenterHorizontally = True
    finally:
        app.PrintCommunication = True
