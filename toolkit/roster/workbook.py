"""Reading the roster's workbook; each mistake is named with its cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.characters import tidy
from toolkit.fields.base import as_text
from toolkit.fields.date import read_text
from toolkit.ledgers.definitions import CITY, COUNTY, LEVEL_WORDS, LEVELS, OFFERED
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import cell_name
from toolkit.roster.station import Station
from toolkit.roster.stations import Roster

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
_SPLIT = re.compile(r"[、,，;；/\n]+")


class RosterError(Exception):
    """The roster workbook is wrong; ``problems`` holds (cell, catalogue entry, parameters) of each mistake."""

    def __init__(self, problems: list[tuple[str, str, dict[str, Any]]]) -> None:
        super().__init__(f"{len(problems)} mistakes in the roster")
        self.problems = problems


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
