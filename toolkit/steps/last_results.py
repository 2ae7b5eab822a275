"""Reopen what the last run found, without reading a single workbook of the stations.

Rows come from the current Parquet generation, files and their order from ``state.db``, findings and who reported from ``report.json``.
Findings are what the report keeps of them: masked, each with its sentence in the language of the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from toolkit.batches import file_from_dict
from toolkit.ledgers.schema import row_schema
from toolkit.messages import text
from toolkit.messages.say import SAID
from toolkit.model import Finding, Place, Severity, split_cell
from toolkit.results import FileReport, Results, StationReport
from toolkit.steps.rows import by_recency
from toolkit.store.county import StoredCounty, open_county
from toolkit.store.history import RECURRED
from toolkit.store.rows import RowStore
from toolkit.store.state import State
from toolkit.workspace import Workspace, WorkspaceError

NO_RUN = 2
"""The exit status where there is nothing to reopen yet."""


def reopen(workspace: Workspace, window: tuple[date, date] | None = None) -> Results:
    """Return what the last run found.

    Args:
        workspace: the workspace; the caller holds its lock, so that no run replaces the rows meanwhile.
        window: the days that rows are counted in, both included; by default the period of ``config.ini``. Who reported, and the
            findings, stay those of the run.

    Raises:
        WorkspaceError: nothing was run yet, or what the run left is gone (status 2).
    """
    config, lang = workspace.config, workspace.config.language
    state = State(config.path("state"))
    try:
        generation, path = state.get("generation"), last_output(workspace, state, "report")
        if generation is None or path is None or not path.is_file():
            raise WorkspaceError(NO_RUN, [text("screen.run_first", lang, folder=str(workspace.folder))])
        data = json.loads(path.read_text(encoding="utf-8"))
        county = _county(workspace, state, generation)
        findings = [_finding(entry) for entry in data["findings"]]
        known = state.findings()
        run = data["run"]
        previous = state.run_before(run["id"])
    finally:
        state.close()
    day = run["finished"][:10] if config.values["period"]["today"] is None else config.today.isoformat()
    new = frozenset(one.id for one in findings if one.since == day and known.get(one.id, ("", ""))[1] != RECURRED)
    recurred = frozenset(one.id for one in findings if known.get(one.id, ("", ""))[1] == RECURRED)
    return Results(
        run["id"], run["started"], run["finished"], config.values["general"]["county"], window or config.period, config.today,
        workspace.roster, workspace.dictionary, county, [_file(entry) for entry in data["files"]],
        list(_stations(workspace, county, data["stations"])), findings, new, recurred, data["totals"]["fixed"], previous,
        config.values["summary"], config.period,
    )  # fmt: skip


def last_output(workspace: Workspace, state: State, name: str) -> Path | None:
    """Return where the last run wrote an output (``consolidated``, ``summary``, ``report`` …); None where it wrote none."""
    written: dict[str, list[Any]] = json.loads(state.get("outputs") or "{}")
    return workspace.folder / written[name][0] if name in written else None


def _county(workspace: Workspace, state: State, generation: str) -> StoredCounty:
    """Return the stored rows, fitted to the dictionary as it is now, each record counted from the newest file as the run had it."""
    store = RowStore(workspace.config.path("state") / "rows")
    tables = {}
    for ledger in workspace.dictionary.ledgers.values():
        table = store.read(generation, ledger.id)
        if table is not None:
            tables[ledger.id] = fitted(table, row_schema(ledger))
    known = state.files()
    files = {workspace.prefix + path: file_from_dict(one.result) for path, one in known.items()}
    sent = {workspace.prefix + path: one.sent_ns for path, one in known.items()}
    return open_county(tables, workspace.dictionary, workspace.roster, by_recency(files, sent))


def fitted(table: Any, schema: Any) -> Any:
    """Return stored rows with the columns of a schema: one that was not there yet, or was kept in another type, is empty."""
    columns = []
    for entry in schema:
        column = table[entry.name] if entry.name in table.column_names else None
        columns.append(column if column is not None and column.type == entry.type else pa.nulls(table.num_rows, entry.type))
    return pa.table(columns, schema=schema)


def _file(entry: Mapping[str, Any]) -> FileReport:
    return FileReport(entry["path"], entry["station"], entry["status"], tuple(entry["ledgers"]), entry["rows"], entry["errors"],
                      entry["warnings"], entry["marks"])  # fmt: skip


def _stations(workspace: Workspace, county: StoredCounty, entries: Iterable[Mapping[str, Any]]) -> Iterable[StationReport]:
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
