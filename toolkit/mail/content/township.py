"""A township's own part: its place, its stations, what they owe and what is wrong there."""

from __future__ import annotations

from typing import Any

from toolkit.mail.charts import bars
from toolkit.mail.material import Material
from toolkit.messages.say import title
from toolkit.output.facts import SENT, Township
from toolkit.output.places import percent, short, within

_KINDS = 6
_LEDGERS = ("L1", "L2", "L3")


def township(material: Material, one: Township, *, hidden: bool) -> dict[str, Any]:
    """Return what a township is told."""
    facts, score = material.facts, one.score
    kinds = facts.kinds_by_township.get(one.station.code)
    return {
        "name": short(one.station.name), "rank": one.rank, "ranked": len(facts.ranked), "change": one.change,
        "sent": score.sent, "due_count": score.due, "reporting": percent(score.reporting), "completeness": percent(score.completeness),
        "timeliness": percent(score.timeliness), "errors": score.errors, "warnings": score.warnings,
        "stations": [_station(material, one, code) for code in (station.code for station in one.stations)],
        "kinds": bars((title(code, material.lang), float(count), f"{count:,}") for code, count in kinds.most_common(_KINDS)) if kinds else [],
        "numbers": _numbers(material, one, hidden=hidden),
    }  # fmt: skip


def _station(material: Material, one: Township, code: str) -> dict[str, Any]:
    station, score = material.results.roster.stations[code], material.facts.stations[code]
    owed = material.owed.get(code, [])
    return {
        "name": within(station.name, one.station.name) if code != one.station.code else short(station.name),
        "own": code == one.station.code, "sent": score.sent, "due": score.due, "errors": score.errors, "warnings": score.warnings,
        "completeness": percent(score.completeness), "missing": [material.ledger(report.ledger) for report in owed if report.status not in SENT],
    }  # fmt: skip


def _numbers(material: Material, one: Township, *, hidden: bool) -> list[dict[str, Any]]:
    """Return records, people and money of the large ledgers."""
    made = []
    for code in _LEDGERS:
        ledger = material.results.dictionary.ledgers.get(code)
        if ledger is None or code not in material.results.rows.ledgers:
            continue
        counts = material.counts(ledger, hidden=hidden).get(one.station.code)
        if counts is not None:
            made.append({"ledger": ledger.short, "rows": number(counts.rows), "people": number(counts.people),
                         "money": "" if not counts.money else f"{counts.money:,.0f}"})  # fmt: skip
    return made


def number(value: float | str | None) -> str:
    """Return a count as it is written."""
    return "—" if value is None else value if isinstance(value, str) else f"{value:,.0f}"
