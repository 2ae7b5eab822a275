"""What a ledger's rows were before: in older editions of a station's own files, and at the end of the last period.

A file is an older edition of a newer one of the same station and ledger if at least half of its people stand in the newer one too: a
register that was sent again, not a second part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from toolkit.ledgers.dictionary import Ledger
from toolkit.ledgers.schema import row_schema
from toolkit.store.source import source


def open_before(connection: duckdb.DuckDBPyConnection, ledger: Ledger, previous: Mapping[str, Any]) -> str | None:
    """Make the view of a ledger's rows as they stood before; return its name, or None where there are none.

    ``previous``: ledger → the rows of the last period, as Arrow tables or Parquet files.
    """
    name = f"{ledger.id}@before"
    columns = ", ".join(f'"{entry.name}"' for entry in row_schema(ledger))
    rows = previous.get(ledger.id)
    last = ""
    if rows is not None:
        last = f"UNION ALL SELECT {columns}, NULL::BIGINT AS _row_id FROM {source(connection, f'{ledger.id}@last', rows, ledger)}"  # noqa: S608
    rows_before = _OLDER.format(view=f'"{ledger.id}"', columns=columns, last=last)
    connection.execute(f'CREATE TEMP TABLE "{name}" AS {rows_before}')
    return name if connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() else None  # noqa: S608 - a ledger's id


_OLDER = """
    WITH people AS (SELECT DISTINCT _station, _file, _person FROM {view} WHERE _person <> '' AND _station <> ''),
         files AS (SELECT p._station, p._file, r.rank, count(*) AS people FROM people p JOIN recency r ON r.file = p._file GROUP BY ALL),
         shared AS (SELECT a._station, a._file AS older, b._file AS newer, count(*) AS people
                    FROM people a JOIN people b ON a._station = b._station AND a._person = b._person AND a._file <> b._file GROUP BY ALL),
         editions AS (SELECT DISTINCT s.older FROM shared s
                      JOIN files o ON o._station = s._station AND o._file = s.older
                      JOIN files n ON n._station = s._station AND n._file = s.newer
                      WHERE o.rank < n.rank AND s.people * 2 >= o.people)
    SELECT {columns}, _row_id FROM {view} SEMI JOIN editions ON editions.older = _file
    {last}
"""
