"""Put marks on an opened package: highlights, notes, the findings sheet and the record that undoes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from toolkit.marking.cells import Cell, read_cells
from toolkit.marking.findings_sheet import Remarks, add_findings_sheet
from toolkit.marking.highlights import add_rules
from toolkit.marking.notes import add_notes
from toolkit.marking.plan import plan_marks
from toolkit.marking.sheet import Area, Worksheet
from toolkit.marking.styles import Styles
from toolkit.marking.undo import write_record
from toolkit.marking.workbook import Sheet, find_sheet, sheets_of
from toolkit.model import Mark

if TYPE_CHECKING:
    from toolkit.marking.package import Package


@dataclass(slots=True)
class Outcome:
    """What marking a package did."""

    marked: int = 0
    notes: int = 0
    skipped: list[tuple[str, str, str]] = field(default_factory=list)


class PackageSheet:
    """A worksheet of a package, as marks see it."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self._package, self._sheet = package, sheet
        self.name, self.index = sheet.name, sheet.index

    @cached_property
    def worksheet(self) -> Worksheet:
        """The worksheet itself, read when it is needed."""
        return Worksheet(self._package, self._sheet.part)

    @property
    def merged(self) -> Sequence[Area]:
        """Its merged areas."""
        return self.worksheet.merged

    def cells(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Cell]:
        """Return the wanted cells by (row, column); those that do not exist are left out."""
        return read_cells(self.worksheet, wanted)


class PackageSheets:
    """The worksheets of a package by name."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.listed = sheets_of(package)
        self._views: dict[str, PackageSheet] = {}

    def __call__(self, name: str) -> PackageSheet | None:
        """Return the worksheet with this name, or None where there is none."""
        sheet = find_sheet(self.listed, name)
        if sheet is None or not sheet.part:
            return None
        return self._views.setdefault(sheet.name, PackageSheet(self._package, sheet))


def apply(package: Package, marks: Iterable[Mark], language: str, copy_of: tuple[str, str] | None) -> Outcome:
    """Put the marks on a package that carries none of ours."""
    sheets = PackageSheets(package)
    styles = Styles(package)
    plan = plan_marks(marks, sheets, language)
    outcome = Outcome(skipped=plan.skipped)
    fixed = without_note = 0
    for part in plan.sheets:
        view = sheets(part.sheet.name)
        assert view is not None
        add_rules(view.worksheet, part.rules, styles)
        notes = add_notes(view.worksheet, part.notes)
        outcome.notes += notes
        outcome.marked += part.shown
        without_note += part.shown - notes
        fixed += part.fixed
    add_findings_sheet(package, styles, sheets.listed, plan.lines, Remarks(fixed, without_note, copy_of), language)
    styles.flush()
    label = {"mode": "in-place"} if copy_of is None else {"mode": "copy", "source": copy_of[0], "hash": copy_of[1]}
    write_record(package, {"label": label})
    return outcome
