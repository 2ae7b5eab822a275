"""Whether somebody has a workbook open: what the lock file beside it says, and when that is no longer believed.

Excel, WPS and LibreOffice lay a lock file beside a workbook and forget it when they crash. One that is older than a day counts only
while the file itself cannot be opened for writing; otherwise it is left where it is, named to whoever asked, and passed over.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

STALE_AFTER = 86_400.0
"""The age in seconds from which a lock file alone proves nothing."""

_MOST = 4_096
_NAME_AT, _UTF16_AT = 1, 54


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: where it lies, whose it is (may be empty), since when (seconds), and whether it is believed."""

    path: Path
    owner: str
    since: float
    holds: bool


def lock_of(path: Path) -> Lock | None:
    """Return the lock file beside a workbook, or beside what a link leads to; one that holds before one that is stale."""
    found = []
    for place in dict.fromkeys((path, _resolved(path))):
        for name in (f"~${place.name}", f".~{place.name}", f".~lock.{place.name}#"):
            lock = place.with_name(name)
            with contextlib.suppress(OSError):  # there is none, or no file can have so long a name
                found.append(Lock(lock, _owner(lock), lock.stat().st_mtime, _holds(lock, place)))
    return min(found, key=lambda lock: not lock.holds, default=None)


def is_open_elsewhere(path: Path) -> bool:
    """Say whether a lock file beside the file says that somebody has it open, and is to be believed."""
    lock = lock_of(path)
    return lock is not None and lock.holds


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except OSError:
        return path


def _holds(lock: Path, workbook: Path) -> bool:
    return time.time() - lock.stat().st_mtime < STALE_AFTER or not _can_be_written(workbook)


def _can_be_written(path: Path) -> bool:
    """Say whether nobody keeps us from writing: Windows and file servers refuse while somebody else has the file open."""
    try:
        with path.open("r+b") as file:
            return _unlocked(file.fileno())
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _unlocked(handle: int) -> bool:
    if os.name == "nt":
        return True
    import fcntl

    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(handle, fcntl.LOCK_UN)
    except OSError:
        return False
    return True


def _owner(lock: Path) -> str:
    """Return the name in a lock file: LibreOffice writes ``,name,host,…``, Excel and WPS two fields of fixed places."""
    with lock.open("rb") as file:
        data = file.read(_MOST)
    if lock.name.endswith("#"):
        fields = data.decode("utf-8", "replace").split(",")
        return next((field.strip() for field in fields[:3] if field.strip()), "")
    if len(data) > _UTF16_AT + 2:
        length = int.from_bytes(data[_UTF16_AT : _UTF16_AT + 2], "little")
        wide = data[_UTF16_AT + 2 : _UTF16_AT + 2 + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
        if 0 < length < _UTF16_AT and wide:
            return wide
    narrow = data[_NAME_AT : _NAME_AT + data[0]] if data else b""
    return narrow.decode("gb18030", "replace").strip("\0 ")
