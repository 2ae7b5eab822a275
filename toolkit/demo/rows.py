"""A record of a ledger before it is written: clean values, and what stands in the cell instead where a mistake is planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from toolkit.demo.people import Person

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the result that is stored with it; None: no result is stored."""

    text: str
    result: str | float | None


Shown = str | int | float | date | Formula | None
"""What physically stands in a cell."""


@dataclass(slots=True)
class Row:
    """One record. ``uid`` is unique within a station; ``extra`` rows do not count (duplicates within a table)."""

    uid: int
    ledger: str
    values: dict[str, Value]
    person: Person | None = None
    shown: dict[str, Shown] = field(default_factory=dict)
    dirty: bool = False
    extra: bool = False
    counted: bool = False
    """Carries one of the yearly figures: only harmless columns may be spoilt."""
    note: str = ""
    """Instead of a record: a stray remark or an example, not counted as data."""


class Numbered:
    """Makes rows with running numbers."""

    def __init__(self) -> None:
        self._next = 0

    def row(self, ledger: str, values: dict[str, Value], person: Person | None = None, *, counted: bool = False) -> Row:
        """Return a new row."""
        self._next += 1
        return Row(self._next, ledger, values, person, counted=counted)

    def copy(self, row: Row) -> Row:
        """Return a row with the same values and a number of its own."""
        self._next += 1
        return Row(self._next, row.ledger, dict(row.values), row.person, dict(row.shown))
