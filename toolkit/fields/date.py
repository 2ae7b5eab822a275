"""Dates as clerks write them, kept with their precision: a year, a month or a day.

Accepted: ``1985.3``  ``1985.03.02``  ``1985年3月``  ``85-03``  ``198503``  ``20180901``  ``2018/9/1``  一九八五年三月, real
dates, and Excel serials shown as numbers. The number 1985.1 may be 1985.10 (W212). An impossible date is an error (E211),
one in the future a warning (W213), what is no date at all an error (E214), "end of 1985" or a range a warning (W215).

FAIL: ``1985.13`` ``2020.2.30`` (E211)  ``六几年`` (E214)  ``1985.1`` as a number (W212)      PASS: ``1985.3``, ``85-03``
"""

from __future__ import annotations

import calendar
import re
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from toolkit.characters import chinese_number, half_width, squeeze, tidy
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_EPOCH = date(1899, 12, 30)
_SERIALS = (7_000, 73_050)
_YEARS = (1880, 2100)
_DIGITS = "〇零○一二三四五六七八九"
_CHINESE = re.compile(
    rf"(?P<y>[{_DIGITS}]{{2,4}})年(?:(?P<m>[{_DIGITS}十]{{1,3}})月(?:(?P<d>[{_DIGITS}十]{{1,3}})[日号]?)?)?"
)
_PARTS = re.compile(
    r"^(?P<y>\d{4}|\d{2})(?:年|(?P<s>年?[./\-\\、,，。~—–_]{1,2}))(?P<m>\d{1,2})(?:(?:月|(?P<t>月?[./\-\\、,，。~—–_]{1,2}))(?P<d>\d{1,2}))?[日号月.]?$"
)
_MONTHS = re.compile(r"^(?P<y>\d{4})[年.](?P<m>\d{1,2})月?(?:[-—–~～至到、,，和及]+\d{1,2}月?)+(?:份)?$")
_YEAR = re.compile(r"^(?P<y>\d{4})(?:年|\.)?$")
_SHORT_YEAR = re.compile(r"^(?P<y>\d{2})年$")
_DOTTED = re.compile(r"^(?P<y>\d{4})[.年](?P<m>\d{2})(?P<d>\d{2})$")
_VAGUE = re.compile(
    r"^(?P<y>\d{4}|\d{2})年?(?:(?P<m>\d{1,2})月)?(?:底|初|末|中|春|夏|秋|冬|春季|夏季|秋季|冬季|上半年|下半年|左右|前后|年底|年初|上旬|中旬|下旬|份|月份)+$"
)
_NO_YEAR = re.compile(r"^(?P<m>\d{1,2})[月./\-](?P<d>\d{1,2})[日号]?$")
_TIME = re.compile(
    r"[T\s]*[(（]?(?:星期|周)[一二三四五六日天][)）]?|[T\s]*(?:上午|下午|早上|晚上|中午|凌晨)?(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{1,2}[时点](?:\d{1,2}分?|半)?)$"
    r"|[T\s]*(?:上午|下午|早上|晚上|中午|凌晨)$"
)
_WORDS = re.compile(r"(?:入伍|参军|退役|退伍|复员|转业|出生|去世|病故|入党|走访|慰问|生)$")
_MIXED = re.compile(rf"(?<=年)[{_DIGITS}十]{{1,3}}(?=月)|(?<=月)[{_DIGITS}十]{{1,3}}(?=[日号])")
_FEAST = re.compile(r"^(?P<y>\d{4})年?(?P<f>春节|元旦|元宵|清明|端午|五一|七一|八一|中秋|国庆|重阳)(?:节|前后|前|期间)?$")
_FEASTS = {"元旦": 1, "清明": 4, "五一": 5, "七一": 7, "八一": 8, "国庆": 10}
_SAME_DAY = frozenset({"当日", "当天", "当场", "即日", "同日"})
_RANGE = re.compile(r"^(?P<first>\d{4}[年./\-]\d{1,2}(?:[月./\-]\d{1,2}日?)?)(?:[-—–~至到]+)(?P<last>.+)$")
EXAMPLE = "1985.03.02"


class PartialDate(NamedTuple):
    """A date of which the month or the day may be unknown (None)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> date:
        """The earliest day it can be."""
        return _span(self)[0]

    @property
    def last(self) -> date:
        """The latest day it can be."""
        return _span(self)[1]

    @property
    def precision(self) -> str:
        """Y, M or D."""
        return "D" if self.day else "M" if self.month else "Y"

    def __str__(self) -> str:
        return _shown(self)


@lru_cache(maxsize=65_536)
def _shown(value: PartialDate) -> str:
    return ".".join(f"{part:02d}" for part in value if part is not None)


@lru_cache(maxsize=65_536)
def _span(value: PartialDate) -> tuple[date, date]:
    month = value.month or 12
    last = value.day or calendar.monthrange(value.year, month)[1]
    return date(value.year, value.month or 1, value.day or 1), date(value.year, month, last)


def _full_year(text: str, today: date) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year <= today.year % 100 else 1900 + year


def _make(year: int, month: int | None, day: int | None) -> PartialDate | None:
    """Return the date, or None where it does not exist."""
    if not _YEARS[0] <= year <= _YEARS[1] or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and (month is None or not 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return PartialDate(year, month, day)


@lru_cache(maxsize=65_536)
def read_text(text: str, today: date) -> tuple[PartialDate | None, str | None]:
    """Return (date, code) of a text; the code is E211, E214 or W215 where something is to be said."""
    plain = squeeze(_TIME.sub("", tidy(text)))
    plain = plain.replace("农历", "").replace("阳历", "").replace("公元", "").replace("元月", "1月").strip("()'’‘`")
    plain = _WORDS.sub("", plain)
    if plain[:1].isdigit():
        plain = _MIXED.sub(lambda found: str(chinese_number(found[0])), plain)
    if plain[:1] in "约近" or plain[:2] == "大约":
        made, code = read_text(plain.lstrip("大约近"), today)
        return made, code or "W215"
    if found := _CHINESE.fullmatch(plain):
        plain = _from_chinese(found)
    if plain.isdigit():
        return _from_digits(plain, today)
    if found := _MONTHS.match(plain):
        consistent = _PARTS.match(plain)
        if consistent is None or consistent["d"] is None or not _one_date(consistent):
            made = _make(int(found["y"]), int(found["m"]), None)
            return made, "W215" if made else "E211"
    if found := _FEAST.match(plain):
        return _make(int(found["y"]), _FEASTS.get(found["f"]), None), "W215"
    for pattern in (_DOTTED, _PARTS, _YEAR, _SHORT_YEAR):
        if found := pattern.match(plain):
            groups = found.groupdict()
            month, day = groups.get("m"), groups.get("d")
            made = _make(_full_year(groups["y"], today), int(month) if month else None, int(day) if day else None)
            return made, None if made else "E211"
    if found := _VAGUE.match(plain):
        made = _make(_full_year(found["y"], today), int(found["m"]) if found["m"] else None, None)
        exact = (
            made and plain.endswith(("份", "月份")) and not re.search("底|初|末|中|春|夏|秋|冬|半|左右|前后|旬", plain)
        )
        return made, None if exact else "W215" if made else "E211"
    if found := _RANGE.match(plain):
        made, code = read_text(found["first"], today)
        return made, code or "W215"
    return None, "E214"


def _one_date(found: re.Match[str]) -> bool:
    """Say whether the separators of three numbers are those of one date, not of several months (2020.3-5, 2020年1-3月)."""
    first, second = found["s"], found["t"]
    if first is None:  # 年
        return second is None or second in (".", "/") or (second[:1] == "月" and second[1:] in (".", ""))
    return second is None or second == first or (first in "./" and second in "./") or {first, second} <= {"。", ".", "，", ",", "、"}


def _from_chinese(found: re.Match[str]) -> str:
    parts = [str(chinese_number(part)).zfill(2) for part in found.groups() if part]
    return ".".join(parts) if len(parts) > 1 else f"{parts[0]}年"


def _from_digits(text: str, today: date) -> tuple[PartialDate | None, str | None]:
    """Read a run of digits: YYYY, YYYYMM, YYYYMMDD, or an Excel serial."""
    made: PartialDate | None = None
    if len(text) == 8:
        made = _make(int(text[:4]), int(text[4:6]), int(text[6:]))
    elif len(text) == 6:
        made = _make(int(text[:4]), int(text[4:]), None)
        if made is None:
            made = _make(_full_year(text[:2], today), int(text[2:4]), int(text[4:]))
    elif len(text) == 4:
        made = _make(int(text), None, None)
    elif len(text) == 5 and _SERIALS[0] <= int(text) <= _SERIALS[1]:
        made = from_serial(int(text))
    else:
        return None, "E214"
    return made, None if made else "E211"


def from_serial(serial: float) -> PartialDate:
    """Return the day of an Excel serial of the 1900 system."""
    day = _EPOCH + timedelta(days=int(serial))
    return PartialDate(day.year, day.month, day.day)


def _read_number(raw: float, today: date) -> tuple[PartialDate | None, str | None]:
    whole = int(raw)
    if raw == whole:
        if _SERIALS[0] <= whole <= _SERIALS[1]:
            return from_serial(whole), None
        return _from_digits(str(whole), today)
    if _SERIALS[0] <= whole <= _SERIALS[1]:
        return from_serial(whole), None
    text = f"{raw:.6f}".rstrip("0")
    year, _, rest = text.partition(".")
    if len(year) not in (2, 4):
        return None, "E214"
    if rest == "1":
        made = _make(_full_year(year, today), None, None)
        return made, "W212" if made else "E211"
    if len(rest) <= 2:
        made = _make(_full_year(year, today), int(rest), None)
    elif len(rest) in (3, 4):
        made = _make(_full_year(year, today), int(rest[:2]), int(rest[2:].ljust(2, "0")))
    else:
        return None, "E214"
    return made, None if made else "E211"


def _in_year(raw: Any, year: int) -> tuple[PartialDate, str] | None:
    """Return (date, code) of a month and day without a year (1月15日, 7-28, 12.8), or None where it reads otherwise.

    A number has lost the zero of 12.10 and 12.20: of such ones only the month is sure.
    """
    found = _NO_YEAR.match(squeeze(as_text(raw)))
    if not found or int(found["m"]) == year % 100:
        return None
    if not isinstance(raw, str) and found["d"] in ("1", "2", "3"):
        made = _make(year, int(found["m"]), None)
        return (made, "W215") if made else None
    made = _make(year, int(found["m"]), int(found["d"]))
    return (made, "I238") if made else None


class Date(FieldType):
    """A date with its precision; the parsed value is a :class:`PartialDate`."""

    storage = "date"

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:
        """Return the date and what is wrong with it."""
        made: PartialDate | None
        code: str | None = None
        if isinstance(raw, date):
            made = PartialDate(raw.year, raw.month, raw.day)
        elif isinstance(raw, (bool, time, timedelta)):
            made, code = None, "E214"
        elif isinstance(raw, (int, float)):
            made, code = _read_number(raw, context.today)
        else:
            made, code = read_text(as_text(raw), context.today)
        if context.year and not isinstance(raw, date) and (found := _in_year(raw, context.year)):
            made, code = found
        if code == "E214":
            plain = squeeze(as_text(raw))
            code = "I239" if plain in _SAME_DAY else "E211" if context.year and _NO_YEAR.match(plain) else code
        if code:
            example = f"{context.year}.03.02" if context.year else EXAMPLE
            return Parsed(made, code, {"value": as_text(raw)[:30], "example": example, "taken": str(made) if made else ""})
        if made and not spec.future and made.first > context.today:
            return Parsed(made, "W213", {"field": spec.name})
        if isinstance(raw, str) and half_width(raw) != raw and made:
            return Parsed(made, "I225", {}, half_width(raw).strip(), safe=True)
        return Parsed(made)


TYPE = Date()
