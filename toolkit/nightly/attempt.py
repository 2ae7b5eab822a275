"""One attempt of a job: its commands in order, its log, its heartbeat, and who is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from toolkit.config import Config
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.nightly import health
from toolkit.nightly.decide import BUSY, FAULT, STOPPED, SUCCESS, TIMED_OUT
from toolkit.nightly.jobs import TOOLKIT, commands, mailed
from toolkit.nightly.logs import RunLog, log_path, rotate
from toolkit.nightly.process import run_process
from toolkit.nightly.settings import Settings
from toolkit.nightly.timetable import TELL
from toolkit.output.publish import publish_bytes
from toolkit.store.jobs import Attempt

_MESSAGE = 300  # characters of what a command said that are kept


class Plan(Protocol):
    """What a job runs."""

    def __call__(
        self, name: str, config: Config, due: date, lang: str, note: Path | None = None
    ) -> Sequence[Sequence[str]]:
        """Return the commands of a job in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: an exit status and what there is to say of it."""

    status: int
    message: str = ""


class Runner:
    """Runs attempts, in whatever order; ``stop`` ends the one that runs."""

    def __init__(self, stop: threading.Event, lang: str, plan: Plan = commands) -> None:
        self._stop, self._lang, self._plan = stop, lang, plan

    def __call__(self, settings: Settings, name: str, due: date, number: int, failed: Attempt | None = None) -> Outcome:
        """Run a job once for a due date; ``failed``: the attempt of which the operator is to be told.

        Raises:
            OSError: the log cannot be written, or a command cannot be started.
        """
        config = settings.config
        state = config.path("state")
        quiet = name.startswith(TELL)
        started = datetime.now().astimezone()
        beat = {
            "state": health.STARTED,
            "job": name,
            "due": due.isoformat(),
            "attempt": number,
            "started": _at(started),
        }
        with RunLog(log_path(state, name, due, number)) as log:
            if not quiet:
                self._tell_health(config, beat, log)
            note = _write_note(state, failed) if failed else None
            steps = self._plan(name, config, due, self._lang, note)
            outcome = self._steps(settings, steps, log) if steps else Outcome(0, text("nightly.no_mail", self._lang))
            if steps and not mailed(name, config):
                log.line(text("nightly.no_mail", self._lang))
            log.line(text("nightly.log_end", self._lang, status=outcome.status, message=outcome.message))
            if not quiet:
                finished = {
                    "finished": _at(datetime.now().astimezone()),
                    "status": outcome.status,
                    "message": outcome.message,
                }
                self._tell_health(config, beat | {"state": _state(outcome.status)} | finished, log)
        rotate(state, config.values["nightly"]["keep_logs"])
        return outcome

    def _steps(self, settings: Settings, steps: Sequence[Sequence[str]], log: RunLog) -> Outcome:
        limit = settings.config.values["nightly"]["time_limit"]
        deadline = time.monotonic() + limit * 60
        worst = 0
        for words in steps:
            shown = words[len(TOOLKIT) + 1] if tuple(words[1 : len(TOOLKIT) + 1]) == TOOLKIT else words[0]
            log.line(text("nightly.log_step", self._lang, command=" ".join(words)))
            log.last = ""
            ended = run_process(
                words, line=log.line, seconds=max(deadline - time.monotonic(), 0), stop=self._stop, environment=settings.environment
            )  # fmt: skip
            if ended.status not in SUCCESS:
                reason = (
                    {
                        TIMED_OUT: text("nightly.timed_out", self._lang, minutes=limit),
                        STOPPED: text("nightly.stopped", self._lang),
                    }.get(ended.status)
                    or _errors(ended.output)
                    or log.last
                )
                return Outcome(ended.status, f"{shown}: {reason}"[:_MESSAGE])
            worst = max(worst, ended.status)
        return Outcome(worst)

    def _tell_health(self, config: Config, beat: dict[str, Any], log: RunLog) -> None:
        keys = config.values["nightly"]
        for problem in (
            health.write_heartbeat(config.path("state"), beat),
            health.ping(keys["health_url"], keys["health_method"], beat),
        ):
            if problem:
                log.line(text("nightly.health", self._lang, reason=problem))


def _errors(output: bytes) -> str:
    """Return the sentences in which a command of ours says with ``--json`` why it failed."""
    try:
        said = json.loads(output)
    except ValueError:
        return ""
    errors = said.get("errors") if isinstance(said, dict) else None
    return mask_text(" ".join(str(sentence).strip() for sentence in errors)) if isinstance(errors, list) else ""


def fault(error: Exception) -> Outcome:
    """Return the outcome of an attempt that our own code did not survive."""
    return Outcome(FAULT, mask_text(f"{type(error).__name__}: {error}")[:_MESSAGE])


def _state(status: int) -> str:
    return {BUSY: health.POSTPONED, STOPPED: health.STOPPED}.get(
        status, health.SUCCEEDED if status in SUCCESS else health.FAILED
    )


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _write_note(state: Path, failed: Attempt) -> Path:
    """Write what failed, for the mail to the operator; return the file."""
    note = {
        "job": failed.name, "due": failed.due.isoformat(), "attempts": failed.number, "started": _at(failed.started),
        "finished": _at(failed.finished) if failed.finished else None, "status": failed.status, "message": failed.message,
    }  # fmt: skip
    path = log_path(state, failed.name, failed.due, failed.number).with_suffix(".json")
    return publish_bytes(path, json.dumps(note, ensure_ascii=False, indent=1).encode())
