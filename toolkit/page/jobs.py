"""A run over the workspace, in a process of its own: its progress, its end, and stopping it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.masking import mask_text

_PATIENCE = 10.0
_LAST_LINES = 40
CANCELLED = 130
VANISHED = 13


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run: every file anew, only a part of them, going on although files are gone, and what to open at the end."""

    full: bool = False
    only: str = ""
    accept_vanished: bool = False
    goal: str = ""

    def words(self) -> list[str]:
        """Return it as the command line says it."""
        words = ["--full"] if self.full else []
        words += ["--accept-vanished"] if self.accept_vanished else []
        return words + ([f"--only={self.only}"] if self.only else [])


@dataclass(slots=True)
class Progress:
    """How far a run has come. ``state``: running, cancelling or ended; then ``status`` is its exit status.

    ``lines``: what it said about what went wrong; numbers of persons masked.
    """

    state: str = "running"
    step: str = ""
    total: int = 0
    done: int = 0
    seconds: float = 0.0
    status: int | None = None
    lines: list[str] = field(default_factory=list)


class Run:
    """One run of ``python -m toolkit run`` as a child process.

    Raises:
        OSError: the process could not be started.
    """

    def __init__(self, folder: Path, wanted: Wanted, lang: str) -> None:
        self.wanted = wanted
        self._progress, self._began = Progress(), time.monotonic()
        self._process = _start(["run", "-C", str(folder), "--lang", lang, *wanted.words()])
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    @property
    def progress(self) -> Progress:
        """How far it has come by now."""
        if self._progress.state != "ended":
            self._progress.seconds = time.monotonic() - self._began
        return self._progress

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._progress.state != "ended"

    def cancel(self) -> None:
        """Ask it to stop, and end it with all its children if it does not in time; returns when it has ended."""
        if not self.running:
            return
        self._progress.state = "cancelling"
        if os.name == "nt":
            _end_tree(self._process)
        else:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            _end_tree(self._process)
        self._thread.join(_PATIENCE)

    def _follow(self) -> None:
        """Read what the process says until it ends."""
        assert self._process.stderr is not None
        for raw in self._process.stderr:
            told = parse_progress(line := raw.decode("utf-8", "replace").rstrip())
            if told is not None:
                self._progress.step, self._progress.total, self._progress.done = told
            elif line:
                self._progress.lines = [*self._progress.lines, mask_text(line)][-_LAST_LINES:]
        status = self._process.wait()
        stopped = self._progress.state == "cancelling" and status not in (0, 3)
        self._progress.status = CANCELLED if stopped else status
        self._progress.seconds = time.monotonic() - self._began
        self._progress.state = "ended"


def parse_progress(line: str) -> tuple[str, int, int] | None:
    """Return (step, total, done) of a line of progress, None of any other line."""
    if not line.startswith("{"):
        return None
    try:
        told: Any = json.loads(line)
        return str(told["step"]), int(told["total"]), int(told["done"])
    except (ValueError, KeyError, TypeError):
        return None


def _start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    windows: Any = {"creationflags": 0x08000000} if os.name == "nt" else {"start_new_session": True}  # no black window
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(  # noqa: S603 - our own command; the words are options of ours and a text after "="
        [sys.executable, "-X", "utf8", "-m", "toolkit", *words, "--progress", "json"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=environment, **windows,
    )  # fmt: skip


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once: every file of ours survives that whole."""
    if os.name == "nt":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        subprocess.run(  # noqa: S603 - a program of the system, a number
            [str(system / "taskkill.exe"), "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
