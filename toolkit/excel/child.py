"""Run a command of the toolkit in a process of its own: its progress is shown, and Stop ends it in good order."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from toolkit.excel.desk import Desk
from toolkit.messages import text

_LOOK = 0.1
_SHOW = 0.4
_END_WITHIN = 20.0
_FAULT = 70
_SHORT = 300
_NO_WINDOW = 0x08000000


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended: its exit status, its result, and what it said about why there is none."""

    status: int
    result: Any
    sentences: list[str]


def run_command(desk: Desk, words: Sequence[str], doing: str) -> Finished:
    """Run ``taizhang`` with these words until it ends or the person clicks Stop.

    ``doing`` is shown until the command tells its first step.
    """
    command = [
        sys.executable,
        "-X",
        "utf8",
        "-m",
        "toolkit",
        *words,
        "--json",
        "--progress",
        "json",
        "--lang",
        desk.lang,
    ]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(  # noqa: S603 - ourselves
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUTF8": "1"},
            creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
        )
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        assert child.stderr is not None
        reader = threading.Thread(target=_read, args=(child.stderr, lines), daemon=True)
        reader.start()
        try:
            _show(desk, doing, None)
            _follow(desk, child, lines, doing)
        finally:
            _end(child)
            reader.join(timeout=2)
        out.seek(0)
        return _finished(child.returncode, out.read(), [line for line in _drain(lines) if not line.startswith("{")])


def _read(stream: IO[bytes], lines: queue.SimpleQueue[str]) -> None:
    for line in stream:
        lines.put(line.decode("utf-8", "replace").strip())


def _drain(lines: queue.SimpleQueue[str]) -> list[str]:
    found = []
    with contextlib.suppress(queue.Empty):
        while True:
            found.append(lines.get_nowait())
    return found


def _follow(desk: Desk, child: subprocess.Popen[bytes], lines: queue.SimpleQueue[str], doing: str) -> None:
    """Show the progress of a command until it has ended; ask it to end when the person clicks Stop."""
    step, total, done = doing, 0, 0
    shown = time.monotonic()
    asked: float | None = None
    while child.poll() is None:
        time.sleep(_LOOK)
        for line in _drain(lines):
            said = _progress(line)
            if said:
                step = text(f"progress.{said['step']}", desk.lang)
                total, done = int(said["total"]), int(said["done"])
        if asked is None and desk.stopped():
            asked = time.monotonic()
            step = desk.say("status.stopping")
            _ask_to_end(child)
        if asked is not None and time.monotonic() - asked > _END_WITHIN:
            child.kill()
        if time.monotonic() - shown >= _SHOW:
            shown = time.monotonic()
            _show(desk, step, done / total if total and asked is None else None)


def _progress(line: str) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        said = json.loads(line) if line.startswith("{") else None
        if isinstance(said, dict) and {"step", "done", "total"} <= set(said):
            return said
    return None


def _show(desk: Desk, step: str, share: float | None) -> None:
    percent = f" {share:.0%}" if share is not None else ""
    desk.voice.status(f"{step}{percent}")
    desk.console.step(step, share)


def _ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Close the command's input: it takes that as Ctrl-C."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leave no process behind, whatever happened here."""
    _ask_to_end(child)
    try:
        child.wait(timeout=_END_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _finished(status: int, out: bytes, complaints: list[str]) -> Finished:
    result: Any = None
    with contextlib.suppress(ValueError):
        result = json.loads(out) if out.strip() else None
    sentences = result["errors"] if isinstance(result, dict) and "errors" in result else complaints[-5:]
    if status == 0 and result is None:
        status = _FAULT
    return Finished(status, result, list(sentences))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a short command said on the screen, and its exit status."""

    status: int
    said: str


def run_words(desk: Desk, words: Sequence[str]) -> Spoken:
    """Run a short command of the toolkit and return what it says."""
    command = [sys.executable, "-X", "utf8", "-m", "toolkit", *words, "--lang", desk.lang]
    done = subprocess.run(  # noqa: S603 - ourselves
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SHORT,
        check=False,
        env=os.environ | {"PYTHONUTF8": "1"},
        creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
    )
    said = done.stdout if done.returncode == 0 else done.stderr or done.stdout
    return Spoken(done.returncode, said.decode("utf-8", "replace").strip())
