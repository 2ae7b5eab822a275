"""Senders killed with kill -9 at any moment: no mail is lost, and a kill costs at most one duplicate, under the same Message-ID."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mail_certificates import Certificates
from mail_kill import work
from mail_postfix import PASSWORD as POSTFIX_PASSWORD
from mail_postfix import Postfix
from mail_samples import PASSWORD, read
from mail_server import Server, serving
from test_mail_outbox import draft
from test_mail_transport import settings as account

from toolkit.mail.deliver import deliver
from toolkit.mail.outbox import SENT, Outbox
from toolkit.mail.settings import MailSettings

LETTERS, KILLS = 500, 200


def queue(folder: Path, count: int) -> set[str]:
    """Queue letters and return their Message-IDs."""
    outbox = Outbox(folder, "test.local")
    body = "Subject: {0}\r\nMessage-ID: {0}\r\n\r\n" + "x" * 500 + "\r\n"
    drafts = [draft(f"station{number}@test.local") for number in range(count)]
    outbox.queue([type(one)(**{**{name: getattr(one, name) for name in one.__slots__},
                               "content": lambda number: body.format(number).encode()}) for one in drafts])  # fmt: skip
    numbers = {letter.message_id for letter in outbox.letters()}
    outbox.close()
    return numbers


def kill_senders(folder: Path, settings: MailSettings, password: str, kills: int, seconds: Callable[[], float]) -> int:
    """Start real processes that send and kill each; return how many were killed while at work."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mail_kill", "filelock"])
    killed = 0
    for number in range(kills):
        ready = folder / f"ready-{number}"
        process = context.Process(target=work, args=(str(folder), settings, password, str(ready)))
        process.start()
        while not ready.exists():
            time.sleep(0.0005)
        time.sleep(seconds())
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        ready.unlink()
    return killed


def finish(folder: Path, settings: MailSettings, password: str) -> dict[str, int]:
    """Send the rest and return how many letters are in each state."""
    outbox = Outbox(folder, "test.local")
    deliver(outbox, settings, password)
    counts = outbox.counts()
    assert outbox.audit_broken_at() is None
    outbox.close()
    return counts


def test_200_kills_in_a_queue_of_500(tmp_path: Path, certificates: Certificates) -> None:
    chance = random.Random(20201231)
    numbers = queue(tmp_path, LETTERS)
    with serving(Server(pause=0.002), certificates) as server:
        settings = account(server.port, certificates)
        killed = kill_senders(tmp_path, settings, PASSWORD, KILLS, lambda: chance.uniform(0, 0.06))
        assert killed >= KILLS * 0.9, "the queue was empty too soon to be a test"
        assert len(server.got) < LETTERS
        counts = finish(tmp_path, settings, PASSWORD)
    assert counts[SENT] == LETTERS
    received = Counter(str(read(content)["Message-ID"]) for _, content in server.got)
    assert set(received) == numbers, "none lost, none invented"
    assert sum(received.values()) - LETTERS <= killed, "at most one duplicate a kill"
    assert max(Counter(recipient for recipient, _ in server.got).values()) <= 1 + killed


def test_kills_before_a_real_mail_server(tmp_path: Path, postfix: Postfix) -> None:
    chance = random.Random(1)
    before = len(postfix.delivered())
    numbers = queue(tmp_path, 60)
    settings = account(postfix.tls, postfix.certificates)
    killed = kill_senders(tmp_path, settings, POSTFIX_PASSWORD, 20, lambda: chance.uniform(0.02, 0.15))
    assert finish(tmp_path, settings, POSTFIX_PASSWORD)[SENT] == 60
    postfix.settled()
    postfix.wait_for("nobody", 0)
    received = [str(read(content)["Message-ID"]) for content in postfix.delivered()[before:]]
    assert set(received) == numbers
    assert len(received) - 60 <= killed
