"""The way to the server, against a server that misbehaves: TLS is verified, one login is made, what was not answered is unknown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mail_certificates import Certificates, make_certificates
from mail_samples import PASSWORD, SENDER
from mail_server import Server, serving

from toolkit.mail.answers import Action, Answer, Stage, judge
from toolkit.mail.settings import MailSettings
from toolkit.mail.transport import Courier

LETTER = b"From: bot@test.local\r\nSubject: x\r\n\r\n.a line with a dot\r\n..and two\r\n"


def settings(port: int, certificates: Certificates | None, security: str = "tls", **more: object) -> MailSettings:
    given: dict[str, object] = {
        "server": "localhost", "port": port, "security": security, "user": SENDER, "sender": SENDER, "sender_name": "x", "reply_to": "",
        "ca_file": certificates.authority if certificates else None, "kinds": (), "leaders": (), "operators": (), "contact": "",
        "encrypt": False, "allowed_domains": (), "outside": "suppress", "remind_days": 3, "repeat_days": 7, "quiet": None, "per_minute": 0,
        "per_day": 0, "per_connection": 20, "give_up_days": 5, "seconds": 2, **more,
    }  # fmt: skip
    return MailSettings(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_arrives_as_it_was_with_one_login(certificates: Certificates, security: str) -> None:
    with serving(Server(), certificates, security=security) as server:
        with Courier(settings(server.port, certificates, security), PASSWORD) as courier:
            assert judge(courier.carry("a@test.local", LETTER)).action is Action.SENT
            assert judge(courier.carry("b@test.local", LETTER)).action is Action.SENT
        assert server.got == [("a@test.local", LETTER), ("b@test.local", LETTER)]
        assert (server.logins, server.connections) == (1, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_is_not_trusted_gets_no_password(
    certificates: Certificates, tmp_path: Path, security: str
) -> None:
    cases = {
        "another authority": (certificates, make_certificates(tmp_path / "other")),
        "another name": ((named := make_certificates(tmp_path / "named", "mail.example")), named),
        "run out": ((old := make_certificates(tmp_path / "old", days=-1)), old),
        "no authority": (certificates, None),
    }
    for case, (shown, trusted) in cases.items():
        with serving(Server(), shown, security=security) as server:
            with Courier(settings(server.port, trusted, security), PASSWORD) as courier:
                assert courier.carry("a@test.local", LETTER) == Answer(Stage.TLS, 0, "certificate"), case
            assert (server.logins, server.got) == (0, []), case


def test_without_tls_there_is_no_login_even_where_the_server_offers_one() -> None:
    with serving(Server(), None, security="none") as server:
        with Courier(settings(server.port, None, "none"), PASSWORD) as courier:
            assert courier.carry("a@test.local", LETTER) == Answer(Stage.TLS, 0, "no_tls")
        with Courier(settings(server.port, None, "starttls"), PASSWORD) as courier:
            assert courier.carry("a@test.local", LETTER) == Answer(Stage.TLS, 0, "no_tls")
        assert (server.logins, server.got) == (0, [])


def test_a_relay_on_this_machine_needs_neither() -> None:
    with serving(Server(), None, security="none") as server:
        with Courier(settings(server.port, None, "none", user=""), None) as courier:
            assert judge(courier.carry("a@test.local", LETTER)).action is Action.SENT
        assert server.recipients() == ["a@test.local"]


def test_a_wrong_password_is_tried_once(certificates: Certificates) -> None:
    with serving(Server(), certificates) as server:
        with Courier(settings(server.port, certificates), "wrong") as courier:
            answer = courier.carry("a@test.local", LETTER)
        assert (answer.stage, answer.code, judge(answer).action) == (Stage.LOGIN, 535, Action.STOP)
        assert server.logins == 1


def test_an_accepted_letter_without_an_answer_is_unknown(certificates: Certificates) -> None:
    for fault in ("drop", "hang"):
        with serving(Server(**{fault: lambda recipient: recipient.startswith("a@")}), certificates) as server:  # type: ignore[arg-type]
            with Courier(settings(server.port, certificates, seconds=1), PASSWORD) as courier:
                answer = courier.carry("a@test.local", LETTER)
                assert (answer.stage, judge(answer).action) == (Stage.END, Action.UNKNOWN), fault
                assert judge(courier.carry("b@test.local", LETTER)).action is Action.SENT, "on a new connection"
            assert server.recipients() == ["a@test.local", "b@test.local"]


def test_a_refused_recipient_does_not_end_the_connection(certificates: Certificates) -> None:
    answers = {"a@test.local": "550 5.1.1 no such user", "b@test.local": "451 4.7.1 greylisted"}
    with serving(Server(at_rcpt=answers.get), certificates) as server:
        with Courier(settings(server.port, certificates), PASSWORD) as courier:
            assert [judge(courier.carry(f"{name}@test.local", LETTER)).action for name in "abc"] == [
                Action.DEAD, Action.LATER, Action.SENT,
            ]  # fmt: skip
        assert (server.recipients(), server.connections) == (["c@test.local"], 1)


def test_so_many_letters_a_connection(certificates: Certificates) -> None:
    with serving(Server(), certificates) as server:
        with Courier(settings(server.port, certificates, per_connection=2), PASSWORD) as courier:
            for number in range(5):
                courier.carry(f"{number}@test.local", LETTER)
        assert (len(server.got), server.connections) == (5, 3)


def test_what_is_larger_than_the_server_takes_is_not_handed_over(certificates: Certificates) -> None:
    with serving(Server(), certificates, limit=1000) as server:
        with Courier(settings(server.port, certificates), PASSWORD) as courier:
            answer = courier.carry("a@test.local", LETTER + b"x" * 2000)
        assert judge(answer).action is Action.BARE
        assert server.got == []


@pytest.fixture
def talker() -> Iterator[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    yield listener
    listener.close()


@pytest.mark.parametrize(
    ("said", "action"),
    [(b"", Action.PAUSE), (b"421 4.3.2 closed for today\r\n", Action.PAUSE), (b"554 5.7.1 no service\r\n", Action.PAUSE), (b"\x15\x03\x01 junk", Action.PAUSE)],
)  # fmt: skip
def test_a_server_that_greets_badly_makes_the_queue_wait(talker: socket.socket, said: bytes, action: Action) -> None:
    def greet() -> None:
        connection, _ = talker.accept()
        connection.sendall(said)
        connection.close()

    threading.Thread(target=greet, daemon=True).start()
    with Courier(settings(talker.getsockname()[1], None, "starttls"), PASSWORD) as courier:
        answer = courier.carry("a@test.local", LETTER)
    assert judge(answer).action is action
    assert "junk" not in answer.words


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for server in ("localhost", "no-such-host.invalid"):
        with Courier(settings(port, None, server=server), PASSWORD) as courier:
            assert judge(courier.carry("a@test.local", LETTER)).action is Action.PAUSE


def test_the_password_is_in_no_exception(certificates: Certificates) -> None:
    import traceback

    with (
        serving(Server(), certificates) as server,
        Courier(settings(server.port, certificates), "grün-秘密") as courier,
    ):
        try:
            courier._login(courier._connect())
        except Exception:  # noqa: BLE001 - whatever it is, its words are what is looked at
            said = traceback.format_exc()
        else:
            pytest.fail("a wrong password was taken")
    assert "秘密" not in said
    assert "Z3LDvG4" not in said
