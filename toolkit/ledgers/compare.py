"""What one dictionary says otherwise than another: what was added, taken away and changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from toolkit.ledgers.definitions import OWNER, Definitions, Entry
from toolkit.ledgers.sheets import label

_NAMED_BY = {
    "ledgers": ("id", "name"),
    "fields": ("ledger", "name"),
    "aliases": ("ledger", "field", "alias"),
    "codes": ("list", "value"),
}
"""How an entry of each table is told from the others, and named; a rule is known by what it looks at."""


class Difference(NamedTuple):
    """``what``: added, removed or changed; ``table`` of the definitions; ``name``: which entry, as people call it."""

    what: str
    table: str
    name: str


def compare(own: Definitions, other: Definitions, lang: str = "zh") -> list[Difference]:
    """Return what ``own`` says otherwise than ``other``; the order of entries does not count. ``lang``: of the names of rules."""
    found = []
    for table in (*_NAMED_BY, "rules"):
        mine, theirs = (_by_name(getattr(one, table), table, lang) for one in (own, other))
        found += [Difference("added", table, one) for one in mine if one not in theirs]
        found += [Difference("removed", table, one) for one in theirs if one not in mine]
        found += [Difference("changed", table, one) for one in mine if one in theirs and mine[one] != theirs[one]]
    return found


def _by_name(entries: Iterable[Entry], table: str, lang: str) -> dict[str, list[str]]:
    """Return entries by name, each as text; several rules may have one name."""
    found: dict[str, list[str]] = {}
    for one in entries:
        values = json.dumps(dict(one.values), ensure_ascii=False, sort_keys=True, default=date.isoformat)
        found.setdefault(_name(one.values, table, lang), []).append(values)
    return {key: sorted(values) for key, values in found.items()}


def _name(values: Mapping[str, Any], table: str, lang: str) -> str:
    if table != "rules":
        return " ".join(str(values[key]) for key in _NAMED_BY[table] if key in values)
    rule = values.get("expression") or label("rule", values["rule"], lang, ".title")
    fields = values.get("fields") or [values[key] for key in ("field", "later") if key in values][:1]
    return " ".join([str(values.get(OWNER)), str(rule), *map(str, fields)])
