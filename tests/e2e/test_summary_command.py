"""An officer asks for summaries, reports, texts and lists after a run; no ledger is read for them."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from openpyxl import load_workbook

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.messages.say import message
from toolkit.output.overview import make_overview
from toolkit.pipeline import Options, run_pipeline
from toolkit.roster import HEADINGS
from toolkit.screen import Silent
from toolkit.steps.reopen import reopen
from toolkit.workspace import open_workspace

REGISTER = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间", "联系电话"]
VISITS = ["被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容"]
HELP = ["姓名", "身份证号", "活动标题", "活动日期", "是否党员", "捐款金额（元）"]
FAIR = ["活动标题", "活动日期", "线上/线下", "参加人数"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county that was run once."""
    folder = tmp_path_factory.mktemp("县 局")
    overrides = {
        ("period", "today"): "2021-01-08",
        ("general", "county"): "样县",
        ("run", "workers"): "1",
        ("marks", "mode"): "off",
    }
    (folder / "config.ini").write_text(template(overrides), encoding="utf-8")
    stations = [
        ["1", "样县退役军人服务中心", None, "市", None, *[None] * 6, "招聘会"],
        ["11", "马村镇退役军人服务站", None, "乡镇", "1", *[None] * 6, "走访慰问"],
        ["111", "马村镇大周村退役军人服务站", None, "村", "11", *[None] * 6, "基本信息、走访慰问、志愿服务"],
        ["U1", "教育系统退役军人服务站", None, "单位", "1", *[None] * 7],
    ]
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *stations], sheet="站点")
    own = folder / "workbooks/stations/马村镇/大周村"
    people = [
        [
            f"张{'甲乙丙丁戊己庚辛'[n]}",
            "男",
            make_id("19800101", n + 1),
            "汉族",
            "退役士兵",
            "马村镇",
            "1998.12",
            "2000.12",
            "13800000001",
        ]
        for n in range(8)
    ]
    people[7][2] = "12345"
    save_workbook(own / "基本信息.xlsx", [REGISTER, *people])
    visits = [
        [person[0], person[2], "日常走访", "实地走访", day, "李四", "看望"]
        for person, day in zip(people[:3], ("2020.12.20", "2020.11", "2020.3.1"), strict=True)
    ]
    save_workbook(own / "走访11月.xlsx", [["走访慰问台账（2020年11月）"], VISITS, *visits[1:]])
    save_workbook(own / "走访12月.xlsx", [["走访慰问台账（2020年12月）"], VISITS, *visits])
    gifts = [[person[0], person[2], "防疫捐款", "2020.2.20", "是", 15100] for person in people[:3]]
    save_workbook(own / "志愿服务.xlsx", [HELP, *gifts])
    save_workbook(
        folder / "workbooks/stations/样县退役军人服务中心/招聘会.xlsx",
        [FAIR, ["春季招聘会", "2020.3.1", "线上", 300], ["秋季招聘会", "2020.10.1", "线下", 200]],
    )
    workspace = open_workspace(folder, "zh")
    run_pipeline(workspace, Options(), Silent())
    return folder


@pytest.fixture
def workspace(ran: Path, tmp_path: Path) -> Path:
    target = tmp_path / "县 局"
    shutil.copytree(ran, target)
    return target


def summary(workspace: Path, *words: str, lang: str = "zh") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "summary", "-C", str(workspace), "--lang", lang, *words],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_what_is_reopened_is_what_the_run_found(tmp_path: Path, ran: Path) -> None:
    workspace = tmp_path / "w"
    shutil.copytree(ran, workspace)
    config = workspace / "config.ini"
    config.write_text(
        config.read_text(encoding="utf-8").replace("amount_max = 200000", "amount_max = 15000"), encoding="utf-8"
    )
    opened = open_workspace(workspace, "zh")
    outcome = run_pipeline(opened, Options(full=True), Silent())
    results = reopen(opened, None).results
    assert results.totals == outcome.report["totals"]
    entries = outcome.report["findings"]
    assert [(one.id, one.code, str(one.severity), one.place.file, one.place.cell, one.since) for one in results.findings] == [
        (one["id"], one["code"], one["severity"], one["file"], one["cell"], one["since"]) for one in entries]  # fmt: skip
    assert [message(one) for one in results.findings] == [one["message"] for one in entries]
    assert {(one.station.code, one.ledger, one.status) for one in results.stations} == {
        (one["station"], one["ledger"], one["status"]) for one in outcome.report["stations"]}  # fmt: skip
    assert results.rows.query('SELECT count(*), count(*) FILTER (_counted) FROM "L2"') == [(5, 3)], (
        "November's rows stand in December's file"
    )
    facts = make_overview(results).facts
    assert (facts.county.errors, facts.county.warnings) == (
        outcome.report["totals"]["errors"],
        outcome.report["totals"]["warnings"],
    )


def test_the_summary_comes_from_stored_rows_alone_and_the_next_run_still_finds_nothing_changed(workspace: Path) -> None:
    before = load_workbook(workspace / "workbooks/out/summary.xlsx")["年度综述"]
    (workspace / "workbooks/stations").rename(workspace / "away")
    status, said, _ = summary(workspace)
    assert status == 0
    assert "summary.xlsx" in said
    again = load_workbook(workspace / "workbooks/out/summary.xlsx")["年度综述"]
    cells = [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in (before, again)]
    assert cells[0] == cells[1]
    (workspace / "away").rename(workspace / "workbooks/stations")
    assert run_pipeline(open_workspace(workspace, "zh"), Options(), Silent()).unchanged


def test_text_goes_to_the_screen_and_into_a_document_and_notes_go_beside_it(workspace: Path) -> None:
    status, said, notes = summary(workspace, "--text")
    assert status == 0
    assert "捐款捐物合计45000余元。" in said
    assert "举办退役军人招聘会2场（线上1场、线下1场）。" in said
    assert "群众满意率" in notes
    assert "群众满意率" not in said
    assert (workspace / "workbooks/out/reports/样县退役军人工作综述（2020年）.docx").is_file()
    assert "捐款捐物合计45300元。" in summary(workspace, "--text", "--exact")[1]


@pytest.mark.parametrize(("words", "name"), [
    (["--monthly"], "样县退役军人服务工作月报（2020年12月）"), (["--weekly", "2020-12-16"], "样县退役军人服务工作周报（2020年12月14日至12月20日）"),
    (["--quarterly", "2020Q4"], "样县退役军人服务工作季报（2020年第四季度）"),
])  # fmt: skip
def test_periodic_reports_are_a_document_and_a_workbook(workspace: Path, words: list[str], name: str) -> None:
    before = (workspace / "workbooks/out/summary.xlsx").read_bytes()
    status, _, _ = summary(workspace, *words)
    assert status == 0
    reports = workspace / "workbooks/out/reports"
    assert {path.name for path in reports.iterdir()} == {f"{name}.docx", f"{name}.xlsx"}
    assert (workspace / "workbooks/out/summary.xlsx").read_bytes() == before, (
        "the summary keeps the period of config.ini"
    )


def test_a_window_is_explicit_and_a_partial_date_does_not_slip_into_it(workspace: Path) -> None:
    status, said, _ = summary(workspace, "--from", "2020-11-15", "--to", "2020-12-31", "--json")
    made = json.loads(said)
    assert (status, made["window"]) == (
        0,
        {"from": "2020-11-15", "to": "2020-12-31", "kind": "days", "name": "2020年11月15日至12月31日"},
    )
    figures = {one["id"]: one for one in made["figures"]}
    assert figures["visits"]["value"] == 1, "2020.11 may be the 1st"
    assert not figures["donations"]["told"]
    assert Path(made["files"]["report"]).is_file()
    half = json.loads(summary(workspace, "--to", "2020.6.30", "--json")[1])
    assert half["window"]["from"] == "2020-01-01"
    assert {one["id"]: one["wording"] for one in half["figures"]}["donations"] == "45000余元"


def test_lists_are_masked_and_lie_apart(workspace: Path) -> None:
    status, _, _ = summary(workspace, "--lists")
    assert status == 0
    lists = workspace / "workbooks/out/lists"
    assert {path.name for path in lists.iterdir()} == {
        "马村镇退役军人花名册（2021年1月8日）.xlsx", "样县退役军人花名册（按人员类别）（2021年1月8日）.xlsx", "样县退役军人信息缺项清单（2021年1月8日）.xlsx"}  # fmt: skip
    said = [
        str(cell.value)
        for path in lists.iterdir()
        for ws in load_workbook(path)
        for row in ws.iter_rows()
        for cell in row
    ]
    assert "138****0001" in said
    assert not any("13800000001" in value or "14999919800101" in value for value in said)
    shutil.rmtree(lists)
    assert summary(workspace, "--lists", "--township", "马村镇", "--full-numbers")[0] == 0
    assert [path.name for path in lists.iterdir()] == ["马村镇退役军人花名册（完整号码）（2021年1月8日）.xlsx"]


@pytest.mark.parametrize(("words", "said"), [
    (["--from", "2020-03-01", "--to", "2020-02-01"], "晚于最后一天"), (["--from", "昨天"], "不是日期"), (["--monthly", "十二月"], "不是月份"),
    (["--weekly", "--monthly"], "只能用一种"), (["--from", "2020-01-01", "--yearly"], "只能用一种"), (["--township", "马村镇"], "--lists"),
    (["--lists", "--township", "火星"], "马村镇退役军人服务站"), (["--from", "2021-01-01"], "晚于最后一天"),
])  # fmt: skip
def test_wrong_words_are_wrong_usage_with_a_way_on(workspace: Path, words: list[str], said: str) -> None:
    status, out, error = summary(workspace, *words)
    assert (status, said in error, out) == (2, True, "")


def test_a_window_that_holds_nothing_is_said(workspace: Path) -> None:
    status, said, notes = summary(workspace, "--from", "2018-01-01", "--to", "2018-12-31", "--text")
    assert status == 0
    assert "没有可写的内容" in said
    assert "台账没有记录" in notes


def test_before_the_first_run_and_while_another_is_at_work(workspace: Path, tmp_path: Path) -> None:
    lock = FileLock(workspace / "workbooks/.state/run.lock")
    with lock:
        assert summary(workspace)[0] == 10
    shutil.rmtree(workspace / "workbooks/.state")
    status, _, error = summary(workspace)
    assert (status, "taizhang run" in error) == (2, True)
    assert summary(tmp_path / "nowhere")[0] == 11


def test_a_dictionary_that_changed_since_the_run_costs_figures_and_nothing_else(workspace: Path) -> None:
    from importlib import resources

    folder = workspace / "workbooks/dictionary"
    folder.mkdir()
    config = workspace / "config.ini"
    lines = config.read_text(encoding="utf-8").splitlines()
    lines = ["dictionary = workbooks/dictionary" if line.startswith("dictionary =") else line for line in lines]
    config.write_text("\n".join(lines), encoding="utf-8")
    for item in resources.files("toolkit.ledgers").iterdir():
        if item.name.endswith(".toml"):
            words = item.read_text(encoding="utf-8")
            if item.name == "L11.toml":
                words = words.replace('name = "捐款金额"\ntype = "amount"', 'name = "捐款金额"\ntype = "text"').replace(
                    '"捐款金额", "折价金额", "服务时长"', '"折价金额", "服务时长"'
                )
                words = words.replace("是否党员", "党员身份")
            (folder / item.name).write_text(words, encoding="utf-8")
    status, said, notes = summary(workspace, "--text")
    assert status == 0, notes
    assert "党员志愿者" in notes
    assert "L11 是否党员" in notes
    assert "招聘会2场" in said


def test_reopening_takes_a_window(ran: Path) -> None:
    results: Any = reopen(open_workspace(ran, "zh"), (date(2020, 12, 1), date(2020, 12, 31))).results
    assert results.period == (date(2020, 12, 1), date(2020, 12, 31))
    assert results.sent_for == (date(2020, 1, 1), date(2020, 12, 31))
    assert {one.id: one.value for one in make_overview(results).figures}["system_offices"] == 1
