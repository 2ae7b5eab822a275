"""The stations of a report, as the console lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from toolkit.excel.desk import Desk

_SENT = ("reported", "late", "zero")


def county_figures(desk: Desk, report: Mapping[str, Any]) -> None:
    """Show the totals on the console."""
    desk.console.figures(report["totals"])


def list_stations(desk: Desk, report: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """List the stations on the console; return those that have not sent everything, with what is missing."""
    ledgers = desk.dictionary.ledgers
    found = Counter((finding["station"], finding["severity"]) for finding in report["findings"])
    by_station: dict[str, list[Mapping[str, Any]]] = {}
    for entry in report["stations"]:
        by_station.setdefault(entry["station"], []).append(entry)
    rows, incomplete = [], []
    for code, entries in by_station.items():
        name = entries[0].get("name", code)
        missing = [_short(ledgers, entry["ledger"]) for entry in entries if entry["status"] not in _SENT]
        sent = len(entries) - len(missing)
        state = "all" if not missing else "part" if sent else "none"
        shown = desk.say(f"stations.{state}")
        rows.append([name, shown, len(entries), sent, "、".join(missing), found[code, "error"], found[code, "warning"]])
        if missing:
            incomplete.append((name, missing))
    desk.console.stations(rows)
    return incomplete


def _short(ledgers: Mapping[str, Any], ledger: str) -> str:
    return str(ledgers[ledger].short) if ledger in ledgers else ledger
