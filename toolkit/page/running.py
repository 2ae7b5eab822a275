"""The one page of a person and a workspace: a second opening finds the first by its state file and goes on there.

The page holds a lock of the system as long as it lives, so that a state file left by a page that was killed is known for what it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolkit.config import FILE

PREFIX = "taizhang-page-"
_PATIENCE = 15.0


class NoAnswer(Exception):  # noqa: N818 - what happened, said to a person
    """There is a page, and it does not answer; ``pid`` is its process, 0 where it is not known."""

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self.pid = pid


@dataclass(frozen=True, slots=True)
class Running:
    """Where a page listens, the key that other processes of the same person show it, and its private folder."""

    pid: int
    port: int
    key: str
    private: str


class Place:
    """Where the page of a workspace is noted: a lock and a state file, for this person only."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock
        from platformdirs import user_state_path

        home = user_state_path("taizhang", appauthor=False)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = str(folder.resolve()) if (folder / FILE).is_file() else ""
        name = hashlib.blake2b(known.encode(), digest_size=6).hexdigest() if known else "alone"
        self._state = home / f"page-{name}.json"
        self._lock: Any = FileLock(home / f"page-{name}.lock", mode=0o600)

    def take(self) -> bool:
        """Become the page of this place; False where another is. What a page that was killed left behind is swept."""
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        if (left := self.read()) is not None:
            _sweep(Path(left.private))
        self._state.unlink(missing_ok=True)
        return True

    def note(self, running: Running) -> None:
        """Say where the page is."""
        partial = self._state.with_suffix(".tmp")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(running), file)
        partial.replace(self._state)

    def read(self) -> Running | None:
        """Return what the state file says, None where there is none that can be read."""
        try:
            return Running(**json.loads(self._state.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def leave(self) -> None:
        """Be the page no longer."""
        self._state.unlink(missing_ok=True)
        self._lock.release()

    def hand_over(self, paths: Sequence[Path], lang: str) -> tuple[Running, str]:
        """Have the running page take files; return it and a ticket.

        Raises:
            NoAnswer: it did not answer.
        """
        until = time.monotonic() + _PATIENCE
        running: Running | None = None
        while time.monotonic() < until:
            running = self.read()
            if running is not None:
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError):
                    return running, _open(running, paths, lang)
            time.sleep(0.1)
        raise NoAnswer(running.pid if running else 0)


def _open(running: Running, paths: Sequence[Path], lang: str) -> str:
    """Ask a page to take files and to give out a ticket."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=_PATIENCE)
    try:
        host = f"127.0.0.1:{running.port}"
        headers = {
            "Authorization": f"Bearer {running.key}",
            "Origin": f"http://{host}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"paths": [str(path.absolute()) for path in paths], "lang": lang})
        connection.request("POST", "/control/open", body.encode(), headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise http.client.HTTPException(answer.status)
        return str(json.loads(answer.read())["ticket"])
    finally:
        connection.close()


def _sweep(private: Path) -> None:
    """Remove the private folder of a page that was killed, if it is one of ours where ours are made."""
    if private.name.startswith(PREFIX) and private.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(private, ignore_errors=True)
