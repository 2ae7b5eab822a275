"""X1: everyone in this ledger is in the register ``ledger``, by ID number, else by name in the same township (W501; ``code`` names another).

Not checked for a township of which no station has sent the register.

FAIL: an ID number that no register holds      PASS: one that any station's register holds
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import County, CountyHit, Settings


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every person the register lacks."""
    own, register = settings["own"], settings["ledger"]
    if register not in county.ledgers or own not in county.ledgers:
        return
    name, number = settings["name"], settings["id"]
    sql = f"""
        WITH known AS (SELECT DISTINCT _person FROM "{register}" WHERE _person <> ''),
             named AS (SELECT DISTINCT _township, "姓名" AS who FROM "{register}" WHERE "姓名" IS NOT NULL),
             covered AS (SELECT DISTINCT _township FROM "{register}")
        SELECT r._row_id, r._person <> '' FROM "{own}" r SEMI JOIN covered USING (_township)
        WHERE (r._person <> '' AND NOT EXISTS (SELECT 1 FROM known k WHERE k._person = r._person))
           OR (r._person = '' AND NOT r._id_failed AND r."{name}" IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM named n WHERE n._township = r._township AND n.who = r."{name}"))
        ORDER BY r._row_id
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for row, by_number in county.query(sql):
        yield CountyHit(own, row, number if by_number else name, settings.get("code", "W501"), {"ledger": settings["ledger_name"]})
