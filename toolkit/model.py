"""The nouns of the product as plain values. Imports nothing of ours.

Rows and columns are physical and start at 1, exactly as Excel shows them, from the moment a cell is read until its finding
is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters to the person who reads it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def column_letters(column: int) -> str:
    """Return the letters of a column number: 1 → ``A``, 28 → ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column's letters: ``A`` → 1, ``AB`` → 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    """Return the A1 name of a cell: (5, 3) → ``C5``."""
    return f"{column_letters(column)}{row}"


def split_cell(cell: str) -> tuple[int, int]:
    """Return (row, column) of an A1 name.

    Raises:
        ValueError: the text is not the name of one cell.
    """
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and digits and digits[0] != "0"):
        raise ValueError(f"not a cell: {cell!r}")
    return int(digits), column_number(letters)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. ``file`` is relative to the workspace, with ``/``; what is unknown is None."""

    station: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: int | None = None

    @property
    def cell(self) -> str | None:
        """The A1 name of the cell, or None where the place is a whole row, sheet, file or station."""
        if self.row is None or self.column is None:
            return None
        return cell_name(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing, wrong or worth a look, and where.

    ``code`` names an entry of the message catalogue; ``params`` fill its sentences. ``value`` and ``suggestion`` are what
    the cell holds and what should stand there instead, unmasked: every way out of the program masks them.
    ``key`` identifies the record the finding is about, so that its identity survives inserted rows.
    """

    code: str
    severity: Severity
    place: Place
    params: dict[str, Any] = field(default_factory=dict)
    ledger: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    safe: bool = False
    related: tuple[Place, ...] = ()
    key: str = ""
    id: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding to be made visible at a cell of a workbook; what the cell holds now is read from the workbook itself."""

    sheet: str
    cell: str
    severity: Severity | str
    code: str
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class MarkResult:
    """What marking or unmarking one workbook did.

    ``status``: done, none (nothing to mark and nothing to remove), in-use, refused, off.
    ``skipped`` names marks that could not be made visible, each with a reason code; ``kept`` the sheets and cells where words stay
    that people had typed into ours. ``lock`` and ``owner``: the lock file of who has it open, where that is known;
    ``stale_lock``: one that was passed over. ``values_only``: the copy holds values and merged cells only.
    """

    status: str
    marked: int = 0
    notes: int = 0
    changed: bool = False
    skipped: tuple[tuple[str, str, str], ...] = ()
    kept: tuple[str, ...] = ()
    lock: str = ""
    owner: str = ""
    stale_lock: str = ""
    values_only: bool = False


class RefusedWorkbook(Exception):  # noqa: N818 - the name is a fixed contract
    """A workbook that marking will not touch; ``code`` names the reason in the message catalogue."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


UNMARKED = ("W014", "W015")
"""The findings that say a file carries no marks although it should."""

FINDINGS_SHEET = "问题清单"
"""The sheet that marking appends to a station's workbook; reading skips it."""

FIX_SHEET = "更正记录"
"""The sheet that fixing appends to a workbook; reading skips it."""

OPTIONS_SHEET = "下拉选项"
"""The hidden sheet of a blank ledger that feeds its dropdowns; reading skips it."""
