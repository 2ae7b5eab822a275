"""What differs between two workbooks, cell by cell."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.fields.base import as_text
from toolkit.fixing.align import align
from toolkit.intake.read import read_file
from toolkit.intake.sheetxml import SheetParts, cells
from toolkit.intake.sniff import Kind
from toolkit.model import cell_name, split_cell

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']+)")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose content differs; what is blank is the empty text."""

    sheet: str
    cell: str
    old: str
    new: str


@dataclass(slots=True)
class SheetValues:
    """The cells of a sheet by (row, column), and which of them a formula computes."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)


def read_values(name: str, data: bytes) -> dict[str, SheetValues] | None:
    """Return the cells of a workbook by sheet, our findings sheet left out; None where it cannot be read."""
    read = read_file(name, data)
    if read.status != "ok":
        return None
    found = {}
    for sheet in read.sheets:
        held = {
            (row, column): value
            for row, values in zip(sheet.rows, sheet.values, strict=True)
            for column, value in enumerate(values, 1)
            if value is not None
        }
        found[sheet.name] = SheetValues(held)
    if read.kind is Kind.XLSX:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = SheetParts(package, data)
            for sheet_name, values in found.items():
                xml = parts.read(parts.paths.get(sheet_name, ""))
                if _FORMULA.search(xml):
                    values.formulas = {(row, column) for row, column, _, body in cells(xml) if _FORMULA.search(body)}
    return found


def merges_of(data: bytes) -> dict[str, list[str]]:
    """Return the merged areas of each sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = SheetParts(package, data)
        return {
            name: sorted(map(bytes.decode, _MERGED.findall(parts.read(path)))) for name, path in parts.paths.items()
        }


@dataclass(slots=True)
class Difference:
    """How two versions of a workbook differ.

    ``changes``: cells, by their place in the newer version. ``inserted`` and ``deleted``: (sheet, row), rows by their number in the
    version that has them. ``sheets``: names of sheets that only one of them has. ``moved``: other rows have other numbers now.
    ``places``: all cells that differ, those of inserted and deleted rows among them.
    """

    changes: list[Change] = field(default_factory=list)
    inserted: list[tuple[str, int]] = field(default_factory=list)
    deleted: list[tuple[str, int]] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    moved: bool = False
    places: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.changes or self.inserted or self.deleted or self.sheets)

    @property
    def only_cells(self) -> bool:
        """Whether nothing but cells in their places differ: rows that were blank before or are so now move nothing."""
        return not (self.moved or self.sheets)


def difference(
    before: Mapping[str, SheetValues], after: Mapping[str, SheetValues], *, typed: bool = True
) -> Difference:
    """Return how two versions differ. What formulas make of the changes is no change of its own.

    With ``typed`` false the cells of ``before`` are texts, whatever they mean, in a sheet without a name.
    """
    if not typed and len(before) == 1 and after:
        before = {next(iter(after)): next(iter(before.values()))}
    found = Difference(
        sheets=[name for name in dict.fromkeys([*before, *after]) if name not in before or name not in after]
    )
    for name in dict.fromkeys([*before, *after]):
        old, new = _Table(before.get(name), typed=typed), _Table(after.get(name), typed=typed)
        places = found.places.setdefault(name, set())
        for i, j in align(old.keys, new.keys):
            if i is not None and j is not None:
                found.moved |= old.numbers[i] != new.numbers[j]
                changes = list(_changes_of(name, old, new, old.numbers[i], new.numbers[j], typed=typed))
                places |= {split_cell(change.cell) for change in changes}
                found.changes += changes
                continue
            found.deleted += [(name, old.numbers[i])] if i is not None else []
            found.inserted += [(name, new.numbers[j])] if j is not None else []
            row, cells = (new.numbers[j], new.rows) if j is not None else (old.numbers[i or 0], old.rows)
            places |= {(row, column) for column in cells[row]}
    found.changes.sort(key=lambda change: list(after).index(change.sheet) if change.sheet in after else 0)
    return found


class _Table:
    """A sheet as rows that can be aligned; rows without content are none."""

    def __init__(self, sheet: SheetValues | None, *, typed: bool) -> None:
        self.sheet = sheet or SheetValues()
        self.rows: dict[int, dict[int, Any]] = {}
        for (row, column), value in self.sheet.cells.items():
            self.rows.setdefault(row, {})[column] = value
        self.numbers = sorted(self.rows)
        self.keys = [
            tuple(
                (column, self._key(row, column, value, typed=typed)) for column, value in sorted(self.rows[row].items())
            )
            for row in self.numbers
        ]

    def _key(self, row: int, column: int, value: Any, *, typed: bool) -> Any:
        if (row, column) in self.sheet.formulas:
            return "="
        if typed and isinstance(value, int | float):
            return float(f"{value:.12g}")
        return as_text(value)


def _changes_of(name: str, old: _Table, new: _Table, row: int, now: int, *, typed: bool) -> Iterator[Change]:
    held, holds = old.rows[row], new.rows[now]
    for column in sorted(held.keys() | holds.keys()):
        computed = (row, column) in old.sheet.formulas and (now, column) in new.sheet.formulas
        before, after = held.get(column), holds.get(column)
        shown = [as_text("" if value is None else value) for value in (before, after)]
        if not computed and not (_same(before, after) if typed else shown[0] == shown[1]):
            yield Change(name, cell_name(now, column), *shown)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=1e-12)
    if isinstance(old, str) != isinstance(new, str):
        return False
    return as_text("" if old is None else old) == as_text("" if new is None else new)
