"""Highlights: conditional formats that show only while a cell holds what it held when it was marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from toolkit.marking import conditions, xmlscan
from toolkit.marking.sheet import Area, Worksheet
from toolkit.marking.styles import LOOKS, Styles
from toolkit.model import cell_name, column_letters

if TYPE_CHECKING:
    from toolkit.marking.cells import Content

MAX_RULES = 2_000
"""Conditions of their own on one sheet; what is beyond keeps its colour until the next run."""

_AREAS_PER_FIXED_RULE = 200
_MAX_PRIORITY = 2**31 - 1
_RULE = re.compile(rb"<(?:[^\s/>:!?]++:)?cfRule\s(?:[^<>\"']++|\"[^\"]*+\"|'[^']*')*+>")
_PRIORITY = re.compile(rb"\spriority\s*=\s*[\"'](-?\d+)[\"']")
_KINDS = list(LOOKS)


@dataclass(frozen=True, slots=True)
class Spot:
    """What is to be shown at one cell."""

    kind: str
    code: str
    content: Content


class Rule(NamedTuple):
    """One conditional format.

    ``guards``: formulas of rules without a format that go before it and, when true, stop it. ``alike``: the one rectangle it
    covers and what each of its cells is; None for fixed colours.
    """

    sqref: str
    formula: str
    kind: str
    guards: tuple[str, ...] = ()
    alike: tuple[Spot, Area] | None = None

    def singly(self) -> list[Rule]:
        """Return the same as one rule a cell, none of which depends on where the formula is read from."""
        if self.alike is None:
            return [self]
        spot, place = self.alike
        return [
            _rule(spot, Area(row, column, row, column), guarded=bool(self.guards))
            for row in range(place.top, place.bottom + 1)
            for column in range(place.left, place.right + 1)
        ]

    @property
    def relative(self) -> bool:
        """Whether the formula is written for the first cell and means every other one's own."""
        return self.alike is not None and self.alike[1][:2] != self.alike[1][2:]


def areas(cells: dict[tuple[int, int], Spot]) -> list[tuple[Spot, Area]]:
    """Return the cells as rectangles of cells that are alike, the urgent kinds first."""
    columns: dict[tuple[Spot, int, int], list[int]] = {}
    run: tuple[Spot, int, int, int] | None = None
    for (column, row), spot in sorted((((c, r), spot) for (r, c), spot in cells.items()), key=lambda item: item[0]):
        if run is not None and run[0] == spot and run[1] == column and run[3] == row - 1:
            run = (spot, column, run[2], row)
            continue
        if run is not None:
            columns.setdefault((run[0], run[2], run[3]), []).append(run[1])
        run = (spot, column, row, row)
    if run is not None:
        columns.setdefault((run[0], run[2], run[3]), []).append(run[1])
    found = []
    for (spot, top, bottom), lefts in columns.items():
        start = previous = lefts[0]
        for column in [*lefts[1:], 0]:
            if column != previous + 1:
                found.append((spot, Area(top, start, bottom, previous)))
                start = column
            previous = column
    return sorted(found, key=lambda item: (_KINDS.index(item[0].kind), item[1]))


def rules(cells: dict[tuple[int, int], Spot], *, guarded: bool = False) -> tuple[list[Rule], int]:
    """Return the conditional formats for the cells of a sheet, and how many cells got a fixed colour.

    ``guarded``: long texts get guards. A guard also stops the station's own rules, so only where there are none.
    """
    found: list[Rule] = []
    fixed: dict[tuple[str, str], list[Area]] = {}
    left_over = made = 0
    for spot, place in areas(cells):
        if made < MAX_RULES:
            rule = _rule(spot, place, guarded=guarded)
            found.append(rule)
            made += 1 + len(rule.guards)
            continue
        fixed.setdefault((spot.kind, spot.code), []).append(place)
        left_over += (place.bottom - place.top + 1) * (place.right - place.left + 1)
    for (kind, code), places in fixed.items():
        for at in range(0, len(places), _AREAS_PER_FIXED_RULE):
            several = " ".join(reference(place) for place in places[at : at + _AREAS_PER_FIXED_RULE])
            found.append(Rule(several, conditions.label(code), kind))
    return found, left_over


def _rule(spot: Spot, place: Area, *, guarded: bool) -> Rule:
    single = place.top == place.bottom and place.left == place.right
    first = f"${column_letters(place.left)}${place.top}" if single else cell_name(place.top, place.left)
    guards = conditions.guards(spot.code, spot.content, first) if guarded else ()
    formula = conditions.formula(spot.code, spot.content, first)
    return Rule(reference(place), formula, spot.kind, guards, (spot, place))


def reference(place: Area) -> str:
    """Return a rectangle as ``B2`` or ``B2:C5``."""
    first, last = cell_name(place.top, place.left), cell_name(place.bottom, place.right)
    return first if first == last else f"{first}:{last}"


def add_rules(sheet: Worksheet, found: list[Rule], styles: Styles) -> None:
    """Splice the conditional formats into a sheet, before the station's own."""
    if not found:
        return
    p, priority = sheet.prefix.decode(), 0
    written: list[str] = []
    for rule in found:
        inside: list[str] = []
        for formula in (*rule.guards, rule.formula):
            priority += 1
            effect = ' stopIfTrue="1"' if len(inside) < len(rule.guards) else f' dxfId="{styles.highlight(rule.kind)}"'
            inside.append(
                f'<{p}cfRule type="expression"{effect} priority="{priority}">'
                f"<{p}formula>{xmlscan.escape(formula)}</{p}formula></{p}cfRule>"
            )
        written.append(f'<{p}conditionalFormatting sqref="{rule.sqref}">{"".join(inside)}</{p}conditionalFormatting>')
    shift_priorities(sheet, priority)
    own = sheet.element(b"conditionalFormatting")
    at = own.start if own is not None else sheet.place_for(b"conditionalFormatting")
    sheet.part.edit(at, at, "".join(written).encode())


def priorities(sheet: Worksheet) -> list[tuple[int, int, int]]:
    """Return (start, end, priority) of every priority number in the tail of a sheet."""
    if b"cfRule" not in sheet.part.masked:
        return []
    found = []
    for tag in _RULE.finditer(sheet.part.masked):
        number = _PRIORITY.search(tag[0])
        if number:
            found.append((tag.start() + number.start(1), tag.start() + number.end(1), int(number[1])))
    return found


def shift_priorities(sheet: Worksheet, by: int) -> None:
    """Move the station's own rules behind ours, in their order, and no further than a priority can go."""
    own = priorities(sheet)
    numbers = sorted({number for _, _, number in own})
    moved = {number: number + by for number in numbers}
    if numbers and (numbers[-1] + by > _MAX_PRIORITY or numbers[0] + by <= by):
        moved = {number: by + rank for rank, number in enumerate(numbers, 1)}
    for start, end, number in own:
        sheet.part.edit(start, end, str(moved[number]).encode())
