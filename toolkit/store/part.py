"""The rows of a part of the stations: the same views over fewer rows, grouped by what lies right below the part's own unit."""

from __future__ import annotations

from dataclasses import replace

from toolkit.roster import Roster
from toolkit.store.county import StoredCounty, register_stations

_EVERYTHING = "memory.main"
"""Where the views of all rows are; those of a part shadow them in a connection of its own."""


def part_of(county: StoredCounty, roster: Roster, *, whole: bool = False) -> StoredCounty:
    """Return the rows of the stations of a part of the roster, counted as they count in the whole.

    ``whole``: all rows, those of unknown stations too; only the grouping is the part's own. ``_row_id`` runs from 0 in the part as well.
    The caller closes ``connection``.
    """
    connection = county.connection.cursor()
    register_stations(connection, roster)
    present = set()
    for ledger in county.dictionary.ledgers:
        if ledger not in county.ledgers:
            connection.execute(f'CREATE TEMP VIEW "{ledger}" AS SELECT * FROM {_EVERYTHING}."{ledger}"')  # noqa: S608 - a ledger's id
            continue
        connection.execute((_WHOLE if whole else _PART).format(ledger=ledger, rows=f'{_EVERYTHING}."{ledger}"'))
        if whole or connection.execute(f'SELECT 1 FROM "{ledger}" LIMIT 1').fetchone():  # noqa: S608 - a ledger's id
            present.add(ledger)
    return replace(county, connection=connection, ledgers=frozenset(present), _before={}, _kept=set())


_WHOLE = """
    CREATE TEMP VIEW "{ledger}" AS
    SELECT r.* REPLACE (coalesce(s.township, r._township) AS _township, coalesce(s.township_name, r._township_name) AS _township_name)
    FROM {rows} r LEFT JOIN stations s ON s.code = r._station
"""
_PART = """
    CREATE TEMP TABLE "{ledger}" AS
    WITH own AS (
        SELECT r.* REPLACE (s.township AS _township, s.township_name AS _township_name),
               row_number() OVER (ORDER BY r._row_id) - 1 AS _number
        FROM {rows} r JOIN stations s ON s.code = r._station
    )
    SELECT o.* EXCLUDE (_number) REPLACE (o._number AS _row_id, coalesce(k._number, o._number) AS _same_as)
    FROM own o LEFT JOIN own k ON k._row_id = o._same_as ORDER BY o._number
"""
