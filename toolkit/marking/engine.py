"""Put marks on an opened package: highlights, notes, the findings sheet and the record that undoes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.marking.cells import NOTHING, Cell, read_cells
from toolkit.marking.findings_sheet import Line, Remarks, add_findings_sheet
from toolkit.marking.highlights import Spot, add_rules, rules
from toolkit.marking.notes import add_notes, note_text
from toolkit.marking.sheet import Worksheet
from toolkit.marking.styles import LOOKS, Styles, kind_of
from toolkit.marking.undo import write_record
from toolkit.marking.workbook import Sheet, find_sheet, sheets_of
from toolkit.messages import text
from toolkit.model import Mark, split_cell

if TYPE_CHECKING:
    from toolkit.marking.package import Package

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_URGENCY = {kind: rank for rank, kind in enumerate(LOOKS)}


@dataclass(slots=True)
class Outcome:
    """What marking a package did."""

    marked: int = 0
    notes: int = 0
    skipped: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark and where it goes; ``sheet`` is None where the workbook has no such place."""

    mark: Mark
    sheet: Sheet | None
    place: tuple[int, int] | None

    @property
    def kind(self) -> str:
        return kind_of(str(self.mark.severity), self.mark.code)

    @property
    def order(self) -> tuple[object, ...]:
        mark = self.mark
        where = (self.sheet.index if self.sheet else 1 << 20, *(self.place or (0, 0)))
        return (
            *where,
            _URGENCY[self.kind],
            mark.code,
            mark.message,
            mark.suggestion or "",
            mark.sheet,
            mark.cell,
        )


def apply(package: Package, marks: Iterable[Mark], language: str, copy_of: tuple[str, str] | None) -> Outcome:
    """Put the marks on a package that carries none of ours."""
    outcome = Outcome()
    sheets = sheets_of(package)
    styles = Styles(package)
    placed = sorted((_place(mark, sheets, outcome) for mark in dict.fromkeys(marks)), key=lambda item: item.order)
    lines: list[Line] = []
    fixed = without_note = 0
    by_part: dict[str, list[_Placed]] = {}
    for item in placed:
        if item.sheet is not None and item.place is not None:
            by_part.setdefault(item.sheet.part, []).append(item)
    for part, items in by_part.items():
        sheet = Worksheet(package, part)
        corners, cells = _read(sheet, items)
        found, left_over = rules(_spots(items, corners, cells))
        add_rules(sheet, found, styles)
        notes = add_notes(sheet, _notes(items, corners, language))
        shown = len(set(corners.values()))
        outcome.notes += notes
        outcome.marked += shown
        without_note += shown - notes
        fixed += left_over
        lines += [_line(item, corners[item.place], cells) for item in items if item.place is not None]
    lines += [_line(item, item.place, None) for item in placed if item.sheet is None]
    add_findings_sheet(package, styles, sheets, lines, Remarks(fixed, without_note, copy_of), language)
    styles.flush()
    label = {"mode": "in-place"} if copy_of is None else {"mode": "copy", "source": copy_of[0], "hash": copy_of[1]}
    write_record(package, {"label": label})
    return outcome


def _line(item: _Placed, place: tuple[int, int] | None, cells: dict[tuple[int, int], Cell] | None) -> Line:
    mark = item.mark
    name = item.sheet.name if item.sheet else mark.sheet
    held = cells.get(place, NOTHING) if cells is not None and place is not None else None
    return Line(name, place, item.kind, mark.code, mark.message, mark.suggestion or "", held)


def _place(mark: Mark, sheets: dict[str, Sheet], outcome: Outcome) -> _Placed:
    if not mark.cell:
        return _Placed(mark, None, None)
    sheet = find_sheet(sheets, mark.sheet)
    try:
        row, column = split_cell(mark.cell.replace("$", "").upper())
    except ValueError:
        outcome.skipped.append((mark.sheet, mark.cell, "not-a-cell"))
        return _Placed(mark, None, None)
    if sheet is None or not sheet.part:
        outcome.skipped.append((mark.sheet, mark.cell, "no-such-sheet"))
        return _Placed(mark, None, (row, column))
    if row > _LAST_ROW or column > _LAST_COLUMN:
        outcome.skipped.append((mark.sheet, mark.cell, "not-a-cell"))
        return _Placed(mark, None, None)
    return _Placed(mark, sheet, (row, column))


def _read(
    sheet: Worksheet, items: list[_Placed]
) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], Cell]]:
    """Return for every marked place the cell that shows it (first of a merged area), and what those hold."""
    places = {item.place for item in items if item.place is not None}
    corners = {place: place for place in places}
    rows = {row for row, _ in places}
    for area in sheet.merged:
        if rows.isdisjoint(range(area.top, area.bottom + 1)):
            continue
        for row, column in places:
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                corners[row, column] = (area.top, area.left)
    return corners, read_cells(sheet, set(corners.values()))


def _spots(
    items: list[_Placed], corners: dict[tuple[int, int], tuple[int, int]], cells: dict[tuple[int, int], Cell]
) -> dict[tuple[int, int], Spot]:
    spots: dict[tuple[int, int], Spot] = {}
    for item in sorted(items, key=lambda each: _URGENCY[each.kind]):
        corner = corners[item.place or (0, 0)]
        spots.setdefault(corner, Spot(item.kind, item.mark.code, cells.get(corner, NOTHING).content))
    return spots


def _notes(
    items: list[_Placed], corners: dict[tuple[int, int], tuple[int, int]], language: str
) -> dict[tuple[int, int], str]:
    messages: dict[tuple[int, int], list[tuple[str, str | None]]] = {}
    for item in items:
        messages.setdefault(corners[item.place or (0, 0)], []).append((item.mark.message, item.mark.suggestion))
    label = text("marks.note.suggestion", language)
    return {place: note_text(said, label) for place, said in messages.items()}
