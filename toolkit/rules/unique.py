"""Records twice in one file (X2): the rows agree in all of ``fields``, blanks not counting.

``severity = "error"`` (a register: one person, one row) is E401, otherwise W401. Across files of one station the later file
counts instead, since December's ledger contains November's rows. A sheet of which nearly every row stands in the file's other sheets
as well (全镇 beside a sheet a village) is said once (W117), not row by row.

With ``id`` and ``apart``, rows without an ID number are only the same where those fields agree as well (two people of one name);
with ``name``, one ID number under two names is E503 instead: nobody should delete a row for it.

FAIL: the same 身份证号 in rows 5 and 9      PASS: two blank 身份证号
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from toolkit.rules.base import Batch, Hit, Settings, TableHit

LEAST = 3


def check(batch: Batch, settings: Settings) -> Iterator[Hit | TableHit]:
    """Yield every row that repeats an earlier one of the same file, and every sheet that repeats others."""
    names = [name for name in settings["fields"] if name in batch.frame]
    if not names:
        return
    pairs = _pairs(batch, settings, names)
    repeating = _repeating(batch, pairs)
    for table, count in repeating.items():
        yield TableHit(table, None, names[0], "W117", {"count": count})
    code = "E401" if settings["severity"] == "error" else "W401"
    person = batch.values(settings["name"]) if "name" in settings else None
    for row, first, agreed in pairs:
        if {int(batch.table[row]), int(batch.table[first])} & repeating.keys() and batch.table[row] != batch.table[first]:
            continue
        params = {"other": (first, agreed[0]), "fields": "、".join(agreed)}
        if person is not None and None not in (person[row], person[first]) and person[row] != person[first]:
            yield Hit(row, agreed[0], "E503", params | {"name": person[first]}, None, ((first, agreed[0]),))
        else:
            yield Hit(row, agreed[0], code, params, None, ((first, agreed[0]),))


def _pairs(batch: Batch, settings: Settings, names: list[str]) -> list[tuple[int, int, list[str]]]:
    """Return (row, the first row that is the same, the fields in which they agree) of every repeated row."""
    columns = [batch.values(name) for name in names]
    apart = [batch.values(name) for name in settings.get("apart", ()) if name in batch.frame]
    number = batch.values(settings["id"]) if "id" in settings else None
    seen: dict[tuple[Any, ...], int] = {}
    least = min(2, len(settings["fields"]))
    pairs = []
    for row, key in enumerate(zip(*columns, strict=True)):
        if batch.excluded[row] or sum(value is not None for value in key) < least:
            continue
        told = tuple(values[row] for values in apart) if number is not None and number[row] is None else ()
        first = seen.setdefault((batch.file[row], *key, *told), row)
        if first != row:
            pairs.append((row, first, [name for name, value in zip(names, key, strict=True) if value is not None]))
    return pairs


def _repeating(batch: Batch, pairs: list[tuple[int, int, list[str]]]) -> dict[int, int]:
    """Return table → repeated rows of the tables that repeat other sheets: at least three rows, and four fifths of all."""
    if not pairs:
        return {}
    sizes = Counter(batch.table.tolist())
    shared: Counter[int] = Counter()
    for row, first, _ in pairs:
        if batch.table[row] != batch.table[first]:
            shared[int(batch.table[row])] += 1
            shared[int(batch.table[first])] += 1
    found: dict[int, int] = {}
    for table, count in sorted(shared.items(), key=lambda item: (-sizes[item[0]], item[0])):
        linked = {int(batch.table[first]) for row, first, _ in pairs if batch.table[row] == table}
        linked |= {int(batch.table[row]) for row, first, _ in pairs if batch.table[first] == table}
        if count >= LEAST and count * 5 >= sizes[table] * 4 and not (linked - {table}) & found.keys():
            found[table] = count
    return found
