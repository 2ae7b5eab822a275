"""Small pieces of SQL over the views of the stored rows."""

from __future__ import annotations

from toolkit.fields import field_type
from toolkit.ledgers.dictionary import Ledger
from toolkit.results import Results


def quoted(name: str) -> str:
    """Return a column's or view's name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def in_period(results: Results, ledger: Ledger) -> str:
    """Return the condition that a row counts and, where the ledger dates its rows, lies in the reporting window."""
    dated = day_field(ledger)
    return "_counted" if dated is None else f"_counted AND {dated_within(results, dated)}"


def day_field(ledger: Ledger) -> str | None:
    """Return the field that dates a ledger's rows, where it has one and keeps it as dates."""
    spec = ledger.fields.get(ledger.date or "")
    return spec.name if spec is not None and field_type(spec.type).storage == "date" else None


def dated_within(results: Results, field: str) -> str:
    """Return the condition that a date lies in the reporting window with every day it can be: 2020年 lies in a year, in no month."""
    first, last = (f"DATE '{day.isoformat()}'" for day in results.period)
    return f"({quoted(field)} >= {first} AND {quoted(f'{field}_last')} <= {last})"


def dated_across(results: Results, field: str) -> str:
    """Return the condition that a date may lie in the reporting window or outside: what is known of it is too coarse to tell."""
    first, last = (f"DATE '{day.isoformat()}'" for day in results.period)
    touches = f"{quoted(field)} <= {last} AND {quoted(f'{field}_last')} >= {first}"
    return f"({touches} AND NOT {dated_within(results, field)})"


def people_view(results: Results, ledger: Ledger) -> str:
    """Return the ledger's rows with ``_who``, which tells one person from another; worked out once and kept beside the views.

    The ID number; where it is missing, that of the only person of this name whom the same station registers or lists; else the
    name with the phone number, or with the station.
    """
    name = f"{ledger.id} people"
    results.rows.keep(name, _people_sql(results, ledger))
    return quoted(name)


def _people_sql(results: Results, ledger: Ledger) -> str:
    if ledger.person is None or ledger.person not in ledger.fields:
        return f"SELECT *, nullif(_person, '') AS _who FROM {quoted(ledger.id)}"  # noqa: S608 - a ledger's id
    name = quoted(ledger.person)
    phone = next((spec.name for spec in ledger.fields.values() if spec.type == "phone"), None)
    other = f"coalesce({quoted(phone)}, _station)" if phone else "_station"
    sources = [
        ledger,
        *(one for one in (results.dictionary.ledgers.get("L1"),) if one is not None and one.id != ledger.id),
    ]
    listed = " UNION ALL ".join(
        f"SELECT {quoted(one.person)} AS n, _station AS s, _person AS p FROM {quoted(one.id)} WHERE _person <> ''"  # noqa: S608
        for one in sources
        if one.person is not None
    )
    return (
        f"SELECT v.*, CASE WHEN _person <> '' THEN _person WHEN k.p IS NOT NULL THEN k.p WHEN {name} IS NOT NULL "  # noqa: S608
        f"THEN '#' || {name} || '|' || {other} END AS _who FROM {quoted(ledger.id)} v LEFT JOIN "
        f"(SELECT n, s, min(p) AS p FROM ({listed}) GROUP BY n, s HAVING count(DISTINCT p) = 1) k "
        f"ON v._person = '' AND k.n = v.{name} AND k.s = v._station"
    )


def amounts(ledger: Ledger) -> list[str]:
    """Return the ledger's fields that hold money."""
    return [spec.name for spec in ledger.fields.values() if spec.type == "amount"]


def is_sensitive(ledger: Ledger, field: str) -> bool:
    """Say whether a field holds numbers of persons."""
    return field in ledger.fields and field_type(ledger.fields[field].type).sensitive
