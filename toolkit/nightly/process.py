"""One step of a job as a process of its own, which can be ended with everything it started.

On POSIX systems it leads a session; whatever still belongs to that session, or descends from it, is ended with it. On Windows it
is put into a job object.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from toolkit.nightly.decide import STOPPED, SUCCESS, TIMED_OUT

_POLL = 0.1  # seconds
_GRACE = 3.0  # seconds between asking to end and ending; with what follows, well below ten
_SWEEP = 5.0  # seconds
_LONGEST_LINE = 2000  # characters
_MOST_OUTPUT = 1 << 16


class Leader:
    """A started process and everything that it starts."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> None:
        self._started = time.time()
        self._known: dict[int, Any] = {}
        self._job: Any = None
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
            self.process = _open(words, environment, output, creationflags=flags)
            self._job = _job_object(self.process)
        else:
            self.process = _open(words, environment, output, start_new_session=True)

    def end(self) -> None:
        """Ask everything to end, wait a little, and end what is left."""
        if sys.platform == "win32":
            self.sweep()
            return
        for one in self._members():
            with contextlib.suppress(_gone()):
                one.terminate()
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline and self._members():
            self.process.poll()  # takes the leader's own exit, or it would stay a member
            time.sleep(_POLL / 2)
        self.sweep()

    def sweep(self) -> None:
        """End at once whatever is left: a step's processes have no business after it."""
        if sys.platform == "win32":
            import win32job

            win32job.TerminateJobObject(self._job, STOPPED)
        else:
            deadline = time.monotonic() + _SWEEP
            # Again and again: one may have been started while the list was made. Not for ever: one in a dead share cannot be ended.
            while (members := self._members()) and time.monotonic() < deadline:
                for one in members:
                    with contextlib.suppress(_gone()):
                        one.kill()
                time.sleep(_POLL / 10)
                self.process.poll()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=2)

    def _members(self) -> list[Any]:
        """Return the living processes of the session, and all that descend from them even if they left it."""
        import psutil

        leader = self.process.pid
        for number in psutil.pids():
            with contextlib.suppress(OSError, psutil.Error):
                if os.getsid(number) == leader:
                    one = psutil.Process(number)
                    self._known |= {found.pid: found for found in (one, *one.children(recursive=True))}
        alive = {}
        for number, one in self._known.items():
            with contextlib.suppress(psutil.Error):
                ours = one.create_time() >= self._started - 1  # a number may have been given to another's process since
                if ours and one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                    alive[number] = one
        self._known = alive
        return list(alive.values())


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; ``output``: the beginning of its standard output, where it failed."""

    status: int
    output: bytes = b""


def run_process(
    words: Sequence[str], *, line: Callable[[str], None], seconds: float, stop: threading.Event, environment: Mapping[str, str]
) -> Ended:  # fmt: skip
    """Run a command to its end; each line of its standard error goes to ``line``.

    Its standard output, where results and with them the ledgers' contents stand, is read only where it failed. After ``seconds``
    (status 124), or when ``stop`` is set (130), it is ended with everything it started. Killed by a signal, it has 128 + n.

    Raises:
        OSError: it cannot be started.
    """
    with tempfile.TemporaryFile() as output:
        leader = Leader(words, environment, output)
        reader = threading.Thread(target=_read, args=(leader.process.stderr, line), daemon=True)
        reader.start()
        try:
            status = _wait(leader, time.monotonic() + seconds, stop)
            if status in (STOPPED, TIMED_OUT) and leader.process.poll() is None:
                leader.end()
        finally:
            leader.sweep()
        reader.join(timeout=1)
        if status in SUCCESS:
            return Ended(status)
        output.seek(0)
        return Ended(status, output.read(_MOST_OUTPUT))


def _wait(leader: Leader, deadline: float, stop: threading.Event) -> int:
    while True:
        if stop.is_set():
            return STOPPED
        if time.monotonic() > deadline:
            return TIMED_OUT
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = leader.process.wait(timeout=_POLL)
            return code if code >= 0 else 128 - code


def _open(
    words: Sequence[str], environment: Mapping[str, str], output: IO[bytes], **how: Any
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter, or what a test gives
        list(words), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, env=dict(environment), **how
    )


def _read(stream: IO[bytes] | None, line: Callable[[str], None]) -> None:
    assert stream is not None
    with stream:
        for raw in stream:
            line(raw.decode("utf-8", "replace").rstrip()[:_LONGEST_LINE])


def _gone() -> type[Exception]:
    import psutil

    error: type[Exception] = psutil.Error
    return error


def _job_object(process: subprocess.Popen[bytes]) -> Any:
    """Put a process into a job object that ends everything in it when it is closed, also when this process dies."""
    if sys.platform == "win32":
        import win32job

        job = win32job.CreateJobObject(None, "")
        kind = win32job.JobObjectExtendedLimitInformation
        limits = win32job.QueryInformationJobObject(job, kind)
        limits["BasicLimitInformation"]["LimitFlags"] |= win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        win32job.SetInformationJobObject(job, kind, limits)
        win32job.AssignProcessToJobObject(job, process._handle)
        return job
    return None
