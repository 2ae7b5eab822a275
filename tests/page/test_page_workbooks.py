"""A clerk at the page: drops her workbook, sees what is wrong, corrects the marked copy, drops it again."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from page_clicks import Clerk
from selenium.webdriver.common.by import By

from tests.conftest import make_id, save_workbook

HEADINGS = ["序号", "姓名", "身份证号", "联系电话", "困难类型", "帮扶措施", "帮扶金额", "帮扶日期"]


def ledger(path: Path, **changed: Any) -> Path:
    """Write a ledger of relief with five mistakes, or with some of them put right."""
    rows = [[n, f"王{'一二三四五六'[n]}", make_id(f"1952031{n}", n), f"1380000000{n}", "医疗困难", "发放补助", 500, f"2020.5.{n}"]
            for n in range(1, 5)]  # fmt: skip
    rows[0][5] = rows[1][5] = rows[2][5] = None
    rows[3][2] = rows[3][2][:17]
    rows[1][4] = "因病"
    rows[2][1] = "王　三"
    for cell, value in changed.items():
        rows[int(cell[1:]) - 3]["ABCDEFGH".index(cell[0])] = value
    return save_workbook(path, [["2020年困难退役军人解困帮扶台账"], HEADINGS, *rows], sheet="帮扶")


@pytest.fixture
def page(open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path) -> Any:
    opened = open_page(tmp_path)
    clerk.go(opened.url)
    return opened


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_findings_are_seen_grouped_and_the_marked_copy_comes_back_clean(
    page: Any, clerk: Clerk, tmp_path: Path
) -> None:
    source = ledger(tmp_path / "解困帮扶.xlsx")
    before = source.read_bytes()
    clerk.drop(source)
    card = clerk.card("解困帮扶.xlsx")
    assert "错误 4 处" in card.text
    missing = card.find_element(By.CSS_SELECTOR, ".finding.missing")
    assert "“帮扶措施”没有填，请补填" in missing.text
    assert "3 处" in missing.text
    assert "F3:F5" in missing.text
    assert "C6" in card.find_element(By.CSS_SELECTOR, ".finding.error").text

    marked = clerk.download("下载标注副本", card)
    assert marked.name == "解困帮扶-已标注.xlsx"
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames == ["帮扶", "问题清单"]
    assert book["帮扶"]["F3"].comment.text.startswith("[台账检查]")
    assert source.read_bytes() == before, "her own file is hers"

    for cell, value in {"F3": "发放补助", "F4": "发放补助", "F5": "发放补助", "C6": make_id("19520314", 4)}.items():
        book["帮扶"][cell] = value
    book.save(marked)
    clerk.choose(marked)
    card = clerk.card("解困帮扶.xlsx")
    assert len(clerk.cards()) == 1, "the corrected copy takes the place of what it was made from"
    assert "没有发现问题" in card.text
    assert "比上次少了 4 处" in card.text
    assert not [one for one in card.find_elements(By.TAG_NAME, "button") if one.text == "下载标注副本"]


def test_the_colours_are_those_of_the_workbook(page: Any, clerk: Clerk, tmp_path: Path) -> None:
    source = ledger(tmp_path / "解困帮扶.xlsx")
    clerk.choose(source)
    pill = clerk.browser.find_element(By.CSS_SELECTOR, ".missing .pill")
    red, green, blue = (int(part) for part in pill.value_of_css_property("background-color")[5:-1].split(",")[:3])
    book = openpyxl.load_workbook(clerk.download("下载标注副本"))
    fills = {
        rule.dxf.fill.bgColor.rgb[2:]
        for rules in book["帮扶"].conditional_formatting
        for rule in rules.rules
        if rule.dxf
    }
    assert f"{red:02X}{green:02X}{blue:02X}" in fills


def test_suggestions_are_listed_written_and_taken_back(page: Any, clerk: Clerk, tmp_path: Path) -> None:
    clerk.choose(ledger(tmp_path / "解困帮扶.xlsx"))
    clerk.press("采用建议")
    listed = clerk.dialog()
    assert [cell.text for cell in listed.find_elements(By.CSS_SELECTOR, "td.cells")] == ["帮扶!E4", "帮扶!B5"]
    assert "医疗困难" in listed.text
    clerk.press("写入这 2 处", listed)
    clerk.sees("更正了 2 处", "#cards")
    corrected = clerk.download("下载更正后的文件")
    assert corrected.name == "解困帮扶-已更正.xlsx"
    book = openpyxl.load_workbook(corrected)
    assert (book["帮扶"]["E4"].value, book["帮扶"]["B5"].value) == ("医疗困难", "王三")
    assert "更正记录" in book.sheetnames
    assert "提示" not in clerk.text_of("#cards .counts")

    clerk.press("撤回更正")
    clerk.sees("撤回了 2 处更正", "#cards")
    clerk.press("采用建议")
    assert "“" not in clerk.dialog().find_element(By.CSS_SELECTOR, "td del").text
    assert clerk.dialog().find_element(By.CSS_SELECTOR, "td del").text == "因病"


def test_marks_are_taken_off_and_every_part_is_as_it_was(page: Any, clerk: Clerk, tmp_path: Path) -> None:
    source = ledger(tmp_path / "解困帮扶.xlsx")
    clerk.choose(source)
    marked = clerk.download("下载标注副本")
    clerk.choose(marked)
    clerk.press("清除标记")
    clerk.sees("标记已清除", "#cards")
    plain = clerk.download("下载清除标记后的文件")
    assert plain.name == "解困帮扶-已清除标记.xlsx"
    assert parts(plain) == parts(source)


def test_what_a_station_wrote_is_text_and_numbers_of_persons_are_masked(
    page: Any, clerk: Clerk, tmp_path: Path
) -> None:
    number = make_id("19520315", 5)
    bad = "<img src=x onerror=alert(1)>"
    source = save_workbook(
        tmp_path / "解困帮扶.xlsx",
        [[*HEADINGS[:5], "帮扶措施", *HEADINGS[6:]],
         [1, "王一", number[:17] + "0" if number[-1] != "0" else number[:17] + "1", "138", bad, "补助", 500, "2020.5.1"]],
        sheet="<b>帮扶",
    )  # fmt: skip
    named = shutil.copyfile(source, tmp_path / f"帮扶 <img src=y onerror=alert(2)> {number}.xlsx")
    clerk.drop(named)
    assert clerk.browser.find_elements(By.CSS_SELECTOR, "#cards img, #cards b b") == []
    shown = clerk.browser.page_source
    assert bad in clerk.text_of("#cards")
    assert number not in shown
    assert number[:17] not in shown
    assert "<img src=y" in clerk.text_of("#cards h3")


def test_an_old_kind_of_workbook_gets_a_marked_copy_that_is_a_ledger(page: Any, clerk: Clerk, tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("帮扶")
    for row, cells in enumerate(
        [HEADINGS, [1, "王一", make_id("19520311"), "13800000001", "医疗困难", "", 500, "2020.5.1"]]
    ):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    book.save(str(tmp_path / "解困帮扶.xls"))
    clerk.choose(tmp_path / "解困帮扶.xls")
    marked = clerk.download("下载标注副本")
    clerk.sees("标注副本另存为 .xlsx", "#toast")
    assert marked.name == "解困帮扶-已标注.xlsx"
    made = openpyxl.load_workbook(marked)
    assert made["帮扶"]["B2"].value == "王一"
    made["帮扶"]["F2"] = "发放补助"
    made.save(marked)
    clerk.choose(marked)
    assert "没有发现问题" in clerk.card("解困帮扶.xlsx").text, "whoever sends it has sent a ledger, not a copy of ours"


def test_files_that_cannot_be_used_say_why_and_the_others_go_on(page: Any, clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "坏的.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "空的.xlsx").write_bytes(b"")
    clerk.drop(tmp_path / "坏的.xlsx", tmp_path / "空的.xlsx", ledger(tmp_path / "好的.xlsx", F3="a", F4="a", F5="a"))
    assert "打不开" in clerk.card("坏的.xlsx").text
    assert "打不开" in clerk.card("空的.xlsx").text
    assert "4 条记录" in clerk.card("好的.xlsx").text
    clerk.press("全部移除")
    clerk.wait(lambda: clerk.cards() == [])
    clerk.browser.refresh()
    assert clerk.cards() == []


def test_the_english_twin(open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path) -> None:
    opened = open_page(tmp_path, "--lang", "en")
    clerk.go(opened.url)
    clerk.choose(ledger(tmp_path / "解困帮扶.xlsx"))
    said = clerk.text_of("body")
    assert "is missing; fill it in" in said
    chinese = ("解困帮扶", "帮扶措施", "帮扶", "身份证号")  # her own words
    for word in chinese:
        said = said.replace(word, "")
    assert [char for char in said if "\u4e00" <= char <= "\u9fff"] == []
