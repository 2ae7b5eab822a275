"""Put the rows of all files together: those just parsed, and those of unchanged files from the last generation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from toolkit.batches import BatchResult, FileResult
from toolkit.intake.discover import Discovered
from toolkit.store.county import StoredCounty, open_county
from toolkit.store.rows import Key, RowStore, files_in, merged
from toolkit.store.state import KnownFile, State
from toolkit.workspace import Workspace


@dataclass(slots=True)
class Generation:
    """The rows of a run: its name, and the size of each partition in bytes."""

    name: str
    sizes: dict[Key, int] = field(default_factory=dict)


def store_rows(
    workspace: Workspace,
    state: State,
    files: Mapping[str, FileResult],
    processed: BatchResult,
    known: Mapping[str, KnownFile],
    damaged: Collection[Key] = (),
) -> Generation:
    """Write the rows of this run as a new generation beside the current one; it becomes current when the run commits.

    ``damaged``: partitions that cannot be used. One partition is held at a time; those without rows of files that changed or
    went are taken over as they are.
    """
    store = RowStore(workspace.config.path("state") / "rows")
    current = state.get("generation")
    generation = Generation(datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f"))
    fresh = {file.path for file in processed.files}
    gone = {workspace.prefix + path for path in known} - set(files)
    stale = fresh | gone | {path for path, file in files.items() if file.status == "skipped-duplicate"}
    parts = {key: path for key, path in store.parts(current).items() if key not in damaged}
    for key in sorted(parts.keys() | processed.pieces.keys()):
        if key[0] not in workspace.dictionary.ledgers:
            continue
        old, new = parts.get(key), processed.pieces.get(key, [])
        if old is not None and not new and stale.isdisjoint(files_in(old)):
            generation.sizes[key] = store.keep(old, generation.name, key)
        elif (rows := merged(old, new, stale)) is not None:
            generation.sizes[key] = store.write(generation.name, key, rows)
    return generation


def files_of(workspace: Workspace, state: State, damaged: Collection[Key], known: Mapping[str, KnownFile]) -> set[str]:
    """Return the known files whose rows were in damaged partitions: those that no partition left holds."""
    if not damaged:
        return set()
    ledgers = {ledger for ledger, _ in damaged}
    held: dict[str, set[str]] = {ledger: set() for ledger in ledgers}
    for (ledger, partition), path in (
        RowStore(workspace.config.path("state") / "rows").parts(state.get("generation")).items()
    ):
        if ledger in ledgers and (ledger, partition) not in damaged:
            held[ledger] |= files_in(path)
    return {
        path
        for path, file in known.items()
        for ledger, *_, rows in (table[:6] for table in file.result.get("tables", ()))
        if rows and ledger in ledgers and workspace.prefix + path not in held[ledger]
    }


def open_rows(
    workspace: Workspace,
    state: State,
    generation: str,
    files: Mapping[str, FileResult],
    sent: Mapping[str, int],
    period: tuple[date, date] | None = None,
) -> StoredCounty:
    """Return the county: the rows of a generation in order, each record counted once, from the newest file that holds it.

    ``sent``: file → when its station last changed it (ns). ``period``: the days to look at; by default those of ``config.ini``.
    """
    newest = sorted(files, key=lambda path: (_as_of(files[path], sent.get(path, 0)), sent.get(path, 0), path))
    recency = {path: rank for rank, path in enumerate(newest, 1)}
    config = workspace.config
    period = period or config.period
    store, before = RowStore(config.path("state") / "rows"), state.period_before(period[0])
    current = {name: path for name in workspace.dictionary.ledgers if (path := store.find(generation, name))}
    previous = {name: path for name in workspace.dictionary.ledgers if (path := store.find(before, name))}
    return open_county(
        current, workspace.dictionary, workspace.roster, recency, period=period, today=config.today, previous=previous
    )


def sent_times(workspace: Workspace, found: Discovered, known: Mapping[str, KnownFile]) -> dict[str, int]:
    """Return when each file was last changed by its station (ns): our own marking does not count."""
    times = {}
    for file in found.files:
        before = known.get(file.path)
        times[workspace.prefix + file.path] = before.sent_ns if before and before.hash == file.hash else file.mtime_ns
    return times


def _as_of(file: FileResult, sent_ns: int) -> str:
    """Return the day for which a file was drawn up: the end of the latest period that its titles name, else when it was sent."""
    named = max([table.period[1] for table in file.tables if table.period] or [""])
    return named or datetime.fromtimestamp(sent_ns / 1e9).date().isoformat()  # noqa: DTZ006 - the office's own calendar day
