"""What buttons need of a spreadsheet program beyond xlwings: conditional formats, copies of unsaved workbooks, undisturbed views.

Two programs: Excel (and WPS, which answers to the same calls) over COM, LibreOffice over UNO. Everything else is xlwings, and
the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from toolkit.marking.cells import Content
from toolkit.marking.highlights import Rule
from toolkit.marking.listing import Listing
from toolkit.marking.notes import Notes

Place = tuple[int, int]
"""(row, column), from 1."""


class Held(NamedTuple):
    """What a cell holds, whether a formula computes it, and whether its format shows a date."""

    content: Content
    formula: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """What a workbook does not let anybody change: its list of sheets, and these sheets."""

    structure: bool
    sheets: frozenset[str]


class Program(Protocol):
    """A spreadsheet program. Books and sheets are those of xlwings."""

    @property
    def edits_read_only(self) -> bool:
        """Whether a workbook opened only for reading can be changed in memory all the same."""
        ...

    def books_by_recency(self, app: Any) -> list[Any]:
        """Return the visible open workbooks, the one in front first."""
        ...

    def read_only(self, book: Any) -> bool:
        """Say whether a workbook was opened only for reading."""
        ...

    def modified(self, book: Any) -> bool:
        """Say whether a workbook holds changes that were not saved."""
        ...

    def protection(self, book: Any) -> Protection:
        """Return what is protected."""
        ...

    def save_copy(self, book: Any, folder: Path) -> Path:
        """Write the workbook as it stands, unsaved changes included, into a folder; the workbook itself is as before."""
        ...

    def undisturbed(self, book: Any) -> AbstractContextManager[None]:
        """Do something to a workbook without the person noticing: drawing, events, selection, scrolling, clipboard are as before."""
        ...

    def copying(self, book: Any) -> bool:
        """Say whether the person has cells copied that writing anywhere would make the program forget."""
        ...

    def clean(self, book: Any) -> AbstractContextManager[None]:
        """Write into a workbook without it asking to be saved for that."""
        ...

    def count_rules(self, sheet: Any) -> int:
        """Return how many conditional formats of ours a sheet carries."""
        ...

    def take_rules_off(self, sheet: Any) -> int:
        """Remove our conditional formats from a sheet; return how many there were."""
        ...

    def put_rules_on(self, sheet: Any, rules: Sequence[Rule]) -> None:
        """Add conditional formats before those of the sheet itself."""
        ...

    def notes(self, sheet: Any) -> dict[Place, str]:
        """Return the notes of a sheet, threaded comments as empty texts."""
        ...

    def change_notes(self, sheet: Any, changed: Mapping[Place, str]) -> None:
        """Give notes other texts; an empty one removes the note."""
        ...

    def add_notes(self, sheet: Any, notes: Notes) -> None:
        """Put notes on cells that have none."""
        ...

    def add_sheet(self, book: Any, listing: Listing) -> None:
        """Append a sheet of ours as the last one."""
        ...

    def remove_sheet(self, sheet: Any) -> None:
        """Remove a sheet without asking."""
        ...

    def forget_formats(self, book: Any) -> None:
        """Remove what formats of ours left behind in a workbook that carries no marks any more."""
        ...

    def held(self, sheet: Any, places: Sequence[Place]) -> dict[Place, Held]:
        """Return what cells hold now."""
        ...

    def put(self, sheet: Any, place: Place, content: Content) -> None:
        """Write a text as a text, or a number, into a cell; its format stays."""
        ...


def program_of(app: Any) -> Program:
    """Return how to talk to the program behind an ``xlwings.App``."""
    if app.engine.name == "libreoffice":
        from toolkit.excel.program.calc import Calc

        return Calc()
    from toolkit.excel.program.excel import Excel

    return Excel()
