"""Rows as a relation that SQL can name, wherever they lie: in memory, or in Parquet files that are read as they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.ledgers.dictionary import Ledger
from toolkit.ledgers.schema import row_schema


def source(connection: duckdb.DuckDBPyConnection, name: str, rows: Any, ledger: Ledger) -> str:
    """Return the name of a relation with a ledger's columns and ``_at``, which tells the rows apart; every cursor sees it.

    Columns that the rows lack are NULL.

    ``rows``: an Arrow table, the path of a Parquet file, or a tuple of such paths.
    """
    paths = (rows,) if isinstance(rows, Path) else rows if isinstance(rows, tuple) else ()
    schemas = [pq.read_schema(path) for path in paths]
    known = {column for schema in schemas for column in schema.names} or set(rows.column_names)
    columns = ", ".join(f'"{entry.name}"' if entry.name in known else f'NULL::{_TYPES[str(entry.type)]} AS "{entry.name}"'
                        for entry in row_schema(ledger))  # fmt: skip
    if paths:
        listed = ", ".join("'" + path.as_posix().replace("'", "''") + "'" for path in paths)
        differ = any(not schema.equals(schemas[0]) for schema in schemas)
        connection.execute(f'CREATE VIEW "{name}" AS SELECT {columns}, (file_index::BIGINT << 40) + file_row_number AS _at FROM '  # noqa: S608 - our own files
                           f"read_parquet([{listed}], file_row_number = true, union_by_name = {differ})")  # fmt: skip
    else:
        numbered = rows.append_column("_at", pa.array(range(rows.num_rows), pa.int64()))
        connection.register(f"{name}@memory", numbered)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT {columns}, _at FROM "{name}@memory"')  # noqa: S608 - a ledger's id
        connection.unregister(f"{name}@memory")
    return f'"{name}"'


def sql_type(kind: Any) -> str:
    """Return what SQL calls the type of an Arrow column."""
    return _TYPES[str(kind)]


_TYPES = {
    "string": "VARCHAR",
    "double": "DOUBLE",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "date32[day]": "DATE",
    "bool": "BOOLEAN",
}
