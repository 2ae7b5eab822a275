"""``report.json``: everything a run found, for other programs; numbers of persons are masked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.json_text import json_text
from toolkit.output.places import named
from toolkit.output.publish import publish_bytes
from toolkit.report import VERSION, finding_entry
from toolkit.results import Results


def report(results: Results, workspace: str, lang: str = "zh") -> dict[str, Any]:
    """Return ``report.json`` as plain values; ``workspace`` is the folder's path."""
    first, last = results.period
    period = f"{first.isoformat()}/{last.isoformat()}"
    return {
        "version": VERSION,
        "run": {"id": results.run, "started": results.started, "finished": results.finished, "workspace": workspace},
        "totals": dict(results.totals),
        "files": [
            {"path": file.path, "station": file.station, "status": file.status, "ledgers": list(file.ledgers), "rows": file.rows,
             "errors": file.errors, "warnings": file.warnings, "marks": file.marks}
            for file in results.files
        ],
        "stations": [
            {"station": one.station.code, "name": named(results, one.station), "ledger": one.ledger, "period": period,
             "due": one.due.isoformat() if one.due else None, "status": one.status}
            for one in results.stations
        ],
        "findings": [finding_entry(finding, results.dictionary, lang) for finding in results.findings],
    }  # fmt: skip


def write_report_json(path: Path, data: Mapping[str, Any]) -> Path:
    """Write the report; return the path it ended up at."""
    return publish_bytes(path, json_text(data).encode("utf-8", "replace"))
