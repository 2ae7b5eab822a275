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
from toolkit.marking.labels import COPY_NAME, FINDINGS_TITLE, CopyOf, copy_name
from toolkit.marking.listing import (
    LONGEST,
    Item,
    Listing,
    Row,
    free_sheet_name,
    lines_in,
    link,
    reference,
    render,
    string,
)
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.seal import FORMULA, seal
from toolkit.marking.styles import LOOKS, CellLook, Styles
from toolkit.marking.workbook import Sheet, add_sheet, define_names
from toolkit.messages import text
from toolkit.model import FINDINGS_SHEET, cell_name, column_letters

_HEADER_ROW = 5
FIRST_ROW = _HEADER_ROW + 1
"""The row of the first finding."""

TEXT_COLUMNS = (6, 7)
"""The numbers of the columns that hold messages and suggestions."""

SEAL_COLUMN = 10
"""The number of the hidden column that holds the seals of the rows."""

_COLUMNS = ("number", "sheet", "cell", "severity", "code", "message", "suggestion", "content", "status")
_WIDTHS = (6, 16, 10, 9, 8, 46, 36, 24, 16, 10)
_SEALED = column_letters(SEAL_COLUMN)
_LAST_SHOWN = column_letters(len(_COLUMNS))
_STATUS = "I"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TAB = "FFC05A00"
_GRID = "FFD0D5DD"

_TITLE = CellLook(size=16, bold=True, ink="FF1D3B5C", wrap=False)
_COUNT = CellLook(size=13, bold=True, ink="FFB42318", wrap=False)
_HINT = CellLook(size=9.5, ink="FF667085", wrap=False)
_ADVICE = CellLook(size=9.5, ink="FF667085")
_HEAD = CellLook(bold=True, ink="FFFFFFFF", fill="FF2F5D8A", line=_GRID, align="center")
_TEXT = CellLook(line=_GRID, quoted=True)
_MIDDLE = CellLook(line=_GRID, align="center")
_LINK = CellLook(line=_GRID, align="center", ink="FF1F5FBF", underline=True)
_HELD = CellLook(line=_GRID, ink="FF475467")
_KINDS = {
    kind: CellLook(
        bold=look.bold, italic=look.italic, ink=look.ink if look.bold else "FF262626", fill=look.fill,
        pattern=look.pattern, pattern_ink=look.ink if look.pattern else "", line=look.ink, edge=look.line, align="center",
    )
    for kind, look in LOOKS.items()
}  # fmt: skip
"""What a kind looks like here: exactly what its cells look like in the tables."""

_NAME = "_taizhang_{}"
_MOST_NAMES = 4_000
_TALLEST = 24


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
    """What the head of the sheet has to admit, and whose copy this workbook is.

    ``hidden``: the sheets that nobody can be led to. ``kept``: earlier findings sheets that somebody has typed into.
    """

    fixed_colours: int = 0
    without_note: int = 0
    copy_of: CopyOf | None = None
    hidden: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()


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
    name = free_sheet_name(set(sheets), FINDINGS_SHEET)
    listing = findings_listing(name, lines, remarks, language, days, named=True)
    part = package.free_name(posixpath.join(package.folder, "worksheets/sheetTaizhang{}.xml"))
    package.add(part, XML_HEAD + render(listing, styles, package.main_ns).encode())
    package.declare(part, _SHEET_TYPE)
    add_sheet(package, listing.name, package.relate(package.workbook.name, "worksheet", part))
    names: list[tuple[str, str, int | None]] = [
        ("_xlnm._FilterDatabase", listing.filter_area, len(sheets)),
        ("_xlnm.Print_Titles", listing.title_rows, len(sheets)),
        *((each, formula, len(sheets)) for each, formula in listing.names),
    ]
    if remarks.copy_of is not None:
        names.append((COPY_NAME, copy_name(remarks.copy_of), None))
    define_names(package, names)


def findings_listing(
    name: str, lines: list[Line], remarks: Remarks, language: str, days: Days, *, named: bool = False
) -> Listing:
    """Return the findings sheet as a value. Formulas carry their values, for viewers that do not compute.

    ``named``: its links go by names of the places, which the listing then brings along.
    """
    writer = _Writer(lines, remarks, language, days, named=named)
    looks = (_TITLE, _COUNT, _HINT, _ADVICE, _HEAD, _TEXT, _MIDDLE, _LINK, _HELD, *_KINDS.values())
    footer = text("marks.sheet.footer", language)
    return Listing(
        name, writer.rows(), _WIDTHS, _SEALED, _HEADER_ROW, _TAB, footer, looks,
        hidden=1, merges=(f"A4:{_LAST_SHOWN}4",), names=writer.names,
    )  # fmt: skip


class _Writer:
    """Makes the rows."""

    def __init__(self, lines: list[Line], remarks: Remarks, language: str, days: Days, *, named: bool) -> None:
        self._lines, self._remarks, self._language, self._days = lines, remarks, language, days
        places = (reference(line.sheet, line.place) for line in lines if self._leads(line) and line.place)
        numbered = enumerate(dict.fromkeys(places), 1)
        self._named = {place: _NAME.format(at) for at, place in numbered if at <= _MOST_NAMES} if named else {}

    def _leads(self, line: Line) -> bool:
        """Say whether somebody can be led to the place of a line."""
        return line.held is not None and line.place is not None and line.sheet not in self._remarks.hidden

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Names for the places that links lead to: they follow when rows are inserted and sheets are renamed."""
        return tuple((name, place) for place, name in self._named.items())

    def _say(self, name: str, **values: object) -> str:
        return text(f"marks.{name}", self._language, **values)

    def rows(self) -> tuple[Row, ...]:
        head = self._top()
        sealed = seal(value for row in head for value in _sealed(row))
        head[0] = head[0]._replace(items=(*head[0].items, (_SEALED, Item(sealed, _HINT))))
        return (*head, *(self._finding(_HEADER_ROW + at, at, line) for at, line in enumerate(self._lines, 1)))

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
        advice = " ".join(self._admitted())
        return [
            Row(1, 30, (("A", Item(FINDINGS_TITLE + self._say("sheet.title"), _TITLE)),)),
            Row(2, 24, (("A", Item(f"{before}{open_now}{after}", _COUNT, left)),)),
            Row(3, 20, tuple(legend)),
            Row(4, 5 + 14 * lines_in(advice, sum(_WIDTHS[: len(_COLUMNS)])), (("A", Item(advice, _ADVICE)),)),
            Row(_HEADER_ROW, 24, tuple(head)),
        ]

    def _admitted(self) -> list[str]:
        said = [self._say("sheet.hint")]
        if self._remarks.copy_of is not None:
            name = "sheet.values-copy" if self._remarks.copy_of.values_only else "sheet.copy"
            said.insert(0, self._say(name, path=self._remarks.copy_of.path))
        if self._remarks.fixed_colours:
            said.append(self._say("sheet.fixed", count=self._remarks.fixed_colours))
        if self._remarks.without_note:
            said.append(self._say("sheet.without-note", count=self._remarks.without_note))
        if self._remarks.kept:
            said.append(self._say("sheet.kept", names="、".join(self._remarks.kept)))
        return said

    def _finding(self, row: int, number: int, line: Line) -> Row:
        holds, state = self._holds(line), self._state(line)
        hidden = line.sheet in self._remarks.hidden
        named = self._say("content.hidden-sheet", sheet=line.sheet) if hidden else line.sheet
        items = [
            Item(number, _MIDDLE),
            Item(named, _TEXT),
            self._pointer(line),
            Item(self._say(f"kind.{line.kind}"), _KINDS[line.kind]),
            Item(line.code, _MIDDLE),
            Item(line.message, _TEXT),
            Item(line.suggestion, _TEXT),
            holds,
            state,
        ]
        wrapped = ((named, 1), (line.message, 5), (line.suggestion, 6), (str(holds.value), 7), (str(state.value), 8))
        lines = max(lines_in(value, _WIDTHS[at]) for value, at in wrapped)
        made = Row(row, 6 + 16 * min(lines, _TALLEST), tuple(zip("ABCDEFGHI", items, strict=True)))
        return made._replace(items=(*made.items, (_SEALED, Item(seal(_sealed(made)), _HINT))))

    def _pointer(self, line: Line) -> Item:
        if line.held is None or line.place is None:
            return Item(cell_name(*line.place) if line.place else "", _MIDDLE)
        ref = _absolute(line)
        if not self._leads(line):
            return Item(cell_name(*line.place), _MIDDLE, f'IFERROR(ADDRESS(ROW({ref}),COLUMN({ref}),4),"")')
        return link(line.sheet, line.place, _LINK, self._named.get(ref, ""))

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
        condition = conditions.expression(line.held.content, ref, conditions.MAX_CELL_FORMULA)
        formula = (
            f"IF(ISERROR(ROW({ref})),{string(deleted)},"
            f"IF(IFERROR(AND({condition}),FALSE),{string(unchanged)},{string(changed)}))"
        )
        return Item(unchanged, _MIDDLE, formula)


def _sealed(row: Row) -> list[str]:
    """Return what a row holds, column by column, as its seal counts it."""
    held = dict(row.items)
    items = (held.get(column_letters(at)) for at in range(1, len(_COLUMNS) + 1))
    return ["" if item is None else FORMULA if item.formula else str(item.value)[:LONGEST] for item in items]


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
