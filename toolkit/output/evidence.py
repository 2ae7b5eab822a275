"""Which rows of the consolidated workbook stand behind a figure: station by station, and as a column to filter by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.output.bulk import MAX_ROWS
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.figure_model import Figure
from toolkit.output.sql import people_view, quoted
from toolkit.results import Results
from toolkit.roster import Station

_HEAD = 2
"""The sheet row of a ledger's first row."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows of one station behind a figure: ``rows`` are those of the sheet ``sheet`` of the consolidated workbook, ascending.

    ``people`` is None where the ledger lists no persons. ``station`` is None where the rows' station is unknown.
    """

    figure: Figure
    ledger: str
    station: Station | None
    sheet: str
    rows: tuple[int, ...]
    people: int | None


def sheet_names(results: Results, sheet_rows: int = MAX_ROWS) -> dict[str, list[str]]:
    """Return the sheets of every ledger in the consolidated workbook, in order."""
    used: set[str] = set()
    names: dict[str, list[str]] = {}
    for ledger in results.dictionary.ledgers.values():
        if ledger.id in results.rows.ledgers:
            count = results.rows.query(f"SELECT count(*) FROM {quoted(ledger.id)}")[0][0]  # noqa: S608 - a ledger's id
            pages = max(1, -(-count // sheet_rows))
            names[ledger.id] = [sheet_name(ledger.short, page, used) for page in range(1, pages + 1)]
    return names


def evidence(results: Results, figures: Sequence[Figure], sheet_rows: int = MAX_ROWS) -> Iterator[Evidence]:
    """Yield the rows behind each figure, in the roster's order of stations."""
    names = sheet_names(results, sheet_rows)
    for figure in figures:
        for basis in figure.basis:
            ledger = results.dictionary.ledgers[basis.ledger]
            if basis.ledger not in names:
                continue
            persons = ledger.person is not None
            view = people_view(results, ledger) if persons else quoted(ledger.id)
            people = "count(DISTINCT _who)" if persons else "NULL"
            found = results.rows.query(
                f"SELECT _station, _row_id // {sheet_rows}, list(_row_id % {sheet_rows} + {_HEAD} ORDER BY _row_id), {people} "  # noqa: S608
                f"FROM {view} WHERE {basis.condition} GROUP BY _station, _order, 2 ORDER BY _order, _station, 2"
            )
            for station, page, rows, count in found:
                known = results.roster.stations.get(station)
                yield Evidence(figure, basis.ledger, known, names[basis.ledger][page], tuple(rows), count)


def tags(results: Results, figures: Sequence[Figure]) -> dict[str, Mapping[int, str]]:
    """Return, ledger by ledger, row → the numbers of the year's figures that it counts in: ``Z07、Z08``."""
    found: dict[str, dict[int, list[str]]] = {}
    for figure in figures:
        for basis in figure.basis if figure.code else ():
            own = found.setdefault(basis.ledger, {})
            for (row,) in results.rows.query(f"SELECT _row_id FROM {quoted(basis.ledger)} WHERE {basis.condition}"):  # noqa: S608
                own.setdefault(row, []).append(figure.code)
    return {
        ledger: {row: "、".join(dict.fromkeys(names)) for row, names in own.items()} for ledger, own in found.items()
    }


def ranges(rows: Sequence[int], most: int = 400) -> str:
    """Return ascending row numbers as people list them: ``12–18、25``; at most so many parts."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = "、".join(f"{first}–{last}" if last > first else str(first) for first, last in runs[:most])
    return shown + ("…" if len(runs) > most else "")
