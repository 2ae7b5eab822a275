"""The windows of weekly, monthly and quarterly mails, and figures over a window: the one seam to whatever else reports over one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.output.figures import Figure, compute
from toolkit.output.places import townships
from toolkit.output.small import hide_in_figures, hide_in_table
from toolkit.output.sql import amounts, in_period, people_view, quoted
from toolkit.results import Results
from toolkit.roster import Station

KINDS = ("weekly", "monthly", "quarterly")


def window(kind: str, due: date) -> tuple[date, date]:
    """Return the first and last day of the last week (from Monday), month or quarter that is over by the end of ``due``."""
    after = due + timedelta(days=1)
    if kind == "weekly":
        last = due - timedelta(days=(due.weekday() + 1) % 7)
        return last - timedelta(days=6), last
    months = 3 if kind == "quarterly" else 1
    month = (after.month - 1) // months * months + 1
    last = date(after.year, month, 1) - timedelta(days=1)
    first_month = last.month - months + 1
    return date(last.year, first_month, 1), last


def over(results: Results, first: date, last: date) -> Results:
    """Return the same run seen through another window."""
    return replace(results, period=(first, last))


def figures(results: Results, lang: str, *, hidden: bool) -> list[Figure]:
    """Return the declared figures over the results' window."""
    found = compute(results, lang)
    return hide_in_figures(found) if hidden else found


@dataclass(frozen=True, slots=True)
class Counts:
    """Records, people and money of one ledger over a window; None or ``<5`` where too few to be told."""

    rows: int | str | None
    people: int | str | None
    money: float | None


def totals(results: Results, ledger: Ledger, *, hidden: bool) -> Counts:
    """Return what a ledger holds in the window."""
    return _hidden([_measured(results, ledger, "")[0][1:]], hidden=hidden, total=False)[0]


def by_township(results: Results, ledger: Ledger, *, hidden: bool) -> list[tuple[Station, Counts]]:
    """Return what a ledger holds in the window by township, in the roster's order, all of them."""
    found = {row[0]: row[1:] for row in _measured(results, ledger, "_township")}
    order = [upper for upper, _ in townships(results)]
    rows = [found.get(upper.code, (0, 0, 0.0)) for upper in order]
    unclaimed = [row for code, row in found.items() if code not in {upper.code for upper in order}]
    sums = tuple(sum(values) for values in zip(*rows, *unclaimed, strict=True)) if rows else (0, 0, 0.0)
    shown = _hidden([*rows, *unclaimed, sums], hidden=hidden, total=True)
    return list(zip(order, shown, strict=False))


def _measured(results: Results, ledger: Ledger, group: str) -> list[tuple[Any, ...]]:
    money = [f"coalesce(sum({quoted(name)}), 0)" for name in amounts(ledger)]
    total = " + ".join(money) or "0"
    people = "count(DISTINCT _who)" if ledger.person else "0"
    key, grouped = (group, " GROUP BY 1") if group else ("''", "")
    found: list[tuple[Any, ...]] = results.rows.query(
        f"SELECT {key}, count(*), {people}, CAST({total} AS DOUBLE) FROM {people_view(results, ledger)} "  # noqa: S608
        f"WHERE {in_period(results, ledger)}{grouped}"
    )
    return found


def _hidden(rows: Sequence[Sequence[Any]], *, hidden: bool, total: bool) -> list[Counts]:
    shown = hide_in_table(rows, [0, 1], [2], total=total) if hidden else rows
    return [Counts(*row) for row in shown]


def deaths(results: Results) -> int | None:
    """Return how many registered people died in the window, or None where the register does not tell."""
    ledger = results.dictionary.ledgers.get("L1")
    if ledger is None or "去世时间" not in ledger.fields or ledger.id not in results.rows.ledgers:
        return None
    first, last = results.period
    row = results.rows.query(
        f"SELECT count(DISTINCT _who) FROM {people_view(results, ledger)} WHERE _counted AND "  # noqa: S608 - the dictionary's own names
        f"{quoted('去世时间')} BETWEEN DATE '{first.isoformat()}' AND DATE '{last.isoformat()}'"
    )[0]
    return int(row[0])


def petitioners(results: Results) -> tuple[int, int] | None:
    """Return petitions in the window as (批, 人次), or None where nobody sent any."""
    ledger = results.dictionary.ledgers.get("L8")
    if ledger is None or "人数" not in ledger.fields or ledger.id not in results.rows.ledgers:
        return None
    count, people = results.rows.query(
        f"SELECT count(*), coalesce(sum(coalesce({quoted('人数')}, 1)), 0) FROM {quoted('L8')} WHERE {in_period(results, ledger)}"  # noqa: S608
    )[0]
    return int(count), int(people)
