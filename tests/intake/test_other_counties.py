"""What clerks elsewhere do: found by somebody who wrote ledgers without knowing this code."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_id, save_workbook
from tests.intake.test_locate import HEAD, ID1, ID2, ID3, ROWS, visit
from tests.processing import process


def test_words_of_a_signature_line_inside_a_record_do_not_lose_it(tmp_path: Path) -> None:
    head = [
        "序号",
        "站点名称",
        "级别",
        "站长",
        "是否规范运行",
        "存在问题",
        "有服务场所",
        "有工作机构",
        "有专人负责",
        "有基本台账",
    ]
    problems = ["无专职负责人（由村主任兼）", "牌匾未盖章", "站长(签字)栏空缺", "填表人：未落实"]
    rows = [
        [n, f"第{n}村退役军人服务站", "村", "石磊", "是", problem, *["是"] * 4] for n, problem in enumerate(problems, 1)
    ]
    seen = process(save_workbook(tmp_path / "站点建设.xlsx", [head, *rows]))
    assert seen.file.rows == 4
    assert seen.at == {}


@pytest.mark.parametrize(
    "line",
    [
        ["制表：石磊", None, "复核：田甜", None, None, "分管领导："],
        ["主要领导：", None, "分管领导：", None, "会计：", None, "出纳："],
        ["填表人", "石磊", "审核人", "田甜", "日期", "2020.12.1"],
        [None, "单位（盖章）", None, None, "2020年12月1日"],
        ["镇（街道）意见：同意上报。", None, None, "县局意见："],
        ["填表须知：", "身份证号填18位"],
        ["联系人：田甜", "电话：0356-5221234", "邮箱：a@b.cn"],
        ["注：1.本表一式两份。"],
    ],
)
def test_the_tail_of_a_table_is_nobody(tmp_path: Path, line: list[Any]) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS, line]))
    assert (seen.file.rows, seen.at) == (3, {})


def test_a_block_of_notes_below_the_table_is_nobody(tmp_path: Path) -> None:
    tail = [["填报要求：", "1、慰问金只填数字"], [2, "请于每月5日前报送"], ["3", "逾期通报"]]
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS, *tail]))
    assert (seen.file.rows, seen.at) == (3, {})


@pytest.mark.parametrize(
    "numbers", [list(range(1, 10)), ["栏次", *[f"（{n}）" for n in range(1, 9)]], [str(n) for n in range(1, 10)]]
)
def test_a_row_that_numbers_the_columns_is_part_of_the_header(tmp_path: Path, numbers: list[Any]) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, numbers, *ROWS]))
    assert (seen.file.rows, seen.at) == (3, {})


@pytest.mark.parametrize(
    "label",
    [
        ["合", "计"],
        ["人数合计", None, 3],
        [None, "共计3人"],
        ["总合计"],
        ["合计3人"],
        ["茅坝村小计"],
        ["合计（大写）壹仟伍佰元整"],
        ["Total"],
        ["合  计"],
    ],
)
def test_total_lines_by_any_name_are_added_up_and_nobody(tmp_path: Path, label: list[Any]) -> None:
    line = [*label, *[None] * (8 - len(label)), 1400]
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS, line]))
    assert seen.file.rows == 3
    assert seen.at == {"I5": "E402"}


def test_a_total_may_stand_above_what_it_adds_up(tmp_path: Path) -> None:
    right = [HEAD, ["合计", *[None] * 7, 1500], *ROWS]
    assert process(save_workbook(tmp_path / "a.xlsx", right)).at == {}
    wrong = [HEAD, ["合计", *[None] * 7, 1600], *ROWS]
    assert process(save_workbook(tmp_path / "b.xlsx", wrong)).at == {"I2": "E402"}


def test_a_wrong_page_total_is_told_the_sum_of_its_page(tmp_path: Path) -> None:
    page = ["本页小计", *[None] * 7]
    rows = [HEAD, ROWS[0], ROWS[1], [*page, 1000], HEAD, ROWS[2], [*page, 900]]
    finding = process(save_workbook(tmp_path / "走访.xlsx", rows)).finding("E402")
    assert (finding.place.cell, finding.params["sum"]) == ("I7", "500")


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("职工花名册", ["序号", "姓名", "性别", "出生年月", "民族", "学历", "政治面貌", "职务", "参加工作时间", "联系电话"],
         [1, "张三", "男", "1980.1", "汉族", "本科", "群众", "科员", "2003.7", "13803551234"]),
        ("城乡居民医保缴费名单", ["序号", "姓名", "性别", "身份证号", "民族", "户籍地址", "联系电话", "缴费金额"],
         [1, "张三", "男", ID1, "汉族", "马村镇", "13803551234", 380]),
        ("党员花名册", ["序号", "姓名", "性别", "身份证号", "民族", "学历", "入党时间", "联系电话"],
         [1, "张三", "男", ID1, "汉族", "高中", "1988.7", "13803551234"]),
        ("值班安排", ["日期", "姓名", "电话"], ["12月1日", "张三", "13803551234"]),
    ],
)  # fmt: skip
def test_other_peoples_lists_are_no_ledgers(tmp_path: Path, name: str, head: list[str], row: list[Any]) -> None:
    seen = process(save_workbook(tmp_path / f"{name}.xlsx", [[name], head, row, row]))
    assert seen.file.tables == []
    assert set(seen.at.values()) <= {"W101"}


def test_a_ledger_with_three_mistyped_headings_is_still_checked(tmp_path: Path) -> None:
    head = ["序号", "被走仿人", "身份征号", "走访类形", *HEAD[4:]]
    seen = process(save_workbook(tmp_path / "走访台帐.xlsx", [["走访台帐"], head, visit(1, "张三", ID1[:-1])]))
    assert seen.at == {"B2": "W105", "C2": "W105", "D2": "W105", "C3": "E202"}


def test_headings_that_differ_in_a_word_that_matters_are_not_near(tmp_path: Path) -> None:
    head = ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期", "省审核时间"]
    seen = process(
        save_workbook(tmp_path / "帮扶.xlsx", [head, ["张三", ID1, "生活困难", "发放补助", "2020.5.1", "2020.6.1"]])
    )
    assert seen.at == {}
    assert seen.finding("I104").place.cell == "F1"


def test_a_group_heading_may_be_part_of_the_fields_name(tmp_path: Path) -> None:
    top = ["序号", "被走访人", "身份证号", "走访情况", None, None, None, None, "慰问金"]
    low = [None, None, None, "类型", "方式", "日期", "走访人", "内容", None]
    seen = process(
        save_workbook(tmp_path / "t.xlsx", [top, low, ROWS[0]], merges=("D1:H1", "A1:A2", "B1:B2", "C1:C2", "I1:I2"))
    )
    assert seen.at == {}


def test_two_tables_side_by_side_are_both_read(tmp_path: Path) -> None:
    head = ["序号", "姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]

    def aid(number: int, name: str, card: str) -> list[Any]:
        return [number, name, card, "生活困难", "发放补助", "2020.5.1"]

    rows = [
        [*head, None, *head],
        [*aid(1, "张三", ID1), None, *aid(3, "王五", ID3[:-1])],
        [*aid(2, "李四", ID2), None, *[None] * 6],
    ]
    seen = process(save_workbook(tmp_path / "帮扶.xlsx", rows))
    assert sorted(seen.column("L3", "姓名")) == ["张三", "李四", "王五"]
    assert seen.at == {"J2": "E202"}


def test_dates_without_a_year_take_it_from_the_title(tmp_path: Path) -> None:
    rows = [
        ["马村镇2020年走访慰问台账"],
        HEAD,
        visit(1, "张三", ID1, day="1月5日"),
        visit(2, "李四", ID2, day="2月30日"),
    ]
    seen = process(save_workbook(tmp_path / "走访.xlsx", rows))
    assert seen.column("L2", "走访日期") == [date(2020, 1, 5), None]
    assert seen.at == {"F4": "E211"}


def test_a_row_of_nothing_but_null_words_is_a_zero_report(tmp_path: Path) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, [1, "无", "无", "无", "无", "无", "无", "无", "无"]]))
    assert (seen.file.rows, seen.file.tables[0].zero, seen.at) == (0, True, {})


def test_a_date_in_the_future_is_said_once_and_blamed_for_nothing_else(tmp_path: Path) -> None:
    head = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间"]
    seen = process(
        save_workbook(
            tmp_path / "t.xlsx",
            [head, ["张三", "男", make_id("19660312"), "汉族", "退役士兵", "马村镇", "2028-01-01", "1989.3"]],
        )
    )
    assert seen.at == {"G2": "W213"}


def test_a_workbook_that_we_wrote_is_never_data(tmp_path: Path) -> None:
    from openpyxl import load_workbook
    from openpyxl.workbook.defined_name import DefinedName

    path = save_workbook(tmp_path / "汇总台账.xlsx", [HEAD, *ROWS])
    book = load_workbook(path)
    book.defined_names["_taizhang_output"] = DefinedName("_taizhang_output", attr_text='"consolidated"', hidden=True)
    book.save(path)
    seen = process(path)
    assert ([finding.code for finding in seen.file.findings], seen.file.rows) == (["I013"], 0)
