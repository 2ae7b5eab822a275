"""A station's own findings, and the reminder of what it has not sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from toolkit.mail.material import Material
from toolkit.mail.privacy import mask_name
from toolkit.masking import mask_text
from toolkit.output.grouping import cell_ranges
from toolkit.output.places import short
from toolkit.results import StationReport
from toolkit.roster import Station

_GROUPS = 60
_CELLS = 12
_ORDER = {"error": 0, "warning": 1}


def findings(material: Material, station: Station) -> dict[str, Any] | None:
    """Return what a station is told of its own files, or None where there is nothing to put right."""
    entries = material.findings.get(station.code, [])
    inside = [entry for entry in entries if entry["file"]]
    if not inside:
        return None
    files, left = _files(material, inside)
    return {
        "station": short(station.name), "errors": sum(entry["severity"] == "error" for entry in inside),
        "warnings": sum(entry["severity"] == "warning" for entry in inside), "files": files, "more": left,
        "marks": str(material.workspace.config.values["marks"]["mode"]),
    }  # fmt: skip


def _files(material: Material, entries: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Return the findings by file, equal ones put together, and how many found no room."""
    groups: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for entry in sorted(entries, key=lambda entry: _ORDER[entry["severity"]]):
        said = material.discretion.sentence(entry["message"])
        groups.setdefault((entry["file"], entry["sheet"] or "", entry["code"], said), []).append(entry)
    files: dict[str, dict[str, Any]] = {}
    left = 0
    for number, ((file, sheet, code, said), members) in enumerate(groups.items()):
        if number >= _GROUPS:
            left += len(members)
            continue
        cells = cell_ranges(entry["cell"] for entry in members if entry["cell"])
        where = "、".join(cells[:_CELLS]) + ("…" if len(cells) > _CELLS else "")
        hints = {entry["suggestion"] for entry in members}
        hint = material.discretion.word(hints.pop() or "") if len(hints) == 1 else None
        own = files.setdefault(file, {"name": material.discretion.text(_shown(material, file)), "groups": []})
        own["groups"].append({"code": code, "severity": members[0]["severity"], "sheet": material.discretion.text(sheet), "cells": where,
                              "count": len(members), "message": said, "suggestion": hint or ""})  # fmt: skip
    return list(files.values()), left


def _shown(material: Material, file: str) -> str:
    return file.removeprefix(material.workspace.prefix)


def reminder(material: Material, station: Station, today: date) -> dict[str, Any] | None:
    """Return what a station is reminded of: ledgers with a deadline that is near or past; None where there are none."""
    reports = [one for one in material.owed.get(station.code, []) if is_due(one, today, material.settings.remind_days)]
    if not reports:
        return None
    upper = material.results.roster.township(station)
    return {
        "station": station.name, "name": short(station.name), "township": short(upper.name) if upper else "",
        "contact_person": mask_name(station.contact), "phone": mask_text(station.phone),
        "ledgers": [_owed(material, one, today) for one in sorted(reports, key=lambda one: (one.due or date.max, one.ledger))],
        "late": sum(1 for one in reports if one.due and one.due < today), "today": today,
    }  # fmt: skip


def is_due(report: StationReport, today: date, days: int) -> bool:
    """Say whether a station is to be reminded of a ledger: its deadline is at most so many days away, or past."""
    return report.status in ("missing", "unreadable") and report.due is not None and (report.due - today).days <= days


def _owed(material: Material, report: StationReport, today: date) -> dict[str, Any]:
    ledger = material.results.dictionary.ledgers[report.ledger]
    assert report.due is not None
    return {"ledger": ledger.short, "name": ledger.name, "due": report.due, "unreadable": report.status == "unreadable",
            "days": (report.due - today).days}  # fmt: skip
