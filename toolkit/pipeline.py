"""The stages in order: discover → read, locate, parse, check (in workers) → store → cross-check → mark, consolidate, report.

``run_pipeline`` is the whole way on one screen; each step takes values and returns values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from toolkit.marking.journal import Journal
from toolkit.steps import files as file_steps
from toolkit.steps.versions import inputs_key, unmarked, version_key
from toolkit.store.rows import Key, RowStore
from toolkit.store.state import State
from toolkit.workspace import Workspace


class Progress(Protocol):
    """Somebody who is told how far a long step has come."""

    def step(self, name: str, total: int) -> None:
        """Begin a step of ``total`` parts; ``name`` is an entry of the catalogue under ``progress``."""
        ...

    def advance(self, count: int = 1) -> None:
        """Say that ``count`` parts are done."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    ``full``: parse every file again. ``only``: a station's name or a part of a path; other files stay as they were last read.
    ``accept_vanished``: go on although most known files are gone. ``marks``: make findings visible in the stations' files;
    without it they stay as they are.
    """

    full: bool = False
    only: str | None = None
    accept_vanished: bool = False
    marks: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: the report, the files written by name, and how many inputs or rules failed (either makes status 3)."""

    report: dict[str, Any]
    outputs: dict[str, Path]
    unusable: int
    broken: int
    parsed: int
    unchanged: bool = False

    @property
    def status(self) -> int:
        """The exit status."""
        return 3 if self.unusable or self.broken else 0


def run_pipeline(workspace: Workspace, options: Options, progress: Progress) -> Outcome:
    """Run every stage over a workspace. The caller holds its lock.

    Raises:
        WorkspaceError: the stations' folder is missing or looks incomplete; nothing was written.
    """
    started = datetime.now(UTC).astimezone()
    folder = workspace.config.path("state")
    state = State(folder)
    try:
        Journal(folder).recover()
        prints = state.fingerprints()
        found = file_steps.discover_files(workspace, prints, state.originals(), accept_vanished=options.accept_vanished)
        inputs = inputs_key(workspace, [(file.path, file.hash) for file in found.files], found.duplicates, options.only)
        accepted = {inputs} if options.marks else {inputs, unmarked(inputs)}
        damaged = RowStore(folder / "rows").damaged(state.get("generation"), state.partitions())
        if not (options.full or damaged) and (same := _unchanged(workspace, state, accepted, started)):
            return same
        return _run(workspace, options, progress, state, found, damaged, started)
    finally:
        state.close()


def _run(
    workspace: Workspace, options: Options, progress: Progress, state: State, found: Any, damaged: set[Key], started: datetime
) -> Outcome:  # fmt: skip
    from toolkit.steps import findings as finding_steps
    from toolkit.steps import marks as mark_steps
    from toolkit.steps import outputs as output_steps
    from toolkit.steps import rows as row_steps
    from toolkit.steps.unmarked import marking_findings

    known = state.files()
    changed = file_steps.changed_files(
        workspace, found, known, version_key(workspace), full=options.full, only=options.only,
        lost=row_steps.files_of(workspace, state, damaged, known),
    )  # fmt: skip
    processed = file_steps.process_files(workspace, changed, known, progress)
    files = file_steps.all_files(workspace, found, known, processed)
    tables = row_steps.store_rows(workspace, state, files, processed, known, damaged)
    county = row_steps.open_rows(workspace, state, tables.name, files, row_steps.sent_times(workspace, found, known))
    copies = mark_steps.edited_copies(workspace, known)
    findings = finding_steps.all_findings(workspace, found, files, county, copies, progress)
    stations = finding_steps.station_reports(workspace, files, county, found, known)
    marks = (
        mark_steps.mark_files(workspace, found, files, findings, known, progress)
        if options.marks
        else mark_steps.kept_marks(workspace, found, known)
    )
    findings += marking_findings(marks, files)
    dated = finding_steps.dated(workspace, state, findings, stations)
    results = output_steps.gather(workspace, state, county, files, stations, dated, marks, started)
    written = output_steps.write_outputs(
        workspace, state, results, output_steps.contents(workspace, found, known), progress
    )
    report = output_steps.commit(
        workspace, state, results, found, files, known, processed, marks, tables, written, options.only,
        with_marks=options.marks,
    )  # fmt: skip
    unusable = sum(file.status in ("unreadable", "encrypted", "locked") for file in results.files)
    broken = sum(finding.code == "E901" for finding in results.findings)
    return Outcome(report, written.files, unusable, broken, len(changed))


def _unchanged(workspace: Workspace, state: State, inputs: set[str], started: datetime) -> Outcome | None:
    """Return the last run's outcome where nothing it depends on has changed and its outputs are still there."""
    from toolkit.steps.last import last_outcome

    last = last_outcome(workspace, state, inputs, started)
    if last is None:
        return None
    report, outputs, unusable, broken = last
    return Outcome(report, outputs, unusable, broken, 0, unchanged=True)
