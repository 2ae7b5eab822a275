"""Small counts of people hidden: what leaves the house must not tell of a group so small that its people can be made out.

A hidden count must not follow from a sum either: where one value of a row or column that is added up is hidden, the next smallest is too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from toolkit.output.figure_model import Figure, Part

LEAST = 5
"""Groups of fewer people than this are not told."""
_PEOPLE = ("people", "rows", "yuan", "percent", "ratio")


def is_small(count: float | None, least: int = LEAST) -> bool:
    """Say whether a count of people is too small to be told."""
    return count is not None and 0 < count < least


def shown_small(least: int = LEAST) -> str:
    """Return what stands in a hidden count's place."""
    return f"<{least}"


def hide_in_table(
    rows: Sequence[Sequence[Any]], people: Sequence[int], money: Sequence[int] = (), *, total: bool = False, across: bool = False,
    least: int = LEAST,
) -> list[list[Any]]:  # fmt: skip
    """Return a table with small counts hidden.

    ``people``: columns that count people; ``money``: columns of other numbers about the same people, hidden along with them. With
    ``total`` the last row adds up the others; with ``across`` the sum of each row is known elsewhere.
    """
    hidden = {(r, c) for r, row in enumerate(rows) for c in people if _number(row[c]) and is_small(row[c], least)}
    last = len(rows) - 1 if total else -1
    lines = [[(r, c) for r in range(len(rows)) if r != last] for c in people] if total else []
    lines += [[(r, c) for c in people] for r in range(len(rows))] if across else []
    grown = True
    while grown:
        grown = False
        for line in lines:
            if (more := _partner(rows, line, hidden)) is not None:
                hidden.add(more)
                grown = True
    touched = {r for r, _ in hidden}
    return [[shown_small(least) if (r, c) in hidden else None if c in money and r in touched else value
             for c, value in enumerate(row)] for r, row in enumerate(rows)]  # fmt: skip


def _partner(
    rows: Sequence[Sequence[Any]], line: Sequence[tuple[int, int]], hidden: set[tuple[int, int]]
) -> tuple[int, int] | None:
    """Return the cell to be hidden beside the only hidden one of a line, or None where none is needed or there is none."""
    if sum(cell in hidden for cell in line) != 1:
        return None
    free = [(rows[r][c], (r, c)) for r, c in line if (r, c) not in hidden and _number(rows[r][c]) and rows[r][c] > 0]
    return min(free)[1] if free else None


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def hide_in_figures(figures: Sequence[Figure], least: int = LEAST) -> list[Figure]:
    """Return figures with those about too few people left without a value, and too small groups of them likewise."""
    return [_hidden(figure, least) for figure in figures]


def _hidden(figure: Figure, least: int) -> Figure:
    if figure.unit not in _PEOPLE:
        return figure
    figure, value = replace(figure, remarks=()), figure.value
    counted = value if figure.unit == "people" else figure.rows
    if is_small(counted, least):
        return replace(figure, value=None, rows=0, whole=None, parts=(), details=(), unclear=0, hidden=True)
    if not figure.parts:
        return figure
    table = hide_in_table([[part.value] for part in figure.parts] + [[value or 0]], [0], total=True, least=least)
    parts = tuple(
        part if _number(row[0]) else Part(part.name, None, 0) for part, row in zip(figure.parts, table, strict=False)
    )
    return replace(figure, parts=parts)
