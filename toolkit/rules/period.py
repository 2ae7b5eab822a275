"""Dates inside the reporting period (W308): last year's rows, copied. The period is the title's own, else the workspace's.

FAIL: 走访日期 2019.2.1 in a ledger of 2020      PASS: 走访日期 2020.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every date outside the period of its table."""
    name = settings["field"]
    first, last = batch.dates(name)
    future = batch.today.toordinal()
    for row in each(~(first != first)):
        period = batch.periods[batch.table[row]]
        if period is None or first[row] > future:
            continue
        if last[row] < period[0].toordinal() or first[row] > period[1].toordinal():
            yield Hit(row, name, "W308", {"field": name, "from": period[0].isoformat(), "to": period[1].isoformat()})
