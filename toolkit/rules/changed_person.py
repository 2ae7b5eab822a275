"""Across periods: a person's ID number or birth date is another than before (W602).

The number: one name at one station, unique before and now, under two numbers that never stand together. The birth date: the same
number with another 出生日期.

FAIL: 张三 …0019 last year, 张三 …0027 now      PASS: 张三 …0019 in both
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, RowRef, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every person of now whose number or birth date differs from before."""
    own, number, name, born = settings["own"], settings["id"], settings["name"], settings["birth_date"]
    before = county.before(own)
    if before is None or own not in county.ledgers:
        return
    current = f"""SELECT * FROM "{own}" r WHERE NOT EXISTS (SELECT 1 FROM "{before}" o WHERE o._row_id = r._row_id)"""  # noqa: S608
    numbers = f"""
        WITH now AS ({current}),
             then_ AS (SELECT _station, "{name}" AS who, min(_person) AS person, min(_row_id) AS row_id FROM "{before}"
                       WHERE _person <> '' AND _station <> '' GROUP BY ALL HAVING min(_person) = max(_person)),
             one AS (SELECT _station, "{name}" AS who, min(_person) AS person, min(_row_id) AS row_id FROM now
                     WHERE _person <> '' AND _station <> '' GROUP BY ALL HAVING min(_person) = max(_person))
        SELECT one.row_id, then_.row_id FROM one JOIN then_ USING (_station, who)
        WHERE one.person <> then_.person AND then_.person NOT IN (SELECT _person FROM now)
              AND one.person NOT IN (SELECT _person FROM "{before}") ORDER BY 1
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    births = f"""
        WITH now AS ({current})
        SELECT n._row_id, min(b._row_id) FROM now n JOIN "{before}" b ON b._person = n._person AND b._station = n._station
        WHERE n._person <> '' AND b."{born}" IS NOT NULL AND n."{born}" IS NOT NULL
              AND (n."{born}_last" < b."{born}" OR n."{born}" > b."{born}_last") GROUP BY 1 ORDER BY 1
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for sql, field_name in ((numbers, number), (births, born)):
        for row, older in county.query(sql):
            where = "@last_period" if older is None else RowRef(own, older)
            related = () if older is None else ((own, older, field_name),)
            yield CountyHit(own, row, field_name, "W602", {"field": field_name, "where": where}, related)
