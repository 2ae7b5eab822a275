"""X2: the same ID number in the registers of two stations (W502), both places named; a township's copy of its villages' registers is none.

Two stations of different counties are named in full, with their counties.

FAIL: 东庄村 and 西庄村 both list …0019      PASS: only one of them does
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from toolkit.rules.base import County, CountyHit, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every row of a person whom several stations register."""
    own, name = settings["own"], settings["id"]
    if own not in county.ledgers:
        return
    sql = f"""
        WITH doubled AS (SELECT _person FROM "{own}" WHERE _person <> '' AND _counted AND _station <> ''
                         GROUP BY _person HAVING min(_station) <> max(_station))
        SELECT _person, _row_id, _station, _station_name, s.county, coalesce(s.in_full, _station_name)
        FROM "{own}" LEFT JOIN stations s ON s.code = _station
        WHERE _counted AND _station <> '' AND _person IN (SELECT _person FROM doubled) ORDER BY _person, _row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    above = set(county.query("SELECT upper, station FROM ancestors"))
    for _, group in groupby(county.query(sql), key=lambda found: found[0]):
        rows = list(group)
        for _, row, station, _, county_code, _ in rows:
            others = [
                other
                for other in rows
                if other[2] != station and not {(station, other[2]), (other[2], station)} & above
            ]
            if not others:
                continue
            names = "、".join(dict.fromkeys(other[3] if other[4] == county_code else other[5] for other in others))
            yield CountyHit(
                own, row, name, "W502", {"station": names}, tuple((own, other[1], name) for other in others)
            )
