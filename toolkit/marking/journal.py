"""The journal of writes into stations' files: what was meant, what was done, and backups."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from toolkit.marking.backups import Backup, Backups, file_hash

_POLL = 0.005
_LONGEST = 8 << 20


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that was announced: ``before`` and ``after`` are hashes of the file, ``after`` once known."""

    path: Path
    temporary: Path
    before: str
    after: str = ""


class Entry:
    """The journal's side of one write, from its announcement to its end."""

    def __init__(self, journal: Journal, number: str, lock: FileLock | None = None) -> None:
        self._journal, self._number, self._lock = journal, number, lock

    def ready(self, after: str) -> None:
        """Note the hash of the new content just before it takes the file's place."""
        self._journal.append({"step": "ready", "number": self._number, "after": after})

    def end(self, outcome: str) -> None:
        """Note how it ended: ``done`` or ``given-up``."""
        try:
            self._journal.append({"step": outcome, "number": self._number})
        finally:
            if self._lock is not None:
                self._lock.release()


class Journal:
    """Journal and backups in one folder, e.g. ``workbooks/.state``.

    Args:
        folder: holds ``marks.jsonl`` (only appended to, set aside once it is long) and ``backups/``. Files below the folder two
            above it (the workspace) are known by their place there, so that a workspace may be moved.
        keep: how many backups of one file stay, at least two: restoring one makes another.
    """

    def __init__(self, folder: Path, keep: int = 5) -> None:
        self.folder = folder
        self._file = folder / "marks.jsonl"
        self._home = folder.absolute().resolve().parent.parent
        self._backups = Backups(folder / "backups", self._home, max(2, keep))
        self._lock = FileLock(folder / "marks.lock")

    def append(self, entry: dict[str, str]) -> None:
        """Add one line; it is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        with self._lock.acquire(poll_interval=_POLL), self._file.open("ab+") as file:
            torn = file.seek(0, 2) and file.seek(-1, 2) is not None and file.read(1) != b"\n"
            file.write((b"\n" if torn else b"") + line.encode("utf-8", "surrogatepass"))
            file.flush()
            os.fsync(file.fileno())

    def begin(self, path: Path, temporary: Path, before: str, why: str = "mark") -> Entry:
        """Note that a file is about to be written, and why, and put a backup of it aside.

        Raises:
            BlockingIOError: another process of ours is writing this file, or somebody changed it.
            OSError: journal or backup could not be written.
        """
        number = uuid.uuid4().hex
        entry = Entry(self, number, self._backups.hold(path))
        try:
            self.append(
                {
                    "step": "intent",
                    "number": number,
                    "path": self._backups.name_of(path),
                    "temporary": temporary.name,
                    "before": before,
                    "why": why,
                }
            )
            self._backups.put(path, before, why)
        except BaseException:
            with contextlib.suppress(OSError):
                entry.end("given-up")
            raise
        return entry

    def backups(self, path: Path) -> list[Backup]:
        """Return the backups of a file, oldest first."""
        return self._backups.of(path)

    def open_intents(self) -> dict[str, Intent]:
        """Return the writes that were announced and never ended, by number."""
        return {number: intent for number, (intent, outcome) in self._writes().items() if not outcome}

    def last_written(self, path: Path) -> str | None:
        """Return the hash of what we last wrote into a file, or None where that is not known."""
        name, last = self._backups.name_of(path), None
        for intent, outcome in self._writes(aside=True).values():
            if outcome == "done" and intent.after and self._backups.name_of(intent.path) == name:
                last = intent.after
        return last

    def _writes(self, *, aside: bool = False) -> dict[str, tuple[Intent, str]]:
        """Return every write with how it ended (empty: not yet), by number; ``aside``: those of the file set aside as well."""
        found: dict[str, tuple[Intent, str]] = {}
        files = ([self._aside] if aside else []) + [self._file]
        for entry in (each for file in files for each in _entries(file)):
            number, step = entry.get("number", ""), entry.get("step", "")
            if step == "intent":
                path = self._home / entry["path"]
                found[number] = (Intent(path, path.parent / entry["temporary"], entry["before"]), "")
            elif number in found:
                intent, outcome = found[number]
                found[number] = (replace(intent, after=entry["after"]), outcome) if step == "ready" else (intent, step)
        return found

    @property
    def _aside(self) -> Path:
        return self._file.with_suffix(".old.jsonl")

    def recover(self) -> list[tuple[Path, str]]:
        """Clear up after a run that was cut off: each file is ``done``, ``rolled-back`` or ``changed-since``.

        A file is replaced in one step, so it is as before or as after; what may be left is a temporary file.
        """
        found = []
        for number, intent in self.open_intents().items():
            try:
                outcome = self._settle(number, intent)
            except OSError:  # the share is away, or the file is being written right now: it stays open
                continue
            found.append((intent.path, outcome))
        if self._file.exists() and self._file.stat().st_size > _LONGEST and not self.open_intents():
            with self._lock.acquire(poll_interval=_POLL):
                self._file.replace(self._aside)
        return found

    def _settle(self, number: str, intent: Intent) -> str:
        with self._backups.hold(intent.path):
            intent.temporary.unlink(missing_ok=True)
            for stale in self._backups.folder_of(intent.path).glob("*.tmp"):
                stale.unlink(missing_ok=True)
            gone = intent.path.parent.is_dir() and not intent.path.exists()
            now = "gone" if gone else file_hash(intent.path)
            outcome = {intent.after: "done", intent.before: "rolled-back"}.get(now, "changed-since")
            Entry(self, number).end(outcome)
        return outcome


def _entries(file: Path) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    with file.open("rb") as stream:
        for line in stream:
            try:
                entry = json.loads(line.decode("utf-8", "surrogatepass"))
            except ValueError:  # torn by a crash: the write it announced never began
                continue
            if isinstance(entry, dict):
                yield entry
