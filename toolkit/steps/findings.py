"""All findings of a run: those of each file, those across the county, those about what was not sent; merged, identified, dated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from toolkit.batches import FileResult
from toolkit.checking.merge import SEVERITIES, one_a_cell
from toolkit.intake.discover import Discovered
from toolkit.ledgers.dictionary import Ledger
from toolkit.masking import mask_params
from toolkit.model import Finding, Place, Severity
from toolkit.results import StationReport
from toolkit.rules import is_county_rule, rule
from toolkit.rules.base import CountyHit, StationHit
from toolkit.steps.rows import sent_times
from toolkit.store.county import StoredCounty
from toolkit.store.history import Dated, date_findings, identify
from toolkit.store.state import KnownFile, State
from toolkit.workspace import Workspace

PROVENANCE = ("_file", "_sheet", "_table", "_row", "_station", "_key")


def all_findings(
    workspace: Workspace, found: Discovered, files: Mapping[str, FileResult], county: StoredCounty, copies: Iterable[Finding],
    progress: Any,
) -> list[Finding]:  # fmt: skip
    """Return every finding about files and rows, one a cell; ``copies``: those about marked copies that were typed into."""
    findings = [*found.findings, *copies]
    for file in files.values():
        findings += file.findings
    rules = [
        (ledger, spec)
        for ledger in workspace.dictionary.ledgers.values()
        for spec in ledger.rules
        if is_county_rule(spec.rule)
    ]
    progress.step("cross", len(rules))
    places = _Places(files, county)
    for ledger, spec in rules:
        findings += _county_findings(workspace, ledger, spec.rule, spec.settings, county, places)
        progress.advance()
    return one_a_cell(findings)


def _county_findings(
    workspace: Workspace, ledger: Ledger, name: str, settings: Mapping[str, Any], county: StoredCounty, places: _Places
) -> Iterator[Finding]:
    given = {**settings, "own": ledger.id}
    if other := workspace.dictionary.ledgers.get(settings.get("ledger", "")):
        given["ledger_name"] = other.short
    try:
        hits = list(rule(name).check_county(county, given))
    except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others, nor be blamed on the data
        params = mask_params({"rule": f"{ledger.id}/{name}", "reason": f"{type(error).__name__}: {error}"[:120]})
        yield Finding("E901", Severity.ERROR, Place(), params, ledger.id, key=f"{ledger.id}/{name}")
        return
    for hit in hits:
        yield _station_finding(ledger, hit) if isinstance(hit, StationHit) else places.finding(hit)


def _station_finding(ledger: Ledger, hit: StationHit) -> Finding:
    return Finding(hit.code, SEVERITIES[hit.code[0]], Place(hit.station), mask_params(hit.params), ledger.id, key=hit.record)


class _Places:
    """Knows where every stored row and field stands."""

    def __init__(self, files: Mapping[str, FileResult], county: StoredCounty) -> None:
        self._columns = {(file.path, table.number): table.columns for file in files.values() for table in file.tables}
        self._county = county
        self._rows: dict[str, dict[str, list[Any]]] = {}

    def _column(self, ledger: str, name: str) -> list[Any]:
        columns = self._rows.setdefault(ledger, {})
        if name not in columns:
            columns[name] = self._county.tables[ledger][name].to_pylist()
        return columns[name]

    def place(self, ledger: str, row: int, field_name: str) -> Place:
        """Return the physical place of a field of a stored row."""
        file, sheet, table, number, station, _ = (self._column(ledger, name)[row] for name in PROVENANCE)
        return Place(station or None, file, sheet, number, self._columns.get((file, table), {}).get(field_name))

    def finding(self, hit: CountyHit) -> Finding:
        """Return the finding that a county rule's hit means."""
        value = self._column(hit.ledger, hit.field)[hit.row] if hit.field else None
        related = tuple(self.place(ledger, row, name) for ledger, row, name in hit.related[:5])
        return Finding(
            hit.code, SEVERITIES[hit.code[0]], self.place(hit.ledger, hit.row, hit.field), mask_params(hit.params), hit.ledger,
            hit.field, None if value is None else str(value), related=related, key=self._column(hit.ledger, "_key")[hit.row] or str(hit.row),
        )  # fmt: skip


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
            name = file.path.rpartition("/")[2]
            ledgers = [(len(title), ledger.id) for ledger in workspace.dictionary.ledgers.values()
                       for title in (ledger.short, *ledger.titles) if title in name]  # fmt: skip
            broken.add((file.station, max(ledgers)[1] if ledgers else ""))
    return broken


def _day(nanoseconds: int) -> date:
    return datetime.fromtimestamp(nanoseconds / 1e9).date()  # noqa: DTZ006 - the office's own calendar day


def dated(workspace: Workspace, state: State, findings: list[Finding], stations: Iterable[StationReport]) -> Dated:
    """Return all findings, those about missing ledgers included, with their identity and first day."""
    today = workspace.config.today
    everything = [*findings]
    for report in stations:
        ledger = workspace.dictionary.ledgers[report.ledger]
        params = {"station": report.station.name, "ledger": ledger.short, "deadline": ""}
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
