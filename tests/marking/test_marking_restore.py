"""Backups: which there are and why, and that putting one back loses nothing and is said."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from marking_samples import MARKS, made_by_openpyxl

import toolkit
from toolkit.marking import Journal, backups_of, mark, restore, unmark
from toolkit.marking import replace as replacing
from toolkit.model import Mark, RefusedWorkbook

FIRST, SECOND = MARKS[:1], MARKS[1:2]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "workbooks" / "stations" / "台账.xlsx"
    path.parent.mkdir(parents=True)
    made_by_openpyxl(path)
    return path


@pytest.fixture
def journal(ledger: Path) -> Journal:
    return Journal(ledger.parents[1] / ".state")


def test_restoring_puts_back_the_file_before_the_last_write_and_again_what_it_held(
    ledger: Path, journal: Journal
) -> None:
    assert restore(ledger, [journal]).status == "none"
    before = ledger.read_bytes()
    mark(ledger, ledger, MARKS, journal=journal)
    after = ledger.read_bytes()
    made = restore(ledger, [journal])
    assert (made.status, made.changed_since, made.backup.why) == ("done", False, "mark")
    assert ledger.read_bytes() == before
    assert restore(ledger, [journal]).status == "done"
    assert ledger.read_bytes() == after
    assert journal.open_intents() == {}


def test_an_attempt_that_was_given_up_is_no_obstacle(
    ledger: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger.read_bytes()
    mark(ledger, ledger, FIRST, journal=journal)
    with monkeypatch.context() as patch:
        patch.setattr(replacing, "is_open_elsewhere", lambda _: True)
        assert mark(ledger, ledger, SECOND, journal=journal).status == "in-use"
    assert len(journal.backups(ledger)) == 2  # the latest holds what the file holds
    assert restore(ledger, [journal]).status == "done"
    assert ledger.read_bytes() == before


def test_a_file_in_use_is_reported(ledger: Path, journal: Journal) -> None:
    mark(ledger, ledger, FIRST, journal=journal)
    now = ledger.read_bytes()
    lock = ledger.with_name(f"~${ledger.name}")
    lock.write_bytes(b"\x04" + "王五".encode("gb18030") + b" " * 49 + b"\x02\x00" + "王五".encode("utf-16-le"))
    made = restore(ledger, [journal])
    assert (made.status, made.owner) == ("in-use", "王五")
    lock.unlink()
    with replacing.Replacement(ledger, journal):
        assert restore(ledger, [Journal(journal.folder)]).status == "in-use"
    assert ledger.read_bytes() == now


def test_what_somebody_changed_since_is_said_and_kept(ledger: Path, journal: Journal) -> None:
    before = ledger.read_bytes()
    mark(ledger, ledger, FIRST, journal=journal)
    ledger.write_bytes(ledger.read_bytes() + b"typed by a clerk")
    typed = ledger.read_bytes()
    made = restore(ledger, [journal])
    assert (made.status, made.changed_since) == ("done", True)
    assert ledger.read_bytes() == before
    assert restore(ledger, [journal]).changed_since is False
    assert ledger.read_bytes() == typed


def test_any_backup_can_be_put_back_by_its_number(ledger: Path, journal: Journal) -> None:
    contents = [ledger.read_bytes()]
    for marks in (FIRST, SECOND, MARKS):
        mark(ledger, ledger, marks, journal=journal)
        contents.append(ledger.read_bytes())
    unmark(ledger, ledger, journal=journal)
    listed = [backup for backup, _ in backups_of(ledger, [journal])]
    assert [backup.why for backup in listed] == ["unmark", "mark", "mark", "mark"]
    assert [backup.path.read_bytes() for backup in listed] == contents[::-1]
    assert restore(ledger, [journal], 3).status == "done"
    assert ledger.read_bytes() == contents[1]
    assert restore(ledger, [journal], 99).status == "none"
    assert restore(ledger, [journal], 1).backup.why == "restore"


def test_a_damaged_backup_is_passed_over(ledger: Path, journal: Journal) -> None:
    before = ledger.read_bytes()
    mark(ledger, ledger, FIRST, journal=journal)
    mark(ledger, ledger, MARKS, journal=journal)
    journal.backups(ledger)[-1].path.write_bytes(b"PK")
    assert restore(ledger, [journal]).status == "done"
    assert ledger.read_bytes() == before
    only = ledger.with_name("b.xlsx")
    made_by_openpyxl(only)
    mark(only, only, FIRST, journal=journal)
    journal.backups(only)[0].path.write_bytes(b"PK")
    now = only.read_bytes()
    assert restore(only, [journal]).status == "none"
    assert only.read_bytes() == now


def test_a_file_that_was_deleted_comes_back(ledger: Path, journal: Journal) -> None:
    before = ledger.read_bytes()
    mark(ledger, ledger, FIRST, journal=journal)
    ledger.unlink()
    assert restore(ledger, [journal]).status == "done"
    assert ledger.read_bytes() == before


def test_the_backups_of_a_workspace_move_with_it(ledger: Path, journal: Journal, tmp_path: Path) -> None:
    before = ledger.read_bytes()
    mark(ledger, ledger, FIRST, journal=journal)
    moved = tmp_path / "新位置"
    shutil.move(str(tmp_path / "work"), moved)
    there = moved / "workbooks" / "stations" / ledger.name
    made = restore(there, [Journal(moved / "workbooks" / ".state")])
    assert (made.status, made.changed_since) == ("done", False)
    assert there.read_bytes() == before


def test_a_run_cut_off_before_the_workspace_moved_is_settled_afterwards(
    ledger: Path, journal: Journal, tmp_path: Path
) -> None:
    entry = journal.begin(ledger, ledger.with_name(".taizhang-x.tmp"), replacing.file_hash(ledger))
    ledger.with_name(".taizhang-x.tmp").write_bytes(b"half")
    entry._lock.release()
    shutil.move(str(tmp_path / "work"), tmp_path / "moved")
    there = Journal(tmp_path / "moved" / "workbooks" / ".state")
    assert [outcome for _, outcome in there.recover()] == ["rolled-back"]
    assert not list((tmp_path / "moved").rglob("*.tmp"))


def test_marking_in_place_from_python_has_a_backup_in_the_users_own_folder(ledger: Path, own_state: Path) -> None:
    before = ledger.read_bytes()
    assert toolkit.mark(ledger, ledger, MARKS).changed
    assert toolkit.unmark(ledger, ledger).changed
    journal = Journal(own_state / "taizhang")
    assert [backup.why for backup in journal.backups(ledger)] == ["mark", "unmark"]
    assert journal.backups(ledger)[0].path.read_bytes() == before
    if os.name != "nt":
        assert stat.S_IMODE((own_state / "taizhang").stat().st_mode) == 0o700


def test_without_a_place_for_the_backup_nothing_is_written(ledger: Path, own_state: Path) -> None:
    (own_state / "taizhang").write_text("in the way")
    before = ledger.read_bytes()
    with pytest.raises(RefusedWorkbook) as refused:
        toolkit.mark(ledger, ledger, MARKS)
    assert refused.value.code == "no-backup"
    assert ledger.read_bytes() == before
    assert toolkit.mark(ledger, ledger.with_name("b.xlsx"), MARKS).changed  # a copy needs none


def test_only_so_many_backups_stay(ledger: Path, journal: Journal) -> None:
    for at in range(9):
        mark(ledger, ledger, [Mark("台账", "B2", "error", "E201", f"第 {at} 次")], journal=journal)
    assert [backup.number for backup in journal.backups(ledger)] == [5, 6, 7, 8, 9]
