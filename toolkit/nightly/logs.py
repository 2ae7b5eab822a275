"""A log for every run: what was started, what it said on standard error, how it ended; masked, and only the last ones are kept."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import Path

from toolkit.masking import mask_text

FOLDER = "logs"
_PREFIX = "nightly-"
_MOST_LINES = 5000


def log_path(state: Path, name: str, due: date, attempt: int) -> Path:
    """Return where the log of an attempt lies."""
    return state / FOLDER / f"{_PREFIX}{due.isoformat()}-{name}-{attempt}.log"


class RunLog:
    """The log of one attempt. Every line is masked and carries the time; ``last`` is what was said last."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._left = _MOST_LINES
        self.last = ""

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def line(self, said: str) -> None:
        """Add a line; beyond a few thousand they are only remembered as the last."""
        if not said.strip() or self._file.closed:
            return
        self.last = mask_text(said.strip())
        self._left -= 1
        if self._left < 0:
            return
        self._file.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {self.last if self._left else '…'}\n")
        self._file.flush()


def rotate(state: Path, keep: int) -> None:
    """Remove all but the ``keep`` newest logs of runs, and with them the notes of what failed."""
    logs = []
    for path in (state / FOLDER).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            logs.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(logs)[:-keep]:
        with contextlib.suppress(OSError):
            path.unlink()
