"""The outbox: durable, nobody gets the same twice for one due date, and whatever is done to it no letter is lost."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from toolkit.mail.outbox import DEAD, DROPPED, PENDING, SENT, STATES, UNKNOWN, WAITING, Draft, Letter, Outbox

DAY = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_600_000_000.0

    def __call__(self) -> float:
        return self.now


def draft(
    recipient: str,
    due: str = "2020-12-31",
    kind: str = "summary",
    scope: str = "",
    digest: str = "d",
    priority: int = 1,
) -> Draft:
    return Draft(due, kind, scope, recipient, digest, priority, "主题", "a.xlsx 3 ff", lambda message_id: f"{message_id} body".encode(),
                 lambda message_id: f"{message_id} bare".encode())  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Outbox:
    return Outbox(tmp_path, "test.local", clock)


def test_the_same_thing_is_queued_once_for_a_due_date(outbox: Outbox) -> None:
    assert outbox.queue([draft("a@x.cn"), draft("b@x.cn"), draft("a@x.cn")]) == 2
    assert outbox.queue([draft("a@x.cn", digest="other words")]) == 0
    assert (
        outbox.queue([draft("a@x.cn", due="2021-01-01"), draft("a@x.cn", kind="weekly"), draft("a@x.cn", scope="111")])
        == 3
    )
    assert outbox.queue([draft("a@x.cn")], again=True) == 1
    numbers = [letter.message_id for letter in outbox.letters()]
    assert len(set(numbers)) == len(numbers) == 6


def test_a_message_id_is_that_of_its_letter_wherever_it_is_made_again(tmp_path: Path, outbox: Outbox) -> None:
    outbox.queue([draft("a@x.cn")])
    letter = outbox.claim()
    assert letter is not None
    assert outbox.content(letter).decode() == f"{letter.message_id} body"
    assert letter.message_id.endswith("@test.local>")
    assert Outbox(tmp_path / "other", "test.local").get("workspace") != outbox.get("workspace")


def test_nothing_is_queued_where_composing_fails(outbox: Outbox) -> None:
    def drafts() -> object:
        yield draft("a@x.cn")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        outbox.queue(drafts())  # type: ignore[arg-type]
    assert outbox.letters() == []


def test_letters_go_by_priority_and_only_when_due(outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("late@x.cn", priority=5), draft("first@x.cn", priority=0), draft("then@x.cn", priority=1)])
    first = outbox.claim()
    assert first is not None
    assert first.recipient == "first@x.cn"
    outbox.settle(first, PENDING, reason="later", answer="", next_try=clock.now + 600)
    assert [letter.recipient for letter in (outbox.claim(), outbox.claim()) if letter] == ["then@x.cn", "late@x.cn"]
    assert outbox.claim() is None
    clock.now += 600
    assert outbox.claim() is not None


def test_a_letter_of_a_sender_that_died_is_taken_back(tmp_path: Path, outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn")])
    before = outbox.claim()
    assert before is not None
    outbox.close()
    again = Outbox(tmp_path, "test.local", clock)
    assert again.claim() is None, "it is somebody's until taken back"
    assert again.recover() == 1
    after = again.claim()
    assert after is not None
    assert (after.message_id, after.attempts, after.uncertain) == (before.message_id, 2, 1)


def test_an_unchanged_matter_is_told_again_only_after_its_days(outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn", kind="reminder", scope="111", digest="same")])
    clock.now += 3 * DAY
    assert outbox.told_since("reminder", "111", "a@x.cn", "same", clock.now - 7 * DAY)
    assert not outbox.told_since("reminder", "111", "a@x.cn", "changed", clock.now - 7 * DAY)
    assert not outbox.told_since("reminder", "112", "a@x.cn", "same", clock.now - 7 * DAY)
    clock.now += 5 * DAY
    assert not outbox.told_since("reminder", "111", "a@x.cn", "same", clock.now - 7 * DAY)


def test_what_was_never_delivered_was_not_told(outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn", kind="reminder")])
    letter = outbox.claim()
    assert letter is not None
    outbox.settle(letter, DEAD, reason="no_such_address", answer="550")
    assert not outbox.told_since("reminder", "", "a@x.cn", "d", clock.now - DAY)


def test_the_audit_tells_every_step_and_cannot_be_altered(tmp_path: Path, outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn")])
    letter = outbox.claim()
    assert letter is not None
    outbox.settle(letter, PENDING, reason="size", answer="end 552 too large", next_try=clock.now, bare=True)
    letter = outbox.claim()
    assert letter is not None
    assert outbox.content(letter).endswith(b"bare")
    outbox.settle(letter, SENT, reason="sent", answer="end 250 ok")
    entries = [entry for _, entry in outbox.audit()]
    assert [(entry.event, entry.recipient, entry.attachments) for entry in entries] == [
        ("queued", "a@x.cn", "a.xlsx 3 ff"), ("without-attachment", "a@x.cn", ""), ("sent", "a@x.cn", ""),
    ]  # fmt: skip
    assert entries[0].content != entries[2].content
    assert outbox.audit_broken_at() is None
    database = sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)
    for statement in ("UPDATE audit SET recipient='b@x.cn'", "DELETE FROM audit WHERE number=2"):
        with pytest.raises(sqlite3.IntegrityError, match="only be added to"):
            database.execute(statement)
    # whoever takes the guards away leaves a trace
    database.execute("DROP TRIGGER audit_no_update")
    database.execute("DROP TRIGGER audit_no_delete")
    database.execute("UPDATE audit SET recipient='b@x.cn' WHERE number=2")
    assert outbox.audit_broken_at() == 2
    database.execute("UPDATE audit SET recipient='a@x.cn' WHERE number=2")
    assert outbox.audit_broken_at() is None
    database.execute("DELETE FROM audit WHERE number=1")
    assert outbox.audit_broken_at() == 2


def test_old_content_is_let_go_of_but_not_that_it_was_sent(outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn"), draft("b@x.cn")])
    letter = outbox.claim()
    assert letter is not None
    outbox.settle(letter, SENT, reason="sent", answer="")
    clock.now += 40 * DAY
    outbox.forget()
    with pytest.raises(TypeError):
        outbox.content(letter)
    assert outbox.has("2020-12-31", "summary", "", letter.recipient)
    waiting = outbox.claim()
    assert waiting is not None
    assert outbox.content(waiting)


def test_what_waits_too_long_is_given_up_and_can_be_tried_again(outbox: Outbox, clock: Clock) -> None:
    outbox.queue([draft("a@x.cn")])
    clock.now += 6 * DAY
    assert outbox.give_up(5) == 1
    assert outbox.counts()[DEAD] == 1
    assert len(outbox.retry()) == 1
    assert outbox.give_up(5) == 0
    assert outbox.claim() is not None


class Life(RuleBasedStateMachine):
    """Whatever happens in whatever order: every letter is in one state, a sent one stays sent, and only one process holds a letter."""

    held = Bundle("held")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.outbox = Outbox(Path(self.folder.name), "test.local", self.clock)
        self.keys: set[tuple[str, str]] = set()
        self.sent: set[int] = set()
        self.dropped: set[int] = set()

    @rule(recipient=st.sampled_from("abcd"), due=st.sampled_from(["2020-12-30", "2020-12-31"]))
    def queue(self, recipient: str, due: str) -> None:
        new = self.outbox.queue([draft(f"{recipient}@x.cn", due)])
        assert new == ((recipient, due) not in self.keys)
        self.keys.add((recipient, due))

    @rule(target=held)
    def claim(self) -> Letter | None:
        letter = self.outbox.claim()
        assert letter is None or letter.id not in self.sent | self.dropped
        return letter

    @rule(letter=consumes(held), end=st.sampled_from([SENT, DEAD, UNKNOWN, PENDING]), wait=st.floats(0, 1000))
    def settle(self, letter: Letter | None, end: str, wait: float) -> None:
        if letter is None or self.outbox.letter(letter.id).state != "sending":  # type: ignore[union-attr]
            return
        self.outbox.settle(letter, end, reason="later", answer="", next_try=self.clock.now + wait)
        if end == SENT:
            self.sent.add(letter.id)

    @rule(letter=consumes(held))
    def release(self, letter: Letter | None) -> None:
        if letter is not None and self.outbox.letter(letter.id).state == "sending":  # type: ignore[union-attr]
            self.outbox.release(letter, "busy", "")

    @rule()
    def crash(self) -> None:
        self.outbox.close()
        self.outbox = Outbox(Path(self.folder.name), "test.local", self.clock)
        self.outbox.recover()
        assert self.outbox.counts()["sending"] == 0

    @rule(seconds=st.floats(0, 3 * DAY))
    def later(self, seconds: float) -> None:
        self.clock.now += seconds
        self.outbox.forget()

    @rule()
    def give_up(self) -> None:
        self.outbox.give_up(2)

    @rule(number=st.integers(1, 8))
    def retry(self, number: int) -> None:
        for moved in self.outbox.retry([number]):
            assert moved not in self.sent | self.dropped

    @rule(number=st.integers(1, 8))
    def drop(self, number: int) -> None:
        self.dropped |= set(self.outbox.drop([number]))

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "outbox"):
            return
        counts = self.outbox.counts()
        assert sum(counts.values()) == len(self.keys)
        assert set(counts) == set(STATES)
        letters = {letter.id: letter for letter in self.outbox.letters()}
        assert {number for number, letter in letters.items() if letter.state == SENT} == self.sent
        assert all(letter.attempts >= 0 for letter in letters.values())
        assert self.outbox.audit_broken_at() is None
        assert (self.outbox.next_try() is None) == (not any(letter.state in WAITING for letter in letters.values()))
        assert {number for number, letter in letters.items() if letter.state == DROPPED} == self.dropped

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.folder.cleanup()


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestLife = Life.TestCase
