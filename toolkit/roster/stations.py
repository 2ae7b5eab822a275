"""All stations, how they lie below each other, and under whom each is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.ledgers.definitions import CITY, COUNTY, PROVINCE, TOWNSHIP, UNIT
from toolkit.ledgers.dictionary import Dictionary
from toolkit.roster.names import Names
from toolkit.roster.station import Station, bare


@dataclass(slots=True)
class Roster:
    """All stations, and the names by which people call them.

    ``unit`` is the station whose part of a larger roster this is (see :meth:`below`). Outside a county, ``relative``, stations are
    grouped by what lies right below the unit; in a county by township.
    """

    stations: dict[str, Station]
    version: str = ""
    unit: Station | None = None
    relative: bool = False
    several: bool = field(init=False)
    """Whether the stations are those of several counties, or of more than a county."""
    _grouped_by: str = field(default="", repr=False)
    _full: dict[str, str] = field(default_factory=dict, repr=False)
    _names: Names | None = field(default=None, repr=False)
    _above: dict[str, Mapping[str, Station]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        levels = Counter(one.level for one in self.stations.values())
        self.several = bool(levels[PROVINCE] or levels[CITY] or levels[COUNTY] > 1)

    def lineage(self, station: Station) -> Iterable[Station]:
        """Return a station, its parent, and so on up."""
        return self._lineage(station).values()

    def _lineage(self, station: Station) -> Mapping[str, Station]:
        known = self._above.get(station.code)
        if known is None:
            found: dict[str, Station] = {}
            current: Station | None = station
            while current is not None and current.code not in found:
                found[current.code] = current
                current = self.stations.get(current.parent or "")
            known = self._above[station.code] = found
        return known

    def contains(self, upper: Station, lower: Station) -> bool:
        """Say whether ``lower`` is ``upper`` itself or below it."""
        return upper.code in self._lineage(lower)

    def township(self, station: Station) -> Station | None:
        """Return the township-level station that a station belongs to, or None above that level."""
        return next((upper for upper in self.lineage(station) if upper.level == TOWNSHIP), None)

    def county(self, station: Station) -> Station:
        """Return the county-level station that a station belongs to; outside a county, the top of its lineage."""
        upper = station
        for upper in self.lineage(station):
            if upper.level == COUNTY:
                break
        return upper

    def group(self, station: Station) -> Station:
        """Return the station under which a station is listed.

        In a county its township; a unit's own superior; itself above that level. Elsewhere the station right below ``unit``.
        """
        if self.relative:
            return self._branch(station)
        upper = self.township(station)
        if upper is None and station.level == UNIT:
            upper = next((other for other in self.lineage(station) if other.level != UNIT), None)
        return upper or station

    def _branch(self, station: Station) -> Station:
        before = station
        for upper in self.lineage(station):
            if self.unit is not None and upper.code == self.unit.code:
                return upper if before.level == UNIT else before
            before = upper
        return before

    def listed(self, station: Station) -> Station:
        """Return the station in whose line of a list a station is told: itself; above a county, what lies right below its group."""
        if not self.several:
            return station
        group = self.group(station)
        line = station
        for upper in self.lineage(station):
            if upper.code == group.code:
                break
            line = upper
        return line

    def competes(self, group: Station) -> bool:
        """Say whether a station under which others are listed is ranked among its like: the unit's own centre is not."""
        if not self.relative:
            return group.level == TOWNSHIP
        return group.level != UNIT and (self.unit is None or group.code != self.unit.code)

    @property
    def grouped_by(self) -> str:
        """The level of the stations under which others are listed: that of most of them, in a county the townships'."""
        if not self._grouped_by:
            self._grouped_by = self._level_of_groups() if self.relative else TOWNSHIP
        return self._grouped_by

    def _level_of_groups(self) -> str:
        groups = {group.code: group for group in map(self.group, self.stations.values()) if self.competes(group)}
        counted = Counter(group.level for group in groups.values())
        return counted.most_common(1)[0][0] if counted else TOWNSHIP

    def tops(self) -> list[Station]:
        """Return the stations that nobody is above, units left out."""
        return [one for one in self.stations.values() if one.level != UNIT and len(self._lineage(one)) == 1]

    def children(self, station: Station) -> list[Station]:
        """Return the stations right below one, in the roster's order."""
        return [one for one in self.stations.values() if one.parent == station.code and one is not station]

    def below(self, unit: Station | None) -> Roster:
        """Return the part of the roster that is a station and everything below it; None: all of it, whose tops are listed side by side."""
        part = {code: one for code, one in self.stations.items() if unit is None or self.contains(unit, one)}
        return Roster(part, self.version, unit, relative=unit is None or unit.level != COUNTY)

    def own_name(self, station: Station) -> str:
        """Return a station's name without those of the stations above it before it."""
        name = station.name
        for upper in reversed(list(self.lineage(station))[1:]):
            before = bare(upper.name)
            if before and name.startswith(before) and len(bare(name)) > len(before):
                name = name[len(before) :]
        return name

    def in_full(self, station: Station) -> str:
        """Return a station's name with the names of those above it before it, the topmost left out: 晋城市高平市马村镇大周村退役军人服务站."""
        if station.code not in self._full:
            uppers = list(self.lineage(station))[1:-1]
            names = [bare(self.own_name(upper)) for upper in reversed(uppers)]
            self._full[station.code] = "".join(names) + self.own_name(station)
        return self._full[station.code]

    def told_apart(self, stations: Sequence[Station]) -> list[str]:
        """Return the names of stations as people tell them apart: in full where counties differ or names are the same."""
        counties = {self.county(one).code for one in stations}
        clear = len(counties) <= 1 and len({one.name for one in stations}) == len(stations)
        return [one.name if clear else self.in_full(one) for one in stations]

    def _known_names(self) -> Names:
        if self._names is None:
            self._names = Names(self.stations.values(), self._lineage)
        return self._names

    def units_named(self, name: str) -> list[Station]:
        """Return the stations of level 单位 that a name of a workplace means: by exactly that name, else by one inside it."""
        found = [station for station in self._known_names().exactly(name) if station.level == UNIT]
        return found or [station for station in self.find(name) if station.level == UNIT]

    def find(self, text: str) -> list[Station]:
        """Return the stations that a text names, the longest names first; a name inside a longer one does not count."""
        return self._known_names().find(text)

    def deepest(self, stations: Sequence[Station]) -> list[Station]:
        """Return the stations that are above none of the others."""
        above = {code for station in stations for code in self._lineage(station) if code != station.code}
        return [station for station in stations if station.code not in above]

    def meant(self, name: str) -> list[Station]:
        """Return the stations that a name may mean, those above others of them left out."""
        return self.deepest(self.find(name))

    def resolve(self, name: str) -> Station | None:
        """Return the one station that a name means, or None."""
        meant = self.meant(name)
        return meant[0] if len(meant) == 1 else None

    def owed(self, station: Station, dictionary: Dictionary) -> tuple[str, ...]:
        """Return the ids of the ledgers that a station owes: its own list, or those of its level."""
        if station.owes:
            return station.owes
        return tuple(
            ledger.id for ledger in dictionary.ledgers.values() if ledger.owed and station.level in ledger.levels
        )
