"""Visit coverage (走访覆盖率) and frequency (走访频率) by township and village.

A person visited belongs to the place that registers them (L1), whoever went there; one whom nobody registers, to the station that
sent the visit. So the places add up to the county, and a village is credited with the visits that its township made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.output.places import lines, share, townships
from toolkit.output.sql import in_period, people_view
from toolkit.results import Results
from toolkit.roster import Station


@dataclass(slots=True)
class Coverage:
    """How many people a place registers, how many of its people were visited, and how often."""

    registered: int = 0
    visited: int = 0
    visits: int = 0

    @property
    def coverage(self) -> float | None:
        """走访覆盖率: people visited / people registered."""
        return share(self.visited, self.registered)

    @property
    def frequency(self) -> float | None:
        """走访频率: visits / people registered."""
        return share(self.visits, self.registered)

    def add(self, other: Coverage) -> None:
        """Add another's counts."""
        self.registered += other.registered
        self.visited += other.visited
        self.visits += other.visits


def sum_of(counts: Iterable[Coverage]) -> Coverage:
    """Return the coverage of several places together."""
    total = Coverage()
    for one in counts:
        total.add(one)
    return total


@dataclass(frozen=True, slots=True)
class Place:
    """A township with the places below it; ``station`` is None for rows whose station is unknown."""

    station: Station | None
    total: Coverage
    places: tuple[tuple[Station, Coverage], ...]


def visit_coverage(results: Results) -> tuple[Coverage, list[Place]]:
    """Return the county's coverage and every township's in the roster's order; nothing where L1 or L2 are not in the dictionary."""
    register, visits = (results.dictionary.ledgers.get(name) for name in ("L1", "L2"))
    if register is None or visits is None:
        return Coverage(), []
    homes = (
        f"(SELECT _who, arg_min(_station, _row_id) AS home FROM {people_view(results, register)} "  # noqa: S608 - a ledger's id
        f"WHERE {in_period(results, register)} AND _who IS NOT NULL GROUP BY 1)"
    )
    found: dict[str, Coverage] = {}
    for code, count in results.rows.query(f"SELECT home, count(*) FROM {homes} GROUP BY 1"):  # noqa: S608
        found.setdefault(code, Coverage()).registered = count
    been = (
        f"(SELECT coalesce(_who, chr(31) || _row_id) AS who, min(_who) AS _who, arg_min(_station, _row_id) AS sender, count(*) AS times "  # noqa: S608
        f"FROM {people_view(results, visits)} WHERE {in_period(results, visits)} GROUP BY 1)"
    )
    for code, people, times in results.rows.query(
        f"SELECT coalesce(h.home, b.sender), count(b._who), sum(b.times) FROM {been} b LEFT JOIN {homes} h ON h._who = b._who GROUP BY 1"  # noqa: S608
    ):
        one = found.setdefault(code, Coverage())
        one.visited, one.visits = one.visited + people, one.visits + int(times)
    return sum_of(found.values()), _places(results, found)


def _places(results: Results, found: dict[str, Coverage]) -> list[Place]:
    made = []
    for upper, stations in townships(results):
        own = []
        for line, told in lines(results, stations):
            known = [found.pop(station.code) for station in told if station.code in found]
            if known:
                own.append((line, sum_of(known)))
        if own:
            made.append(_place(upper, own))
    rest = [one for _, one in sorted(found.items())]
    if rest:
        made.append(Place(None, sum_of(rest), ()))
    return made


def _place(upper: Station, own: list[tuple[Station, Coverage]]) -> Place:
    return Place(upper, sum_of(one for _, one in own), tuple(own))
