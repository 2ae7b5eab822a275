"""The outbox: letters that wait, each in one envelope, in a SQLite file of its own beside the run state.

pending → sending → sent, or back to pending, or unknown (perhaps delivered), or dead; a person may drop what waits. A letter is unique
by due date, kind, scope and recipient. It is claimed on the disk before a byte of it goes out and settled after the server's answer, so
whatever happens between is at most one letter sent twice, under one Message-ID, and none lost.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.mail import audit
from toolkit.store.database import connect, transaction

FILE = "outbox.db"
VERSION = 1
PENDING, SENDING, SENT, UNKNOWN, DEAD, DROPPED = "pending", "sending", "sent", "unknown", "dead", "dropped"
STATES = (PENDING, SENDING, SENT, UNKNOWN, DEAD, DROPPED)
WAITING = (PENDING, SENDING)
_KEEP_DAYS = 30
_TABLES = """
CREATE TABLE IF NOT EXISTS letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL, recipient TEXT NOT NULL,
    round INTEGER NOT NULL, digest TEXT NOT NULL, priority INTEGER NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, uncertain INTEGER NOT NULL DEFAULT 0, bare INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL, next_try REAL NOT NULL, settled REAL, reason TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
    attachments TEXT NOT NULL DEFAULT '', content BLOB, without BLOB, UNIQUE (due, kind, scope, recipient, round));
CREATE INDEX IF NOT EXISTS letters_waiting ON letters (state, next_try);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be queued. ``digest`` identifies what it tells, not how it looks; ``without``: the message less its attachments.

    ``content`` and ``without`` make the message for a given Message-ID.
    """

    due: str
    kind: str
    scope: str
    recipient: str
    digest: str
    priority: int
    subject: str
    attachments: str
    content: Callable[[str], bytes]
    without: Callable[[str], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the outbox as it stands. Times are seconds since the epoch."""

    id: int
    due: str
    kind: str
    scope: str
    recipient: str
    subject: str
    message_id: str
    state: str
    attempts: int
    uncertain: int
    bare: int
    created: float
    next_try: float
    settled: float | None
    reason: str
    answer: str
    attachments: str


_COLUMNS = ", ".join(Letter.__dataclass_fields__)


class Outbox:
    """The letters of a workspace."""

    def __init__(self, folder: Path, domain: str = "localhost", now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._domain = domain
        self.path = folder / FILE
        self._db = connect(self.path)
        if self._db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            self._db.executescript(_TABLES + audit.TABLES)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('workspace', ?)", (secrets.token_hex(8),))
            self._db.execute(f"PRAGMA user_version={VERSION}")
        self._workspace = self.get("workspace") or ""

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside visible at once, or not at all."""
        return transaction(self._db)

    def get(self, name: str) -> str | None:
        """Return a remembered value."""
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return row[0] if row else None

    def put(self, name: str, value: str | None) -> None:
        """Remember a value, or forget it with None."""
        if value is None:
            self._db.execute("DELETE FROM meta WHERE name=?", (name,))
        else:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def has(self, due: str, kind: str, scope: str, recipient: str) -> bool:
        """Say whether the recipient was written to about this already, whatever became of the letter."""
        sql = "SELECT 1 FROM letters WHERE due=? AND kind=? AND scope=? AND recipient=? LIMIT 1"
        return self._db.execute(sql, (due, kind, scope, recipient)).fetchone() is not None

    def told_since(self, kind: str, scope: str, recipient: str, digest: str, since: float) -> bool:
        """Say whether the recipient was told exactly this since a time, or will be."""
        sql = "SELECT 1 FROM letters WHERE kind=? AND scope=? AND recipient=? AND digest=? AND created>=? AND state NOT IN (?, ?) LIMIT 1"
        return self._db.execute(sql, (kind, scope, recipient, digest, since, DEAD, DROPPED)).fetchone() is not None

    def queue(self, drafts: Iterable[Draft], *, again: bool = False) -> int:
        """Queue letters, all or none; return how many are new. ``again`` queues those too that were queued before."""
        count = 0
        with self.transaction():
            for draft in drafts:
                count += self._queue(draft, again=again)
        return count

    def _queue(self, draft: Draft, *, again: bool) -> int:
        key = (draft.due, draft.kind, draft.scope, draft.recipient)
        last = self._db.execute(
            "SELECT max(round) FROM letters WHERE due=? AND kind=? AND scope=? AND recipient=?", key
        ).fetchone()[0]
        if last is not None and not again:
            return 0
        number = 0 if last is None else last + 1
        made = hashlib.blake2b("\x1f".join((self._workspace, *key, str(number))).encode(), digest_size=12).hexdigest()
        message_id = f"<{draft.due}.{made}@{self._domain}>"
        now = self.now()
        cursor = self._db.execute(
            "INSERT INTO letters (due, kind, scope, recipient, round, digest, priority, subject, message_id, state, created, next_try, "
            "attachments, content, without) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, number, draft.digest, draft.priority, draft.subject, message_id, PENDING, now, now, draft.attachments,
             draft.content(message_id), draft.without(message_id) if draft.without else None),
        )  # fmt: skip
        self._record("queued", int(cursor.lastrowid or 0))
        return 1

    def recover(self) -> int:
        """Take back letters whose sender died; the caller holds the lock, so whoever claimed them is gone. Return how many."""
        with self.transaction():
            orphans = [row[0] for row in self._db.execute("SELECT id FROM letters WHERE state=?", (SENDING,))]
            for letter in orphans:
                self._db.execute(
                    "UPDATE letters SET state=?, uncertain=uncertain+1, next_try=? WHERE id=?",
                    (PENDING, self.now(), letter),
                )
                self._record("waiting", letter)
        return len(orphans)

    def claim(self, kinds: Iterable[str] | None = None) -> Letter | None:
        """Take the next letter that is due, for this process alone; ``kinds``: of these only."""
        only = list(kinds) if kinds is not None else None
        condition = "" if only is None else f" AND kind IN ({', '.join('?' * len(only))})"
        sql = f"SELECT id FROM letters WHERE state=? AND next_try<=?{condition} ORDER BY priority, id LIMIT 1"  # noqa: S608
        with self.transaction():
            row = self._db.execute(sql, (PENDING, self.now(), *(only or ()))).fetchone()
            if row is None:
                return None
            self._db.execute("UPDATE letters SET state=?, attempts=attempts+1 WHERE id=?", (SENDING, row[0]))
        return self.letter(row[0])

    def content(self, letter: Letter) -> bytes:
        """Return the message as it goes out."""
        row = self._db.execute("SELECT content, without FROM letters WHERE id=?", (letter.id,)).fetchone()
        return bytes(row[1] if letter.bare and row[1] is not None else row[0])

    def can_go_bare(self, letter: Letter) -> bool:
        """Say whether there is a message without attachments still to be tried."""
        row = self._db.execute("SELECT without IS NOT NULL FROM letters WHERE id=?", (letter.id,)).fetchone()
        return bool(row[0]) and not letter.bare

    def settle(
        self, letter: Letter, state: str, *, reason: str, answer: str, next_try: float | None = None, bare: bool = False
    ) -> None:
        """Write down what became of a claimed letter."""
        now = self.now()
        final = state not in WAITING
        event = "without-attachment" if bare else "waiting" if state == PENDING else state
        with self.transaction():
            self._db.execute(
                "UPDATE letters SET state=?, reason=?, answer=?, next_try=coalesce(?, next_try), settled=?, bare=max(bare, ?), "
                "uncertain=uncertain+? WHERE id=?",
                (
                    state,
                    reason,
                    answer,
                    next_try,
                    now if final else None,
                    int(bare),
                    int(reason == "no_answer"),
                    letter.id,
                ),
            )
            self._record(event, letter.id, answer)

    def release(self, letter: Letter, reason: str, answer: str) -> None:
        """Give a claimed letter back as if it had never been tried: it was not its fault."""
        with self.transaction():
            self._db.execute(
                "UPDATE letters SET state=?, attempts=attempts-1, reason=?, answer=? WHERE id=?",
                (PENDING, reason, answer, letter.id),
            )

    def give_up(self, days: int) -> int:
        """Let letters die that have waited too long; return how many."""
        with self.transaction():
            old = [row[0] for row in self._db.execute("SELECT id FROM letters WHERE state=? AND created<?",
                                                      (PENDING, self.now() - days * 86_400))]  # fmt: skip
            for letter in old:
                self._db.execute(
                    "UPDATE letters SET state=?, settled=?, reason='expired' WHERE id=?", (DEAD, self.now(), letter)
                )
                self._record("dead", letter)
        return len(old)

    def retry(self, numbers: Iterable[int] | None = None) -> list[int]:
        """Put letters that wait, died or are unknown at the front again; None: all of them. Return which."""
        return self._move(numbers, (PENDING, UNKNOWN, DEAD), PENDING, "retried")

    def drop(self, numbers: Iterable[int] | None = None) -> list[int]:
        """Drop letters that wait, died or are unknown; None: all that wait. Return which."""
        return self._move(numbers, (PENDING,) if numbers is None else (PENDING, UNKNOWN, DEAD), DROPPED, "dropped")

    def _move(self, numbers: Iterable[int] | None, states: tuple[str, ...], to: str, event: str) -> list[int]:
        with self.transaction():
            sql = f"SELECT id FROM letters WHERE state IN ({', '.join('?' * len(states))})"  # noqa: S608
            found = [row[0] for row in self._db.execute(sql, states)]
            chosen = [one for one in found if numbers is None or one in set(numbers)]
            for letter in chosen:
                self._db.execute(
                    "UPDATE letters SET state=?, next_try=?, created=CASE WHEN ?='pending' THEN ? ELSE created END, settled=? WHERE id=?",
                    (to, self.now(), to, self.now(), None if to == PENDING else self.now(), letter),
                )
                self._record(event, letter)
        return chosen

    def forget(self) -> None:
        """Let go of the content of letters settled long ago; that they were sent stays known."""
        self._db.execute(
            "UPDATE letters SET content=NULL, without=NULL WHERE content IS NOT NULL AND state IN (?, ?) AND settled<?",
            (SENT, DROPPED, self.now() - _KEEP_DAYS * 86_400),
        )

    def letter(self, number: int) -> Letter | None:
        """Return a letter."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM letters WHERE id=?", (number,)).fetchone()  # noqa: S608 - our own columns
        return Letter(*row) if row else None

    def letters(self, states: Iterable[str] | None = None, limit: int = 1000) -> list[Letter]:
        """Return letters, the newest first."""
        wanted = tuple(states) if states is not None else STATES
        sql = f"SELECT {_COLUMNS} FROM letters WHERE state IN ({', '.join('?' * len(wanted))}) ORDER BY id DESC LIMIT ?"  # noqa: S608
        return [Letter(*row) for row in self._db.execute(sql, (*wanted, limit))]

    def counts(self) -> dict[str, int]:
        """Return how many letters are in each state."""
        found = dict(self._db.execute("SELECT state, count(*) FROM letters GROUP BY state"))
        return {state: found.get(state, 0) for state in STATES}

    def next_try(self) -> float | None:
        """Return when the first waiting letter may be tried, or None where none waits."""
        row = self._db.execute("SELECT min(next_try) FROM letters WHERE state IN (?, ?)", WAITING).fetchone()
        return row[0] if row else None

    def waits_beside(self, kind: str) -> bool:
        """Say whether a letter waits that is not of a kind."""
        row = self._db.execute("SELECT 1 FROM letters WHERE state IN (?, ?) AND kind<>? LIMIT 1", (*WAITING, kind))
        return row.fetchone() is not None

    def sent_times(self, since: float) -> list[float]:
        """Return when letters went out since a time, in order: what the limits count."""
        sql = "SELECT settled FROM letters WHERE state IN (?, ?) AND settled>=? ORDER BY settled"
        return [row[0] for row in self._db.execute(sql, (SENT, UNKNOWN, since))]

    def audit(self) -> list[tuple[str, audit.Entry]]:
        """Return who was sent what, in order."""
        return list(audit.entries(self._db))

    def audit_broken_at(self) -> int | None:
        """Return the number of the first audit entry that was tampered with, or None."""
        return audit.broken_at(self._db)

    def _record(self, event: str, number: int, answer: str = "") -> None:
        row: tuple[Any, ...] = self._db.execute(
            "SELECT due, kind, scope, recipient, message_id, CASE WHEN bare AND without IS NOT NULL THEN without ELSE content END, "
            "CASE WHEN bare THEN '' ELSE attachments END FROM letters WHERE id=?",
            (number,),
        ).fetchone()
        digest = hashlib.blake2b(row[5], digest_size=16).hexdigest() if row[5] is not None else ""
        due, kind, scope, recipient, message_id = row[:5]
        entry = audit.Entry(event, number, due, kind, scope, recipient, message_id, digest, row[6], answer)
        audit.record(self._db, entry, self.now())
