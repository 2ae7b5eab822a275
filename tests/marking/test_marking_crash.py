"""Whatever happens, a station's file is the old one or the new one, whole."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from marking_samples import MARKS, made_by_openpyxl, parts

from toolkit.marking import Journal, mark, restore, unmark
from toolkit.marking import replace as replacing
from toolkit.model import Mark

HERE = Path(__file__).parent


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "马村镇" / "台账.xlsx"
    path.parent.mkdir()
    made_by_openpyxl(path)
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".state")


def leftovers(folder: Path) -> list[str]:
    return [str(found) for found in folder.rglob("*.tmp")]


def test_nothing_is_backed_up_when_nothing_is_written(ledger: Path, journal: Journal) -> None:
    mark(ledger, ledger, MARKS, journal=journal)
    mark(ledger, ledger, MARKS, journal=journal)
    assert len(journal.backups(ledger)) == 1


def test_backups_are_rotated(ledger: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / ".state", keep=3)
    for at in range(6):
        mark(ledger, ledger, [Mark("台账", "B2", "error", "E201", f"第 {at} 次")], journal=journal)
    assert len(journal.backups(ledger)) == 3


@pytest.mark.parametrize("name", ["~$台账.xlsx", ".~lock.台账.xlsx#", ".~台账.xlsx"])
def test_a_file_somebody_has_open_is_left_alone(ledger: Path, name: str) -> None:
    before = ledger.read_bytes()
    (ledger.parent / name).write_bytes(b"")
    assert mark(ledger, ledger, MARKS).status == "in-use"
    assert unmark(ledger, ledger).status == "in-use"
    assert ledger.read_bytes() == before


def test_a_file_that_changes_meanwhile_is_left_alone(
    ledger: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replacing.is_open_elsewhere

    def meddle(path: Path) -> bool:
        ledger.write_bytes(b"typed meanwhile")
        return real(path)

    monkeypatch.setattr(replacing, "is_open_elsewhere", meddle)
    assert mark(ledger, ledger, MARKS, journal=journal).status == "in-use"
    assert ledger.read_bytes() == b"typed meanwhile"
    assert leftovers(ledger.parent) == []
    assert journal.open_intents() == {}


def test_a_sharing_violation_means_in_use(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ledger.read_bytes()
    monkeypatch.setattr(replacing, "_PAUSE", 0.001)

    def shared(*_: object) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(os, "replace", shared)
    assert mark(ledger, ledger, MARKS).status == "in-use"
    assert ledger.read_bytes() == before
    assert leftovers(ledger.parent) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_permissions_and_links_stay(ledger: Path, tmp_path: Path) -> None:
    ledger.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(ledger)
    assert mark(link, link, MARKS).changed
    assert link.is_symlink()
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o640
    assert "customXml/item1.xml" in parts(ledger)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_every_step_may_fail_once(
    ledger: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: int
) -> None:
    before = ledger.read_bytes()
    mark(ledger, tmp_path / "new.xlsx", MARKS)
    after = (tmp_path / "new.xlsx").read_bytes()
    for failing in range(200):
        ledger.write_bytes(before)
        left = [failing]
        with monkeypatch.context() as patch:
            _fail_once(patch, left, error)
            try:
                result = mark(ledger, ledger, MARKS, journal=journal)
            except OSError as raised:
                result, number = None, raised.errno
                assert number == error
        assert ledger.read_bytes() in (before, after)
        if left[0] >= 0:
            assert result is not None
            assert result.changed
            break
        journal.recover()
        assert leftovers(tmp_path) == []
        assert journal.open_intents() == {}
        mark(ledger, ledger, MARKS, journal=journal)
        assert ledger.read_bytes() == after
    assert 10 < failing < 200


def _fail_once(patch: pytest.MonkeyPatch, left: list[int], error: int) -> None:
    def guarded(real: object) -> object:
        def call(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] == -1:
                raise OSError(error, os.strerror(error))
            return real(*arguments, **named)  # type: ignore[operator]

        return call

    for owner, name in (
        (os, "fsync"),
        (os, "replace"),
        (Path, "open"),
        (Path, "chmod"),
        (replacing._Hashing, "write"),
    ):
        patch.setattr(owner, name, guarded(getattr(owner, name)))


NURSERY = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from marking_samples import MARKS
from toolkit.marking import Journal, mark, restore, unmark
ledger = Path({ledger!r})
for _ in range(2):  # the second time nothing has to be imported any more
    began = time.monotonic()
    journal = Journal(Path({state!r}))
    mark(ledger, ledger, MARKS, journal=journal)
    restore(ledger, [journal])
    unmark(ledger, ledger, journal=journal)
print(time.monotonic() - began, flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        journal = Journal(Path({state!r}))
        print(os.getpid(), flush=True)
        while True:
            mark(ledger, ledger, MARKS, journal=journal)
            restore(ledger, [journal])
            unmark(ledger, ledger, journal=journal)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
KILLS = 250


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_killed_at_hundreds_of_moments(ledger: Path, journal: Journal, tmp_path: Path) -> None:
    sent = ledger.stat().st_mtime_ns
    before = ledger.read_bytes()
    mark(ledger, tmp_path / "new.xlsx", MARKS)
    whole = {before, (tmp_path / "new.xlsx").read_bytes()}
    script = NURSERY.format(tests=str(HERE), ledger=str(ledger), state=str(journal.folder))
    chance, outcomes, seen = random.Random(7), set[str](), set[bytes]()
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1]
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        once = float(nursery.stdout.readline())
        for _ in range(KILLS):
            nursery.stdin.write("another\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(chance.uniform(0, once))
            os.kill(child, signal.SIGKILL)
            assert nursery.stdout.readline() == "gone\n"
            now = ledger.read_bytes()
            assert now in whole
            seen.add(now)
            assert ledger.stat().st_mtime_ns == sent
            outcomes |= {outcome for _, outcome in journal.recover()}
            assert leftovers(tmp_path) == []
            assert journal.open_intents() == {}
        nursery.stdin.close()
    for backup in journal.backups(ledger):
        assert backup.path.read_bytes() in whole
    assert outcomes == {"done", "rolled-back"}
    assert seen == whole
    unmark(ledger, ledger, journal=journal)
    assert ledger.read_bytes() == before


def test_a_temporary_file_of_a_dead_process_is_swept(ledger: Path) -> None:
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    name = replacing._temporary_for(ledger).name.replace(f"-{os.getpid()}.", f"-{int(process.stdout)}.")
    (ledger.parent / name).write_bytes(b"half")
    mark(ledger, ledger, MARKS)
    assert leftovers(ledger.parent) == []


def test_two_at_once_leave_a_whole_file(ledger: Path, journal: Journal, tmp_path: Path) -> None:
    marks = [[Mark("台账", "B2", "error", "E201", f"第 {at} 个")] for at in range(2)]
    whole = {ledger.read_bytes()}
    for at, each in enumerate(marks):
        mark(ledger, tmp_path / f"{at}.xlsx", each)
        whole.add((tmp_path / f"{at}.xlsx").read_bytes())
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda each=each: results.append(mark(ledger, ledger, each, journal=journal).status))
        for each in marks * 5
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) <= {"done", "in-use"}
    assert len(results) == 10
    assert ledger.read_bytes() in whole
    assert leftovers(ledger.parent) == []


def test_a_torn_line_in_the_journal_is_no_obstacle(ledger: Path, journal: Journal) -> None:
    mark(ledger, ledger, MARKS, journal=journal)
    with (journal.folder / "marks.jsonl").open("ab") as file:
        file.write(b'{"step": "inte')
    assert journal.recover() == []
    unmark(ledger, ledger, journal=journal)
    assert journal.open_intents() == {}
    assert len((journal.folder / "marks.jsonl").read_text(encoding="utf-8").splitlines()) == 7


def test_a_long_journal_is_set_aside(ledger: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    mark(ledger, ledger, MARKS, journal=journal)
    monkeypatch.setattr("toolkit.marking.journal._LONGEST", 10)
    journal.recover()
    assert sorted(found.name for found in journal.folder.glob("*.jsonl")) == ["marks.old.jsonl"]
    unmark(ledger, ledger, journal=journal)
    assert restore(ledger, [journal]).status == "done"


def test_what_another_process_is_writing_is_not_recovered(ledger: Path, journal: Journal) -> None:
    with replacing.Replacement(ledger, journal) as writing:
        assert Journal(journal.folder).recover() == []
        assert mark(ledger, ledger, MARKS, journal=Journal(journal.folder)).status == "in-use"
        writing.file.write(b"PK")
    assert journal.open_intents() == {}
    assert leftovers(ledger.parent) == []
