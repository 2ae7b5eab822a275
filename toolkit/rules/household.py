"""X11: one plaque a household: the same householder, or the same house number in a township, twice (W509).

Rows with ``cancelled`` 是 do not count. An address without a number in it names no house and is not compared.

FAIL: 张三 and 李四 both at 东庄村 12 号      PASS: 东庄村 12 号 and 东庄村 15 号
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolkit.rules.base import County, CountyHit, RowRef, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every plaque beyond a household's first."""
    own, number, address, gone = settings["own"], settings["id"], settings["address"], settings["cancelled"]
    if own not in county.ledgers:
        return
    counted = f"""_counted AND coalesce("{gone}", '') <> '是'"""
    people = f"""
        SELECT _person, _row_id FROM "{own}" WHERE {counted} AND _person <> ''
        QUALIFY count(*) OVER (PARTITION BY _person) > 1 ORDER BY _person, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    houses = f"""
        WITH placed AS (SELECT *, _township || '|' || regexp_replace("{address}", '\\s', '', 'g') AS house FROM "{own}"
                        WHERE {counted} AND regexp_matches("{address}", '[0-9]'))
        SELECT house, _row_id FROM placed
        QUALIFY count(DISTINCT coalesce(nullif(_person, ''), '#' || _row_id)) OVER (PARTITION BY house) > 1
        ORDER BY house, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    said: set[int] = set()
    for sql, field_name, reason in ((people, number, "@same_householder"), (houses, address, "@same_house")):
        for _, group in groupby(county.query(sql), key=lambda found: found[0]):
            rows = [row for _, row in group]
            for row in rows:
                if row not in said:
                    said.add(row)
                    others = [other for other in rows if other != row]
                    params = {"reason": reason, "other": RowRef(own, others[0])}
                    related = tuple((own, other, field_name) for other in others[:5])
                    yield CountyHit(own, row, field_name, "W509", params, related)
