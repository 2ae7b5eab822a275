"""Two dates in order: ``later`` must not be before ``earlier``.

Dates known to the year or month only fail where no possible day would do.

FAIL: 入伍时间 1985.3, 退役时间 1984      PASS: 入伍时间 1985.3, 退役时间 1985
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row whose later date is before its earlier one."""
    earlier, later = settings["earlier"], settings["later"]
    for row in each(batch.dates(later)[1] < batch.dates(earlier)[0]):
        yield Hit(row, later, settings["code"], {"earlier": earlier, "later": later}, None, ((row, earlier),))
