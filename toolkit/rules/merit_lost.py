"""Across periods: an honour that the register told before and tells no more (W603).

FAIL: 三等功、嘉奖 last year, 嘉奖 now      PASS: 三等功 last year, 三等功、嘉奖 now
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, RowRef, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every person of now who lacks an honour of before."""
    own, merits = settings["own"], settings["field"]
    before = county.before(own)
    if before is None or own not in county.ledgers:
        return
    sql = f"""
        SELECT n._row_id, any_value(n."{merits}"), min(b._row_id), string_agg(DISTINCT b."{merits}", '、') FROM "{own}" n
        JOIN "{before}" b ON b._person = n._person AND b._station = n._station
        WHERE n._person <> '' AND b."{merits}" IS NOT NULL AND coalesce(n."{merits}", '') <> b."{merits}"
              AND NOT EXISTS (SELECT 1 FROM "{before}" o WHERE o._row_id = n._row_id) GROUP BY n._row_id ORDER BY n._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, told, older, earlier in county.query(sql):
        lacking = [merit for merit in dict.fromkeys(earlier.split("、")) if merit not in (told or "").split("、")]
        if lacking:
            params = {"merits": "、".join(lacking), "where": "@last_period" if older is None else RowRef(own, older)}
            yield CountyHit(own, row, merits, "W603", params, () if older is None else ((own, older, merits),))
