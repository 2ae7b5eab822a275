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
from toolkit.intake.read import read_file
from toolkit.intake.sheetxml import SheetParts, cells
from toolkit.intake.sniff import Kind
from toolkit.model import cell_name

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


def changes_between(
    before: Mapping[str, SheetValues], after: Mapping[str, SheetValues], *, typed: bool = True
) -> Iterator[Change]:
    """Yield the cells that differ, in order. What formulas make of the changes is no change of its own.

    With ``typed`` false the cells of ``before`` are texts, whatever they mean, in a sheet without a name.
    """
    if not typed and len(before) == 1 and after:
        before = {next(iter(after)): next(iter(before.values()))}
    for sheet in dict.fromkeys([*before, *after]):
        old, new = before.get(sheet, SheetValues()), after.get(sheet, SheetValues())
        for place in sorted(old.cells.keys() | new.cells.keys()):
            computed = place in old.formulas and place in new.formulas
            held, now = old.cells.get(place), new.cells.get(place)
            shown = [as_text("" if value is None else value) for value in (held, now)]
            if not computed and not (_same(held, now) if typed else shown[0] == shown[1]):
                yield Change(sheet, cell_name(*place), *shown)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=1e-12)
    if isinstance(old, str) != isinstance(new, str):
        return False
    return as_text("" if old is None else old) == as_text("" if new is None else new)
