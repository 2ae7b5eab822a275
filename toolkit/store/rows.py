"""Typed rows in Parquet, one dataset a ledger, published by an atomic switch.

A run writes a new generation beside the old one; the state database's pointer makes it the current one. A ledger that did not
change is taken over by a hard link, or a copy where links are not to be had. The last generation of each past reporting period stays.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


class RowStore:
    """The generations of rows in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, generation: str, ledger: str) -> Path:
        """Return where a ledger's rows of a generation lie."""
        return self._folder / generation / f"{ledger}.parquet"

    def read(self, generation: str | None, ledger: str) -> Any | None:
        """Return a ledger's rows as an Arrow table, or None where there are none."""
        path = self.find(generation, ledger)
        return None if path is None else pq.read_table(path)

    def find(self, generation: str | None, ledger: str) -> Path | None:
        """Return the file that holds a ledger's rows, or None where there are none."""
        path = self.path(generation, ledger) if generation is not None else None
        return path if path is not None and path.is_file() else None

    def write(self, generation: str, tables: Mapping[str, Any], kept: Mapping[str, str]) -> None:
        """Write a generation: new tables, and ledgers kept as they are (ledger → generation that holds them)."""
        folder = self._folder / generation
        folder.mkdir(parents=True, exist_ok=True)
        for ledger, table in tables.items():
            pq.write_table(table, self.path(generation, ledger), compression="zstd")
        for ledger, old in kept.items():
            source, target = self.path(old, ledger), self.path(generation, ledger)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)

    def sweep(self, kept: Collection[str]) -> None:
        """Remove every generation but those to be kept."""
        if self._folder.is_dir():
            for old in self._folder.iterdir():
                if old.name not in kept:
                    shutil.rmtree(old, ignore_errors=True)
