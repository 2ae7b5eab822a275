"""All rows of the county, put in order and counted once, and open to SQL.

Rows of one station and ledger that agree in the ledger's key count once, from the newest file; the others stay, with
``_counted`` false and the row that counts in ``_same_as``. So does a row of a register at an upper station that only repeats a lower station's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from toolkit.ledgers.dictionary import Dictionary, Ledger
from toolkit.ledgers.schema import row_schema
from toolkit.roster import Roster
from toolkit.roster.station import bare
from toolkit.store.before import open_before
from toolkit.store.source import source, sql_type

_THREADS, _MEMORY = 2, "1GB"


@dataclass(slots=True)
class StoredCounty:
    """The rows of all ledgers in an in-memory DuckDB; implements what county rules and outputs ask for.

    Each view is named by its ledger's id in double quotes and has, beside the columns of ``ledgers/schema.py``, ``_row_id``
    (0 … n-1, in order of station, file, sheet and row), ``_order`` (the station's place in the roster), ``_station_name``,
    ``_township`` and ``_township_name`` (of the station; its own above that level), ``_level`` (of the station), ``_county`` (empty where there is
    but one), ``_counted`` and ``_same_as``. The view ``stations`` holds the roster (code, name, place, township, township_name, level, county
    and county_name: its county's station, empty where there is but one; in_full: the name with the county's before it). Every ledger of the
    dictionary has a view, with no rows where nothing was sent.
    """

    dictionary: Dictionary
    connection: duckdb.DuckDBPyConnection
    period: tuple[date, date]
    today: date
    previous: Mapping[str, Any] = field(default_factory=dict)
    ledgers: frozenset[str] = frozenset()
    _before: dict[str, str | None] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set, repr=False)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.execute(sql, list(parameters)).fetchall()

    def arrow(self, sql: str) -> Any:
        """Return the result of a query as an Arrow table."""
        return self.connection.sql(sql).to_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """Keep the result of a query as a table of that name; a name that is kept already stays as it is."""
        if name not in self._kept:
            quoted = '"' + name.replace('"', '""') + '"'
            self.connection.execute(f"CREATE TEMP TABLE {quoted} AS {sql}")
            self._kept.add(name)

    def has(self, ledger: str, name: str) -> bool:
        """Say whether a ledger has rows and a field."""
        return ledger in self.ledgers and name in self.dictionary.ledgers[ledger].fields

    def rows(self, ledger: str, rows: Iterable[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return (row id, the columns' values …) of some stored rows."""
        self.connection.register("wanted_rows", pa.table({"wanted": pa.array(sorted(rows), pa.int64())}))
        names = ", ".join(f'"{name}"' for name in columns)
        found = self.query(f'SELECT _row_id, {names} FROM "{ledger}" SEMI JOIN wanted_rows ON wanted = _row_id')  # noqa: S608 - a ledger's id
        self.connection.unregister("wanted_rows")
        return found

    def before(self, ledger: str) -> str | None:
        """Return the name of the view of a ledger's rows as they stood before; see ``store/before.py``."""
        if ledger not in self._before:
            self._before[ledger] = open_before(self.connection, self.dictionary.ledgers[ledger], self.previous)
        return self._before[ledger]


def open_county(
    tables: Mapping[str, Any], dictionary: Dictionary, roster: Roster | None, recency: Mapping[str, int], *,
    period: tuple[date, date], today: date, previous: Mapping[str, Any] | None = None,
) -> StoredCounty:  # fmt: skip
    """Return the county made of the rows of each ledger: Arrow tables, or paths of Parquet files (one, or a tuple) that are read as they are needed.

    ``recency``: file → a number that grows with newer files; ``previous``: the rows of the last period.
    """
    connection = duckdb.connect()
    connection.execute(f"SET threads TO {_THREADS}")
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute("SET parquet_metadata_cache = true")  # partitions are never written twice
    register_stations(connection, roster)
    files = pa.table(
        {"file": pa.array(list(recency), pa.string()), "rank": pa.array(list(recency.values()), pa.int64())}
    )
    connection.register("recency", files)
    county = StoredCounty(dictionary, connection, period, today, previous or {})
    present = set()
    for name, ledger in dictionary.ledgers.items():
        rows = tables.get(name)
        if isinstance(rows, Path | tuple) or (rows is not None and rows.num_rows):
            present.add(name)
            _make_view(connection, ledger, source(connection, f"{name}@rows", rows, ledger))
        else:
            connection.execute(_empty(ledger))
    county.ledgers = frozenset(present)
    return county


def _make_view(connection: duckdb.DuckDBPyConnection, ledger: Ledger, rows: str) -> None:
    """Make the view of a ledger: its rows, and the columns that say where each stands among them and whether it counts.

    Only the few columns that decide are sorted and kept; the rows themselves stay where they are.
    """
    connection.execute(
        f'CREATE TABLE "{ledger.id}@places" AS {_ORDERED.format(rows=rows, copies=_is_register(ledger))}'
    )
    connection.execute(
        f'CREATE VIEW "{ledger.id}" AS SELECT r.* EXCLUDE (_at), p.* EXCLUDE (_at) FROM {rows} r JOIN "{ledger.id}@places" p USING (_at)'  # noqa: S608
    )


def _empty(ledger: Ledger) -> str:
    """Return SQL for the view of a ledger that nobody sent: putting nothing in order would take as long as putting a little."""
    columns = {entry.name: sql_type(entry.type) for entry in row_schema(ledger)} | _PLACES
    return f'CREATE TABLE "{ledger.id}" ({", ".join(f"{chr(34)}{name}{chr(34)} {kind}" for name, kind in columns.items())})'


_PLACES = {
    "_order": "BIGINT", "_station_name": "VARCHAR", "_township": "VARCHAR", "_township_name": "VARCHAR", "_level": "VARCHAR",
    "_county": "VARCHAR", "_row_id": "BIGINT", "_same_as": "BIGINT", "_counted": "BOOLEAN",
}  # fmt: skip
"""The columns that ``_ORDERED`` adds."""


def _is_register(ledger: Ledger) -> bool:
    """Say whether an upper station's rows of a ledger are the lower ones' put together, not its own doings: then they must agree."""
    return any(spec.rule == "sums_agree" for spec in ledger.rules)


def register_stations(connection: duckdb.DuckDBPyConnection, roster: Roster | None) -> None:
    """Make the views ``stations`` and ``ancestors`` of a roster in a connection."""
    rows = []
    for station in roster.stations.values() if roster else ():
        assert roster is not None
        upper, full, county, county_name = roster.group(station), station.name, "", ""
        if roster.several:
            above = roster.county(station)
            full, county, county_name = roster.in_full(station), above.code, bare(above.name)
        rows.append((station.code, station.name, station.order, upper.code, upper.name, station.level, county, county_name,
                     full))  # fmt: skip
    _register(
        connection,
        "stations",
        ("code", "name", "place", "township", "township_name", "level", "county", "county_name", "in_full"),
        rows,
    )
    pairs = [(upper.code, station.code) for station in (roster.stations.values() if roster else ())
             for upper in roster.lineage(station) if upper is not station] if roster else []  # fmt: skip
    _register(connection, "ancestors", ("upper", "station"), pairs)


def _register(
    connection: duckdb.DuckDBPyConnection, view: str, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    types = [pa.int64() if name == "place" else pa.string() for name in names]
    connection.register(
        view, pa.table({n: pa.array(list(c), t) for n, c, t in zip(names, columns, types, strict=True)})
    )


_ORDERED = """
    WITH incoming AS (
        SELECT _at, _file, _table, _row, _station, _key FROM {rows}
    ), placed AS (
        SELECT i._at, i._key, i._station, i._file, i._table, i._row, coalesce(s.place, 1000000) AS _order,
               coalesce(s.name, '') AS _station_name, coalesce(s.township, '') AS _township,
               coalesce(s.township_name, '') AS _township_name, coalesce(s.level, '') AS _level, coalesce(s.county, '') AS _county,
               coalesce(r.rank, 0) AS _rank,
               row_number() OVER (ORDER BY coalesce(s.place, 1000000), i._file, i._table, i._row) - 1 AS _row_id
        FROM incoming i LEFT JOIN stations s ON s.code = i._station LEFT JOIN recency r ON r.file = i._file
    ), chosen AS (
        SELECT p._row_id, arg_max(o._row_id, (o._rank, o._file, -o._table, -o._row)) AS same
        FROM placed p JOIN placed o ON o._key = p._key AND o._station = p._station AND (p._station <> '' OR o._file = p._file)
        WHERE p._key <> '' AND p._key IN (SELECT _key FROM incoming WHERE _key <> '' GROUP BY _key HAVING count(*) > 1)
        GROUP BY p._row_id
    ), settled AS (
        SELECT p.*, coalesce(c.same, p._row_id) AS _same_in_station FROM placed p LEFT JOIN chosen c USING (_row_id)
    ), below AS (
        SELECT u._row_id AS upper_row, min(l._row_id) AS lower_row FROM settled u
        JOIN ancestors a ON a.upper = u._station JOIN settled l ON l._station = a.station AND l._key = u._key
        WHERE {copies} AND u._key <> '' AND l._same_in_station = l._row_id GROUP BY 1
    )
    SELECT _at, _order, _station_name, _township, _township_name, _level, _county, _row_id, coalesce(lower_row, _same_in_station) AS _same_as,
           coalesce(lower_row, _same_in_station) = _row_id AS _counted
    FROM settled LEFT JOIN below ON upper_row = _row_id
"""
