"""All rows of the county, put in order and counted once, and open to SQL.

Rows of one station and ledger that agree in the ledger's key count once, from the newest file; the others stay, with
``_counted`` false and the row that counts in ``_same_as``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from toolkit.ledgers.dictionary import Dictionary
from toolkit.ledgers.schema import row_schema
from toolkit.roster import Roster


@dataclass(slots=True)
class StoredCounty:
    """The rows of all ledgers in an in-memory DuckDB; implements what county rules and outputs ask for.

    Each view is named by its ledger's id in double quotes and has, beside the columns of ``ledgers/schema.py``, ``_row_id``
    (0 … n-1, in order of station, file, sheet and row), ``_order`` (the station's place in the roster), ``_station_name``,
    ``_township`` and ``_township_name`` (of the station; its own above that level), ``_level`` (of the station), ``_counted`` and
    ``_same_as``. The view ``stations`` holds the roster (code, name, place, township, township_name, level). Every ledger of the
    dictionary has a view, with no rows where nothing was sent.
    """

    dictionary: Dictionary
    connection: duckdb.DuckDBPyConnection
    ledgers: frozenset[str] = frozenset()
    tables: dict[str, Any] = field(default_factory=dict)
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

    def place(self, ledger: str, row: int) -> str:
        """Return where a stored row stands, as people read it."""
        sql = f'SELECT _station_name, _file, _sheet, _row FROM "{ledger}" WHERE _row_id = ?'  # noqa: S608 - a ledger's id
        station, file, sheet, number = self.query(sql, [row])[0]
        return f"{station or str(file).rpartition('/')[2]}（{sheet}!{number}）"


def open_county(
    tables: Mapping[str, Any], dictionary: Dictionary, roster: Roster | None, recency: Mapping[str, int]
) -> StoredCounty:
    """Return the county made of the rows of each ledger; ``recency``: file → a number that grows with newer files."""
    connection = duckdb.connect()
    connection.execute("SET threads TO 2")
    _register_stations(connection, roster)
    files = pa.table(
        {"file": pa.array(list(recency), pa.string()), "rank": pa.array(list(recency.values()), pa.int64())}
    )
    connection.register("recency", files)
    county = StoredCounty(dictionary, connection)
    present = set()
    for name, ledger in dictionary.ledgers.items():
        table = tables.get(name)
        if table is None:
            table = row_schema(ledger).empty_table()
        elif table.num_rows:
            present.add(name)
        connection.register("incoming", table)
        ordered = connection.sql(_ORDERED).to_arrow_table()
        connection.unregister("incoming")
        county.tables[name] = ordered
        connection.register(name, ordered)
    county.ledgers = frozenset(present)
    return county


def _register_stations(connection: duckdb.DuckDBPyConnection, roster: Roster | None) -> None:
    rows = []
    for station in roster.stations.values() if roster else ():
        upper = roster.group(station) if roster else station
        rows.append((station.code, station.name, station.order, upper.code, upper.name, station.level))
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 6
    names = ("code", "name", "place", "township", "township_name", "level")
    types = (pa.string(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.string())
    connection.register(
        "stations", pa.table({n: pa.array(list(c), t) for n, c, t in zip(names, columns, types, strict=True)})
    )


_ORDERED = """
    WITH placed AS (
        SELECT i.*, coalesce(s.place, 1000000) AS _order, coalesce(s.name, '') AS _station_name,
               coalesce(s.township, '') AS _township, coalesce(s.township_name, '') AS _township_name,
               coalesce(s.level, '') AS _level,
               coalesce(r.rank, 0) AS _rank,
               row_number() OVER (ORDER BY coalesce(s.place, 1000000), i._file, i._table, i._row) - 1 AS _row_id
        FROM incoming i LEFT JOIN stations s ON s.code = i._station LEFT JOIN recency r ON r.file = i._file
    ), chosen AS (
        SELECT *, first_value(_row_id) OVER (
            PARTITION BY CASE WHEN _key = '' THEN '#' || _row_id ELSE _station || '|' || _key || CASE WHEN _station = '' THEN _file ELSE '' END END
            ORDER BY _rank DESC, _file DESC, _table, _row) AS _same_as
        FROM placed
    )
    SELECT * EXCLUDE (_rank), _same_as = _row_id AS _counted FROM chosen ORDER BY _row_id
"""
