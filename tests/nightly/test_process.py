"""A step of a job is a process of its own, and ends with everything it started."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tests.nightly.nightly_samples import alive, until
from toolkit.nightly.process import run_process

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX sessions; Windows uses job objects")

# A step that starts a child, a grandchild deaf to SIGTERM, and one that left the session; then does what it is told.
STEP = """
import os, signal, subprocess, sys, time
folder, then = sys.argv[1:]
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
middle = "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', sys.argv[1]]); print(p.pid, flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", middle, deaf], stdout=subprocess.PIPE, text=True)
grandchild = child.stdout.readline().strip()
child.stdout.readline()
away = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True)
away.stdout.readline()
print("a line on standard output", flush=True)
print("身份证号 has a problem", file=sys.stderr, flush=True)
open(os.path.join(folder, "pids.tmp"), "w").write(f"{os.getpid()} {child.pid} {grandchild} {away.pid}")
os.replace(os.path.join(folder, "pids.tmp"), os.path.join(folder, "pids"))
if then == "die":
    os.kill(os.getpid(), signal.SIGKILL)
if then == "end":
    sys.exit(3)
time.sleep(600)
"""


def step(folder: Path, then: str) -> list[str]:
    return [sys.executable, "-c", STEP, str(folder), then]


def pids(folder: Path) -> list[int]:
    return [int(word) for word in (folder / "pids").read_text().split()]


def test_the_time_limit_ends_grandchildren_even_deaf_ones_and_those_that_left_the_session(tmp_path: Path) -> None:
    ended = run_process(
        step(tmp_path, "stay"), line=lambda _: None, seconds=3, stop=threading.Event(), environment=os.environ
    )
    assert ended.status == 124
    assert [pid for pid in pids(tmp_path) if alive(pid)] == []


def test_asking_to_stop_ends_them_as_well(tmp_path: Path) -> None:
    stop = threading.Event()
    asking = threading.Thread(target=lambda: (until((tmp_path / "pids").exists), stop.set()))
    asking.start()
    ended = run_process(step(tmp_path, "stay"), line=lambda _: None, seconds=600, stop=stop, environment=os.environ)
    asking.join()
    assert ended.status == 130
    assert [pid for pid in pids(tmp_path) if alive(pid)] == []


@pytest.mark.parametrize(("then", "status"), [("die", 128 + signal.SIGKILL), ("end", 3)])
def test_what_a_step_leaves_behind_is_ended_and_keeps_nobody_waiting(tmp_path: Path, then: str, status: int) -> None:
    lines: list[str] = []
    ended = run_process(
        step(tmp_path, then), line=lines.append, seconds=600, stop=threading.Event(), environment=os.environ
    )
    assert ended.status == status
    _, child, grandchild, away = pids(tmp_path)
    assert not alive(child)
    assert not alive(grandchild)
    if alive(away):  # its parent ended in order and it had left the session: nothing tells that it was ours
        os.kill(away, signal.SIGKILL)
    assert lines == ["身份证号 has a problem"], "standard error only"
    assert ended.output == (b"a line on standard output\n" if then == "die" else b""), (
        "what succeeded is not looked into"
    )


def test_a_command_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_process(
            [str(tmp_path / "gone")], line=lambda _: None, seconds=1, stop=threading.Event(), environment=os.environ
        )
