"""Rolls and the list of gaps: whom they list, in what order, and that no number leaves in full unless asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from output_samples import BEIXI, MACUN, XI
from overview_samples import registered, year

from tests.conftest import make_id
from toolkit.output.gaps import birthday, gaps, months_after, reference_day, write_gaps
from toolkit.output.people import people
from toolkit.output.rolls import RollWriter
from toolkit.output.windows import Window
from toolkit.results import Results

PHONE = "13812341234"


def county(**more: Any) -> Results:
    rows = [
        registered(1, 联系电话=PHONE), registered(2, 人员类别="残疾军人", 性别="女", _row=6), registered(3, 去世时间=date(2020, 12, 5)),
        registered(4, 联系电话=None, _unparsed={"联系电话": "1381234123"}),
        registered(5, 身份证号=None, 联系电话=PHONE, _unparsed={"身份证号": "14999919800101000"}),
        registered(6, _station=XI), registered(7, _station=MACUN, 人员类别=None), registered(8, _station=BEIXI), registered(9, _station=""),
        registered(1, 联系电话=PHONE, _key="x"),
    ]  # fmt: skip
    return year({"L1": rows}, **more)


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    return {ws.title: [[cell.value for cell in row] for row in ws.iter_rows()] for ws in openpyxl.load_workbook(path)}


def texts(path: Path) -> str:
    return "\n".join(str(value) for rows in sheets(path).values() for row in rows for value in row if value is not None)


def test_a_township_has_a_sheet_a_village_grouped_by_class_with_room_to_sign(tmp_path: Path) -> None:
    results = county()
    writer = RollWriter(results, people(results), "zh", full=False)
    assert writer.townships() == [MACUN, "140581001000", ""]
    path = writer.write_township(tmp_path, MACUN)
    assert path.name == "马村镇退役军人花名册（2021年1月8日）.xlsx"
    book = sheets(path)
    assert list(book) == ["汇总", "本级", "东周村", "西周村"]
    head = book["东周村"][2]
    assert head[:3] == ["序号", "姓名", "性别"]
    assert "签　名" in head
    body = book["东周村"][3:]
    assert [row[0] for row in body[:-1]] == ["退役士兵（3 人）", 1, 2, 3, "残疾军人（1 人）", 1], (
        "by class in the code list's order, each person once"
    )
    assert body[1][1:6] == ["某1", "男", 41, "149999********0001", "退役士兵"]
    assert body[1][8] == "138****1234"
    assert "填表人" in body[-1][0]
    assert "已去世 1 人未列入" in book["汇总"][1][0]
    assert book["汇总"][4][:4] == ["东周村", 3, 1, None]
    assert book["汇总"][-1][-1] == 6
    assert book["本级"][3][0] == "未填类别（1 人）"


def test_pages_are_ready_to_print(tmp_path: Path) -> None:
    results = county()
    book = openpyxl.load_workbook(
        RollWriter(results, people(results), "zh", full=False).write_township(tmp_path, MACUN)
    )
    page = book["东周村"]
    assert (page.page_setup.paperSize, page.page_setup.orientation, page.print_title_rows) == (9, "landscape", "$3:$3")
    assert page["A1"].font.name == "方正小标宋简体"
    assert page["B5"].font.name == "仿宋"
    assert page["B5"].border.left.style == "thin"
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_classes_of_the_county_stand_in_one_workbook(tmp_path: Path) -> None:
    results = county()
    book = sheets(RollWriter(results, people(results), "zh", full=False).write_classes(tmp_path))
    assert list(book) == ["汇总", "退役士兵", "残疾军人", "未填类别"]
    rows = book["退役士兵"][3:-1]
    assert [row[1:4] for row in rows] == [["马村镇", "东周村", "某1"], ["马村镇", "东周村", "某4"], ["马村镇", "东周村", "某5"], ["马村镇", "西周村", "某6"],
                                          ["北城街道", "建设路社区", "某8"], ["站点不明", None, "某9"]]  # fmt: skip
    assert rows[0][0] == 1
    assert rows[-1][0] == 6


@pytest.mark.parametrize("full", [False, True])
def test_numbers_are_masked_unless_asked_for_in_full(tmp_path: Path, full: bool) -> None:
    results = county()
    everybody = people(results)
    writer = RollWriter(results, everybody, "zh", full=full)
    paths = [
        writer.write_township(tmp_path, MACUN),
        writer.write_classes(tmp_path),
        write_gaps(tmp_path, results, everybody, full=full),
    ]
    for path in paths:
        said = texts(path)
        assert bool(re.search(r"\d{9,}", said)) == full
        assert ("完整号码" in path.name) == full
        assert ("注意保密" in said) == full


def test_gaps_are_told_with_what_was_typed_and_where(tmp_path: Path) -> None:
    results = county()
    found = gaps(results, people(results))
    assert [gap.person.name for gap in found["phone"]] == ["某7", "某2", "某4", "某6", "某8", "某9"]
    assert [gap.person.name for gap in found["id"]] == ["某5"]
    book = sheets(write_gaps(tmp_path, results, people(results)))
    assert list(book) == ["缺联系电话", "缺身份证号", "三个月内到龄", "本月去世"]
    said = next(row for row in book["缺联系电话"] if row[3] == "某4")
    assert said[7] == "填的是 13******23"
    assert next(row for row in book["缺身份证号"] if row[3] == "某5")[7] == "填的是 1499*********1000"
    assert next(row for row in book["缺联系电话"] if row[3] == "某2")[8] == "L1.xlsx 第 6 行"
    assert next(row for row in book["本月去世"] if row[3] == "某3")[7] == "2020年12月5日去世"
    assert "没有符合条件的人员" in texts(write_gaps(tmp_path, results, []))


def aged(birth: str, order: int, *, male: bool, **more: Any) -> dict[str, Any]:
    return {
        "姓名": birth,
        "性别": "男" if male else "女",
        "身份证号": make_id(birth, order, male=male),
        "人员类别": "退役士兵",
        **more,
    }


def test_who_turns_60_or_55_within_three_months_both_days_included() -> None:
    day = date(2020, 11, 30)
    rows = [
        aged("19601130", 1, male=True), aged("19601129", 2, male=True), aged("19610228", 3, male=True), aged("19610301", 4, male=True),
        aged("19651130", 5, male=False), aged("19660228", 6, male=False), aged("19601215", 7, male=False), aged("19651215", 8, male=True),
        aged("19601201", 9, male=True, 去世时间=date(2020, 1, 1)), aged("19601201", 10, male=True, 优抚对象状态="去世"),
        {"姓名": "无证", "性别": "男", "身份证号": None, "出生日期": date(1960, 12, 1)}, {"姓名": "约", "性别": "男", "出生日期": (date(1960, 12, 1), date(1960, 12, 31))},
    ]  # fmt: skip
    results = year({"L1": rows}, window=(date(2020, 1, 1), day), today=date(2021, 6, 1))
    assert reference_day(results) == day
    assert [gap.person.name for gap in gaps(results, people(results))["turning"]] == [
        "19601130",
        "19651130",
        "无证",
        "19610228",
        "19660228",
    ]


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2020, 11, 30), date(2021, 2, 28)),
        (date(2020, 12, 31), date(2021, 3, 31)),
        (date(2019, 11, 30), date(2020, 2, 29)),
    ],
)
def test_three_months_later(day: date, after: date) -> None:
    assert months_after(day, 3) == after


def test_who_was_born_on_29_february_has_a_birthday_every_year() -> None:
    assert birthday(date(1960, 2, 29), 60) == date(2020, 2, 29)
    assert birthday(date(1960, 2, 29), 55) == date(2015, 3, 1)


def test_deaths_are_those_of_the_month_or_of_the_window() -> None:
    rows = [registered(n, 去世时间=day) for n, day in enumerate((date(2020, 12, 1), date(2020, 12, 31), date(2020, 11, 30), date(2021, 1, 1),
                                                           (date(2020, 12, 1), date(2020, 12, 31)), (date(2020, 1, 1), date(2020, 12, 31))), 1)]  # fmt: skip
    results = year({"L1": rows})
    assert [gap.person.name for gap in gaps(results, people(results))["deaths"]] == ["某1", "某2", "某5"]
    november = Window(date(2020, 11, 1), date(2020, 11, 30), "month")
    assert [gap.person.name for gap in gaps(results, people(results), november)["deaths"]] == ["某3"]


def test_what_a_station_typed_acts_as_nothing(tmp_path: Path) -> None:
    results = year(
        {"L1": [registered(1, 姓名="=1+1", 人员类别="=[x]*?/:", _file="workbooks/stations/=HYPERLINK(1).xlsx")]}
    )
    everybody = people(results)
    writer = RollWriter(results, everybody, "zh", full=False)
    for path in (
        writer.write_township(tmp_path, MACUN),
        writer.write_classes(tmp_path),
        write_gaps(tmp_path, results, everybody),
    ):
        cells = [cell for ws in openpyxl.load_workbook(path) for row in ws.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_without_a_register_there_is_nobody(tmp_path: Path) -> None:
    results = county()
    ledgers = {name: one for name, one in results.dictionary.ledgers.items() if name != "L1"}
    poor = replace(results, dictionary=replace(results.dictionary, ledgers=ledgers))
    assert people(poor) == []
    assert RollWriter(poor, [], "zh", full=False).townships() == []
    assert write_gaps(tmp_path, poor, []).is_file()
    fields = {
        name: spec
        for name, spec in results.dictionary.ledgers["L1"].fields.items()
        if name not in ("人员类别", "去世时间", "联系电话")
    }
    thin = replace(
        results,
        dictionary=replace(
            results.dictionary, ledgers={"L1": replace(results.dictionary.ledgers["L1"], fields=fields)}
        ),
    )
    assert RollWriter(thin, people(thin), "zh", full=False).write_classes(tmp_path).is_file()
