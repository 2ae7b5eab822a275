"""The command line itself: help with examples in both languages, every command documented, usage errors as sentences."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import make_id, save_workbook
from tests.intake.test_locate import HEAD, ROWS
from toolkit.cli import taizhang

ROOT = Path(__file__).parent.parent


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "toolkit", *words], capture_output=True, text=True)


@pytest.mark.parametrize("name", sorted(taizhang.commands))
def test_every_command_has_help_in_both_languages_and_is_in_the_manual(name: str) -> None:
    chinese, english = (call(name, "--lang", lang, "--help").stdout for lang in ("zh", "en"))
    assert chinese != english
    assert any(char > "\u4e00" for char in chinese)
    manual = "".join(
        page.read_text(encoding="utf-8")
        for page in [ROOT / "README.md", ROOT / "README.zh.md", *(ROOT / "docs").glob("*.md")]
    )
    assert f"taizhang {name}" in manual


def test_wrong_usage_is_a_sentence_with_a_way_on() -> None:
    done = call("run", "--bogus", "--lang", "zh")
    assert done.returncode == 2
    assert "taizhang run --help" in done.stderr


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    done = call("check", "没有.xlsx", "--lang", "zh")
    assert (done.returncode, "没有这个文件" in done.stderr) == (2, True)


def test_init_makes_a_workspace_that_runs_and_is_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "县 局"
    assert call("init", str(folder), "--lang", "zh").returncode == 0
    assert {path.name for path in folder.iterdir()} == {"config.ini", "workbooks"}
    empty = call("run", "-C", str(folder), "--lang", "zh")
    assert empty.returncode == 11, "a roster without stations"
    assert "roster.xlsx" in empty.stderr
    assert call("init", str(folder)).returncode == 2


def test_the_package_costs_nothing_to_import() -> None:
    code = "import sys, toolkit; print([name for name in ('pandas', 'duckdb', 'openpyxl', 'pyarrow') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_the_python_interface(tmp_path: Path) -> None:
    import toolkit

    path = save_workbook(
        tmp_path / "帮扶.xlsx",
        [["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"], ["张三", make_id(), None, "补助", "2020.5.1"]],
    )
    report = toolkit.check(path)
    assert [(one["cell"], one["code"]) for one in report.findings] == [("C2", "E201")]
    assert report.to_dict()["version"] == 1
    made = toolkit.mark(
        path, tmp_path / "marked.xlsx", [toolkit.Mark("Sheet1", "C2", "error", "E201", "困难类型没有填")]
    )
    assert (made.status, made.marked) == ("done", 1)
    assert toolkit.unmark(tmp_path / "marked.xlsx", tmp_path / "plain.xlsx").status == "done"
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with pytest.raises(toolkit.RefusedWorkbook):
        toolkit.mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [])


def test_the_demo_works_in_a_relative_folder_and_names_three_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "toolkit", "demo", "demo", "--stations", "5", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    named = [line.split(maxsplit=len(line.split()) - 1)[-1] for line in done.stdout.splitlines()[-3:]]
    assert [(tmp_path / name).is_file() for name in named] == [True] * 3
    assert subprocess.run(command, capture_output=True, cwd=tmp_path).returncode == 2, "never over what is there"


def test_check_compares_the_ledgers_in_a_file(tmp_path: Path) -> None:
    head = ["户主姓名", "身份证号", "悬挂地址", "悬挂时间"]
    rows = [
        ["张三", make_id("19500101", 1), "大周村12号", "2019.5.1"],
        ["李四", make_id("19500101", 2), "大周村12号", "2019.5.1"],
    ]
    done = call("check", str(save_workbook(tmp_path / "光荣牌.xlsx", [head, *rows])), "--json")
    assert [(f["code"], f["cell"]) for f in json.loads(done.stdout)["findings"]] == [("W509", "C2"), ("W509", "C3")]


def test_check_of_a_folder_passes_over_locks_and_copies(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS])
    (tmp_path / "走访 - 副本.xlsx").write_bytes(path.read_bytes())
    (tmp_path / "~$走访.xlsx").write_bytes(b"\x05clerk")
    (tmp_path / "说明.txt").write_text("本文件夹是走访台账", encoding="utf-8")
    done = call("check", str(tmp_path), "--json")
    report = json.loads(done.stdout)
    assert sorted(file["status"] for file in report["files"]) == ["ok", "other", "skipped-duplicate"]
    assert (done.returncode, report["totals"]["rows"]) == (0, 3)
    assert call("check", str(tmp_path / "~$走访.xlsx")).returncode == 0
