"""The rules that look at all stored rows at once, and where each row they name stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from toolkit.checking.merge import SEVERITIES
from toolkit.ledgers.dictionary import Dictionary, Ledger
from toolkit.masking import mask_params
from toolkit.model import Finding, Place, Severity
from toolkit.rules import is_county_rule, rule
from toolkit.rules.base import County, CountyHit, RowRef, StationHit

PROVENANCE = ("_file", "_sheet", "_table", "_row", "_station", "_key", "_station_name")
_RELATED = 5
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
    county: County, columns: Columns, dictionary: Dictionary, done: Callable[[], Any] = lambda: None
) -> Iterator[Finding]:
    """Yield what the county's rules find; ``done`` is called after each rule."""
    for ledger, name, settings in county_rules(dictionary):
        yield from _findings(county, ledger, name, settings, dictionary, columns)
        done()


def _findings(
    county: County, ledger: Ledger, name: str, settings: Mapping[str, Any], dictionary: Dictionary, columns: Columns
) -> Iterable[Finding]:
    given = {**settings, "own": ledger.id}
    if other := dictionary.ledgers.get(settings.get("ledger", "")):
        given["ledger_name"] = other.short
    try:
        hits = list(rule(name).check_county(county, given))
    except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others, nor be blamed on the data
        params = mask_params({"rule": f"{ledger.id}/{name}", "reason": f"{type(error).__name__}: {error}"[:120]})
        return [Finding("E901", Severity.ERROR, Place(), params, ledger.id, key=f"{ledger.id}/{name}")]
    places = _Places(county, columns, hits)
    return [_station_finding(ledger, hit) if isinstance(hit, StationHit) else places.finding(hit) for hit in hits]


def _station_finding(ledger: Ledger, hit: StationHit) -> Finding:
    severity = SEVERITIES[hit.code[0]]
    return Finding(hit.code, severity, Place(hit.station), mask_params(hit.params), ledger.id, key=hit.record)


class _Places:
    """Knows where every row stands that some hits name, and what their fields hold; asked of the store once a ledger."""

    def __init__(self, county: County, columns: Columns, hits: Iterable[CountyHit | StationHit]) -> None:
        self._columns = columns
        self._rows: dict[tuple[str, int], tuple[Any, ...]] = {}
        self._values: dict[tuple[str, int, str], Any] = {}
        wanted: dict[str, set[int]] = {}
        fields: dict[tuple[str, str], set[int]] = {}
        for hit in hits:
            if isinstance(hit, CountyHit):
                refs = [ref for ref in hit.params.values() if isinstance(ref, RowRef)]
                for ledger, row in ((hit.ledger, hit.row), *((ledger, row) for ledger, row, _ in hit.related[:_RELATED]), *refs):
                    wanted.setdefault(ledger, set()).add(row)
                fields.setdefault((hit.ledger, hit.field), set()).add(hit.row)
        for ledger, rows in wanted.items():
            for number, *place in county.rows(ledger, rows, PROVENANCE):
                self._rows[ledger, number] = tuple(place)
        for (ledger, name), rows in fields.items():
            for number, value in county.rows(ledger, rows, (name,)):
                self._values[ledger, number, name] = value

    def _place(self, ledger: str, row: int, field_name: str) -> Place:
        file, sheet, table, number, station, _, _ = self._rows[ledger, row]
        return Place(station or None, file, sheet, number, self._columns.get((file, table), {}).get(field_name))

    def _told(self, value: Any) -> Any:
        """Return a parameter with a row put into words."""
        if not isinstance(value, RowRef):
            return value
        file, sheet, _, number, _, _, station = self._rows[value]
        return f"{station or str(file).rpartition('/')[2]}（{sheet}!{number}）"

    def finding(self, hit: CountyHit) -> Finding:
        """Return the finding that a county rule's hit means."""
        value = self._values[hit.ledger, hit.row, hit.field]
        related = tuple(self._place(ledger, row, name) for ledger, row, name in hit.related[:_RELATED])
        params = mask_params({name: self._told(param) for name, param in hit.params.items()})
        return Finding(
            hit.code, SEVERITIES[hit.code[0]], self._place(hit.ledger, hit.row, hit.field), params, hit.ledger, hit.field,
            None if value is None else str(value), related=related, key=self._rows[hit.ledger, hit.row][5] or str(hit.row),
        )  # fmt: skip
