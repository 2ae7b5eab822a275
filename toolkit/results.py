"""What one run found, as the values that every output is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from toolkit.config import defaults
from toolkit.ledgers.definitions import UNIT
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import Finding
from toolkit.roster import Roster, Station

STATUSES = ("reported", "late", "zero", "missing", "unreadable")


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file. ``status``: ok, findings, unreadable, encrypted, locked, skipped-duplicate, unclaimed, or other (no spreadsheet).

    ``marks``: done, none, in-use, refused, off. ``rows`` are data rows; ``path`` is relative to the workspace.
    """

    path: str
    station: str | None
    status: str
    ledgers: tuple[str, ...]
    rows: int
    errors: int
    warnings: int
    marks: str = "off"


@dataclass(frozen=True, slots=True)
class StationReport:
    """Whether a station sent a ledger it owes. ``status`` is one of STATUSES; ``due`` its deadline; ``rows`` those that count."""

    station: Station
    ledger: str
    status: str
    due: date | None
    rows: int
    files: tuple[str, ...] = ()


class Rows(Protocol):
    """The stored rows, open to SQL; see ``store/county.py`` for the columns of the views."""

    ledgers: frozenset[str]

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...

    def arrow(self, sql: str) -> Any:
        """Return the result of a query as an Arrow table."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Keep the result of a query as a table of that name, once."""
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run found.

    ``previous``: totals of the last run, for changes; empty for the first. ``last_period``: those at the end of the last period.
    ``settings``: the section ``[summary]`` of ``config.ini``. ``sent_for``: the period of the run, where ``period`` is another window.
    """

    run: str
    started: str
    finished: str
    county_name: str
    period: tuple[date, date]
    today: date
    roster: Roster
    dictionary: Dictionary
    rows: Rows
    files: Sequence[FileReport]
    stations: Sequence[StationReport]
    findings: Sequence[Finding]
    new: frozenset[str] = frozenset()
    recurred: frozenset[str] = frozenset()
    fixed: int = 0
    previous: Mapping[str, Any] = field(default_factory=dict)
    last_period: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=lambda: defaults("summary"))
    sent_for: tuple[date, date] | None = None

    @property
    def stands(self) -> bool:
        """Whether ledgers that date nothing say something about ``period``: it shares a day with the one they were sent for."""
        first, last = self.sent_for or self.period
        return first <= self.period[1] and last >= self.period[0]

    @property
    def totals(self) -> dict[str, int]:
        """The figures of ``report.json``'s totals."""
        counted = 0
        for ledger in sorted(self.rows.ledgers):
            counted += self.rows.query(f'SELECT count(*) FROM "{ledger}" WHERE _counted')[0][0]  # noqa: S608 - a ledger's id
        sent = {report.station.code for report in self.stations if report.status in ("reported", "late", "zero")}
        return {
            "stations": sum(
                1
                for station in self.roster.stations.values()
                if station.active(*self.period) and (station.level != UNIT or station.owes)
            ),
            "reported": len(sent),
            "files": len(self.files),
            "rows": counted,
            "errors": sum(finding.severity == "error" for finding in self.findings),
            "warnings": sum(finding.severity == "warning" for finding in self.findings),
            "fixed": self.fixed,
        }
