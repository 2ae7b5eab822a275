"""Tables are found where clerks put them, in the shapes they give them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_id, save_workbook
from tests.processing import process

ID1, ID2, ID3 = make_id(order=1), make_id("19610203", 2), make_id("19700405", 3, male=False)
HEAD = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]


def visit(number: Any, name: str | None, card: Any, **other: Any) -> list[Any]:
    row = {
        "type": "春节走访",
        "way": "实地走访",
        "day": "2020.1.20",
        "by": "李书记",
        "what": "送上慰问",
        "money": 500,
    } | other
    return [number, name, card, row["type"], row["way"], row["day"], row["by"], row["what"], row["money"]]


ROWS = [visit(1, "张三", ID1), visit(2, "李四", ID2), visit(3, "王芳", ID3)]


def test_a_plain_table(tmp_path: Path) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS]))
    assert seen.file.tables[0].ledger == "L2"
    assert seen.column("L2", "被走访人") == ["张三", "李四", "王芳"]
    assert seen.column("L2", "走访日期") == [date(2020, 1, 20)] * 3
    assert seen.at == {}


def test_title_meta_total_note_and_signature_are_no_rows(tmp_path: Path) -> None:
    rows = [
        ["高平市马村镇退役军人走访慰问台账（2020年度）"],
        ["填报单位（盖章）：马村镇    填报日期：2020年12月31日    单位：元"],
        HEAD,
        *ROWS,
        [4],
        [5],
        [None, "小计", None, None, None, None, None, None, 1500],
        ["合  计", None, None, None, None, None, None, None, 1500],
        ["注：1.本表一式两份。"],
        ["填表人：王某", None, "审核人：李某", None, None, "站长（签字）："],
    ]
    seen = process(save_workbook(tmp_path / "t.xlsx", rows, merges=("A1:I1", "A2:I2")))
    assert seen.kinds == {
        1: "title", 2: "meta", 3: "header", 4: "data", 5: "data", 6: "data", 7: "numbered", 8: "numbered", 9: "total",
        10: "total", 11: "note", 12: "signature",
    }  # fmt: skip
    assert seen.column("L2", "_row") == [4, 5, 6]
    assert seen.at == {}


def test_a_wrong_total_is_said_at_its_cell(tmp_path: Path) -> None:
    seen = process(save_workbook(tmp_path / "t.xlsx", [HEAD, *ROWS, ["合计", *[None] * 7, 1600]]))
    assert seen.at == {"I5": "E402"}


def test_the_table_may_begin_anywhere_and_have_blank_rows(tmp_path: Path) -> None:
    shifted = [[None, None, *row] for row in (HEAD, ROWS[0])]
    seen = process(save_workbook(tmp_path / "t.xlsx", [[], [], [], *shifted, [], [], [None, None, *visit(2, "", ID2)]]))
    assert seen.column("L2", "_row") == [5, 8]
    assert seen.at == {"D8": "E201"}


@pytest.mark.parametrize("merged", [True, False])
def test_two_level_headers_with_and_without_merges(tmp_path: Path, merged: bool) -> None:
    top = ["序号", "姓名", "身份证号", "服务类别", "就业情况", None, None, "备注"]
    low = [None, None, None, None, "就业状态", "单位名称", "岗位", None]
    row = [1, "张三", make_id("19800203"), "有创业意愿的退役军人", "单位就业", "某公司", "保安", None]
    merges = ("E1:G1", "A1:A2", "B1:B2", "C1:C2", "D1:D2", "H1:H2") if merged else ()
    seen = process(save_workbook(tmp_path / "就业.xlsx", [top, low, row], merges=merges))
    assert seen.file.tables[0].columns == {
        "序号": 1,
        "姓名": 2,
        "身份证号": 3,
        "服务类别": 4,
        "就业状态": 5,
        "单位名称": 6,
        "岗位类型": 7,
        "备注": 8,
    }
    assert seen.column("L4", "_row") == [3]
    assert seen.at == {}


def test_three_level_headers(tmp_path: Path) -> None:
    rows = [
        ["序号", "被走访人", "走访慰问情况", None, None, None, None, None, None],
        [None, None, "走访", None, None, None, None, "慰问", None],
        [None, None, "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金", "慰问品"],
        [1, "张三", "春节走访", "实地走访", "2020.1.20", "李书记", "慰问", 500, "米"],
    ]
    merges = ("A1:A3", "B1:B3", "C1:I1", "C2:G2", "H2:I2")
    seen = process(save_workbook(tmp_path / "t.xlsx", rows, merges=merges))
    assert seen.column("L2", "慰问金") == [500.0]
    assert seen.column("L2", "_row") == [4]


def test_headings_with_breaks_blanks_brackets_stars_and_other_names(tmp_path: Path) -> None:
    head = [
        "序 号",
        "姓\n名*",
        "公民身份号码",
        "走访 类型",
        "走访方式",
        "走访时间",
        "走访人员",
        "走访情况",
        "慰问金额(元)",
    ]
    seen = process(save_workbook(tmp_path / "走访台账.xlsx", [head, *ROWS]))
    assert set(seen.file.tables[0].columns) == {
        "序号",
        "被走访人",
        "身份证号",
        "走访类型",
        "走访方式",
        "走访日期",
        "走访人",
        "走访内容",
        "慰问金",
    }
    assert seen.at == {}


def test_a_mistyped_heading_is_taken_and_said(tmp_path: Path) -> None:
    head = [*HEAD[:5], "走仿日期", *HEAD[6:]]
    seen = process(save_workbook(tmp_path / "走访.xlsx", [head, *ROWS]))
    assert seen.at == {"F1": "W105"}
    assert seen.column("L2", "走访日期") == [date(2020, 1, 20)] * 3


def test_a_required_column_that_is_absent_is_said_once(tmp_path: Path) -> None:
    rows = [[*row[:4], *row[5:]] for row in (HEAD, *ROWS)]
    seen = process(save_workbook(tmp_path / "走访.xlsx", rows))
    assert list(seen.at.values()) == ["E103"]


def test_columns_nobody_knows_are_kept_and_said(tmp_path: Path) -> None:
    rows = [[*HEAD, "本村编号"], *[[*row, f"甲{number}"] for number, row in enumerate(ROWS)]]
    seen = process(save_workbook(tmp_path / "走访.xlsx", rows))
    assert seen.finding("I104").place.cell == "J1"
    assert seen.column("L2", "_other") == ["本村编号=甲0", "本村编号=甲1", "本村编号=甲2"]


def test_header_repeated_on_every_page(tmp_path: Path) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, ROWS[0], ROWS[1], HEAD, ROWS[2]]))
    assert seen.column("L2", "_row") == [2, 3, 5]
    assert seen.kinds[4] == "header"


def test_merged_villages_and_ditto_are_filled_down(tmp_path: Path) -> None:
    head = [*HEAD, "村（社区）"]
    rows = [[*ROWS[0], "东庄村"], [*ROWS[1], None], [*visit(3, "王芳", ID3, day="同上", by="〃"), "西庄村"]]
    seen = process(save_workbook(tmp_path / "走访.xlsx", [head, *rows], merges=("J2:J3",)))
    assert seen.column("L2", "所属镇村") == ["东庄村", "东庄村", "西庄村"]
    assert seen.column("L2", "走访日期") == [date(2020, 1, 20)] * 3
    assert seen.column("L2", "走访人")[2] == "李书记"
    assert [finding.code for finding in seen.file.findings].count("I226") == 2
    assert seen.at == {}


def test_two_ledgers_on_one_sheet_and_one_more_on_another(tmp_path: Path) -> None:
    from openpyxl import Workbook

    aid = ["序号", "姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]
    book = Workbook()
    for row in [
        ["走访慰问台账"],
        HEAD,
        ROWS[0],
        [],
        ["解困帮扶台账"],
        aid,
        [1, "张三", ID1, "生活困难", "发放补助", "2020.5.1"],
    ]:
        book.active.append(row)
    other = book.create_sheet("双纳入")
    other.append(
        ["姓名", "身份证号", "所在党支部", "是否纳入基层党组织管理", "是否两委成员", "是否主干", "是否纳入后备干部"]
    )
    other.append(["张三", ID1, "东庄村党支部", "是", "否", "是", "否"])
    book.save(tmp_path / "全部.xlsx")
    seen = process(tmp_path / "全部.xlsx")
    assert [(table.ledger, table.rows) for table in seen.file.tables] == [("L2", 1), ("L3", 1), ("L7", 1)]
    assert seen.at == {"E2": "E306"}


@pytest.mark.parametrize("words", ["无", "本月无", "零报告", "本月无走访情况", "暂无"])
def test_zero_reports(tmp_path: Path, words: str) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, [None, words]]))
    assert seen.file.tables[0].zero
    assert seen.file.rows == 0
    assert seen.at == {}


def test_an_empty_table_is_no_zero_report(tmp_path: Path) -> None:
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, [1], [2]]))
    assert not seen.file.tables[0].zero
    assert seen.at == {"": "W109"}


def test_a_phone_list_is_no_ledger(tmp_path: Path) -> None:
    rows = [
        ["姓名", "单位", "电话", "房间"],
        ["张三", "办公室", "13803551234", "101"],
        ["李四", "财务科", "13803551235", "102"],
    ]
    seen = process(save_workbook(tmp_path / "通讯录.xlsx", rows))
    assert seen.file.tables == []
    assert seen.at == {"": "W113"}


def test_amounts_in_ten_thousands_by_heading_by_line_and_by_cell(tmp_path: Path) -> None:
    by_heading = [*HEAD[:8], "慰问金（万元）"]
    seen = process(
        save_workbook(
            tmp_path / "走访.xlsx",
            [by_heading, visit(1, "张三", ID1, money=0.05), visit(2, "李四", ID2, money="600元")],
        )
    )
    assert seen.column("L2", "慰问金") == [500.0, 600.0]
    rows = [
        ["走访慰问台账"],
        ["填报单位：马村镇   单位：万元"],
        [*HEAD[:8], "慰问金"],
        visit(1, "张三", ID1, money=0.05),
    ]
    assert process(save_workbook(tmp_path / "b.xlsx", rows)).column("L2", "慰问金") == [500.0]


def test_date_split_over_columns(tmp_path: Path) -> None:
    top = [*HEAD[:5], "走访日期", None, None, *HEAD[6:]]
    low = [*[None] * 5, "年", "月", "日", *[None] * 3]
    row = ROWS[0]
    seen = process(
        save_workbook(tmp_path / "走访.xlsx", [top, low, [*row[:5], 2020, 3, 5, *row[6:]]], merges=("F1:H1",))
    )
    assert seen.column("L2", "走访日期") == [date(2020, 3, 5)]


def test_a_row_pasted_one_column_too_far_is_one_finding(tmp_path: Path) -> None:
    slipped = [1, None, *visit(2, "李四", ID2)[1:]]
    seen = process(save_workbook(tmp_path / "走访.xlsx", [HEAD, ROWS[0], slipped, ROWS[2]]))
    assert set(seen.at.values()) == {"E230"}
    assert seen.finding("E230").place.row == 3


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = save_workbook(tmp_path / "走访.xlsx", [HEAD, *ROWS])
    book = load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    seen = process(path)
    assert seen.column("L2", "被走访人") == ["张三", "李四", "王芳"]
    assert seen.finding("I107").params["what"] == "@rows"
