"""Backups of files that we write: a folder a file, the content, when and why it was put aside in the backup's name.

A backup carries the time of the file it was made from, so that putting it back gives back that, too.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

_CHUNK = 1 << 20
_NAME = re.compile(r"(\d+)-([0-9a-f]{64})(?:-(\d{8}T\d{6}))?(?:-(\w+))?\.bak")
_STAMP = "%Y%m%dT%H%M%S"


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
class Backup:
    """One backup: the content with this SHA-256, put aside before we wrote. ``why``: what was about to be done."""

    path: Path
    number: int
    digest: str
    made: datetime
    why: str

    @property
    def sound(self) -> bool:
        """Whether it still holds what was put aside."""
        return file_hash(self.path) == self.digest


class Backups:
    """The backups of all files under one folder.

    Args:
        folder: holds a folder for each file.
        home: files below it are known by their place in it, so that they find their backups when it is moved.
        keep: how many backups of one file stay.
    """

    def __init__(self, folder: Path, home: Path, keep: int) -> None:
        self.folder, self.home, self.keep = folder, home, keep

    def name_of(self, path: Path) -> str:
        """Return the name by which a file is known."""
        whole = path.resolve()
        try:
            return whole.relative_to(self.home).as_posix()
        except ValueError:
            return str(whole)

    def folder_of(self, path: Path) -> Path:
        """Return the folder with the backups of a file."""
        key = hashlib.sha256(self.name_of(path).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        return self.folder / key

    def hold(self, path: Path) -> FileLock:
        """Return the lock of a file, held.

        Raises:
            BlockingIOError: another process of ours is writing this file.
        """
        folder = self.folder_of(path)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise BlockingIOError(f"being written by another process: {path.name}") from error
        return lock

    def of(self, path: Path) -> list[Backup]:
        """Return the backups of a file, oldest first."""
        folder = self.folder_of(path)
        found = []
        for each in sorted(folder.glob("*.bak")) if folder.is_dir() else []:
            if named := _NAME.fullmatch(each.name):
                made = datetime.strptime(named[3], _STAMP).replace(tzinfo=UTC) if named[3] else _changed(each)
                found.append(Backup(each, int(named[1]), named[2], made, named[4] or ""))
        return found

    def put(self, path: Path, digest: str, why: str) -> None:
        """Put a file aside, unless the latest backup holds the same.

        Raises:
            BlockingIOError: somebody changed it meanwhile.
            OSError: it could not be written; nothing is left of it.
        """
        folder, present = self.folder_of(path), self.of(path)
        if present and present[-1].digest == digest:
            return
        number = present[-1].number + 1 if present else 1
        target = folder / f"{number:08d}-{digest}-{datetime.now(UTC).strftime(_STAMP)}-{why}.bak"
        temporary = folder / f"{digest}.{os.getpid()}.tmp"
        try:
            state = path.stat()
            with path.open("rb") as source, temporary.open("wb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
            if file_hash(temporary) != digest:
                raise BlockingIOError(f"changed while it was backed up: {path.name}")
            os.utime(temporary, ns=(state.st_atime_ns, state.st_mtime_ns))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(folder)
        for old in present[: max(0, len(present) + 1 - self.keep)]:
            old.path.unlink(missing_ok=True)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
