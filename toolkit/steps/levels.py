"""Province, city, county, township: which of them get workbooks of their own, and what a run found in one of them.

The top's workbooks are ``out/summary.xlsx`` and ``out/consolidated.xlsx``; those of a unit below lie in ``out/levels/<names>/`` and are
written anew only where something changed in it.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from toolkit.ledgers.definitions import CITY, COUNTY, TOWNSHIP
from toolkit.model import Finding
from toolkit.output.consolidated import write_consolidated
from toolkit.output.facts import remembered
from toolkit.output.overview import make_overview
from toolkit.output.places import short
from toolkit.output.summary import write_summary
from toolkit.output.summary_levels import Levels
from toolkit.results import FileReport, Results, StationReport
from toolkit.roster import Roster, Station
from toolkit.steps.level_files import Written, is_untouched, last_written
from toolkit.steps.versions import version_key
from toolkit.store.county import StoredCounty
from toolkit.store.part import part_of
from toolkit.store.state import State
from toolkit.workspace import Workspace

FOLDER, SUMMARY, CONSOLIDATED = "levels", "summary.xlsx", "consolidated.xlsx"
_LEVELS = {"地市": CITY, "县": COUNTY, "乡镇": TOWNSHIP}
_Kind = TypeVar("_Kind")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]+$')


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with workbooks of its own in ``folder`` (relative to ``out``, with ``/``; empty for the top)."""

    station: Station | None
    folder: str
    upper: Unit | None = None

    def link(self, other: Unit) -> str:
        """Return what leads from this unit's folder to the summary of another one."""
        return posixpath.relpath(f"{other.folder or '.'}/{SUMMARY}", self.folder or ".")


@dataclass(slots=True)
class Plan:
    """The units that get workbooks, the top first, each after the one above it."""

    units: list[Unit]
    _below: dict[str, list[Unit]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.units[1:]:
            upper = unit.upper
            self._below.setdefault(upper.folder if upper else "", []).append(unit)

    def levels(self, unit: Unit, top: str) -> Levels | None:
        """Return what a unit's summary leads to; None where there is nothing above or below. ``top``: what the topmost unit is called."""
        below = tuple((one.station, unit.link(one)) for one in self._below.get(unit.folder, ()) if one.station)
        upper = unit.upper
        if upper is None:
            return Levels(None, below) if below else None
        name = short(upper.station.name) if upper.station and upper.upper else top
        return Levels((name, unit.link(upper)), below)


def plan(results: Results) -> Plan:
    """Return the units that get workbooks: the top, and those below it of the levels that ``[summary] levels`` names."""
    roster = results.roster
    tops = roster.tops()
    top = Unit(tops[0] if len(tops) == 1 else None, "")
    levels = {_LEVELS[name] for name in results.settings["levels"]}
    parents = {one.parent for one in roster.stations.values() if one.active(*results.period)}
    chosen = [
        one for one in roster.stations.values() if one.level in levels and one.code in parents and one != top.station
    ]
    chosen.sort(key=lambda one: len(list(roster.lineage(one))))
    units: dict[str, Unit] = {}
    folders: Counter[str] = Counter()
    for station in chosen:
        uppers = [one for one in list(roster.lineage(station))[1:] if one != top.station]
        parts = [_folder_name(roster, one) for one in (*reversed(uppers), station)]
        folder = "/".join((FOLDER, *parts))
        folders[folder.lower()] += 1
        if folders[folder.lower()] > 1:
            folder = f"{folder}-{_FORBIDDEN.sub('_', station.code)}"
        upper = next((units[one.code] for one in uppers if one.code in units), top)
        units[station.code] = Unit(station, folder, upper)
    return Plan([top, *units.values()])


def _folder_name(roster: Roster, station: Station) -> str:
    return _FORBIDDEN.sub("_", short(roster.own_name(station))) or station.code


class Parts:
    """What a run found, by unit; ``hashes``: file → the hash of its content without our marks."""

    def __init__(self, results: Results, hashes: Mapping[str, str]) -> None:
        self._results = results
        self._files: dict[str, list[FileReport]] = {}
        self._reports: dict[str, list[StationReport]] = {}
        self._findings: dict[str, list[Finding]] = {}
        owner = {one.path: one.station or "" for one in results.files}
        for file in results.files:
            self._files.setdefault(file.station or "", []).append(file)
        for report in results.stations:
            self._reports.setdefault(report.station.code, []).append(report)
        for finding in results.findings:
            code = finding.place.station or owner.get(finding.place.file or "", "")
            self._findings.setdefault(code, []).append(finding)
        self._digests = {code: self._digest(code, hashes) for code in results.roster.stations}

    def _digest(self, code: str, hashes: Mapping[str, str]) -> bytes:
        """Return what everything told of one station depends on: the same as long as nothing about it changes."""
        told: list[object] = [(one.path, hashes.get(one.path, ""), one.status) for one in self._files.get(code, ())]
        told += [(one.ledger, one.status, one.rows) for one in self._reports.get(code, ())]
        told += sorted(
            (one.id, one.since, one.place.cell or "", str(one.params)) for one in self._findings.get(code, ())
        )
        return hashlib.blake2b(repr(told).encode(), digest_size=16).digest()

    def key(self, roster: Roster, *more: object) -> str:
        """Return what the workbooks of a part of the roster depend on, ``more`` beside it."""
        digest = hashlib.blake2b(repr(more).encode(), digest_size=16)
        for code in roster.stations:
            digest.update(self._digests[code])
        return digest.hexdigest()

    def top(self, station: Station | None) -> Results:
        """Return everything, grouped by what lies below the top; for a single county the results themselves."""
        results = self._results
        if not results.roster.several:
            return results
        own = results.roster.below(station)
        name = results.county_name or (short(station.name) if station else "")
        return replace(results, county_name=name, roster=own, rows=part_of(_stored(results), own, whole=True))

    def part(self, unit: Station, own: Roster) -> Results:
        """Return what was found in a unit with the stations ``own``. Close its ``rows.connection`` in the end."""
        results = self._results

        return replace(
            results, county_name=short(results.roster.in_full(unit)), roster=own, rows=part_of(_stored(results), own),
            files=_of(own, self._files), stations=_of(own, self._reports), findings=_of(own, self._findings), fixed=0,
            previous=_scores(results.previous), last_period=_scores(results.last_period),
        )  # fmt: skip


def _of(roster: Roster, found: Mapping[str, list[_Kind]]) -> list[_Kind]:
    return [one for code in roster.stations for one in found.get(code, ())]


def _stored(results: Results) -> StoredCounty:
    assert isinstance(results.rows, StoredCounty)
    return results.rows


def _scores(totals: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what of the totals of a run is told station by station, and so is true of a part as well."""
    return {"townships": totals["townships"]} if "townships" in totals else {}


def stale(workspace: Workspace, state: State, planned: Plan, parts: Parts) -> list[tuple[Unit, Roster, str]]:
    """Return the units below the top whose workbooks have to be written, each with its part of the roster and its new key."""
    known = last_written(state)
    found = []
    version = (version_key(workspace), workspace.config.version)
    for unit in planned.units[1:]:
        assert unit.station is not None
        own = workspace.roster.below(unit.station)
        key = parts.key(own, version, unit.folder, planned.levels(unit, ""))
        before = known.get(unit.folder)
        if before is None or before.key != key or not is_untouched(workspace, before):
            found.append((unit, own, key))
    return found


def write_unit(
    workspace: Workspace, planned: Plan, parts: Parts, unit: Unit, own: Roster, key: str, top: str
) -> Written:
    """Write the workbooks of one unit below the top."""
    assert unit.station is not None
    lang, folder = workspace.config.language, workspace.config.path("out") / unit.folder
    results = parts.part(unit.station, own)
    try:
        overview = make_overview(results, lang)
        book = write_consolidated(folder / CONSOLIDATED, results, lang, workspace=workspace.folder, overview=overview)[
            0
        ]
        summary = write_summary(folder / SUMMARY, results, lang, overview=overview, consolidated=book.name,
                                levels=planned.levels(unit, top))  # fmt: skip
    finally:
        _stored(results).connection.close()
    scores = remembered(results, overview.facts)
    if (book.name, summary.name) != (CONSOLIDATED, SUMMARY):  # somebody holds the file open: again next time
        key = ""
    files = {workspace.relative(path): path.stat().st_size for path in (book, summary)}
    return Written(key, files, {code: score for code, score in scores.items() if code != unit.station.code})


def sweep(workspace: Workspace, state: State, planned: Plan) -> None:
    """Remove the workbooks, and the folders they leave empty, of units that have none any more: what we wrote, as we wrote it."""
    kept = {unit.folder for unit in planned.units}
    for folder, written in last_written(state).items():
        if folder in kept:
            continue
        for path, size in written.files.items():
            target = workspace.folder / path
            with suppress(OSError):
                if target.stat().st_size == size:
                    target.unlink()
        place = workspace.config.path("out") / folder
        with suppress(OSError):
            while place != workspace.config.path("out"):
                place.rmdir()
                place = place.parent
