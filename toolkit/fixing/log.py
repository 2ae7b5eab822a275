"""The log sheet 更正记录: what was corrected, with a link that follows inserted rows. It is also what undoing goes by."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from toolkit.fixing.cells import encoded, find_cells, rows_of
from toolkit.fixing.corrections import Correction
from toolkit.marking import xmlscan
from toolkit.marking.cells import Content
from toolkit.marking.findings_sheet import free_sheet_name, lines_in, link_cell, quoted, text_cell
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.sheet import numbered
from toolkit.marking.styles import Styles
from toolkit.marking.workbook import Sheet, add_sheet, define_names, first_cell, sheets_of
from toolkit.messages import text
from toolkit.model import FIX_SHEET, cell_name, split_cell

FIX_TITLE = "台账检查更正记录"
"""What A1 of the log sheet begins with, whatever the language."""

_HEADER_ROW = 3
_COLUMNS = ("number", "sheet", "cell", "field", "old", "new", "reason")
_WIDTHS = (6, 18, 10, 18, 30, 30, 44)
_LAST, _KIND = "G", "H"
_GRID = "FFD0D5DD"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_REFERENCE = re.compile(r"ROW\((?:'((?:[^']|'')+)'|([^'!()]+))!\$?([A-Z]{1,3})\$?(\d+)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """A correction that was made. ``kind`` is the content before it: text, ``number …`` or ``boolean …``.

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
        return Content("text", self.correction.old) if self.correction.old else Content("blank")


def kind_of_content(content: Content) -> str:
    """Return what a line remembers of a cell's content beside its text."""
    if content.kind == "number":
        return f"number {content.value!r}"
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
    name = free_sheet_name(sheets, FIX_SHEET)
    part = package.free_name(posixpath.join(package.folder, "worksheets/sheetTaizhangLog{}.xml"))
    package.add(part, XML_HEAD + _Writer(styles, lines, language).write(package.main_ns).encode())
    package.declare(part, _SHEET_TYPE)
    add_sheet(package, name, package.relate(package.workbook.name, "worksheet", part))
    area = f"{quoted(name)}!$A${_HEADER_ROW}:${_LAST}${_HEADER_ROW + len(lines)}"
    titles = f"{quoted(name)}!${_HEADER_ROW}:${_HEADER_ROW}"
    define_names(package, [("_xlnm._FilterDatabase", area, len(sheets)), ("_xlnm.Print_Titles", titles, len(sheets))])


class _Writer:
    """Writes the sheet's XML."""

    def __init__(self, styles: Styles, lines: list[Line], language: str) -> None:
        self._lines, self._language = lines, language
        self._title = styles.cell(size=16, bold=True, ink="FF1D3B5C", wrap=False)
        self._hint = styles.cell(size=9.5, ink="FF667085", wrap=False)
        self._head = styles.cell(bold=True, ink="FFFFFFFF", fill="FF2F5D8A", line=_GRID, align="center")
        self._text = styles.cell(line=_GRID, quoted=True)
        self._old = styles.cell(line=_GRID, ink="FF667085", quoted=True)
        self._middle = styles.cell(line=_GRID, align="center")
        self._link = styles.cell(line=_GRID, align="center", ink="FF1F5FBF", underline=True)

    def _say(self, name: str, **values: object) -> str:
        return text(f"fix.{name}", self._language, **values)

    def write(self, namespace: str) -> str:
        last = _HEADER_ROW + len(self._lines)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
        )
        widths += '<col min="8" max="8" width="9" hidden="1" customWidth="1"/>'
        head = [
            text_cell(cell_name(_HEADER_ROW, at), self._say(f"column.{name}"), self._head)
            for at, name in enumerate(_COLUMNS, 1)
        ]
        rows = [
            _row(1, [text_cell("A1", FIX_TITLE + self._say("sheet.title"), self._title)], 30),
            _row(2, [text_cell("A2", self._say("sheet.hint", count=len(self._lines)), self._hint)], 18),
            _row(_HEADER_ROW, head, 24),
            *(self._line(number, line) for number, line in enumerate(self._lines, 1)),
        ]
        footer = xmlscan.escape(self._say("sheet.footer"))
        return (
            f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FF2F5D8A"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{_KIND}{last}"/><sheetViews><sheetView showGridLines="0" workbookViewId="0">'
            f'<pane ySplit="{_HEADER_ROW}" topLeftCell="A{_HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{_HEADER_ROW + 1}" sqref="A{_HEADER_ROW + 1}"/>'
            f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="16.5"/><cols>{widths}</cols>'
            f"<sheetData>{''.join(rows)}</sheetData>"
            f'<autoFilter ref="A{_HEADER_ROW}:{_LAST}{last}"/><printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
            f"<headerFooter><oddFooter>{footer}</oddFooter></headerFooter></worksheet>"
        )

    def _line(self, number: int, line: Line) -> str:
        row, made = _HEADER_ROW + number, line.correction
        link = (
            link_cell(f"C{row}", made.sheet, split_cell(made.cell), self._link)
            if made.cell
            else text_cell(f"C{row}", "", self._middle)
        )
        cells = [
            f'<c r="A{row}" s="{self._middle}"><v>{number}</v></c>',
            text_cell(f"B{row}", made.sheet, self._text),
            link,
            text_cell(f"D{row}", made.field, self._text),
            _exact(f"E{row}", made.old, self._old),
            _exact(f"F{row}", made.new, self._text),
            text_cell(f"G{row}", made.reason, self._text),
            text_cell(f"{_KIND}{row}", line.kind, self._hint),
        ]
        values = (made.sheet, made.field, made.old, made.new, made.reason)
        widths = (_WIDTHS[1], *_WIDTHS[3:])
        tall = max(lines_in(value, width) for value, width in zip(values, widths, strict=True))
        return _row(row, cells, 6 + 16 * min(tall, 12))


def _row(number: int, cells: list[str], height: float) -> str:
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'


def _exact(cell: str, value: str, style: int) -> str:
    """Return a text cell that gives back every character, control characters too."""
    return f'<c r="{cell}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{encoded(value)}</t></is></c>'


def read_log(package: Package, sheet: Sheet) -> list[Line]:
    """Return the lines of a log sheet in the order they were made, with the places where the cells are now."""
    part = package.whole(sheet.part)
    numbers = [number for number, _ in numbered(rows_of(part)) if number > _HEADER_ROW]
    cells = find_cells(package, part, [(row, column) for row in numbers for column in range(1, 9)])
    lines: list[tuple[float, Line]] = []
    for row in numbers:
        values = [
            "" if (found := cells.get((row, column))) is None else found.cell.content.value for column in range(1, 9)
        ]
        if not isinstance(values[0], float):
            continue
        said = ["" if value is None else str(value) for value in values]
        made = Correction(said[1], said[2], said[4], said[5], said[3], said[6])
        link = cells.get((row, 3))
        if link is not None and link.formula:
            formula = xmlscan.first_child(part.masked, link.element, b"f")
            assert formula is not None
            made = _placed(made, xmlscan.inner_text(part.base, formula.inner, formula.close))
        lines.append((values[0], Line(made, said[7] or "text")))
    return [line for _, line in sorted(lines, key=lambda item: item[0])]


def _placed(made: Correction, formula: str) -> Correction:
    found = _REFERENCE.search(formula)
    if found is None:
        return replace(made, cell="")
    sheet = found[1].replace("''", "'") if found[1] else found[2]
    return replace(made, sheet=sheet, cell=found[3] + found[4])
