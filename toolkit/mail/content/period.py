"""The leader's weekly, monthly and quarterly summary: what was done in the window, by township, and who has not reported."""

from __future__ import annotations

from datetime import date
from typing import Any

from toolkit.mail.charts import bars
from toolkit.mail.content.leader import figure_line, missing
from toolkit.mail.content.township import number
from toolkit.mail.material import Material
from toolkit.mail.windows import Counts, by_township, deaths, figures, over, petitioners, totals
from toolkit.output.facts import SENT
from toolkit.output.places import percent, share, short
from toolkit.output.small import is_small, shown_small
from toolkit.results import Results

_VISITS, _AID, _REGISTER = "L2", "L3", "L1"


def period(material: Material, kind: str, first: date, last: date, *, hidden: bool) -> dict[str, Any]:
    """Return what the summary of a window tells; both days are included."""
    results = over(material.results, first, last)
    silent, more = missing(material, [one for one in results.stations if one.status not in SENT])
    tables = {ledger: _table(results, ledger, hidden=hidden) for ledger in (_VISITS, _AID)}
    visits, aid = (_total(results, ledger, hidden=hidden) for ledger in (_VISITS, _AID))
    petitions = petitioners(results)
    died = deaths(results)
    made = {
        "kind": kind, "first": first, "last": last, "visits": visits, "aid": aid,
        "petitions": None if petitions is None else [_count(one, few=petitions[1], hidden=hidden) for one in petitions],
        "deaths": None if died is None else _count(died, few=died, hidden=hidden),
        "visit_bars": _bars(tables[_VISITS]), "townships": _townships(tables),
        "missing": silent, "missing_count": sum(one.count for one in silent), "missing_more": more,
        "coverage": None, "classes": [], "figures": [],
    }  # fmt: skip
    if kind == "quarterly":
        known = {figure.id: figure for figure in figures(results, material.lang, hidden=hidden)}
        chosen = [known[name] for name in ("visit_coverage", "visit_frequency", "service_classes") if name in known]
        made["figures"] = [figure_line(figure, material.lang) for figure in chosen]
        made["coverage"] = _coverage(results, hidden=hidden)
        classes = known.get("service_classes")
        made["classes"] = bars((part.name, part.value, number(part.value)) for part in classes.parts) if classes else []
    return made


def _count(value: int, *, few: int, hidden: bool) -> str:
    return shown_small() if hidden and is_small(few) else f"{value:,}"


def _total(results: Results, code: str, *, hidden: bool) -> dict[str, str]:
    ledger = results.dictionary.ledgers.get(code)
    counts = totals(results, ledger, hidden=hidden) if ledger else Counts(0, 0, 0.0)
    return {"rows": number(counts.rows), "people": number(counts.people), "money": number(counts.money)}


def _table(results: Results, code: str, *, hidden: bool) -> dict[str, tuple[str, Counts]]:
    """Return township code → (name, counts)."""
    ledger = results.dictionary.ledgers.get(code)
    found = by_township(results, ledger, hidden=hidden) if ledger else []
    return {upper.code: (short(upper.name), counts) for upper, counts in found}


def _bars(table: dict[str, tuple[str, Counts]]) -> list[Any]:
    return bars(
        (name, float(counts.rows) if isinstance(counts.rows, int) else 0.0, number(counts.rows))
        for name, counts in table.values()
    )


def _townships(tables: dict[str, dict[str, tuple[str, Counts]]]) -> list[dict[str, str]]:
    """Return the townships where anything was done, with visits and aid."""
    made = []
    for code, (name, visits) in tables[_VISITS].items():
        aid = tables[_AID].get(code, (name, Counts(0, 0, 0.0)))[1]
        if visits.rows or aid.rows:
            made.append({"name": name, "visits": number(visits.rows), "visited": number(visits.people), "aid": number(aid.rows),
                         "aided": number(aid.people), "money": number(aid.money)})  # fmt: skip
    return made


def _coverage(results: Results, *, hidden: bool) -> list[dict[str, str]]:
    """Return people visited as a share of people registered, and visits a person, by township."""
    ledgers = [results.dictionary.ledgers.get(code) for code in (_VISITS, _REGISTER)]
    if ledgers[0] is None or ledgers[1] is None:
        return []
    visited, registered = ({upper.code: (upper, counts) for upper, counts in by_township(results, ledger, hidden=hidden)}
                           for ledger in ledgers if ledger is not None)  # fmt: skip
    made = []
    for code, (upper, base) in registered.items():
        done = visited[code][1] if code in visited else Counts(0, 0, 0.0)
        if (
            not isinstance(base.people, int)
            or not base.people
            or not isinstance(done.people, int)
            or not isinstance(done.rows, int)
        ):
            continue
        frequency = share(done.rows, base.people)
        made.append({"name": short(upper.name), "coverage": percent(share(done.people, base.people)),
                     "frequency": "—" if frequency is None else f"{frequency:.2f}"})  # fmt: skip
    return made
