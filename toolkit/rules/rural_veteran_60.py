"""年满60周岁农村籍退役士兵: aged 60 at the end of the period and enlisted between ``from`` and ``to`` (W310).

FAIL: aged 55 with this category      PASS: aged 62, enlisted 1978-03
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, age_on, each

AGE = 60


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row of the category that does not meet its conditions."""
    category = settings["category"]
    applies = np.array([value == settings["value"] for value in batch.values(category)], dtype=bool) & ~batch.excluded
    if not applies.any():
        return
    born = batch.births(settings["id"])
    first, last = batch.dates(settings["enlisted"])
    for row in each(applies):
        params = {"value": settings["value"]}
        if not np.isnan(born[row]) and (age := age_on(born[row], batch.day(row).toordinal())) < AGE:
            yield Hit(
                row, category, "W310", params | {"reason": "@rural_age", "age": age}, None, ((row, settings["id"]),)
            )
        elif last[row] < settings["from"].toordinal() or first[row] > settings["to"].toordinal():
            reason = {
                "reason": "@rural_enlisted",
                "from_": settings["from"].isoformat(),
                "to": settings["to"].isoformat(),
            }
            yield Hit(row, category, "W310", params | reason, None, ((row, settings["enlisted"]),))
