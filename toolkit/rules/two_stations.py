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
    groups = [list(group) for _, group in groupby(county.query(sql), key=lambda found: found[0])]
    left = _left(county, own) if any(len({one[4] for one in rows}) > 1 for rows in groups) else set()
    for rows in groups:
        for _, row, station, _, place, _ in rows:
            others = [
                other
                for other in rows
                if other[2] != station
                and not {(station, other[2]), (other[2], station)} & above
                and (other[4] == place or not {row, other[1]} & left)
            ]
            if not others:
                continue
            names = "、".join(dict.fromkeys(other[3] if other[4] == place else other[5] for other in others))
            yield CountyHit(
                own, row, name, "W502", {"station": names}, tuple((own, other[1], name) for other in others)
            )


def _left(county: County, own: str) -> set[int]:
    """Return the rows that only an older edition of a register still has: in another county they have moved (see moved)."""
    before = county.before(own)
    found = county.query(f'SELECT _row_id FROM "{before}" WHERE _row_id IS NOT NULL') if before else []  # noqa: S608 - a ledger's id
    return {row for (row,) in found}
