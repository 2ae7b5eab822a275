"""What is done after each answer of a mail server: the table that keeps accounts open and mails from being lost or doubled."""

import pytest

from toolkit.mail.answers import Action, Answer, Stage, Verdict, delay, judge

SPOKEN = (Stage.SENDER, Stage.RECIPIENT, Stage.DATA, Stage.END)


@pytest.mark.parametrize(
    ("stage", "code", "words", "action"),
    [
        (Stage.END, 250, "2.0.0 Ok: queued as 4F", Action.SENT),
        (Stage.END, 250, "Mail OK queued as frequency limited", Action.SENT),  # the words of a yes do not matter
        # QQ: a 5xx that passes
        (Stage.RECIPIENT, 550, "Domain frequency limited. http://service.mail.qq.com/…", Action.PAUSE),
        (Stage.END, 550, "Ip frequency limited", Action.PAUSE),
        (Stage.END, 550, "Mail content denied", Action.DEAD),
        (Stage.RECIPIENT, 550, "Mailbox not found", Action.DEAD),
        (Stage.RECIPIENT, 550, "Mailbox unavailable or access denied", Action.LATER),
        (Stage.LOGIN, 535, "Login fail. Please enter your authorization code to login.", Action.STOP),
        (Stage.SENDER, 501, "mail from address must be same as authorization user", Action.STOP),
        (Stage.SENDER, 503, "Error: need EHLO and AUTH first !", Action.STOP),
        # 163: a 4xx that means wait for all, a 5xx that is final
        (Stage.END, 451, "DT:SPM 163 smtp, please try again", Action.PAUSE),
        (Stage.END, 554, "DT:SPM 163 smtp12,…", Action.DEAD),
        (Stage.SENDER, 451, "MI:SFQ 163 smtp", Action.PAUSE),
        (Stage.SENDER, 450, "MI:DMC 163 smtp", Action.PAUSE),
        (Stage.RECIPIENT, 451, "RP:QRC 163 smtp", Action.PAUSE),
        (Stage.SENDER, 554, "MI:STC 163 smtp", Action.PAUSE),
        (Stage.SENDER, 553, "Mail from must equal authorized user", Action.STOP),
        (Stage.END, 554, "DT:SUM 163 smtp", Action.STOP),
        (Stage.LOGIN, 535, "Error: authentication failed", Action.STOP),
        (Stage.SENDER, 451, "Requested mail action not taken: too much fail authentication", Action.STOP),
        (Stage.CONNECT, 421, "HL:ICC 163 smtp", Action.PAUSE),
        (Stage.CONNECT, 554, "IP is rejected, smtp auth error limit exceed", Action.STOP),
        # everybody
        (Stage.RECIPIENT, 421, "4.3.2 too many connections", Action.PAUSE),
        (Stage.RECIPIENT, 450, "4.2.0 greylisted, see …", Action.LATER),
        (Stage.RECIPIENT, 550, "5.1.1 user unknown", Action.DEAD),
        (Stage.RECIPIENT, 552, "5.2.2 mailbox full", Action.LATER),
        (Stage.RECIPIENT, 452, "4.2.2 The email account that you tried to reach is over quota", Action.LATER),
        (Stage.END, 552, "5.3.4 message size exceeds fixed limit", Action.BARE),
        (Stage.SENDER, 552, "Requested mail action aborted: exceeded mailsize limit", Action.BARE),
        (Stage.END, 552, "Illegal Attachment", Action.BARE),
        (Stage.END, 554, "5.7.1 rejected by policy", Action.DEAD),
        (Stage.LOGIN, 454, "4.7.0 Temporary authentication failure", Action.PAUSE),
        # no answer
        (Stage.END, 0, "SMTPServerDisconnected", Action.UNKNOWN),
        (Stage.END, 0, "timeout", Action.UNKNOWN),
        (Stage.DATA, 0, "SMTPServerDisconnected", Action.LATER),
        (Stage.CONNECT, 0, "ConnectionRefusedError", Action.PAUSE),
        (Stage.TLS, 0, "certificate", Action.PAUSE),
    ],
)  # fmt: skip
def test_the_table(stage: Stage, code: int, words: str, action: Action) -> None:
    assert judge(Answer(stage, code, words)).action is action


@pytest.mark.parametrize("stage", [*Stage])
@pytest.mark.parametrize("code", [0, 100, 199, 250, 299, 354, 400, 421, 450, 499, 500, 535, 552, 554, 599])
def test_every_answer_has_a_verdict_and_only_an_accepted_letter_is_sent(stage: Stage, code: int) -> None:
    from toolkit.messages import text

    verdict = judge(Answer(stage, code, "whatever 中文"))
    assert (verdict.action is Action.SENT) == (stage is Stage.END and 200 <= code < 300)
    assert text(f"mail.reason.{verdict.reason}", "zh") != text(f"mail.reason.{verdict.reason}", "en")


def test_no_4xx_kills_a_letter() -> None:
    for stage in SPOKEN:
        for code in range(400, 500):
            assert judge(Answer(stage, code, "")).action is not Action.DEAD, (stage, code)


def test_attempts_come_farther_apart_and_never_sooner_than_asked() -> None:
    waits = [delay(Verdict(Action.LATER, "later"), attempt) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == 300
    assert waits[-1] == 4 * 3600
    assert delay(Verdict(Action.PAUSE, "frequency", 30), 1) == 1800
