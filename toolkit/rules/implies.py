"""One entry implies another: where ``when`` is one of ``in``, ``field`` must be one of ``must`` (or blank, with ``blank``).

FAIL: 是否主干 是, 是否两委成员 否 (E306)      PASS: 是否主干 是, 是否两委成员 是
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row in which the implied entry is not there."""
    when, then = batch.values(settings["when"]), batch.values(settings["field"])
    wanted, allowed = frozenset(settings["in"]), frozenset(settings.get("must", ()))
    blank = settings.get("blank", False)
    wrong = np.array([value in wanted and other is not None and (blank or other not in allowed)
                      for value, other in zip(when, then, strict=True)], dtype=bool)  # fmt: skip
    expected = next(iter(settings.get("must", ())), "")
    for row in each(wrong & ~batch.excluded):
        params = {"when": settings["when"], "value": when[row], "field": settings["field"], "expected": expected}
        yield Hit(row, settings["field"], settings["code"], params, None, ((row, settings["when"]),))
