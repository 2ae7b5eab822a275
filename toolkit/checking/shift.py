"""Rows that slipped by a column: a paste one cell too far to the right or left shows as a run of type mismatches.

One finding names the shift; the mismatches themselves are not reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.fields import field_type
from toolkit.fields.base import Context, FieldSpec, Parsed

LEAST_MISMATCHES = 3
_TYPED = frozenset(
    {"id_card", "date", "phone", "code", "amount", "integer", "number", "yes_no", "person_name", "bank_account"}
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A row whose cells from ``field`` on stand one column too far ``right`` or ``left``."""

    row: int
    field: str
    direction: str


def find_shift(
    row: int,
    columns: Mapping[str, int],
    raw: Mapping[str, Sequence[Any]],
    parsed: Mapping[str, Sequence[Parsed]],
    fields: Mapping[str, FieldSpec],
    context: Context,
) -> Shift | None:
    """Return how a row is shifted, or None.

    ``columns``: field → physical column of the row's table; ``raw`` and ``parsed``: field → values by row.
    """
    by_column = sorted((column, name) for name, column in columns.items() if fields[name].type in _TYPED)
    wrong = [(column, name) for column, name in by_column if _mismatch(parsed[name][row])]
    if len(wrong) < LEAST_MISMATCHES:
        return None
    names = {column: name for name, column in columns.items()}
    (start, first), (end, _) = wrong[0], wrong[-1]
    for direction, step in (("right", 1), ("left", -1)):
        tried = fitting = 0
        for column, name in by_column:
            if not start <= column <= end:  # an empty column further on may have taken up the shift
                continue
            source = names.get(column + step)
            value = raw[source][row] if source else None
            if value is None:
                continue
            tried += 1
            fitting += field_type(fields[name].type).resembles(value, fields[name], context)
        if tried >= LEAST_MISMATCHES and fitting * 10 >= tried * 7:
            return Shift(row, first, direction)
    return None


def _mismatch(parsed: Parsed) -> bool:
    """Say whether a cell holds something of another type."""
    return (
        parsed.value is None
        and parsed.code is not None
        and parsed.code not in ("E205", "E204", "E206", "E211", "E227", "W228", "W222")
    )
