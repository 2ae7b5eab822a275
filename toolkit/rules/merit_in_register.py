"""X12: a merit of somebody in the register that the register does not tell (W510).

The notice names no ID number: a person counts as found where exactly one of that name is registered in the same township.

FAIL: a notice of 三等功 for 张三, whose 立功受奖情况 is blank      PASS: his 立功受奖情况 says 三等功、嘉奖
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every notice whose grade the register lacks."""
    own, name, grade, register, merits = (settings[key] for key in ("own", "name", "field", "ledger", "other_field"))
    if own not in county.ledgers or not county.has(register, merits):
        return
    sql = f"""
        WITH known AS (SELECT _township, "姓名" AS who, min(_row_id) AS row_id, min(coalesce("{merits}", '')) AS merits
                       FROM "{register}" WHERE _counted AND "姓名" IS NOT NULL
                       GROUP BY 1, 2 HAVING count(*) = 1)
        SELECT r._row_id, r."{grade}", k.row_id FROM "{own}" r
        JOIN known k ON k._township = r._township AND k.who = r."{name}"
        WHERE r._counted AND r."{grade}" IS NOT NULL AND NOT contains(k.merits, r."{grade}") ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, value, register_row in county.query(sql):
        params = {"value": value, "ledger": settings["ledger_name"], "field": merits}
        yield CountyHit(own, row, grade, "W510", params, ((register, register_row, merits),))
