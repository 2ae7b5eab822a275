"""One job, now, whatever the clock says; but not twice for the same due date unless asked to."""

from __future__ import annotations

from datetime import date

from toolkit.nightly.attempt import Outcome
from toolkit.nightly.decide import SUCCESS
from toolkit.nightly.locks import JOB, holding
from toolkit.nightly.loop import World, attempt
from toolkit.nightly.settings import load_settings
from toolkit.nightly.timetable import last_due
from toolkit.store.jobs import JobLedger
from toolkit.times import Times


def run_once(world: World, job: str, *, again: bool) -> tuple[date, Outcome | None]:
    """Run a job for its due date and return both; no outcome where it was done already and not asked for ``again``.

    Raises:
        ConfigError: ``config.ini`` has mistakes, and no settings without were kept.
        Held: a job is at work in this workspace.
    """
    settings = load_settings(world.folder)
    for sentence in settings.mistakes.sentences(world.lang) if settings.mistakes else ():
        world.say(sentence)
    state = settings.config.path("state")
    with holding(state, JOB):
        ledger = JobLedger(state)
        try:
            due = _due(world, settings.config.values["nightly"][job], ledger, job)
            if not again and _done(ledger, job, due):
                return due, None
            return due, attempt(world, settings, ledger, job, due)
        finally:
            ledger.close()


def _done(ledger: JobLedger, job: str, due: date) -> bool:
    return any(one.status in SUCCESS for one in ledger.attempts(job, due))


def _due(world: World, times: Times | None, ledger: JobLedger, job: str) -> date:
    """Return the due date that is to be served: the last one, or today's, still to come, where the last one is done.

    A job that is not in the timetable is taken to be due today.
    """
    wall = world.clock.now().replace(tzinfo=None)
    if times is None:
        return wall.date()
    due = last_due(times, wall)
    to_come = times.fall_on(wall.date()) and times.on(wall.date()) > wall
    return wall.date() if to_come and _done(ledger, job, due) else due
