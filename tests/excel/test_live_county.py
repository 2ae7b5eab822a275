"""The buttons about the whole county, in a live spreadsheet program: the pipeline behind them is the command line's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.excel.conftest import Office, Person
from toolkit.demo import make_county
from toolkit.excel import names
from toolkit.excel.build import Settings, build
from toolkit.excel.exchange import cancel_file
from toolkit.scaffold import make_demo_workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "县 局"
    make_demo_workspace(folder)
    make_county(folder, stations=6, seed=7, processes=1)
    return folder


@pytest.fixture
def county(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "县 局"))


@pytest.fixture
def toolbox(office: Office, county: Path) -> Any:
    """The real console workbook, opened."""
    console, _ = build(county / "工具箱", Settings(sys.executable))
    return office.open(console)


def cell(toolbox: Any, name: str) -> Any:
    return toolbox.names[name].refers_to_range.value


def hashes(county: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in sorted((county / "workbooks/stations").rglob("*")) if path.is_file()
    }


def press(office: Office, toolbox: Any, action: str, county: Path, person: Person | None = None) -> Person:
    return office.click(action, toolbox, person, toolbox=toolbox.name, home=str(county / "工具箱"))


def test_checking_all_leaves_the_files_alone_and_fills_the_console(office: Office, county: Path, toolbox: Any) -> None:
    before = hashes(county)
    person = press(office, toolbox, "check-all", county)
    report = json.loads((county / "workbooks/out/report.json").read_text(encoding="utf-8"))
    assert hashes(county) == before
    assert f"错误 {report['totals']['errors']} 处" in person.told[0]
    assert cell(toolbox, names.ERRORS) == report["totals"]["errors"]
    assert cell(toolbox, names.OWED) == report["totals"]["stations"]
    assert cell(toolbox, names.WHAT) == "检查全部"
    assert cell(toolbox, names.RESULT) in person.told[0]
    assert cell(toolbox, names.STEP) == "空闲"
    assert cell(toolbox, names.BAR) is None
    listed = toolbox.names[names.STATIONS].refers_to_range
    rows = listed.sheet.range((listed.row, 1), (listed.row + len(report["stations"]), 7)).value
    shown = {row[0] for row in rows if row[0]}
    assert shown == {entry["name"] for entry in report["stations"]}
    assert any("读取和检查" in (status or "") for status in person.statuses), "progress was shown"
    assert not toolbox.impl.document.isModified(), "the console does not ask to be saved"


def test_marking_all_asks_first_and_marks_the_stations_own_files(office: Office, county: Path, toolbox: Any) -> None:
    before = hashes(county)
    refused = press(office, toolbox, "mark-all", county, Person(answers=[False]))
    assert "先备份" in refused.asked[0]
    assert hashes(county) == before
    press(office, toolbox, "check-all", county)
    person = press(office, toolbox, "mark-all", county)
    assert hashes(county) != before, "a check before it does not make it believe that nothing is left to do"
    assert "带有标记的站点文件" in person.told[0]
    marked = hashes(county)
    press(office, toolbox, "check-all", county)
    assert hashes(county) == marked, "a check after it does not take the marks off"


def test_marking_turned_off_in_the_settings_is_said(office: Office, county: Path, toolbox: Any) -> None:
    config = county / "config.ini"
    config.write_text(config.read_text(encoding="utf-8").replace("mode = in-place", "mode = off"), encoding="utf-8")
    assert "mode = off" in press(office, toolbox, "mark-all", county).warned[0]


@pytest.mark.parametrize(("action", "result"), [("consolidate", "consolidated.xlsx"), ("summary", "summary.xlsx")])
def test_results_are_opened_also_over_an_earlier_one(
    office: Office, county: Path, toolbox: Any, action: str, result: str
) -> None:
    press(office, toolbox, action, county)
    assert result in [book.name for book in office.app.books]
    press(office, toolbox, action, county)
    opened = office.app.books[result]
    opened.sheets[0].range("A1").value = "我记了一笔"
    person = press(office, toolbox, action, county)
    assert "没保存的内容" in person.warned[0]
    assert opened.sheets[0].range("A1").value == "我记了一笔"


def test_who_is_missing_and_the_report(
    office: Office, county: Path, toolbox: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "还没有检查过" in press(office, toolbox, "missing", county).warned[0]
    assert "还没有检查过" in press(office, toolbox, "report", county).warned[0]
    silent = next(path for path in sorted((county / "workbooks/stations").rglob("*走访慰问*.xlsx")))
    silent.unlink()
    press(office, toolbox, "check-all", county)
    person = press(office, toolbox, "missing", county)
    assert "没有报齐" in person.told[0]
    assert "走访慰问" in person.told[0]
    opened = tmp_path / "opened.txt"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n', encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    import webbrowser

    monkeypatch.setattr(webbrowser, "_tryorder", None)
    press(office, toolbox, "report", county)
    for _ in range(100):
        if opened.is_file() and opened.read_text(encoding="utf-8").strip():
            break
        time.sleep(0.1)
    assert opened.read_text(encoding="utf-8").strip().endswith("report.html")


def test_stop_ends_a_run_in_good_order(office: Office, county: Path, toolbox: Any) -> None:
    class Impatient(Person):
        def status(self, said: str | None) -> None:
            super().status(said)
            if said and "读取" in said:
                cancel_file().write_text("cancel", encoding="ascii")

    person = press(office, toolbox, "check-all", county, Impatient())
    assert "已停止" in (person.warned + person.told)[0]
    assert cell(toolbox, names.STEP) == "空闲"
    assert not (county / "workbooks/out/report.json").exists()
    assert "检查完了" in press(office, toolbox, "check-all", county).told[0]


def test_a_run_of_somebody_else_is_not_disturbed(office: Office, county: Path, toolbox: Any) -> None:
    from toolkit.config import load_config
    from toolkit.workspace import locked

    with locked(load_config(county), "zh"):
        person = press(office, toolbox, "check-all", county)
    assert "没有做成" in person.warned[0]


def test_without_a_workspace_it_is_said_where_to_name_one(office: Office, tmp_path: Path) -> None:
    console, _ = build(tmp_path, Settings(sys.executable))
    toolbox = office.open(console)
    for action in ("check-all", "missing", "send"):
        person = office.click(action, toolbox, toolbox=toolbox.name, home=str(tmp_path))
        assert "还没有设置工作区" in person.warned[0], action
    wrong = office.click("check-all", toolbox, toolbox=toolbox.name, home=str(tmp_path), workspace="别处")
    assert "别处" in wrong.warned[0]


def test_a_wrong_setting_is_named(office: Office, county: Path, toolbox: Any) -> None:
    (county / "config.ini").write_text("[period]\nfrom = 去年\n", encoding="utf-8")
    assert "[period] from" in press(office, toolbox, "check-all", county).warned[0]


def test_the_console_may_be_closed_while_a_run_is_on(office: Office, county: Path, toolbox: Any) -> None:
    class Closes(Person):
        def status(self, said: str | None) -> None:
            super().status(said)
            if said and "读取" in said and any(book.name == names.CONSOLE_FILE for book in office.app.books):
                toolbox.close()

    person = press(office, toolbox, "check-all", county, Closes())
    assert "检查完了" in person.told[0]


def test_sending_shows_what_would_be_sent_and_asks(
    office: Office, county: Path, toolbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where mail is not part of the program yet, that is said; where it is, nothing goes out without a yes."""
    from toolkit.cli import taizhang

    person = press(office, toolbox, "send", county, Person(answers=[False]))
    if "mail" not in taizhang.commands:
        assert "还不能发邮件" in person.warned[0]
    else:
        assert person.told == []


def test_the_self_check_looks_for_real(office: Office, county: Path, toolbox: Any) -> None:
    person = press(office, toolbox, "self-check", county)
    assert person.told[0].startswith("都好")
    assert "LibreOffice" in person.told[0]
    assert "6 个站点" in person.told[0]
    (county / "workbooks/roster.xlsx").unlink()
    person = press(office, toolbox, "self-check", county)
    assert person.warned[0].startswith("有 1 处")
    assert "roster.xlsx" in person.warned[0]


def test_the_resident_program_serves_clicks_of_both_kinds(
    office: Office, county: Path, toolbox: Any, ledger: Path
) -> None:
    from toolkit.excel.exchange import encoded, exchange_folder

    book = office.open(ledger)
    command = [sys.executable, "-m", "toolkit", "buttons", "serve", "--lang", "zh"]
    serving = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def post(action: str, front: str) -> None:
        said = {"action": action, "book": front, "window": "0", "toolbox": toolbox.name, "home": str(county / "工具箱"),
                "workspace": "", "version": names.version(), "lang": "zh"}  # fmt: skip
        path = exchange_folder() / f"{action}.tmp"
        path.write_text("".join(f"{key}={encoded(value)}\n" for key, value in said.items()), encoding="ascii")
        path.rename(path.with_suffix(".req"))

    try:
        assert "正在等待点击" in serving.stderr.readline()
        post("check", book.name)
        wait(lambda: "问题清单" in [sheet.name for sheet in book.sheets])
        post("check-all", toolbox.name)
        wait(lambda: cell(toolbox, names.WHAT) == "检查全部")
        assert "检查完了" in cell(toolbox, names.RESULT)
        second = subprocess.run(command, capture_output=True, text=True)
        assert (second.returncode, "不用再开" in second.stderr) == (10, True)
    finally:
        serving.terminate()
        serving.wait(20)


def wait(until: Any, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)
