"""What the lines around a table say: its title, who reported, when, in which unit, for which period, and that there was nothing."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from toolkit.characters import squeeze, tidy
from toolkit.intake.header import UNIT_FACTORS

_REPORTER = re.compile(
    r"(?:填报|填表|报送|上报|编报|申报)(?:单位|站点|部门|村|镇)(?:\([^)]*\)|盖章|名称)*\s*[::]\s*(?P<name>.*?)(?=\s{2,}|(?:填报|填表|报送|上报|制表)(?:日期|时间|人)|日期[::]|(?:金额)?单位[::]|联系|$)"
)
_FILLED = re.compile(r"(?:填报|填表|报送|上报|制表)(?:日期|时间)\s*[::]\s*(?P<date>[\d年月日./\-\s]{4,20})")
_UNIT = re.compile(
    r"(?<!填报)(?<!填表)(?<!报送)(?<!上报)单位[::(]*(?:人民币)?(?:[人户名件个次份][、,/和])*(?P<unit>万元|千元|百元|元)(?![\u4e00-\u9fff])"
)
_ATTACHMENT = re.compile(r"^(?:附件|附表|表|附)[\d一二三四五六七八九十\-—~、.:]*(?:\([^()]*\))?$")
_NO_TITLE = re.compile(r"^(?:金额|计量|货币)?单位\(|^\(.{1,12}\)$|^\d{4}年\d{1,2}月\d{1,2}日$")
_NO_PERIOD = re.compile(r"[〔\[【(]\d{4}[〕\]】)]\s*第?\d+号|\d{2,3}周年\([^()]*\)|\d{2,3}周年")
_YEAR = r"(?<!\d)(?P<{0}year>20\d{{2}}|19\d{{2}})(?:年度?|(?!\d))"
_PART = r"(?:第?(?P<{0}quarter>[一二三四1-4])季度|(?P<{0}half>上半年|下半年)|[.\-/]?(?P<{0}month>1[0-2]|0?[1-9])(?=月|[^\d.]|$)月?(?:份)?)?"
_ONE = re.compile(_YEAR.format("") + _PART.format(""))
_SPAN = re.compile(
    _YEAR.format("") + _PART.format("") + r"(?:\d{1,2}日)?\s*[-—–~～至到]+\s*(?:" + _YEAR.format("l_") + _PART.format("l_")
    + r"|(?P<only_month>1[0-2]|0?[1-9])月)"
)  # fmt: skip
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_SCOPE = r"(?:月份?|季度|年度?|期|周|村|站|镇|乡|社区|单位|辖区|部门|街道|名册|对象|今年|目前|工作|类人员|[本该我全当])"
_NOTHING = re.compile(
    rf"^(?:经?[^,，:]{{0,6}}[,，])?(?:.{{0,14}}{_SCOPE})?(?:均|暂|都)?"
    r"(?:零报告|0报告|零报送|零上报|(?:无(?!军籍|党派|锡|线|极|为|忌|公害|业)|没有|未发生|未开展|未新增|未走访|未涉及|不涉及|尚未开展|没有开展)[^\d]{0,12})$"
)
_ASIDE = re.compile(r"^(?:备注|说明|注|附注)[::]")

Period = tuple[date, date]


@dataclass(slots=True)
class Meta:
    """What was found around a table; None where nothing was said. ``unit``: the factor that makes yuan of a bare number.

    ``nothing``: a line says that there was nothing to report.
    """

    title: str = ""
    reporter: str | None = None
    filled_on: str | None = None
    unit: float | None = None
    period: Period | None = None
    nothing: bool = False


def read_meta(lines: Iterable[list[Any]]) -> Meta:
    """Return what the rows above and below a table say."""
    meta = Meta()
    for values in lines:
        cells = [tidy(cell) for cell in values if isinstance(cell, str) and cell.strip()]
        if not cells:
            continue
        line = "   ".join(cells)
        if not meta.title and ":" not in line and _is_title(squeeze(line)):
            meta.title = squeeze(line)
            meta.period = meta.period or read_period(meta.title)
        if found := _REPORTER.search(line):
            name = squeeze(found["name"]) or _neighbour(cells)
            meta.reporter = meta.reporter or (name or None)
        if found := _FILLED.search(line):
            meta.filled_on = meta.filled_on or squeeze(found["date"])
        for cell in cells if "单位" in line else ():
            if found := _UNIT.search(squeeze(cell)):
                meta.unit = meta.unit or UNIT_FACTORS[found["unit"]]
        meta.nothing |= "零报告" in line or any(says_nothing(part) for cell in cells for part in re.split(r"\s{2,}|[;；]", cell))
    return meta


def _is_title(text: str) -> bool:
    return len(text) >= 4 and not _ATTACHMENT.match(text) and not _NO_TITLE.match(text)


def _neighbour(cells: list[str]) -> str | None:
    """Return the cell to the right of a 填报单位 label that has nothing behind its colon."""
    for number, cell in enumerate(cells[:-1]):
        if re.search(r"单位(?:\([^)]*\)|盖章)*\s*:?$", cell) and ":" not in cells[number + 1]:
            return squeeze(cells[number + 1])
    return None


def says_nothing(text: str) -> bool:
    """Say whether a text reports that there was nothing: 本月无, 无此类人员, 零报告, 大周村本月无走访."""
    plain = squeeze(text).strip("。.!()·-—*")
    plain = _ASIDE.sub("", plain).strip("()")
    return len(plain) <= 30 and _NOTHING.match(plain) is not None


@lru_cache(maxsize=20_000)
def read_period(text: str) -> Period | None:
    """Return the first and last day that a title names: its year, half, quarter or month, or a span of them; None where it names none.

    The numbers of official documents and anniversaries are no periods, nor is 2018年以来.
    """
    plain = _NO_PERIOD.sub("", squeeze(text))
    if found := _SPAN.search(plain):
        first = _bounds(found, "")
        if found["only_month"]:
            year, month = int(found["year"]), int(found["only_month"])
            last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        else:
            last = _bounds(found, "l_")
        return (first[0], last[1]) if first[0] <= last[1] else None
    found = _ONE.search(plain)
    if not found or plain[found.end() :].startswith("以来"):
        return None
    return _bounds(found, "")


def _bounds(found: re.Match[str], prefix: str) -> Period:
    """Return the first and last day of one year, half, quarter or month."""
    year = int(found[f"{prefix}year"])
    first, last = 1, 12
    if month := found[f"{prefix}month"]:
        first = last = int(month)
    elif quarter := found[f"{prefix}quarter"]:
        number = _QUARTERS.get(quarter) or int(quarter)
        first, last = number * 3 - 2, number * 3
    elif half := found[f"{prefix}half"]:
        first, last = (1, 6) if half == "上半年" else (7, 12)
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
