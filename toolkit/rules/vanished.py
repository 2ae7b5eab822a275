"""X14: a person whom the register held before and holds no more (W601), without a word of having died or moved away.

Before means an older edition of the station's own file, or the end of the last reporting period. Somebody whom another station
registers now has moved. Somebody of the same name under another number has a changed number (see changed_person).

FAIL: 张三 in last year's register, in none of this year's      PASS: 张三 with 去世时间 in last year's register
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.masking import mask_number
from toolkit.rules.base import County, CountyHit, Settings, StationHit


def gone(before: str, own: str, name: str, died: str, state: str) -> str:
    """Return SQL for the rows of before whose person no row of now holds: _station, _person, name, row, whether it says why."""
    return f"""
        WITH older AS (SELECT b.* FROM "{before}" b WHERE b._person <> '' AND b._station <> ''),
             now AS (SELECT DISTINCT _person FROM "{own}" r WHERE _person <> ''
                     AND NOT EXISTS (SELECT 1 FROM older o WHERE o._row_id = r._row_id)),
             named AS (SELECT DISTINCT _station, "{name}" AS who FROM "{own}" r
                       WHERE _person NOT IN (SELECT _person FROM older))
        SELECT o._station, o._person, o."{name}" AS who, max(o._row_id) AS row_id,
               bool_or(o."{died}" IS NOT NULL OR coalesce(o."{state}", '') IN ('去世', '迁移', '取消')
                       OR regexp_matches(coalesce(o."备注", ''), '去世|死亡|病故|亡故|迁出|迁入|迁走|迁往|转出|注销|搬迁')) AS told,
               bool_or(n.who IS NOT NULL) AS renumbered
        FROM older o ANTI JOIN now USING (_person) LEFT JOIN named n ON n._station = o._station AND n.who = o."{name}"
        GROUP BY o._station, o._person, o."{name}"
    """  # noqa: S608 - names come from the dictionary, never from a ledger


def check_county(county: County, settings: Settings) -> Iterator[CountyHit | StationHit]:
    """Yield everyone who vanished: at the row that held them, or at the station where no file does any more."""
    own, name, number = settings["own"], settings["name"], settings["id"]
    before = county.before(own)
    if before is None or own not in county.ledgers:
        return
    sql = f"""
        SELECT _station, _person, who, row_id FROM ({gone(before, own, name, settings["died"], settings["state"])})
        WHERE NOT told AND NOT renumbered AND _station IN (SELECT _station FROM "{own}") ORDER BY _station, row_id, _person
    """  # noqa: S608 - names come from the dictionary, never from a ledger
    for station, person, who, row in county.query(sql):
        params = {"name": who or "", "number": mask_number(person)}
        if row is None:
            yield StationHit(station, "W601", params, person)
        else:
            yield CountyHit(own, row, number, "W601", params)
