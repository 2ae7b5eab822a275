"""A typed 年龄 against the ID number (W229): ages go stale. Agrees within a year of the age at the end of the period or today.

FAIL: born 1952, 年龄 61 in 2020      PASS: born 1952, 年龄 68 in 2020
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, age_on, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every age that is more than a year off."""
    born = batch.births(settings["id"])
    stated = np.array([np.nan if value is None else float(value) for value in batch.values(settings["age"])])
    for row in each(~np.isnan(born) & ~np.isnan(stated)):
        then, now = age_on(born[row], batch.day(row).toordinal()), age_on(born[row], batch.today.toordinal())
        if not min(then, now) - 1 <= stated[row] <= max(then, now) + 1:
            params = {"value": int(stated[row]), "expected": then}
            yield Hit(row, settings["age"], "W229", params, str(then), ((row, settings["id"]),))
