"""Put the rows of all files together: those just parsed, and those of unchanged files from the last generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.batches import BatchResult, FileResult
from toolkit.intake.discover import Discovered
from toolkit.store.county import StoredCounty, open_county
from toolkit.store.rows import RowStore
from toolkit.store.state import KnownFile, State
from toolkit.workspace import Workspace


@dataclass(slots=True)
class Generation:
    """The rows of a run: its name, all tables by ledger, and which of them are new."""

    name: str
    tables: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


def store_rows(
    workspace: Workspace,
    state: State,
    files: Mapping[str, FileResult],
    processed: BatchResult,
    known: Mapping[str, KnownFile],
) -> Generation:
    """Write the rows of this run as a new generation beside the current one; it becomes current when the run commits."""
    store = RowStore(workspace.config.path("state") / "rows")
    current = state.get("generation")
    generation = Generation(datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f"))
    fresh = {file.path for file in processed.files}
    gone = {workspace.prefix + path for path in known} - set(files)
    stale = fresh | gone | {path for path, file in files.items() if file.status == "skipped-duplicate"}
    written = {}
    for ledger in workspace.dictionary.ledgers:
        new = processed.rows.get(ledger)
        old = store.read(current, ledger)
        if old is not None and stale:
            kept = old.filter(pc.invert(pc.is_in(old["_file"], pa.array(sorted(stale), pa.string()))))
            changed = kept.num_rows != old.num_rows or new is not None
        else:
            kept, changed = old, new is not None
        parts = [part for part in (kept, new) if part is not None and part.num_rows]
        if not parts:
            continue
        table = pa.concat_tables(parts, promote_options="default")
        generation.tables[ledger] = table
        if changed or current is None:
            written[ledger] = table
        else:
            generation.kept[ledger] = current
    store.write(generation.name, written, generation.kept)
    return generation


def open_rows(
    workspace: Workspace,
    generation: Generation,
    files: Mapping[str, FileResult],
    found: Discovered,
    known: Mapping[str, KnownFile],
) -> StoredCounty:
    """Return the county: rows in order, each record counted once, from the newest file that holds it."""
    sent = sent_times(workspace, found, known)
    return open_county(generation.tables, workspace.dictionary, workspace.roster, by_recency(files, sent))


def by_recency(files: Mapping[str, FileResult], sent: Mapping[str, int]) -> dict[str, int]:
    """Return file → a number that grows with newer files: by the period a file names, then by when it was sent."""
    newest = sorted(files, key=lambda path: (_named_end(files[path]), sent.get(path, 0), path))
    return {path: rank for rank, path in enumerate(newest, 1)}


def sent_times(workspace: Workspace, found: Discovered, known: Mapping[str, KnownFile]) -> dict[str, int]:
    """Return when each file was last changed by its station (ns): our own marking does not count."""
    times = {}
    for file in found.files:
        before = known.get(file.path)
        times[workspace.prefix + file.path] = before.sent_ns if before and before.hash == file.hash else file.mtime_ns
    return times


def _named_end(file: FileResult) -> str:
    """Return the end of the latest period that a file's titles name, or the day it says it was filled in."""
    return max([table.period[1] for table in file.tables if table.period] or [""])
