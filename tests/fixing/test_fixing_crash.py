"""Whatever happens while fixing, a station's file is the old one or the new one, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixing.fixing_samples import NAMES, ledger
from tests.marking.marking_samples import parts
from toolkit.fixing import fix, undo_fix
from toolkit.marking import Journal

_LOOP = """
import sys
from pathlib import Path
from tests.fixing.fixing_samples import NAMES
from toolkit.fixing import fix, undo_fix
from toolkit.marking import Journal
path, journal = Path(sys.argv[1]), Journal(Path(sys.argv[2]))
print("ready", flush=True)
while True:
    fix(path, NAMES, journal=journal)
    undo_fix(path, journal=journal)
"""


def test_killed_at_random_moments_the_file_is_whole(tmp_path: Path) -> None:
    path, state = ledger(tmp_path / "台账.xlsx"), tmp_path / ".state"
    before = parts(path)
    fix(path, NAMES)
    after = parts(path)
    undo_fix(path)
    root = Path(__file__).parent.parent.parent
    for _ in range(12):
        worker = subprocess.Popen(
            [sys.executable, "-c", _LOOP, str(path), str(state)],
            stdout=subprocess.PIPE,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        assert worker.stdout
        worker.stdout.readline()
        time.sleep(random.uniform(0.0, 0.15))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        assert parts(path) in (before, after)
        Journal(state).recover()
        assert Journal(state).open_intents() == {}
        assert not list(tmp_path.glob("*.tmp"))
    undo_fix(path)
    assert parts(path) == before


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_file_as_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, journal = ledger(tmp_path / "台账.xlsx"), Journal(tmp_path / ".state")
    before = path.read_bytes()

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, name, broken)
    if name == "replace":
        monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="No space"):
        fix(path, NAMES, journal=journal)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def test_somebody_who_saves_at_the_same_time_keeps_their_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.marking.package import Package

    path = ledger(tmp_path / "台账.xlsx")
    theirs = ledger(tmp_path / "theirs.xlsx").read_bytes() + b"\0"
    save = Package.save

    def slow(self: Package, out: object) -> None:
        save(self, out)  # type: ignore[arg-type]
        path.write_bytes(theirs)

    monkeypatch.setattr(Package, "save", slow)
    assert fix(path, NAMES).status == "in-use"
    assert path.read_bytes() == theirs
