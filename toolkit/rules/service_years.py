"""Years of service by the dates: outside ``warn`` (1 to 35) is W302; a stated 军龄 more than a year off is W305.

FAIL: 入伍 1985, 退役 2025      FAIL: 入伍 1985.3, 退役 1989.3, 军龄 9      PASS: 入伍 1985.3, 退役 1989.3, 军龄 4
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, each

_YEAR = 365.2425


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield unusual years of service, and stated years that the dates contradict."""
    enlisted, discharged = batch.dates(settings["enlisted"]), batch.dates(settings["discharged"])
    longest = (discharged[1] - enlisted[0]) / _YEAR
    shortest = (discharged[0] - enlisted[1]) / _YEAR
    low, high = settings["warn"]
    related = settings["enlisted"]
    for row in each((longest >= 0) & ((longest < low) | (shortest > high))):
        params = {
            "years": f"{max(longest[row] if longest[row] < low else shortest[row], 0):.1f}".removesuffix(".0"),
            "min": low,
            "max": high,
        }
        yield Hit(row, settings["discharged"], "W302", params, None, ((row, related),))
    stated = np.array([np.nan if value is None else float(value) for value in batch.values(settings["stated"])])
    for row in each((stated > longest + 1.0) | (stated < shortest - 1.0)):
        if longest[row] >= 0:
            expected = round((longest[row] + shortest[row]) / 2)
            yield Hit(row, settings["stated"], "W305", {"value": f"{stated[row]:g}", "expected": expected}, None,
                      ((row, related), (row, settings["discharged"])))  # fmt: skip
