"""Which rows of two versions of a table are the same: rows are inserted and deleted, and the rest must still be compared."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

Row = tuple[Hashable, ...]
"""What a row holds: (column, content) pairs in the order of the columns."""

Pair = tuple[int | None, int | None]
"""A row of the old and one of the new version by their indices; None where there is no such row."""

_MOST = 400


def align(old: Sequence[Row], new: Sequence[Row]) -> list[Pair]:
    """Return which row of ``old`` became which of ``new``, in order; rows that were changed are paired with what they became."""
    pairs: list[Pair] = []
    first = second = 0
    for a, b in [*_anchors(old, new), (len(old), len(new))]:
        pairs += _gap(old, new, (first, a), (second, b))
        if a < len(old):
            pairs.append((a, b))
        first, second = a + 1, b + 1
    return pairs


def _anchors(old: Sequence[Row], new: Sequence[Row]) -> list[tuple[int, int]]:
    """Return pairs of equal rows that occur once in either version, as many as keep their order."""
    once = {row for row, count in Counter(new).items() if count == 1}
    where = {row: at for at, row in enumerate(new) if row in once}
    counts = Counter(old)
    common = [(at, where[row]) for at, row in enumerate(old) if counts[row] == 1 and row in where]
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(common):
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
        last[at : at + 1] = [number]
        before.append(last[at - 1] if at else -1)
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(common[number])
        number = before[number]
    return found[::-1]


def _gap(old: Sequence[Row], new: Sequence[Row], first: tuple[int, int], second: tuple[int, int]) -> list[Pair]:
    """Pair the rows between two anchors."""
    (a, a_end), (b, b_end) = first, second
    head: list[Pair] = []
    tail: list[Pair] = []
    while a < a_end and b < b_end and old[a] == new[b]:
        head.append((a, b))
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
        tail.append((a_end, b_end))
    count, other = a_end - a, b_end - b
    if count == other or not count or not other or max(count, other) > _MOST:
        same = min(count, other)
        middle: list[Pair] = [(a + at, b + at) for at in range(same)]
        middle += [(at, None) for at in range(a + same, a_end)] + [(None, at) for at in range(b + same, b_end)]
    else:
        middle = _most_alike(old, new, (a, a_end), (b, b_end))
    return [*head, *middle, *reversed(tail)]


def _most_alike(old: Sequence[Row], new: Sequence[Row], first: tuple[int, int], second: tuple[int, int]) -> list[Pair]:
    """Pair rows so that as many cells as possible are the same."""
    rows, others = range(*first), range(*second)
    best = [[0.0] * (len(others) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        held = set(old[rows[i]])
        for j in range(len(others) - 1, -1, -1):
            alike = len(held.intersection(new[others[j]]))
            paired = best[i + 1][j + 1] + alike if alike else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(rows) and j < len(others):
        alike = len(set(old[rows[i]]).intersection(new[others[j]]))
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            pairs.append((rows[i], others[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((rows[i], None))
            i += 1
        else:
            pairs.append((None, others[j]))
            j += 1
    return pairs + [(at, None) for at in rows[i:]] + [(None, at) for at in others[j:]]
