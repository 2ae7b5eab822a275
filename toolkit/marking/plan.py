"""What marks come to in a workbook, as values: rules, notes and lines of the findings sheet.

Computed once from what the sheets hold; written into a package by the patcher, or into an open workbook by a button.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from toolkit.marking.cells import NOTHING, Cell
from toolkit.marking.findings_sheet import Line
from toolkit.marking.highlights import Rule, Spot, rules
from toolkit.marking.notes import Notes, note_text
from toolkit.marking.sheet import Area
from toolkit.marking.styles import LOOKS, kind_of
from toolkit.messages import text
from toolkit.model import Mark, split_cell

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_URGENCY = {kind: rank for rank, kind in enumerate(LOOKS)}


class SheetView(Protocol):
    """A worksheet as far as marks need to know it."""

    @property
    def name(self) -> str:
        """Its name in the workbook."""
        ...

    @property
    def index(self) -> int:
        """Where it stands among the sheets, from 0."""
        ...

    @property
    def merged(self) -> Sequence[Area]:
        """Its merged areas."""
        ...

    def cells(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Cell]:
        """Return the wanted cells by (row, column); those that do not exist may be left out."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark and where it goes; ``sheet`` is None where the workbook has no such place."""

    mark: Mark
    sheet: SheetView | None
    place: tuple[int, int] | None

    @property
    def kind(self) -> str:
        """A key of ``LOOKS``."""
        return kind_of(str(self.mark.severity), self.mark.code)

    @property
    def order(self) -> tuple[object, ...]:
        """What marks are sorted by: sheet, place, urgency, then everything else."""
        mark = self.mark
        where = (self.sheet.index if self.sheet else 1 << 20, *(self.place or (0, 0)))
        return (*where, _URGENCY[self.kind], mark.code, mark.message, mark.suggestion or "", mark.sheet, mark.cell)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What goes into one sheet. ``shown``: how many cells are marked; ``fixed``: how many keep their colour."""

    sheet: SheetView
    rules: list[Rule]
    notes: Notes
    lines: list[Line]
    shown: int
    fixed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What marks come to. ``loose``: lines of findings that have no cell here; ``skipped``: (sheet, cell, reason code)."""

    sheets: list[SheetPlan]
    loose: list[Line]
    skipped: list[tuple[str, str, str]]

    @property
    def lines(self) -> list[Line]:
        """Every line of the findings sheet."""
        return [line for sheet in self.sheets for line in sheet.lines] + self.loose


def plan_marks(marks: Iterable[Mark], find: Callable[[str], SheetView | None], language: str) -> Plan:
    """Return what marks come to; ``find`` knows the worksheets of the workbook by name."""
    skipped: list[tuple[str, str, str]] = []
    placed = sorted((_place(mark, find, skipped) for mark in dict.fromkeys(marks)), key=lambda item: item.order)
    by_sheet: dict[int, list[Placed]] = {}
    for item in placed:
        if item.sheet is not None and item.place is not None:
            by_sheet.setdefault(item.sheet.index, []).append(item)
    sheets = [_plan_sheet(items, language) for items in by_sheet.values()]
    return Plan(sheets, [_line(item, item.place, None) for item in placed if item.sheet is None], skipped)


def _place(mark: Mark, find: Callable[[str], SheetView | None], skipped: list[tuple[str, str, str]]) -> Placed:
    if not mark.cell:
        return Placed(mark, None, None)
    sheet = find(mark.sheet)
    try:
        row, column = split_cell(mark.cell.replace("$", "").upper())
    except ValueError:
        skipped.append((mark.sheet, mark.cell, "not-a-cell"))
        return Placed(mark, None, None)
    if sheet is None:
        skipped.append((mark.sheet, mark.cell, "no-such-sheet"))
        return Placed(mark, None, (row, column))
    if row > _LAST_ROW or column > _LAST_COLUMN:
        skipped.append((mark.sheet, mark.cell, "not-a-cell"))
        return Placed(mark, None, None)
    return Placed(mark, sheet, (row, column))


def _plan_sheet(items: list[Placed], language: str) -> SheetPlan:
    sheet = items[0].sheet
    assert sheet is not None
    corners = _corners(sheet, items)
    cells = sheet.cells(set(corners.values()))
    found, fixed = rules(_spots(items, corners, cells))
    lines = [_line(item, corners[item.place], cells) for item in items if item.place is not None]
    return SheetPlan(sheet, found, _notes(items, corners, language), lines, len(set(corners.values())), fixed)


def _corners(sheet: SheetView, items: list[Placed]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for every marked place the cell that shows it: the first of a merged area."""
    places = {item.place for item in items if item.place is not None}
    corners = {place: place for place in places}
    rows = {row for row, _ in places}
    for area in sheet.merged:
        if rows.isdisjoint(range(area.top, area.bottom + 1)):
            continue
        for row, column in places:
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                corners[row, column] = (area.top, area.left)
    return corners


def _line(item: Placed, place: tuple[int, int] | None, cells: dict[tuple[int, int], Cell] | None) -> Line:
    mark = item.mark
    name = item.sheet.name if item.sheet else mark.sheet
    held = cells.get(place, NOTHING) if cells is not None and place is not None else None
    return Line(name, place, item.kind, mark.code, mark.message, mark.suggestion or "", held)


def _spots(
    items: list[Placed], corners: dict[tuple[int, int], tuple[int, int]], cells: dict[tuple[int, int], Cell]
) -> dict[tuple[int, int], Spot]:
    spots: dict[tuple[int, int], Spot] = {}
    for item in sorted(items, key=lambda each: _URGENCY[each.kind]):
        corner = corners[item.place or (0, 0)]
        spots.setdefault(corner, Spot(item.kind, item.mark.code, cells.get(corner, NOTHING).content))
    return spots


def _notes(items: list[Placed], corners: dict[tuple[int, int], tuple[int, int]], language: str) -> Notes:
    messages: dict[tuple[int, int], list[tuple[str, str | None]]] = {}
    for item in items:
        messages.setdefault(corners[item.place or (0, 0)], []).append((item.mark.message, item.mark.suggestion))
    label = text("marks.note.suggestion", language)
    return {place: note_text(said, label) for place, said in messages.items()}
