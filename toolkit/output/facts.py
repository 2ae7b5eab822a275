"""What the summary, the page and the notice tell of stations, townships and ledgers: reporting, completeness, findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from toolkit.characters import fold
from toolkit.ledgers.definitions import UNIT
from toolkit.output.places import share, township_of, townships
from toolkit.output.sql import literal, quoted
from toolkit.results import Results
from toolkit.roster import Station

SENT = ("reported", "late", "zero")
ON_TIME = ("reported", "zero")


@dataclass(slots=True)
class Score:
    """How a station, a township or a ledger does. ``required`` and ``filled`` count cells that must be filled and are."""

    required: int = 0
    filled: int = 0
    due: int = 0
    sent: int = 0
    on_time: int = 0
    rows: int = 0
    errors: int = 0
    warnings: int = 0

    def add(self, other: Score) -> None:
        """Add another's counts."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def completeness(self) -> float | None:
        """Share of required cells that are filled."""
        return share(self.filled, self.required)

    @property
    def timeliness(self) -> float | None:
        """Share of ledgers due that came, and in time."""
        return share(self.on_time, self.due)

    @property
    def reporting(self) -> float | None:
        """Share of ledgers due that came."""
        return share(self.sent, self.due)

    @property
    def overall(self) -> float:
        """What townships are ranked by: completeness and timeliness, half each; what is not known counts nothing."""
        return ((self.completeness or 0.0) + (self.timeliness or 0.0)) / 2


@dataclass(frozen=True, slots=True)
class Township:
    """A township with its stations and how it does; units that neither owe nor send anything are not among them.

    ``rank`` 0: above townships, not ranked. ``change`` is that of its overall score since the end of the last period, or the last run
    where there was no period before.
    """

    station: Station
    stations: tuple[Station, ...]
    score: Score
    rank: int = 0
    change: float | None = None


@dataclass(slots=True)
class Facts:
    """Scores of the county, its townships in the roster's order, its stations and ledgers; findings by kind."""

    county: Score = field(default_factory=Score)
    townships: list[Township] = field(default_factory=list)
    stations: dict[str, Score] = field(default_factory=dict)
    ledgers: dict[str, Score] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    kinds_by_township: dict[str, Counter[str]] = field(default_factory=dict)
    unclaimed: Score = field(default_factory=Score)
    since: str = "change"
    """What changes are told from: the last period (change), or the last run where there was no period before (change_run)."""

    @property
    def ranked(self) -> list[Township]:
        """The townships that compete, the best first; the county's own centre does not."""
        return sorted((one for one in self.townships if one.rank), key=lambda one: one.rank)


def gather_facts(results: Results) -> Facts:
    """Return the facts of a run."""
    facts = Facts(since="change" if results.last_period else "change_run")
    active = {station.code for _, stations in townships(results) for station in stations}
    facts.stations = {code: Score() for code in active}
    for station, ledger, score in _cells(results):
        facts.stations.get(station, facts.unclaimed).add(score)
        facts.ledgers.setdefault(ledger, Score()).add(score)
        facts.county.add(score)
    for report in results.stations:
        sent, on_time = report.status in SENT, report.status in ON_TIME
        score = Score(due=1, sent=int(sent), on_time=int(on_time))
        facts.stations.setdefault(report.station.code, Score()).add(score)
        facts.ledgers.setdefault(report.ledger, Score()).add(score)
        facts.county.add(score)
    _count_findings(results, facts)
    facts.townships = _townships(results, facts)
    return facts


def _count_findings(results: Results, facts: Facts) -> None:
    for finding in results.findings:
        if finding.severity == "info":
            continue
        error = finding.severity == "error"
        score = Score(errors=int(error), warnings=int(not error))
        code = finding.place.station or ""
        facts.stations.get(code, facts.unclaimed).add(score)
        facts.county.add(score)
        if finding.ledger:
            facts.ledgers.setdefault(finding.ledger, Score()).add(score)
        facts.kinds[finding.code] += 1
        station = results.roster.stations.get(code)
        upper = township_of(results, station).code if station else ""
        facts.kinds_by_township.setdefault(upper, Counter())[finding.code] += 1


def _townships(results: Results, facts: Facts) -> list[Township]:
    made = []
    for upper, stations in townships(results):
        score = Score()
        for station in stations:
            score.add(facts.stations.get(station.code, Score()))
        reporting = (one for one in stations if one.level != UNIT or facts.stations.get(one.code) != Score())
        made.append((upper, tuple(reporting), score))
    previous = (results.last_period or results.previous).get("townships", {})
    competing = [number for number, (upper, _, _) in enumerate(made) if results.roster.competes(upper)] or range(
        len(made)
    )
    order = sorted(competing, key=lambda n: (-made[n][2].overall, made[n][2].errors, n))
    ranks = {number: rank for rank, number in enumerate(order, 1)}
    return [
        Township(upper, stations, score, ranks.get(number, 0),
                 round(score.overall - float(previous[upper.code]), 6) if upper.code in previous else None)
        for number, (upper, stations, score) in enumerate(made)
    ]  # fmt: skip


def remembered(results: Results, facts: Facts | None = None) -> dict[str, float]:
    """Return what the next run needs to tell changes by: each township's overall score; it comes back as ``previous["townships"]``."""
    return {one.station.code: round(one.score.overall, 6) for one in (facts or gather_facts(results)).townships}


def _cells(results: Results) -> Iterable[tuple[str, str, Score]]:
    """Yield (station, ledger, score): rows that count, and how many of their required cells are filled."""
    for ledger in results.dictionary.ledgers.values():
        if ledger.id not in results.rows.ledgers:
            continue
        required = ledger.required
        typed = " + ".join(f"count({quoted(name)})" for name in required) or "0"
        view = quoted(ledger.id)
        counts = results.rows.query(
            f"SELECT _station, count(*), {typed} FROM {view} WHERE _counted GROUP BY _station ORDER BY _station"  # noqa: S608 - from the dictionary
        )
        extra = _typed_badly(results, view, required)
        for station, rows, filled in counts:
            yield (
                station,
                ledger.id,
                Score(required=rows * len(required), filled=filled + extra.get(station, 0), rows=rows),
            )


def _typed_badly(results: Results, view: str, required: Iterable[str]) -> dict[str, int]:
    """Return, by station, required cells that hold something which could not be typed: wrong, but not empty."""
    names = [name for name in required if results.rows.query(
        f"SELECT 1 FROM {view} WHERE _counted AND contains(_unparsed, {literal(json.dumps(name, ensure_ascii=False) + ':')}) LIMIT 1"  # noqa: S608
    )]  # fmt: skip
    found: dict[str, int] = {}
    if not names:
        return found
    null_words = results.dictionary.null_words
    for station, unparsed in results.rows.query(
        f"SELECT _station, _unparsed FROM {view} WHERE _counted AND _unparsed <> ''"  # noqa: S608 - a ledger's id
    ):
        texts = json.loads(unparsed)
        found[station] = found.get(station, 0) + sum(
            1 for name in names if name in texts and fold(texts[name]) not in null_words and fold(texts[name])
        )
    return found
