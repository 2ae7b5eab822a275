"""X6: people in L7 are party members in the register (E507); a candidate member as reserve cadre is W508.

FAIL: 政治面貌 群众 in L1, listed in L7      PASS: 政治面貌 中共党员
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings

REGISTER, PARTY = "L1", "政治面貌"
MEMBER, CANDIDATE = "中共党员", "中共预备党员"


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield everyone whom the register does not call a party member."""
    own, number, reserve = settings["own"], settings["id"], settings["reserve"]
    if own not in county.ledgers or not county.has(REGISTER, PARTY):
        return
    sql = f"""
        SELECT r._row_id, d._row_id, d."{PARTY}", coalesce(r."{reserve}", '') FROM "{own}" r
        JOIN (SELECT _person, min(_row_id) AS _row_id, max("{PARTY}") AS "{PARTY}" FROM "{REGISTER}"
              WHERE _person <> '' AND "{PARTY}" IS NOT NULL GROUP BY _person) d ON d._person = r._person
        WHERE d."{PARTY}" <> '{MEMBER}' ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, register_row, party, kept in county.query(sql):
        related = ((REGISTER, register_row, PARTY),)
        if party != CANDIDATE:
            yield CountyHit(own, row, number, "E507", {"value": party}, related)
        elif kept == "是":
            yield CountyHit(own, row, reserve, "W508", {}, related)
