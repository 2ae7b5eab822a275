"""The log sheet 更正记录: what was corrected, with a link that follows inserted rows. It is also what undoing goes by."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from toolkit.fixing.cells import find_cells, rows_of
from toolkit.fixing.corrections import Correction
from toolkit.marking import xmlscan
from toolkit.marking.cells import Content
from toolkit.marking.listing import Item, Listing, Row, free_sheet_name, lines_in, link, render
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.sheet import numbered
from toolkit.marking.styles import CellLook, Styles
from toolkit.marking.workbook import Sheet, add_sheet, define_names, first_cell, sheets_of
from toolkit.messages import text
from toolkit.model import FIX_SHEET, column_letters, split_cell

FIX_TITLE = "台账检查更正记录"
"""What A1 of the log sheet begins with, whatever the language."""

_HEADER_ROW = 3
_COLUMNS = ("number", "sheet", "cell", "field", "old", "new", "reason")
_WIDTHS = (6, 18, 10, 18, 30, 30, 44, 9)
_LAST = "H"
_TAB = "FF2F5D8A"
_GRID = "FFD0D5DD"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_TITLE = CellLook(size=16, bold=True, ink="FF1D3B5C", wrap=False)
_HINT = CellLook(size=9.5, ink="FF667085", wrap=False)
_HEAD = CellLook(bold=True, ink="FFFFFFFF", fill="FF2F5D8A", line=_GRID, align="center")
_TEXT = CellLook(line=_GRID, quoted=True)
_OLD = CellLook(line=_GRID, ink="FF667085", quoted=True)
_MIDDLE = CellLook(line=_GRID, align="center")
_LINK = CellLook(line=_GRID, align="center", ink="FF1F5FBF", underline=True)

_REFERENCE = re.compile(r"ROW\((?:'((?:[^']|'')+)'|([^'!()]+))!\$?([A-Z]{1,3})\$?(\d+)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A correction that was made. ``kind`` is the content before it: text, ``number …``, ``boolean …`` or ``rich …`` (its XML).

    ``correction.cell`` is empty where the row has been deleted since.
    """

    correction: Correction
    kind: str

    @property
    def before(self) -> Content:
        """What the cell held before."""
        kind, _, value = self.kind.partition(" ")
        if kind == "number":
            return Content("number", float(value))
        if kind == "boolean":
            return Content("boolean", value == "1")
        if kind == "rich":
            return Content("rich", value)
        return Content("text", self.correction.old) if self.correction.old else Content("blank")


def kind_of_content(content: Content) -> str:
    """Return what a line remembers of a cell's content beside its text."""
    if content.kind == "number":
        return f"number {content.value!r}"
    if content.kind == "rich":
        return f"rich {content.value}"
    return f"boolean {int(bool(content.value))}" if content.kind == "boolean" else "text"


def is_fix_sheet(sheet_name: str, first: object) -> bool:
    """Say whether a sheet is a log sheet of ours, from its name and what A1 holds."""
    return sheet_name.strip().startswith(FIX_SHEET) and str(first or "").startswith(FIX_TITLE)


def log_sheets(package: Package) -> list[Sheet]:
    """Return the log sheets of a workbook."""
    named = [(name, sheet) for name, sheet in sheets_of(package).items() if name.strip().startswith(FIX_SHEET)]
    return [sheet for name, sheet in named if sheet.part and is_fix_sheet(name, first_cell(package, sheet.part))]


def add_log(package: Package, styles: Styles, lines: list[Line], language: str) -> None:
    """Append the log sheet as the last one."""
    sheets = sheets_of(package)
    listing = log_listing(free_sheet_name(set(sheets), FIX_SHEET), lines, language)
    part = package.free_name(posixpath.join(package.folder, "worksheets/sheetTaizhangLog{}.xml"))
    package.add(part, XML_HEAD + render(listing, styles, package.main_ns).encode())
    package.declare(part, _SHEET_TYPE)
    add_sheet(package, listing.name, package.relate(package.workbook.name, "worksheet", part))
    names = [("_xlnm._FilterDatabase", listing.filter_area), ("_xlnm.Print_Titles", listing.title_rows)]
    define_names(package, [(name, area, len(sheets)) for name, area in names])


def log_listing(name: str, lines: list[Line], language: str) -> Listing:
    """Return the log sheet as a value."""
    head = [
        (column_letters(at), Item(text(f"fix.column.{column}", language), _HEAD))
        for at, column in enumerate(_COLUMNS, 1)
    ]
    rows = (
        Row(1, 30, (("A", Item(FIX_TITLE + text("fix.sheet.title", language), _TITLE)),)),
        Row(2, 18, (("A", Item(text("fix.sheet.hint", language, count=len(lines)), _HINT)),)),
        Row(_HEADER_ROW, 24, tuple(head)),
        *(_row(number, line) for number, line in enumerate(lines, 1)),
    )
    looks = (_TITLE, _HINT, _HEAD, _TEXT, _OLD, _MIDDLE, _LINK)
    footer = text("fix.sheet.footer", language)
    return Listing(name, rows, _WIDTHS, _LAST, _HEADER_ROW, _TAB, footer, looks, hidden=1)


def _row(number: int, line: Line) -> Row:
    made = line.correction
    items = [
        Item(number, _MIDDLE),
        Item(made.sheet, _TEXT),
        link(made.sheet, split_cell(made.cell), _LINK) if made.cell else Item("", _MIDDLE),
        Item(made.field, _TEXT),
        Item(made.old, _OLD, exact=True),
        Item(made.new, _TEXT, exact=True),
        Item(made.reason, _TEXT),
        Item(line.kind, _HINT, exact=True),
    ]
    values = (made.sheet, made.field, made.old, made.new, made.reason)
    widths = (_WIDTHS[1], *_WIDTHS[3:7])
    tall = max(lines_in(value, width) for value, width in zip(values, widths, strict=True))
    return Row(_HEADER_ROW + number, 6 + 16 * min(tall, 12), tuple(zip("ABCDEFGH", items, strict=True)))


def read_log(package: Package, sheet: Sheet) -> list[Line]:
    """Return the lines of a log sheet in the order they were made, with the places where the cells are now."""
    part = package.whole(sheet.part)
    numbers = [number for number, _ in numbered(rows_of(part)) if number > _HEADER_ROW]
    cells = find_cells(package, part, [(row, column) for row in numbers for column in range(1, 9)])
    rows = []
    for row in numbers:
        values = [
            "" if (found := cells.get((row, column))) is None else found.cell.content.value for column in range(1, 9)
        ]
        link_to = cells.get((row, 3))
        formula = ""
        if link_to is not None and link_to.formula:
            element = xmlscan.first_child(part.masked, link_to.element, b"f")
            assert element is not None
            formula = xmlscan.inner_text(part.base, element.inner, element.close)
        rows.append((values, formula))
    return lines_of(rows)


def lines_of(rows: Iterable[tuple[Sequence[object], str]]) -> list[Line]:
    """Return the lines that the rows of a log sheet hold: eight values each, and the formula of the link."""
    lines: list[tuple[float, Line]] = []
    for values, formula in rows:
        if not isinstance(values[0], float):
            continue
        said = ["" if value is None else str(value) for value in values]
        made = Correction(said[1], said[2], said[4], said[5], said[3], said[6])
        lines.append((values[0], Line(_placed(made, formula) if formula else made, said[7] or "text")))
    return [line for _, line in sorted(lines, key=lambda item: item[0])]


def _placed(made: Correction, formula: str) -> Correction:
    found = _REFERENCE.search(formula)
    if found is None:
        return replace(made, cell="")
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    return replace(made, sheet=sheet, cell=found[3] + found[4])
