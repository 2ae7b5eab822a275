"""What a declared figure means in SQL: its window, its conditions, what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.fields import field_type
from toolkit.ledgers.dictionary import Ledger
from toolkit.output.sql import dated_within, day_field, in_period, literal, quoted
from toolkit.results import Results

YES = "是"
PEOPLE = "count(DISTINCT _who)"
Entry = Mapping[str, Any]


def fields_needed(entry: Entry) -> dict[str, str]:
    """Return the fields of its own ledger that a declaration reads, each with how it must be kept; nothing where that does not matter."""
    needed = {one["field"]: "text" for one in (*entry.get("where", ()), *entry.get("of", ())) if not one.get("filled")}
    needed |= dict.fromkeys(entry.get("sum", ()), "number") | dict.fromkeys(entry.get("all", ()), "text")
    needed |= {entry[key]: kind for key, kind in (("dated", "date"), ("year", "number")) if key in entry}
    needed |= entry.get("needs", {})
    others = [*entry.get("by", ()), *([entry["group_by"]] if "group_by" in entry else [])]
    others += [one["field"] for one in (*entry.get("where", ()), *entry.get("of", ())) if one.get("filled")]
    return {name: "" for name in others if not name.startswith("_")} | needed


def lacking(ledger: Ledger, needed: Mapping[str, str]) -> list[str]:
    """Return the fields that a ledger does not have, or keeps as something else."""
    missing = []
    for name, kind in needed.items():
        spec = ledger.fields.get(name)
        kept = "" if spec is None else field_type(spec.type).storage
        if spec is None or (kind and kept != kind and (kind, kept) != ("number", "integer")):
            missing.append(name)
    return missing


def scope_of(ledger: Ledger, entry: Entry) -> str:
    """Return how the window applies to a figure's rows: by a date, by a year, or not at all (the ledger as it stands)."""
    if "dated" in entry or day_field(ledger):
        return "dated"
    return "year" if "year" in entry else "standing"


def scope_sql(results: Results, ledger: Ledger, entry: Entry) -> str:
    """Return the condition that a row counts and lies in the window."""
    if "dated" in entry:
        return f"_counted AND {dated_within(results, entry['dated'])}"
    if "year" in entry:
        years = ", ".join(map(str, whole_years(results))) or "NULL"
        return f"_counted AND coalesce({quoted(entry['year'])} IN ({years}), FALSE)"
    return in_period(results, ledger)


def base_sql(results: Results, ledger: Ledger, entry: Entry) -> str:
    """Return the condition of the rows in which the figure's ledger says anything of the kind: where nobody ever fills in a date of
    death, it does not say that nobody died."""
    if "dated" in entry:
        return f"{in_period(results, ledger)} AND {quoted(entry['dated'])} IS NOT NULL"
    return scope_sql(results, ledger, entry)


def whole_years(results: Results) -> list[int]:
    """Return the calendar years that lie in the window from their first day to their last."""
    first, last = results.period
    start = first.year + ((first.month, first.day) != (1, 1))
    return list(range(start, last.year + ((last.month, last.day) == (12, 31))))


def where_sql(results: Results, conditions: Sequence[Entry]) -> str:
    """Return conditions on a row as SQL; unknown (NULL) where an empty field leaves it open."""
    return " AND ".join(_condition(results, one) for one in conditions) or "TRUE"


def _condition(results: Results, condition: Entry) -> str:
    name = quoted(condition["field"])
    if condition.get("filled"):
        return f"{name} IS NOT NULL"
    if condition.get("year"):
        first, last = results.period
        years = "|".join(str(year) for year in range(first.year, last.year + 1))
        return f"coalesce(NOT regexp_matches({name}, '(19|20)[0-9][0-9]') OR regexp_matches({name}, '{years}'), TRUE)"
    if "has" in condition:
        made = " OR ".join(f"contains({name}, {literal(word)})" for word in condition["has"])
    else:
        allowed = [condition["is"]] if "is" in condition else condition["in"]
        made = f"{name} IN ({', '.join(map(literal, allowed))})"
    return f"coalesce({made}, TRUE)" if condition.get("or_blank") else f"({made})"


def all_sql(entry: Entry) -> str:
    """Return the condition that every item of a figure is 是."""
    return " AND ".join(is_yes(name) for name in entry.get("all", ())) or "TRUE"


def is_yes(name: str) -> str:
    """Return the condition that a field is 是."""
    return f"{quoted(name)} = {literal(YES)}"


def given_sql(entry: Entry) -> str:
    """Return the condition that a row holds something to add up."""
    if "sum" not in entry or "blank" in entry:
        return "TRUE"
    return f"({' OR '.join(f'{quoted(name)} IS NOT NULL' for name in entry['sum'])})"


def measure(ledger: Ledger, entry: Entry) -> str:
    """Return what is counted or added up."""
    if "sum" in entry:
        blank = float(entry.get("blank", 0))
        return "coalesce(" + " + ".join(f"sum(coalesce({quoted(name)}, {blank:g}))" for name in entry["sum"]) + ", 0)"
    if entry["count"] == "people":
        return PEOPLE
    if entry["count"] == "each":
        return f"count(DISTINCT ({', '.join(map(quoted, entry['by']))}))"
    return f"count(DISTINCT ({site_sql(ledger)}, _county))" if entry["count"] == "stations" else "count(*)"


def site_sql(ledger: Ledger) -> str:
    """Return the station that a row is about: the roster's name for it, else the station that sent the row."""
    name = next((spec.name for spec in ledger.fields.values() if spec.type == "station_name"), None)
    if name is None:
        return "coalesce(nullif(_station_name, ''), _file)"
    known = "SELECT name FROM stations"
    return f"CASE WHEN {quoted(name)} IN ({known}) THEN {quoted(name)} ELSE coalesce(nullif(_station_name, ''), {quoted(name)}) END"
