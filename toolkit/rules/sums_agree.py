"""X15: an upper station's own copy of a register holds the same people as its lower stations together (E515).

Only where an upper station sent the ledger itself, and at least one station below it did.

FAIL: 马村镇 lists 180 people, its villages together 176      PASS: 180 and 180
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every upper station whose people are not those of the stations below it."""
    own, number = settings["own"], settings["id"]
    if own not in county.ledgers:
        return
    sql = f"""
        WITH people AS (SELECT DISTINCT _station, _person FROM "{own}" WHERE _person <> ''),
             uppers AS (SELECT DISTINCT a.upper FROM ancestors a SEMI JOIN people p ON p._station = a.upper),
             below AS (SELECT u.upper, p._person, p._station FROM uppers u JOIN ancestors a USING (upper)
                       JOIN people p ON p._station = a.station),
             lower_ AS (SELECT upper, count(DISTINCT _person) AS people, count(DISTINCT _station) AS stations FROM below GROUP BY 1),
             lacking AS (SELECT b.upper, count(DISTINCT b._person) AS people FROM below b
                         WHERE NOT EXISTS (SELECT 1 FROM people p WHERE p._station = b.upper AND p._person = b._person) GROUP BY 1),
             extra AS (SELECT p._station AS upper, count(*) AS people FROM people p SEMI JOIN lower_ l ON l.upper = p._station
                       WHERE NOT EXISTS (SELECT 1 FROM below b WHERE b.upper = p._station AND b._person = p._person) GROUP BY 1),
             own AS (SELECT _station, count(*) AS people FROM people GROUP BY 1),
             first AS (SELECT _station, min(_row_id) AS row_id FROM "{own}" GROUP BY 1)
        SELECT f.row_id, o.people, l.people, l.stations, coalesce(k.people, 0), coalesce(e.people, 0) FROM lower_ l
        JOIN own o ON o._station = l.upper JOIN first f ON f._station = l.upper
        LEFT JOIN lacking k ON k.upper = l.upper LEFT JOIN extra e ON e.upper = l.upper
        WHERE coalesce(k.people, 0) + coalesce(e.people, 0) > 0 ORDER BY f.row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, people, together, stations, lacking, extra in county.query(sql):
        params = {"people": people, "together": together, "stations": stations, "lacking": lacking, "extra": extra}
        yield CountyHit(own, row, number, "E515", params)
