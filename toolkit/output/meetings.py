"""Meetings against the rhythm that is due: months with a 例会, quarters with a 联席会议."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.ledgers.dictionary import Ledger
from toolkit.output.figure_model import Basis
from toolkit.output.places import short
from toolkit.output.sql import in_period, literal, quoted
from toolkit.results import Results

_MONTHS = {"monthly": 1, "quarterly": 3}


@dataclass(frozen=True, slots=True)
class Meetings:
    """Meetings of one kind: ``count`` of them, held in ``held`` of the ``due`` months or quarters of ``stations`` stations.

    ``missed`` says, station by station, in which there was none.
    """

    count: int
    held: int
    due: int
    stations: int
    missed: tuple[str, ...]
    basis: tuple[Basis, ...]


def meetings(results: Results, ledger: Ledger, kind: str) -> Meetings:
    """Return the meetings of a kind, ``monthly`` or ``quarterly``.

    They are due at the stations that owe the ledger; where the roster says of none that it does, at those that sent such meetings.
    A month or quarter is due when it lies in the window as a whole and is over.
    """
    condition = f"{in_period(results, ledger)} AND {_of_kind(results, kind)}"
    rows = results.rows.query(
        f"SELECT _station, {quoted('时间')}, {quoted('时间_last')} FROM {quoted(ledger.id)} WHERE {condition}"  # noqa: S608 - a ledger's id
    )
    step = _MONTHS[kind]
    spans = periods(results.period[0], min(results.period[1], results.today), step)
    kept = {(station, _period(day, step)) for station, day, last in rows if _period(day, step) == _period(last, step)}
    owing = [station.code for station in results.roster.stations.values()
             if station.active(*results.period) and ledger.id in results.roster.owed(station, results.dictionary)]  # fmt: skip
    stations = owing or sorted({station for station, _, _ in rows})
    missed = []
    for code in stations:
        gaps = [span for span in spans if (code, span) not in kept]
        if gaps and (station := results.roster.stations.get(code)):
            missed.append(f"{short(station.name)} {'、'.join(_named(span, step) for span in gaps)}")
    held = sum((code, span) in kept for code in stations for span in spans)
    return Meetings(
        len(rows), held, len(stations) * len(spans), len(stations), tuple(missed), (Basis(ledger.id, condition),)
    )


def periods(first: date, last: date, step: int) -> list[tuple[int, int]]:
    """Return the (year, number) of the months (``step`` 1) or quarters (3) that lie wholly between two days, both included."""
    found = []
    year, number = _period(first, step)
    while (start := _start(year, number, step)) <= last:
        after = (year, number + 1) if number * step < 12 else (year + 1, 1)
        if start >= first and _start(*after, step) - timedelta(days=1) <= last:
            found.append((year, number))
        year, number = after
    return found


def _period(day: date, step: int) -> tuple[int, int]:
    return day.year, (day.month - 1) // step + 1


def _start(year: int, number: int, step: int) -> date:
    return date(year, (number - 1) * step + 1, 1)


def _named(span: tuple[int, int], step: int) -> str:
    return f"{span[0]}.{span[1]:02d}" if step == 1 else f"{span[0]}Q{span[1]}"


def _of_kind(results: Results, kind: str) -> str:
    """Return the condition that a meeting is of a kind; 联席例会 is quarterly: the quarterly words come first."""

    def named(which: str) -> str:
        words = results.settings[f"{which}_meetings"]
        return (
            " OR ".join(f"coalesce(contains({quoted('会议类型')}, {literal(word)}), FALSE)" for word in words)
            or "FALSE"
        )

    return f"({named(kind)})" if kind == "quarterly" else f"({named(kind)}) AND NOT ({named('quarterly')})"
