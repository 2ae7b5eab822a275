"""The people that the register (L1) lists, each once, as printed lists need them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from toolkit.fields.id_card import birth_date, is_male
from toolkit.masking import mask_value
from toolkit.output.figure_sql import lacking
from toolkit.output.sql import people_view, quoted
from toolkit.results import Results
from toolkit.roster import Station

REGISTER = "L1"
_FIELDS = (
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "人员类别",
    "联系电话",
    "入伍时间",
    "退役时间",
    "优抚对象状态",
    "去世时间",
)
_DATES = ("出生日期", "入伍时间", "退役时间", "去世时间")
_DEAD = "去世"


@dataclass(frozen=True, slots=True)
class Day:
    """A date known to the day, the month or the year: the first and the last day it can be."""

    first: date
    last: date

    def __str__(self) -> str:
        """Return it as ledgers write it, as precise as it is: 2020.12.31, 2020.12, 2020."""
        span = (self.last - self.first).days
        shown = f"{self.first:%Y.%m.%d}"
        return shown if span == 0 else shown[:7] if span < 31 else shown[:4]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the register. Numbers are in full; ``typed`` is what stood where no number could be read.

    ``file`` and ``row`` say where the entry stands.
    """

    station: Station | None
    name: str
    male: bool | None
    id: str | None
    born: date | None
    category: str | None
    phone: str | None
    enlisted: Day | None
    discharged: Day | None
    died: Day | None
    dead: bool
    typed: dict[str, str]
    file: str
    row: int

    def age(self, day: date) -> int | None:
        """Return the age in full years on a day."""
        if self.born is None:
            return None
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


def people(results: Results) -> list[Person]:
    """Return everybody, in the roster's order of stations and the register's order of rows; nobody where there is no register."""
    ledger = results.dictionary.ledgers.get(REGISTER)
    if ledger is None:
        return []
    chosen = []
    for name in _FIELDS:
        known = not lacking(ledger, {name: "date" if name in _DATES else "text"})
        chosen.append(quoted(name) if known else f"NULL AS {quoted(name)}")
        if name in _DATES:
            chosen.append(quoted(f"{name}_last") if known else f"NULL AS {quoted(f'{name}_last')}")
    rows = results.rows.query(
        f"SELECT _station, _unparsed, _file, _row, {', '.join(chosen)} FROM {people_view(results, ledger)} WHERE _counted "  # noqa: S608
        "QUALIFY row_number() OVER (PARTITION BY coalesce(_who, chr(31) || _row_id) ORDER BY _row_id) = 1 ORDER BY _row_id"
    )
    return [_person(results, row) for row in rows]


def _person(results: Results, row: tuple[Any, ...]) -> Person:
    (station, unparsed, file, number, name, sex, card, born, born_last, category, phone, enlisted, enlisted_last, discharged,
     discharged_last, status, died, died_last) = row  # fmt: skip
    birth = birth_date(card) if card else born if born == born_last else None
    male = sex == "男" if sex in ("男", "女") else is_male(card) if card else None
    return Person(
        results.roster.stations.get(station), name or "", male, card, birth, category, phone, _day(enlisted, enlisted_last),
        _day(discharged, discharged_last), _day(died, died_last), died is not None or status == _DEAD,
        json.loads(unparsed) if unparsed else {}, file, number,
    )  # fmt: skip


def _day(first: date | None, last: date | None) -> Day | None:
    return None if first is None else Day(first, last or first)


def shown_number(value: str | None, *, full: bool) -> str:
    """Return an ID or phone number as printed lists have it: masked, or in full where that was asked for."""
    return "" if value is None else value if full else mask_value(value, sensitive=True)
