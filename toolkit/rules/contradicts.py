"""X9: what one ledger says of a person contradicts another: here ``when`` is one of ``in``, there ``other_field`` is one of ``other_in`` (W512).

FAIL: 招聘会人员明细 是否就业 是, 就业创业台账 就业状态 无业      PASS: 就业状态 单位就业
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings, listed


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every entry that the other ledger contradicts."""
    own, when, other, field_name = settings["own"], settings["when"], settings["ledger"], settings["other_field"]
    if own not in county.ledgers or not county.has(other, field_name):
        return
    sql = f"""
        SELECT r._row_id, r."{when}", min(o._row_id), min(o."{field_name}") FROM "{own}" r
        JOIN "{other}" o ON o._person = r._person AND o._person <> '' AND o._counted
        WHERE r."{when}" IN ({listed(settings["in"])}) AND o."{field_name}" IN ({listed(settings["other_in"])})
        GROUP BY r._row_id, r."{when}" ORDER BY r._row_id
    """  # noqa: S608 - names and values come from the dictionary, never from a ledger
    for row, value, other_row, said in county.query(sql):
        params = {"when": when, "value": value, "ledger": settings["ledger_name"], "field": field_name, "said": said}
        yield CountyHit(own, row, when, "W512", params, ((other, other_row, field_name),))
