"""The findings sheet 问题清单: every finding, linked to its cell by formulas.

They follow inserted rows and survive sorting: no formula refers to another cell of its own row, and nothing
depends on the day.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.marking import conditions, xmlscan
from toolkit.marking.cells import Cell, uses_1904
from toolkit.marking.labels import COPY_NAME, FINDINGS_TITLE
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.styles import LOOKS, Styles
from toolkit.marking.workbook import Sheet, add_sheet, define_names
from toolkit.messages import text
from toolkit.model import FINDINGS_SHEET, cell_name, column_letters

_HEADER_ROW = 5
_COLUMNS = ("number", "sheet", "cell", "severity", "code", "message", "suggestion", "content", "status")
_WIDTHS = (6, 16, 10, 9, 8, 46, 36, 24, 16)
_LAST = column_letters(len(_COLUMNS))
_STATUS = "I"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LONGEST = 32_000
_GRID = "FFD0D5DD"


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as the sheet shows it; ``held`` is None where there is no cell to point at."""

    sheet: str
    place: tuple[int, int] | None
    kind: str
    code: str
    message: str
    suggestion: str
    held: Cell | None


@dataclass(frozen=True, slots=True)
class Remarks:
    """What the head of the sheet has to admit, and whose copy this workbook is."""

    fixed_colours: int = 0
    without_note: int = 0
    copy_of: tuple[str, str] | None = None


def add_findings_sheet(
    package: Package,
    styles: Styles,
    sheets: dict[str, Sheet],
    lines: list[Line],
    remarks: Remarks,
    language: str,
) -> None:
    """Append the findings sheet as the last one."""
    name = free_sheet_name(sheets, FINDINGS_SHEET)
    content = _Writer(styles, lines, remarks, language, date1904=uses_1904(package)).write(package.main_ns)
    part = package.free_name(posixpath.join(package.folder, "worksheets/sheetTaizhang{}.xml"))
    package.add(part, XML_HEAD + content.encode())
    package.declare(part, _SHEET_TYPE)
    add_sheet(package, name, package.relate(package.workbook.name, "worksheet", part))
    last = _HEADER_ROW + len(lines)
    names: list[tuple[str, str, int | None]] = [
        ("_xlnm._FilterDatabase", f"{quoted(name)}!$A${_HEADER_ROW}:${_LAST}${last}", len(sheets)),
        ("_xlnm.Print_Titles", f"{quoted(name)}!${_HEADER_ROW}:${_HEADER_ROW}", len(sheets)),
    ]
    if remarks.copy_of is not None:
        path, digest = remarks.copy_of
        held = f"{digest} {path}"[:200].replace('"', '""')
        names.append((COPY_NAME, f'"{held}"', None))
    define_names(package, names)


def free_sheet_name(sheets: dict[str, Sheet], wanted: str) -> str:
    """Return the name for a sheet of ours, with a number where it is taken."""
    taken = {name.casefold() for name in sheets}
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted}{number}", number + 1
    return name


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def _string(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


class _Writer:
    """Writes the sheet's XML. Formulas carry their values, for viewers that do not compute."""

    def __init__(self, styles: Styles, lines: list[Line], remarks: Remarks, language: str, *, date1904: bool) -> None:
        self._lines, self._remarks, self._language = lines, remarks, language
        self._date1904 = date1904
        self._is_date = styles.date_styles()
        self._title = styles.cell(size=16, bold=True, ink="FF1D3B5C", wrap=False)
        self._count = styles.cell(size=13, bold=True, ink="FFB42318", wrap=False)
        self._hint = styles.cell(size=9.5, ink="FF667085", wrap=False)
        self._head = styles.cell(bold=True, ink="FFFFFFFF", fill="FF2F5D8A", line=_GRID, align="center")
        self._text = styles.cell(line=_GRID, quoted=True)
        self._middle = styles.cell(line=_GRID, align="center")
        self._link = styles.cell(line=_GRID, align="center", ink="FF1F5FBF", underline=True)
        self._held = styles.cell(line=_GRID, ink="FF475467")
        self._kinds = {
            kind: styles.cell(
                bold=look.bold,
                ink=look.ink if look.bold else "FF262626",
                fill=look.fill,
                line=look.ink,
                align="center",
            )
            for kind, look in LOOKS.items()
        }

    def _say(self, name: str, **values: object) -> str:
        return text(f"marks.{name}", self._language, **values)

    def write(self, namespace: str) -> str:
        last = _HEADER_ROW + len(self._lines)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
        )
        rows = [self._row(number, cells, height) for number, cells, height in self._top()]
        rows += [self._finding(_HEADER_ROW + at, at, line) for at, line in enumerate(self._lines, 1)]
        footer = xmlscan.escape(self._say("sheet.footer"))
        return (
            f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FFC05A00"/><pageSetUpPr'
            ' fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:{_LAST}{last}"/><sheetViews><sheetView showGridLines="0" workbookViewId="0">'
            f'<pane ySplit="{_HEADER_ROW}" topLeftCell="A{_HEADER_ROW + 1}" activePane="bottomLeft"'
            ' state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{_HEADER_ROW + 1}" sqref="A{_HEADER_ROW + 1}"/>'
            "</sheetView></sheetViews>"
            f'<sheetFormatPr defaultRowHeight="16.5"/><cols>{widths}</cols>'
            f"<sheetData>{''.join(rows)}</sheetData>"
            f'<autoFilter ref="A{_HEADER_ROW}:{_LAST}{last}"/><printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
            f"<headerFooter><oddFooter>{footer}</oddFooter></headerFooter></worksheet>"
        )

    def _top(self) -> list[tuple[int, list[str], float]]:
        last = _HEADER_ROW + len(self._lines)
        open_now = sum(line.held is not None for line in self._lines)
        before, _, after = self._say("sheet.left", count="\0").partition("\0")
        area = f"${_STATUS}${_HEADER_ROW + 1}:${_STATUS}${last}"
        unchanged = _string(self._say("status.unchanged"))
        left = f"{_string(before)}&COUNTIF({area},{unchanged})&{_string(after)}"
        legend = [text_cell("A3", self._say("sheet.legend"), self._hint)]
        legend += [
            text_cell(f"{column}3", self._say(f"kind.{kind}"), self._kinds[kind])
            for column, kind in zip("BCDE", LOOKS, strict=True)
        ]
        legend.append(text_cell("F3", self._say("sheet.legend-hint"), self._hint))
        head = [
            text_cell(f"{column_letters(at)}{_HEADER_ROW}", self._say(f"column.{name}"), self._head)
            for at, name in enumerate(_COLUMNS, 1)
        ]
        return [
            (1, [text_cell("A1", FINDINGS_TITLE + self._say("sheet.title"), self._title)], 30),
            (2, [formula_cell("A2", left, f"{before}{open_now}{after}", self._count)], 24),
            (3, legend, 20),
            (4, [text_cell("A4", " ".join(self._admitted()), self._hint)], 18),
            (_HEADER_ROW, head, 24),
        ]

    def _admitted(self) -> list[str]:
        said = [self._say("sheet.hint")]
        if self._remarks.copy_of is not None:
            said.insert(0, self._say("sheet.copy", path=self._remarks.copy_of[0]))
        if self._remarks.fixed_colours:
            said.append(self._say("sheet.fixed", count=self._remarks.fixed_colours))
        if self._remarks.without_note:
            said.append(self._say("sheet.without-note", count=self._remarks.without_note))
        return said

    @staticmethod
    def _row(number: int, cells: list[str], height: float) -> str:
        return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(cells)}</row>'

    def _finding(self, row: int, number: int, line: Line) -> str:
        cells = [
            f'<c r="A{row}" s="{self._middle}"><v>{number}</v></c>',
            text_cell(f"B{row}", line.sheet, self._text),
            self._pointer(row, line),
            text_cell(f"D{row}", self._say(f"kind.{line.kind}"), self._kinds[line.kind]),
            text_cell(f"E{row}", line.code, self._middle),
            text_cell(f"F{row}", line.message, self._text),
            text_cell(f"G{row}", line.suggestion, self._text),
            self._holds(row, line),
            self._state(row, line),
        ]
        lines = max(
            lines_in(line.message, _WIDTHS[5]),
            lines_in(line.suggestion, _WIDTHS[6]),
            lines_in(line.sheet, _WIDTHS[1]),
        )
        return self._row(row, cells, 6 + 16 * min(lines, 12))

    def _pointer(self, row: int, line: Line) -> str:
        if line.held is None or line.place is None:
            return text_cell(f"C{row}", cell_name(*line.place) if line.place else "", self._middle)
        return link_cell(f"C{row}", line.sheet, line.place, self._link)

    def _holds(self, row: int, line: Line) -> str:
        if line.held is None:
            return text_cell(f"H{row}", "", self._held)
        ref, content = _absolute(line), line.held.content
        dated = content.kind == "number" and self._is_date(line.held.style)
        number = f'TEXT({ref},"yyyy-mm-dd")' if dated else f'{ref}&""'
        empty, broken = self._say("content.empty"), self._say("content.error")
        formula = (
            f"IFERROR(IF(LEN(TRIM({ref}))=0,{_string(empty)},IF(ISNUMBER({ref}),{number},LEFT({ref},200))),"
            f'IF(ISERROR(ROW({ref})),"",{_string(broken)}))'
        )
        return formula_cell(
            f"H{row}",
            formula,
            _shown(line.held, empty, broken, dated=dated, date1904=self._date1904),
            self._held,
        )

    def _state(self, row: int, line: Line) -> str:
        if line.held is None:
            return text_cell(f"{_STATUS}{row}", "—", self._middle)
        ref = _absolute(line)
        unchanged, changed, deleted = (self._say(f"status.{name}") for name in ("unchanged", "changed", "deleted"))
        condition = conditions.expression(line.held.content, ref) or "TRUE"
        formula = (
            f"IF(ISERROR(ROW({ref})),{_string(deleted)},"
            f"IF(IFERROR(AND({condition}),FALSE),{_string(unchanged)},{_string(changed)}))"
        )
        return formula_cell(f"{_STATUS}{row}", formula, unchanged, self._middle)


def _absolute(line: Line) -> str:
    assert line.place is not None
    return _reference(line.sheet, line.place)


def _reference(sheet: str, place: tuple[int, int]) -> str:
    return f"{quoted(sheet)}!${column_letters(place[1])}${place[0]}"


def link_cell(cell: str, sheet: str, place: tuple[int, int], style: int) -> str:
    """Return a cell that leads to a place in another sheet and follows it when rows are inserted."""
    ref = _reference(sheet, place)
    target = f'"#{quoted(sheet).replace(chr(34), chr(34) * 2)}!"&ADDRESS(ROW({ref}),COLUMN({ref}))'
    shown = f"ADDRESS(ROW({ref}),COLUMN({ref}),4)"
    return formula_cell(cell, f'IFERROR(HYPERLINK({target},{shown}),"")', cell_name(*place), style)


def _as_date(number: float, *, date1904: bool) -> str:
    try:
        days = int(number) + (1462 if date1904 else 0)
        return (date(1899, 12, 30) + timedelta(days if days >= 61 else days + 1)).isoformat()
    except OverflowError:
        return ""


def _shown(held: Cell, empty: str, broken: str, *, dated: bool, date1904: bool) -> str:
    content = held.content
    if content.kind == "text":
        value = str(content.value)
        return value[:200] if value.strip(" ") else empty
    if content.kind == "number" and isinstance(content.value, float):
        if dated:
            return _as_date(content.value, date1904=date1904)
        return conditions.number_text(content.value)
    if content.kind == "boolean":
        return "TRUE" if content.value else "FALSE"
    return broken if content.kind == "error" else empty if content.kind == "blank" else ""


def lines_in(value: str, width: int) -> int:
    """Return how many lines a text takes in a column: a Chinese character is as wide as two others."""
    return sum(
        1 + sum(2 if character > "\u2e80" else 1 for character in line) // max(width - 2, 1)
        for line in value.split("\n")
    )


def text_cell(cell: str, value: str, style: int) -> str:
    """Return a cell that holds a text, which never acts as a formula."""
    if not value:
        return f'<c r="{cell}" s="{style}"/>'
    shown = xmlscan.cell_text(value[:_LONGEST])
    return f'<c r="{cell}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def formula_cell(cell: str, formula: str, value: str, style: int) -> str:
    """Return a cell that holds a formula and its value."""
    shown = xmlscan.cell_text(value[:_LONGEST])
    return f'<c r="{cell}" s="{style}" t="str"><f>{xmlscan.escape(formula)}</f><v>{shown}</v></c>'
