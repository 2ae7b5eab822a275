"""How the rows of a ledger are kept: provenance first, then one typed column per field.

A date is two columns, the first and the last day it can be (equal where the day is known). What could not be typed stands as JSON,
field → text, in ``_unparsed``; what stood in columns the ledger does not know, as text in ``_other``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pyarrow as pa

from toolkit.fields import field_type
from toolkit.ledgers.dictionary import Ledger

PROVENANCE: tuple[tuple[str, Any], ...] = (
    ("_file", pa.string()), ("_sheet", pa.string()), ("_table", pa.int32()), ("_row", pa.int32()), ("_station", pa.string()),
    ("_person", pa.string()), ("_id_failed", pa.bool_()), ("_key", pa.string()), ("_unparsed", pa.string()), ("_other", pa.string()),
)  # fmt: skip
_TYPES = {"text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "date": pa.date32()}


@lru_cache(maxsize=256)
def _schema(fields: tuple[tuple[str, str], ...]) -> Any:
    columns = list(PROVENANCE)
    for name, storage in fields:
        columns.append((name, _TYPES[storage]))
        if storage == "date":
            columns.append((f"{name}_last", pa.date32()))
    return pa.schema(columns)


def row_schema(ledger: Ledger) -> Any:
    """Return the Arrow schema of a ledger's rows."""
    return _schema(tuple((spec.name, field_type(spec.type).storage) for spec in ledger.fields.values()))
