"""The findings sheet 问题清单: every finding, linked to its cell by formulas.

They follow inserted rows and survive sorting: no formula refers to another cell of its own row, and nothing
depends on the day.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.marking import conditions
from toolkit.marking.cells import Cell, uses_1904
from toolkit.marking.labels import COPY_NAME, FINDINGS_TITLE
from toolkit.marking.listing import Item, Listing, Row, free_sheet_name, lines_in, link, reference, render, string
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.styles import LOOKS, CellLook, Styles
from toolkit.marking.workbook import Sheet, add_sheet, define_names
from toolkit.messages import text
from toolkit.model import FINDINGS_SHEET, cell_name, column_letters

_HEADER_ROW = 5
_COLUMNS = ("number", "sheet", "cell", "severity", "code", "message", "suggestion", "content", "status")
_WIDTHS = (6, 16, 10, 9, 8, 46, 36, 24, 16)
_LAST = column_letters(len(_COLUMNS))
_STATUS = "I"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TAB = "FFC05A00"
_GRID = "FFD0D5DD"

_TITLE = CellLook(size=16, bold=True, ink="FF1D3B5C", wrap=False)
_COUNT = CellLook(size=13, bold=True, ink="FFB42318", wrap=False)
_HINT = CellLook(size=9.5, ink="FF667085", wrap=False)
_HEAD = CellLook(bold=True, ink="FFFFFFFF", fill="FF2F5D8A", line=_GRID, align="center")
_TEXT = CellLook(line=_GRID, quoted=True)
_MIDDLE = CellLook(line=_GRID, align="center")
_LINK = CellLook(line=_GRID, align="center", ink="FF1F5FBF", underline=True)
_HELD = CellLook(line=_GRID, ink="FF475467")
_KINDS = {
    kind: CellLook(
        bold=look.bold, ink=look.ink if look.bold else "FF262626", fill=look.fill, line=look.ink, align="center"
    )
    for kind, look in LOOKS.items()
}


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


@dataclass(frozen=True, slots=True)
class Days:
    """How a workbook shows its dates: which cell formats do, and from which year it counts."""

    is_date: Callable[[int], bool]
    date1904: bool


def add_findings_sheet(
    package: Package,
    styles: Styles,
    sheets: dict[str, Sheet],
    lines: list[Line],
    remarks: Remarks,
    language: str,
) -> None:
    """Append the findings sheet as the last one."""
    days = Days(styles.date_styles(), uses_1904(package))
    listing = findings_listing(free_sheet_name(set(sheets), FINDINGS_SHEET), lines, remarks, language, days)
    part = package.free_name(posixpath.join(package.folder, "worksheets/sheetTaizhang{}.xml"))
    package.add(part, XML_HEAD + render(listing, styles, package.main_ns).encode())
    package.declare(part, _SHEET_TYPE)
    add_sheet(package, listing.name, package.relate(package.workbook.name, "worksheet", part))
    names: list[tuple[str, str, int | None]] = [
        ("_xlnm._FilterDatabase", listing.filter_area, len(sheets)),
        ("_xlnm.Print_Titles", listing.title_rows, len(sheets)),
    ]
    if remarks.copy_of is not None:
        path, digest = remarks.copy_of
        held = f"{digest} {path}"[:200].replace('"', '""')
        names.append((COPY_NAME, f'"{held}"', None))
    define_names(package, names)


def findings_listing(name: str, lines: list[Line], remarks: Remarks, language: str, days: Days) -> Listing:
    """Return the findings sheet as a value. Formulas carry their values, for viewers that do not compute."""
    writer = _Writer(lines, remarks, language, days)
    looks = (_TITLE, _COUNT, _HINT, _HEAD, _TEXT, _MIDDLE, _LINK, _HELD, *_KINDS.values())
    footer = text("marks.sheet.footer", language)
    return Listing(name, writer.rows(), _WIDTHS, _LAST, _HEADER_ROW, _TAB, footer, looks)


class _Writer:
    """Makes the rows."""

    def __init__(self, lines: list[Line], remarks: Remarks, language: str, days: Days) -> None:
        self._lines, self._remarks, self._language, self._days = lines, remarks, language, days

    def _say(self, name: str, **values: object) -> str:
        return text(f"marks.{name}", self._language, **values)

    def rows(self) -> tuple[Row, ...]:
        return (*self._top(), *(self._finding(_HEADER_ROW + at, at, line) for at, line in enumerate(self._lines, 1)))

    def _top(self) -> list[Row]:
        last = _HEADER_ROW + len(self._lines)
        open_now = sum(line.held is not None for line in self._lines)
        before, _, after = self._say("sheet.left", count="\0").partition("\0")
        area = f"${_STATUS}${_HEADER_ROW + 1}:${_STATUS}${last}"
        unchanged = string(self._say("status.unchanged"))
        left = f"{string(before)}&COUNTIF({area},{unchanged})&{string(after)}"
        legend = [("A", Item(self._say("sheet.legend"), _HINT))]
        legend += [
            (column, Item(self._say(f"kind.{kind}"), _KINDS[kind])) for column, kind in zip("BCDE", LOOKS, strict=True)
        ]
        legend.append(("F", Item(self._say("sheet.legend-hint"), _HINT)))
        head = [(column_letters(at), Item(self._say(f"column.{name}"), _HEAD)) for at, name in enumerate(_COLUMNS, 1)]
        return [
            Row(1, 30, (("A", Item(FINDINGS_TITLE + self._say("sheet.title"), _TITLE)),)),
            Row(2, 24, (("A", Item(f"{before}{open_now}{after}", _COUNT, left)),)),
            Row(3, 20, tuple(legend)),
            Row(4, 18, (("A", Item(" ".join(self._admitted()), _HINT)),)),
            Row(_HEADER_ROW, 24, tuple(head)),
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

    def _finding(self, row: int, number: int, line: Line) -> Row:
        items = [
            Item(number, _MIDDLE),
            Item(line.sheet, _TEXT),
            self._pointer(line),
            Item(self._say(f"kind.{line.kind}"), _KINDS[line.kind]),
            Item(line.code, _MIDDLE),
            Item(line.message, _TEXT),
            Item(line.suggestion, _TEXT),
            self._holds(line),
            self._state(line),
        ]
        lines = max(
            lines_in(line.message, _WIDTHS[5]),
            lines_in(line.suggestion, _WIDTHS[6]),
            lines_in(line.sheet, _WIDTHS[1]),
        )
        return Row(row, 6 + 16 * min(lines, 12), tuple(zip("ABCDEFGHI", items, strict=True)))

    @staticmethod
    def _pointer(line: Line) -> Item:
        if line.held is None or line.place is None:
            return Item(cell_name(*line.place) if line.place else "", _MIDDLE)
        return link(line.sheet, line.place, _LINK)

    def _holds(self, line: Line) -> Item:
        if line.held is None:
            return Item("", _HELD)
        ref, content = _absolute(line), line.held.content
        dated = content.kind == "number" and self._days.is_date(line.held.style)
        number = f'TEXT({ref},"yyyy-mm-dd")' if dated else f'{ref}&""'
        empty, broken = self._say("content.empty"), self._say("content.error")
        formula = (
            f"IFERROR(IF(LEN(TRIM({ref}))=0,{string(empty)},IF(ISNUMBER({ref}),{number},LEFT({ref},200))),"
            f'IF(ISERROR(ROW({ref})),"",{string(broken)}))'
        )
        return Item(_shown(line.held, empty, broken, dated=dated, date1904=self._days.date1904), _HELD, formula)

    def _state(self, line: Line) -> Item:
        if line.held is None:
            return Item("—", _MIDDLE)
        ref = _absolute(line)
        unchanged, changed, deleted = (self._say(f"status.{name}") for name in ("unchanged", "changed", "deleted"))
        condition = conditions.expression(line.held.content, ref) or "TRUE"
        formula = (
            f"IF(ISERROR(ROW({ref})),{string(deleted)},"
            f"IF(IFERROR(AND({condition}),FALSE),{string(unchanged)},{string(changed)}))"
        )
        return Item(unchanged, _MIDDLE, formula)


def _absolute(line: Line) -> str:
    assert line.place is not None
    return reference(line.sheet, line.place)


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
