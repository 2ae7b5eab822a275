"""The overview and the periodic reports as text and as documents: nothing in them that the ledgers do not say."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import output_samples as samples
import pytest
from output_samples import BEIXI, DONG, XI
from overview_samples import YEAR, every_ledger, everything, member, registered, year

from tests.conftest import needs
from toolkit.messages import LANGUAGES
from toolkit.output.narrative import Narrative, narrate
from toolkit.output.overview import make_overview
from toolkit.output.reports import file_name, report_name, write_document, write_report_book
from toolkit.output.windows import Window, parse_window, spanning
from toolkit.results import Results

YEARLY = spanning(*YEAR)
DECEMBER = Window(date(2020, 12, 1), date(2020, 12, 31), "month")


def told(results: Results, window: Window = YEARLY, kind: str = "year", lang: str = "zh", **more: Any) -> Narrative:
    own = replace(results, period=window.days)
    overview = make_overview(own, lang)
    return narrate(own, overview.facts, overview.figures, window, kind, lang, **more)


def test_the_year_in_the_words_of_the_report() -> None:
    said = "\n".join(told(everything()).lines())
    for words in (
        "高平市退役军人工作综述", "（2020年）", "规范运行的退役军人服务中心（站）3个。", "新创成示范型退役军人服务站1个：马村镇。",
        "党员志愿者近千余名。", "捐款捐物合计45000余元。", "进入村（社区）“两委”的退役军人党员1名，其中主干1名。", "举办退役军人招聘会2场（线上1场、线下1场）。",
        "达成就业意向3人，实现就业1人。", "建有荣誉墙2处（市级1处、村级1处）。", "“双纳入”率50.0%。", "召开例会11次，按月应开12次、开到11次。",
        "送达立功受奖喜报2份（二等功1份、三等功1份）。", "戊在第四届星火项目创业大赛中获二等奖。", "评价满意及以上的占85.0%。", "系统1个：教育系统。",
    ):  # fmt: skip
        assert words in said
    assert "党员志愿者996名" in "\n".join(told(everything(), exact=True).lines())


def test_what_the_ledgers_do_not_say_is_left_out_sentence_and_all_and_named() -> None:
    rows = every_ledger()
    del rows["L7"], rows["L13"], rows["L5a"]
    for row in rows["L9"]:
        row["奖励金"] = None
    text = told(year(rows))
    said = "\n".join(text.lines())
    for word in ("两委", "双纳入", "后备", "满意", "招聘会2场", "奖励金"):
        assert word not in said
    assert "其中主干" not in said, "no clause hangs on a sentence that is gone"
    assert "送达立功受奖喜报2份" in said
    assert {"其中“两委”主干", "群众满意率", "退役军人招聘会", "发放立功奖励金", "党员“双纳入”率"} <= set(text.left_out)
    assert "其中“两委”主干" in text.notes[0]


def test_zero_is_said_where_the_ledger_says_it() -> None:
    text = told(year({"L7": [member(1)], "L1": [registered(1, 政治面貌="中共党员")]}))
    assert "进入村（社区）“两委”的退役军人党员0名，其中主干0名。" in "\n".join(text.lines())
    assert "占符合条件的" not in "\n".join(text.lines()), "a share of nobody"


def test_every_figure_in_a_text_is_one_of_the_window() -> None:
    results = everything()
    text = "\n".join(told(results, DECEMBER, "month").lines())
    for words in ("2020年12月", "登记信访2批（来访1批、来电1批），6人次，信访人2人。", "已办结1批。", "去世1人。", "新批准优抚对象1人。", "走访慰问1人次，走访到1人。",
                  "解困帮扶1人次，受帮扶1人。", "帮扶资金和实物折合2000元。", "应报台账3份，已报1份，报送率33.3%。", "有未报台账的站点2个，共缺2份。"):  # fmt: skip
        assert words in text
    quarter = "\n".join(told(results, Window(date(2020, 10, 1), date(2020, 12, 31), "quarter"), "quarter").lines())
    assert "走访慰问2人次，走访到2人。" in quarter
    assert "走访覆盖率5.6%，走访频率0.06次/人。" in quarter
    assert "五类就业创业服务对象2人、3人次" in quarter
    assert "应报台账" not in quarter


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
def test_every_text_of_an_empty_county_says_so(kind: str, lang: str) -> None:
    window = parse_window(kind, "last", date(2021, 1, 8))
    text = told(samples.county({}), window, kind, lang)
    assert text.paragraphs == ()
    assert len(text.lines(lang)) == 4


def test_a_window_outside_the_period_does_not_borrow_undated_ledgers() -> None:
    text = told(replace(everything(), sent_for=YEAR), Window(date(2019, 1, 1), date(2019, 12, 31), "year"))
    assert text.paragraphs == ()
    assert any("说明不了这个统计期" in note for note in text.notes)


def opened(path: Path) -> tuple[Any, list[str]]:
    document = docx.Document(str(path))
    return document, [paragraph.text for paragraph in document.paragraphs]


def test_the_document_is_an_official_letter(tmp_path: Path) -> None:
    results = everything()
    text = told(results)
    path = write_document(tmp_path / file_name(report_name(text, YEARLY, "zh"), ".docx"), results, text, "year")
    assert path.name == "高平市退役军人工作综述（2020年）.docx"
    document, said = opened(path)
    assert said[:2] == ["高平市退役军人工作综述", "（2020年）"]
    assert "捐款捐物合计45000余元。" in "\n".join(said)
    assert said[-2:] == ["高平市退役军人事务局", "2021年1月8日"]
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm), round(section.top_margin.mm)) == (210, 297, 37)
    fonts = [paragraph.runs[0].font for paragraph in document.paragraphs if paragraph.runs and paragraph.text]
    assert (fonts[0].name, fonts[0].size.pt) == ("方正小标宋简体", 22)
    assert ("仿宋_GB2312", 16) in {(font.name, font.size.pt) for font in fonts}
    with zipfile.ZipFile(path) as package:
        table = package.read("word/fontTable.xml").decode()
        assert 'w:name="方正小标宋简体"><w:altName w:val="华文中宋"' in table
        assert "例会按月召开" in package.read("word/comments.xml").decode(), (
            "what the officer has to know is a comment, not text"
        )
    assert not any("没有记录的" in line for line in said)


def test_a_monthly_document_lists_who_has_not_reported_and_a_quarterly_one_the_townships(tmp_path: Path) -> None:
    results = everything()
    document, _ = opened(write_document(tmp_path / "m.docx", results, told(results, DECEMBER, "month"), "month"))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [
        ["乡镇", "站点", "未报台账"],
        ["马村镇", "西周村", "基本信息"],
        ["北城街道", "建设路社区", "走访慰问"],
    ]
    own = replace(results, period=(date(2020, 10, 1), date(2020, 12, 31)))
    document, _ = opened(
        write_document(tmp_path / "q.docx", own, told(results, Window(*own.period, "quarter"), "quarter"), "quarter")
    )
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[1:] == [["马村镇", "36", "2", "2", "5.6%", "0.06"], ["合计", "36", "2", "2", "5.6%", "0.06"]]


def test_a_word_processor_opens_the_document_on_two_pages_at_most(tmp_path: Path) -> None:
    import subprocess

    results = everything()
    path = write_document(tmp_path / "年.docx", results, told(results), "year")
    command = [
        needs("soffice"),
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, capture_output=True, timeout=120)
    if not (tmp_path / "年.pdf").is_file():
        needs("lowriter")
    pages = subprocess.run([needs("pdfinfo"), tmp_path / "年.pdf"], capture_output=True, text=True).stdout
    assert "Pages:           2" in pages or "Pages:           1" in pages


def test_hard_characters_do_not_break_a_document(tmp_path: Path) -> None:
    rows = [{"类型": "获奖", "名称或人物": "戊\x01\ud800", "事迹": "<b>大家庭创业大赛\x0b二等奖 & 更多", "年度": 2020}]
    results = replace(year({"L15": [{**rows[0], "名称或人物": "戊\x01"}]}), county_name="a\x00<&>\ud83d")
    _, said = opened(write_document(tmp_path / "x.docx", results, told(results), "year"))
    assert any("<b>大家庭创业大赛" in line for line in said)


def test_a_report_book_holds_its_figures_and_their_rows(tmp_path: Path) -> None:
    import openpyxl

    results = replace(everything(), period=DECEMBER.days)
    path = write_report_book(
        tmp_path / "x.xlsx",
        results,
        make_overview(results),
        told(results, DECEMBER, "month"),
        "month",
        consolidated="../consolidated.xlsx",
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["数据", "报送情况", "综述依据"]
    assert book["数据"]["A1"].value == "高平市退役军人服务工作月报"
    names = {row[1].value: row[2].value for row in book["数据"].iter_rows(min_row=5)}
    assert (names["来访接待（批）"], names["来访接待（人次）"], names["来访接待（人）"]) == (2, 6, 2)
    links = {cell.hyperlink.target for row in book["综述依据"].iter_rows() for cell in row if cell.hyperlink}
    assert {link.replace("\\", "/") for link in links} == {"../consolidated.xlsx"}
    assert {DONG, XI, BEIXI}.isdisjoint({str(cell.value) for row in book["数据"].iter_rows() for cell in row})


@pytest.mark.parametrize("words", ["a/b:c*?", "…" * 300, "。.", "平 安 县"])
def test_file_names_are_taken_everywhere(words: str, tmp_path: Path) -> None:
    name = file_name(f"{words}月报", ".docx")
    assert not set(name) & set('<>:"/\\|?*')
    (tmp_path / name).touch()
