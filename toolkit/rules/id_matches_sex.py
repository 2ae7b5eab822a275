"""性别 against the ID number: the 17th digit is odd for men and even for women (W209).

FAIL: an ID number ending ``…0012`` (17th digit 1) with 性别 女      PASS: the same with 性别 男
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row whose sex disagrees with its ID number."""
    men, stated = batch.men(settings["id"]), batch.values(settings["sex"])
    wrong = np.array(
        [
            man is not None and sex in ("男", "女") and man != (sex == "男")
            for man, sex in zip(men, stated, strict=True)
        ],
        dtype=bool,
    )
    for row in each(wrong & ~batch.excluded):
        expected = "男" if men[row] else "女"
        yield Hit(
            row,
            settings["sex"],
            "W209",
            {"expected": expected, "value": stated[row]},
            expected,
            ((row, settings["id"]),),
        )
