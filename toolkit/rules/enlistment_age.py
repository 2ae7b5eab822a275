"""Age at enlistment by the ID number: outside ``error`` (12 to 45) is E303, outside ``warn`` (17 to 26) W304.

A date known to the year only is given the benefit of the doubt.

FAIL: born 1970, enlisted 1979      PASS: born 1970, enlisted 1988
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, age_on, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every unlikely age at enlistment."""
    born = batch.births(settings["id"])
    first, last = batch.dates(settings["enlisted"])
    for row in each(~np.isnan(born) & ~np.isnan(first)):
        youngest, oldest = age_on(born[row], first[row]), age_on(born[row], last[row])
        for code, (low, high) in (("E303", settings["error"]), ("W304", settings["warn"])):
            if oldest < low or youngest > high:
                yield Hit(
                    row,
                    settings["enlisted"],
                    code,
                    {"age": oldest if oldest < low else youngest},
                    None,
                    ((row, settings["id"]),),
                )
                break
