"""Each rule as a table: the entries of one row, and the cells that are said to be wrong."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_id, save_workbook
from tests.processing import Seen, process

MAN, WOMAN = make_id("19660312", 1), make_id("19660312", 1, male=False)

L1 = {
    "姓名": "张三", "性别": "男", "身份证号": MAN, "出生日期": "1966.3.12", "年龄": 54, "民族": "汉族", "人员类别": "退役士兵",
    "户籍地": "马村镇东庄村", "入伍时间": "1985.3", "退役时间": "1989.3", "军龄": 4, "优抚对象类别": None, "去世时间": None,
}  # fmt: skip
L3 = {
    "姓名": "张三",
    "身份证号": MAN,
    "困难类型": "生活困难",
    "帮扶措施": "发放补助",
    "给予资金金额": 500,
    "帮扶日期": "2020.5.1",
}
L4 = {"姓名": "张三", "身份证号": make_id("19760312"), "退役时间": "2000.12", "服务类别": "历年退役50岁以下未就业军人", "就业状态": "无业", "未就业原因": "身体原因",
      "单位名称": None}  # fmt: skip
L7 = {"姓名": "张三", "身份证号": MAN, "所在党支部": "东庄村党支部", "入党时间": "1988.7", "组织关系转入时间": "1990.1", "是否纳入基层党组织管理": "是",
      "是否两委成员": "是", "是否主干": "是", "是否符合后备条件": "是", "是否纳入后备干部": "是"}  # fmt: skip
L12 = {
    "站点名称": "东庄村退役军人服务站",
    "级别": "村",
    "有服务场所": "是",
    "有工作机构": "是",
    "有专人负责": "是",
    "有基本台账": "是",
    "是否规范运行": "是",
}
L11 = {"姓名": "张三", "身份证号": MAN, "活动标题": "爱心捐款", "活动日期": "2020.2.10", "捐款金额": 100}
BY_ID = {"L1": L1, "L3": L3, "L4": L4, "L7": L7, "L11": L11, "L12": L12}


def check(folder: Path, ledger: str, *changes: dict[str, Any]) -> Seen:
    rows = [BY_ID[ledger] | change for change in changes]
    return process(
        save_workbook(folder / "t.xlsx", [list(rows[0]), *[list(row.values()) for row in rows]]), ledger=ledger
    )


def fields(seen: Seen) -> dict[str, str]:
    """Field → code of every finding that is more than information."""
    return {finding.field or "": finding.code for finding in seen.file.findings if finding.severity != "info"}


@pytest.mark.parametrize("ledger", sorted(BY_ID))
def test_a_row_in_order_has_no_findings(tmp_path: Path, ledger: str) -> None:
    assert fields(check(tmp_path, ledger, {})) == {}


@pytest.mark.parametrize(
    ("ledger", "change", "expected"),
    [
        # required, and required when
        ("L1", {"姓名": None}, {"姓名": "E201"}),
        ("L1", {"身份证号": "无"}, {"身份证号": "E201"}),
        ("L1", {"入伍时间": None, "军龄": None}, {"入伍时间": "E201"}),
        ("L1", {"入伍时间": None, "退役时间": None, "军龄": None, "人员类别": "烈士遗属"}, {}),
        ("L4", {"未就业原因": None}, {"未就业原因": "W201"}),
        ("L12", {"有专人负责": None}, {"有专人负责": "E201"}),
        # the ID number against the rest
        ("L1", {"性别": "女"}, {"性别": "W209"}),
        ("L1", {"身份证号": WOMAN}, {"性别": "W209"}),
        ("L1", {"出生日期": "1966.4"}, {"出生日期": "W210"}),
        ("L1", {"出生日期": "1966"}, {}),
        ("L1", {"年龄": 61}, {"年龄": "W229"}),
        # dates in order, years of service, age at enlistment
        ("L1", {"退役时间": "1984.12", "军龄": None}, {"退役时间": "E301"}),
        ("L1", {"退役时间": "1985", "军龄": 0}, {"退役时间": "W302"}),
        ("L1", {"退役时间": "2021.1", "军龄": None}, {"退役时间": "W302"}),
        ("L1", {"军龄": 9}, {"军龄": "W305"}),
        ("L1", {"军龄": 5}, {}),
        ("L1", {"入伍时间": "1975.3", "退役时间": "1979.3"}, {"入伍时间": "E303"}),
        ("L1", {"入伍时间": "1980.3", "退役时间": "1984.3"}, {"入伍时间": "W304"}),
        ("L1", {"去世时间": "1988.1"}, {"去世时间": "E307"}),
        ("L7", {"组织关系转入时间": "1987.1"}, {"组织关系转入时间": "E307"}),
        # implications
        ("L7", {"是否两委成员": "否"}, {"是否两委成员": "E306"}),
        ("L7", {"是否符合后备条件": "否"}, {"是否符合后备条件": "W311"}),
        ("L4", {"单位名称": "某公司"}, {"单位名称": "W312"}),
        # the period
        ("L3", {"帮扶日期": "2019.5.1"}, {"帮扶日期": "W308"}),
        ("L11", {"活动日期": "2019.12"}, {"活动日期": "W308"}),
        ("L11", {"活动日期": "2020"}, {}),
        # the five classes
        ("L4", {"身份证号": make_id("19660312")}, {"服务类别": "W309"}),
        ("L4", {"身份证号": make_id("19701231")}, {"服务类别": "W309"}),
        ("L4", {"身份证号": make_id("19710101")}, {}),
        ("L4", {"服务类别": "50岁至60岁有就业需求的退役军人", "身份证号": make_id("19701231")}, {}),
        ("L4", {"服务类别": "当年退役军人"}, {"服务类别": "W309"}),
        ("L4", {"服务类别": "当年退役军人", "退役时间": "2020.9"}, {}),
        # the category of rural veterans over 60
        ("L1", {"优抚对象类别": "年满60周岁农村籍退役士兵"}, {"优抚对象类别": "W310"}),
        # several faults at one cell are one finding, the weightiest
        (
            "L1",
            {"身份证号": MAN[:17] + str((int(MAN[17], 16) + 1) % 10) if MAN[17] != "X" else MAN[:17] + "0"},
            {"身份证号": "E205"},
        ),
    ],
)
def test_one_change_one_finding(tmp_path: Path, ledger: str, change: dict[str, Any], expected: dict[str, str]) -> None:
    assert fields(check(tmp_path, ledger, change)) == expected


def test_the_same_person_twice_in_one_register_names_the_other_cell(tmp_path: Path) -> None:
    finding = check(tmp_path, "L1", {}, {}).finding("E401")
    assert (finding.place.cell, finding.params["other"], finding.related[0].cell) == ("C3", "C2", "C2")


def test_one_id_number_under_two_names_is_no_row_to_delete(tmp_path: Path) -> None:
    seen = check(tmp_path, "L1", {}, {"姓名": "李四"})
    assert [finding.code for finding in seen.file.findings] == ["E503"]
    assert seen.finding("E503").params["name"] == "张三"


def test_two_people_of_one_name_without_id_numbers_are_two(tmp_path: Path) -> None:
    east, west = {"身份证号": None, "联系电话": "13803551234"}, {"身份证号": None, "联系电话": "13803551235"}
    assert [finding.code for finding in check(tmp_path, "L11", east, west).file.findings] == []
    assert [finding.code for finding in check(tmp_path, "L11", east, east).file.findings] == ["W401"]


def test_the_same_record_twice_is_a_warning_in_a_list_of_events(tmp_path: Path) -> None:
    assert [finding.code for finding in check(tmp_path, "L3", {}, {}).file.findings] == ["W401"]
    assert check(tmp_path, "L3", {}, {"帮扶日期": "2020.6.1"}).file.findings == []


def test_two_cells_that_disagree_are_both_named(tmp_path: Path) -> None:
    finding = check(tmp_path, "L1", {"退役时间": "1984.12", "军龄": None}).finding("E301")
    assert (finding.place.cell, [place.cell for place in finding.related]) == ("J2", ["I2"])


def test_a_rule_that_crashes_is_reported_as_broken_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.rules import implies

    def crash(*_: Any) -> None:
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr(implies, "check", crash)
    seen = check(tmp_path, "L7", {"姓名": None})
    assert fields(seen)["姓名"] == "E201"
    broken = seen.finding("E901")
    assert broken.params["rule"] == "implies"
    assert broken.place.cell is None


def test_a_field_type_that_crashes_is_reported_as_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from toolkit.fields import id_card

    def crash(*_: Any) -> None:
        raise ZeroDivisionError("our fault")

    monkeypatch.setattr(id_card.TYPE, "parse", crash, raising=False)
    assert fields(check(tmp_path, "L7", {"姓名": None})) == {"身份证号": "E901", "姓名": "E201"}


def test_a_sheet_that_repeats_the_others_is_said_once(tmp_path: Path) -> None:
    import openpyxl

    people = [
        L1 | {"姓名": "张" + "一二三四五六七"[n], "身份证号": make_id("19660312", n), "出生日期": "1966.3.12"}
        for n in range(1, 7)
    ]
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in (("大周村", people[:3]), ("康营村", people[3:]), ("全镇", people)):
        sheet = book.create_sheet(name)
        for row in [list(L1), *[list(one.values()) for one in rows]]:
            sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    seen = process(tmp_path / "t.xlsx")
    assert [(finding.code, finding.place.sheet) for finding in seen.file.findings] == [("W117", "全镇")]


def test_a_grand_total_is_not_its_last_group(tmp_path: Path) -> None:
    head = ["序号", "姓名", "身份证号", "困难类型", "帮扶措施", "给予资金金额", "帮扶日期"]
    rows = [
        [n, "张" + "一二三四五六七"[n], make_id("19660312", n), "生活困难", "发放补助", 500, "2020.5.1"]
        for n in range(1, 6)
    ]
    lines = [
        *rows[:3],
        ["小计", *[None] * 4, 1500],
        *rows[3:],
        ["小计", *[None] * 4, 1000],
        ["总计", *[None] * 4, 1000],
    ]
    assert process(save_workbook(tmp_path / "解困帮扶.xlsx", [head, *lines])).at == {"F9": "E402"}
    lines[-1][5] = 2500
    assert process(save_workbook(tmp_path / "解困帮扶.xlsx", [head, *lines])).at == {}


def test_a_total_whose_formula_fails(tmp_path: Path) -> None:
    head = ["序号", "姓名", "身份证号", "困难类型", "帮扶措施", "给予资金金额", "帮扶日期"]
    rows = [
        [n, "张" + "一二三四五六七"[n], make_id("19660312", n), "生活困难", "发放补助", 500, "2020.5.1"]
        for n in range(1, 3)
    ]
    assert process(
        save_workbook(tmp_path / "解困帮扶.xlsx", [head, *rows, ["合计", *[None] * 4, "=SUM(F2:F3)"]])
    ).at == {"F4": "W228"}
