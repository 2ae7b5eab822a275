"""Reopen what the last run found, without reading a single workbook of the stations.

Rows come from the current Parquet generation, files and their order from ``state.db``, findings and who reported from ``report.json``.
Findings are what the report keeps of them: masked, each with its sentence in the language of the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.batches import file_from_dict
from toolkit.messages.say import SAID
from toolkit.model import Finding, Place, Severity, split_cell
from toolkit.results import FileReport, Results, StationReport
from toolkit.steps.rows import open_rows
from toolkit.store.county import StoredCounty
from toolkit.store.history import RECURRED
from toolkit.store.rows import RowStore
from toolkit.store.state import State
from toolkit.workspace import Workspace

_ATTEMPTS = 3


class NoRunError(Exception):
    """There is nothing to reopen. ``reason``: none (no run yet), changing (a run is at work, or what the last run
    wrote is not there as it was: in ``out/``, or its rows)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last finished run.

    ``results`` as the run had them, but each finding carries its sentence instead of parameters. ``report``: ``report.json``.
    ``outputs``: what the run wrote and nobody has changed since, by name (``consolidated``, ``summary``, ``report`` …).
    """

    results: Results
    report: Mapping[str, Any]
    outputs: Mapping[str, Path]


def reopen(workspace: Workspace, window: tuple[date, date] | None = None) -> LastRun:
    """Return the last finished run.

    Args:
        workspace: the workspace; a run may be at work in it.
        window: the days that rows are counted in, both included; by default the period of ``config.ini``. Who reported, and the
            findings, stay those of the run.

    Raises:
        NoRunError: there was none, or one is at work.
    """
    folder = workspace.config.path("state")
    if not (folder / "state.db").is_file():
        raise NoRunError("none")
    state = State(folder)
    try:
        for _ in range(_ATTEMPTS):
            generation = state.get("generation")
            if generation is None or not state.runs(1):
                raise NoRunError("none")
            outputs = _untouched(workspace, state)
            report = _report(outputs.get("report"))
            county = _county(workspace, state, generation, window)
            whole = not RowStore(folder / "rows").damaged(generation, state.partitions())
            if state.get("generation") == generation and report is not None and whole:
                return LastRun(_results(workspace, state, county, report, window), report, outputs)
        raise NoRunError("changing")
    finally:
        state.close()


def _untouched(workspace: Workspace, state: State) -> dict[str, Path]:
    """Return the outputs that are still what the last run wrote."""
    written = json.loads(state.get("outputs") or "{}")
    paths = {name: (workspace.folder / relative, size) for name, (relative, size) in written.items()}
    return {name: path for name, (path, size) in paths.items() if path.is_file() and path.stat().st_size == size}


def _report(path: Path | None) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path else None
    except ValueError:
        return None


def _county(workspace: Workspace, state: State, generation: str, window: tuple[date, date] | None) -> StoredCounty:
    """Return the stored rows, each record counted from the newest file as the run had it."""
    known = state.files()
    files = {workspace.prefix + path: file_from_dict(file.result) for path, file in known.items()}
    sent = {workspace.prefix + path: file.sent_ns for path, file in known.items()}
    return open_rows(workspace, state, generation, files, sent, window)


def _results(
    workspace: Workspace,
    state: State,
    county: StoredCounty,
    report: Mapping[str, Any],
    window: tuple[date, date] | None,
) -> Results:
    run, config = report["run"], workspace.config
    known = state.findings()
    findings = [_finding(entry) for entry in report["findings"]]
    day = run["finished"][:10] if config.values["period"]["today"] is None else config.today.isoformat()
    new = frozenset(one.id for one in findings if one.since == day and known.get(one.id, ("", ""))[1] != RECURRED)
    recurred = frozenset(one.id for one in findings if known.get(one.id, ("", ""))[1] == RECURRED)
    return Results(
        run["id"], run["started"], run["finished"], config.values["general"]["county"], window or config.period, config.today,
        workspace.roster, workspace.dictionary, county, [_file(entry) for entry in report["files"]],
        list(_stations(workspace, county, report["stations"])), findings, new, recurred, report["totals"]["fixed"],
        state.run_before(run["id"]), state.end_of_period_before(config.period[0]), config.values["summary"], config.period,
    )  # fmt: skip


def _file(entry: Mapping[str, Any]) -> FileReport:
    return FileReport(entry["path"], entry["station"], entry["status"], tuple(entry["ledgers"]), entry["rows"], entry["errors"],
                      entry["warnings"], entry["marks"])  # fmt: skip


def _stations(
    workspace: Workspace, county: StoredCounty, entries: Iterable[Mapping[str, Any]]
) -> Iterable[StationReport]:
    """Yield who sent what; a station or ledger that is no longer defined is passed over, as a run would."""
    counted = {
        (station, ledger): count
        for ledger in sorted(county.ledgers)
        for station, count in county.query(f'SELECT _station, count(*) FROM "{ledger}" WHERE _counted GROUP BY 1')  # noqa: S608
    }
    for entry in entries:
        station = workspace.roster.stations.get(entry["station"])
        if station is not None and entry["ledger"] in workspace.dictionary.ledgers:
            due = date.fromisoformat(entry["due"]) if entry["due"] else None
            rows = counted.get((station.code, entry["ledger"]), 0)
            yield StationReport(station, entry["ledger"], entry["status"], due, rows)


def _finding(entry: Mapping[str, Any]) -> Finding:
    place = _place(entry)
    if place.row is None and entry["row"] is not None:
        place = replace(place, row=entry["row"])
    return Finding(
        entry["code"], Severity(entry["severity"]), replace(place, station=entry["station"]), {SAID: entry["message"]}, entry["ledger"],
        entry["field"], entry["value"], entry["suggestion"], related=tuple(_place(other) for other in entry["related"]),
        id=entry["id"], since=entry["since"],
    )  # fmt: skip


def _place(entry: Mapping[str, Any]) -> Place:
    row, column = split_cell(entry["cell"]) if entry["cell"] else (None, None)
    return Place(None, entry["file"], entry["sheet"], row, column)
