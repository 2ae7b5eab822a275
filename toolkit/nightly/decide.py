"""Whether a job is to run for its due date, from what was tried so far: a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import takewhile

from toolkit.config import Config
from toolkit.store.jobs import BROKEN_OFF, Attempt

SUCCESS = frozenset({0, 3})
BUSY, REFUSED_LOGIN, FAULT, TIMED_OUT, STOPPED = 10, 12, 70, 124, 130
AGAIN_WHEN_BUSY = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=12)


class Action(Enum):
    """What is to be done about a due date."""

    RUN = "run"
    WAIT = "wait"
    DONE = "done"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done, and until when to wait where that is it."""

    action: Action
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How failures are answered: ``retries`` after the first try, the wait before the first of them, a limit for one try."""

    retries: int
    backoff: timedelta
    limit: timedelta

    @classmethod
    def of(cls, config: Config) -> Rules:
        """Return the rules in the settings."""
        keys = config.values["nightly"]
        return cls(keys["retries"], timedelta(minutes=keys["backoff"]), timedelta(minutes=keys["time_limit"]))

    @property
    def longest(self) -> timedelta:
        """How long one job can take with all its retries."""
        waits = (min(self.backoff * 2**number, _LONGEST_WAIT) for number in range(self.retries))
        return sum(waits, timedelta()) + self.limit * (self.retries + 1)


def decide(attempts: Sequence[Attempt], now: datetime, rules: Rules) -> Decision:
    """Return what is to be done about a due date.

    An attempt that was stopped on request says nothing about the job; one that found the workspace busy is repeated soon, until
    that has gone on for as long as a run may take; one that was broken off is repeated at once; a refused login is final, since
    repeating it locks the account.
    """
    if any(one.status in SUCCESS for one in attempts):
        return Decision(Action.DONE)
    told = [one for one in attempts if one.status is not None and one.status != STOPPED]
    failures = [one for one in told if one.status != BUSY]
    if not told:
        return Decision(Action.RUN)
    last = told[-1]
    if any(one.status == REFUSED_LOGIN for one in failures) or len(failures) > rules.retries:
        return Decision(Action.GIVE_UP)
    if last.status == BUSY:
        since = list(takewhile(lambda one: one.status == BUSY, reversed(told)))[-1].started
        if now - since > rules.limit:
            return Decision(Action.GIVE_UP)
        return _from(last, AGAIN_WHEN_BUSY, now)
    if last.status == BROKEN_OFF:
        return Decision(Action.RUN)
    return _from(last, min(rules.backoff * 2 ** (len(failures) - 1), _LONGEST_WAIT), now)


def _from(last: Attempt, wait: timedelta, now: datetime) -> Decision:
    """Wait after the last attempt; a last attempt in the future means that the clock was set back, and is not waited for."""
    assert last.finished is not None
    until = last.finished + wait
    return Decision(Action.WAIT, until) if last.finished <= now < until else Decision(Action.RUN)
