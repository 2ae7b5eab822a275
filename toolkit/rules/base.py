"""What a rule sees and says.

A rule is a module with ``check(batch, settings) -> Iterator[Hit]`` over the rows of one ledger from any number of files, or with
``check_county(county, settings) -> Iterator[CountyHit]`` over the store. Its docstring is its manual page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from toolkit.fields.base import FieldSpec
from toolkit.fields.date import PartialDate
from toolkit.fields.id_card import birth_date, is_male

Settings = Mapping[str, Any]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Objects = np.ndarray[Any, np.dtype[np.object_]]
_UNKNOWN = (np.nan, np.nan)


class Hit(NamedTuple):
    """A rule's finding at one field of one row of a batch. ``related``: (row, field) of the cells it disagrees with."""

    row: int
    field: str
    code: str
    params: dict[str, Any] = {}  # noqa: RUF012 - a NamedTuple's defaults are shared and never written
    suggestion: str | None = None
    related: tuple[tuple[int, str], ...] = ()


class TotalLine(NamedTuple):
    """A total line of a table: its physical row, its numbers by field, and the batch rows it adds up.

    Its sum ends before row ``end`` and begins at one of ``begins`` (the table's first row, or after an earlier total or header),
    or it stands above what it adds up, the rows up to ``after``. ``subtotal``: it calls itself 小计 or 本页.
    """

    table: int
    row: int
    values: Mapping[str, float]
    begins: tuple[int, ...]
    end: int
    after: int
    subtotal: bool


class TableHit(NamedTuple):
    """A rule's finding at a cell that is no data row, such as a total line; about the whole sheet where ``row`` is None."""

    table: int
    row: int | None
    field: str
    code: str
    params: dict[str, Any]
    value: str = ""


@dataclass
class Batch:
    """The rows of one ledger from any number of tables.

    ``frame`` has a column of parsed values per field; row *i* of every array is row *i* of the frame. ``table`` numbers
    the table of each row and ``present`` says which tables have which columns. ``failed`` marks cells that hold
    something that could not be parsed, ``doubtful`` dates that are wrong in themselves (in the future), ``excluded``
    rows that no rule should look at (a shifted row). ``as_of``: the day for which each table was drawn up, where it says one.
    """

    ledger: str
    fields: Mapping[str, FieldSpec]
    frame: pd.DataFrame
    table: np.ndarray[Any, np.dtype[np.int64]]
    sheet_row: np.ndarray[Any, np.dtype[np.int64]]
    file: Objects
    present: Mapping[str, Bools]
    failed: Mapping[str, Bools]
    excluded: Bools
    totals: Sequence[TotalLine]
    periods: Sequence[tuple[date, date] | None]
    today: date
    cutoff: date
    doubtful: Mapping[str, Bools] = field(default_factory=dict)
    as_of: Sequence[date | None] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def day(self, row: int) -> date:
        """Return the day as of which a row is to be judged: its table's own, else the end of the period."""
        return (self.as_of[self.table[row]] if self.as_of else None) or self.cutoff

    def values(self, name: str) -> Objects:
        """Return the parsed values of a field: None where blank or unreadable."""
        if name not in self.frame:
            return np.full(len(self), None, dtype=object)
        column: Objects = self.frame[name].to_numpy(dtype=object)
        return column

    def filled(self, name: str) -> Bools:
        """Say which rows have a usable value."""
        filled: Bools = pd.notna(self.values(name))
        return filled

    def missing(self, name: str) -> Bools:
        """Say which rows lack an entry although their table has the column."""
        if name not in self.present:
            return np.zeros(len(self), dtype=bool)
        return self.present[name] & ~self.filled(name) & ~self.failed[name] & ~self.excluded

    def dates(self, name: str) -> tuple[Floats, Floats]:
        """Return the earliest and the latest day (as ordinals, NaN where unknown) of a date field."""
        return self._ordinals(name)

    @cached_property
    def _ordinal_cache(self) -> dict[str, tuple[Floats, Floats]]:
        return {}

    @cached_property
    def _birth_cache(self) -> dict[str, Floats]:
        return {}

    def _ordinals(self, name: str) -> tuple[Floats, Floats]:
        if name not in self._ordinal_cache:
            spans = [(value.first.toordinal(), value.last.toordinal()) if isinstance(value, PartialDate) else _UNKNOWN
                     for value in self.values(name)]  # fmt: skip
            found = np.array(spans, dtype=float).reshape(len(self), 2)
            found[self.excluded | self.doubtful.get(name, False)] = np.nan
            self._ordinal_cache[name] = (found[:, 0], found[:, 1])
        return self._ordinal_cache[name]

    def births(self, name: str) -> Floats:
        """Return the day of birth in the ID numbers of a field, as ordinals."""
        if name not in self._birth_cache:
            days = (None if value is None else birth_date(value) for value in self.values(name))
            born = np.array([np.nan if day is None else day.toordinal() for day in days], dtype=float)
            born[self.excluded] = np.nan
            self._birth_cache[name] = born
        return self._birth_cache[name]

    def men(self, name: str) -> Objects:
        """Return whether the ID numbers of a field are men's; None where there is none."""
        return np.array([None if value is None else is_male(value) for value in self.values(name)], dtype=object)


class RowRef(NamedTuple):
    """A stored row as a parameter of a finding: people read its station, file, sheet and row."""

    ledger: str
    row: int


class CountyHit(NamedTuple):
    """A county rule's finding at a field of one stored row; ``related`` are other stored rows and their fields."""

    ledger: str
    row: int
    field: str
    code: str
    params: dict[str, Any]
    related: tuple[tuple[str, int, str], ...] = ()


class StationHit(NamedTuple):
    """A county rule's finding about a whole station; ``record`` tells findings of one code and station apart."""

    station: str
    code: str
    params: dict[str, Any]
    record: str = ""


class County(Protocol):
    """All stored rows, queried with SQL: one view per ledger, named by its id in double quotes.

    Each view has a column per field (dates as DATE, the first possible day, and ``…_last``, the last one), ``_row_id`` (stable
    within the run), ``_station``, ``_station_name``, ``_township``, ``_file``, ``_sheet``, ``_row``, ``_person`` (the 18-character ID, empty
    where unknown) and ``_counted``. ``ancestors`` has (upper, station) for every station and each one above it. ``period`` and
    ``today`` are the workspace's.
    """

    ledgers: frozenset[str]
    period: tuple[date, date]
    today: date

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...

    def has(self, ledger: str, name: str) -> bool:
        """Say whether a ledger has rows and a field."""
        ...

    def rows(self, ledger: str, rows: Iterable[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return (row id, the columns' values …) of some stored rows."""
        ...

    def before(self, ledger: str) -> str | None:
        """Return the name of the view of a ledger's rows as they stood before, or None where nothing is known of before.

        It has the ledger's columns; ``_row_id`` is NULL for rows of the last period that no current file holds any more.
        """
        ...


def listed(values: Iterable[str]) -> str:
    """Return texts as a list for SQL's IN."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def years_between(earlier: Floats, later: Floats) -> Floats:
    """Return completed years between ordinals, within a day of the calendar."""
    result: Floats = np.floor((later - earlier) / 365.2425 + 1e-9)
    return result


def age_on(born: float, day: float) -> int:
    """Return the age in completed years of somebody born on one ordinal, on the day of another."""
    birth, now = date.fromordinal(int(born)), date.fromordinal(int(day))
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))


def each(mask: Bools) -> Iterator[int]:
    """Yield the positions at which a mask is true."""
    for index in np.flatnonzero(mask):
        yield int(index)


def shown(ordinal: float) -> str:
    """Return an ordinal as a date people read."""
    return date.fromordinal(int(ordinal)).isoformat()
