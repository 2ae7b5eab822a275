"""What the timetable has done, in the state database: every attempt at every due date, and since when each entry is known.

An attempt without an end was broken off: the process was killed, or the power failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from toolkit.store.database import connect
from toolkit.store.state import FILE

BROKEN_OFF = 137
_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (name TEXT, due TEXT, attempt INTEGER, started TEXT, finished TEXT, status INTEGER, message TEXT,
                                 PRIMARY KEY (name, due, attempt));
CREATE TABLE IF NOT EXISTS timetable (name TEXT PRIMARY KEY, entry TEXT, since TEXT);
"""
_COLUMNS = "name, due, attempt, started, finished, status, message"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a job for a due date; ``finished`` and ``status`` are None while it runs or where it was broken off."""

    name: str
    due: date
    number: int
    started: datetime
    finished: datetime | None
    status: int | None
    message: str

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.finished - self.started).total_seconds() if self.finished else None


class JobLedger:
    """The jobs of a workspace's timetable. Moments are kept as ISO dates with their offset, due dates as calendar days."""

    def __init__(self, folder: Path) -> None:
        self._db = connect(folder / FILE)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def begin(self, name: str, due: date, started: datetime) -> int:
        """Note that an attempt begins; return its number, counted from 1 for each due date."""
        sql = (
            "INSERT INTO jobs SELECT ?, ?, coalesce(max(attempt), 0) + 1, ?, NULL, NULL, '' FROM jobs"
            " WHERE name = ? AND due = ? RETURNING attempt"
        )
        row = self._db.execute(sql, (name, due.isoformat(), _text(started), name, due.isoformat())).fetchone()
        return int(row[0])

    def end(self, name: str, due: date, number: int, finished: datetime, status: int, message: str) -> None:
        """Note how an attempt ended."""
        self._db.execute(
            "UPDATE jobs SET finished = ?, status = ?, message = ? WHERE name = ? AND due = ? AND attempt = ?",
            (_text(finished), status, message, name, due.isoformat(), number),
        )

    def close_broken(self, now: datetime, message: str) -> int:
        """Give every attempt without an end the status of one that was killed; the caller knows that none is running."""
        sql = "UPDATE jobs SET finished = ?, status = ?, message = ? WHERE finished IS NULL"
        return self._db.execute(sql, (_text(now), BROKEN_OFF, message)).rowcount

    def forget_after(self, day: date) -> int:
        """Forget everything noted for due dates after ``day``: it was noted while the clock was wrong."""
        return self._db.execute("DELETE FROM jobs WHERE due > ?", (day.isoformat(),)).rowcount

    def attempts(self, name: str, due: date) -> list[Attempt]:
        """Return all attempts for a due date, the oldest first."""
        sql = f"SELECT {_COLUMNS} FROM jobs WHERE name = ? AND due = ? ORDER BY attempt"  # noqa: S608 - our own columns
        return [_attempt(row) for row in self._db.execute(sql, (name, due.isoformat()))]

    def last(self, limit: int) -> list[Attempt]:
        """Return the last attempts of all jobs, the newest first."""
        sql = f"SELECT {_COLUMNS} FROM jobs ORDER BY rowid DESC LIMIT ?"  # noqa: S608
        return [_attempt(row) for row in self._db.execute(sql, (limit,))]

    def last_of(self, name: str) -> Attempt | None:
        """Return the last attempt of a job."""
        sql = f"SELECT {_COLUMNS} FROM jobs WHERE name = ? ORDER BY rowid DESC LIMIT 1"  # noqa: S608
        row = self._db.execute(sql, (name,)).fetchone()
        return _attempt(row) if row else None

    def see(self, name: str, entry: str, now: datetime) -> datetime:
        """Return since when a job has stood in the timetable with this entry; from now on, if it is new.

        A moment still to come was noted while the clock was wrong, and becomes now.
        """
        since = self.known_since(name, entry)
        if since is not None and since <= now:
            return since
        self._db.execute("INSERT OR REPLACE INTO timetable VALUES (?, ?, ?)", (name, entry, _text(now)))
        return now

    def known_since(self, name: str, entry: str) -> datetime | None:
        """Return since when a job has stood in the timetable with this entry, or None if it has not."""
        row = self._db.execute("SELECT since FROM timetable WHERE name = ? AND entry = ?", (name, entry)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget since when jobs are known that are no longer in the timetable."""
        wanted = set(names)
        known = [row[0] for row in self._db.execute("SELECT name FROM timetable")]
        self._db.executemany("DELETE FROM timetable WHERE name = ?", [(name,) for name in known if name not in wanted])


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _attempt(row: tuple[str, str, int, str, str | None, int | None, str]) -> Attempt:
    name, due, number, started, finished, status, message = row
    end = datetime.fromisoformat(finished) if finished else None
    return Attempt(name, date.fromisoformat(due), number, datetime.fromisoformat(started), end, status, message)
