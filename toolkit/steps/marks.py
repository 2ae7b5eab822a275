"""Make the findings visible in the stations' own workbooks, or in copies of them; a file whose marks would not change is not opened."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from toolkit.batches import FileResult
from toolkit.intake.discover import Discovered
from toolkit.intake.read import file_finding
from toolkit.intake.source import ChangedError, Fingerprint, Source, stations_of
from toolkit.marking import Journal, mark, mark_copy, read_label
from toolkit.messages.say import message, shown_suggestion
from toolkit.model import Finding, Mark, MarkResult, RefusedWorkbook
from toolkit.passwords import passwords_for
from toolkit.steps.convert import as_xlsx
from toolkit.steps.findings import in_file
from toolkit.steps.places import IN_PLACE, copy_path
from toolkit.store.state import KnownFile
from toolkit.workers import Compute, in_batches, run_batches, worker_count
from toolkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class MarkTask:
    """One workbook to be marked.

    ``path`` is relative to the stations' folder; ``source`` is empty where it has to be fetched first;
    ``sealed``: it is encrypted, with a password of its ``station``.
    """

    path: str
    kind: str
    source: str
    target: str
    marks: tuple[Mark, ...]
    size: int
    sealed: bool = False
    station: str | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of one workbook's marks.

    ``after``: (size, mtime_ns, hash) where the station's own file was changed;
    ``copy``: (size, mtime_ns) of the copy written instead. ``reason``: why it was refused; ``lock`` and ``owner``: of who has it
    open; ``stale_lock``: a lock file that was passed over; ``kept``: where words stay that people had typed into our marks.
    """

    path: str
    status: str
    digest: str = ""
    after: tuple[int, int, str] | None = None
    copy: tuple[int, int] | None = None
    reason: str = ""
    lock: str = ""
    owner: str = ""
    stale_lock: str = ""
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkJob:
    """What every marking worker must know."""

    state: Path
    language: str
    stations: Source


def mark_files(
    workspace: Workspace, found: Discovered, files: Mapping[str, FileResult], findings: Iterable[Finding],
    known: Mapping[str, KnownFile], progress: Any,
) -> dict[str, Marked]:  # fmt: skip
    """Mark every workbook whose findings or bytes have changed; return what became of each file by its path in the workspace."""
    mode, remote = workspace.config.values["marks"]["mode"], workspace.config.stations_url is not None
    results: dict[str, Marked] = {}
    tasks: list[MarkTask] = []
    by_file = in_file(findings)
    for fingerprint in found.files:
        path = workspace.prefix + fingerprint.path
        file = files.get(path)
        if file is None or file.status in ("unreadable", "encrypted", "locked", "other"):
            results[path] = Marked(path, "off" if mode == "off" else "none")
            continue
        if mode == "off":
            results[path] = Marked(path, "off")
            continue
        wanted = tuple(_marks(workspace, by_file.get(path, ())))
        in_place = mode == "in-place" and file.kind in IN_PLACE
        source = "" if remote else str(workspace.config.path("stations") / fingerprint.path)
        target = Path(source) if in_place else copy_path(workspace, fingerprint.path, file.kind)
        digest = marks_digest(mode, wanted)
        before = known.get(fingerprint.path)
        result = before.result if before is not None and before.hash == fingerprint.hash else {}
        if result.get("marks_digest") == digest and (in_place or not wanted or target.exists()):
            copy = tuple(result["copy"]) if result.get("copy") else None
            results[path] = Marked(path, result.get("marks", "none"), digest, copy=copy)
        elif not wanted and not ((file.marked or result.get("marks") == "done") if in_place else target.exists()):
            results[path] = Marked(path, "none", digest)
        else:
            station = file.station if file.sealed else None
            tasks.append(
                MarkTask(
                    fingerprint.path,
                    file.kind,
                    source,
                    str(target),
                    wanted,
                    fingerprint.size,
                    file.sealed,
                    station,
                )
            )
    if tasks:
        progress.step("mark", len(tasks))
        run = workspace.config.values["run"]
        job = MarkJob(workspace.config.path("state"), workspace.config.language, stations_of(workspace.config))
        tasks.sort(
            key=lambda task: (task.kind in IN_PLACE, task.path)
        )  # those to be converted share one start of the converter
        batches = in_batches(tasks, lambda task: task.size, worker_count(run["workers"]), most=40)
        done = run_batches(
            "toolkit.steps.marks:mark_batch",
            batches,
            initializer="toolkit.steps.marks:start",
            argument=job,
            compute=Compute("local", run["workers"], seconds=run["seconds_per_file"] * 4, memory_mb=run["memory_mb"]),
            lost=lambda task, _reason, _params: [Marked(task.path, "refused", reason="crashed")],
        )
        digests = {task.path: marks_digest(mode, task.marks) for task in tasks}
        for count, batch in done:
            for one in batch:
                path = workspace.prefix + one.path
                digest = digests[one.path] if one.status in ("done", "none") else ""
                results[path] = replace(one, path=path, digest=digest)
            progress.advance(count)
    return results


def kept_marks(workspace: Workspace, found: Discovered, known: Mapping[str, KnownFile]) -> dict[str, Marked]:
    """Return what is known of every file's marks, for a run that leaves them alone; a changed file's are not known any more."""
    results = {}
    for fingerprint in found.files:
        path = workspace.prefix + fingerprint.path
        before = known.get(fingerprint.path)
        result = before.result if before is not None else {}
        same = before is not None and before.hash == fingerprint.hash
        copy = tuple(result["copy"]) if result.get("copy") else None
        digest = result.get("marks_digest", "") if same else ""
        results[path] = Marked(path, result.get("marks", "off") if same else "off", digest, copy=copy)
    return results


def edited_copies(workspace: Workspace, known: Mapping[str, KnownFile]) -> list[Finding]:
    """Return a finding for every marked copy of ours that somebody has typed into since: it is not overwritten."""
    findings = []
    for path, file in known.items():
        if not (written := file.result.get("copy")):
            continue
        target = copy_path(workspace, path, file.result.get("kind", ""))
        if target.is_file() and [(status := target.stat()).st_size, status.st_mtime_ns] != list(written):
            label = read_label(target)
            if label is not None and label.saved_since:
                findings.append(file_finding(workspace.prefix + path, "W012"))
    return findings


def _marks(workspace: Workspace, findings: Sequence[Finding]) -> Iterable[Mark]:
    """Return the marks for findings at cells; mere information only where the settings ask for it."""
    information = workspace.config.values["marks"]["information"]
    lang = workspace.config.language
    for finding in sorted(
        findings, key=lambda item: (item.place.sheet or "", item.place.row or 0, item.place.column or 0)
    ):
        if finding.place.cell and finding.place.sheet and (information or finding.severity != "info"):
            suggestion = shown_suggestion(finding, sensitive=False)
            yield Mark(
                finding.place.sheet,
                finding.place.cell,
                finding.severity,
                finding.code,
                message(finding, lang),
                suggestion,
            )


def marks_digest(mode: str, marks: Iterable[Mark]) -> str:
    """Return what the marks of a workbook are, as a short key."""
    digest = hashlib.blake2b(mode.encode(), digest_size=12)
    for one in marks:
        digest.update(
            f"{one.sheet}\0{one.cell}\0{one.severity}\0{one.code}\0{one.message}\0{one.suggestion}\0".encode()
        )
    return digest.hexdigest()


_JOB: list[MarkJob] = []


def start(job: MarkJob) -> None:
    """Prepare this process for marking."""
    _JOB[:] = [job]


def mark_batch(tasks: Sequence[MarkTask]) -> list[Marked]:
    """Mark some workbooks."""
    job = _JOB[0]
    journal = Journal(job.state)
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        tasks, failed = _fetched(tasks, job.stations, Path(folder))
        others = [task for task in tasks if task.source != task.target and task.marks]
        converted = as_xlsx([(task.path, task.kind, Path(task.source)) for task in others], Path(folder))
        return [*failed, *(_mark_one(task, job, journal, converted.get(task.path)) for task in tasks)]


def _fetched(tasks: Sequence[MarkTask], stations: Source, folder: Path) -> tuple[list[MarkTask], list[Marked]]:
    """Return the tasks with their files at hand, in ``folder`` where they came from remote storage, and what could not be had."""
    here = [task for task in tasks if task.source]
    failed = []
    absent = [Fingerprint(task.path, task.size, 0, "") for task in tasks if not task.source]
    read = stations.reader(absent) if absent else None
    for number, task in enumerate(task for task in tasks if not task.source):
        place = folder / f"fetched{number}" / PurePosixPath(task.path).name
        place.parent.mkdir()
        try:
            place.write_bytes(read(absent[number]) if read else b"")
        except (OSError, ChangedError):
            failed.append(Marked(task.path, "refused", reason="unreachable"))
        else:
            here.append(replace(task, source=str(place)))
    return here, failed


def _with_password(task: MarkTask, act: Callable[[str | None], MarkResult]) -> MarkResult:
    """Do what has to be done to a workbook with each password at hand until one fits."""
    if not task.sealed:
        return act(None)
    refused = RefusedWorkbook("wrong-password", "")
    for password in passwords_for(task.station):
        try:
            return act(password)
        except RefusedWorkbook as error:
            refused = error
    raise refused


def _mark_one(task: MarkTask, job: MarkJob, journal: Journal, converted: Path | None) -> Marked:
    source, target = Path(task.source), Path(task.target)
    in_place = source == target
    after = copy = None
    try:
        if in_place:
            made = _with_password(
                task,
                lambda word: mark(source, target, task.marks, language=job.language, journal=journal, password=word),
            )
        else:
            made = _with_password(
                task,
                lambda word: mark_copy(
                    source,
                    target,
                    task.marks,
                    copy_of=task.path,
                    language=job.language,
                    password=word,
                    converted=converted,
                ),
            )
    except RefusedWorkbook as refused:
        return Marked(task.path, "refused", reason=refused.code)
    except OSError:  # the disk is full, or the share went away: the file is as it was
        return Marked(task.path, "refused", reason="disk")
    if in_place and made.changed:
        status = source.stat()
        digest = hashlib.blake2b(source.read_bytes(), digest_size=16).hexdigest()
        after = (status.st_size, status.st_mtime_ns, digest)
    elif not in_place and target.exists():
        copy = (target.stat().st_size, target.stat().st_mtime_ns)
    return Marked(
        task.path, made.status, after=after, copy=copy, lock=made.lock, owner=made.owner, stale_lock=made.stale_lock,
        kept=made.kept,
    )  # fmt: skip
