"""LibreOffice Calc, over UNO."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolkit.excel.libreoffice.office import file_url, plain_errors, properties, uno
from toolkit.excel.libreoffice.workbooks import FILTERS
from toolkit.excel.program import Held, Place, Protection
from toolkit.excel.program.calc_rules import count_rules, put_rules_on, take_rules_off
from toolkit.excel.program.calc_sheets import append_sheet, columns_of, ranges_of
from toolkit.excel.program.calc_styles import forget_styles
from toolkit.marking.cells import BLANK, Content
from toolkit.marking.highlights import Rule
from toolkit.marking.listing import Listing
from toolkit.marking.notes import Notes

_NOTES = 8
_STRING = 2
_LOGICAL, _DATE = 1024, 2


@plain_errors
class Calc:
    """A running LibreOffice."""

    edits_read_only = False

    def books_by_recency(self, app: Any) -> list[Any]:
        """Return the visible open workbooks, the one in front first; LibreOffice does not tell the order of the others."""
        front = app.impl.books.active
        books = [book for book in app.books if book.impl.document.CurrentController is not None]
        return sorted(
            books, key=lambda book: front is None or book.impl.document.RuntimeUID != front.document.RuntimeUID
        )

    def read_only(self, book: Any) -> bool:
        """Say whether a workbook was opened only for reading."""
        return bool(book.impl.document.isReadonly())

    def modified(self, book: Any) -> bool:
        """Say whether a workbook holds changes that were not saved."""
        return bool(book.impl.document.isModified())

    def protection(self, book: Any) -> Protection:
        """Return what is protected."""
        document = book.impl.document
        sheets = (document.Sheets.getByIndex(number) for number in range(document.Sheets.Count))
        return Protection(
            bool(document.isProtected()), frozenset(sheet.Name for sheet in sheets if sheet.isProtected())
        )

    def save_copy(self, book: Any, folder: Path) -> Path:
        """Write the workbook as it stands into a folder, in its own format where a reader of ours knows it."""
        name = Path(book.name)
        kind = name.suffix.lower() if book.impl.document.URL and name.suffix.lower() in FILTERS else ".xlsx"
        target = folder / (name.name if name.suffix.lower() == kind else name.stem + kind)
        book.impl.document.storeToURL(file_url(target), properties(FilterName=FILTERS[kind]))
        return target

    @contextlib.contextmanager
    def undisturbed(self, book: Any) -> Iterator[None]:
        """Do something to a workbook without the person noticing; one step to undo."""
        document = book.impl.document
        controller = document.CurrentController
        sheet, selected = controller.ActiveSheet, document.CurrentSelection
        panes = [controller.getByIndex(number) for number in range(controller.Count)]
        scrolled = [(pane, pane.FirstVisibleRow, pane.FirstVisibleColumn) for pane in panes]
        document.UndoManager.enterUndoContext("taizhang")
        document.lockControllers()
        try:
            yield
        finally:
            document.unlockControllers()
            document.UndoManager.leaveUndoContext()
            with contextlib.suppress(Exception):  # the sheet that was in front may have been ours
                controller.setActiveSheet(sheet)
                controller.select(selected)
                for pane, row, column in scrolled:
                    pane.setFirstVisibleRow(row)
                    pane.setFirstVisibleColumn(column)

    def copying(self, book: Any) -> bool:  # noqa: ARG002 - LibreOffice keeps what was copied whatever is written
        """Say no: LibreOffice keeps what was copied, whatever is written."""
        return False

    @contextlib.contextmanager
    def clean(self, book: Any) -> Iterator[None]:
        """Write into a workbook without it asking to be saved for that."""
        document = book.impl.document
        before = document.isModified()
        try:
            yield
        finally:
            if not before:
                document.setModified(False)

    def count_rules(self, sheet: Any) -> int:
        """Return how many conditional formats of ours a sheet carries."""
        return count_rules(sheet)

    def take_rules_off(self, sheet: Any) -> int:
        """Remove our conditional formats from a sheet; return how many there were."""
        return take_rules_off(sheet)

    def put_rules_on(self, sheet: Any, rules: Sequence[Rule]) -> None:
        """Add conditional formats before those of the sheet itself."""
        put_rules_on(sheet, rules)

    def notes(self, sheet: Any) -> dict[Place, str]:
        """Return the notes of a sheet."""
        listed = sheet.impl.sheet.Annotations.createEnumeration()
        found = {}
        while listed.hasMoreElements():
            note = listed.nextElement()
            found[note.Position.Row + 1, note.Position.Column + 1] = note.String
        return found

    def change_notes(self, sheet: Any, changed: Mapping[Place, str]) -> None:
        """Give notes other texts; an empty one removes the note."""
        gone = [(column - 1, row - 1) for (row, column), said in changed.items() if not said]
        if gone:
            ranges_of(sheet.book.impl.document, sheet.impl.sheet, columns_of(gone)).clearContents(_NOTES)
        for place, said in changed.items():
            if said:
                sheet.range(place).note.text = said

    def add_notes(self, sheet: Any, notes: Notes) -> None:
        """Put notes on cells that have none."""
        cells = sheet.impl.sheet
        annotations, number = cells.Annotations, cells.RangeAddress.Sheet
        for (row, column), said in notes.items():
            address = uno().createUnoStruct("com.sun.star.table.CellAddress")
            address.Sheet, address.Column, address.Row = number, column - 1, row - 1
            annotations.insertNew(address, said)

    def add_sheet(self, book: Any, listing: Listing) -> None:
        """Append a sheet of ours as the last one."""
        append_sheet(book, listing)

    def remove_sheet(self, sheet: Any) -> None:
        """Remove a sheet without asking."""
        sheet.delete()

    def forget_formats(self, book: Any) -> None:
        """Remove the styles behind our conditional formats and sheets."""
        forget_styles(book.impl.document)

    def held(self, sheet: Any, places: Sequence[Place]) -> dict[Place, Held]:
        """Return what cells hold now."""
        cells = sheet.impl.sheet
        formats = sheet.book.impl.document.NumberFormats
        found = {}
        for row, column in places:
            cell = cells.getCellByPosition(column - 1, row - 1)
            shown_as = formats.getByKey(cell.NumberFormat).Type
            found[row, column] = Held(_content(cell, shown_as), cell.Type.value == "FORMULA", bool(shown_as & _DATE))
        return found

    def put(self, sheet: Any, place: Place, content: Content) -> None:
        """Write a text as a text, or a number, into a cell; its format stays."""
        cell = sheet.impl.sheet.getCellByPosition(place[1] - 1, place[0] - 1)
        if content.kind == "text":
            cell.setString(str(content.value))
        elif content.kind == "blank":
            cell.setString("")
        else:
            cell.setValue(float(content.value or 0))


def _content(cell: Any, shown_as: int) -> Content:
    """Return what a cell holds; Calc keeps TRUE and FALSE as numbers with a format of their own."""
    kind = cell.Type.value
    if kind == "EMPTY":
        return BLANK
    if cell.getError():
        return Content("error")
    if kind == "TEXT" or (kind == "FORMULA" and cell.FormulaResultType2 == _STRING):
        return Content("text", cell.getString()) if cell.getString() else BLANK
    return Content("boolean", bool(cell.getValue())) if shown_as == _LOGICAL else Content("number", cell.getValue())
