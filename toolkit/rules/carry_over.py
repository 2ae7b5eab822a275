"""X14: a station's register carried over: people before, plus new ones, less those who died or moved away, are those of now (W605).

FAIL: 30 before, 2 new, 1 died, 28 now      PASS: 30 before, 2 new, 1 died, 31 now
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, Settings, StationHit
from toolkit.rules.vanished import gone


def check_county(county: County, settings: Settings) -> Iterator[StationHit]:
    """Yield every station whose numbers do not carry over."""
    own = settings["own"]
    before = county.before(own)
    if before is None or own not in county.ledgers:
        return
    sql = f"""
        WITH gone AS ({gone(before, own, settings["name"], settings["died"], settings["state"])}),
             last AS (SELECT _station, count(DISTINCT _person) AS people FROM "{before}"
                      WHERE _person <> '' AND _station <> '' GROUP BY 1),
             kept AS (SELECT r._station, count(DISTINCT r._person) AS people,
                             count(DISTINCT r._person) FILTER (b._person IS NULL) AS new
                      FROM "{own}" r LEFT JOIN (SELECT DISTINCT _station, _person FROM "{before}") b
                           ON b._station = r._station AND b._person = r._person
                      WHERE r._person <> '' AND NOT EXISTS (SELECT 1 FROM "{before}" o WHERE o._row_id = r._row_id) GROUP BY 1),
             left_ AS (SELECT _station, count(*) FILTER (told) AS told, count(*) FILTER (NOT told AND NOT renumbered) AS untold,
                              count(*) FILTER (NOT told AND renumbered) AS renumbered FROM gone GROUP BY 1)
        SELECT l._station, l.people, k.new - g.renumbered, g.told, k.people, g.untold FROM last l
        JOIN kept k USING (_station) JOIN left_ g USING (_station) WHERE g.untold > 0 ORDER BY l._station
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for station, last, new, told, now, untold in county.query(sql):
        yield StationHit(station, "W605", {"last": last, "new": new, "gone": told, "now": now, "expected": last + new - told, "diff": untold})
