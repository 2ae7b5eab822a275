"""X10: one record a person in the whole county, such as one card (E514); rows that say one of ``unless`` in ``kind`` are further ones.

FAIL: two stations each record a card for …0019      PASS: the second row says 补领
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolkit.rules.base import County, CountyHit, RowRef, Settings, listed


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every record of a person beyond the first."""
    own, number, kind = settings["own"], settings["id"], settings["kind"]
    if own not in county.ledgers:
        return
    further = " OR ".join(f"""contains(coalesce("{kind}", ''), {listed([word])})""" for word in settings["unless"]) or "false"
    sql = f"""
        SELECT _person, _row_id FROM "{own}" WHERE _counted AND _person <> '' AND NOT ({further})
        QUALIFY count(*) OVER (PARTITION BY _person) > 1 ORDER BY _person, _row_id
    """  # noqa: S608 - names and words come from the dictionary, never from a ledger
    for _, group in groupby(county.query(sql), key=lambda found: found[0]):
        rows = [row for _, row in group]
        for row in rows:
            others = tuple(other for other in rows if other != row)
            params = {"other": RowRef(own, others[0])}
            yield CountyHit(own, row, number, "E514", params, tuple((own, other, number) for other in others))
