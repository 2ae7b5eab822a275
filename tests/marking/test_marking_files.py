"""What marking does to the file as a file: its times, permissions, names; lock files; folders and disks that cannot be written."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from marking_samples import MARKS, made_by_openpyxl, parts

from tests.conftest import small_disk
from toolkit.marking import Journal, mark, restore, unmark
from toolkit.marking import locks as locking
from toolkit.marking import replace as replacing
from toolkit.marking.backups import Backups
from toolkit.model import Mark, RefusedWorkbook

HERE = Path(__file__).parent
DAY = 86_400
posix = pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
LOCKS = ["~$台账.xlsx", ".~lock.台账.xlsx#", ".~台账.xlsx"]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "马村镇" / "台账.xlsx"
    path.parent.mkdir()
    made_by_openpyxl(path)
    os.utime(path, ns=(1_600_000_000_123_456_789, 1_600_000_000_123_456_789))
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / ".state")


def refusal(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(RefusedWorkbook) as refused:
        mark(path, path, MARKS)
    assert refused.value.reason
    assert path.read_bytes() == before
    return refused.value.code


def test_the_time_the_station_changed_its_file_stays(ledger: Path, journal: Journal) -> None:
    sent = ledger.stat().st_mtime_ns
    assert mark(ledger, ledger, MARKS, journal=journal).changed
    assert ledger.stat().st_mtime_ns == sent
    assert mark(ledger, ledger, MARKS[:2], journal=journal).changed
    assert ledger.stat().st_mtime_ns == sent
    assert restore(ledger, [journal]).status == "done"
    assert ledger.stat().st_mtime_ns == sent
    assert unmark(ledger, ledger, journal=journal).changed
    assert ledger.stat().st_mtime_ns == sent


def test_restoring_gives_back_the_time_of_what_is_restored(ledger: Path, journal: Journal) -> None:
    sent = ledger.stat().st_mtime_ns
    mark(ledger, ledger, MARKS, journal=journal)
    ledger.write_bytes(ledger.read_bytes() + b"later")
    later = ledger.stat().st_mtime_ns
    assert later != sent
    restore(ledger, [journal])
    assert ledger.stat().st_mtime_ns == sent
    restore(ledger, [journal])
    assert ledger.stat().st_mtime_ns == later


@posix
def test_extended_attributes_stay(ledger: Path) -> None:
    try:
        os.setxattr(ledger, "user.note", b"from the bureau")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert mark(ledger, ledger, MARKS).changed
    assert os.getxattr(ledger, "user.note") == b"from the bureau"


def test_a_file_with_other_names_is_left_alone(ledger: Path, tmp_path: Path) -> None:
    os.link(ledger, tmp_path / "other.xlsx")
    assert refusal(ledger) == "hard-linked"
    assert mark(ledger, tmp_path / "copy.xlsx", MARKS).changed


@posix
def test_a_read_only_file_is_left_alone(ledger: Path) -> None:
    ledger.chmod(0o444)
    assert refusal(ledger) == "read-only"


def marked_by_nobody(path: Path) -> str:
    """Mark as a user who is not root, since root may write anywhere; return the status or the code of the refusal."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            try:
                said = mark(path, path, MARKS).status
            except RefusedWorkbook as refused:
                said = refused.code
            os.write(theirs, said.encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


@posix
@pytest.mark.parametrize(
    ("folder", "file", "code"), [(0o555, 0o666, "read-only-folder"), (0o777, 0o000, "no-permission")]
)
def test_what_may_not_be_written_or_read_is_not_called_open(folder: int, file: int, code: str) -> None:
    tmp_path = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    tmp_path.chmod(0o755)
    path = tmp_path / "d" / "a.xlsx"
    path.parent.mkdir()
    made_by_openpyxl(path)
    path.chmod(file)
    path.parent.chmod(folder)
    try:
        assert marked_by_nobody(path) == code
        assert [each.name for each in path.parent.iterdir()] == ["a.xlsx"]
    finally:
        path.parent.chmod(0o755)
        shutil.rmtree(tmp_path)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_of_today_counts_and_says_whose_it_is(ledger: Path, name: str) -> None:
    lock = ledger.with_name(name)
    lock.write_bytes(b",wangwu,pc-3,25.11.2026 08:00,file:///x;" if name.endswith("#") else _excel_lock("王 五"))
    made = mark(ledger, ledger, MARKS)
    assert (made.status, made.owner) == ("in-use", "wangwu" if name.endswith("#") else "王 五")
    assert made.lock == str(lock)


def _excel_lock(owner: str) -> bytes:
    narrow, wide = owner.encode("gb18030"), owner.encode("utf-16-le")
    head = bytes([len(narrow)]) + narrow.ljust(53)
    return (head + len(owner).to_bytes(2, "little") + wide).ljust(165, b" ")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_that_was_left_behind_is_passed_over_and_named(ledger: Path, name: str) -> None:
    lock = ledger.with_name(name)
    lock.write_bytes(b"")
    long_ago = lock.stat().st_mtime - 2 * DAY
    os.utime(lock, (long_ago, long_ago))
    made = mark(ledger, ledger, MARKS)
    assert (made.status, made.changed, made.stale_lock) == ("done", True, str(lock))
    assert lock.exists()


_HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@posix
def test_an_old_lock_file_counts_while_a_program_really_has_the_file(ledger: Path) -> None:
    lock = ledger.with_name(LOCKS[1])
    lock.write_bytes(b"")
    os.utime(lock, (lock.stat().st_mtime - 2 * DAY,) * 2)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(ledger)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert mark(ledger, ledger, MARKS).status == "in-use"
        holder.communicate("")
    assert mark(ledger, ledger, MARKS).changed


@posix
def test_a_lock_file_beside_what_a_link_leads_to_counts(ledger: Path, tmp_path: Path) -> None:
    link = tmp_path / "链接.xlsx"
    link.symlink_to(ledger)
    ledger.with_name(LOCKS[0]).write_bytes(b"")
    assert mark(link, link, MARKS).status == "in-use"
    ledger.with_name(LOCKS[0]).unlink()
    link.with_name(f"~${link.name}").write_bytes(b"")
    assert mark(link, link, MARKS).status == "in-use"


@pytest.mark.parametrize("length", [80, 83])
def test_the_longest_names_are_no_obstacle(ledger: Path, journal: Journal, length: int) -> None:
    path = ledger.rename(ledger.with_name("长" * length + ".xlsx"))  # 255 bytes at most
    assert mark(path, path, MARKS, journal=journal).changed
    assert restore(path, [journal]).status == "done"
    assert locking.lock_of(path) is None


# ── full disks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def left_behind(folder: Path) -> list[str]:
    return [str(found) for found in folder.rglob("*.tmp")]


def _fails_from(patch: pytest.MonkeyPatch, left: list[int]) -> None:
    """Let the n-th operation that needs room on the disk fail, and every later one, as on a full disk."""

    def guarded(real: object) -> object:
        def call(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **named)  # type: ignore[operator]

        return call

    class Full:
        """A file on a full disk: what is buffered cannot be written, not even when it is closed."""

        def __init__(self, inner: object) -> None:
            self.inner = inner

        def write(self, data: bytes) -> int:
            return guarded(self.inner.write)(data)  # type: ignore[attr-defined, operator, no-any-return]

        def flush(self) -> None:
            guarded(self.inner.flush)()  # type: ignore[attr-defined, operator]

        def fileno(self) -> int:
            return self.inner.fileno()  # type: ignore[attr-defined, no-any-return]

        def close(self) -> None:
            self.inner.close()  # type: ignore[attr-defined]
            guarded(lambda: None)()  # type: ignore[operator]

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    real_open = Path.open

    def opening(self: Path, mode: str = "r", *arguments: object, **named: object) -> object:
        made = real_open(self, mode, *arguments, **named)  # type: ignore[call-overload]
        return Full(made) if set(mode) & set("wxa+") else made

    patch.setattr(Path, "open", opening)
    patch.setattr(os, "fsync", guarded(os.fsync))


def test_a_disk_that_is_full_from_any_moment_on_leaves_nothing_behind(
    ledger: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = ledger.read_bytes()
    mark(ledger, tmp_path / "new.xlsx", MARKS)
    after = (tmp_path / "new.xlsx").read_bytes()
    for failing in range(300):
        left = [failing]
        with monkeypatch.context() as patch:
            _fails_from(patch, left)
            number = None
            try:
                mark(ledger, ledger, MARKS, journal=journal)
            except OSError as raised:
                number = raised.errno
        assert left_behind(tmp_path) == []
        if left[0] >= 0:
            assert (number, ledger.read_bytes()) == (None, after)
            break
        assert number in (None, errno.ENOSPC)  # None: all but the journal's last line was written
        assert ledger.read_bytes() in (before, after)
        ledger.write_bytes(before)
    assert 10 < failing < 300
    journal.recover()
    assert journal.open_intents() == {}


_SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from toolkit.marking import Journal, mark
sys.path.insert(0, sys.argv[2])
from marking_samples import MARKS
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    print(mark(path, path, MARKS, journal=Journal(path.parent / ".state")).status)
except OSError as error:
    print("OSError", error.errno)
"""


@posix
@pytest.mark.parametrize("room", [100, 1_000, 5_000, 9_000])
def test_a_file_that_may_grow_no_further_is_left_as_it_was(ledger: Path, room: int) -> None:
    before = ledger.read_bytes()
    command = [sys.executable, "-c", _SMALL_DISK, str(ledger), str(HERE), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.stdout.strip() == f"OSError {errno.EFBIG}", done.stderr
    assert ledger.read_bytes() == before
    assert left_behind(ledger.parent) == []


@posix
def test_a_really_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        path = disk / "a.xlsx"
        made_by_openpyxl(path)
        before = path.read_bytes()
        (disk / "filler").write_bytes(b"x" * (64 * 1024 - 4096 * (len(before) // 4096 + 3)))
        marks = [Mark("台账", f"G{row}", "error", "E201", os.urandom(60).hex()) for row in range(2, 200)]
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                mark(path, path, marks, journal=Journal(tmp_path / ".state"))
            assert path.read_bytes() == before
            assert sorted(each.name for each in disk.iterdir()) == ["a.xlsx", "filler"]
        with pytest.raises(OSError, match="No space"):
            mark(path, path, marks, journal=Journal(disk / ".state"))
        assert path.read_bytes() == before
        assert left_behind(disk) == []
        (disk / "filler").unlink()
        assert mark(path, path, MARKS, journal=Journal(tmp_path / ".state")).changed
        assert "customXml/item1.xml" in parts(path)


def test_a_backup_that_does_not_fit_leaves_nothing(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(tmp_path / "backups", tmp_path, 5)
    backups.folder_of(ledger).mkdir(parents=True)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        backups.put(ledger, replacing.file_hash(ledger), "mark")
    assert list(backups.folder_of(ledger).iterdir()) == []
