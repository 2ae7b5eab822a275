"""Typed rows in Parquet, a partition for every ledger and county, published by an atomic switch.

A run writes a new generation beside the old one; the state database's pointer makes it the current one. A partition none of whose files
changed is taken over by a hard link, or a copy where links are not to be had. The last generation of each past reporting period stays.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

Key = tuple[str, str]
"""A ledger, and a partition of it."""

INCOMING = "incoming"
_MAGIC = b"PAR1"
_FILES = b"files"
_ORDER = [("_file", "ascending"), ("_table", "ascending"), ("_row", "ascending")]


class RowStore:
    """The generations of rows in a folder: ``<generation>/<ledger>/<partition>.parquet``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, generation: str, ledger: str, partition: str) -> Path:
        """Return where a partition of a ledger lies."""
        return self._folder / generation / ledger / f"{partition}.parquet"

    def parts(self, generation: str | None) -> dict[Key, Path]:
        """Return the partitions of a generation that are whole."""
        folder = None if generation is None else self._folder / generation
        if folder is None or not folder.is_dir():
            return {}
        paths = sorted(folder.glob("*/*.parquet"))
        return {(path.parent.name, path.stem): path for path in paths if is_whole(path)}

    def find(self, generation: str | None, ledger: str) -> tuple[Path, ...]:
        """Return the files that hold a ledger's rows; none where there are no rows."""
        folder = None if generation is None else self._folder / generation / ledger
        return () if folder is None else tuple(path for path in sorted(folder.glob("*.parquet")) if is_whole(path))

    def read(self, generation: str | None, ledger: str) -> Any | None:
        """Return a ledger's rows as an Arrow table, or None where there are none."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        tables = [pq.read_table(path, partitioning=None) for path in self.find(generation, ledger)]
        return pa.concat_tables(tables, promote_options="default") if tables else None

    def damaged(self, generation: str | None, sizes: Mapping[Key, int]) -> set[Key]:
        """Return the partitions of a generation that are not there as they were written; ``sizes``: in bytes, as they were."""
        paths = {key: self.path(generation or "", *key) for key in sizes}
        return {key for key, path in paths.items() if not is_whole(path) or path.stat().st_size != sizes[key]}

    def write(self, generation: str, key: Key, table: Any) -> int:
        """Write a partition, its rows in the order of files, tables and rows; return its size in bytes."""
        path = self.path(generation, *key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_rows(path, table.sort_by(_ORDER))

    def keep(self, old: Path, generation: str, key: Key) -> int:
        """Take over a partition as it is; return its size in bytes."""
        path = self.path(generation, *key)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, path)
        except OSError:
            shutil.copyfile(old, path)
        return path.stat().st_size

    def incoming(self, run: str) -> Path:
        """Return a new folder for what workers write during a run; what runs that died have left in others is removed."""
        shutil.rmtree(self._folder / INCOMING, ignore_errors=True)
        folder = self._folder / INCOMING / run
        folder.mkdir(parents=True)
        return folder

    def sweep(self, kept: Collection[str]) -> None:
        """Remove every generation but those to be kept, and what workers have written."""
        if self._folder.is_dir():
            for old in self._folder.iterdir():
                if old.name not in kept:
                    shutil.rmtree(old, ignore_errors=True)


def write_rows(path: Path, table: Any, *, durable: bool = True) -> int:
    """Write rows so that the file is whole or not there, and names the files they came from; return its size in bytes.

    ``durable``: also if the power fails.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    files = json.dumps(pc.unique(table["_file"]).to_pylist(), ensure_ascii=False)
    described = table.replace_schema_metadata({_FILES: files.encode()})
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with unfinished.open("wb") as stream:
        pq.write_table(described, stream, compression="zstd")
        if durable:
            stream.flush()
            os.fsync(stream.fileno())
        size = stream.tell()
    unfinished.replace(path)
    return size


def files_in(path: Path) -> set[str]:
    """Return the files whose rows a partition holds."""
    import pyarrow.parquet as pq

    return set(json.loads((pq.read_schema(path).metadata or {}).get(_FILES, b"[]")))


def is_whole(path: Path) -> bool:
    """Say whether a Parquet file has its end: one that was cut off has not."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            if size < 12:
                return False
            stream.seek(-8, os.SEEK_END)
            end = stream.read()
    except OSError:
        return False
    return end[4:] == _MAGIC and int.from_bytes(end[:4], "little") <= size - 12


def merged(old: Path | None, new: Iterable[Any], stale: Collection[str]) -> Any | None:
    """Return the rows of a partition: those of its files that stand as they were, and new ones (tables, or paths of Parquet files).

    ``stale``: the files whose old rows go. None where no rows are left.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tables = [pq.read_table(one, partitioning=None) if isinstance(one, Path) else one for one in new]
    if old is not None:
        rows = pq.read_table(old, partitioning=None)
        tables.append(rows.filter(pc.invert(pc.is_in(rows["_file"], pa.array(sorted(stale), pa.string())))))
    tables = [table for table in tables if table.num_rows]
    return pa.concat_tables(tables, promote_options="default") if tables else None
