"""合计 and 小计 lines against the rows they add up (E402).

Whether a line adds up the whole table, a page, or the rows since the line before it, clerks rarely say: it is right if it is the sum
from any place where one may begin.

FAIL: rows 500, 300 and 合计 900      PASS: rows 500, 300 and 合计 800
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Objects, Settings, TableHit

TOLERANCE = 0.011


def check(batch: Batch, settings: Settings) -> Iterator[TableHit]:
    """Yield every total that is not the sum of its rows; a column with an unreadable entry cannot be added up."""
    for line in batch.totals:
        for name in settings["fields"]:
            stated = line.values.get(name)
            if stated is None or name not in batch.frame:
                continue
            values = batch.values(name)
            spans = [(begin, line.end) for begin in line.begins] + [(line.end, line.after)]
            if not all(_readable(batch, name, begin, end) for begin, end in spans):
                continue
            sums = [_sum(values[begin:end]) for begin, end in spans if end > begin]
            if sums and all(abs(added - stated) > TOLERANCE for added in sums):
                nearest = _sum(values[line.begins[-1] : line.end])
                told = nearest if line.subtotal else min(sums, key=lambda added: abs(added - stated))
                params = {"field": name, "stated": f"{stated:,.10g}", "sum": f"{told:,.10g}"}
                yield TableHit(line.table, line.row, name, "E402", params, f"{stated:.10g}")


def _readable(batch: Batch, name: str, begin: int, end: int) -> bool:
    return not batch.failed[name][begin:end].any() and not batch.excluded[begin:end].any()


def _sum(values: Objects) -> float:
    return float(sum(value for value in values if value is not None))
