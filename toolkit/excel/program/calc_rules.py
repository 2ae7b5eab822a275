"""Conditional formats in LibreOffice, as its cells show them.

Calc keeps them twice: in a list, which is what gets saved, and in the cells, which is what gets shown. The newer interface only
reaches the list. The older one reaches both, but first throws out every other format on those cells, the station's own
included; so those are kept from falling away and get their cells back in the list. What the station's rules show on just these
cells comes back when the workbook is opened the next time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from toolkit.excel.libreoffice.office import properties, uno
from toolkit.excel.program.calc_sheets import as_calc, range_address
from toolkit.excel.program.calc_styles import style_of
from toolkit.marking.highlights import Rule
from toolkit.marking.labels import RULE
from toolkit.marking.sheet import Area
from toolkit.model import split_cell


class _Format(NamedTuple):
    """A conditional format: where it lies (counted from 0), which of its entries are ours, and how many it has."""

    format: Any
    areas: tuple[Area, ...]
    ours: tuple[int, ...]
    entries: int


def put_rules_on(sheet: Any, rules: Sequence[Rule]) -> None:
    """Show rules of ours on a sheet that carries none."""
    if not rules:
        return
    document, cells = sheet.book.impl.document, sheet.impl.sheet
    number = cells.RangeAddress.Sheet
    operator = uno().Enum("com.sun.star.sheet.ConditionOperator", "FORMULA")
    entries = cells.getCellByPosition(0, 0).ConditionalFormat
    styles = {kind: style_of(document, kind) for kind in dict.fromkeys(rule.kind for rule in rules)}
    ranges = _cells(document, cells, ())  # one for all: every object asked of LibreOffice costs a millisecond
    with _others_kept(document, cells, [area for rule in rules for area in _areas(rule.sqref)]):
        for rule in rules:
            areas = _areas(rule.sqref)
            position = uno().createUnoStruct("com.sun.star.table.CellAddress")
            position.Sheet, position.Row, position.Column = number, areas[0].top, areas[0].left
            entries.clear()
            formula, style = as_calc(rule.formula), styles[rule.kind]
            entries.addNew(properties(Operator=operator, Formula1=formula, SourcePosition=position, StyleName=style))
            addresses = _addresses(number, areas)
            ranges.addRangeAddresses(addresses, False)  # noqa: FBT003 - UNO knows no names
            ranges.ConditionalFormat = entries
            ranges.removeRangeAddresses(addresses)


def count_rules(sheet: Any) -> int:
    """Return how many rules of ours a sheet carries."""
    return sum(len(found.ours) for found in _formats(sheet.impl.sheet))


def take_rules_off(sheet: Any) -> int:
    """Remove every rule of ours from a sheet; return how many there were."""
    document, cells = sheet.book.impl.document, sheet.impl.sheet
    found = [one for one in _formats(cells) if one.ours]
    if not found:
        return 0
    areas: list[Area] = []
    for one in found:
        if len(one.ours) == one.entries:
            areas += one.areas
            continue
        for entry in reversed(one.ours):
            one.format.removeByIndex(entry)
    if areas:
        nothing = cells.getCellByPosition(0, 0).ConditionalFormat
        nothing.clear()
        with _others_kept(document, cells, areas):
            _cells(document, cells, areas).ConditionalFormat = nothing
    return sum(len(one.ours) for one in found)


def _formats(cells: Any) -> list[_Format]:
    found = []
    for format_ in cells.ConditionalFormats.getConditionalFormats():
        entries = format_.getCount()
        ours = tuple(number for number in range(entries) if _is_ours(format_.getByIndex(number)))
        areas = tuple(
            Area(one.StartRow, one.StartColumn, one.EndRow, one.EndColumn) for one in format_.Range.RangeAddresses
        )
        found.append(_Format(format_, areas, ours, entries))
    return found


def _is_ours(entry: Any) -> bool:
    formula = getattr(entry, "Formula1", None) or ""
    return RULE.search(formula.encode()) is not None


def _areas(sqref: str) -> list[Area]:
    """Return ``B2 C3:C5`` as rectangles counted from 0."""
    found = []
    for area in sqref.split():
        first, _, last = area.partition(":")
        (top, left), (bottom, right) = split_cell(first), split_cell(last or first)
        found.append(Area(top - 1, left - 1, bottom - 1, right - 1))
    return found


def _cells(document: Any, cells: Any, areas: Iterable[Area]) -> Any:
    """Return several rectangles of a sheet as one thing to be changed at once."""
    ranges = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    ranges.addRangeAddresses(_addresses(cells.RangeAddress.Sheet, areas), False)  # noqa: FBT003 - UNO knows no names
    return ranges


def _addresses(sheet: int, areas: Iterable[Area]) -> tuple[Any, ...]:
    return tuple(range_address(sheet, area.left, area.top, area.right, area.bottom) for area in areas)


@contextlib.contextmanager
def _others_kept(document: Any, cells: Any, areas: Sequence[Area]) -> Iterator[None]:
    """Keep formats of others that lie on these cells: a cell far away holds each while the cells are taken from it."""
    bounds = cells.RangeAddress
    far = Area(bounds.EndRow, bounds.EndColumn, bounds.EndRow, bounds.EndColumn)
    kept = [one for one in _formats(cells) if len(one.ours) < one.entries and _touch(one.areas, areas)]
    for one in kept:
        one.format.Range = _cells(document, cells, [*one.areas, far])
    try:
        yield
    finally:
        for one in kept:
            one.format.Range = _cells(document, cells, one.areas)


def _touch(one: Iterable[Area], other: Sequence[Area]) -> bool:
    return any(
        a.top <= b.bottom and b.top <= a.bottom and a.left <= b.right and b.left <= a.right for a in one for b in other
    )
