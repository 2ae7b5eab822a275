"""Records twice in one file (X2): the rows agree in all of ``fields``, blanks not counting.

``severity = "error"`` (a register: one person, one row) is E401, otherwise W401. Across files of one station the later file
counts instead, since December's ledger contains November's rows.

With ``id`` and ``apart``, rows without an ID number are only the same where those fields agree as well (two people of one name);
with ``name``, one ID number under two names is E503 instead: nobody should delete a row for it.

FAIL: the same 身份证号 in rows 5 and 9      PASS: two blank 身份证号
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit.rules.base import Batch, Hit, Settings


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row that repeats an earlier one of the same file."""
    names = [name for name in settings["fields"] if name in batch.frame]
    if not names:
        return
    code = "E401" if settings["severity"] == "error" else "W401"
    columns = [batch.values(name) for name in names]
    apart = [batch.values(name) for name in settings.get("apart", ()) if name in batch.frame]
    number = batch.values(settings["id"]) if "id" in settings else None
    person = batch.values(settings["name"]) if "name" in settings else None
    seen: dict[tuple[Any, ...], int] = {}
    least = min(2, len(settings["fields"]))
    for row, key in enumerate(zip(*columns, strict=True)):
        if batch.excluded[row] or sum(value is not None for value in key) < least:
            continue
        told = tuple(values[row] for values in apart) if number is not None and number[row] is None else ()
        first = seen.setdefault((batch.file[row], *key, *told), row)
        if first == row:
            continue
        agreed = [name for name, value in zip(names, key, strict=True) if value is not None]
        field_name = agreed[0]
        params = {"other": (first, field_name), "fields": "、".join(agreed)}
        if person is not None and None not in (person[row], person[first]) and person[row] != person[first]:
            yield Hit(row, field_name, "E503", params | {"name": person[first]}, None, ((first, field_name),))
        else:
            yield Hit(row, field_name, code, params, None, ((first, field_name),))
