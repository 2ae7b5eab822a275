"""What a bureau officer does: put the stations' files into a folder, run, read what comes out, run again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.roster import HEADINGS

HEAD = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]
REGISTER = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间", "去世时间"]
ID1, ID2, ID3 = make_id(order=1), make_id("19610203", 2), make_id("19700405", 3)


def visit(name: str, card: str, day: str = "2020.1.20", what: str = "送上慰问") -> list[Any]:
    return [None, name, card, "春节走访", "实地走访", day, "李书记", what, 500]


def person(name: str, card: str, died: str | None = None) -> list[Any]:
    return [
        name,
        "男",
        card,
        "汉族",
        "退役士兵",
        "马村镇",
        "1982.10" if "1961" in card else "1970.12" if "1952" in card else "1989.3",
        "1993.12",
        died,
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    overrides = {
        ("period", "from"): "2020-01-01",
        ("period", "to"): "2020-12-31",
        ("period", "today"): "2021-01-08",
        ("run", "workers"): "1",
    }
    (tmp_path / "config.ini").write_text(template(overrides), encoding="utf-8")
    stations = [
        ["1", "样县退役军人服务中心", None, "市", None, *[None] * 6, "站点建设"],
        ["11", "马村镇退役军人服务站", None, "乡镇", "1", *[None] * 6, "走访慰问"],
        ["111", "马村镇大周村退役军人服务站", None, "村", "11", *[None] * 6, "基本信息、走访慰问"],
        ["112", "马村镇小周村退役军人服务站", None, "村", "11", *[None] * 6, "基本信息、走访慰问"],
    ]
    save_workbook(tmp_path / "workbooks/roster.xlsx", [list(HEADINGS), *stations], sheet="站点")
    folder = tmp_path / "workbooks/stations/马村镇"
    save_workbook(folder / "大周村/基本信息.xlsx", [REGISTER, person("张三", ID1), person("李四", ID2, "2020.3.1")])
    save_workbook(
        folder / "大周村/走访慰问11月.xlsx",
        [["大周村走访慰问台账（2020年11月）"], HEAD, visit("张三", ID1), visit("李四", ID2)],
    )
    save_workbook(
        folder / "大周村/走访慰问12月.xlsx",
        [
            ["大周村走访慰问台账（2020年12月）"],
            HEAD,
            visit("张三", ID1),
            visit("李四", ID2, "2020.8.1"),
            visit("", ID1, "2020.9.1"),
            visit("无名", ID3),
        ],
    )
    save_workbook(folder / "小周村/走访慰问.xlsx", [HEAD, [None, "本月无"]])
    (folder / "走访慰问.xlsx").write_bytes(b"")
    return tmp_path


def taizhang(*words: str, cwd: Path | None = None) -> tuple[int, Any, str]:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *words, "--lang", "zh"], capture_output=True, text=True, cwd=cwd
    )
    return done.returncode, json.loads(done.stdout) if "--json" in words and done.stdout else done.stdout, done.stderr


def run(workspace: Path, *words: str) -> tuple[int, Any]:
    status, report, error = taizhang("run", "-C", str(workspace), "--json", *words)
    assert report, error
    return status, report


def cells(report: Any) -> dict[tuple[str, str], str]:
    return {
        (Path(f["file"]).name, f["cell"]): f["code"]
        for f in report["findings"]
        if f["severity"] != "info" and f["cell"]
    }


def test_one_command_says_what_is_missing_and_wrong_across_the_county(workspace: Path) -> None:
    status, report = run(workspace)
    assert status == 3, "one file could not be read"
    assert cells(report) == {
        ("走访慰问12月.xlsx", "F4"): "E505",  # visited after death
        ("走访慰问12月.xlsx", "B5"): "E201",
        ("走访慰问12月.xlsx", "C6"): "W501",  # in no register
    }
    assert {(one["name"][3:6], one["ledger"]): one["status"] for one in report["stations"]} == {
        ("役军人", "L12"): "missing", ("退役军", "L2"): "unreadable", ("大周村", "L1"): "reported", ("大周村", "L2"): "reported",
        ("小周村", "L1"): "missing", ("小周村", "L2"): "zero",
    }  # fmt: skip
    assert {Path(one["path"]).name: (one["status"], one["marks"]) for one in report["files"] if "大周村" in one["path"]} == {
        "基本信息.xlsx": ("ok", "none"), "走访慰问11月.xlsx": ("ok", "none"), "走访慰问12月.xlsx": ("findings", "done"),
    }  # fmt: skip
    totals = report["totals"]
    assert (totals["files"], totals["stations"], totals["reported"], totals["rows"]) == (5, 4, 2, 2 + 5)
    out = workspace / "workbooks/out"
    assert {"consolidated.xlsx", "summary.xlsx", "report.html", "report.json", "通报.txt"} <= {
        path.name for path in out.iterdir()
    }
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == report


def test_december_contains_november_and_counts_once(workspace: Path) -> None:
    run(workspace)
    from openpyxl import load_workbook

    sheet = load_workbook(workspace / "workbooks/out/consolidated.xlsx")["走访慰问"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "被走访人" in row)
    data = rows[rows.index(head) + 1 :]
    doubled = [row for row in data if row[head.index("重复")]]
    assert len(data) == 6
    assert [(row[head.index("被走访人")], Path(str(row[head.index("来源文件")])).name) for row in doubled] == [
        ("张三", "走访慰问11月.xlsx")
    ]


def test_a_second_run_changes_nothing_and_parses_nothing(workspace: Path) -> None:
    _, first = run(workspace)
    before = {path: path.stat().st_mtime_ns for path in (workspace / "workbooks").rglob("*.xlsx")}
    status, second = run(workspace)
    assert status == 3
    assert {path: path.stat().st_mtime_ns for path in before} == before
    for report in (first, second):
        report.pop("run")
        report["totals"].pop("fixed")
    assert first == second


def test_what_the_clerk_corrects_is_gone_and_keeps_its_identity_until_then(workspace: Path) -> None:
    from openpyxl import load_workbook

    _, first = run(workspace)
    path = workspace / "workbooks/stations/马村镇/大周村/走访慰问12月.xlsx"
    book = load_workbook(path)
    book.worksheets[0].insert_rows(3)
    book.worksheets[0]["B6"] = "王五"
    book.save(path)
    _, second = run(workspace)
    assert second["totals"]["fixed"] == 1
    ids = {
        report["findings"][n]["id"]: report["findings"][n]
        for report in (first,)
        for n in range(len(report["findings"]))
    }
    death = next(finding for finding in second["findings"] if finding["code"] == "E505")
    assert death["cell"] == "F5", "a row was inserted above"
    assert ids[death["id"]]["cell"] == "F4"
    assert "E201" not in {finding["code"] for finding in second["findings"]}


def test_incremental_equals_full(workspace: Path) -> None:
    run(workspace)
    folder = workspace / "workbooks/stations/马村镇"
    save_workbook(folder / "小周村/基本信息.xlsx", [REGISTER, person("张三", ID1)])
    (folder / "大周村/走访慰问11月.xlsx").unlink()
    (folder / "大周村/基本信息.xlsx").rename(folder / "大周村/名册.xlsx")
    _, incremental = run(workspace)
    _, full = run(workspace, "--full")
    for report in (incremental, full):
        report.pop("run")
        report["totals"].pop("fixed")
        for finding in report["findings"]:
            finding.pop("since")
    assert incremental == full
    assert "W502" in {finding["code"] for finding in full["findings"]}, "registered at two stations"


def test_a_share_that_went_away_is_no_deletion(workspace: Path) -> None:
    run(workspace)
    stations = workspace / "workbooks/stations"
    before = (workspace / "workbooks/out/report.json").read_bytes()
    stations.rename(workspace / "elsewhere")
    assert taizhang("run", "-C", str(workspace))[0] == 13
    stations.mkdir()
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 13
    assert "共享盘" in error
    assert (workspace / "workbooks/out/report.json").read_bytes() == before
    assert taizhang("run", "-C", str(workspace), "--accept-vanished")[0] == 0


def test_one_run_at_a_time(workspace: Path) -> None:
    from filelock import FileLock

    state = workspace / "workbooks/.state"
    state.mkdir(parents=True)
    with FileLock(state / "run.lock"):
        status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 10
    assert "另一次运行" in error


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("marks", "mode", "sideways"),
        ("period", "from", "yesterday"),
        ("run", "workers", "many"),
        ("general", "language", "fr"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(workspace: Path, section: str, key: str, value: str) -> None:
    (workspace / "config.ini").write_text(template({(section, key): value}), encoding="utf-8")
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 11
    assert all(word in error for word in (section, key, value))


def test_a_password_in_the_settings_is_refused(workspace: Path) -> None:
    with (workspace / "config.ini").open("a", encoding="utf-8") as file:
        file.write("\n[mail]\npassword = hunter2\n")
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 11
    assert "hunter2" not in error


def test_a_roster_with_mistakes_names_the_cell(workspace: Path) -> None:
    save_workbook(workspace / "workbooks/roster.xlsx", [list(HEADINGS), ["1", "甲站", None, "星球"]], sheet="站点")
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 11
    assert "D2" in error


def test_a_workspace_that_cannot_be_written_is_said(workspace: Path) -> None:
    (workspace / "workbooks/out").write_text("a file where the folder should be", encoding="utf-8")
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 11
    assert str(workspace / "workbooks/out") in error


def test_no_ledger_at_all_is_a_clear_sentence(workspace: Path) -> None:
    shutil.rmtree(workspace / "workbooks/stations")
    (workspace / "workbooks/stations").mkdir()
    status, _, error = taizhang("run", "-C", str(workspace))
    assert status == 0
    assert "没有一个台账" in error


def test_numbers_of_persons_never_leave_unmasked(workspace: Path) -> None:
    path = workspace / "workbooks/stations/马村镇/大周村/走访慰问12月.xlsx"
    save_workbook(path, [HEAD, visit("张三", ID1[:17] + "Z"), visit("李四", ID2 + "1"), visit("王五", "13803551234")])
    run(workspace)
    out = workspace / "workbooks/out"
    for name in ("report.json", "report.html", "通报.txt"):
        text = (out / name).read_text(encoding="utf-8-sig")
        for secret in (ID1[:17], ID2, "13803551234"):
            assert secret not in text, name


def test_copies_are_marked_instead_where_the_settings_say_so(workspace: Path) -> None:
    config = workspace / "config.ini"
    config.write_text(config.read_text(encoding="utf-8").replace("mode = in-place", "mode = copy"), encoding="utf-8")
    path = workspace / "workbooks/stations/马村镇/大周村/走访慰问12月.xlsx"
    before = path.read_bytes()
    _, report = run(workspace)
    copy = workspace / "workbooks/out/marked/马村镇/大周村/走访慰问12月.xlsx"
    assert path.read_bytes() == before
    assert copy.is_file()
    # a copy among the stations' files is never data, and one that somebody typed into is never overwritten
    shutil.copy(copy, path.with_name("退回.xlsx"))
    from openpyxl import load_workbook

    book = load_workbook(copy)
    book.worksheets[0]["B5"] = "王五"
    book.save(copy)
    typed = copy.read_bytes()
    _, again = run(workspace)
    assert again["totals"]["rows"] == report["totals"]["rows"]
    assert copy.read_bytes() == typed
    assert "W012" in {finding["code"] for finding in again["findings"]}
    # until it is taken over
    status, listed, _ = taizhang("adopt", "-C", str(workspace), str(copy), "--json")
    assert status == 0
    assert [(change["cell"], change["new"]) for change in listed["files"][0]["changes"]] == [("B5", "王五")]
    _, adopted = run(workspace)
    assert not {"W012", "E201"} & {finding["code"] for finding in adopted["findings"]}


def test_a_workbook_with_a_password_is_read_and_marked_where_the_password_is_known(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    import msoffcrypto
    from openpyxl import load_workbook

    path = workspace / "workbooks/stations/马村镇/大周村/走访慰问12月.xlsx"
    plain = path.read_bytes() + b""
    with path.open("wb") as target:
        msoffcrypto.OfficeFile(io.BytesIO(plain)).encrypt("秘密", target)
    _, closed = run(workspace)
    assert {f["code"] for f in closed["findings"] if f["file"] and "12月" in f["file"]} == {"E003"}
    monkeypatch.setenv("TAIZHANG_PASSWORD_111", "秘密")
    _, report = run(workspace)
    entry = next(one for one in report["files"] if "12月" in one["path"])
    assert (entry["status"], entry["marks"]) == ("findings", "done")
    office, opened = msoffcrypto.OfficeFile(path.open("rb")), io.BytesIO()
    office.load_key(password="秘密")
    office.decrypt(opened)
    assert load_workbook(opened).sheetnames[-1] == "问题清单"
    _, again = run(workspace)
    assert again["totals"] == report["totals"] | {"fixed": 0}
    assert all(
        b"\xe7\xa7\x98\xe5\xaf\x86" not in file.read_bytes()
        for file in (workspace / "workbooks/.state").rglob("*")
        if file.is_file()
    )


def test_safe_corrections_are_written_on_request_logged_and_taken_back(workspace: Path) -> None:
    path = workspace / "workbooks/stations/马村镇/大周村/走访慰问12月.xlsx"
    save_workbook(path, [HEAD, visit("张　三", ID1), visit("李四", f"{ID2[:6]} {ID2[6:]}")])
    before = path.read_bytes()
    taizhang("fix", "-C", str(workspace), str(path), "--dry-run")
    assert path.read_bytes() == before
    assert taizhang("fix", "-C", str(workspace), str(path))[0] == 0
    from openpyxl import load_workbook

    book = load_workbook(path)
    assert (book.worksheets[0]["B2"].value, book.worksheets[0]["C3"].value) == ("张三", ID2)
    assert book.sheetnames[-1] == "更正记录"
    _, report = run(workspace)
    assert "更正记录" not in {finding["sheet"] for finding in report["findings"]}
    assert taizhang("fix", "-C", str(workspace), str(path), "--undo")[0] == 0
    taizhang("unmark", "-C", str(workspace), str(path))
    assert load_workbook(path).worksheets[0]["B2"].value == "张　三"
