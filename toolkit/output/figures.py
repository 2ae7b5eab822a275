"""The county's figures, as ``figures.toml`` declares them, computed over the rows that count in the reporting window."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.output import figure_sql as sql
from toolkit.output.figure_model import Basis, Figure, Part
from toolkit.output.figure_words import formula
from toolkit.output.figures_special import SPECIAL, Told
from toolkit.output.places import share, short
from toolkit.output.sql import in_period, literal, people_view, quoted
from toolkit.results import Results

__all__ = ["Figure", "Part", "codes", "compute", "declared", "not_computed"]

_MOST, _FEW = 11, 5
"""Of what is typed freely, so many values are told, each from so many rows on: what a single clerk typed may name a person."""


@cache
def declared() -> tuple[Mapping[str, Any], ...]:
    """Return the declarations of all figures."""
    content = resources.files(__package__).joinpath("figures.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(content)["figure"])


@cache
def codes() -> Mapping[str, str]:
    """Return the number of each of the year's figures, by which rows and lists name it: Z01, Z02 …"""
    year = [entry["id"] for entry in declared() if entry["section"] == "year"]
    return {name: f"Z{number:02d}" for number, name in enumerate(year, 1)}


def compute(results: Results, lang: str = "zh") -> list[Figure]:
    """Return every figure whose ledger and fields the dictionary has."""
    return [_figure(results, entry, lang) for entry in declared() if not _lacking(results, entry)]


def not_computed(results: Results, lang: str = "zh") -> list[tuple[str, str, str]]:
    """Return (id, name, what the dictionary lacks) of the figures that could not be computed."""
    found = ((entry, _lacking(results, entry)) for entry in declared())
    return [
        (entry["id"], text(f"out.figure.{entry['id']}.name", lang), "、".join(missing))
        for entry, missing in found
        if missing
    ]


def _lacking(results: Results, entry: Mapping[str, Any]) -> list[str]:
    """Return what a figure needs and the dictionary does not have: a ledger's id, or its id and a field."""
    missing = _without(results, entry["ledger"], sql.fields_needed(entry))
    if "per" in entry:
        missing += _without(results, entry["per"], {})
    if "whole" in entry:
        missing += _without(results, entry["whole"]["ledger"], sql.fields_needed(entry["whole"]))
    return list(dict.fromkeys(missing))


def _without(results: Results, ledger_id: str, needed: Mapping[str, str]) -> list[str]:
    ledger = results.dictionary.ledgers.get(ledger_id)
    return [ledger_id] if ledger is None else [f"{ledger_id} {name}" for name in sql.lacking(ledger, needed)]


def _figure(results: Results, entry: Mapping[str, Any], lang: str) -> Figure:
    ledger = results.dictionary.ledgers[entry["ledger"]]
    name, words = entry["id"], f"out.figure.{entry['id']}"
    told = (
        _told(results, ledger, entry, lang)
        if "special" not in entry
        else SPECIAL[entry["special"]](results, ledger, entry, lang)
    )
    scope = sql.scope_of(ledger, entry)
    base = told.base if scope != "standing" or results.stands else 0
    unit = entry.get(
        "unit", "yuan" if "sum" in entry else "rows" if entry.get("count") == "each" else entry.get("count", "rows")
    )
    return Figure(
        name, entry["section"], ledger.id, text(f"{words}.name", lang), told.value, unit, text(f"{words}.definition", lang), told.rows,
        told.whole, told.parts, told.names, codes().get(name, ""), entry.get("rate", told.rate), entry.get("rounded", False), base,
        told.unclear, scope, formula(results, ledger, entry, lang), told.basis, tuple(entry.get("reports", ())),
        told.remarks, told.details,
    )  # fmt: skip


def _told(results: Results, ledger: Ledger, entry: Mapping[str, Any], lang: str) -> Told:
    """Work out a figure that its declaration describes in full."""
    source = people_view(results, ledger) if entry.get("count") == "people" else quoted(ledger.id)
    counted = sql.measure(ledger, entry)
    scope = sql.scope_sql(results, ledger, entry)
    where = sql.where_sql(results, entry.get("where", ()))
    passed = f"{where} AND {sql.all_sql(entry)}"
    condition = f"{scope} AND {passed} AND {sql.given_sql(entry)}"
    value: float | None
    value, rows = _one(results, source, counted, condition)
    base, unclear = results.rows.query(
        f"SELECT count(*) FILTER ({sql.base_sql(results, ledger, entry)}), "  # noqa: S608 - from the dictionary
        f"count(*) FILTER ({scope} AND ({passed}) IS NULL) FROM {quoted(ledger.id)}"
    )[0]
    whole: float | None = None
    remarks: tuple[str, ...] = ()
    if "per" in entry:
        other = results.dictionary.ledgers[entry["per"]]
        base_people, _ = _one(results, people_view(results, other), sql.PEOPLE, in_period(results, other))
        value = share(value or 0, base_people)
    elif "whole" in entry:
        whole, remarks = _other_whole(results, entry["whole"], source, condition, lang)
    elif "all" in entry:
        whole, _ = _one(results, source, counted, f"{scope} AND {where}")
    elif "of" in entry:
        whole, _ = _one(results, source, counted, f"{scope} AND {sql.where_sql(results, entry['of'])}")
    parts = _parts(results, ledger, entry, source, counted, lang)
    names = _names(results, ledger, source, condition) if entry.get("names") else ()
    return Told(value, rows, whole, parts, names, base, unclear, (Basis(ledger.id, condition),), remarks)


def _one(results: Results, source: str, counted: str, condition: str) -> tuple[float, int]:
    value, rows = results.rows.query(f"SELECT {counted}, count(*) FROM {source} WHERE {condition}")[0]  # noqa: S608 - from the dictionary
    return value, rows


def _other_whole(
    results: Results, entry: Mapping[str, Any], source: str, condition: str, lang: str
) -> tuple[float, tuple[str, ...]]:
    """Return the people of another ledger that a figure is a share of, and a remark where some that it counts are not among them."""
    other = results.dictionary.ledgers[entry["ledger"]]
    levels = ", ".join(map(literal, entry["levels"]))
    among = f"{in_period(results, other)} AND _level IN ({levels}) AND {sql.where_sql(results, entry['where'])}"
    view = people_view(results, other)
    whole, _ = _one(results, view, sql.PEOPLE, among)
    outside, _ = _one(
        results, source, sql.PEOPLE, f"{condition} AND _who NOT IN (SELECT _who FROM {view} WHERE {among} AND _who IS NOT NULL)"  # noqa: S608
    )  # fmt: skip
    return whole, (text("out.remark.outside", lang, count=int(outside), ledger=other.short),) if outside else ()


def _parts(
    results: Results, ledger: Ledger, entry: Mapping[str, Any], source: str, counted: str, lang: str
) -> tuple[Part, ...]:
    scope = sql.scope_sql(results, ledger, entry)
    where = f"{scope} AND {sql.where_sql(results, entry.get('where', ()))}"
    if "all" in entry:
        return tuple(
            Part(name, *_one(results, source, counted, f"{where} AND {sql.is_yes(name)}")) for name in entry["all"]
        )
    if "group_by" not in entry:
        return ()
    field = entry["group_by"]
    found = _grouped(results, source, counted, field, where)
    wholes: dict[str, float] = {}
    if "of" in entry:
        of = f"{scope} AND {sql.where_sql(results, entry['of'])}"
        wholes = {name: value for name, value, _ in _grouped(results, source, counted, field, of)}
        found += [(name, 0, 0) for name in wholes.keys() - {name for name, _, _ in found}]
    codes = ledger.fields[field].codes
    order = {value: place for place, value in enumerate(codes.values)} if codes else {}
    parts = [Part(name, value, rows, wholes.get(name)) for name, value, rows in found]
    if not codes:
        parts = _often(parts, lang)
    return tuple(sorted(parts, key=lambda part: (order.get(part.name, len(order)), part.name)))


def _grouped(results: Results, source: str, counted: str, field: str, where: str) -> list[tuple[Any, ...]]:
    return results.rows.query(
        f"SELECT {quoted(field)}, {counted}, count(*) FROM {source} WHERE {where} AND {quoted(field)} IS NOT NULL GROUP BY 1"  # noqa: S608
    )


def _often(parts: list[Part], lang: str) -> list[Part]:
    """Return the values that many rows hold, masked; the others put together."""
    ranked = sorted(parts, key=lambda part: (-(part.whole or part.rows), part.name))
    kept = [part for part in ranked[:_MOST] if (part.whole or part.rows) >= _FEW]
    rest = ranked[len(kept) :]
    shown = [Part(mask_text(part.name), part.value, part.rows, part.whole) for part in kept]
    if rest:
        whole = sum(part.whole or 0 for part in rest) or None
        name = text("out.ledger.rest", lang, count=len(rest))
        shown.append(Part(name, sum(part.value or 0 for part in rest), sum(part.rows for part in rest), whole))
    return shown


def _names(results: Results, ledger: Ledger, source: str, condition: str) -> tuple[str, ...]:
    site = sql.site_sql(ledger)
    found = {row[0] for row in results.rows.query(f"SELECT DISTINCT {site} FROM {source} WHERE {condition}") if row[0]}  # noqa: S608
    order = {station.name: station.order for station in results.roster.stations.values()}
    return tuple(short(name) for name in sorted(found, key=lambda name: (order.get(name, len(order)), name)))
