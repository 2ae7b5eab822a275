"""The figures that a declaration cannot describe: offices in units, meetings against their rhythm, merit letters, awards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.output import figure_sql as sql
from toolkit.output.awards import read_award
from toolkit.output.figure_model import Basis, Part
from toolkit.output.meetings import meetings
from toolkit.output.sql import literal, quoted
from toolkit.output.units import Unit, basis_of, offices
from toolkit.results import Results

Entry = Mapping[str, Any]
_MOST = 12
"""So many names a remark tells; the others are counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was worked out of a figure; see :class:`toolkit.output.figure_model.Figure`."""

    value: float | None
    rows: int
    whole: float | None = None
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()
    base: int = 0
    unclear: int = 0
    basis: tuple[Basis, ...] = ()
    remarks: tuple[str, ...] = ()
    rate: bool = False
    details: tuple[tuple[str, ...], ...] = ()


def _system_offices(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
    """Count the systems of the city (教育系统 …) that have a station of their own in the roster."""
    del ledger, entry, lang
    found = [unit for unit in offices(results) if unit.station is not None and unit.system]
    names = tuple(unit.name for unit in found)
    return Told(len(found), _rows(found), names=names, base=len(found), basis=basis_of(found))


def _rows(units: Sequence[Unit]) -> int:
    return sum(len(rows) for unit in units for rows in unit.rows.values())


def _unit_offices(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
    """Count the units with so many veterans that have an office; remark on those that have none."""
    del ledger, entry
    least = results.settings["unit_veterans"]
    units = [unit for unit in offices(results) if not unit.system]
    large = [unit for unit in units if unit.veterans >= least]
    small = sum(unit.station is not None and unit.veterans < least for unit in units)
    having = [unit for unit in large if unit.station is not None]
    without = [f"{mask_text(unit.name)}（{unit.veterans}）" for unit in large if unit.station is None]
    remarks = []
    listed = any(unit.station is not None for unit in units)
    if large and not listed:
        remarks.append(text("out.remark.no_units_listed", lang))
    if without:
        names = "、".join(without[:_MOST]) + ("…" if len(without) > _MOST else "")
        remarks.append(text("out.remark.no_office", lang, least=least, count=len(without), names=names))
    if small:
        remarks.append(text("out.remark.small_office", lang, least=least, count=small))
    details = tuple((unit.name, str(unit.veterans), unit.station.code if unit.station else "") for unit in large)
    return Told(
        len(having) if listed else None, _rows(having), len(large) or None, names=tuple(unit.name for unit in having), base=len(large) + small,
        basis=basis_of(having), remarks=tuple(remarks), details=details,
    )  # fmt: skip


def _meetings(kind: str) -> Callable[[Results, Ledger, Entry, str], Told]:
    def told(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
        held = meetings(results, ledger, kind)
        remarks = []
        if held.missed:
            names = "；".join(held.missed[:_MOST]) + ("…" if len(held.missed) > _MOST else "")
            remarks.append(text("out.remark.missed", lang, names=names))
        (base,) = results.rows.query(
            f"SELECT count(*) FROM {quoted(ledger.id)} WHERE {sql.base_sql(results, ledger, entry)}"  # noqa: S608 - from the dictionary
        )[0]
        return Told(held.held, held.count, held.due or None, base=base if held.count or held.due else 0, basis=held.basis,
                    remarks=tuple(remarks), details=((str(held.stations),),))  # fmt: skip

    return told


def _merit_bonus(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
    """Add up the bonuses of the letters delivered, and hold each against the standard of its grade."""
    scope = sql.scope_sql(results, ledger, entry)
    delivered = sql.where_sql(results, [{"field": "喜报状态", "is": "已送达", "or_blank": True}])
    condition = f"{scope} AND {delivered} AND {quoted('奖励金')} IS NOT NULL"
    grades = results.rows.query(
        f"SELECT {quoted('奖励等级')}, sum({quoted('奖励金')}), count(*) FROM {quoted(ledger.id)} WHERE {condition} GROUP BY 1 ORDER BY 1"  # noqa: S608
    )
    base, unpaid = results.rows.query(
        f"SELECT count(*) FILTER ({scope}), count(*) FILTER ({scope} AND {delivered} AND {quoted('奖励金')} IS NULL) "  # noqa: S608
        f"FROM {quoted(ledger.id)}"
    )[0]
    codes = ledger.fields["奖励等级"].codes
    order = {value: place for place, value in enumerate(codes.values)} if codes else {}
    grades.sort(key=lambda row: (order.get(row[0], len(order)), row[0] or ""))
    parts = tuple(Part(grade, amount, rows) for grade, amount, rows in grades if grade)
    total, rows = sum(row[1] for row in grades), sum(row[2] for row in grades)
    remarks = _against_standard(results, ledger, condition, lang)
    return Told(
        total, rows, parts=parts, base=base, unclear=unpaid, basis=(Basis(ledger.id, condition),), remarks=remarks
    )


def _against_standard(results: Results, ledger: Ledger, condition: str, lang: str) -> tuple[str, ...]:
    standards: Mapping[str, float] = results.settings["merit_bonus"]
    if not standards:
        return (text("out.remark.no_standard", lang),)
    values = ", ".join(f"({literal(grade)}, {amount:g})" for grade, amount in standards.items())
    under, exact, over, short_by = results.rows.query(
        f"SELECT count(*) FILTER (b < s), count(*) FILTER (b = s), count(*) FILTER (b > s), coalesce(sum(s - b) FILTER (b < s), 0) FROM "  # noqa: S608
        f"(SELECT {quoted('奖励金')} AS b, t.s FROM {quoted(ledger.id)} JOIN (VALUES {values}) t(g, s) ON {quoted('奖励等级')} = t.g "
        f"WHERE {condition})"
    )[0]
    return (text("out.remark.standard", lang, under=under, exact=exact, over=over, short=f"{short_by:,.0f}"),)


def _merit_late(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
    """Count the letters that came later than planned, among those that say both days; remark on the days."""
    scope = sql.scope_sql(results, ledger, entry)
    both = f"{scope} AND {quoted('计划送达时间')} IS NOT NULL"
    days = f"date_diff('day', {quoted('计划送达时间_last')}, {quoted('送喜时间')})"
    whole, base, unclear = results.rows.query(
        f"SELECT count(*) FILTER ({both}), count(*) FILTER ({scope}), count(*) FILTER ({scope} AND {quoted('计划送达时间')} IS NULL) "  # noqa: S608
        f"FROM {quoted(ledger.id)}"
    )[0]
    condition = f"{both} AND {days} > 0"
    late, most, mean = results.rows.query(
        f"SELECT count(*), max({days}), avg({days}) FROM {quoted(ledger.id)} WHERE {condition}"  # noqa: S608
    )[0]
    remarks = (text("out.remark.days_late", lang, most=most, mean=f"{mean:.1f}"),) if late else ()
    basis = (Basis(ledger.id, condition),)
    return Told(late if whole else None, late, whole or None, base=base, unclear=unclear, basis=basis, remarks=remarks)


def _awards(results: Results, ledger: Ledger, entry: Entry, lang: str) -> Told:
    """Find the awards among the rows: contest and rank as the row words them, each row once."""
    scope = sql.scope_sql(results, ledger, entry)
    rows = results.rows.query(
        f"SELECT _row_id, {quoted('类型')}, {quoted('名称或人物')}, {quoted('事迹')} FROM {quoted(ledger.id)} WHERE {scope} ORDER BY _row_id"  # noqa: S608
    )
    found = [(row, award) for row, *texts in rows if (award := read_award(*texts)) is not None]
    (base,) = results.rows.query(f"SELECT count(*) FROM {quoted(ledger.id)} WHERE {scope}")[0]  # noqa: S608
    condition = f"_row_id IN ({', '.join(str(row) for row, _ in found) or 'NULL'})"
    details = tuple(dict.fromkeys((award.contest, award.rank, award.person) for _, award in found))
    ranked = list(dict.fromkeys((contest, rank) for contest, rank, _ in details if rank))
    remarks = [
        text("out.remark.award", lang, contest=mask_text(contest), rank=rank) for contest, rank in ranked[:_MOST]
    ]
    if rest := len(details) - sum(bool(rank) for _, rank, _ in details):
        remarks.append(text("out.remark.praised", lang, count=rest))
    return Told(
        len(details),
        len(found),
        base=base,
        basis=(Basis(ledger.id, condition),),
        remarks=tuple(remarks),
        details=details,
    )


SPECIAL: Mapping[str, Callable[[Results, Ledger, Entry, str], Told]] = {
    "system_offices": _system_offices, "unit_offices": _unit_offices, "monthly_meetings": _meetings("monthly"),
    "quarterly_meetings": _meetings("quarterly"), "merit_bonus": _merit_bonus, "merit_late": _merit_late, "awards": _awards,
}  # fmt: skip
