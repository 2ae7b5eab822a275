"""Run state in SQLite: what each file held when it was last read, the history of findings, the runs.

Everything that belongs to one run becomes visible in one transaction, the pointer to its rows included.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.model import Finding, Place, Severity
from toolkit.store.database import connect, transaction

FILE = "state.db"
"""The file in a workspace's state folder."""
VERSION = 1
PERIODS = 6
"""How many reporting periods are remembered."""
_TABLES = """
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, hash TEXT, sent_ns INTEGER, version TEXT,
                                  result TEXT);
CREATE TABLE IF NOT EXISTS findings (id TEXT PRIMARY KEY, since TEXT, state TEXT, code TEXT, station TEXT);
CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, started TEXT, finished TEXT, status INTEGER, totals TEXT);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the last run left it. ``sent_ns``: when the station last changed it (our own marking does not count)."""

    path: str
    size: int
    mtime_ns: int
    hash: str
    sent_ns: int
    version: str
    result: dict[str, Any]


class State:
    """The state database of a workspace."""

    def __init__(self, folder: Path) -> None:
        self._db = connect(folder / FILE)
        if self._db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            self._db.executescript(_TABLES)
            self._db.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside visible at once, or not at all."""
        return transaction(self._db)

    def files(self) -> dict[str, KnownFile]:
        """Return every known file by path."""
        rows = self._db.execute("SELECT path, size, mtime_ns, hash, sent_ns, version, result FROM files")
        return {row[0]: KnownFile(row[0], row[1], row[2], row[3], row[4], row[5], json.loads(row[6])) for row in rows}

    def fingerprints(self) -> dict[str, tuple[str, int, int, str]]:
        """Return (path, size, mtime_ns, hash) of every known file by path, without what it held."""
        return {row[0]: row for row in self._db.execute("SELECT path, size, mtime_ns, hash FROM files")}

    def originals(self) -> dict[str, str]:
        """Return content hash → the hash the same file had before our marks came in."""
        sql = "SELECT hash, json_extract(result, '$.original') FROM files WHERE json_extract(result, '$.original') IS NOT NULL"
        return dict(self._db.execute(sql).fetchall())

    def copies(self) -> list[tuple[str, str, list[int]]]:
        """Return (path, kind, [size, mtime_ns]) of every file of which a marked copy was written."""
        sql = (
            "SELECT path, json_extract(result, '$.kind'), json_extract(result, '$.copy') FROM files"
            " WHERE json_extract(result, '$.copy') IS NOT NULL"
        )
        return [(path, kind, json.loads(written)) for path, kind, written in self._db.execute(sql)]

    def put_files(self, files: Iterable[KnownFile]) -> None:
        """Remember files."""
        self._db.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (f.path, f.size, f.mtime_ns, f.hash, f.sent_ns, f.version, json.dumps(f.result, ensure_ascii=False))
                for f in files
            ],
        )

    def forget_files(self, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._db.executemany("DELETE FROM files WHERE path=?", [(path,) for path in paths])

    def findings(self) -> dict[str, tuple[str, str]]:
        """Return id → (first day, state) of every finding ever seen."""
        return {row[0]: (row[1], row[2]) for row in self._db.execute("SELECT id, since, state FROM findings")}

    def put_findings(self, rows: Iterable[tuple[str, str, str, str, str]]) -> None:
        """Remember (id, since, state, code, station) of findings."""
        self._db.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?)", list(rows))

    def get(self, name: str) -> str | None:
        """Return a remembered value."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return row[0] if row else None

    def put(self, name: str, value: str) -> None:
        """Remember a value."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def partitions(self) -> dict[tuple[str, str], int]:
        """Return (ledger, partition) → size in bytes of every partition of the current generation."""
        return {(ledger, part): size for ledger, part, size in json.loads(self.get("partitions") or "[]")}

    def put_partitions(self, sizes: Mapping[tuple[str, str], int]) -> None:
        """Remember the partitions of the current generation."""
        self.put("partitions", json.dumps([[*key, size] for key, size in sizes.items()]))

    def periods(self) -> dict[str, str]:
        """Return ``<first day>_<last day>`` of each reporting period → the last generation of rows that was made for it."""
        found: dict[str, str] = json.loads(self.get("periods") or "{}")
        return found

    def put_period(self, period: tuple[date, date], generation: str) -> None:
        """Remember the last generation of a period; only the latest periods are."""
        periods = self.periods() | {f"{period[0].isoformat()}_{period[1].isoformat()}": generation}
        latest = sorted(periods, key=lambda name: name.partition("_")[2])[-PERIODS:]
        self.put("periods", json.dumps({name: periods[name] for name in latest}))

    def period_before(self, day: date) -> str | None:
        """Return the last generation of the latest period that was over before a day."""
        over = [
            (end, generation)
            for name, generation in self.periods().items()
            if (end := name.partition("_")[2]) < day.isoformat()
        ]
        return max(over)[1] if over else None

    def put_run(self, run: str, started: str, finished: str, status: int, totals: Mapping[str, Any]) -> None:
        """Record a run."""
        self._db.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", (run, started, finished, status, json.dumps(totals))
        )

    def end_of_period_before(self, day: date) -> dict[str, Any]:
        """Return the totals of the last run of the latest period that was over before a day; empty where there was none."""
        sql = "SELECT totals FROM runs WHERE json_extract(totals, '$.until') < ? ORDER BY json_extract(totals, '$.until') DESC, started DESC"
        row = self._db.execute(f"{sql} LIMIT 1", (day.isoformat(),)).fetchone()
        found: dict[str, Any] = json.loads(row[0]) if row else {}
        return found

    def runs(self, limit: int = 10) -> list[tuple[str, str, str, int, dict[str, Any]]]:
        """Return the last runs, the newest first."""
        rows = self._db.execute(
            "SELECT id, started, finished, status, totals FROM runs ORDER BY started DESC LIMIT ?", (limit,)
        )
        return [(*row[:4], json.loads(row[4])) for row in rows]

    def run_before(self, run: str) -> dict[str, Any]:
        """Return the totals of the run before the one named; nothing where it was the first."""
        row = self._db.execute("SELECT totals FROM runs WHERE id < ? ORDER BY id DESC LIMIT 1", (run,)).fetchone()
        return dict(json.loads(row[0])) if row else {}


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    data: dict[str, Any] = {"code": finding.code, "place": _place(finding.place)}
    for name in ("params", "ledger", "field", "value", "suggestion", "safe", "key"):
        if value := getattr(finding, name):
            data[name] = value
    if finding.related:
        data["related"] = [_place(place) for place in finding.related]
    return data


def _place(place: Place) -> list[Any]:
    return [place.station, place.file, place.sheet, place.row, place.column]


_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}


def finding_from_dict(data: Mapping[str, Any]) -> Finding:
    """Return the finding that :func:`finding_to_dict` wrote."""
    return Finding(
        data["code"], _SEVERITIES[data["code"][0]], Place(*data["place"]), data.get("params", {}), data.get("ledger"), data.get("field"),
        data.get("value"), data.get("suggestion"), data.get("safe", False), tuple(Place(*place) for place in data.get("related", ())),
        data.get("key", ""),
    )  # fmt: skip
