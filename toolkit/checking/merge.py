"""Several findings at one cell become one: the weightiest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.model import Finding, Severity

SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}


def one_a_cell(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for each cell, in the order of their places; findings without a cell stay as they are."""
    best: dict[Any, Finding] = {}
    rest = []
    for finding in findings:
        place = finding.place
        if place.cell is None:
            rest.append(finding)
            continue
        where = (place.file, place.sheet, place.row, place.column)
        known = best.get(where)
        if known is None or _weight(finding) < _weight(known):
            best[where] = finding
    return sorted([*rest, *best.values()], key=_position)


def _weight(finding: Finding) -> tuple[int, str]:
    """Return how a finding ranks among others at the same cell, the weightiest first."""
    return {"E": 0, "W": 1, "I": 2}[finding.code[0]], finding.code[1:]


def _position(finding: Finding) -> tuple[str, str, int, int, str]:
    """Return where a finding stands in a list: by file, sheet, row and column."""
    place = finding.place
    return place.file or "", place.sheet or "", place.row or 0, place.column or 0, finding.code
