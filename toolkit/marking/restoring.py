"""Put a backup back, saying what that does: which one, and whether somebody has changed the file since we wrote it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.marking.backups import Backup, file_hash
from toolkit.marking.journal import Journal
from toolkit.marking.locks import lock_of
from toolkit.marking.members import Refusal
from toolkit.marking.replace import Replacement, times_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did.

    ``status``: done, none (no sound backup that differs from the file), in-use, or refused with a ``reason`` of the catalogue.
    ``owner``, ``lock``: who has it open, and the lock file that says so.
    ``changed_since``: the file was no longer what we had written last; what it held is now a backup like any other.
    """

    status: str
    backup: Backup | None = None
    changed_since: bool = False
    reason: str = ""
    owner: str = ""
    lock: str = ""


def backups_of(path: Path, journals: Sequence[Journal]) -> list[tuple[Backup, Journal]]:
    """Return the backups of a file in several journals, the newest first."""
    found = [(backup, journal) for journal in journals for backup in journal.backups(path)]
    return sorted(found, key=lambda item: (item[0].made, item[0].number), reverse=True)


def restore(path: Path, journals: Sequence[Journal], number: int | None = None) -> Restored:
    """Put back the newest backup that differs from what the file holds, or the ``number``-th newest (1: the newest).

    What the file holds now is backed up in its turn, so restoring twice comes back to it.

    Raises:
        OSError: something could not be read or written; the file is as it was.
    """
    path = path.absolute().resolve()
    lock = lock_of(path)
    if lock is not None and lock.holds:
        return Restored("in-use", owner=lock.owner, lock=lock.path.name)
    now = file_hash(path) if path.exists() else ""
    present = backups_of(path, journals)
    chosen = present if number is None else present[number - 1 : number] if number > 0 else []
    for backup, journal in chosen:
        if backup.digest != now and backup.sound:
            return _put_back(path, now, backup, journal, [each for each, _ in present])
    return Restored("none")


def _put_back(path: Path, now: str, backup: Backup, journal: Journal, known: list[Backup]) -> Restored:
    written = journal.last_written(path)
    changed = bool(now) and written is not None and now not in {written, *(each.digest for each in known)}
    try:
        with Replacement(path, journal, now or None, why="restore", times=times_of(backup.path)) as replacement:
            with backup.path.open("rb") as source:
                shutil.copyfileobj(source, replacement.file, _CHUNK)
            replacement.commit()
    except Refusal as refusal:
        return Restored("refused", backup, changed, refusal.code)
    except BlockingIOError:
        return Restored("in-use", backup, changed)
    return Restored("done", backup, changed)
