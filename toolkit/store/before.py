"""What a ledger's rows were before: in older editions of a station's own files, and at the end of the last period.

A file is an older edition of a newer one of the same station and ledger if at least half of its people stand in the newer one too: a
register that was sent again, not a second part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from toolkit.ledgers.dictionary import Ledger
from toolkit.ledgers.schema import row_schema


def open_before(connection: duckdb.DuckDBPyConnection, ledger: Ledger, previous: Mapping[str, Any]) -> str | None:
    """Make the view of a ledger's rows as they stood before; return its name, or None where there are none.

    ``previous``: ledger → the rows of the last period, as Arrow tables.
    """
    name = f"{ledger.id}@before"
    schema = row_schema(ledger)
    columns = ", ".join(f'"{entry.name}"' for entry in schema)
    table = previous.get(ledger.id)
    last = ""
    if table is not None and table.num_rows:
        known = [table[entry.name].cast(entry.type) if entry.name in table.column_names else pa.nulls(table.num_rows, entry.type)
                 for entry in schema]  # fmt: skip
        connection.register("last_period", pa.Table.from_arrays(known, schema=schema))
        last = f"UNION ALL SELECT {columns}, NULL::BIGINT AS _row_id FROM last_period"  # noqa: S608 - names come from the dictionary
    sql = _OLDER.format(view=f'"{ledger.id}"', columns=columns, last=last)
    rows = connection.sql(sql).to_arrow_table()
    if last:
        connection.unregister("last_period")
    if not rows.num_rows:
        return None
    connection.register(name, rows)
    return name


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
