"""What an administrator does: makes a workspace, edits the dictionary in a spreadsheet program, and forgets it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import toolkit
from tests.conftest import make_id, save_workbook
from tests.ledgers.dictionary_books import HEADINGS as HEADINGS_OF
from tests.ledgers.dictionary_books import add, find, put
from toolkit.config import FILE
from toolkit.roster import HEADINGS

FIRST, SECOND = make_id("19660312", 1), make_id("19700405", 2)
SENTENCE = '=HYPERLINK("http://x","点")<script>alert(1)</script>'


def taizhang(*words: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "toolkit", *words, "--lang", "zh"], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace with two stations' ledgers, one of them of a kind that the built-in dictionary does not know."""
    folder = tmp_path_factory.mktemp("office") / "县局"
    assert taizhang("init", str(folder))[0] == 0
    config = (folder / FILE).read_text(encoding="utf-8")
    for key, value in (("from", "2020-01-01"), ("to", "2020-12-31"), ("today", "2021-01-08"), ("workers", "1")):
        config = "\n".join(f"{key} = {value}" if line.startswith(f"{key} =") else line for line in config.splitlines())
    (folder / FILE).write_text(config, encoding="utf-8")
    stations = [
        ["1", "样县退役军人服务中心", None, "市", None, *[None] * 6, "站点建设"],
        ["11", "马村镇退役军人服务站", None, "乡镇", "1", *[None] * 6, "走访慰问"],
    ]
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *stations], sheet="站点")
    home = folder / "workbooks/stations/马村镇"
    save_workbook(
        home / "军休干部.xlsx",
        [
            ["军休干部台账"],
            ["姓名", "身份号码", "休养所", "住院次数"],
            ["张三", FIRST, "第一干休所", 3],
            ["李四", SECOND, None, 500],
        ],
    )
    save_workbook(
        home / "走访.xlsx",
        [["被走访人", "身份号码", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金"],
         ["张三", FIRST, "慰问", "视频", "2020.5.1", "王书记", "送上慰问", None],
         ["李四", SECOND, "慰问", "实地走访", "2020.5.2", "王书记", "送上慰问", 500]],
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def extended(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same workspace, its dictionary with a ledger, an alias, a choice and two rules more."""
    folder = tmp_path_factory.mktemp("extended") / "县局"
    shutil.copytree(office, folder, ignore=shutil.ignore_patterns("out", ".state"))
    edit(folder, _new_ledger)
    config = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(f"{config.rstrip()}\nL19 = 2020-01-31\n", encoding="utf-8")
    return folder


@contextmanager
def put_back(*paths: Path) -> Iterator[None]:
    """Let files be changed for a while."""
    before = {path: path.read_bytes() for path in paths}
    try:
        yield
    finally:
        for path, content in before.items():
            path.write_bytes(content)


def edit(office: Path, *edits: Any) -> None:
    path = office / "workbooks/dictionary.xlsx"
    book = load_workbook(path)
    for one in edits:
        one(book)
    book.save(path)


def run(office: Path) -> dict[str, Any]:
    return toolkit.run(office).to_dict()


def cells(report: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (Path(one["file"]).name, one["cell"]): one["code"]
        for one in report["findings"]
        if one["cell"] and one["severity"] != "info"
    }


def test_the_dictionary_is_there_from_the_start_and_changes_nothing(office: Path) -> None:
    status, out, error = taizhang("dictionary", "check", "-C", str(office))
    assert status == 0, error
    assert "没有改动过，运行时用内置词典" in out
    report = run(office)
    assert {Path(file["path"]).name: file["ledgers"] for file in report["files"]} == {
        "军休干部.xlsx": [],
        "走访.xlsx": ["L2"],
    }
    assert cells(report)["走访.xlsx", "D2"] == "E219"
    assert len(list((office / "workbooks/templates").glob("*.xlsx"))) == 19


def test_a_mistake_stops_the_run_at_its_cell_with_nothing_written(office: Path) -> None:
    out = office / "workbooks/out"
    before = sorted((path, path.stat().st_mtime_ns) for path in out.glob("*"))
    visits = str(office / "workbooks/stations/马村镇/走访.xlsx")
    with put_back(office / "workbooks/dictionary.xlsx"):
        edit(
            office,
            lambda book: put(book, "字段", find(book, "字段", 台账="L2", 列名="走访日期"), "类型", "曰期"),
            lambda book: add(book, "规则", 台账="L2", 表达式="__import__('os')"),
        )
        for words in (("run",), ("check", visits), ("fix", visits), ("dictionary", "check")):
            status, said, error = taizhang(*words, "-C", str(office))
            assert (status, said) == (11, ""), words
            assert "没有“曰期”这种类型" in error
            assert "是不是“日期”？" in error
            assert re.search(r"规则!E\d+  第 1 个字“_”在表达式里没有意义", error)
        status, said, _ = taizhang("dictionary", "check", "-C", str(office), "--json")
        assert (status, len(json.loads(said)["errors"])) == (11, 3)
    assert sorted((path, path.stat().st_mtime_ns) for path in out.glob("*")) == before


def _new_ledger(book: Any) -> None:
    add(
        book,
        "台账",
        编号="L19",
        名称="军休干部台账",
        简称="军休干部",
        应报级别="乡镇",
        报送周期="每季度",
        主键列="身份证号、姓名",
        姓名列="姓名",
    )
    for name, kind, need in (
        ("姓名", "姓名", "必填"),
        ("身份证号", "身份证号", "必填"),
        ("休养所", "文字", "必填"),
        ("住院次数", "整数", None),
    ):
        add(book, "字段", 台账="L19", 列名=name, 类型=kind, 必填=need)
    put(book, "字段", find(book, "字段", 台账="L19", 列名="住院次数"), "最大值", 366)
    add(book, "别名", 列名="身份证号", 别名="身份号码")
    add(book, "代码", 代码表="走访方式", 值="视频走访", 同义写法="视频")
    row = add(book, "规则", 台账="L2", 表达式="空(慰问金) 或者 慰问金 < 400", 提示=SENTENCE, 级别="错误", 列="走访内容")
    book["规则"].cell(
        row, HEADINGS_OF["规则"].index("提示") + 1
    ).data_type = "s"  # typed into a cell that is formatted as text
    add(book, "规则", 台账="L2", 表达式="非空(慰问金)", 适用条件='走访类型 = "慰问"', 英文提示="a sum, please")


def test_what_was_added_is_checked_counted_and_owed(extended: Path) -> None:
    status, out, error = taizhang("dictionary", "check", "-C", str(extended))
    assert status == 0, error
    assert "加了台账  L19 军休干部台账" in out
    report = run(extended)
    assert {Path(file["path"]).name: file["ledgers"] for file in report["files"]} == {
        "军休干部.xlsx": ["L19"],
        "走访.xlsx": ["L2"],
    }
    assert cells(report) == {
        ("军休干部.xlsx", "C4"): "E201",
        ("军休干部.xlsx", "D4"): "W232",
        ("走访.xlsx", "H2"): "W399",
        ("走访.xlsx", "G3"): "E399",
    }
    messages = {one["code"]: one["message"] for one in report["findings"]}
    assert messages["E399"] == SENTENCE
    assert messages["W399"] == "应符合“非空(慰问金)”，请核对"
    book = load_workbook(extended / "workbooks/out/consolidated.xlsx")
    assert "军休干部" in "".join(book.sheetnames)


def test_the_administrators_sentence_acts_as_nothing_but_text(extended: Path) -> None:
    run(extended)
    page = (extended / "workbooks/out/report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    for path in (
        extended / "workbooks/stations/马村镇/走访.xlsx",
        extended / "workbooks/out/consolidated.xlsx",
    ):
        book = load_workbook(path)
        told = [
            cell
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and "alert(1)" in cell.value
        ]
        assert told, path
        assert {cell.data_type for cell in told} <= {"s", "inlineStr"}, path


def test_a_second_run_is_the_same_and_an_edited_rule_is_seen(extended: Path) -> None:
    first = cells(run(extended))
    assert cells(run(extended)) == first
    assert first["走访.xlsx", "G3"] == "E399"
    with put_back(extended / "workbooks/dictionary.xlsx"):
        edit(
            extended,
            lambda book: put(book, "规则", find(book, "规则", 台账="L2", 提示=SENTENCE), "级别", "待核对"),
        )
        again = cells(run(extended))
    assert again == first | {("走访.xlsx", "G3"): "W399"}, "files that have not changed are read again"


def test_single_files_are_checked_by_it_as_well(extended: Path) -> None:
    path = extended / "workbooks/stations/马村镇/军休干部.xlsx"
    status, out, _ = taizhang("check", str(path), "-C", str(extended), "--json")
    assert (status, json.loads(out)["files"][0]["ledgers"]) == (1, ["L19"])
    report = toolkit.check(path, dictionary=extended / "workbooks/dictionary.xlsx")
    assert "E201" in {one["code"] for one in report.findings}
    assert toolkit.check(path).files[0]["ledgers"] == []


def test_an_edited_dictionary_is_never_overwritten_unasked(extended: Path) -> None:
    path = extended / "workbooks/dictionary.xlsx"
    before = path.read_bytes()
    status, _, error = taizhang("dictionary", "export", "-C", str(extended))
    assert (status, path.read_bytes()) == (2, before)
    assert "--force" in error
    status, out, _ = taizhang("dictionary", "export", "-C", str(extended), "--force")
    assert status == 0, out
    kept = next(path.parent.glob("dictionary-*.xlsx"))
    assert kept.read_bytes() == before
    assert str(kept) in out
    assert toolkit.load_dictionary(path) is toolkit.load_dictionary()
    kept.replace(path)


def test_a_dictionary_that_is_not_where_the_settings_say_is_no_silent_change(extended: Path) -> None:
    config = extended / FILE
    with put_back(config):
        moved = config.read_text(encoding="utf-8").replace("workbooks/dictionary.xlsx", "共享盘/词典.xlsx")
        config.write_text(moved, encoding="utf-8")
        status, _, error = taizhang("run", "-C", str(extended))
    assert (status, "没有词典文件" in error) == (11, True)


def test_a_deadline_of_no_ledger_is_told(extended: Path) -> None:
    config = extended / FILE
    with put_back(config):
        config.write_text(f"{config.read_text(encoding='utf-8').rstrip()}\nL77 = 2020-01-31\n", encoding="utf-8")
        status, _, error = taizhang("run", "-C", str(extended))
    assert (status, "L77" in error) == (11, True)


def _only_visits(book: Any) -> None:
    for sheet in ("台账", "字段", "规则"):
        page = book[sheet]
        for row in range(page.max_row, 1, -1):
            others = "对照台账=" in "".join(str(cell.value) for cell in page[row])
            if page.cell(row, 1).value not in ("L2", None) or others:
                page.delete_rows(row)
    known = {cell.value for cell in book["字段"]["B"]}
    for row in range(book["别名"].max_row, 1, -1):
        ledger, name = (book["别名"].cell(row, column).value for column in (1, 2))
        if ledger not in ("L2", None) or name not in known:
            book["别名"].delete_rows(row)


def test_a_dictionary_of_one_ledger_is_enough(extended: Path) -> None:
    """Everything else the county reports is about ledgers that need not be there."""
    config, roster = extended / FILE, extended / "workbooks/roster.xlsx"
    with put_back(extended / "workbooks/dictionary.xlsx", config, roster):
        edit(extended, _only_visits)
        config.write_text(config.read_text(encoding="utf-8").replace("L19 = 2020-01-31", ""), encoding="utf-8")
        save_workbook(roster, [list(HEADINGS), ["11", "马村镇退役军人服务站", None, "乡镇"]], sheet="站点")
        report = run(extended)
    ledgers = {Path(file["path"]).name: file["ledgers"] for file in report["files"]}
    assert ledgers == {"军休干部.xlsx": [], "走访.xlsx": ["L2"]}
    assert "E901" not in {one["code"] for one in report["findings"]}


def test_blank_ledgers_follow_the_dictionary(extended: Path, tmp_path: Path) -> None:
    assert taizhang("template", "军休干部", "-C", str(extended), "--out", str(tmp_path / "空表.xlsx"))[0] == 0
    page = load_workbook(tmp_path / "空表.xlsx").worksheets[0]
    assert [cell.value for cell in page[3]] == ["姓名*", "身份证号*", "休养所*", "住院次数"]
    assert taizhang("template", "军休干部", "-C", str(extended), "--out", str(tmp_path / "空表.xlsx"))[0] == 2, (
        "never over what is there"
    )
    assert taizhang("template", "--all", "-C", str(extended), "--out", str(tmp_path / "全部"))[0] == 0
    assert len(list((tmp_path / "全部").glob("*.xlsx"))) == 20
    (tmp_path / "文件").write_text("", encoding="utf-8")
    status, _, error = taizhang("template", "L2", "--out", str(tmp_path / "文件/空表.xlsx"))
    assert (status, "写不进文件夹" in error) == (11, True)
    assert taizhang("template")[0] == 2
    assert taizhang("template", "没有这本")[0] == 2
