"""The console sheet: what is going on, the last result, the county in figures, the stations."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from toolkit.excel import names
from toolkit.excel.program import Program
from toolkit.messages import text


class Console:
    """The toolbox workbook as far as it shows something; without one (a click on the ribbon) nothing is shown."""

    def __init__(self, book: Any, program: Program, lang: str) -> None:
        self._book, self._program, self._lang = book, program, lang
        self._shown: tuple[str | None, float | None] = ("", None)

    def step(self, said: str | None, share: float | None = None) -> None:
        """Show what is going on and how far it is, from 0 to 1; None: nothing any more."""
        shown = (said, None if share is None else round(share, 1))
        if shown == self._shown:
            return
        idle = text("buttons.console.idle", self._lang)
        values = {names.STEP: said or idle, names.BAR: share if said and share else ""}
        if self._write(values, unless_copying=said is not None):
            self._shown = shown

    def result(self, action: str, said: str) -> None:
        """Show what came of a click, without the blank lines that make a message box easy to read."""
        now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
        shown = "\n".join(line for line in said.splitlines() if line.strip())
        caption = text(f"buttons.action.{action}.caption", self._lang)
        self._write({names.WHEN: now, names.WHAT: caption, names.RESULT: shown})

    def figures(self, totals: Mapping[str, int]) -> None:
        """Show the county in figures."""
        keys = {names.OWED: "stations", names.REPORTED: "reported", names.ERRORS: "errors", names.WARNINGS: "warnings"}
        self._write({name: totals[key] for name, key in keys.items()})

    def stations(self, rows: Sequence[Sequence[Any]]) -> None:
        """List the stations, one row each in the order of ``names.STATION_COLUMNS``."""

        def list_them(book: Any) -> None:
            first = book.names[names.STATIONS].refers_to_range
            sheet, top, left = first.sheet, first.row, first.column
            right = left + len(names.STATION_COLUMNS) - 1
            last = max(sheet.used_range.last_cell.row, top)
            sheet.range((top, left), (last, right)).clear_contents()
            if rows:
                sheet.range((top, left), (top + len(rows) - 1, right)).value = [list(row) for row in rows]

        self._change(list_them)

    def _write(self, values: Mapping[str, Any], *, unless_copying: bool = False) -> bool:
        def write_them(book: Any) -> None:
            for name, value in values.items():
                book.names[name].refers_to_range.value = value

        return self._change(write_them, unless_copying=unless_copying)

    def _change(self, act: Callable[[Any], None], *, unless_copying: bool = False) -> bool:
        """Write into the toolbox without it asking to be saved; say whether it was written.

        One that was closed or is being edited is left alone; so is the clipboard of somebody who has just copied cells.
        """
        with contextlib.suppress(Exception):  # the console shows what is said elsewhere as well
            if self._book is not None and names.STEP in self._book.names:
                if unless_copying and self._program.copying(self._book):
                    return False
                with self._program.clean(self._book):
                    act(self._book)
                return True
        return False
