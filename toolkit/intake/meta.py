"""What the lines around a table say: its title, who reported, when, in which unit, for which period."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from toolkit.characters import squeeze, tidy
from toolkit.intake.header import UNIT_FACTORS

_REPORTER = re.compile(
    r"(?:填报|填表|报送|上报|编报|申报)(?:单位|站点|部门|村|镇)(?:\([^)]*\)|盖章|名称)*\s*[::]\s*(?P<name>.*?)(?=\s{2,}|(?:填报|填表|报送|上报|制表)(?:日期|时间|人)|日期[::]|(?:金额)?单位[::]|联系|$)"
)
_FILLED = re.compile(r"(?:填报|填表|报送|上报|制表)(?:日期|时间)\s*[::]\s*(?P<date>[\d年月日./\-\s]{4,20})")
_UNIT = re.compile(
    r"(?:^|[\s(,，;；])(?:金额|计量|货币)?单位\s*[::]\s*(?:人民币)?(?P<unit>万元|千元|百元|元)(?:[\s/、,，);；]|人|$)"
)
_PERIOD = re.compile(
    r"(?P<year>20\d{2}|19\d{2})年?(?:度)?(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>上半年|下半年)|(?P<month>1[0-2]|0?[1-9])月)?"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(slots=True)
class Meta:
    """What was found around a table; None where nothing was said. ``unit``: the factor that makes yuan of a bare number."""

    title: str = ""
    reporter: str | None = None
    filled_on: str | None = None
    unit: float | None = None
    period: tuple[int, int, int] | None = None


def read_meta(lines: Iterable[list[Any]]) -> Meta:
    """Return what the rows above and below a table say."""
    meta = Meta()
    for values in lines:
        cells = [tidy(cell) for cell in values if isinstance(cell, str) and cell.strip()]
        if not cells:
            continue
        line = "   ".join(cells)
        if not meta.title and ":" not in line and len(squeeze(line)) >= 4:
            meta.title = squeeze(line)
            meta.period = meta.period or read_period(meta.title)
        if found := _REPORTER.search(line):
            name = squeeze(found["name"]) or _neighbour(cells, found["name"])
            meta.reporter = meta.reporter or (name or None)
        if found := _FILLED.search(line):
            meta.filled_on = meta.filled_on or squeeze(found["date"])
        if found := _UNIT.search(line):
            meta.unit = meta.unit or UNIT_FACTORS[found["unit"]]
    return meta


def _neighbour(cells: list[str], _name: str) -> str | None:
    """Return the cell to the right of a 填报单位 label that has nothing behind its colon."""
    for number, cell in enumerate(cells[:-1]):
        if re.search(r"单位(?:\([^)]*\)|盖章)*\s*:?$", cell) and ":" not in cells[number + 1]:
            return squeeze(cells[number + 1])
    return None


def read_period(text: str) -> tuple[int, int, int] | None:
    """Return (year, first month, last month) that a title names, or None."""
    found = _PERIOD.search(squeeze(text))
    if not found:
        return None
    year = int(found["year"])
    if found["month"]:
        return year, int(found["month"]), int(found["month"])
    if quarter := found["quarter"]:
        number = _QUARTERS.get(quarter) or int(quarter)
        return year, number * 3 - 2, number * 3
    if found["half"]:
        return (year, 1, 6) if found["half"] == "上半年" else (year, 7, 12)
    return year, 1, 12
