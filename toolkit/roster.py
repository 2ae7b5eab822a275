"""The roster: every station with its level, parent, contact, validity and the ledgers it owes; read from a workbook people edit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.characters import fold, simplified, tidy
from toolkit.fields.base import as_text
from toolkit.fields.date import read_text
from toolkit.ledgers.definitions import CITY, COUNTY, LEVEL_WORDS, LEVELS, OFFERED, TOWNSHIP, UNIT
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import cell_name

SHEET = "站点"
HEADINGS = (
    "站点代码",
    "站点名称",
    "别名",
    "级别",
    "上级站点代码",
    "区划代码",
    "联系人",
    "电话",
    "邮箱",
    "启用日期",
    "停用日期",
    "应报台账",
)
_SUFFIX = re.compile(
    r"(?:退役军人(?:事务)?(?:服务|工作)?(?:站|中心|局)|退役军人服务保障(?:站|中心)|服务(?:站|中心)|退役军人站)$"
)
_DIVISION = re.compile(r"(?:街道办事处|街道办|街办|街道|镇|乡|办)$")
_SPLIT = re.compile(r"[、,，;；/\n]+")


class RosterError(Exception):
    """The roster workbook is wrong; ``problems`` holds (cell, catalogue entry, parameters) of each mistake."""

    def __init__(self, problems: list[tuple[str, str, dict[str, Any]]]) -> None:
        super().__init__(f"{len(problems)} mistakes in the roster")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Station:
    """One site that keeps ledgers. Dates bound its validity, both included; None is open."""

    code: str
    name: str
    level: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    region: str = ""
    contact: str = ""
    phone: str = ""
    mail: str = ""
    since: date | None = None
    until: date | None = None
    owes: tuple[str, ...] = ()
    order: int = 0

    def active(self, first: date, last: date) -> bool:
        """Say whether the station existed on any day of a period."""
        return (self.since is None or self.since <= last) and (self.until is None or self.until >= first)


@dataclass(slots=True)
class Roster:
    """All stations, and the names by which people call them."""

    stations: dict[str, Station]
    version: str = ""
    _names: dict[str, list[Station]] = field(default_factory=dict, repr=False)
    _lengths: list[int] = field(default_factory=list, repr=False)
    _resolved: dict[str, list[Station]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for station in self.stations.values():
            for name in self._spellings(station):
                known = self._names.setdefault(name, [])
                if station not in known:
                    known.append(station)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def _spellings(self, station: Station) -> Iterable[str]:
        """Return the folded names of a station: in full, without 退役军人服务站, without its parents' names before it."""
        lineage = list(self.lineage(station))[1:]
        for name in (station.name, *station.aliases):
            full = fold(simplified(tidy(name)))
            bare = _SUFFIX.sub("", full)
            forms = {full, bare}
            for parent in lineage:
                before = _SUFFIX.sub("", fold(simplified(tidy(parent.name))))
                forms |= {
                    form[len(before) :]
                    for form in forms
                    if before and form.startswith(before) and len(form) > len(before)
                }
            if station.level == TOWNSHIP:
                forms |= {_DIVISION.sub("", form) for form in forms}
                forms |= {
                    f"{_DIVISION.sub('', bare)}{word}"
                    for word in ("街道", "街道办", "街办", "办事处")
                    if "街道" in bare
                }
            yield from (form for form in forms if len(form) >= 2 and form not in _GENERIC)

    def lineage(self, station: Station) -> Iterable[Station]:
        """Yield a station, its parent, and so on up."""
        seen: set[str] = set()
        current: Station | None = station
        while current is not None and current.code not in seen:
            seen.add(current.code)
            yield current
            current = self.stations.get(current.parent or "")

    def contains(self, upper: Station, lower: Station) -> bool:
        """Say whether ``lower`` is ``upper`` itself or below it."""
        return any(station.code == upper.code for station in self.lineage(lower))

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
        """Return the station under which a station is listed: its township; a unit's own superior; itself above that level."""
        upper = self.township(station)
        if upper is None and station.level == UNIT:
            upper = next((other for other in self.lineage(station) if other.level != UNIT), None)
        return upper or station

    def units_named(self, name: str) -> list[Station]:
        """Return the stations of level 单位 that a name of a workplace means: by exactly that name, else by one inside it."""
        exact = self._names.get(fold(simplified(tidy(name))), [])
        found = [station for station in exact if station.level == UNIT]
        return found or [station for station in self.find(name) if station.level == UNIT]

    def find(self, text: str) -> list[Station]:
        """Return the stations that a text names, the longest names first; a name inside a longer one does not count."""
        cached = self._resolved.get(text)
        if cached is None:
            if len(self._resolved) > 50_000:
                self._resolved.clear()
            cached = self._resolved[text] = self._find(fold(simplified(tidy(text))))
        return cached

    def _find(self, text: str) -> list[Station]:
        found: list[list[Station]] = []
        used = [False] * len(text)
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                stations = self._names.get(text[start : start + length])
                if stations and not any(used[start : start + length]) and _is_word(text, start, length):
                    used[start : start + length] = [True] * length
                    found.append(stations)
        return self._settle(found)

    def _settle(self, found: list[list[Station]]) -> list[Station]:
        """Choose among stations of one name by the other names in the same text."""
        certain = [stations[0] for stations in found if len(stations) == 1]
        result = list(certain)
        for stations in found:
            if len(stations) == 1:
                continue
            inside = [station for station in stations if any(self.contains(upper, station) for upper in certain)]
            result.extend(inside or stations)
        return list({station.code: station for station in result}.values())

    def resolve(self, name: str) -> Station | None:
        """Return the one station that a name means, or None."""
        found = self.find(name)
        deepest = [
            station
            for station in found
            if not any(other is not station and self.contains(station, other) for other in found)
        ]
        return deepest[0] if len(deepest) == 1 else None

    def owed(self, station: Station, dictionary: Dictionary) -> tuple[str, ...]:
        """Return the ids of the ledgers that a station owes: its own list, or those of its level."""
        if station.owes:
            return station.owes
        return tuple(
            ledger.id for ledger in dictionary.ledgers.values() if ledger.owed and station.level in ledger.levels
        )


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


def _is_word(text: str, start: int, length: int) -> bool:
    """Guard short names (马村) against being read out of longer words (河马村庄): the next character must not carry on."""
    if length > 2:
        return True
    following = text[start + length : start + length + 1]
    return following in (
        "",
        "/",
        "镇",
        "乡",
        "街",
        "办",
        "2",
        "1",
        "_",
        "-",
        ".",
        "(",
        ")",
        "走",
        "台",
        "退",
        "基",
        "解",
        "就",
        "双",
        "志",
        "服",
        "第",
        " ",
    )


def read_roster(path: Path, dictionary: Dictionary) -> Roster:
    """Return the roster in a workbook.

    Raises:
        RosterError: mistakes, each with its cell.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    return _parse(data, dictionary)


@lru_cache(maxsize=4)
def _rows(data: bytes) -> tuple[tuple[Any, ...], ...]:
    import io

    import python_calamine as calamine

    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = SHEET if SHEET in workbook.sheet_names else workbook.sheet_names[0]
        return tuple(tuple(row) for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
    except (calamine.CalamineError, IndexError) as error:
        raise RosterError([("", "roster.unreadable", {"reason": str(error)[:80]})]) from error


def _parse(data: bytes, dictionary: Dictionary) -> Roster:
    rows = _rows(data)
    head = next(
        (
            number
            for number, row in enumerate(rows)
            if {"站点代码", "站点名称"} <= {as_text(cell).strip() for cell in row}
        ),
        None,
    )
    if head is None:
        raise RosterError([("A1", "roster.no_header", {"headings": "、".join(HEADINGS)})])
    columns = {as_text(cell).strip(): number for number, cell in enumerate(rows[head])}
    problems: list[tuple[str, str, dict[str, Any]]] = []
    stations: dict[str, Station] = {}
    parents: list[tuple[str, str, str]] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        if not any(cell != "" for cell in row):
            continue
        reader = _RowReader(row, number, columns, dictionary, problems)
        station = reader.station(len(stations))
        if station is None:
            continue
        if station.code in stations:
            problems.append((reader.cell("站点代码"), "roster.code_twice", {"code": station.code}))
            continue
        stations[station.code] = station
        if station.parent:
            parents.append((reader.cell("上级站点代码"), station.code, station.parent))
    for cell, code, parent in parents:
        if parent not in stations:
            problems.append((cell, "roster.no_parent", {"code": parent}))
        elif _is_cycle(stations, code):
            problems.append((cell, "roster.cycle", {"code": code}))
        elif stations[code].level == COUNTY and stations[parent].level == COUNTY:
            # People write 市 for Jincheng, which has counties, as for Gaoping, which is one.
            stations[parent] = replace(stations[parent], level=CITY)
    if not stations and not problems:
        problems.append((cell_name(head + 2, 1), "roster.empty", {}))
    if problems:
        raise RosterError(problems)
    return Roster(stations, hashlib.blake2b(data, digest_size=12).hexdigest())


def _is_cycle(stations: Mapping[str, Station], code: str) -> bool:
    seen: set[str] = set()
    current = code
    while current in stations and stations[current].parent:
        if current in seen:
            return True
        seen.add(current)
        current = stations[current].parent or ""
    return False


@dataclass(slots=True)
class _RowReader:
    row: tuple[Any, ...]
    number: int
    columns: Mapping[str, int]
    dictionary: Dictionary
    problems: list[tuple[str, str, dict[str, Any]]]

    def cell(self, heading: str) -> str:
        return cell_name(self.number, self.columns.get(heading, 0) + 1)

    def text(self, heading: str) -> str:
        column = self.columns.get(heading)
        return tidy(as_text(self.row[column])) if column is not None and column < len(self.row) else ""

    def day(self, heading: str) -> date | None:
        column = self.columns.get(heading)
        raw = self.row[column] if column is not None and column < len(self.row) else ""
        if raw == "":
            return None
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        made, _ = read_text(as_text(raw), date(2100, 1, 1))
        if made is None or made.day is None:
            self.problems.append((self.cell(heading), "roster.bad_date", {"value": as_text(raw)[:30]}))
            return None
        return made.first

    def station(self, order: int) -> Station | None:
        code, name = self.text("站点代码"), self.text("站点名称")
        for heading, value in (("站点代码", code), ("站点名称", name)):
            if not value:
                self.problems.append((self.cell(heading), "roster.missing", {"heading": heading}))
                return None
        level = self.text("级别")
        level = LEVEL_WORDS.get(level, level) or "其他"
        if level not in LEVELS:
            self.problems.append(
                (self.cell("级别"), "roster.bad_level", {"value": level, "allowed": "、".join(OFFERED)})
            )
        owes = []
        for title in filter(None, (part.strip() for part in _SPLIT.split(self.text("应报台账")))):
            ledger = self.dictionary.named(title)
            if ledger is None:
                allowed = "、".join(entry.short for entry in self.dictionary.ledgers.values())
                self.problems.append((self.cell("应报台账"), "roster.bad_ledger", {"value": title, "allowed": allowed}))
            else:
                owes.append(ledger.id)
        since, until = self.day("启用日期"), self.day("停用日期")
        if since and until and since > until:
            self.problems.append((self.cell("停用日期"), "roster.dates", {}))
        aliases = tuple(filter(None, (part.strip() for part in _SPLIT.split(self.text("别名")))))
        return Station(
            code, name, level, self.text("上级站点代码") or None, aliases, self.text("区划代码"), self.text("联系人"),
            self.text("电话"), self.text("邮箱"), since, until, tuple(owes), order,
        )  # fmt: skip
