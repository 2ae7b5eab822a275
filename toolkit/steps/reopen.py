"""The last finished run, opened again without running: its rows, who reported, its findings as ``report.json`` tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.batches import file_from_dict
from toolkit.model import Finding, Place, Severity, split_cell
from toolkit.results import FileReport, Results, StationReport
from toolkit.steps.rows import open_rows
from toolkit.store.county import StoredCounty
from toolkit.store.state import State
from toolkit.workspace import Workspace

_ATTEMPTS = 3


class NoRunError(Exception):
    """There is nothing to reopen. ``reason``: none (no run yet), changing (a run is at work, or ``out/`` is not what the last run wrote)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last finished run.

    ``results`` as the run had them, but its findings carry no parameters: their sentences are in ``report`` (``report.json``). ``summary``
    is ``out/summary.xlsx``, or None where it is not as the run left it.
    """

    results: Results
    report: Mapping[str, Any]
    summary: Path | None


def reopen_results(workspace: Workspace, period: tuple[date, date] | None = None) -> LastRun:
    """Return the last finished run; with ``period`` its figures are those of another window.

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
            report, summary = _outputs(workspace, state)
            county = _county(workspace, state, generation, period)
            if state.get("generation") == generation and report is not None:
                return LastRun(_results(workspace, state, county, report, period), report, summary)
        raise NoRunError("changing")
    finally:
        state.close()


def _outputs(workspace: Workspace, state: State) -> tuple[dict[str, Any] | None, Path | None]:
    """Return ``report.json`` and the summary workbook, each None where it is not what the last run wrote."""
    sizes = json.loads(state.get("outputs") or "{}")

    def written(name: str) -> Path | None:
        relative, size = sizes.get(name, ("", -1))
        path = workspace.folder / relative
        return path if path.is_file() and path.stat().st_size == size else None

    path = written("report")
    try:
        report = json.loads(path.read_text(encoding="utf-8")) if path else None
    except ValueError:
        report = None
    return report, written("summary")


def _county(workspace: Workspace, state: State, generation: str, period: tuple[date, date] | None) -> StoredCounty:
    known = state.files()
    files = {workspace.prefix + path: file_from_dict(file.result) for path, file in known.items()}
    sent = {workspace.prefix + path: file.sent_ns for path, file in known.items()}
    return open_rows(workspace, state, generation, files, sent, period)


def _results(
    workspace: Workspace,
    state: State,
    county: StoredCounty,
    report: Mapping[str, Any],
    period: tuple[date, date] | None,
) -> Results:
    run, config = report["run"], workspace.config
    before = state.runs(2)[1:]
    counted = {(station, ledger): rows for ledger in county.ledgers for station, rows in county.query(
        f'SELECT _station, count(*) FROM "{ledger}" WHERE _counted GROUP BY _station')}  # noqa: S608  # fmt: skip
    stations = [
        StationReport(
            workspace.roster.stations[one["station"]], one["ledger"], one["status"],
            date.fromisoformat(one["due"]) if one["due"] else None, counted.get((one["station"], one["ledger"]), 0),
        )
        for one in report["stations"]
        if one["station"] in workspace.roster.stations and one["ledger"] in workspace.dictionary.ledgers
    ]  # fmt: skip
    files = [FileReport(one["path"], one["station"], one["status"], tuple(one["ledgers"]), one["rows"], one["errors"], one["warnings"],
                        one["marks"]) for one in report["files"]]  # fmt: skip
    return Results(
        run["id"], run["started"], run["finished"], config.values["general"]["county"], period or config.period, config.today,
        workspace.roster, workspace.dictionary, county, files, stations, [_finding(one) for one in report["findings"]],
        fixed=report["totals"]["fixed"], previous=before[0][4] if before else {},
    )  # fmt: skip


def _finding(entry: Mapping[str, Any]) -> Finding:
    row, column = split_cell(entry["cell"]) if entry["cell"] else (entry["row"], None)
    place = Place(entry["station"], entry["file"], entry["sheet"], row, column)
    return Finding(
        entry["code"],
        Severity(entry["severity"]),
        place,
        {},
        entry["ledger"],
        entry["field"],
        id=entry["id"],
        since=entry["since"],
    )
