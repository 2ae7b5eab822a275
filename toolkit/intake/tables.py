"""Located tables: what reading a sheet yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.intake.body import RowKind
from toolkit.intake.header import Header
from toolkit.intake.meta import Meta
from toolkit.ledgers.dictionary import Ledger
from toolkit.model import Finding


@dataclass(slots=True)
class Table:
    """One located table.

    ``values``: field → raw values, one for each entry of ``rows``, the physical row numbers. ``totals``: physical row, cells, the
    counts of rows at which its sum may begin (the last being where it stands): earlier totals and repeated headers; and the
    count of rows at the next total, for one that stands above what it adds up. ``ticks``: field → column → the answer that a tick in it
    gives. ``sums``: the fields whose columns are added up. ``constants``: field → what the title says of every row.
    """

    ledger: Ledger
    sheet: str
    header: Header
    columns: dict[str, tuple[int, ...]]
    meta: Meta
    rows: list[int] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)
    totals: list[tuple[int, list[Any], tuple[int, ...], int]] = field(default_factory=list)
    units: dict[str, float] = field(default_factory=dict)
    ticks: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)
    zero: bool = False

    def column(self, field_name: str) -> int | None:
        """Return the (first) physical column of a field, or None where the table has none."""
        numbers = self.columns.get(field_name)
        return numbers[0] if numbers else None


@dataclass(slots=True)
class LocatedSheet:
    """A sheet's tables, what each of its rows is, and what has to be said about it."""

    name: str
    tables: list[Table] = field(default_factory=list)
    kinds: dict[int, RowKind] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
