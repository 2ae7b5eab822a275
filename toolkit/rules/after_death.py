"""X4: visited, aided or paid after the 去世时间 in the register (E505).

FAIL: 去世时间 2020.3.1, 走访日期 2020.8.1      PASS: 走访日期 2020.2.1
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings

REGISTER, DIED = "L1", "去世时间"


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every record dated after the person's death."""
    own, day = settings["own"], settings["date"]
    if own not in county.ledgers or not county.has(REGISTER, DIED):
        return
    sql = f"""
        SELECT r._row_id, min(d._row_id), strftime(min(d."{DIED}_last"), '%Y-%m-%d') FROM "{own}" r
        JOIN "{REGISTER}" d ON d._person = r._person AND d._person <> ''
        WHERE r."{day}" > d."{DIED}_last" GROUP BY r._row_id ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, register_row, died in county.query(sql):
        yield CountyHit(own, row, day, "E505", {"date": died}, ((REGISTER, register_row, DIED),))
