"""An amount against its standard: ``field`` should be what ``standard`` says for the value of ``when`` (W316).

Amounts above the standard in whole multiples are right as well: two notices on one row. Values without a standard are not checked.

FAIL: 奖励等级 三等功, 奖励金 100, standard = { 三等功 = 1000 }      PASS: 奖励金 1000
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Hit, Settings


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every amount that is not the standard's."""
    when, name, standards = settings["when"], settings["field"], settings["standard"]
    for row, (value, amount) in enumerate(zip(batch.values(when), batch.values(name), strict=True)):
        standard = standards.get(value)
        if not standard or amount is None or batch.excluded[row] or (amount > 0 and amount % standard == 0):
            continue
        params = {"when": when, "value": value, "standard": f"{standard:g}", "amount": f"{amount:g}"}
        yield Hit(row, name, "W316", params, None, ((row, when),))
