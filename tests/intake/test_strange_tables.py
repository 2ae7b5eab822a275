"""Tables that stand strangely: several on a sheet, carried on without a header, filled in beforehand, drawn as forms, or empty on purpose."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import make_id, save_workbook
from tests.intake.test_locate import HEAD, ID1, ID2, ID3, ROWS, visit
from tests.processing import Seen, process

TITLE = "高平市马村镇退役军人走访慰问台账（2020年度）"


def seen_of(folder: Path, rows: list[list[Any]], name: str = "t.xlsx", merges: tuple[str, ...] = (), **more: Any) -> Seen:
    return process(save_workbook(folder / name, rows, merges=merges), **more)


def saved(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_second_table_with_its_columns_in_another_order(tmp_path: Path) -> None:
    order = [0, 2, 1, *range(3, 9)]
    others = [visit(order, name, make_id("19480101", order)) for order, name in enumerate(("赵一", "钱二", "孙三"), 1)]
    second = [[row[number] for number in order] for row in [HEAD, *others]]
    seen = seen_of(tmp_path, [[TITLE], HEAD, *ROWS, [], ["八一走访慰问台账"], *second])
    assert seen.at == {}
    assert (seen.file.rows, len(seen.file.tables)) == (6, 2)


def test_a_second_table_of_another_year_and_unit(tmp_path: Path) -> None:
    first, second = visit(1, "张三", ID1, day="2019.1.20"), visit(1, "张三", ID1, money=0.05)
    rows = [["走访慰问台账（2019年度）"], ["填报单位：马村镇  单位：元"], [*HEAD[:8], "慰问金"], first, [],
            ["走访慰问台账（2020年度）"], ["填报单位：马村镇  单位：万元"], [*HEAD[:8], "慰问金"], second]  # fmt: skip
    seen = seen_of(tmp_path, rows, period=None)
    assert seen.at == {}
    assert seen.column("L2", "慰问金") == [500.0, 500.0]


def test_a_header_repeated_on_a_printed_page_is_the_same_table(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, [[TITLE], HEAD, *ROWS[:2], [TITLE], HEAD, *ROWS[2:]])
    assert (seen.at, seen.file.rows, len(seen.file.tables)) == ({}, 3, 1)


@pytest.mark.parametrize("line", ["注：以下为党员", "其中党员："])
def test_a_note_between_donors_makes_nobody_a_note(tmp_path: Path, line: str) -> None:
    names = [["王建国", 100], ["李志强", 100], ["张秀兰", 100], [line], ["赵铁柱", 50], ["钱有福", 50]]
    seen = seen_of(tmp_path, [["大周村退役军人抗疫捐款台账（2020年）"], ["姓名", "捐款金额", "备注"], *names, ["合计", 400]])
    assert seen.column("L11", "姓名") == ["王建国", "李志强", "张秀兰", "赵铁柱", "钱有福"]
    assert "E402" not in seen.at.values()


def test_a_remark_with_a_colon_loses_nobody(tmp_path: Path) -> None:
    rows = [["大周村捐款台账"], ["姓名", "捐款金额", "备注"], ["王建国", 100], ["李志强", 200, "其子代捐：李明"], ["张秀兰", 100]]
    assert seen_of(tmp_path, rows).column("L11", "姓名") == ["王建国", "李志强", "张秀兰"]


def test_a_sheet_that_carries_on_without_a_header(tmp_path: Path) -> None:
    more = [visit(4, "赵六", make_id("19500101", 7)), visit(5, "钱七", make_id("19500101", 8))]
    seen = process(saved(tmp_path / "走访.xlsx", {"Sheet1": [HEAD, *ROWS], "Sheet2": more}))
    assert seen.file.rows == 5
    assert [(finding.code, finding.place.sheet) for finding in seen.file.findings] == [("W114", "Sheet2")]


def test_people_without_a_header_are_said(tmp_path: Path) -> None:
    rows = [[1, "张三", ID1], [2, "李四", ID2]]
    assert seen_of(tmp_path, rows, name="名单.xlsx").finding("W115").params["count"] == 2


@pytest.mark.parametrize("title", ["马村镇2020年春节走访慰问退役军人花名册", "马村镇2020年八一走访慰问退役军人台账"])
def test_a_list_of_visits_is_no_register_whatever_it_is_called(tmp_path: Path, title: str) -> None:
    head = ["序号", "姓名", "身份证号", "家庭住址", "联系电话", "慰问金（元）", "签字"]
    seen = seen_of(tmp_path, [[title], head, [1, "张三", ID1, "马村镇大周村", "13803551234", 500, "张三"]])
    assert [table.ledger for table in seen.file.tables] == ["L2"]
    assert seen.column("L2", "慰问金") == [500.0]


def test_the_title_may_say_what_every_row_is(tmp_path: Path) -> None:
    head = ["序号", "姓名", "性别", "身份证号码", "联系电话", "就业状态", "未就业原因"]
    row = [1, "张三", "男", make_id("19800101"), "13803551234", "无业", "身体原因"]
    seen = seen_of(tmp_path, [["历年退役50岁以下未就业军人台账"], head, row])
    assert seen.at == {}
    assert seen.column("L4", "服务类别") == ["历年退役50岁以下未就业军人"]


def test_four_haves_under_their_group(tmp_path: Path) -> None:
    rows = [
        ["序号", "站点名称", "级别", "站长", "四有", None, None, None, "是否规范运行"],
        [None, None, None, None, "服务场所", "工作机构", "专人负责", "基本台账", None],
        [1, "大周村退役军人服务站", "村", "李二", "有", "无", "有", "有", "是"],
        [2, "康营村退役军人服务站", "村", "赵三", "有", None, "有", "有", "是"],
    ]
    seen = seen_of(tmp_path, rows, merges=("E1:H1", "A1:A2", "B1:B2", "C1:C2", "D1:D2", "I1:I2"))
    assert seen.at == {"F4": "E201"}
    assert seen.column("L12", "有工作机构") == ["否", None]


def test_an_amount_merged_over_a_couple_counts_once(tmp_path: Path) -> None:
    rows = [HEAD, *ROWS, ["合计", *[None] * 7, 1000]]
    rows[3] = [*rows[3][:8], None]
    seen = seen_of(tmp_path, rows, merges=("I3:I4",))
    assert seen.at == {}


def test_side_by_side_with_a_remark_at_the_end(tmp_path: Path) -> None:
    head = ["序号", "姓名", "慰问金（元）", "走访时间", "签字"]
    left, right = [1, "张三", 500, "2020.1.5", "张三"], [2, "李四", 300, "2020.1.5", "李四"]
    seen = seen_of(tmp_path, [["走访慰问花名册"], [*head, *head, "备注"], [*left, *right, "代签"]])
    assert seen.column("L2", "被走访人") == ["张三", "李四"]
    assert seen.column("L2", "慰问金") == [500.0, 300.0]
    lacking = [finding.place.column for finding in seen.file.findings if finding.code == "E103"]
    assert lacking == list(range(12, 12 + len(lacking))), "said once, where nothing stands"


@pytest.mark.parametrize(
    ("head", "meta"),
    [("慰问金（单位：万元）", None), ("慰问金", "单位：人、万元"), ("慰问金", "单位（万元）"), ("慰问金", "填报单位：马村镇   单位： 万 元")],
)
def test_units_however_they_are_written(tmp_path: Path, head: str, meta: str | None) -> None:
    rows = [[TITLE], *([[meta]] if meta else []), [*HEAD[:8], head], visit(1, "张三", ID1, money=0.05)]
    seen = seen_of(tmp_path, rows)
    assert (seen.at, seen.column("L2", "慰问金")) == ({}, [500.0])


def test_a_row_of_units_below_the_header(tmp_path: Path) -> None:
    rows = [[*HEAD[:8], "慰问金"], [*[None] * 8, "（万元）"], visit(1, "张三", ID1, money=0.05)]
    seen = seen_of(tmp_path, rows)
    assert (seen.at, seen.column("L2", "慰问金")) == ({}, [500.0])


def test_money_split_by_festival_is_added_up(tmp_path: Path) -> None:
    head = [*HEAD[:8], "慰问金（元）", None]
    rows = [head, [*[None] * 8, "春节", "八一"], [*visit(1, "张三", ID1, money=300), 200], [*visit(2, "李四", ID2, money=None), 200]]
    merges = tuple(f"{letter}1:{letter}2" for letter in "ABCDEFGH")
    seen = seen_of(tmp_path, rows, merges=(*merges, "I1:J1"))
    assert (seen.at, seen.column("L2", "慰问金")) == ({}, [500.0, 200.0])


def test_money_split_by_festival_with_a_sum(tmp_path: Path) -> None:
    rows = [[*HEAD[:8], "慰问金（元）", None, None], [*[None] * 8, "春节", "八一", "合计"], [*visit(1, "张三", ID1, money=300), 200, 500]]
    merges = tuple(f"{letter}1:{letter}2" for letter in "ABCDEFGH")
    assert seen_of(tmp_path, rows, merges=(*merges, "I1:K1")).column("L2", "慰问金") == [500.0]


def test_answers_to_tick(tmp_path: Path) -> None:
    head = ["姓名", "身份证号", "所在党支部", "是否纳入基层党组织管理", None, "是否两委成员", None, "是否主干", None, "是否纳入后备干部", None]
    rows = [head, [None] * 3 + ["是", "否"] * 4, ["张三", ID1, "大周村党支部", "√", None, None, "√", None, "√", None, "√"]]
    seen = seen_of(tmp_path, rows, merges=("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1", "H1:I1", "J1:K1"))
    assert seen.at == {}
    assert [seen.column("L7", name) for name in ("是否纳入基层党组织管理", "是否两委成员", "是否主干")] == [["是"], ["否"], ["否"]]


def test_columns_merged_sideways(tmp_path: Path) -> None:
    rows = [["序号", "被走访人", None, "身份证号", None, *HEAD[3:]]]
    rows += [[row[0], row[1], None, row[2], None, *row[3:]] for row in ROWS]
    merges = tuple(f"{pair}" for row in range(1, 5) for pair in (f"B{row}:C{row}", f"D{row}:E{row}"))
    seen = seen_of(tmp_path, rows, merges=merges)
    assert (seen.at, seen.file.rows) == ({}, 3)


def test_a_card_is_no_table(tmp_path: Path) -> None:
    rows = [
        ["退役军人基本信息登记表"],
        ["姓名", "陈玉梅", "性别", "女", "民族", "汉族"],
        ["身份证号", ID1, None, None, "出生年月", "1952.3"],
        ["政治面貌", "群众", "文化程度", "初中", "婚姻状况", "已婚"],
        ["入伍时间", "1970.12", "退役时间", "1975.3", "人员类别", "退役士兵"],
        ["户籍地", "马村镇大周村", None, None, "联系电话", "13803551234"],
    ]
    seen = seen_of(tmp_path, rows)
    assert (seen.file.rows, [finding.code for finding in seen.file.findings]) == (0, ["W116"])


def test_rows_filled_in_beforehand_are_nobody(tmp_path: Path) -> None:
    default = [None, None, None, None, "春节走访", "实地走访", None, None, None]
    blank = [[number, *default[1:]] for number in range(4, 9)]
    assert (seen_of(tmp_path, [HEAD, *ROWS, *blank]).file.rows) == 3


def test_a_formula_dragged_over_empty_rows_is_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "走访.xlsx", {"Sheet1": [HEAD, *ROWS, *[[number, *[None] * 7, "=#VALUE!"] for number in range(4, 7)]]})
    assert (process(path).file.rows, process(path).at) == (3, {})


@pytest.mark.parametrize("line", [["在乡复员军人"], ["其他人员（2人）"], ["烈属"], ["八一走访慰问"]])
def test_a_groups_name_in_the_column_of_names_is_nobody(tmp_path: Path, line: list[str]) -> None:
    head, rows = HEAD[1:], [row[1:] for row in ROWS]
    seen = seen_of(tmp_path, [head, rows[0], line, *rows[1:]])
    assert (seen.file.rows, seen.at) == (3, {})


@pytest.mark.parametrize("line", [[None, "填表日期", None, "2020年12月20日"], [None, "制表人", "李二", None, "联系电话", "13803551234"]])
def test_a_footer_without_colons_is_nobody(tmp_path: Path, line: list[Any]) -> None:
    seen = seen_of(tmp_path, [HEAD, *ROWS, line])
    assert (seen.file.rows, seen.at) == (3, {})


def test_stems_and_numbers_of_columns(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, [HEAD, ["甲", "乙", "丙", "丁", 1, 2, 3, 4, 5], *ROWS])
    assert (seen.file.rows, seen.at) == (3, {})


@pytest.mark.parametrize("change", [{0: "（示例）"}, {1: "（例）张三"}, {0: "例"}])
def test_an_example_row_is_nobody(tmp_path: Path, change: dict[int, str]) -> None:
    example = [change.get(number, cell) for number, cell in enumerate(ROWS[0])]
    assert seen_of(tmp_path, [HEAD, example, *ROWS]).file.rows == 3


@pytest.mark.parametrize(("sheet", "title"), [("填写样例", TITLE), ("Sheet1", "走访慰问台账（样表）")])
def test_a_sheet_of_examples_is_left_alone(tmp_path: Path, sheet: str, title: str) -> None:
    seen = process(saved(tmp_path / "走访.xlsx", {sheet: [[title], HEAD, *ROWS], "走访": [[TITLE], HEAD, ROWS[0]]}))
    assert (seen.file.rows, seen.at) == (1, {})


@pytest.mark.parametrize(
    "line",
    [
        [1, "无", "无", None, None, None, None, None, 0], [None, "零"], ["2020年11月无走访慰问"], ["大周村本月无走访"], ["（零报告）"],
        ["经排查，我村无此类人员"], ["此项工作未开展"], ["备注：本月无走访慰问"],
    ],
)  # fmt: skip
def test_zero_reports_in_other_words(tmp_path: Path, line: list[Any]) -> None:
    seen = seen_of(tmp_path, [[TITLE], HEAD, line])
    assert (seen.file.rows, seen.file.tables[0].zero, seen.at) == (0, True, {})


def test_a_zero_report_in_the_line_of_the_reporter(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, [[TITLE], ["填报单位：大周村", "本月无走访慰问"], HEAD])
    assert (seen.file.tables[0].zero, seen.at) == (True, {})


def test_a_zero_report_without_a_header(tmp_path: Path) -> None:
    seen = seen_of(tmp_path, [[TITLE], ["本月无走访慰问。"]])
    assert [(table.ledger, table.zero) for table in seen.file.tables] == [("L2", True)]
    assert seen.at == {}


def test_a_table_of_head_counts_is_no_ledger(tmp_path: Path) -> None:
    rows = [["马村镇退役军人情况汇总"], ["序号", "村名", "人数", "党员", "备注"], [1, "大周村", 32, 5, None], [2, "康营村", 28, 4, None]]
    seen = seen_of(tmp_path, rows)
    assert [finding.code for finding in seen.file.findings] == ["I112", "W113"]


@pytest.mark.parametrize(
    ("title", "day", "late"),
    [
        ("2019—2020年走访慰问台账", "2019.12.1", False), ("走访慰问台账（2019.10-2020.3）", "2020.2.1", False),
        ("庆祝建军93周年走访慰问台账（2020年度）", "2020.8.1", False), ("根据〔2019〕12号文件 2020年走访慰问台账", "2020.2.1", False),
        ("走访慰问台账（2020年度）", "2019.2.1", True),
    ],
)  # fmt: skip
def test_the_period_that_a_title_names(tmp_path: Path, title: str, day: str, late: bool) -> None:
    seen = seen_of(tmp_path, [["附件1-2"], [title], HEAD, visit(1, "张三", ID1, day=day)], period=None)
    assert list(seen.at.values()) == (["W308"] if late else [])


def test_ages_and_classes_as_of_the_titles_period(tmp_path: Path) -> None:
    head = ["姓名", "身份证号", "年龄", "退役时间", "服务类别", "就业状态"]
    row = ["张三", make_id("19700601"), 48, "2018.9", "当年退役军人", "单位就业"]
    assert seen_of(tmp_path, [["2018年第四季度就业创业台账"], head, row], period=None).at == {}


def test_names_of_ids_are_in_the_same_ledger(tmp_path: Path) -> None:
    rows = [["60周岁以上农村籍退役士兵花名册"], ["序号", "村", "姓名", "性别", "身份证号", "入伍时间", "退役时间", "银行账号", "备注"],
            [1, "大周村", "张三", "男", ID3, "1970.12", "1975.3", "6228480402564890018", None]]  # fmt: skip
    assert [table.ledger for table in seen_of(tmp_path, rows).file.tables] == ["L1"]
