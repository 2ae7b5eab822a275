"""The ways in without a command line: files dropped on a .bat, the desktop entry, the shortcuts; progress for whoever watches a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import needs
from toolkit.messages import text
from toolkit.page.dropped import dropped_files
from toolkit.page.install import desktop_entry, shortcut_script
from toolkit.page.jobs import parse_progress

BATCH = r"C:\工具 箱\检查.bat"


@pytest.mark.parametrize(
    ("given", "line", "there"),
    [
        ([r"C:\a.xlsx"], rf'cmd.exe /c ""{BATCH}" C:\a.xlsx"', [r"C:\a.xlsx"]),
        ([r"C:\a b.xlsx"], rf'cmd.exe /c ""{BATCH}" "C:\a b.xlsx""', [r"C:\a b.xlsx"]),
        ([r"C:\走访"], rf'C:\Windows\system32\cmd.exe /c ""{BATCH}" C:\走访&慰问.xlsx"', [r"C:\走访&慰问.xlsx"]),
        ([r"C:\a"], rf'cmd.exe /c ""{BATCH}" C:\a&b.xlsx "C:\c d.xls" C:\50%完成^.xlsx"', [r"C:\a&b.xlsx", r"C:\c d.xls", r"C:\50%完成^.xlsx"]),
        ([r"C:\a"], rf'cmd.exe /c {BATCH} C:\a&b.xlsx', [r"C:\a&b.xlsx"]),
        (["none.xlsx"], rf'cmd.exe /c ""{BATCH}" none.xlsx"', ["none.xlsx"]),
        ([], r'"C:\Windows\system32\cmd.exe"', []),
        ([], rf'cmd.exe /c ""{BATCH}" "', []),
    ],
)  # fmt: skip
def test_the_files_dropped_on_a_batch_file_are_found_whatever_their_names(
    given: list[str], line: str, there: list[str]
) -> None:
    wanted = [Path(name) for name in there]
    assert dropped_files(given, line, exists=lambda path: path in wanted and path.name != "none.xlsx") == wanted


def test_the_desktop_entry_is_valid_and_names_this_program(tmp_path: Path) -> None:
    folder = tmp_path / "县 局 $5 `x` 100%"
    folder.mkdir()
    entry = tmp_path / "检查.desktop"
    entry.write_text(desktop_entry(folder), encoding="utf-8")
    done = subprocess.run([needs("desktop-file-validate"), entry], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    command = next(line for line in entry.read_text(encoding="utf-8").splitlines() if line.startswith("Exec="))
    value = command.removeprefix("Exec=").replace("\\\\", "\\")
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {value}"], capture_output=True, text=True).stdout.splitlines()
    assert words[0] == sys.executable
    assert words[-2:] == [str(folder).replace("%", "%%"), "%F"]


def test_install_and_uninstall_leave_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    made = []
    for option in ("--install", "--uninstall"):
        command = [sys.executable, "-m", "toolkit", "page", "-C", str(tmp_path), option, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        made.append([Path(name) for name in json.loads(done.stdout)["files"]])
    assert made[0] == made[1]
    assert len(made[0]) == 2
    assert all(tmp_path in path.parents and not path.exists() for path in made[0])


def test_the_shortcuts_quote_every_word() -> None:
    script = shortcut_script(Path("/县 局's"), Path("/工具/pythonw.exe"), [Path("/发送到"), Path("/桌面")], "zh")
    assert "'/县 局''s'" in script
    assert "$link.Arguments = '-X utf8 -m toolkit page -C \"/县 局''s\"'" in script
    assert "@('/发送到', '/桌面')" in script
    assert text("page.install.name", "zh") + ".lnk" in script


def test_a_run_tells_its_progress_to_programs(county: Path) -> None:
    command = [sys.executable, "-m", "toolkit", "run", "-C", str(county), "--full", "--progress", "json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        said = run.stderr.read().splitlines()
    assert run.returncode in (0, 3)
    told = [parse_progress(line) for line in said]
    assert all(told)
    last = {step: (count, total) for step, total, count in filter(None, told)}
    assert {"read", "write"} <= set(last)
    assert all(count == total for count, total in last.values())
    assert all(set(json.loads(line)) == {"step", "total", "done"} for line in said)
