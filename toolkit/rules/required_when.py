"""Entries required by another entry: 入伍时间 of everyone who served, 七个一 of a township's station.

``field`` or ``fields`` must be filled where ``when`` is one of ``in`` (or none of ``not_in``; a blank ``when`` then counts as
well). ``severity = "warning"`` makes it W201 instead of E201.

FAIL: 人员类别 退役士兵, 入伍时间 blank      PASS: 人员类别 烈士遗属, 入伍时间 blank
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every entry that is missing although another one asks for it."""
    when = batch.values(settings["when"])
    if "in" in settings:
        wanted = frozenset(settings["in"])
        applies = np.array([value in wanted for value in when], dtype=bool)
    else:
        spared = frozenset(settings["not_in"])
        applies = np.array([value not in spared for value in when], dtype=bool)
    code = "W201" if settings.get("severity") == "warning" else "E201"
    for name in settings.get("fields") or [settings["field"]]:
        for row in each(batch.missing(name) & applies):
            yield Hit(row, name, code, {"field": name, "when": settings["when"], "value": when[row] or ""})
