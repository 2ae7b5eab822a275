"""All findings of a run: those of each file, those across the county, those about what was not sent; merged, identified, dated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from toolkit.batches import FileResult
from toolkit.checking.cross import county_rules, cross_findings
from toolkit.checking.merge import one_a_cell
from toolkit.intake.discover import Discovered
from toolkit.intake.identify import named_ledger
from toolkit.model import Finding, Place, Severity
from toolkit.results import StationReport
from toolkit.steps.rows import sent_times
from toolkit.store.county import StoredCounty
from toolkit.store.history import Dated, date_findings, identify
from toolkit.store.state import KnownFile, State
from toolkit.workspace import Workspace


def all_findings(
    workspace: Workspace, found: Discovered, files: Mapping[str, FileResult], county: StoredCounty, copies: Iterable[Finding],
    progress: Any,
) -> list[Finding]:  # fmt: skip
    """Return every finding about files and rows, one a cell; ``copies``: those about marked copies that were typed into."""
    findings = [*found.findings, *copies]
    for file in files.values():
        findings += file.findings
    progress.step("cross", len(county_rules(workspace.dictionary)))
    columns = {(file.path, table.number): table.columns for file in files.values() for table in file.tables}
    findings += cross_findings(county, columns, workspace.dictionary, progress.advance)
    return one_a_cell(findings)


def station_reports(
    workspace: Workspace,
    files: Mapping[str, FileResult],
    county: StoredCounty,
    found: Discovered,
    known: Mapping[str, KnownFile],
) -> list[StationReport]:
    """Return, for every active station and every ledger it owes, whether it was sent."""
    sent: dict[tuple[str, str], list[str]] = {}
    zero: set[tuple[str, str]] = set()
    for file in files.values():
        for table in file.tables:
            if table.station and file.status != "skipped-duplicate":
                where = (table.station, table.ledger)
                if table.rows:
                    sent.setdefault(where, []).append(file.path)
                elif table.zero:
                    zero.add(where)
    counted = {
        (station, ledger): number
        for ledger in sorted(county.ledgers)
        for station, number in county.query(
            f'SELECT _station, count(*) FROM "{ledger}" WHERE _counted GROUP BY _station'  # noqa: S608 - a ledger's id
        )
    }
    broken = _unreadable(workspace, files)
    times = sent_times(workspace, found, known)
    reports = []
    for station in workspace.roster.stations.values():
        if not station.active(*workspace.config.period):
            continue
        for ledger in workspace.roster.owed(station, workspace.dictionary):
            where = (station.code, ledger)
            due = workspace.config.deadlines.get(ledger)
            paths = tuple(dict.fromkeys(sent.get(where, ())))
            if paths:
                first = min(times.get(path, 0) for path in paths)
                status = "late" if due and _day(first) > due else "reported"
            elif where in zero:
                status = "zero"
            else:
                status = "unreadable" if where in broken or (station.code, "") in broken else "missing"
            reports.append(StationReport(station, ledger, status, due, counted.get(where, 0), paths))
    return reports


def _unreadable(workspace: Workspace, files: Mapping[str, FileResult]) -> set[tuple[str, str]]:
    """Return (station, ledger) of files that could not be read; the ledger is empty where the name does not tell it."""
    broken = set()
    for file in files.values():
        if file.status in ("unreadable", "encrypted", "locked") and file.station:
            named = named_ledger({"file": [file.path.rpartition("/")[2]]}, workspace.dictionary)
            broken.add((file.station, named.id if named else ""))
    return broken


def _day(nanoseconds: int) -> date:
    return datetime.fromtimestamp(nanoseconds / 1e9).date()  # noqa: DTZ006 - the office's own calendar day


def dated(workspace: Workspace, state: State, findings: list[Finding], stations: Iterable[StationReport]) -> Dated:
    """Return all findings, those about missing ledgers included, with their identity and first day."""
    today = workspace.config.today
    everything = [*findings]
    for report in stations:
        ledger = workspace.dictionary.ledgers[report.ledger]
        roster = workspace.roster
        name = roster.in_full(report.station) if roster.several else report.station.name
        params = {"station": name, "ledger": ledger.short, "deadline": ""}
        place = Place(report.station.code)
        if report.due:
            params |= {"deadline": "@deadline", "date": report.due.isoformat()}
        if report.status == "missing" and (report.due is None or report.due < today):
            everything.append(Finding("E403", Severity.ERROR, place, params, report.ledger))
        elif report.status == "late" and report.due:
            everything.append(
                Finding("W404", Severity.WARNING, place, params | {"deadline": report.due.isoformat()}, report.ledger)
            )
    known = state.findings()
    return date_findings(identify(everything), known, today)


def in_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return findings by the file they are in."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.place.file:
            by_file.setdefault(finding.place.file, []).append(finding)
    return by_file
