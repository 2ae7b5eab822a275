"""Discover the files, choose those to parse, and parse them in workers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from toolkit.intake.discover import Discovered, discover
from toolkit.intake.source import Fingerprint, SourceError, stations_of
from toolkit.messages import text
from toolkit.passwords import passwords_for
from toolkit.store.state import KnownFile
from toolkit.workers import Compute, EngineError
from toolkit.workspace import CONFIGURATION, INCOMPLETE, USAGE, Workspace, WorkspaceError


def discover_files(
    workspace: Workspace,
    known: Mapping[str, tuple[str, int, int, str]],
    originals: Mapping[str, str],
    *,
    accept_vanished: bool,
) -> Discovered:
    """Return the stations' files.

    Raises:
        WorkspaceError: the folder is not there or cannot be listed, or most of the files known from the last run are gone from it.
    """
    source, folder, lang = stations_of(workspace.config), workspace.config.stations, workspace.config.language
    prints = {path: Fingerprint(*row) for path, row in known.items()}
    try:
        if not source.there():
            status, name = (INCOMPLETE, "screen.folder_gone") if known else (CONFIGURATION, "screen.no_folder")
            raise WorkspaceError(status, [text(name, lang, folder=folder)])
        found = discover(source, workspace.prefix, prints, originals)
    except OSError as error:
        raise _storage_error(error, folder, lang) from error
    present = {file.path for file in found.files} | set(found.duplicates) | set(found.unsettled)
    gone = len(set(known) - present)
    limit = workspace.config.values["run"]["vanished_percent"]
    if not accept_vanished and len(known) >= 4 and gone * 100 > len(known) * limit:
        raise WorkspaceError(INCOMPLETE, [text("screen.vanished", lang, gone=gone, known=len(known), folder=folder)])
    return found


def _storage_error(error: OSError, address: str, lang: str) -> WorkspaceError:
    """Return what to say of a folder that cannot be listed; where a part is not installed, that is a matter of setting up."""
    reason = error.reason if isinstance(error, SourceError) else str(error.strerror or type(error).__name__)
    if isinstance(error, SourceError) and error.missing:
        return WorkspaceError(CONFIGURATION, [text("storage.missing_part", lang, address=address, part=reason)])
    return WorkspaceError(INCOMPLETE, [text("storage.gone", lang, address=address, reason=reason)])


def changed_files(
    workspace: Workspace,
    found: Discovered,
    known: Mapping[str, KnownFile],
    version: str,
    *,
    full: bool,
    only: str | None,
    lost: Collection[str] = (),
) -> list[Fingerprint]:
    """Return the files to parse: new, changed, last read by another version or with other settings, or all of them.

    ``lost``: the files whose stored rows are damaged.
    """
    changed = [
        file
        for file in found.files
        if full
        or (before := known.get(file.path)) is None
        or before.hash != file.hash
        or before.version != version
        or _worth_another_try(before)
    ]
    wanted = _only(workspace, changed, known, only, [file.path for file in found.files]) if only else changed
    if lost:
        names = {file.path for file in wanted} | set(lost)
        wanted = [file for file in found.files if file.path in names]
    return wanted


def _worth_another_try(file: KnownFile) -> bool:
    """Say whether a file that could not be read may be readable now: it was in use, or its password has become known."""
    status = file.result.get("status")
    return status == "locked" or (status == "encrypted" and bool(passwords_for(file.result.get("station"))))


def _only(
    workspace: Workspace, changed: list[Fingerprint], known: Mapping[str, KnownFile], only: str, paths: Sequence[str]
) -> list[Fingerprint]:
    """Return the files of the station that ``only`` names and of those below it; where it names none, those with it in their path.

    Raises:
        WorkspaceError: it may mean several stations, or neither a station nor a file.
    """
    from toolkit.intake.attribute import by_path

    roster, lang = workspace.roster, workspace.config.language
    meant = roster.meant(only)
    if len(meant) > 1:
        names = roster.told_apart(meant)
        shown = "".join(f"\n  {name}" for name in names[:_NAMED]) + (
            f"\n  … {len(names)}" if len(names) > _NAMED else ""
        )
        raise WorkspaceError(USAGE, [text("screen.only_several", lang, only=only, count=len(names), names=shown)])
    if not meant:
        if not any(only in path for path in paths):
            raise WorkspaceError(USAGE, [text("screen.only_nothing", lang, only=only)])
        return [file for file in changed if only in file.path]
    wanted = []
    for file in changed:
        before = known.get(file.path)
        given, read = (
            by_path(file.path, roster).station,
            roster.stations.get(str(before.result.get("station")) if before else ""),
        )
        named = [given] if given else roster.find(file.path)  # of several with this name, the file itself may say which
        if any(roster.contains(meant[0], one) for one in (*named, read) if one):
            wanted.append(file)
    return wanted


_NAMED = 12
_FILES_A_TASK = 300
"""How many files a task on a cluster takes: enough that its overhead does not count."""

_MUCH = 512 << 20
"""From this many bytes of changed files on, workers write their rows down: this process need not hold them all."""


def compute_of(workspace: Workspace) -> Compute:
    """Return where the workspace's settings want files to be processed."""
    run = workspace.config.values["run"]
    return Compute(run["engine"], run["workers"], run["cluster"], run["seconds_per_file"], run["memory_mb"])


def process_files(
    workspace: Workspace, changed: Sequence[Fingerprint], known: Mapping[str, KnownFile], progress: Any
) -> Any:
    """Return what the workers made of the changed files.

    ``known``: a file that cannot be read this time stands as it was last read.

    Raises:
        WorkspaceError: the cluster of the settings cannot be used.
    """
    from toolkit.batches import BatchResult, Job, crashed
    from toolkit.store.partition import split
    from toolkit.store.rows import RowStore
    from toolkit.workers import in_batches, run_batches, worker_count

    config = workspace.config
    checks, limits = config.values["checks"], config.values["run"]
    job = Job(
        stations_of(config), workspace.prefix, config.today, config.period, checks["amount_min"], checks["amount_max"],
        workspace.dictionary, workspace.roster,
    )  # fmt: skip
    total = BatchResult()
    if changed:
        progress.step("read", len(changed))
        compute = compute_of(workspace)
        if compute.engine == "dask" or sum(file.size for file in changed) > _MUCH:
            run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            job = replace(job, incoming=RowStore(config.path("state") / "rows").incoming(run))
        most = _FILES_A_TASK if compute.engine == "dask" else 100
        batches = in_batches(changed, lambda file: file.size, worker_count(limits["workers"]), most=most)
        done = run_batches(
            "toolkit.perfile:deliver",
            batches,
            initializer="toolkit.perfile:start",
            argument=job,
            compute=compute,
            lost=lambda file, reason, params: BatchResult([crashed(job, file, reason, params)]),
        )
        try:
            for count, batch in done:
                total.files += batch.files
                for key, piece in batch.pieces.items():
                    total.pieces.setdefault(key, []).extend(piece)
                for ledger, rows in batch.rows.items():
                    for partition, part in split(rows, workspace.roster):
                        total.pieces.setdefault((ledger, partition), []).append(part)
                progress.advance(count)
        except EngineError as error:
            raise WorkspaceError(CONFIGURATION, [text(error.name, config.language, **error.params)]) from error
    total.files.sort(key=lambda file: file.path)
    _set_unread_aside(workspace, total, known)
    return total


def _set_unread_aside(workspace: Workspace, result: Any, known: Mapping[str, KnownFile]) -> None:
    """Let files that could not be read this time stand as they were last read, where they were."""
    from toolkit.batches import file_from_dict

    fresh = []
    for file in result.files:
        before = known.get(file.path.removeprefix(workspace.prefix))
        if file.status != "locked" or before is None or not before.result.get("tables"):
            fresh.append(file)
            continue
        old = file_from_dict(before.result)
        findings = [*(one for one in old.findings if one not in file.findings), *file.findings]
        result.unread.append(replace(old, path=file.path, status="locked", findings=findings))
    result.files = fresh


def all_files(
    workspace: Workspace, found: Discovered, known: Mapping[str, KnownFile], processed: Any
) -> dict[str, Any]:
    """Return the results of every current file by its path in the workspace: those just parsed, and those remembered."""
    from toolkit.batches import FileResult, file_from_dict
    from toolkit.intake.attribute import by_path
    from toolkit.intake.read import file_finding

    fresh = {file.path: file for file in (*processed.files, *processed.unread)}
    files: dict[str, FileResult] = {}
    for fingerprint in found.files:
        path = workspace.prefix + fingerprint.path
        if path in fresh:
            files[path] = fresh[path]
        elif fingerprint.path in known:
            files[path] = file_from_dict(known[fingerprint.path].result)
    for unsettled in found.unsettled:
        path = workspace.prefix + unsettled
        before = known.get(unsettled)
        files[path] = (
            replace(file_from_dict(before.result), status="locked") if before else FileResult(path, "", "locked")
        )
    for duplicate, kept in found.duplicates.items():
        path = workspace.prefix + duplicate
        own = by_path(duplicate, workspace.roster).station
        other = by_path(kept, workspace.roster).station
        station = own.code if own else None
        finding = file_finding(path, "I008", other=workspace.prefix + kept)
        if own and other and own.code != other.code:
            a, b = workspace.roster.told_apart([other, own])
            finding = file_finding(path, "W024", other=workspace.prefix + kept, a=a, b=b)
        files[path] = FileResult(path, "", "skipped-duplicate", station, findings=[finding])
    return dict(sorted(files.items()))
