"""The sheets 年度综述, 综述依据 and 走访覆盖, read back, and their links followed into the consolidated workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import output_samples as samples
import pytest
from output_samples import BEIXI, DONG, ID, MACUN, OTHER_ID, XI
from overview_samples import YEAR, everything, person_id, registered, year

from toolkit.output.consolidated import write_consolidated
from toolkit.output.coverage import visit_coverage
from toolkit.output.evidence import evidence, ranges, sheet_names
from toolkit.output.figures import compute
from toolkit.output.overview import make_overview
from toolkit.output.phrases import phrase, rounded
from toolkit.output.summary import write_summary
from toolkit.results import Results


def written(folder: Path, results: Results, lang: str = "zh") -> tuple[Any, Any]:
    """Return the summary and the consolidated workbook of a run."""
    folder.mkdir(exist_ok=True)
    (folder / "config.ini").touch()
    out = folder / "workbooks" / "out"
    overview = make_overview(results, lang)
    (consolidated,) = write_consolidated(out / "consolidated.xlsx", results, lang, overview=overview)
    summary = write_summary(out / "summary.xlsx", results, lang, overview=overview, consolidated=consolidated.name)
    return openpyxl.load_workbook(summary), openpyxl.load_workbook(consolidated)


def table(sheet: Any, first: str) -> list[dict[str, Any]]:
    """Return the rows below the heading row that begins with ``first``, as cells by heading."""
    rows = list(sheet.iter_rows())
    start = next(number for number, row in enumerate(rows) if row[0].value == first)
    names = [str(cell.value).replace("\n", "") for cell in rows[start]]
    return [dict(zip(names, row, strict=True)) for row in rows[start + 1 :]]


def test_every_figure_has_value_wording_definition_formula_and_rows(tmp_path: Path) -> None:
    results = everything()
    book, _ = written(tmp_path, results)
    lines = {
        row["代号"].value: row
        for row in table(book["年度综述"], "代号")
        if str(row["代号"].value or "").startswith("Z")
    }
    assert len(lines) == 27
    volunteers, gifts = lines["Z05"], lines["Z06"]
    assert (volunteers["数值"].value, volunteers["报告用语"].value) == (996, "近千余名")
    assert (gifts["数值"].value, gifts["报告用语"].value, gifts["单位"].value) == (45318, "45000余元", "元")
    rate = lines["Z16"]
    assert (rate["数值"].value, rate["数值"].number_format, rate["占比"].value) == (0.5, "0.0%", "2 / 4")
    assert lines["Z10"]["占比"].value == "3 人次", "entries apart from people"
    assert all(row["口径"].value and row["算法"].value for row in lines.values())
    assert "统计期 2020-01-01 至 2020-12-31" in book["年度综述"]["A2"].value


def test_links_lead_to_exactly_the_rows_that_were_counted(tmp_path: Path) -> None:
    results = everything()
    figures = {one.code: one for one in compute(results) if one.code}
    book, consolidated = written(tmp_path, results)
    lines = [row for row in table(book["综述依据"], "代号") if row["代号"].value]
    behind: dict[str, int] = {}
    for row in lines:
        code, sheet, said = row["代号"].value, row["汇总台账工作表"].value, row["汇总台账行号（点开）"]
        target = said.hyperlink
        first = re.split("[–、]", said.value)[0]
        assert (target.target, target.location) == ("consolidated.xlsx", f"'{sheet}'!A{first}")
        head = [cell.value for cell in consolidated[sheet][1]]
        numbers = [
            n for part in said.value.split("、") for n in range(int(part.split("–")[0]), int(part.split("–")[-1]) + 1)
        ]
        assert len(numbers) == row["行数"].value
        behind[code] = behind.get(code, 0) + len(numbers)
        for number in numbers:
            assert code in consolidated[sheet].cell(number, head.index("计入指标") + 1).value.split("、")
            assert consolidated[sheet].cell(number, head.index("站点") + 1).value
    assert behind == {code: one.rows for code, one in figures.items() if one.rows}
    tagged = dict.fromkeys(figures, 0)
    for sheet in consolidated:
        column = [cell.value for cell in sheet[1]].index("计入指标") + 1
        for number in range(2, sheet.max_row + 1):
            for code in filter(None, str(sheet.cell(number, column).value or "").split("、")):
                tagged[code] += 1
    assert {code: count for code, count in tagged.items() if count} == behind, "and the column marks no other row"


def test_the_number_of_rows_leads_to_the_first_line_of_its_figure(tmp_path: Path) -> None:
    book, _ = written(tmp_path, everything())
    for row in table(book["年度综述"], "代号"):
        if str(row["代号"].value or "").startswith("Z") and row["行数"].value:
            location = row["行数"].hyperlink.location
            sheet, cell = re.fullmatch(r"'(.+)'!(A\d+)", location).groups()
            assert book[sheet][cell].value == row["代号"].value


def test_the_summary_links_nowhere_else_and_names_nobody(tmp_path: Path) -> None:
    results = everything()
    book, _ = written(tmp_path, results)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    targets = {cell.hyperlink.target for cell in cells if cell.hyperlink}
    assert targets == {None, "consolidated.xlsx"}
    said = "\n".join(str(cell.value) for cell in cells if cell.value is not None)
    for name in ("某3", "党员1", "志1", "丙", "丁", "戊", "149999"):
        assert name not in said
    assert "第四届星火项目创业大赛 二等奖" in said


def test_a_sheet_full_of_rows_goes_on_in_the_next_and_the_evidence_follows() -> None:
    results = year(
        {
            "L7": [
                {"姓名": f"人{n}", "身份证号": person_id(n), "党支部类型": "农村", "是否两委成员": "是"}
                for n in range(5)
            ]
        }
    )
    own = [one for one in compute(results) if one.id == "committee_members"]
    assert sheet_names(results, 2) == {"L7": ["双纳入", "双纳入 (2)", "双纳入 (3)"]}
    assert [(one.sheet, one.rows) for one in evidence(results, own, 2)] == [
        ("双纳入", (2, 3)),
        ("双纳入 (2)", (2, 3)),
        ("双纳入 (3)", (2,)),
    ]


@pytest.mark.parametrize(
    ("rows", "said"), [((2,), "2"), ((2, 3, 4, 7), "2–4、7"), ((2, 4, 6, 8), "2、4、6…"), ((), "")]
)
def test_row_numbers_as_people_list_them(rows: tuple[int, ...], said: str) -> None:
    assert ranges(rows, 3) == said


@pytest.mark.parametrize(("value", "unit", "said"), [
    (996, "名", "近千余名"), (45260, "元", "45000余元"), (23, "家", "20多家"), (10, "个", "10个"), (503, "名", "500余名"), (1000, "名", "1000名"),
    (1043, "名", "1000余名"), (949, "名", "940余名"), (20, "家", "20家"), (97, "名", "近百余名"), (30, "家", "30家"), (150.5, "元", "150余元"),
    (9800, "元", "近万余元"), (0, "名", "0名"), (7679100, "元", "7600000余元"),
])  # fmt: skip
def test_numbers_in_the_words_of_the_report(value: float, unit: str, said: str) -> None:
    assert rounded(value, unit) == said


def test_only_what_the_report_rounds_is_rounded() -> None:
    figures = {one.id: one for one in compute(everything())}
    assert phrase(figures["committee_members"]) == "1名"
    assert phrase(figures["party_volunteers"], exact=True) == "996名"
    assert phrase(figures["double_inclusion"]) == "50.0%"


def test_visits_belong_to_the_place_that_registers_the_visited(tmp_path: Path) -> None:
    people = [registered(1), registered(2), registered(3, _station=XI), registered(4, _station=BEIXI)]
    visits = [samples.visit(身份证号=person_id(1), _station=MACUN), samples.visit(身份证号=person_id(1)), samples.visit(身份证号=person_id(3), _station=MACUN),
              samples.visit(身份证号=OTHER_ID, _station=BEIXI), samples.visit(身份证号=None, 被走访人=None, _station=MACUN),
              samples.visit(身份证号=person_id(2), 走访日期=date(2021, 1, 1))]  # fmt: skip
    results = year({"L1": people, "L2": visits})
    total, places = visit_coverage(results)
    assert (total.registered, total.visited, total.visits) == (4, 3, 5)
    assert total.coverage == pytest.approx(next(one.value for one in compute(results) if one.id == "visit_coverage"))
    found = {
        station.code: (one.registered, one.visited, one.visits) for place in places for station, one in place.places
    }
    assert found == {MACUN: (0, 0, 1), DONG: (2, 1, 2), XI: (1, 1, 1), BEIXI: (1, 1, 1)}
    book, _ = written(tmp_path, results)
    rows = [[cell.value for cell in row] for row in book["走访覆盖"].iter_rows(min_row=4)]
    assert rows[1][:6] == ["合计", None, 4, 3, 5, 0.75]
    assert rows[2][:6] == ["马村镇", "3 个站点", 3, 2, 4, pytest.approx(2 / 3)]
    assert rows[3][1:6] == ["本级", 0, 0, 1, "—"]


def test_rows_left_out_are_accounted_for(tmp_path: Path) -> None:
    rows = [{"姓名": "甲", "身份证号": ID, "活动标题": "a", "活动日期": day, "_key": key} for day, key in (
        (date(2020, 3, 1), "a"), (date(2020, 3, 1), "a"), (date(2019, 3, 1), "b"), (None, "c"), ((date(2020, 1, 1), date(2020, 12, 31)), "d"))]  # fmt: skip
    book, _ = written(tmp_path, year({"L11": rows}, window=(date(2020, 3, 1), date(2020, 3, 31))))
    said = "\n".join(str(row[0].value) for row in book["年度综述"].iter_rows())
    assert (
        "“志愿服务”台账没有计入：重复 1 行，日期不在统计期内 1 行，日期只写到年或月、分不清是否在期内 1 行，没有可认日期 1 行。"
        in said
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_county_and_a_window_of_nothing_still_make_the_sheets(tmp_path: Path, lang: str) -> None:
    book, _ = written(tmp_path / "a", samples.county({}), lang)
    assert book.worksheets[1].max_row > 30
    later = replace(everything(), period=(date(2031, 1, 1), date(2031, 1, 31)), sent_for=YEAR)
    book, _ = written(tmp_path / "b", later, lang)
    values = [
        row[2].value for row in book.worksheets[1].iter_rows(min_row=5) if str(row[0].value or "").startswith("Z")
    ]
    assert set(values) == {"没有记录" if lang == "zh" else "no rows"}
