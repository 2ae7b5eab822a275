"""Process one workbook the way a worker does, and look at what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.conftest import TODAY
from toolkit.batches import FileResult, Job
from toolkit.intake.discover import discover
from toolkit.intake.source import LocalFolder
from toolkit.model import Finding
from toolkit.perfile import Processor
from toolkit.roster import Roster

YEAR = (date(2020, 1, 1), date(2020, 12, 31))


@dataclass
class Seen:
    """What became of a folder with one workbook."""

    file: FileResult
    rows: dict[str, Any]

    @property
    def at(self) -> dict[str, str]:
        """Cell → code of every finding that is more than information."""
        return {finding.place.cell or "": finding.code for finding in self.file.findings if finding.severity != "info"}

    def finding(self, code: str) -> Finding:
        return next(finding for finding in self.file.findings if finding.code == code)

    @property
    def kinds(self) -> dict[int, str]:
        return {row: kind for _, row, kind, _ in self.file.explained}

    def column(self, ledger: str, name: str) -> list[Any]:
        return list(self.rows[ledger][name].to_pylist())


def process(path: Path, *, roster: Roster | None = None, ledger: str | None = None, period: Any = YEAR) -> Seen:
    """Return what a worker makes of the file at ``path``."""
    prints = [one for one in discover(path.parent, "").files if one.path == path.name]
    job = Job(LocalFolder(path.parent), "", TODAY, period, roster=roster, ledger=ledger, explain=True)
    result = Processor(job).process(prints)
    return Seen(result.files[0], result.rows)
