"""The summary workbook, read back."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import output_samples as samples
import pytest
from output_samples import BEIXI, DONG, ID, MACUN, XI

from toolkit.output.summary import write_summary
from toolkit.output.summary_book import Book, SheetRefusedError
from toolkit.results import Results

STATUSES = [
    (DONG, "L1", "reported"),
    (DONG, "L2", "zero"),
    (XI, "L1", "missing"),
    (MACUN, "L2", "late"),
    (BEIXI, "L1", "unreadable"),
]


def made(tmp_path: Path, results: Results, lang: str = "zh") -> Any:
    path = tmp_path / "summary.xlsx"
    assert write_summary(path, results, lang) == path
    return openpyxl.load_workbook(path)


def texts(book: Any) -> list[str]:
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def find(sheet: Any, word: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == word)


def full_county(**more: Any) -> Results:
    people = [{"姓名": f"隐名{n}", "性别": "男" if n % 2 else "女", "身份证号": f"14999919800101{n:04d}", "人员类别": "退役士兵", "_station": station}
              for n, station in enumerate([DONG, DONG, XI, BEIXI])]  # fmt: skip
    visits = [samples.visit(被走访人="隐名一", 走访人="隐名二", 联系电话="13812345678"),
              samples.visit(被走访人="隐名一", _station=BEIXI, 慰问金=200.5)]  # fmt: skip
    findings = [samples.missing(5), samples.missing(6), samples.missing(7, code="W304", severity="warning", params={"age": 30}),
                samples.missing(8, code="I225", severity="info")]  # fmt: skip
    return samples.county({"L1": people, "L2": visits}, findings, STATUSES, **more)


def test_its_sheets_and_charts(tmp_path: Path) -> None:
    book = made(tmp_path, full_county())
    assert book.sheetnames == [
        "总览",
        "年度综述",
        "走访覆盖",
        "报送情况",
        "问题统计",
        "综述依据",
        "基本信息",
        "走访慰问",
    ]
    with zipfile.ZipFile(tmp_path / "summary.xlsx") as package:
        assert sum(name.startswith("xl/charts/chart") for name in package.namelist()) >= 2
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.sheet_view.showGridLines


def test_it_names_no_person(tmp_path: Path) -> None:
    joined = "\n".join(texts(made(tmp_path, full_county())))
    assert "隐名" not in joined
    assert "张三" not in joined
    assert ID not in joined
    assert "13812345678" not in joined


def test_reporting_is_told_by_station_and_ledger(tmp_path: Path) -> None:
    sheet = made(tmp_path, full_county())["报送情况"]
    head = find(sheet, "基本信息")
    row = find(sheet, "东周村").row
    assert sheet.cell(row, head.column).value == "已报"
    assert sheet.cell(row, head.column + 1).value == "零报"
    assert sheet.cell(find(sheet, "西周村").row, head.column).value == "未报"
    assert sheet.cell(find(sheet, "建设路社区").row, head.column).value == "打不开"
    colours = {
        sheet.cell(find(sheet, name).row, head.column).fill.fgColor.rgb for name in ("东周村", "西周村", "建设路社区")
    }
    assert len(colours) == 3
    assert sheet.freeze_panes == f"C{head.row + 1}"
    assert sheet.print_title_rows == f"${head.row}:${head.row}"
    assert {"已报 1", "零报 1", "未报 1", "迟报 1", "打不开 1"} <= set(texts_of(sheet))


def texts_of(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_problems_are_counted_without_mere_information(tmp_path: Path) -> None:
    sheet = made(tmp_path, full_county())["问题统计"]
    row = find(sheet, "E201").row
    assert [sheet.cell(row, column).value for column in (2, 4, 5)] == ["必填项未填", "错误", 2]
    assert "I225" not in texts_of(sheet)


def test_people_and_records_are_told_apart_and_amounts_added(tmp_path: Path) -> None:
    sheet = made(tmp_path, full_county())["走访慰问"]
    head, total = find(sheet, "人次"), find(sheet, "合计")
    values = [sheet.cell(total.row, column).value for column in range(head.column, head.column + 3)]
    assert values == [2, 1, 700.5]
    assert sheet.cell(head.row, head.column + 2).value == "慰问金\n（元）"
    register = texts_of(made(tmp_path, full_county())["基本信息"])
    assert "按性别（记录数）" in register
    assert "男" in register


def test_what_a_single_clerk_typed_gets_no_column(tmp_path: Path) -> None:
    rows = [samples.visit(走访类型="看望隐名老人")] * 4 + [samples.visit()]
    found = texts(made(tmp_path, samples.county({"L2": rows})))
    assert "看望隐名老人" not in found
    assert "其余1种" in found


def test_texts_stay_texts(tmp_path: Path) -> None:
    rows = [samples.visit(走访类型=text) for text in ("=1+1", "http://example.org") for _ in range(5)]
    book = made(
        tmp_path,
        samples.county(
            {"L2": rows}, statuses=[(MACUN, "L2", "reported")], name="=HYPERLINK(1)", names={"macun": "=2+2"}
        ),
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {"=1+1", "=2+2"} <= set(texts(book))


def test_a_change_since_the_last_run_is_shown_where_there_was_one(tmp_path: Path) -> None:
    assert not {"较上期", "较上次"} & set(texts(made(tmp_path, full_county())))
    sheet = made(tmp_path, full_county(previous={"townships": {MACUN: 0.25}}))["总览"]
    row = find(sheet, "马村镇").row
    assert isinstance(sheet.cell(row, find(sheet, "较上次").column).value, float)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_county_still_makes_a_workbook(tmp_path: Path, lang: str) -> None:
    assert len(made(tmp_path, samples.county({}), lang).sheetnames) == 6


def test_a_refused_cell_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(SheetRefusedError), Book(tmp_path / "x.xlsx", "zh") as book:
        book.sheet("x").put(2_000_000, 0, "text", book.format())
