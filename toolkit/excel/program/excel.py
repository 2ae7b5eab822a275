"""Excel and WPS, over COM. xlwings passes the program's own objects through as ``.api``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.excel.program import Held, Place, Protection
from toolkit.excel.program.excel_sheets import HATCHED, LINES, append_sheet, bgr, joined
from toolkit.excel.program.excel_view import clipboard_kept, view_kept
from toolkit.marking.cells import BLANK, Content
from toolkit.marking.highlights import Rule
from toolkit.marking.labels import RULE
from toolkit.marking.listing import Listing
from toolkit.marking.notes import Notes
from toolkit.marking.styles import LOOKS, shows_date

_EXPRESSION = 2
_A1 = 1
_SUFFIXES = {50: ".xlsb", 51: ".xlsx", 52: ".xlsm", 56: ".xls", 60: ".ods"}
_LIST_SEPARATOR = 5


class Excel:
    """A running Excel or WPS."""

    edits_read_only = True

    def books_by_recency(self, app: Any) -> list[Any]:
        """Return the visible open workbooks, the one in front first."""
        names = dict.fromkeys(window.Parent.Name for window in app.api.Windows if window.Visible)
        return [app.books[name] for name in names]

    def read_only(self, book: Any) -> bool:
        """Say whether a workbook was opened only for reading."""
        return bool(book.api.ReadOnly)

    def modified(self, book: Any) -> bool:
        """Say whether a workbook holds changes that were not saved."""
        return not book.api.Saved

    def protection(self, book: Any) -> Protection:
        """Return what is protected."""
        sheets = frozenset(sheet.name for sheet in book.sheets if sheet.api.ProtectContents)
        return Protection(bool(book.api.ProtectStructure), sheets)

    def save_copy(self, book: Any, folder: Path) -> Path:
        """Write the workbook as it stands into a folder; one never saved gets the extension of its kind."""
        name = Path(book.name)
        suffix = _SUFFIXES.get(int(book.api.FileFormat), name.suffix or ".xlsx")
        known = name.suffix.lower() in (".et", *_SUFFIXES.values())
        target = folder / (name.name if known else f"{book.name}{suffix}")
        book.api.SaveCopyAs(str(target))
        return target

    @contextlib.contextmanager
    def undisturbed(self, book: Any) -> Iterator[None]:
        """Do something to a workbook without the person noticing."""
        app = book.app.api
        before = {
            name: getattr(app, name) for name in ("ScreenUpdating", "EnableEvents", "DisplayAlerts", "ReferenceStyle")
        }
        with clipboard_kept(app):
            try:
                app.ScreenUpdating = app.EnableEvents = app.DisplayAlerts = False
                if before["ReferenceStyle"] != _A1:
                    app.ReferenceStyle = _A1
                with view_kept(book):
                    yield
            finally:
                for name, value in before.items():
                    with contextlib.suppress(Exception):  # the program may be gone; the others must still be tried
                        if getattr(app, name) != value:
                            setattr(app, name, value)

    def copying(self, book: Any) -> bool:
        """Say whether the person has cells copied that writing anywhere would make Excel forget."""
        return bool(book.app.api.CutCopyMode)

    @contextlib.contextmanager
    def clean(self, book: Any) -> Iterator[None]:
        """Write into a workbook without it asking to be saved for that."""
        before = book.api.Saved
        with clipboard_kept(book.app.api):
            try:
                yield
            finally:
                if before:
                    book.api.Saved = True

    def count_rules(self, sheet: Any) -> int:
        """Return how many conditional formats of ours a sheet carries."""
        return len(self._rules_of_ours(sheet))

    def take_rules_off(self, sheet: Any) -> int:
        """Remove our conditional formats from a sheet; return how many there were."""
        numbers = self._rules_of_ours(sheet)
        for number in reversed(numbers):
            sheet.api.Cells.FormatConditions.Item(number).Delete()
        return len(numbers)

    @staticmethod
    def _rules_of_ours(sheet: Any) -> list[int]:
        """Return the numbers of our conditional formats on a sheet, ascending."""
        listed = sheet.api.Cells.FormatConditions
        rules = ((number, listed.Item(number)) for number in range(1, int(listed.Count) + 1))
        return [
            number for number, rule in rules if rule.Type == _EXPRESSION and RULE.search(str(rule.Formula1).encode())
        ]

    def put_rules_on(self, sheet: Any, rules: Sequence[Rule]) -> None:
        """Add conditional formats before those of the sheet itself.

        Excel reads a relative reference from the active cell, so the first cell of a run is made active; where that is not
        to be had (a hidden sheet) every cell gets a rule of its own.
        """
        separator = str(sheet.book.app.api.International(_LIST_SEPARATOR))
        for rule in reversed(rules):
            for one in [rule] if not rule.relative or _activated(sheet, rule) else rule.singly():
                for addresses in joined(one.sqref.split()):
                    self._add_rule(sheet, addresses, one, separator)

    @staticmethod
    def _add_rule(sheet: Any, addresses: str, rule: Rule, separator: str) -> None:
        look = LOOKS[rule.kind]
        formula = rule.formula if separator == "," else localised(rule.formula, separator)
        conditions = sheet.range(addresses).conditional_formats
        made = conditions.add_custom(
            "=" + formula,
            fill_color=f"#{look.fill[2:]}",
            font_color=f"#{look.ink[2:]}" if look.bold else None,
            font_bold=True if look.bold else None,
        )
        if look.italic:
            made.api.Font.Italic = True
        if look.pattern:
            made.api.Interior.Pattern = HATCHED[look.pattern]
            made.api.Interior.PatternColor = bgr(look.ink)
        made.api.Borders.LineStyle = LINES[look.line]
        made.api.Borders.Color = bgr(look.ink)

    def notes(self, sheet: Any) -> dict[Place, str]:
        """Return the notes of a sheet, threaded comments as empty texts."""
        found: dict[Place, str] = {}
        for note in sheet.api.Comments:
            found[int(note.Parent.Row), int(note.Parent.Column)] = str(note.Text())
        with contextlib.suppress(Exception):  # programs before Excel 365 know no threaded comments
            for comment in sheet.api.CommentsThreaded:
                found[int(comment.Parent.Row), int(comment.Parent.Column)] = ""
        return found

    def change_notes(self, sheet: Any, changed: Mapping[Place, str]) -> None:
        """Give notes other texts; an empty one removes the note."""
        for place, said in changed.items():
            note = sheet.range(place).note
            if said:
                note.text = said
            else:
                note.delete()

    def add_notes(self, sheet: Any, notes: Notes) -> None:
        """Put notes on cells that have none."""
        for place, said in notes.items():
            note = sheet.range(place).add_note(said)
            with contextlib.suppress(Exception):  # a note that is not as large as its text still says it
                note.api.Shape.TextFrame.AutoSize = True

    def add_sheet(self, book: Any, listing: Listing) -> None:
        """Append a sheet of ours as the last one."""
        append_sheet(book, listing)

    def remove_sheet(self, sheet: Any) -> None:
        """Remove a sheet; ``undisturbed`` has turned questions off."""
        sheet.delete()

    def forget_formats(self, book: Any) -> None:
        """Nothing is left behind: Excel keeps the look with the condition."""

    def held(self, sheet: Any, places: Sequence[Place]) -> dict[Place, Held]:
        """Return what cells hold now."""
        found = {}
        for place in places:
            cell = sheet.range(place).api
            found[place] = Held(_content(cell.Value2), bool(cell.HasFormula), shows_date(str(cell.NumberFormat)))
        return found

    def put(self, sheet: Any, place: Place, content: Content) -> None:
        """Write a text as a text, or a number, into a cell; its format stays."""
        cell = sheet.range(place).api
        if content.kind == "blank":
            cell.ClearContents()
        elif content.kind == "text":
            as_text = str(cell.NumberFormat) == "@"
            cell.Value2 = str(content.value) if as_text else f"'{content.value}"
        else:
            cell.Value2 = content.value


def localised(formula: str, separator: str) -> str:
    """Return a formula with another separator between arguments; conditions are typed as the person's Excel writes them."""
    pieces = formula.split('"')
    return '"'.join(piece if number % 2 else piece.replace(",", separator) for number, piece in enumerate(pieces))


def _content(value: Any) -> Content:
    """Return what Value2 says: texts, numbers (always float), truth values, errors (always int)."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return Content("boolean", value)
    if isinstance(value, str):
        return Content("text", value)
    return Content("error") if isinstance(value, int) else Content("number", float(value))


def _activated(sheet: Any, rule: Rule) -> bool:
    """Make the first cell of a rule the active one; say whether it is."""
    first = rule.sqref.partition(":")[0]
    app = sheet.book.app.api
    with contextlib.suppress(Exception):
        if app.ActiveSheet.Name != sheet.name or app.ActiveWorkbook.Name != sheet.book.name:
            sheet.book.api.Activate()
            sheet.api.Activate()
        sheet.range(first).api.Select()
    active = app.ActiveCell
    return active is not None and str(active.Address).replace("$", "") == first and app.ActiveSheet.Name == sheet.name
