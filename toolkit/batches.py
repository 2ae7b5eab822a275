"""What goes into the workers and what comes out of them, as plain values that cost nothing to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.intake.read import file_finding
from toolkit.intake.source import Fingerprint, Source
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import Finding
from toolkit.roster import Roster
from toolkit.store.state import finding_from_dict, finding_to_dict


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker must know to process any file; the same for a whole run.

    ``source``: where the files lie that paths are relative to. ``prefix``: what precedes a path in findings, so that it is
    relative to the workspace. ``names``: what people call a file, by its path, where that is not how it is named.
    ``dictionary``: None is the built-in one. ``forms``: also find entries that are right, but written in another form than
    the rest. ``incoming``: the folder into which workers that see it write their rows; the others send them back.
    """

    source: Source
    prefix: str
    today: date
    period: tuple[date, date] | None
    amount_min: float = 10
    amount_max: float = 200_000
    dictionary: Dictionary | None = None
    roster: Roster | None = None
    ledger: str | None = None
    explain: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    forms: bool = False
    incoming: Path | None = None


@dataclass(slots=True)
class TableInfo:
    """What is remembered of a table beside its rows. ``period``: the first and last month it names, as ISO dates."""

    ledger: str
    sheet: str
    number: int
    station: str
    columns: dict[str, int]
    rows: int
    zero: bool
    title: str = ""
    period: tuple[str, str] | None = None
    filled_on: str | None = None


@dataclass(slots=True)
class FileResult:
    """What became of one file. ``status`` as in report.json; ``marked``: it carries marks of an earlier
    run; ``sealed``: it was opened with a password.
    """

    path: str
    kind: str
    status: str
    station: str | None = None
    tables: list[TableInfo] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    explained: list[tuple[str, int, str, str]] = field(default_factory=list)

    counted: int = 0
    marked: bool = False
    sealed: bool = False

    @property
    def rows(self) -> int:
        """How many data rows the file holds."""
        return sum(table.rows for table in self.tables)


@dataclass(slots=True)
class BatchResult:
    """What became of a batch: one result a file; the rows by ledger, as Arrow tables, or where they were written.

    ``pieces``: (ledger, partition) → tables, and paths of Parquet files. ``unread``: what could not be read this time, though
    it may the next: as long as it stands as it was last read.
    """

    files: list[FileResult] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)
    pieces: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    unread: list[FileResult] = field(default_factory=list)


def crashed(job: Job, fingerprint: Fingerprint, reason: str, params: Mapping[str, Any]) -> FileResult:
    """Return the result for a file that its worker did not survive."""
    path = job.prefix + fingerprint.path
    if reason == "@fault":
        finding = file_finding(path, "E901", rule="read", reason=str(params.get("error", "")))
    else:
        finding = file_finding(path, "E006", reason=reason, **params)
    return FileResult(path, "", "unreadable", findings=[finding])


def file_to_dict(file: FileResult) -> dict[str, Any]:
    """Return a file's result as plain values, for the state database."""
    tables = [
        [t.ledger, t.sheet, t.number, t.station, t.columns, t.rows, t.zero, t.title, t.period, t.filled_on]
        for t in file.tables
    ]
    return {"path": file.path, "kind": file.kind, "status": file.status, "station": file.station, "tables": tables,
            "marked": file.marked, "sealed": file.sealed, "findings": [finding_to_dict(finding) for finding in file.findings]}  # fmt: skip


def file_from_dict(data: Mapping[str, Any]) -> FileResult:
    """Return the result that :func:`file_to_dict` wrote."""
    tables = [TableInfo(*row) for row in data.get("tables", ())]
    findings = [finding_from_dict(one) for one in data.get("findings", ())]
    return FileResult(
        data.get("path", ""), data.get("kind", ""), data["status"], data.get("station"), tables, findings,
        marked=data.get("marked", False), sealed=data.get("sealed", False),
    )  # fmt: skip
