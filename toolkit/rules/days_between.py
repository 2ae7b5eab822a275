"""Days from one date to another: ``later`` at most ``days`` after ``earlier`` (W313).

Dates known to the month or year are given the benefit of the doubt. With ``open`` a blank ``later`` is late as well once more than
``days`` have passed: a petition that nobody has closed. ``unless`` = { field, in }: not asked of rows that say so.

FAIL: 登记日期 2020.3.1, 办结时间 2020.8.1, days = 60      PASS: 办结时间 2020.4.20
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row that took too long, or is taking too long."""
    earlier, later, limit = settings["earlier"], settings["later"], settings["days"]
    begun = batch.dates(earlier)[1]
    taken = batch.dates(later)[0] - begun
    params = {"earlier": earlier, "later": later, "limit": limit}
    for row in each(taken > limit):
        yield Hit(row, later, "W313", params | {"days": int(taken[row]), "state": "@took"}, None, ((row, earlier),))
    if not settings.get("open"):
        return
    spared = settings.get("unless", {})
    done = frozenset(spared.get("in", ()))
    said = np.array([value in done for value in batch.values(spared.get("field", ""))], dtype=bool)
    waiting = batch.today.toordinal() - begun
    for row in each(batch.missing(later) & ~said & (waiting > limit)):
        yield Hit(row, later, "W313", params | {"days": int(waiting[row]), "state": "@still_open"}, None, ((row, earlier),))
