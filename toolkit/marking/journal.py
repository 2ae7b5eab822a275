"""The journal of writes into stations' files: what was meant, what was done, and backups."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

_CHUNK = 1 << 20
_POLL = 0.005
_LONGEST = 8 << 20


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut, where the system offers that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some network file systems cannot sync a folder; the file itself has been synced
        pass
    finally:
        os.close(handle)


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
        folder: holds ``marks.jsonl`` (only appended to, set aside once it is long) and ``backups/``.
        keep: how many backups of one file stay, at least two: restoring one makes another.
    """

    def __init__(self, folder: Path, keep: int = 5) -> None:
        self.folder = folder
        self.keep = max(2, keep)
        self._file = folder / "marks.jsonl"
        self._backups = folder / "backups"
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

    def begin(self, path: Path, temporary: Path, before: str) -> Entry:
        """Note that a file is about to be written, and put a backup of it aside.

        Raises:
            BlockingIOError: another process of ours is writing this file, or somebody changed it.
        """
        number = uuid.uuid4().hex
        entry = Entry(self, number, self._hold(path))
        try:
            self.append(
                {
                    "step": "intent",
                    "number": number,
                    "path": str(path),
                    "temporary": str(temporary),
                    "before": before,
                }
            )
            self._back_up(path, before)
        except BaseException:
            with contextlib.suppress(OSError):
                entry.end("given-up")
            raise
        return entry

    def _hold(self, path: Path) -> FileLock:
        folder = self._folder_of(path)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise BlockingIOError(f"being written by another process: {path.name}") from error
        return lock

    def _folder_of(self, path: Path) -> Path:
        key = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self._backups / key

    def backups(self, path: Path) -> list[Path]:
        """Return the backups of a file, oldest first."""
        folder = self._folder_of(path)
        return sorted(folder.glob("*-*.bak")) if folder.is_dir() else []

    def _back_up(self, path: Path, digest: str) -> None:
        folder = self._folder_of(path)
        present = self.backups(path)
        if present and present[-1].stem.partition("-")[2] == digest:
            return
        number = int(present[-1].name.partition("-")[0]) + 1 if present else 1
        target = folder / f"{number:08d}-{digest}.bak"
        temporary = folder / f"{digest}.{os.getpid()}.tmp"
        with path.open("rb") as source, temporary.open("wb") as copy:
            shutil.copyfileobj(source, copy, _CHUNK)
            copy.flush()
            os.fsync(copy.fileno())
        if file_hash(temporary) != digest:
            temporary.unlink()
            raise BlockingIOError(f"changed while it was backed up: {path.name}")
        temporary.replace(target)
        sync_folder(folder)
        for old in present[: max(0, len(present) + 1 - self.keep)]:
            old.unlink(missing_ok=True)

    def open_intents(self) -> dict[str, Intent]:
        """Return the writes that were announced and never ended, by number."""
        found: dict[str, Intent] = {}
        for entry in self._entries():
            number, step = entry.get("number", ""), entry.get("step")
            if step == "intent":
                found[number] = Intent(Path(entry["path"]), Path(entry["temporary"]), entry["before"])
            elif step == "ready" and number in found:
                found[number] = replace(found[number], after=entry["after"])
            elif step != "ready":
                found.pop(number, None)
        return found

    def _entries(self) -> Iterator[dict[str, str]]:
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            for line in file:
                try:
                    entry = json.loads(line.decode("utf-8", "surrogatepass"))
                except ValueError:  # torn by a crash: the write it announced never began
                    continue
                if isinstance(entry, dict):
                    yield entry

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
                self._file.replace(self._file.with_suffix(".old.jsonl"))
        return found

    def _settle(self, number: str, intent: Intent) -> str:
        with self._hold(intent.path):
            intent.temporary.unlink(missing_ok=True)
            for stale in self._folder_of(intent.path).glob("*.tmp"):
                stale.unlink(missing_ok=True)
            gone = intent.path.parent.is_dir() and not intent.path.exists()
            now = "gone" if gone else file_hash(intent.path)
            outcome = {intent.after: "done", intent.before: "rolled-back"}.get(now, "changed-since")
            Entry(self, number).end(outcome)
        return outcome

    def restore(self, path: Path) -> bool:
        """Put back the backup from before the last write; say whether there was one.

        What the file holds now is backed up in its turn, so restoring twice comes back to it.

        Raises:
            BlockingIOError: somebody has the file open.
        """
        from toolkit.marking.replace import Replacement

        path = path.resolve()
        present = self.backups(path)
        if not present:
            return False
        backup = present[-1]
        digest = backup.stem.partition("-")[2]
        if file_hash(backup) != digest:
            return False
        with Replacement(path, self) as replacement:
            with backup.open("rb") as source:
                shutil.copyfileobj(source, replacement.file, _CHUNK)
            return replacement.commit()
