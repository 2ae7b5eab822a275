"""Who may run: one timetable, and one job at a time, in a workspace. The system lets go of a lock when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TIMETABLE, JOB = "nightly.lock", "job.lock"


class Held(Exception):  # noqa: N818 - it is no error: somebody else is at it
    """Another process holds the lock."""


@contextmanager
def holding(state: Path, name: str, seconds: float = 0) -> Iterator[None]:
    """Hold a lock of a workspace's state folder; wait for it up to ``seconds``.

    Raises:
        Held: another process has it.
        OSError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    state.mkdir(parents=True, exist_ok=True)
    lock: Any = FileLock(state / name)
    try:
        lock.acquire(timeout=seconds, poll_interval=0.05)
    except Timeout as error:
        raise Held(name) from error
    try:
        yield
    finally:
        lock.release()


def is_held(state: Path, name: str) -> bool:
    """Say whether a process holds the lock now."""
    if not (state / name).exists():
        return False
    try:
        with holding(state, name):
            return False
    except Held:
        return True
