"""Which partition a row belongs to: the county of its station. Workers split their rows by it and may write them down themselves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from toolkit.roster import Roster
from toolkit.store.rows import Key, write_rows

NOBODY = "_"
"""The partition of rows that belong to no station."""

_LONGEST = 100


def partition_of(code: str, roster: Roster | None) -> str:
    """Return the partition of a station's rows, as a file name that any system takes."""
    station = roster.stations.get(code) if roster else None
    county = roster.county(station) if roster and station else None
    if county is None:
        return NOBODY
    # Codes that differ in case or in their far ends share a partition, which is only a place to keep rows.
    return quote(county.code.lower(), safe="")[:_LONGEST]


def split(rows: Any, roster: Roster | None) -> Iterator[tuple[str, Any]]:
    """Yield (partition, its rows) of an Arrow table of one ledger."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes: dict[str, list[str]] = {}
    for code in pc.unique(rows["_station"]).to_pylist():
        codes.setdefault(partition_of(code or "", roster), []).append(code)
    for partition, own in codes.items():
        mask = None if len(codes) == 1 else pc.is_in(rows["_station"], pa.array(own, pa.string()))
        yield partition, rows if mask is None else rows.filter(mask)


def write_pieces(folder: Path, rows: Mapping[str, Any], roster: Roster | None) -> dict[Key, list[Any]]:
    """Write the rows of a batch below ``folder``, a file for every ledger and partition; return where they lie.

    The names are new each time: a batch that is done again, because its worker died, leaves files that nobody asks for.
    """
    batch = uuid.uuid4().hex
    pieces: dict[Key, list[Any]] = {}
    for ledger, table in rows.items():
        for partition, part in split(table, roster):
            path = folder / f"{ledger}.{partition}.{batch}.parquet"
            write_rows(path, part, durable=False)
            pieces[ledger, partition] = [path]
    return pieces
