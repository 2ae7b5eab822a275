"""Emptying the outbox: one letter after the other, at the pace allowed, each settled by what the server answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from toolkit.mail.answers import Action, Answer, Stage, Verdict, delay, judge
from toolkit.mail.outbox import DEAD, PENDING, SENT, UNKNOWN, Letter, Outbox
from toolkit.mail.pace import Pace
from toolkit.mail.settings import MailSettings
from toolkit.mail.transport import Courier
from toolkit.masking import mask_text

OPERATOR = "operator"
_BLOCK_HOURS = 12
_PATIENCE = 120.0
"""Seconds for which delivering waits for its pace; a longer wait is left to the next call."""
_FAILURES = 3
"""So many broken conversations in a row, and the queue waits."""


class OutboxBusyError(Exception):
    """Another process is sending."""


@dataclass(slots=True)
class Delivery:
    """What delivering did. ``trouble`` is why it stopped before the end: an entry under ``mail.reason``, with the server's words."""

    attempted: int = 0
    sent: int = 0
    dead: int = 0
    postponed: int = 0
    uncertain: int = 0
    trouble: str = ""
    answer: str = ""
    stopped: bool = False
    next_try: float | None = None
    died: list[Letter] = field(default_factory=list)


@contextmanager
def sole_sender(outbox: Outbox) -> Iterator[None]:
    """Be the only process that sends.

    Raises:
        OutboxBusyError: another one does.
    """
    from filelock import FileLock, Timeout

    lock: Any = FileLock(outbox.path.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise OutboxBusyError from None
    try:
        yield
    finally:
        lock.release()


def deliver(
    outbox: Outbox,
    settings: MailSettings,
    password: str | None,
    *,
    progress: Callable[[int], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Send what is due and return what became of it.

    Raises:
        OutboxBusyError: another process is sending.
    """
    with sole_sender(outbox), Courier(settings, password) as courier:
        outbox.recover()
        done = Delivery()
        done.dead += outbox.give_up(settings.give_up_days)
        _Round(outbox, settings, courier, done, progress, sleep).run()
        outbox.forget()
        return done


def next_try(outbox: Outbox, settings: MailSettings) -> float | None:
    """Return when sending again is worth while, or None where nothing waits: the later of what letters, limits and pauses say."""
    first = outbox.next_try()
    if first is None:
        return None
    now, pace = outbox.now(), Pace.of(settings)
    at = max(first, now, paused_until(outbox), pace.free_at(now, outbox.sent_times(now - 86_400)))
    if outbox.waits_beside(OPERATOR) and (quiet := pace.quiet_until(at)):
        at = quiet
    return at


def paused_until(outbox: Outbox) -> float:
    """Return until when the whole queue waits, 0.0 where it does not."""
    return float(json.loads(outbox.get("pause") or "{}").get("until", 0.0))


def pause_reason(outbox: Outbox) -> tuple[str, str]:
    """Return (reason, the server's words) of the pause that is on."""
    held = json.loads(outbox.get("pause") or "{}")
    return held.get("reason", ""), held.get("answer", "")


def unblock(outbox: Outbox) -> None:
    """Let the queue go on: a person has put right what stopped it."""
    outbox.put("pause", None)


@dataclass(slots=True)
class _Round:
    """One emptying of the outbox."""

    outbox: Outbox
    settings: MailSettings
    courier: Courier
    done: Delivery
    progress: Callable[[int], None]
    sleep: Callable[[float], None]
    failures: int = 0

    def run(self) -> None:
        if paused_until(self.outbox) > self.outbox.now():
            self.done.trouble, self.done.answer = pause_reason(self.outbox)
            self.done.stopped = bool(json.loads(self.outbox.get("pause") or "{}").get("stopped"))
        else:
            while self._wait() and (letter := self.outbox.claim(self._kinds())) is not None:
                if not self._send(letter):
                    break
        self.done.next_try = next_try(self.outbox, self.settings)

    def _kinds(self) -> tuple[str, ...] | None:
        """Return the kinds that may go out now: in quiet hours only what an operator must know."""
        return (OPERATOR,) if Pace.of(self.settings).quiet_until(self.outbox.now()) else None

    def _wait(self) -> bool:
        """Wait for the pace; return False where that takes too long."""
        now = self.outbox.now()
        free = Pace.of(self.settings).free_at(now, self.outbox.sent_times(now - 86_400))
        if free - now > _PATIENCE:
            return False
        if free > now and self.outbox.next_try() is not None:
            self.sleep(free - now)
        return True

    def _send(self, letter: Letter) -> bool:
        """Send one letter and settle it; return whether to go on."""
        self.done.attempted += 1
        answer = self.courier.carry(letter.recipient, self.outbox.content(letter))
        verdict = judge(answer)
        if verdict.action is Action.BARE and self.outbox.can_go_bare(letter):
            said = _said(answer)
            self.outbox.settle(
                letter, PENDING, reason=verdict.reason, answer=said, next_try=self.outbox.now(), bare=True
            )
            return True
        if verdict.action in (Action.PAUSE, Action.STOP):
            self._pause(letter, verdict, answer)
            return False
        self._settle(letter, verdict, answer)
        self.failures = self.failures + 1 if answer.code == 0 else 0
        if self.failures >= _FAILURES:
            self._hold(Verdict(Action.PAUSE, "unreachable", 15), answer)
            return False
        return True

    def _settle(self, letter: Letter, verdict: Verdict, answer: Answer) -> None:
        outbox, said = self.outbox, _said(answer)
        state, at = PENDING, outbox.now() + delay(verdict, letter.attempts)
        match verdict.action:
            case Action.SENT:
                state = SENT
                self.done.sent += 1
                self.progress(1)
                if self.done.sent == 1:
                    unblock(outbox)
            case Action.UNKNOWN:
                state = UNKNOWN if letter.uncertain else PENDING
                self.done.uncertain += 1
            case Action.DEAD | Action.BARE:
                state = DEAD
                self.done.dead += 1
                self.done.died.append(letter)
            case _:
                self.done.postponed += 1
        outbox.settle(letter, state, reason=verdict.reason, answer=said, next_try=at)

    def _pause(self, letter: Letter, verdict: Verdict, answer: Answer) -> None:
        """Give the letter back; one that the server had begun to take goes behind the others, lest it block them for ever."""
        if answer.stage in (Stage.CONNECT, Stage.TLS, Stage.LOGIN) or verdict.action is Action.STOP:
            self.outbox.release(letter, verdict.reason, _said(answer))
        else:
            at = self.outbox.now() + delay(verdict, letter.attempts)
            self.outbox.settle(letter, PENDING, reason=verdict.reason, answer=_said(answer), next_try=at)
        self._hold(verdict, answer)

    def _hold(self, verdict: Verdict, answer: Answer) -> None:
        """Let the whole queue wait, longer each time in a row."""
        stopped = verdict.action is Action.STOP
        held = json.loads(self.outbox.get("pause") or "{}")
        times = held.get("times", 0) + 1 if held.get("reason") == verdict.reason else 1
        seconds = _BLOCK_HOURS * 3600.0 if stopped else delay(verdict, times if verdict.minutes <= 30 else 1)
        made = {
            "until": self.outbox.now() + seconds,
            "reason": verdict.reason,
            "answer": _said(answer),
            "times": times,
            "stopped": stopped,
        }
        self.outbox.put("pause", json.dumps(made, ensure_ascii=False))
        self.done.trouble, self.done.answer, self.done.stopped = verdict.reason, _said(answer), stopped


def _said(answer: Answer) -> str:
    """Return the server's words as they may be kept and shown; some repeat the recipient or the letter."""
    return mask_text(f"{answer.stage} {answer.code} {answer.words}".strip())[:300]
