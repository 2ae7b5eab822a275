"""X5: visited as a veteran before the 退役时间 in the register (W506); families of serving soldiers are not meant.

FAIL: 走访日期 2020.2.1, 退役时间 2020.9.1      PASS: 退役时间 2019.9.1
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings

REGISTER, DISCHARGED, CATEGORY, FAMILY = "L1", "退役时间", "人员类别", "现役军人家属"


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every record dated before the person's discharge."""
    own, day = settings["own"], settings["date"]
    if own not in county.ledgers or not county.has(REGISTER, DISCHARGED):
        return
    sql = f"""
        SELECT r._row_id, min(d._row_id), strftime(min(d."{DISCHARGED}"), '%Y-%m-%d') FROM "{own}" r
        JOIN "{REGISTER}" d ON d._person = r._person AND d._person <> ''
        WHERE r."{day}_last" < d."{DISCHARGED}" AND coalesce(d."{CATEGORY}", '') <> '{FAMILY}'
        GROUP BY r._row_id ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, register_row, left in county.query(sql):
        yield CountyHit(own, row, day, "W506", {"date": left}, ((REGISTER, register_row, DISCHARGED),))
