"""Across periods: a ledger that is last period's with new dates (W604): most of its rows agree with it in everything but dates.

Last period's rows are those of the last run of that period, and those of old files still in the folder. ``fields`` are compared; at least
five rows and four of five must agree.

FAIL: 40 visits, 38 of them to the same people with the same words and sums as last year      PASS: 12 of 40 agree
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings

LEAST = 5


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield the first row of every file that repeats the last period's rows."""
    own, fields, day = settings["own"], settings["fields"], settings["date"]
    if own not in county.ledgers:
        return
    begin = f"DATE '{county.period[0].isoformat()}'"
    before = county.before(own)
    last = f"""UNION SELECT _station, {{content}} FROM "{before}" WHERE _row_id IS NULL""" if before else ""  # noqa: S608 - from the dictionary
    content = " || '|' || ".join(f"""coalesce(CAST("{name}" AS VARCHAR), '')""" for name in fields)
    sql = f"""
        WITH then_ AS (SELECT DISTINCT _station, {content} AS content FROM "{own}" WHERE "{day}_last" < {begin}
                       {last.format(content=content)}),
             now AS (SELECT _station, _file, _row_id, {content} AS content FROM "{own}" WHERE _station <> '' AND "{day}" >= {begin})
        SELECT min(n._row_id), count(*), count(t.content) FROM now n
        LEFT JOIN then_ t ON t._station = n._station AND t.content = n.content
        GROUP BY n._file HAVING count(*) >= {LEAST} AND count(t.content) * 5 >= count(*) * 4 ORDER BY 1
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, rows, same in county.query(sql):
        yield CountyHit(own, row, day, "W604", {"rows": rows, "same": same})
