"""Units and systems of the city: how many veterans work in each, and whether it has a veterans' office.

The roster lists an office as a station of level 单位; one whose name or alias speaks of a 系统 is a system. Who works where is in the
ledgers: the 单位名称 of L4, else the 安置单位名称 of L1. Ledger names and roster names are matched by name and alias.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.characters import fold
from toolkit.ledgers.definitions import UNIT
from toolkit.ledgers.dictionary import Ledger
from toolkit.output.figure_model import Basis
from toolkit.output.figure_sql import lacking
from toolkit.output.places import short
from toolkit.output.sql import in_period, people_view, quoted
from toolkit.results import Results
from toolkit.roster import Station

_SYSTEM = "系统"
_PLACES = (("L4", "单位名称"), ("L1", "安置单位名称"))
_NO_UNITS = ("个体", "个体户", "个体经营", "自由职业", "灵活就业", "务农", "在家", "待业", "失业", "退休", "外出务工", "打工", "自主择业", "自谋职业",
             "村委会", "村民委员会", "本村", "自主创业", "创业", "企业", "公司", "工厂", "私企", "民营企业")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit or system. ``station`` is its office in the roster, if it has one; ``rows``: ledger → the rows that put its veterans there."""

    name: str
    system: bool
    station: Station | None
    veterans: int
    rows: Mapping[str, Sequence[int]]


def offices(results: Results) -> list[Unit]:
    """Return every unit that has an office or at least one veteran, those with the most veterans first."""
    stations = {
        one.code: one for one in results.roster.stations.values() if one.level == UNIT and one.active(*results.period)
    }
    people: dict[str, set[str]] = {code: set() for code in stations}
    rows: dict[str, dict[str, list[int]]] = {}
    names: dict[str, str] = {}
    for ledger, who, name, own_rows in _placed(results):
        matched = [one for one in results.roster.units_named(name) if one.code in stations] if stations else []
        key = matched[0].code if len(matched) == 1 else "#" + fold(name)
        names.setdefault(key, name)
        people.setdefault(key, set()).add(who)
        rows.setdefault(key, {}).setdefault(ledger, []).extend(own_rows)
        upper = stations.get(key) and results.roster.stations.get(stations[key].parent or "")
        if upper and upper.code in stations:
            people[upper.code].add(who)
    found = []
    for key, own in people.items():
        station = stations.get(key)
        name = short(station.name) if station else names[key]
        found.append(Unit(name, _is_system(station, name), station, len(own), rows.get(key, {})))
    return sorted(
        found,
        key=lambda unit: (
            -unit.veterans,
            unit.station.order if unit.station else len(results.roster.stations),
            unit.name,
        ),
    )


def basis_of(found: Sequence[Unit]) -> tuple[Basis, ...]:
    """Return the rows that stand behind units, ledger by ledger."""
    merged: dict[str, list[int]] = {}
    for unit in found:
        for ledger, rows in unit.rows.items():
            merged.setdefault(ledger, []).extend(rows)
    return tuple(Basis(ledger, f"_row_id IN ({', '.join(map(str, sorted(rows)))})") for ledger, rows in merged.items())


def _is_system(station: Station | None, name: str) -> bool:
    return any(_SYSTEM in spelling for spelling in (name, *(station.aliases if station else ())))


def _placed(results: Results) -> list[tuple[str, str, str, list[int]]]:
    """Return (ledger, person, unit as typed, rows): who works in L4 is not asked for in L1; the dead are left out."""
    none = set(map(fold, _NO_UNITS))
    known: set[str] = set()
    dead = _dead(results)
    found: list[tuple[str, str, str, list[int]]] = []
    for ledger_id, field in _PLACES:
        ledger = results.dictionary.ledgers.get(ledger_id)
        if ledger is None or lacking(ledger, {field: "text"}):
            continue
        rows = results.rows.query(
            f"SELECT _who, {quoted(field)}, list(_row_id) FROM {people_view(results, ledger)} WHERE {in_period(results, ledger)} "  # noqa: S608
            f"AND _who IS NOT NULL AND {quoted(field)} IS NOT NULL GROUP BY 1, 2"
        )
        none |= _coded(ledger)
        set_aside = known | dead
        own = [(ledger_id, *row) for row in rows if row[0] not in set_aside and fold(row[1]) not in none]
        known |= {row[1] for row in own}
        found += own
    return found


def _coded(ledger: Ledger) -> set[str]:
    """Return what the ledger's code lists take for a kind of work, which is no unit."""
    lists: list[Any] = [
        spec.codes for name, spec in ledger.fields.items() if name in ("就业状态", "单位类型") and spec.codes
    ]
    return {folded for codes in lists for folded in codes.lookup}


def _dead(results: Results) -> set[str]:
    ledger = results.dictionary.ledgers.get("L1")
    if ledger is None or lacking(ledger, {"去世时间": ""}):
        return set()
    view = people_view(results, ledger)
    return {
        row[0]
        for row in results.rows.query(
            f"SELECT DISTINCT _who FROM {view} WHERE _counted AND {quoted('去世时间')} IS NOT NULL"  # noqa: S608 - from the dictionary
        )
    }
