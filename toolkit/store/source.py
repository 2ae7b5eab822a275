"""Rows as a relation that SQL can name, wherever they lie: in memory, or in a Parquet file that is read as it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.ledgers.dictionary import Ledger
from toolkit.ledgers.schema import row_schema


def source(connection: duckdb.DuckDBPyConnection, name: str, rows: Any, ledger: Ledger) -> str:
    """Return the name of a relation with a ledger's columns and ``_at``, which numbers the rows; every cursor sees it.

    Columns that the rows lack are NULL.
    """
    known = pq.read_schema(rows).names if isinstance(rows, Path) else rows.column_names
    columns = ", ".join(f'"{entry.name}"' if entry.name in known else f'NULL::{_TYPES[str(entry.type)]} AS "{entry.name}"'
                        for entry in row_schema(ledger))  # fmt: skip
    if isinstance(rows, Path):
        path = rows.as_posix().replace("'", "''")
        connection.execute(f'CREATE VIEW "{name}" AS SELECT {columns}, file_row_number AS _at FROM '  # noqa: S608 - our own file
                           f"read_parquet('{path}', file_row_number = true)")  # fmt: skip
    else:
        numbered = rows.append_column("_at", pa.array(range(rows.num_rows), pa.int64()))
        connection.register(f"{name}@memory", numbered)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT {columns}, _at FROM "{name}@memory"')  # noqa: S608 - a ledger's id
        connection.unregister(f"{name}@memory")
    return f'"{name}"'


_TYPES = {
    "string": "VARCHAR",
    "double": "DOUBLE",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "date32[day]": "DATE",
    "bool": "BOOLEAN",
}
