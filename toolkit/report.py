"""``report.json`` as a value, and how a finding looks in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.fields import field_type
from toolkit.ledgers.dictionary import Dictionary
from toolkit.masking import mask_text
from toolkit.messages.say import message, shown_suggestion, shown_value
from toolkit.model import Finding

VERSION = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a run or a check found, in the shape of ``report.json`` (see docs/report.md); numbers of persons are masked."""

    run: Mapping[str, str]
    totals: Mapping[str, int]
    files: Sequence[Mapping[str, Any]]
    stations: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    version: int = VERSION

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Return the report that a parsed ``report.json`` holds."""
        return cls(data["run"], data["totals"], data["files"], data["stations"], data["findings"], data["version"])

    def to_dict(self) -> dict[str, Any]:
        """Return the report as ``report.json`` has it."""
        return {"version": self.version, "run": dict(self.run), "totals": dict(self.totals), "files": list(self.files),
                "stations": list(self.stations), "findings": list(self.findings)}  # fmt: skip


def is_sensitive(finding: Finding, dictionary: Dictionary) -> bool:
    """Say whether a finding is about a field that holds numbers of persons."""
    ledger = dictionary.ledgers.get(finding.ledger or "")
    spec = ledger.fields.get(finding.field or "") if ledger else None
    return spec is not None and field_type(spec.type).sensitive


def finding_entry(finding: Finding, dictionary: Dictionary, lang: str) -> dict[str, Any]:
    """Return a finding as ``report.json`` has it."""
    place, sensitive = finding.place, is_sensitive(finding, dictionary)
    return {
        "id": finding.id,
        "code": finding.code,
        "severity": str(finding.severity),
        "station": place.station,
        "file": place.file,
        "sheet": place.sheet,
        "cell": place.cell,
        "ledger": finding.ledger,
        "field": finding.field,
        "row": place.row,
        "value": shown_value(finding, sensitive),
        "message": mask_text(message(finding, lang)),
        "suggestion": shown_suggestion(finding, sensitive),
        "related": [{"file": other.file, "sheet": other.sheet, "cell": other.cell} for other in finding.related],
        "since": finding.since,
    }
