"""What happens to one batch of files in a worker: read → locate → parse → check.

A function of values: fingerprints of files go in, typed rows and findings come out. Everything that may crash on hostile input
happens here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from toolkit.batches import BatchResult, FileResult, Job, TableInfo
from toolkit.checking.check import Checker, TableInput, total_values
from toolkit.checking.columns import Parser
from toolkit.checking.merge import one_a_cell
from toolkit.fields.base import Context
from toolkit.fields.date import read_text
from toolkit.intake.attribute import Attribution, by_path, by_reporter
from toolkit.intake.fill import is_subtotal
from toolkit.intake.locate import Locator
from toolkit.intake.meta import read_period
from toolkit.intake.read import file_finding, read_file
from toolkit.intake.source import ChangedError, Fingerprint, Reader, SourceError
from toolkit.intake.tables import LocatedSheet, Table
from toolkit.ledgers.dictionary import Dictionary, load_dictionary
from toolkit.marking import Label, read_label
from toolkit.model import Finding
from toolkit.passwords import opened


class Processor:
    """Processes batches of files for one job; lives as long as its worker, since it remembers what it has parsed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        dictionary = job.dictionary or load_dictionary()
        self._locator = Locator(dictionary, job.ledger)
        roster = job.roster
        resolve = None if roster is None else (lambda name: station.name if (station := roster.resolve(name)) else None)
        context = Context(job.today, 1.0, job.amount_min, job.amount_max, dictionary.null_words, resolve)
        cutoff = job.period[1] if job.period else job.today
        self._checker = Checker(Parser(context), cutoff, job.period, forms=job.forms)
        self._dictionary: Dictionary = dictionary

    def process(self, fingerprints: Sequence[Fingerprint]) -> BatchResult:
        """Return the rows and findings of some files."""
        result = BatchResult()
        inputs: dict[str, list[TableInput]] = {}
        files: dict[str, FileResult] = {}
        reader = self.job.source.reader(fingerprints)
        for fingerprint in fingerprints:
            file, tables = self._one(fingerprint, reader)
            files[file.path] = file
            for table in tables:
                inputs.setdefault(table.ledger.id, []).append(table)
        for ledger in sorted(inputs):
            checked = self._checker.check(inputs[ledger])
            result.rows[ledger] = checked.rows
            for finding in checked.findings:
                files[finding.place.file or ""].findings.append(finding)
        result.files = [_settled(file) for file in files.values()]
        return result

    def cross(self, result: BatchResult) -> None:
        """Let the rules across ledgers look at a result's own rows, and count the records of each file once."""
        from toolkit.checking.cross import cross_findings
        from toolkit.store.county import open_county

        job, files = self.job, {file.path: file for file in result.files}
        period = job.period or (date(job.today.year, 1, 1), date(job.today.year, 12, 31))
        county = open_county(result.rows, self._dictionary, job.roster, {}, period=period, today=job.today)
        for ledger in county.ledgers:
            for path, count in county.query(f'SELECT _file, count(*) FROM "{ledger}" WHERE _counted GROUP BY 1'):  # noqa: S608 - an id
                files[path].counted += count
        columns = {(file.path, table.number): table.columns for file in result.files for table in file.tables}
        found: dict[str, list[Finding]] = {}
        for finding in cross_findings(county, columns, self._dictionary):
            found.setdefault(finding.place.file or result.files[0].path, []).append(finding)
        for path, findings in found.items():
            own = files[path].findings
            forms = [
                one for one in own if job.forms and one.severity == "info"
            ]  # doubt about an entry leaves its form alone
            files[path].findings = one_a_cell([*(one for one in own if one not in forms), *findings]) + forms

    def _one(self, fingerprint: Fingerprint, reader: Reader) -> tuple[FileResult, list[TableInput]]:
        path = self.job.prefix + fingerprint.path
        try:
            data = reader(fingerprint)
        except ChangedError:
            return FileResult(path, "", "locked", findings=[file_finding(path, "W009")]), []
        except SourceError as error:
            return FileResult(path, "", "locked", findings=[file_finding(path, "W018", reason=error.reason)]), []
        except FileNotFoundError:
            return _unreadable(path, "@vanished"), []
        except PermissionError:
            return _unreadable(path, "@no_permission", status="locked"), []
        except OSError as error:
            return _unreadable(path, str(error.strerror or "")[:60]), []
        given = by_path(fingerprint.path, self.job.roster) if self.job.roster else Attribution()
        read = read_file(path, data)
        sealed = False
        if read.status == "encrypted" and (plain := opened(data, given.station.code if given.station else None)):
            read, sealed = read_file(path, plain), True
        if read.marked and (label := read_label(BytesIO(data))) and label.mode == "copy":
            return _our_copy(path, label), []
        file = FileResult(
            path, str(read.kind), "ok" if read.status == "ok" else read.status, findings=list(read.findings)
        )
        file.marked = read.marked
        file.sealed = sealed
        file.findings += [_at(finding, path) for finding in given.findings]
        tables: list[tuple[Table, LocatedSheet]] = []
        called = PurePosixPath(self.job.names.get(fingerprint.path, fingerprint.path)).stem
        for sheet in read.sheets:
            before = tables[-1][0] if tables else None
            located = self._locator.locate(path, sheet, called, before)
            file.findings += located.findings
            tables += [(table, located) for table in located.tables]
            if self.job.explain:
                file.explained += _explain(sheet.name, sheet.rows, sheet.values, located)
        if read.status == "ok" and not tables and all(finding.severity == "info" for finding in file.findings):
            file.findings.append(file_finding(path, "W113"))
        inputs = self._attributed(path, file, given, [table for table, _ in tables])
        return file, inputs

    def _attributed(self, path: str, file: FileResult, given: Attribution, tables: Sequence[Table]) -> list[TableInput]:
        """Give every table its station, and the file the one that all its tables agree on."""
        inputs = []
        stations = []
        roster = self.job.roster
        said = len(file.findings)
        for number, table in enumerate(tables):
            own = by_reporter(path, given, table.meta.reporter, table.sheet, roster) if roster else Attribution()
            file.findings += [finding for finding in own.findings if finding not in file.findings[said:]]
            stations.append(own.station)
            code = own.station.code if own.station else ""
            period = _period(table, PurePosixPath(path).stem, self.job.today)
            stale = _stale(period, self.job.period)
            if stale and table.rows:
                file.findings.append(_another_period(path, table, stale))
            info = TableInfo(
                table.ledger.id, table.sheet, number, code, {name: columns[0] for name, columns in table.columns.items()},
                len(table.rows), table.zero, table.meta.title,
                (period[0].isoformat(), period[1].isoformat()) if period else None, self._filled_on(table),
            )  # fmt: skip
            file.tables.append(info)
            inputs.append(TableInput(
                table.ledger, path, table.sheet, number, code, info.columns, table.rows, table.values, table.other,
                [
                    (row, total_values(info.columns, values), bounds, after, is_subtotal(values))
                    for row, values, bounds, after in table.totals
                ],
                table.meta.unit or 1.0, table.units, _bounded(period, self.job.period), table.constants,
                self._as_of(period, info.filled_on),
            ))  # fmt: skip
        if roster is None:
            return inputs
        station = given.station or next((one for one in stations if one), None)
        if station is not None and len({one.code for one in stations if one}) > 1 and given.station is None:
            station = next(
                (
                    upper
                    for upper in roster.lineage(station)
                    if all(one and roster.contains(upper, one) for one in stations)
                ),
                station,
            )
        elif (
            given.station is not None
            and stations
            and all(one and one.code == stations[0].code for one in stations if stations[0])
        ):
            station = stations[0] or given.station
        file.station = station.code if station else None
        if (
            tables
            and any(one is None for one in stations)
            and not any(finding.code == "E022" for finding in file.findings)
        ):
            reporter = next((table.meta.reporter for table in tables if table.meta.reporter), None)
            file.findings.append(
                file_finding(path, "W020", evidence=f"{PurePosixPath(path).name}{'；' + reporter if reporter else ''}")
            )
        if station is not None and self.job.period and not station.active(*self.job.period):
            dates = f"{station.since or ''}—{station.until or ''}"
            file.findings.append(file_finding(path, "W023", name=station.name, dates=dates))
        return inputs

    def _as_of(self, period: tuple[date, date] | None, filled_on: str | None) -> date | None:
        """Return the day for which a table was drawn up: the end of the period it names; without one the day it was filled in."""
        given = date.fromisoformat(filled_on) if filled_on and self.job.period is None else None
        named = period[1] if period else given
        return named if named and named <= self.job.today else None

    def _filled_on(self, table: Table) -> str | None:
        if not table.meta.filled_on:
            return None
        made, _ = read_text(table.meta.filled_on, self.job.today)
        return made.first.isoformat() if made else None


def _settled(file: FileResult) -> FileResult:
    """Give a file its final status and its findings their station."""
    if file.status == "ok":
        if file.tables and file.station is None and any(finding.code in ("W020", "E022") for finding in file.findings):
            file.status = "unclaimed"
        elif any(finding.severity != "info" for finding in file.findings):
            file.status = "findings"
    if file.station:
        file.findings = [
            replace(finding, place=replace(finding.place, station=file.station))
            if finding.place.station is None
            else finding
            for finding in file.findings
        ]
    return file


def _our_copy(path: str, label: Label) -> FileResult:
    """Return the result for a marked copy of ours that lies among the stations' files: never data, whatever was typed into it."""
    finding = file_finding(path, "W012") if label.saved_since else file_finding(path, "I008", other=label.source or "")
    return FileResult(path, "xlsx", "skipped-duplicate", findings=[finding])


def _unreadable(path: str, reason: str, status: str = "unreadable") -> FileResult:
    return FileResult(path, "", status, findings=[file_finding(path, "E001", reason=reason)])


def _at(finding: Finding, path: str) -> Finding:
    return replace(finding, place=replace(finding.place, file=path))


def _period(table: Table, stem: str, today: date) -> tuple[date, date] | None:
    """Return the period that a table's title names, else its sheet's name, else its file's; one that has not begun is no period."""
    named = table.meta.period or read_period(table.sheet) or read_period(stem)
    return named if named and named[0] <= today else None


def _stale(own: tuple[date, date] | None, window: tuple[date, date] | None) -> tuple[date, date] | None:
    """Return the period that a table names if it was over before the workspace's began."""
    return own if own and window and own[1] < window[0] else None


def _another_period(path: str, table: Table, own: tuple[date, date]) -> Finding:
    finding = file_finding(
        path, "W118", table.sheet, ledger=table.ledger.short, first=own[0].isoformat(), last=own[1].isoformat()
    )
    return replace(finding, ledger=table.ledger.id, key=f"{table.sheet}|{own[0]}")


def _bounded(own: tuple[date, date] | None, window: tuple[date, date] | None) -> tuple[date, date] | None:
    """Return the period that a table's dates must lie in: the years it names itself, else the workspace's window."""
    return window if own is None else (date(own[0].year, 1, 1), date(own[1].year, 12, 31))


def _explain(
    sheet: str, rows: Sequence[int], values: Sequence[Sequence[Any]], located: LocatedSheet
) -> list[tuple[str, int, str, str]]:
    """Return what each row was taken for, with the beginning of what it says."""
    from toolkit.fields.base import as_text
    from toolkit.masking import mask_text

    lines = []
    for row, cells in zip(rows, values, strict=True):
        text = " | ".join(as_text(cell)[:12] for cell in cells if cell is not None)
        lines.append((sheet, row, str(located.kinds.get(row, "unused")), mask_text(text[:70])))
    return lines


_PROCESSOR: list[Processor] = []


def start(job: Job) -> None:
    """Prepare this process for a job."""
    _PROCESSOR[:] = [Processor(job)]


def process(fingerprints: Sequence[Fingerprint]) -> BatchResult:
    """Process a batch in a process that was prepared by :func:`start`."""
    return _PROCESSOR[0].process(fingerprints)


def deliver(fingerprints: Sequence[Fingerprint]) -> BatchResult:
    """Process a batch and write its rows where the job wants them; a worker that does not see that folder sends them back."""
    result, job = process(fingerprints), _PROCESSOR[0].job
    if job.incoming is not None and job.incoming.is_dir() and result.rows:
        from toolkit.store.partition import write_pieces

        with suppress(OSError):  # it may not write there, or the disk is full
            result.pieces, result.rows = write_pieces(job.incoming, result.rows, job.roster), {}
    return result


def check_alone(fingerprints: Sequence[Fingerprint]) -> BatchResult:
    """Process files that stand by themselves: what counts once is counted, the rules across ledgers look at them, and no rows are sent back."""
    result = process(fingerprints)
    if result.rows:
        _PROCESSOR[0].cross(result)
    result.rows = {}
    return result
