"""What has to be said about marking itself: files that could not be marked, and why; words of people that were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from toolkit.batches import FileResult
from toolkit.intake.read import file_finding
from toolkit.masking import mask_params
from toolkit.model import Finding
from toolkit.steps.marks import Marked

_MAY_PASS = frozenset(
    {
        "disk",
        "unreachable",
        "crashed",
        "read-only",
        "read-only-folder",
        "no-permission",
        "hard-linked",
        "no-backup",
        "typed-in-copy",
        "target-exists",
    }
)


def marking_findings(marks: Mapping[str, Marked], files: Mapping[str, FileResult]) -> list[Finding]:
    """Return what the marking of a run gives reason to say, by path in the workspace, each with the file's station."""
    return [
        replace(finding, place=replace(finding.place, station=files[path].station), params=mask_params(finding.params))
        for path, marked in sorted(marks.items())
        for finding in _of(path, marked)
    ]


def worth_another_try(marked: Marked) -> bool:
    """Say whether marking may succeed the next time although the file is the same."""
    return marked.status == "in-use" or (marked.status == "refused" and marked.reason in _MAY_PASS)


def _of(path: str, marked: Marked) -> list[Finding]:
    found = []
    if marked.status == "in-use":
        lock = Path(marked.lock).name
        found.append(file_finding(path, "W014", owner=marked.owner or "@somebody", lock=lock or "@no_lock"))
    elif marked.status == "refused":
        found.append(file_finding(path, "W015", reason=f"@marks.refused.{marked.reason}"))
    if marked.stale_lock:
        found.append(file_finding(path, "I016", lock=Path(marked.stale_lock).name))
    if marked.kept:
        found.append(file_finding(path, "I017", places="、".join(marked.kept)))
    return found
