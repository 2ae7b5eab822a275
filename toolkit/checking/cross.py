"""The rules that look at all stored rows at once, and where each row they name stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from toolkit.checking.merge import SEVERITIES
from toolkit.ledgers.dictionary import Dictionary, Ledger
from toolkit.masking import mask_params
from toolkit.model import Finding, Place, Severity
from toolkit.rules import is_county_rule, rule
from toolkit.rules.base import County, CountyHit, StationHit

PROVENANCE = ("_file", "_sheet", "_table", "_row", "_station", "_key")
Columns = Mapping[tuple[str, int], Mapping[str, int]]
"""(file, number of the table in it) → field → physical column."""


def county_rules(dictionary: Dictionary) -> list[tuple[Ledger, str, Mapping[str, Any]]]:
    """Return every rule of every ledger that looks at the whole county, with its settings."""
    return [
        (ledger, spec.rule, spec.settings)
        for ledger in dictionary.ledgers.values()
        for spec in ledger.rules
        if is_county_rule(spec.rule)
    ]


def cross_findings(
    county: County, tables: Mapping[str, Any], columns: Columns, dictionary: Dictionary, done: Callable[[], Any] = lambda: None
) -> Iterator[Finding]:
    """Yield what the county's rules find. ``tables``: ledger → its rows in the order of ``_row_id``; ``done``: called after each rule."""
    places = _Places(columns, tables)
    for ledger, name, settings in county_rules(dictionary):
        yield from _findings(county, ledger, name, settings, dictionary, places)
        done()


def _findings(
    county: County, ledger: Ledger, name: str, settings: Mapping[str, Any], dictionary: Dictionary, places: _Places
) -> Iterable[Finding]:
    given = {**settings, "own": ledger.id}
    if other := dictionary.ledgers.get(settings.get("ledger", "")):
        given["ledger_name"] = other.short
    try:
        hits = list(rule(name).check_county(county, given))
    except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others, nor be blamed on the data
        params = mask_params({"rule": f"{ledger.id}/{name}", "reason": f"{type(error).__name__}: {error}"[:120]})
        return [Finding("E901", Severity.ERROR, Place(), params, ledger.id, key=f"{ledger.id}/{name}")]
    return [_station_finding(ledger, hit) if isinstance(hit, StationHit) else places.finding(hit) for hit in hits]


def _station_finding(ledger: Ledger, hit: StationHit) -> Finding:
    severity = SEVERITIES[hit.code[0]]
    return Finding(hit.code, severity, Place(hit.station), mask_params(hit.params), ledger.id, key=hit.record)


class _Places:
    """Knows where every stored row and field stands."""

    def __init__(self, columns: Columns, tables: Mapping[str, Any]) -> None:
        self._columns, self._tables = columns, tables
        self._rows: dict[str, dict[str, list[Any]]] = {}

    def _column(self, ledger: str, name: str) -> list[Any]:
        columns = self._rows.setdefault(ledger, {})
        if name not in columns:
            columns[name] = self._tables[ledger][name].to_pylist()
        return columns[name]

    def place(self, ledger: str, row: int, field_name: str) -> Place:
        """Return the physical place of a field of a stored row."""
        file, sheet, table, number, station, _ = (self._column(ledger, name)[row] for name in PROVENANCE)
        return Place(station or None, file, sheet, number, self._columns.get((file, table), {}).get(field_name))

    def finding(self, hit: CountyHit) -> Finding:
        """Return the finding that a county rule's hit means."""
        value = self._column(hit.ledger, hit.field)[hit.row] if hit.field else None
        related = tuple(self.place(ledger, row, name) for ledger, row, name in hit.related[:5])
        return Finding(
            hit.code, SEVERITIES[hit.code[0]], self.place(hit.ledger, hit.row, hit.field), mask_params(hit.params), hit.ledger,
            hit.field, None if value is None else str(value), related=related, key=self._column(hit.ledger, "_key")[hit.row] or str(hit.row),
        )  # fmt: skip
