"""Check an open workbook the way files are checked: a private copy of what stands there now goes to the same reader."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.excel.desk import Desk
from toolkit.excel.marks import marked_sheets
from toolkit.excel.refusal import Refused
from toolkit.messages.say import message
from toolkit.model import Finding
from toolkit.single import check_files, circumstances

_UNUSABLE = ("unreadable", "encrypted", "locked", "skipped-duplicate", "other")


@dataclass(frozen=True, slots=True)
class CheckedBook:
    """A workbook and what was found in it; ``copy`` lies in a folder that is gone once the block is left."""

    book: Any
    copy: Path
    findings: Sequence[Finding]
    entry: dict[str, Any]


@contextlib.contextmanager
def checked_book(desk: Desk) -> Iterator[CheckedBook]:
    """Check the workbook that is meant.

    Raises:
        Refused: there is none, it is empty, or it cannot be read.
    """
    book = desk.book
    desk.voice.status(desk.say("status.checking", book=book.name))
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        copy = desk.program.save_copy(book, Path(folder))
        checked = check_files([copy], lang=desk.lang, **circumstances(desk.config))
        findings, entry = checked.findings[copy.as_posix()], checked.report["files"][0]
        if entry["status"] in _UNUSABLE:
            reasons = "\n".join(message(finding, desk.lang) for finding in findings if finding.place.sheet is None)
            raise Refused("unreadable", book=book.name, reasons=reasons)
        if not entry["rows"] and not entry["ledgers"] and is_empty(book):
            raise Refused("empty", book=book.name)
        yield CheckedBook(book, copy, findings, entry)


def is_empty(book: Any) -> bool:
    """Say whether no sheet of a workbook holds anything."""
    return all(sheet.used_range.shape == (1, 1) and sheet.used_range.value in (None, "") for sheet in book.sheets)


def refuse_protected(desk: Desk, book: Any, sheets: set[str], *, structure: bool, said: str = "") -> None:
    """Refuse where something that is to be changed is protected.

    Args:
        desk: where the click happened.
        book: the workbook.
        sheets: what is to be changed, beside the sheets that carry marks of ours.
        structure: whether sheets are to be added or removed.
        said: what was found so far; it is told all the same.

    Raises:
        Refused: a sheet that is to be changed is protected, or the list of sheets; or nothing in the workbook can be changed.
    """
    if (sheets or structure) and not desk.program.edits_read_only and desk.program.read_only(book):
        raise Refused("read_only", book=book.name, said=said)
    protection = desk.program.protection(book)
    if protection.sheets:
        locked = sorted((sheets | marked_sheets(desk.program, book)) & protection.sheets)
        if locked:
            raise Refused("protected", sheets="、".join(locked), said=said)
    if protection.structure and structure:
        raise Refused("structure", said=said)
