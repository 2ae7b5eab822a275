"""Numbers that cannot exceed one another: each of ``fields`` is at most the next that is filled in (W314, X9).

FAIL: 签约人数 30, 达成意向人数 20, 参加人数 80      PASS: 签约人数 8, 达成意向人数 20, 参加人数 80
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from toolkit.rules.base import Batch, Hit, Settings


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every number that is larger than the next one it is part of."""
    names = settings["fields"]
    for row, numbers in enumerate(zip(*map(batch.values, names), strict=True)):
        if batch.excluded[row]:
            continue
        filled = [(name, number) for name, number in zip(names, numbers, strict=True) if number is not None]
        for (name, number), (other, more) in pairwise(filled):
            if number > more:
                params = {"field": name, "value": f"{number:g}", "other": other, "limit": f"{more:g}"}
                yield Hit(row, name, "W314", params, None, ((row, other),))
