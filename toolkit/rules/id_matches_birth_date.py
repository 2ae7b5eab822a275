"""出生日期 against digits 7-14 of the ID number (W210); archive dates may be lunar, so it is a warning.

A date known to the month or year only has to agree as far as it goes.

FAIL: ID …19520312…, 出生日期 1952.4.6      PASS: ID …19520312…, 出生日期 1952.3
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Hit, Settings, each, shown


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row whose birth date disagrees with its ID number."""
    born = batch.births(settings["id"])
    first, last = batch.dates(settings["birth_date"])
    for row in each((born < first) | (born > last)):
        expected = shown(born[row])
        yield Hit(row, settings["birth_date"], "W210", {"expected": expected}, expected, ((row, settings["id"]),))
