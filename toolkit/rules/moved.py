"""X16: a person whom one county registered before and now only another one does: moved, told to both (I606 away, I607 here).

Before means an older edition of a station's own file, or the end of the last reporting period. Only where the roster has several
counties; within a county people move without a word.

FAIL: 张三 in last year's register of 高平市, in this year's of 泽州县 alone      PASS: 张三 registered in both, or in neither
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.masking import mask_number
from toolkit.rules.base import County, CountyHit, Settings, StationHit


def check_county(county: County, settings: Settings) -> Iterator[CountyHit | StationHit]:
    """Yield everyone who moved: at the station that registered them before, and at each row that registers them now."""
    own, name, number = settings["own"], settings["name"], settings["id"]
    if own not in county.ledgers or len(county.query("SELECT DISTINCT county FROM stations LIMIT 2")) < 2:
        return
    before = county.before(own)
    if before is None:
        return
    sql = f"""
        WITH older AS (SELECT b._station, b._person, b._row_id, b."{name}" AS who, s.county, s.county_name, s.in_full FROM "{before}" b
                       JOIN stations s ON s.code = b._station WHERE b._person <> ''),
             now AS (SELECT r._station, r._person, r._row_id, s.county, s.county_name, s.in_full FROM "{own}" r
                     JOIN stations s ON s.code = r._station
                     WHERE r._person <> '' AND r._counted AND NOT EXISTS (SELECT 1 FROM older o WHERE o._row_id = r._row_id))
        SELECT o._station, o._person, min(o.who), o.in_full, o.county_name, n._row_id, n.in_full, n.county_name
        FROM older o JOIN now n ON n._person = o._person
        WHERE NOT EXISTS (SELECT 1 FROM now h WHERE h._person = o._person AND h.county = o.county)
        GROUP BY ALL ORDER BY o._station, o._person, n._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    gone, here = set(), set()
    for station, person, who, place, origin, row, now_at, target in county.query(sql):
        params = {"name": who or "", "number": mask_number(person), "origin": origin, "target": target}
        if (station, person) not in gone:
            gone.add((station, person))
            yield StationHit(station, "I606", {**params, "place": now_at}, person)
        if row not in here:
            here.add(row)
            yield CountyHit(own, row, number, "I607", {**params, "place": place})
