"""Emptying the outbox against a server with faults: what is delivered, what waits, what stops, and that nobody gets a letter twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from mail_certificates import Certificates
from mail_samples import PASSWORD
from mail_server import Server, serving
from test_mail_outbox import Clock, draft
from test_mail_transport import settings as account

from toolkit.mail.deliver import Delivery, OutboxBusyError, deliver, next_try, paused_until, sole_sender, unblock
from toolkit.mail.outbox import DEAD, PENDING, SENT, UNKNOWN, Outbox
from toolkit.mail.settings import MailSettings


class Post:
    """An outbox, a clock that sleeping moves on, and a server."""

    def __init__(self, folder: Path, server: Server, settings: MailSettings, password: str = PASSWORD) -> None:
        self.clock, self.server, self.settings, self.password = Clock(), server, settings, password
        self.outbox = Outbox(folder, "test.local", self.clock)
        self.slept = 0.0

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.now += seconds

    def queue(self, *names: str, kind: str = "summary") -> None:
        self.outbox.queue(
            [draft(f"{name}@test.local", kind=kind, priority=0 if kind == "operator" else 1) for name in names]
        )

    def deliver(self) -> Delivery:
        return deliver(self.outbox, self.settings, self.password, sleep=self._sleep)

    def states(self) -> dict[str, str]:
        return {letter.recipient.partition("@")[0]: letter.state for letter in self.outbox.letters()}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def post(tmp_path: Path, server: Server, certificates: Certificates) -> object:
    with serving(server, certificates, limit=100_000):
        yield Post(tmp_path, server, account(server.port, certificates, seconds=1))


def test_each_answer_has_its_consequence_and_the_others_go_on(post: Post, server: Server) -> None:
    answers = {"gone": "550 5.1.1 no such user", "grey": "451 4.7.1 greylisted", "full": "552 5.2.2 mailbox full"}
    server.at_rcpt = lambda recipient: answers.get(recipient.partition("@")[0])
    post.queue("gone", "grey", "a", "full", "b")
    done = post.deliver()
    assert (done.sent, done.dead, done.postponed, done.trouble) == (2, 1, 2, "")
    assert post.states() == {"gone": DEAD, "grey": PENDING, "full": PENDING, "a": SENT, "b": SENT}
    assert post.deliver().attempted == 0, "not before its time"
    assert done.next_try == post.clock.now + 300
    server.at_rcpt = lambda _: None
    post.clock.now += 300
    assert post.deliver().sent == 1
    post.clock.now += 4 * 3600
    assert post.deliver().sent == 1
    assert sorted(server.recipients()) == sorted(f"{name}@test.local" for name in ("a", "b", "grey", "full"))


def test_a_large_letter_goes_without_its_attachment(post: Post, server: Server) -> None:
    answers = iter(["552 5.3.4 message too large"])
    server.at_data = lambda _: next(answers, None)
    post.queue("a")
    done = post.deliver()
    assert (done.sent, done.dead) == (1, 0)
    assert server.got[0][1].endswith(b"bare\r\n")
    assert post.outbox.letters()[0].bare == 1


def test_a_refused_attachment_is_left_out_once_and_then_the_letter_is_dead(post: Post, server: Server) -> None:
    server.at_data = lambda _: "552 Illegal Attachment"
    post.queue("a")
    done = post.deliver()
    assert (done.sent, done.dead, done.attempted) == (0, 1, 2)


def test_a_frequency_limit_makes_the_whole_queue_wait_and_others_go_first_then(post: Post, server: Server) -> None:
    server.at_rcpt = lambda _: "550 Domain frequency limited" if len(server.got) == 1 else None
    post.queue("a", "b", "c")
    done = post.deliver()
    assert (done.sent, done.dead, done.trouble, done.stopped) == (1, 0, "frequency", False)
    assert done.next_try == post.clock.now + 1800
    assert post.deliver().attempted == 0
    post.clock.now += 1800
    server.at_rcpt = lambda _: None
    assert post.deliver().sent == 2
    assert server.recipients()[1:] in (["b@test.local", "c@test.local"], ["c@test.local", "b@test.local"])
    assert paused_until(post.outbox) == 0


def test_a_refused_login_is_not_tried_again_by_itself(post: Post, server: Server) -> None:
    post.queue("a", "b")
    post.password = "wrong"
    done = post.deliver()
    assert (done.sent, done.stopped, done.trouble) == (0, True, "login")
    post.password = PASSWORD
    for _ in range(5):
        post.clock.now += 3600
        assert post.deliver().attempted == 0
    assert server.logins == 1
    assert [letter.attempts for letter in post.outbox.letters()] == [0, 0], "it was not the letters' fault"
    unblock(post.outbox)
    assert post.deliver().sent == 2


def test_no_answer_is_tried_once_more_and_then_left_to_a_person(post: Post, server: Server) -> None:
    server.drop = lambda recipient: recipient.startswith("lost")
    post.queue("lost", "a")
    done = post.deliver()
    assert (done.sent, done.uncertain) == (1, 1)
    assert post.states()["lost"] == PENDING
    post.clock.now += 1800
    post.deliver()
    assert post.states()["lost"] == UNKNOWN
    post.clock.now += 90_000
    assert post.deliver().attempted == 0
    assert server.recipients().count("lost@test.local") == 2
    first, second = (content for recipient, content in server.got if recipient.startswith("lost"))
    assert first == second, "the same message under the same Message-ID, so that programs show it once"


def test_a_server_that_hangs_does_not_hold_the_queue_for_ever(post: Post, server: Server) -> None:
    server.hang = lambda _: True
    post.queue(*"abcde")
    done = post.deliver()
    assert (done.attempted, done.trouble) == (3, "unreachable")


def test_an_untrusted_certificate_sends_nothing_and_says_why(
    tmp_path: Path, server: Server, certificates: Certificates
) -> None:
    with serving(server, certificates):
        post = Post(tmp_path, server, account(server.port, None))
        post.queue("a")
        done = post.deliver()
        assert (done.sent, done.trouble, server.logins) == (0, "certificate", 0)
        assert post.outbox.letters()[0].attempts == 0


def test_pauses_grow_while_a_server_stays_away(tmp_path: Path, server: Server, certificates: Certificates) -> None:
    with serving(server, certificates):
        port = server.port
    post = Post(tmp_path, server, account(port, certificates))
    post.queue("a")
    waits = []
    for _ in range(5):
        before = post.clock.now
        done = post.deliver()
        assert done.next_try is not None
        waits.append(done.next_try - before)
        post.clock.now = done.next_try
    assert waits == sorted(waits)
    assert waits[0] == 900
    assert waits[-1] >= 3600


def test_quiet_hours_hold_everything_back_but_what_operators_must_know(
    tmp_path: Path, server: Server, certificates: Certificates
) -> None:
    with serving(server, certificates):
        post = Post(tmp_path, server, account(server.port, certificates, quiet=(0, 1439)))
        post.queue("a")
        post.queue("admin", kind="operator")
        done = post.deliver()
        assert server.recipients() == ["admin@test.local"]
        assert done.next_try is not None
        assert done.next_try > post.clock.now
        post.clock.now = done.next_try
        assert post.deliver().sent == 1


def test_the_pace_is_kept_over_calls(tmp_path: Path, server: Server, certificates: Certificates) -> None:
    with serving(server, certificates):
        post = Post(tmp_path, server, account(server.port, certificates, per_minute=20, per_day=4))
        post.queue(*"abcdef")
        done = post.deliver()
        assert (done.sent, post.slept) == (4, 9.0)
        assert done.next_try == next_try(post.outbox, post.settings)
        assert done.next_try is not None
        assert done.next_try > post.clock.now + 86_000
        assert post.deliver().sent == 0
        post.clock.now = done.next_try
        assert post.deliver().sent >= 1


def test_one_sender_at_a_time(post: Post) -> None:
    with sole_sender(post.outbox), pytest.raises(OutboxBusyError):
        post.deliver()


def test_what_the_server_says_is_kept_without_numbers_of_persons(post: Post, server: Server) -> None:
    server.at_rcpt = lambda _: "550 5.1.1 <13803551234@test.local> user unknown, id 149999198001010018"
    post.queue("a")
    post.deliver()
    kept = post.outbox.letters()[0].answer + "".join(entry.answer for _, entry in post.outbox.audit())
    assert "13803551234" not in kept
    assert "149999198001010018" not in kept
