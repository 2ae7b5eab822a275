"""X3: one ID number under two names is E503; one name and birth date with two ID numbers W504 (with ``birth_date``).

With ``ledger`` the names are compared with that register's as well.

FAIL: …0019 is 张三 here and 李四 there      PASS: …0019 is 张三 in both
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolkit.rules.base import County, CountyHit, RowRef, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every row whose name or number another row contradicts."""
    own, number, name, register = settings["own"], settings["id"], settings["name"], settings.get("ledger")
    if own not in county.ledgers:
        return
    sql = f"""
        WITH wrong AS (SELECT _person FROM "{own}" WHERE _person <> '' AND "{name}" IS NOT NULL
                       GROUP BY _person HAVING min("{name}") <> max("{name}"))
        SELECT _person, _row_id, "{name}" FROM "{own}"
        WHERE _person IN (SELECT _person FROM wrong) AND "{name}" IS NOT NULL ORDER BY _person, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    said = set()
    for hit in _hits(county, own, sql, name, "E503"):
        said.add(hit.row)
        yield hit
    if register and register in county.ledgers:
        yield from (hit for hit in _against(county, own, name, register) if hit.row not in said)
    if "birth_date" not in settings:
        return
    before = county.before(own)  # a number that changed since an older edition is said by another rule
    current = f"""AND _row_id NOT IN (SELECT _row_id FROM "{before}" WHERE _row_id IS NOT NULL)""" if before else ""  # noqa: S608 - a ledger's id
    sql = f"""
        WITH people AS (SELECT *, "{name}" || substr(_person, 7, 8) AS who FROM "{own}"
                        WHERE _person <> '' AND "{name}" IS NOT NULL {current}),
             wrong AS (SELECT who FROM people GROUP BY who HAVING min(_person) <> max(_person))
        SELECT who, _row_id, _person FROM people WHERE who IN (SELECT who FROM wrong) ORDER BY who, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    yield from _hits(county, own, sql, number, "W504")


def _against(county: County, own: str, name: str, register: str) -> Iterator[CountyHit]:
    """Yield every row whose name is none that the register has for its ID number."""
    sql = f"""
        SELECT r._row_id, min(d._row_id), min(d."姓名") FROM "{own}" r JOIN "{register}" d ON d._person = r._person
        WHERE r._person <> '' AND r."{name}" IS NOT NULL AND d."姓名" IS NOT NULL
        GROUP BY r._row_id, r."{name}" HAVING NOT bool_or(d."姓名" = r."{name}") ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, other, known in county.query(sql):
        yield CountyHit(own, row, name, "E503", {"other": RowRef(register, other), "name": known}, ((register, other, "姓名"),))


def _hits(county: County, own: str, sql: str, field_name: str, code: str) -> Iterator[CountyHit]:
    for _, group in groupby(county.query(sql), key=lambda found: found[0]):
        rows = list(group)
        for _, row, value in rows:
            others = [other for other in rows if other[2] != value]
            params = {"other": RowRef(own, others[0][1]), "name": others[0][2]}
            yield CountyHit(
                own, row, field_name, code, params, tuple((own, other[1], field_name) for other in others[:5])
            )
