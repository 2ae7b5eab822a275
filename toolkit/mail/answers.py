"""What to do after a server's answer: a table, since 4xx and 5xx do not tell (QQ's "550 frequency limited" passes, 163's "554 DT:SPM" does not).

The codes of 163 and 126 (``HL:``, ``MI:``, ``RP:``, ``DT:``) are those of NetEase's own list; QQ's sentences are Tencent's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far the conversation had come."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    END = "end"
    """The whole letter was handed over, the final answer is what counts."""


class Action(StrEnum):
    """What follows from an answer."""

    SENT = "sent"
    LATER = "later"
    """This letter again later; others go on."""
    PAUSE = "pause"
    """The whole queue waits."""
    STOP = "stop"
    """The whole queue waits for a person: trying again by itself would only lock the account."""
    BARE = "bare"
    """The letter again at once, without its attachments."""
    DEAD = "dead"
    """Never again."""
    UNKNOWN = "unknown"
    """Perhaps delivered, perhaps not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``code`` 0: no answer but a failure of the connection; ``words`` then names its kind."""

    stage: Stage
    code: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, why (an entry under ``mail.reason``), and after how many minutes at the earliest (0: by the number of attempts)."""

    action: Action
    reason: str
    minutes: int = 0


_ANY = frozenset(Stage)
_LOGIN = frozenset({Stage.LOGIN})
_FAILED = frozenset({Stage.CONNECT, Stage.TLS})
_SPOKEN = frozenset({Stage.SENDER, Stage.RECIPIENT, Stage.DATA, Stage.END})

_TABLE: tuple[tuple[frozenset[Stage], str, str, Verdict], ...] = (
    # the login
    (_ANY, "4..|554", r"too much fail auth|auth error limit|authentication.*too many", Verdict(Action.STOP, "login_limit")),
    (_LOGIN, "454|4..", "", Verdict(Action.PAUSE, "busy", 15)),
    (_LOGIN, "...", "", Verdict(Action.STOP, "login")),
    (_SPOKEN, "530|535|534|538", "", Verdict(Action.STOP, "login")),
    (_SPOKEN, "503|553|550", r"auth(?:entication)? (?:first|is required)|need.*auth|no permission", Verdict(Action.STOP, "login")),
    # the sender is not the one who logged in: every letter would fail alike
    (_SPOKEN, "501|550|552|553|554", r"mail from.*(?:must|equal|same)|DT:SUM|MI:SPB|sender address rejected|not owned by user",
     Verdict(Action.STOP, "sender")),
    # too much at once: the limit is the account's or the machine's, not the letter's
    (_SPOKEN, "4..|55.", r"MI:STC|RP:TRC|daily|quota exceeded.*send|sending quota", Verdict(Action.PAUSE, "day_limit", 720)),
    (_SPOKEN, "4..|55.", r"frequency limited|MI:SFQ|RP:QRC|HL:IFC|HL:IFQ|too many (?:mails|messages)|rate limit|4\.7\.28",
     Verdict(Action.PAUSE, "frequency", 30)),
    (_SPOKEN, "4..", r"MI:DMC|RP:DRC|MI:CEL|MI:CCL|RP:C[CE]L", Verdict(Action.PAUSE, "connection_limit", 2)),
    (_ANY, "421", "", Verdict(Action.PAUSE, "busy", 10)),
    (_SPOKEN, "554|550", r"HL:(?:IHU|IPB|ITC|REP|ICC)|blacklist|in rbl|IP is rejected|suspicious", Verdict(Action.PAUSE, "blocked", 360)),
    # the content
    (_SPOKEN, "451|450", r"DT:SPM", Verdict(Action.PAUSE, "spam_wait", 10)),
    (_SPOKEN, "55.", r"DT:SPM|content (?:denied|rejected)|spam", Verdict(Action.DEAD, "spam")),
    (_SPOKEN, "55.", r"illegal attachment|attachment.*(?:denied|not allowed|blocked)", Verdict(Action.BARE, "attachment")),
    # the recipient's box, which may be emptied
    (_SPOKEN, "4..|55.", r"[45]\.2\.2|quota|(?:mailbox|box) (?:is )?full|insufficient.*storage|over.?size.*mailbox",
     Verdict(Action.LATER, "full", 240)),
    # the letter's size
    (_SPOKEN, "552|523", "", Verdict(Action.BARE, "size")),
    (_SPOKEN, "55.|5..", r"5\.3\.4|5\.2\.3|mailsize|size limit|too (?:large|big)", Verdict(Action.BARE, "size")),
    # the rest of the answers, by their first digit
    (_SPOKEN, "550", r"access denied", Verdict(Action.LATER, "refused_now", 240)),
    (_SPOKEN, "4..", "", Verdict(Action.LATER, "later")),
    (_SPOKEN, "501|51.|550|551|553", "", Verdict(Action.DEAD, "no_such_address")),
    (_SPOKEN, "5..", "", Verdict(Action.DEAD, "refused")),
    (_FAILED, "4..|5..", "", Verdict(Action.PAUSE, "busy", 15)),
    # no answer at all
    (frozenset({Stage.END}), "0", "", Verdict(Action.UNKNOWN, "no_answer", 30)),
    (_SPOKEN, "0", "", Verdict(Action.LATER, "broken_off", 15)),
    (_ANY, "0", "certificate", Verdict(Action.PAUSE, "certificate", 60)),
    (_ANY, "0", "no_tls", Verdict(Action.PAUSE, "no_tls", 60)),
    (_ANY, "0", "no_login_offered", Verdict(Action.STOP, "no_login_offered")),
    (_ANY, "0", "timeout", Verdict(Action.PAUSE, "timeout", 15)),
    (_ANY, "0", "", Verdict(Action.PAUSE, "unreachable", 15)),
    # answers no server should give
    (_ANY, "...", "", Verdict(Action.LATER, "later")),
)  # fmt: skip
_COMPILED = tuple((stages, re.compile(f"(?:{codes})"), re.compile(words, re.IGNORECASE), verdict)
                  for stages, codes, words, verdict in _TABLE)  # fmt: skip


def judge(answer: Answer) -> Verdict:
    """Return what to do after an answer: the first line of the table that fits."""
    if answer.stage is Stage.END and 200 <= answer.code < 300:
        return Verdict(Action.SENT, "sent")
    for stages, codes, words, verdict in _COMPILED:
        if answer.stage in stages and codes.fullmatch(str(answer.code)) and words.search(answer.words):
            return verdict
    return Verdict(Action.LATER, "later")


_STEPS = (5, 15, 30, 60, 120, 240)


def delay(verdict: Verdict, attempts: int) -> float:
    """Return the seconds until the next attempt: what the answer asks for, or longer with every attempt (5 minutes … 4 hours)."""
    step = _STEPS[min(max(attempts - 1, 0), len(_STEPS) - 1)]
    return 60.0 * max(verdict.minutes, step)
