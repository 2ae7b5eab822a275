"""Leave Excel's windows and clipboard as they were."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

_TEXT = 13


@contextlib.contextmanager
def view_kept(book: Any) -> Iterator[None]:
    """Put back which workbook and sheet are in front, and what is selected and scrolled to on each sheet."""
    app = book.app.api
    front, window = app.ActiveWorkbook, book.api.Windows(1)
    before = book.api.ActiveSheet
    views: dict[str, tuple[str, int, int]] = {}
    for sheet in book.sheets:
        with contextlib.suppress(Exception):  # a hidden sheet has no view to keep
            if sheet.api.Visible == -1 and (sheet.name == before.Name or len(book.sheets) <= 60):
                sheet.api.Activate()
                views[sheet.name] = (window.RangeSelection.Address, window.ScrollRow, window.ScrollColumn)
    try:
        yield
    finally:
        for name, (selected, row, column) in views.items():
            with contextlib.suppress(Exception):  # a sheet of ours may be gone
                book.sheets[name].api.Activate()
                book.sheets[name].api.Range(selected).Select()
                window.ScrollRow, window.ScrollColumn = row, column
        with contextlib.suppress(Exception):
            before.Activate()
        if front is not None and front.Name != book.name:
            with contextlib.suppress(Exception):
                front.Activate()


@contextlib.contextmanager
def clipboard_kept(app: Any) -> Iterator[None]:
    """Put back the text that was copied: Excel forgets its own copy when somebody writes into cells."""
    kept = _copied() if app.CutCopyMode else None
    try:
        yield
    finally:
        if kept is not None and not app.CutCopyMode:
            with contextlib.suppress(Exception):
                _copy(kept)


def _copied() -> str | None:
    board = importlib.import_module("win32clipboard")
    with contextlib.suppress(Exception):  # another program may hold the clipboard
        board.OpenClipboard()
        try:
            return str(board.GetClipboardData(_TEXT)) if board.IsClipboardFormatAvailable(_TEXT) else None
        finally:
            board.CloseClipboard()
    return None


def _copy(kept: str) -> None:
    board = importlib.import_module("win32clipboard")
    board.OpenClipboard()
    try:
        board.EmptyClipboard()
        board.SetClipboardData(_TEXT, kept)
    finally:
        board.CloseClipboard()
