"""What an officer sees of marking: which files carry no marks and why, that deadlines hold, and what the commands say."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from tests.conftest import make_id, needs, save_workbook, small_disk
from tests.marking.marking_samples import assert_clean, parts
from toolkit.config import template
from toolkit.ledgers import dictionary as dictionaries
from toolkit.marking import mark, read_label
from toolkit.model import Mark
from toolkit.roster import HEADINGS

HEAD = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]
ROW = [None, "", make_id(order=1), "春节走访", "实地走访", "2020.1.20", "李书记", "送上慰问", 500]
DUE = date(2021, 1, 5)
SENT = int(datetime(2021, 1, 4, 9).timestamp()) * 10**9  # noqa: DTZ001 - the office's own calendar day


def taizhang(*words: str | Path, cwd: Path | None = None, **environment: str) -> tuple[int, Any, str]:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *map(str, words), "--lang", "zh"], capture_output=True, text=True, cwd=cwd,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout) if "--json" in words and done.stdout else done.stdout, done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    settings = {
        ("period", "from"): "2020-01-01", ("period", "to"): "2020-12-31", ("period", "today"): "2021-01-08",
        ("run", "workers"): "1", ("deadlines", "L2"): DUE.isoformat(),
    }  # fmt: skip
    (tmp_path / "config.ini").write_text(template(settings), encoding="utf-8")
    stations = [
        ["1", "样县退役军人服务中心", None, "市"],
        ["11", "马村镇退役军人服务站", None, "乡镇", "1", *[None] * 6, "走访慰问"],
    ]
    save_workbook(tmp_path / "workbooks/roster.xlsx", [list(HEADINGS), *stations], sheet="站点")
    ledger(tmp_path)
    return tmp_path


def ledger(workspace: Path, name: str = "走访慰问.xlsx") -> Path:
    path = save_workbook(workspace / "workbooks/stations/马村镇" / name, [HEAD, ROW], sheet="台账")
    os.utime(path, ns=(SENT, SENT))
    return path


def run(workspace: Path) -> dict[str, Any]:
    _, report, error = taizhang("run", "-C", workspace, "--json")
    assert report, error
    return dict(report)


def state_of(report: dict[str, Any], ledger: str = "L2") -> str:
    (status,) = [one["status"] for one in report["stations"] if (one["station"], one["ledger"]) == ("11", ledger)]
    return str(status)


def marking(report: dict[str, Any]) -> dict[str, str]:
    return {
        one["code"]: one["message"] for one in report["findings"] if one["code"] in ("W014", "W015", "I016", "I017")
    }


def lock(path: Path, days: float = 0) -> Path:
    found = path.with_name(f"~${path.name}")
    wide = "王五".encode("utf-16-le")
    found.write_bytes((b"\x04" + "王五".encode("gb18030")).ljust(54) + b"\x02\x00" + wide)
    then = found.stat().st_mtime - days * 86_400
    os.utime(found, (then, then))
    return found


# ── a run ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_in_use_is_a_finding_everywhere_until_it_is_closed(workspace: Path) -> None:
    path = ledger(workspace)
    held = lock(path)
    report = run(workspace)
    assert [one["marks"] for one in report["files"]] == ["in-use"]
    assert "王五正打开着" in marking(report)["W014"]
    assert held.name in marking(report)["W014"]
    page = (workspace / "workbooks/out/report.html").read_text(encoding="utf-8")
    assert "王五正打开着" in page
    _, screen, _ = taizhang("run", "-C", workspace)
    assert "1 个文件没有标注" in screen
    assert "王五正打开着" in screen
    _, status, _ = taizhang("status", "-C", workspace)
    assert "王五正打开着" in status
    held.unlink()
    report = run(workspace)
    assert [one["marks"] for one in report["files"]] == ["done"]
    assert marking(report) == {}


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_a_file_that_was_refused_is_a_finding_with_its_reason_and_tried_again(workspace: Path) -> None:
    path = ledger(workspace)
    path.chmod(0o444)
    report = run(workspace)
    assert [one["marks"] for one in report["files"]] == ["refused"]
    assert "只读" in marking(report)["W015"]
    path.chmod(0o644)
    assert [one["marks"] for one in run(workspace)["files"]] == ["done"]


def test_a_lock_file_left_behind_does_not_block_marking_for_ever(workspace: Path) -> None:
    lock(ledger(workspace), days=3)
    report = run(workspace)
    assert [one["marks"] for one in report["files"]] == ["done"]
    assert "可以删除" in marking(report)["I016"]


def test_what_was_typed_into_our_list_is_said(workspace: Path) -> None:
    path = ledger(workspace)
    run(workspace)
    book = openpyxl.load_workbook(path)
    book["问题清单"]["K6"] = "已电话核实"
    book.save(path)
    report = run(workspace)
    assert "问题清单（留存）" in marking(report)["I017"]
    assert openpyxl.load_workbook(path)["问题清单（留存）"]["K6"].value == "已电话核实"


def test_marking_does_not_make_a_ledger_late(workspace: Path) -> None:
    path = ledger(workspace)
    assert state_of(run(workspace)) == "reported"
    assert path.stat().st_mtime_ns == SENT
    assert state_of(run(workspace)) == "reported"
    taizhang("restore", "-C", workspace, path)
    assert state_of(run(workspace)) == "reported"


KILLED = """
import os, signal, sys
from toolkit.steps import outputs
def gather(*_):
    os.kill(os.getpid(), signal.SIGKILL)
outputs.gather = gather
import toolkit
if __name__ == "__main__":
    toolkit.run(sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_run_that_dies_between_marking_and_remembering_does_not_make_a_ledger_late(workspace: Path) -> None:
    path = ledger(workspace)
    before = path.read_bytes()
    script = workspace / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, str(script), str(workspace)], capture_output=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == -9, done.stderr
    assert path.read_bytes() != before  # it was marked, and nobody remembers
    assert state_of(run(workspace)) == "reported"
    assert path.stat().st_mtime_ns == SENT


@pytest.mark.parametrize(("place", "size"), [("workbooks/out", "16k"), ("workbooks/.state", "32k")])
def test_a_disk_that_fills_during_a_run_is_a_sentence(workspace: Path, place: str, size: str) -> None:
    with small_disk(workspace / place, size):
        status, _, error = taizhang("run", "-C", workspace)
    assert status == 11, error
    assert "写不进磁盘" in error
    assert "台账没有问题" not in error  # no fault of the toolkit's own
    assert not list((workspace / "workbooks/stations").rglob("*.tmp"))


def test_corrections_go_by_the_workspaces_own_dictionary(workspace: Path) -> None:
    own = workspace / "workbooks/dictionary"
    shutil.copytree(Path(dictionaries.__file__).parent, own, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    codes = own / "codes.toml"
    config = workspace / "config.ini"
    text = config.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("dictionary ="))
    config.write_text(text.replace(line, "dictionary = workbooks/dictionary"), encoding="utf-8")
    known = codes.read_text(encoding="utf-8")
    assert "春节走访" in known
    path = save_workbook(
        workspace / "workbooks/stations/马村镇/走访慰问.xlsx", [HEAD, [*ROW[:3], "过年看望", *ROW[4:]]], sheet="台账"
    )
    status, made, _ = taizhang("fix", "-C", workspace, path, "--dry-run", "--json")
    assert not made["files"][0]["corrections"]
    codes.write_text(_with_synonym(known), encoding="utf-8")
    status, made, error = taizhang("fix", "-C", workspace, path, "--json")
    assert status == 0, error
    assert [(one["old"], one["new"]) for one in made["files"][0]["corrections"]] == [("过年看望", "春节走访")]


def _with_synonym(codes: str) -> str:
    """Teach a code list one more word."""
    before, found, after = codes.partition('["走访类型"]')
    assert found
    return before + found + after.replace("synonyms = {", 'synonyms = { "过年看望" = "春节走访",', 1)


# ── single files ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def single(tmp_path: Path) -> Path:
    return save_workbook(tmp_path / "走访慰问.xlsx", [HEAD, ROW], sheet="台账")


def old_format(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for number, row in enumerate([HEAD, ROW]):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(number, column, value)
    book.save(str(path))
    return path


def test_marking_a_single_file_and_getting_it_back(single: Path) -> None:
    before = single.read_bytes()
    status, said, error = taizhang("mark", single)
    assert (status, "标注" in said) == (0, True), error
    _, said, _ = taizhang("mark", single)
    assert "标注" in said
    status, said, _ = taizhang("restore", single, "--list")
    assert (status, "1 个" in said, "标注之前" in said) == (0, True, True)
    status, said, _ = taizhang("restore", single)
    assert (status, "已恢复" in said) == (0, True)
    assert single.read_bytes() == before
    status, made, _ = taizhang("restore", single, "--from", "1", "--json")
    assert (status, made["files"][0]["status"]) == (0, "done")
    assert "问题清单" in openpyxl.load_workbook(single).sheetnames
    taizhang("unmark", single)
    assert single.read_bytes() == before
    assert taizhang("restore", single.with_name("别的.xlsx"))[0] == 3


def test_restoring_says_what_somebody_changed_since(single: Path) -> None:
    taizhang("mark", single)
    book = openpyxl.load_workbook(single)
    book["台账"]["B2"] = "张三"
    book.save(single)
    status, said, _ = taizhang("restore", single)
    assert (status, "有人又改过" in said) == (0, True)
    taizhang("restore", single)
    assert openpyxl.load_workbook(single)["台账"]["B2"].value == "张三"
    lock(single)
    status, said, error = taizhang("restore", single)
    assert (status, "王五正打开着" in said) == (3, True), error


@pytest.mark.parametrize("kind", ["xls", "csv", "html", "ods"])
def test_another_kind_gets_a_marked_copy_beside_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"走访慰问.{kind}"
    if kind == "xls":
        old_format(path)
    elif kind == "csv":
        path.write_text(
            "\n".join(",".join("" if value is None else str(value) for value in row) for row in (HEAD, ROW)),
            encoding="gb18030",
        )
    elif kind == "html":
        rows = "".join(
            "<tr>" + "".join(f"<td>{'' if value is None else value}</td>" for value in row) + "</tr>"
            for row in (HEAD, ROW)
        )
        path.write_text(f"<html><meta charset=utf-8><table>{rows}</table></html>", encoding="utf-8")
    else:
        needs("soffice")
        plain = save_workbook(tmp_path / "x.xlsx", [HEAD, ROW], sheet="台账")
        profile = f"-env:UserInstallation={(tmp_path / 'p').as_uri()}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", tmp_path, plain],
            check=True,
            capture_output=True,
        )
        (tmp_path / "x.ods").rename(path)
    before = path.read_bytes()
    status, said, error = taizhang("mark", path)
    copy = tmp_path / f"走访慰问.{kind}（标注副本）.xlsx"
    assert (status, str(copy) in said) == (0, True), said + error
    assert path.read_bytes() == before
    label = read_label(copy)
    assert label is not None
    assert (label.is_copy, label.source) == (True, path.name)
    assert openpyxl.load_workbook(copy)["问题清单"]["E6"].value == "E201"
    assert taizhang("mark", path)[0] == 0  # again: our own copy is written over
    copy.write_bytes(b"somebody's own")
    status, said, _ = taizhang("mark", path)
    assert (status, "没有覆盖" in said) == (3, True)
    assert copy.read_bytes() == b"somebody's own"


def test_copies_can_go_to_a_folder_of_their_own(single: Path, tmp_path: Path) -> None:
    before, out = single.read_bytes(), tmp_path / "标注"
    status, said, _ = taizhang("mark", single, old_format(tmp_path / "旧.xls"), "--out", out)
    assert status == 0
    assert sorted(path.name for path in out.iterdir()) == ["旧.xls（标注副本）.xlsx", "走访慰问.xlsx"]
    assert single.read_bytes() == before
    assert str(out / "走访慰问.xlsx") in said


def test_what_could_not_be_marked_gives_status_3_and_its_reason(single: Path, tmp_path: Path) -> None:
    lock(single)
    status, said, _ = taizhang("mark", single)
    assert (status, "王五正打开着" in said) == (3, True)
    assert taizhang("check", single, "--mark")[0] == 3
    sealed, plain = tmp_path / "加密.xlsx", save_workbook(tmp_path / "b.xlsx", [HEAD, ROW])
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain.read_bytes())).encrypt("密码123", out)
    sealed.write_bytes(out.getvalue())
    status, said, _ = taizhang("mark", sealed)
    assert (status, "密码" in said) == (3, True)
    status, said, error = taizhang("mark", sealed, TAIZHANG_PASSWORD="密码123")
    assert (status, "标注" in said) == (0, True), error
    (tmp_path / "坏.xlsx").write_bytes(plain.read_bytes()[:-300])
    status, said, _ = taizhang("mark", tmp_path / "坏.xlsx")
    assert (status, "坏.xlsx" in said) == (3, True)
    status, made, _ = taizhang("mark", plain, single, "--json")
    assert (status, [one["marks"] for one in made["files"]]) == (3, ["done", "in-use"])


def test_a_marked_copy_keeps_its_label(single: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.xlsx"
    mark(single, copy, [Mark("台账", "B2", "error", "E201", "缺")], copy_of="走访慰问.xlsx")
    before = copy.read_bytes()
    for command in ("unmark", "fix"):
        status, said, _ = taizhang(command, copy)
        assert (status, "副本" in said) == ((3, True) if command == "unmark" else (status, True)), said
        assert copy.read_bytes() == before
    with pytest.raises(Exception, match="副本"):
        mark(copy, copy, [])
    assert copy.read_bytes() == before


def test_what_people_typed_is_said_on_the_screen(single: Path) -> None:
    taizhang("mark", single)
    book = openpyxl.load_workbook(single)
    book["问题清单"]["K6"] = "已电话核实"
    book.save(single)
    _, said, _ = taizhang("unmark", single)
    assert "问题清单（留存）" in said
    assert "问题清单（留存）" in openpyxl.load_workbook(single).sheetnames
    assert "K6" not in said
    assert parts(single)


def test_unmarking_after_another_program_saved_leaves_nothing(single: Path) -> None:
    taizhang("mark", single)
    openpyxl.load_workbook(single).save(single)
    assert taizhang("unmark", single)[0] == 0
    assert_clean(single)
    _, said, _ = taizhang("unmark", single)
    assert "没有本工具的标记" in said
