"""The timetable at work: ``schedule`` says when to look, the database whether there is anything to do.

What is due is looked at when the timetable starts, when its settings change, when the clock was set or the machine slept, at each
time of day in the settings, and when a wait after a failure is over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from toolkit.config import ConfigError
from toolkit.messages import text
from toolkit.nightly.attempt import Outcome, fault
from toolkit.nightly.decide import STOPPED, SUCCESS, Action, Decision, Rules, decide
from toolkit.nightly.jobs import mailed
from toolkit.nightly.locks import JOB, Held, holding
from toolkit.nightly.settings import Settings, fingerprint, load_settings
from toolkit.nightly.timetable import TELL, last_due, look_at, timetable
from toolkit.nightly.words import duration, job_name
from toolkit.store.jobs import Attempt, JobLedger
from toolkit.times import Times

_JUMP = 120.0  # seconds between the clock on the wall and a steady one that mean: it was set, or the machine slept
_HELD_AGAIN = timedelta(minutes=1)
_WRONG_CLOCK = timedelta(days=2)


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """Return the time with its zone."""
        ...

    def steady(self) -> float:
        """Return seconds that only ever grow, and not while the machine sleeps."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait; return early when everything is to stop."""
        ...


class SystemClock:
    """The machine's clock."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def now(self) -> datetime:
        """Return the local time."""
        return datetime.now().astimezone()

    def steady(self) -> float:
        """Return the monotonic clock."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait for ``seconds`` or until told to stop."""
        self._stop.wait(seconds)


class Execute(Protocol):
    """Runs one attempt of a job."""

    def __call__(self, settings: Settings, name: str, due: date, number: int, failed: Attempt | None = None) -> Outcome:
        """Run it; ``failed``: the attempt of which the operator is to be told."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """What a timetable works with."""

    folder: Path
    clock: Clock
    execute: Execute
    say: Callable[[str], None]
    stop: threading.Event
    lang: str


class Nightly:
    """The timetable of a workspace. The caller holds its lock (``locks.TIMETABLE``).

    Raises:
        ConfigError: ``config.ini`` has mistakes, and no settings without were kept.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._settings = load_settings(world.folder)
        self._saved = fingerprint(world.folder)
        self._state = self._settings.config.path("state")
        self._ledger = JobLedger(self._state)
        self._table: dict[str, Times] = {}
        self._since: dict[str, datetime] = {}
        self._asked: set[str] = set()
        self._waiting: set[str] = set()
        self._scheduler: Any = None
        self._last = (world.clock.now(), world.clock.steady())
        self.ended: dict[str, Outcome] = {}
        self._tell_mistakes()
        self._begin()

    def close(self) -> None:
        """Close the database."""
        self._ledger.close()

    def run(self, *, until_done: bool = False, poll: float = 30.0) -> None:
        """Work until told to stop, or ``until_done``: until nothing is due or waits for a new try.

        The settings and the clock are looked at every ``poll`` seconds.
        """
        while not self._world.stop.is_set():
            self.step()
            if self._world.stop.is_set() or (until_done and not self._asked and not self._waiting):
                return
            if not self._asked:
                idle = self._scheduler.idle_seconds
                self._world.clock.wait(poll if idle is None else max(0.05, min(poll, idle)))

    def step(self) -> None:
        """Look once: at the settings, at the clock, and at every job whose time has come."""
        self._notice_changes()
        self._scheduler.run_pending()
        for name in [name for name in self._table if name in self._asked]:
            self._asked.discard(name)
            self._look(name)
            if self._world.stop.is_set():
                return

    def _notice_changes(self) -> None:
        now, steady = self._world.clock.now(), self._world.clock.steady()
        passed = (now.astimezone(UTC) - self._last[0].astimezone(UTC)).total_seconds() - (steady - self._last[1])
        jumped = abs(passed) > _JUMP
        moved = now.utcoffset() != self._last[0].utcoffset()
        self._last = (now, steady)
        saved = fingerprint(self._world.folder)
        if saved != self._saved:
            self._saved = saved
            self._reload()
        elif jumped:
            self._world.say(text("nightly.clock_jumped", self._world.lang, minutes=round(passed / 60)))
        elif not moved:
            return
        self._begin()

    def _reload(self) -> None:
        before = self._settings
        try:
            self._settings = load_settings(self._world.folder)
        except ConfigError as mistakes:  # nothing was kept, not even on disk: what this process knows still serves
            self._settings = Settings(before.config, mistakes)
        if self._settings.mistakes is None and before.config.version != self._settings.config.version:
            self._world.say(text("nightly.reloaded", self._world.lang))
        self._tell_mistakes()

    def _tell_mistakes(self) -> None:
        if self._settings.mistakes is not None:
            self._world.say(text("nightly.kept_settings", self._world.lang))
            for sentence in self._settings.mistakes.sentences(self._world.lang):
                self._world.say(f"  {sentence}")

    def _begin(self) -> None:
        """Make the schedule anew, and have every job looked at."""
        import schedule

        now = self._world.clock.now()
        self._ledger.forget_after(now.date() + _WRONG_CLOCK)
        self._table = timetable(self._settings.config)
        self._since = {name: self._ledger.see(name, str(times), now) for name, times in self._table.items()}
        self._ledger.keep_only(self._table)
        self._scheduler = schedule.Scheduler()
        self._waiting = set()
        self._asked = set(self._table)
        look_at(self._scheduler, self._table, self._asked.add)

    def _look(self, name: str) -> None:
        now = self._world.clock.now()
        wall = now.replace(tzinfo=None)
        due = last_due(self._table[name], wall)
        if self._table[name].on(due).astimezone() < self._since[name]:
            return
        decision = self._decide(name, due, now)
        if decision.action is Action.GIVE_UP:
            self._tell_operator(name, due, now)
        else:
            self._act(name, name, due, decision)

    def _tell_operator(self, name: str, due: date, now: datetime) -> None:
        if mailed(TELL + name, self._settings.config):
            failed = self._ledger.attempts(name, due)[-1]
            self._act(name, TELL + name, due, self._decide(TELL + name, due, now), failed)

    def _decide(self, name: str, due: date, now: datetime) -> Decision:
        return decide(self._ledger.attempts(name, due), now, Rules.of(self._settings.config))

    def _act(self, name: str, job: str, due: date, decision: Decision, failed: Attempt | None = None) -> None:
        if decision.action is Action.WAIT:
            assert decision.until is not None
            self._later(name, decision.until)
        elif decision.action is Action.RUN:
            try:
                with holding(self._state, JOB):
                    if self._decide(job, due, self._world.clock.now()).action is Action.RUN:
                        self._attempt(job, due, failed)
                self._asked.add(name)
            except Held:
                self._world.say(text("nightly.held", self._world.lang, job=job_name(job, self._world.lang)))
                self._later(name, self._world.clock.now() + _HELD_AGAIN)

    def _later(self, name: str, until: datetime) -> None:
        """Have a job looked at again once."""
        import schedule

        def look() -> Any:
            self._waiting.discard(name)
            self._asked.add(name)
            return schedule.CancelJob

        seconds = max(1, round((until - self._world.clock.now()).total_seconds()))
        self._scheduler.clear(f"later {name}")
        self._scheduler.every(seconds).seconds.do(look).tag(f"later {name}")
        self._waiting.add(name)

    def _attempt(self, job: str, due: date, failed: Attempt | None) -> None:
        outcome = attempt(self._world, self._settings, self._ledger, job, due, failed)
        if not job.startswith(TELL) and outcome.status != STOPPED:
            self.ended[job] = outcome


def attempt(
    world: World, settings: Settings, ledger: JobLedger, job: str, due: date, failed: Attempt | None = None
) -> Outcome:
    """Run a job once and note it; the caller holds the lock for jobs."""
    now = world.clock.now()
    ledger.close_broken(now, text("nightly.broken_off", settings.config.language))
    number = ledger.begin(job, due, now)
    named = {"job": job_name(job, world.lang), "due": due.isoformat()}
    world.say(text("nightly.begins", world.lang, **named, number=number))
    try:
        outcome = world.execute(settings, job, due, number, failed)
    except Exception as error:  # noqa: BLE001 - a fault of ours is a failed attempt; the other jobs go on
        outcome = fault(error)
    done = world.clock.now()
    ledger.end(job, due, number, done, outcome.status, outcome.message)
    minutes = text("nightly.took", world.lang, duration=duration((done - now).total_seconds(), world.lang))
    if outcome.status in SUCCESS:
        message = f"  {outcome.message}" if outcome.message else ""
        world.say(text("nightly.succeeded", world.lang, **named, took=minutes) + message)
    else:
        world.say(
            text("nightly.failed", world.lang, **named, took=minutes, status=outcome.status, message=outcome.message)
        )
    return outcome
