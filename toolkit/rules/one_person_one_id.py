"""X3: one ID number under two names is E503; one name and birth date with two ID numbers W504.

FAIL: …0019 is 张三 here and 李四 there      PASS: …0019 is 张三 in both
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolkit.rules.base import County, CountyHit, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every row whose name or number another row contradicts."""
    own, number, name, born = settings["own"], settings["id"], settings["name"], settings["birth_date"]
    if own not in county.ledgers:
        return
    sql = f"""
        WITH wrong AS (SELECT _person FROM "{own}" WHERE _person <> '' AND "{name}" IS NOT NULL
                       GROUP BY _person HAVING min("{name}") <> max("{name}"))
        SELECT _person, _row_id, "{name}" FROM "{own}"
        WHERE _person IN (SELECT _person FROM wrong) AND "{name}" IS NOT NULL ORDER BY _person, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    yield from _hits(county, own, sql, name, "E503")
    sql = f"""
        WITH people AS (SELECT *, "{name}" || substr(_person, 7, 8) AS who FROM "{own}"
                        WHERE _person <> '' AND "{name}" IS NOT NULL),
             wrong AS (SELECT who FROM people GROUP BY who HAVING min(_person) <> max(_person))
        SELECT who, _row_id, _person FROM people WHERE who IN (SELECT who FROM wrong) ORDER BY who, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    if born:
        yield from _hits(county, own, sql, number, "W504")


def _hits(county: County, own: str, sql: str, field_name: str, code: str) -> Iterator[CountyHit]:
    for _, group in groupby(county.query(sql), key=lambda found: found[0]):
        rows = list(group)
        for _, row, value in rows:
            others = [other for other in rows if other[2] != value]
            params = {"other": county.place(own, others[0][1]), "name": others[0][2]}
            yield CountyHit(
                own, row, field_name, code, params, tuple((own, other[1], field_name) for other in others[:5])
            )
