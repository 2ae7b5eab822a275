"""The names by which people call stations, and which stations a text means.

In a province one name stands for many stations: a text that could mean several is settled by the other names in it, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from toolkit.characters import fold, simplified, tidy
from toolkit.ledgers.definitions import TOWNSHIP
from toolkit.roster.station import Station, bare

Above = Callable[[Station], Mapping[str, Station]]
"""Station → itself and every one above it, by code, from below."""
_DIVISION = re.compile(r"(?:街道办事处|街道办|街办|街道|镇|乡|办)$")
_GENERIC = frozenset(
    {
        "服务站",
        "服务中心",
        "村",
        "社区",
        "中心",
        "街道",
        "镇",
        "乡",
        "站",
        "街道办",
        "街办",
        "办事处",
        "退役军人服务站",
        "退役军人服务中心",
    }
)
_MOST_KEPT = 50_000


def folded(text: str) -> str:
    """Return a text as names are compared: traditional characters and full-width forms count as the ordinary ones."""
    return fold(simplified(tidy(text)))


class Names:
    """All names of some stations; the answers for texts asked before are kept."""

    def __init__(self, stations: Iterable[Station], above: Above) -> None:
        self._above = above
        self._names: dict[str, list[Station]] = {}
        self._resolved: dict[str, list[Station]] = {}
        bares: dict[str, str] = {}
        for station in stations:
            for name in self._spellings(station, bares):
                known = self._names.setdefault(name, [])
                if not known or known[-1] is not station:
                    known.append(station)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def _spellings(self, station: Station, bares: dict[str, str]) -> Iterable[str]:
        """Return the folded names of a station: in full, without 退役军人服务站, without its parents' names before it."""
        lineage = list(self._above(station).values())[1:]
        for parent in lineage:
            if parent.code not in bares:
                bares[parent.code] = bare(folded(parent.name))
        for name in (station.name, *station.aliases):
            full = folded(name)
            short = bare(full)
            forms = {full, short}
            for parent in lineage:
                before = bares[parent.code]
                forms |= {
                    form[len(before) :]
                    for form in forms
                    if before and form.startswith(before) and len(form) > len(before)
                }
            if station.level == TOWNSHIP:
                forms |= {_DIVISION.sub("", form) for form in forms}
                if "街道" in short:
                    forms |= {f"{_DIVISION.sub('', short)}{word}" for word in ("街道", "街道办", "街办", "办事处")}
            yield from (form for form in forms if len(form) >= 2 and form not in _GENERIC)

    def exactly(self, name: str) -> list[Station]:
        """Return the stations of exactly this name."""
        return self._names.get(folded(name), [])

    def find(self, text: str) -> list[Station]:
        """Return the stations that a text names, the longest names first; a name inside a longer one does not count."""
        cached = self._resolved.get(text)
        if cached is None:
            if len(self._resolved) > _MOST_KEPT:
                self._resolved.clear()
            cached = self._resolved[text] = self._settle(self._find(folded(text)))
        return cached

    def _find(self, text: str) -> list[list[Station]]:
        found: list[list[Station]] = []
        used = [False] * len(text)
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                stations = self._names.get(text[start : start + length])
                if stations and not any(used[start : start + length]) and _is_word(text, start, length):
                    used[start : start + length] = [True] * length
                    found.append(stations)
        return found

    def _settle(self, found: list[list[Station]]) -> list[Station]:
        """Choose among stations of one name by the other names in the same text: a county settles its township, that its village."""
        groups = [list(stations) for stations in found]
        narrowed = True
        while narrowed:
            narrowed = False
            certain = [group[0] for group in groups if len(group) == 1]
            for number, group in enumerate(groups):
                if len(group) > 1:
                    others = [[one] for one in certain] or [other for other in groups if other is not group]
                    inside = self._related(group, others)
                    if inside and len(inside) < len(group):
                        groups[number], narrowed = inside, True
        groups.sort(key=lambda group: len(group) > 1)
        return list({station.code: station for group in groups for station in group}.values())

    def _related(self, group: list[Station], others: list[list[Station]]) -> list[Station]:
        """Return the stations of a group that lie below most of the others, else those that lie above one."""
        codes = {station.code for other in others for station in other}
        below = [len(codes & self._above(station).keys()) - (station.code in codes) for station in group]
        if most := max(below):
            return [station for station, count in zip(group, below, strict=True) if count == most]
        uppers = {code for other in others for station in other for code in self._above(station)}
        return [station for station in group if station.code in uppers]


def _is_word(text: str, start: int, length: int) -> bool:
    """Guard short names (马村) against being read out of longer words (河马村庄): the next character must not carry on."""
    return length > 2 or text[start + length : start + length + 1] in _FOLLOWING


_FOLLOWING = frozenset(["", *"/镇乡街办21_-.()走台退基解就双志服第 "])
