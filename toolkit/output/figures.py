"""The county's figures, as ``figures.toml`` declares them, computed over the rows that count in the reporting period."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.messages import has, text
from toolkit.output.places import share, short
from toolkit.output.sql import in_period, literal, people_view, quoted
from toolkit.results import Results

YES = "是"


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a grouped figure, or one item of several that must all be 是. ``rows`` is 人次, ``value`` what is counted, None where
    it is too small to be told."""

    name: str
    value: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``value`` is None where a rate has nothing to be a rate of.

    ``whole`` is what the figure is a share of, ``rows`` how many rows stand behind it, ``names`` the stations counted, where
    they are told.
    """

    id: str
    section: str
    ledger: str
    name: str
    value: float | None
    unit: str
    definition: str
    rows: int
    whole: float | None = None
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def overlaps(self) -> bool:
        """Whether people stand in several of its groups, or in one several times, so that 人次 is worth telling."""
        return bool(self.parts) and self.unit == "people" and self.rows != self.value

    @property
    def share(self) -> float | None:
        """The figure as a share of its whole."""
        return self.value / self.whole if self.whole and self.value is not None else None


@cache
def declared() -> tuple[Mapping[str, Any], ...]:
    """Return the declarations of all figures."""
    content = resources.files(__package__).joinpath("figures.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(content)["figure"])


def compute(results: Results, lang: str = "zh") -> list[Figure]:
    """Return every figure whose ledger and fields the dictionary has."""
    return [_figure(results, entry, lang) for entry in declared() if _known(results, entry)]


def _known(results: Results, entry: Mapping[str, Any]) -> bool:
    ledger = results.dictionary.ledgers.get(entry["ledger"])
    if ledger is None or entry.get("per", ledger.id) not in results.dictionary.ledgers:
        return False
    conditions = [*entry.get("where", ()), *entry.get("of", ())]
    named = [*(one["field"] for one in conditions), *entry.get("sum", ()), *entry.get("all", ())]
    named += [entry["group_by"]] if "group_by" in entry else []
    return all(name in ledger.fields for name in named)


def _figure(results: Results, entry: Mapping[str, Any], lang: str) -> Figure:
    ledger = results.dictionary.ledgers[entry["ledger"]]
    source = people_view(results, ledger) if entry.get("count") == "people" else quoted(ledger.id)
    condition = _where(results, ledger, entry.get("where", ()))
    items = [_is_yes(name) for name in entry.get("all", ())]
    counted = _expression(results, ledger, entry)
    given = [f"({' OR '.join(f'{quoted(name)} IS NOT NULL' for name in entry['sum'])})"] if "sum" in entry else []
    value: float | None
    value, rows = _one(results, source, counted, " AND ".join([condition, *items, *given]))
    whole = None
    if "per" in entry:
        other = results.dictionary.ledgers[entry["per"]]
        base, _ = _one(results, people_view(results, other), _PEOPLE, in_period(results, other))
        value = share(value or 0, base)
    elif items:
        whole, _ = _one(results, source, counted, condition)
    elif "of" in entry:
        whole, _ = _one(results, source, counted, _where(results, ledger, entry["of"]))
    parts = _parts(results, ledger, entry, source, counted, condition)
    names = _names(results, ledger, source, condition) if entry.get("names") else ()
    unit = entry.get("unit", "yuan" if "sum" in entry else entry["count"])
    name = f"out.figure.{entry['id']}"
    return Figure(
        entry["id"], entry["section"], ledger.id, text(f"{name}.name", lang) if has(f"{name}.name") else entry["id"], value, unit,
        text(f"{name}.definition", lang) if has(f"{name}.definition") else "", rows, whole, parts, names,
    )  # fmt: skip


_PEOPLE = "count(DISTINCT _who)"


def _expression(results: Results, ledger: Ledger, entry: Mapping[str, Any]) -> str:
    """Return what is counted or added up."""
    if "sum" in entry:
        return "coalesce(" + " + ".join(f"coalesce(sum({quoted(name)}), 0)" for name in entry["sum"]) + ", 0)"
    if entry["count"] == "people":
        return _PEOPLE
    return f"count(DISTINCT {_site(results, ledger)})" if entry["count"] == "stations" else "count(*)"


def _site(results: Results, ledger: Ledger) -> str:
    """Return the station that a row is about: the roster's name for it, else the station that sent the row."""
    name = next((spec.name for spec in ledger.fields.values() if spec.type == "station_name"), None)
    known = ", ".join(literal(station.name) for station in results.roster.stations.values())
    if name is None or not known:
        return (
            "coalesce(nullif(_station_name, ''), _file)" if name is None else f"coalesce({quoted(name)}, _station_name)"
        )
    return f"CASE WHEN {quoted(name)} IN ({known}) THEN {quoted(name)} ELSE coalesce(nullif(_station_name, ''), {quoted(name)}) END"


def _where(results: Results, ledger: Ledger, conditions: Sequence[Mapping[str, Any]]) -> str:
    made = [in_period(results, ledger)]
    for condition in conditions:
        allowed = [condition["is"]] if "is" in condition else condition["in"]
        made.append(f"{quoted(condition['field'])} IN ({', '.join(map(literal, allowed))})")
    return " AND ".join(made)


def _is_yes(name: str) -> str:
    return f"{quoted(name)} = {literal(YES)}"


def _one(results: Results, source: str, counted: str, condition: str) -> tuple[float, int]:
    value, rows = results.rows.query(f"SELECT {counted}, count(*) FROM {source} WHERE {condition}")[0]  # noqa: S608 - from the dictionary
    return value, rows


def _parts(
    results: Results, ledger: Ledger, entry: Mapping[str, Any], source: str, counted: str, condition: str
) -> tuple[Part, ...]:
    if "all" in entry:
        return tuple(
            Part(name, *_one(results, source, counted, f"{condition} AND {_is_yes(name)}")) for name in entry["all"]
        )
    if "group_by" not in entry:
        return ()
    field = entry["group_by"]
    found = results.rows.query(
        f"SELECT {quoted(field)}, {counted}, count(*) FROM {source} WHERE {condition} AND {quoted(field)} IS NOT NULL GROUP BY 1"  # noqa: S608
    )
    codes = ledger.fields[field].codes
    order = {value: place for place, value in enumerate(codes.values)} if codes else {}
    return tuple(Part(*row) for row in sorted(found, key=lambda row: (order.get(row[0], len(order)), row[0])))


def _names(results: Results, ledger: Ledger, source: str, condition: str) -> tuple[str, ...]:
    site = _site(results, ledger)
    found = {row[0] for row in results.rows.query(f"SELECT DISTINCT {site} FROM {source} WHERE {condition}") if row[0]}  # noqa: S608
    order = {station.name: station.order for station in results.roster.stations.values()}
    return tuple(short(name) for name in sorted(found, key=lambda name: (order.get(name, len(order)), name)))
