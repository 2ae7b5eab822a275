"""Who was sent what, and when: rows that can only be added, each holding the hash of the one before, so that a gap shows."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

TABLES = """
CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, event TEXT NOT NULL, letter INTEGER,
                                  due TEXT, kind TEXT, scope TEXT, recipient TEXT, message_id TEXT, content TEXT, attachments TEXT,
                                  answer TEXT, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit can only be added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit can only be added to'); END;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in a letter's life.

    ``event``: queued, sent, without-attachment, unknown, waiting, dead, dropped, retried. ``content`` is the hash of the message,
    ``attachments`` their names with sizes and hashes; ``answer`` what the server said, masked.
    """

    event: str
    letter: int
    due: str
    kind: str
    scope: str
    recipient: str
    message_id: str
    content: str
    attachments: str
    answer: str = ""


_COLUMNS = "event, letter, due, kind, scope, recipient, message_id, content, attachments, answer"


def record(db: sqlite3.Connection, entry: Entry, now: float) -> None:
    """Add an entry; the caller's transaction makes it one with what it tells of."""
    row = db.execute("SELECT hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    previous = row[0] if row else ""
    at = datetime.fromtimestamp(now, UTC).astimezone().isoformat(timespec="seconds")
    values = astuple(entry)
    db.execute(
        f"INSERT INTO audit (at, {_COLUMNS}, previous, hash) VALUES (?{', ?' * (len(values) + 2)})",  # noqa: S608 - our own columns
        (at, *values, previous, _hash(at, values, previous)),
    )


def _hash(at: str, values: tuple[object, ...], previous: str) -> str:
    made = json.dumps([at, *values, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(made.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def entries(db: sqlite3.Connection) -> Iterator[tuple[str, Entry]]:
    """Yield (time, entry) in order."""
    for row in db.execute(f"SELECT at, {_COLUMNS} FROM audit ORDER BY number"):  # noqa: S608 - our own columns
        yield row[0], Entry(*row[1:])


def broken_at(db: sqlite3.Connection) -> int | None:
    """Return the number of the first entry that was altered or follows a gap, or None where all is as it was written."""
    previous = ""
    expected = 1
    for number, at, *values, before, digest in db.execute(
        f"SELECT number, at, {_COLUMNS}, previous, hash FROM audit ORDER BY number"  # noqa: S608 - our own columns
    ):
        if number != expected or before != previous or digest != _hash(at, tuple(values), before):
            return int(number)
        previous, expected = digest, number + 1
    return None
