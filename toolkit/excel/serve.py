"""The resident mode: where security software forbids a spreadsheet program to start others, this process waits for clicks."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from toolkit.excel.actions import OF_THE_COUNTY
from toolkit.excel.clicks import serve_click
from toolkit.excel.exchange import Request, claim, decoded, exchange_folder
from toolkit.workers.pool import prepare

_PAUSE = 0.1
_STALE = 60.0
_NO_WINDOW = 0x08000000


class AlreadyServed(Exception):  # noqa: N818 - it says what it is
    """Another process serves the clicks of this person."""


def serve(served: Callable[[Request], None], ended: Callable[[], bool] = lambda: False) -> None:
    """Serve clicks until ``ended``; ``served`` is told of each.

    Raises:
        AlreadyServed: another process does.
    """
    from filelock import FileLock, Timeout

    folder = exchange_folder()
    lock = FileLock(folder / "serve.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyServed from error
    try:
        prepare()
        _sweep(folder)
        while not ended():
            for path in sorted(folder.glob("*.req")):
                _one(path, served)
            time.sleep(_PAUSE)
    finally:
        lock.release()


def _one(path: Path, served: Callable[[Request], None]) -> None:
    """Serve one request; what takes long goes to a process of its own, so that other clicks need not wait."""
    if _action_of(path) in OF_THE_COUNTY:
        beside = path.with_suffix(".county")
        with contextlib.suppress(OSError):  # somebody else has it
            path.rename(beside)
            subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-X", "utf8", "-m", "toolkit.excel", "--request", str(beside)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
            )
            served(Request(_action_of(beside)))
        return
    request = claim(path)
    if request is not None:
        served(request)
        try:
            serve_click(request)
        finally:
            request.forget()


def _action_of(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        for line in path.read_text(encoding="ascii").split():
            key, _, codes = line.partition("=")
            if key == "action":
                return decoded(codes)
    return ""


def _sweep(folder: Path) -> None:
    """Remove what clicks of earlier days left behind: nobody waits for it any more."""
    for path in folder.iterdir():
        with contextlib.suppress(OSError):
            old = time.time() - path.stat().st_mtime > _STALE
            if old and path.suffix in (".req", ".run", ".reply", ".county", ".tmp", ".answer"):
                path.unlink()
