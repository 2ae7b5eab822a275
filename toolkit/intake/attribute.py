"""Whose file it is: folders, file name and 填报单位 line against the roster, trusted in this order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.intake.read import file_finding
from toolkit.model import Finding
from toolkit.roster import Roster, Station


@dataclass(slots=True)
class Attribution:
    """The station that a file or table belongs to, and what has to be said about it."""

    station: Station | None = None
    findings: list[Finding] = field(default_factory=list)


def by_path(path: str, roster: Roster) -> Attribution:
    """Return the station that the folders and the file's name say; the deeper station wins where one contains the other.

    ``path`` is relative to the stations' folder.
    """
    result = Attribution()
    pure = PurePosixPath(path)
    folders = "/".join(pure.parts[:-1])
    evidence = [("@folder", roster.find(folders) if folders else []), ("@file_name", roster.find(pure.stem))]
    first = ""
    for source, found in evidence:
        candidates = _consistent(found, result.station, roster)
        if len(candidates) > 1:
            if result.station is None:
                names = "、".join(f"“{name}”" for name in roster.told_apart(candidates[:4]))
                result.findings.append(file_finding(path, "E022", first=source, names=names))
            continue
        if not candidates:
            continue
        station = candidates[0]
        if result.station is None or roster.contains(result.station, station):
            result.station, first = station, source
        elif not roster.contains(station, result.station):
            a, b = roster.told_apart([result.station, station])
            result.findings.append(file_finding(path, "W021", first=first, a=a, second=source, b=b))
    return result


def by_reporter(path: str, given: Attribution, reporter: str | None, sheet_name: str, roster: Roster) -> Attribution:
    """Return the station of one table: what the path says, refined or contradicted by its 填报单位 line or its sheet's name."""
    result = Attribution(given.station)
    for source, text in (("@reporter_line", reporter), ("@sheet_name", sheet_name)):
        if not text:
            continue
        candidates = _consistent(roster.find(text), result.station, roster)
        if len(candidates) != 1:
            continue
        station = candidates[0]
        if result.station is None or roster.contains(result.station, station):
            result.station = station
        elif source == "@reporter_line" and not roster.contains(station, result.station):
            a, b = roster.told_apart([result.station, station])
            result.findings.append(file_finding(path, "W021", first="@folder", a=a, second=source, b=b))
    return result


def _consistent(found: list[Station], within: Station | None, roster: Roster) -> list[Station]:
    """Return the deepest stations of ``found``; villages of one name in several townships are settled by ``within``."""
    if within is not None and len(found) > 1:
        inside = [station for station in found if roster.contains(within, station)]
        found = inside or found
    return roster.deepest(found)
