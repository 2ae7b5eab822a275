"""What one dictionary says otherwise than another: what was added, taken away and changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from toolkit.ledgers.definitions import OWNER, Definitions, Entry


class Difference(NamedTuple):
    """``what``: added, removed or changed; ``table`` of the definitions; ``name``: which entry, as people call it."""

    what: str
    table: str
    name: str


def _rule_name(values: Mapping[str, Any]) -> str:
    fields = values.get("fields") or [values["field"]] if "field" in values or "fields" in values else []
    return " ".join([str(values.get(OWNER)), str(values.get("expression") or values.get("rule")), *map(str, fields)])


_NAMES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "ledgers": lambda values: f"{values.get('id')} {values.get('name')}",
    "fields": lambda values: f"{values.get('ledger')} {values.get('name')}",
    "aliases": lambda values: f"{values.get('ledger', '')} {values.get('field')}：{values.get('alias')}".strip(),
    "codes": lambda values: f"{values.get('list')}：{values.get('value')}",
    "rules": _rule_name,
}
"""How an entry of each table is told from the others, and named."""


def compare(own: Definitions, other: Definitions) -> list[Difference]:
    """Return what ``own`` says otherwise than ``other``; the order of entries does not count."""
    found = []
    for table, name in _NAMES.items():
        mine, theirs = _by_name(getattr(own, table), name), _by_name(getattr(other, table), name)
        found += [Difference("added", table, one) for one in mine if one not in theirs]
        found += [Difference("removed", table, one) for one in theirs if one not in mine]
        found += [Difference("changed", table, one) for one in mine if one in theirs and mine[one] != theirs[one]]
    return found


def _by_name(entries: Iterable[Entry], name: Callable[[Mapping[str, Any]], str]) -> dict[str, list[str]]:
    """Return entries by name, each as text; several rules may have one name."""
    found: dict[str, list[str]] = {}
    for one in entries:
        values = json.dumps(dict(one.values), ensure_ascii=False, sort_keys=True, default=date.isoformat)
        found.setdefault(name(one.values), []).append(values)
    return {key: sorted(values) for key, values in found.items()}
