"""Figures against a slow computation of their own over the cells of the sheet, on random ledgers read from real workbooks."""

from __future__ import annotations

import calendar
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import output_samples as samples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import make_id
from tests.processing import process
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.output.figures import compute
from toolkit.roster import Roster
from toolkit.store.county import open_county

IDS = [make_id(f"19{60 + n}0102", n) for n in range(1, 6)]
YES = st.sampled_from(["是", "否", "是", None])
DAYS = st.one_of(
    st.dates(date(2019, 11, 1), date(2021, 2, 28)),
    st.sampled_from(["2020.12", "2020年", "2020年2月", "2019.12", "2021.01", "2020.11"]),
)
WINDOWS = st.sampled_from([
    (date(2020, 1, 1), date(2020, 12, 31)), (date(2020, 12, 1), date(2020, 12, 31)), (date(2020, 2, 3), date(2020, 11, 30)),
    (date(2019, 12, 1), date(2021, 1, 31)), (date(2020, 11, 1), date(2020, 12, 15)), (date(2020, 1, 1), date(2020, 11, 30)),
])  # fmt: skip
AMOUNT = st.sampled_from([None, 100, 50.5, 2000])
WHO = st.integers(0, len(IDS) - 1)


def sheet(**columns: Any) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=7)


COUNTY = st.fixed_dictionaries({
    "志愿服务": sheet(who=WHO, 活动日期=DAYS, 是否党员=YES, 捐款金额=AMOUNT, 折价金额=AMOUNT),
    "双纳入": st.lists(st.fixed_dictionaries({
        "who": WHO, "党支部类型": st.sampled_from(["农村", "社区", "机关", None]), "是否纳入基层党组织管理": YES, "是否两委成员": YES, "是否主干": YES,
        "是否符合后备条件": YES, "是否纳入后备干部": YES}), max_size=5, unique_by=lambda row: row["who"]),
    "招聘会人员明细": sheet(who=WHO, 是否达成意向=YES, 是否就业=YES),
    "招聘会台账": sheet(活动日期=DAYS, 形式=st.sampled_from(["线上", "线下", "线上线下"])),
    "满意度问卷": sheet(对象类别=st.sampled_from(["士兵", "军属"]), 总体评价=st.sampled_from(["非常满意", "满意", "基本满意", "不满意", "很满意", None])),
    "喜报送达": sheet(奖励等级=st.sampled_from(["三等功", "二等功"]), 送喜时间=DAYS, 计划送达时间=st.one_of(st.none(), DAYS), 奖励金=AMOUNT,
                  喜报状态=st.sampled_from(["已送达", "待镇街送达", None])),
    "来访接待": sheet(who=WHO, 登记日期=DAYS, 人数=st.sampled_from([None, 1, 5]), 处理结果=st.sampled_from(["已结案", "受理中", None])),
    "荣誉墙": sheet(类型=st.sampled_from(["荣誉墙", "双拥主题公园", "典型"]), 级别=st.sampled_from(["市", "乡", "村", None]), 年度=st.sampled_from([2019, 2020, 2021])),
})  # fmt: skip
NAMES = ["赵一", "钱二", "孙三", "李四", "周五"]
FIXED: dict[str, Callable[[int], dict[str, Any]]] = {
    "志愿服务": lambda n: {"活动标题": f"活动{n}"},
    "双纳入": lambda _: {"所在党支部": "支部"},
    "招聘会人员明细": lambda n: {"意向企业": "厂", "岗位": f"岗{n}"},
    "招聘会台账": lambda n: {"活动标题": f"会{n}"},
    "满意度问卷": lambda n: {"问卷编号": f"卷{n}"},
    "喜报送达": lambda n: {"立功授奖人员": f"{NAMES[n % 5]}{'甲乙'[n // 5]}", "喜报类型": "立功", "送喜人": "王六"},
    "来访接待": lambda n: {"登记人": "王六", "登记人电话": "13800000000", "信访渠道": "来访", "诉求内容": f"事{n}"},
    "荣誉墙": lambda n: {"名称或人物": f"名{n}", "地点": f"地{n}"},
}


def write(path: Path, county: dict[str, list[dict[str, Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in county.items():
        if not rows:
            continue
        made = []
        for number, row in enumerate(rows):
            own = {key: value for key, value in row.items() if key != "who"}
            person = (
                {("信访人" if name == "来访接待" else "姓名"): NAMES[row["who"]], "身份证号": IDS[row["who"]]}
                if "who" in row
                else {}
            )
            made.append({**person, **FIXED[name](number), **own})
        ws = book.create_sheet(name)
        ws.append(list(made[0]))
        for one in made:
            ws.append([one[key] for key in made[0]])
    if not book.worksheets:
        book.create_sheet("空")
    book.save(path)


# ── the slow way: cells of the sheet, one after the other ──


def cells(path: Path) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for ws in openpyxl.load_workbook(path):
        head, *rows = ws.iter_rows(values_only=True) if ws.max_row > 1 else ((),)
        found[ws.title] = [dict(zip(head, row, strict=True)) for row in rows if any(value is not None for value in row)]
    return found


def span(value: Any) -> tuple[date, date]:
    if not isinstance(value, str):
        day = value.date() if hasattr(value, "date") else value
        return day, day
    numbers = [int(part) for part in value.replace("年", ".").replace("月", "").split(".") if part]
    if len(numbers) == 1:
        return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
    return date(*numbers, 1), date(*numbers, calendar.monthrange(*numbers)[1])


def slow(book: dict[str, list[dict[str, Any]]], window: tuple[date, date]) -> dict[str, float]:
    def rows(name: str, dated: str | None = None) -> list[dict[str, Any]]:
        own = book.get(name, [])
        return (
            own
            if dated is None
            else [row for row in own if window[0] <= span(row[dated])[0] and span(row[dated])[1] <= window[1]]
        )

    help_, fairs, letters, petitions = (
        rows("志愿服务", "活动日期"),
        rows("招聘会台账", "活动日期"),
        rows("喜报送达", "送喜时间"),
        rows("来访接待", "登记日期"),
    )
    party, answers = rows("双纳入"), [row for row in rows("满意度问卷") if row["总体评价"]]
    local = [row for row in party if row["党支部类型"] in ("农村", "社区")]
    committee = [row for row in local if row["是否两委成员"] == "是"]
    sites = [
        row for row in rows("荣誉墙") if window[0] <= date(row["年度"], 1, 1) and date(row["年度"], 12, 31) <= window[1]
    ]
    delivered = [row for row in letters if row["喜报状态"] in ("已送达", None)]
    planned = [row for row in letters if row["计划送达时间"]]
    return {
        "party_volunteers": len({row["身份证号"] for row in help_ if row["是否党员"] == "是"}),
        "volunteers": len({row["身份证号"] for row in help_}),
        "volunteer_services": len(help_),
        "donations": sum((row["捐款金额"] or 0) + (row["折价金额"] or 0) for row in help_),
        "committee_members": len(committee),
        "committee_chiefs": sum(row["是否主干"] == "是" for row in committee),
        "reserve_cadres": sum(row["党支部类型"] == "农村" and row["是否符合后备条件"] == row["是否纳入后备干部"] == "是" for row in party),
        "taken_into_branch": sum(row["是否纳入基层党组织管理"] == "是" for row in party),
        "double_inclusion": sum(row["是否纳入基层党组织管理"] == "是" for row in local),
        "fair_intent": len({row["身份证号"] for row in rows("招聘会人员明细") if row["是否达成意向"] == "是"}),
        "fair_employed": len({row["身份证号"] for row in rows("招聘会人员明细") if row["是否就业"] == "是"}),
        "job_fairs": len(fairs),
        "job_fairs/线上": sum(row["形式"] == "线上" for row in fairs),
        "answers": len(answers),
        "satisfaction": sum(row["总体评价"] in ("非常满意", "满意", "很满意") for row in answers),
        "merit_delivered": len(delivered),
        "merit_delivered/三等功": sum(row["奖励等级"] == "三等功" for row in delivered),
        "merit_bonus": sum(row["奖励金"] or 0 for row in delivered),
        "merit_late": sum(span(row["送喜时间"])[0] > span(row["计划送达时间"])[1] for row in planned),
        "petition_batches": len(petitions),
        "petition_times": sum(row["人数"] or 1 for row in petitions),
        "petitioners": len({row["身份证号"] for row in petitions}),
        "petitions_closed": sum(row["处理结果"] == "已结案" for row in petitions),
        "honour_walls": sum(row["类型"] == "荣誉墙" for row in sites),
        "honour_walls/村": sum(row["类型"] == "荣誉墙" and row["级别"] == "村" for row in sites),
        "theme_parks": sum(row["类型"] == "双拥主题公园" for row in sites),
    }  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(county=COUNTY, window=WINDOWS)
def test_figures_are_what_the_cells_say(county: dict[str, list[dict[str, Any]]], window: tuple[date, date]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "台账.xlsx"
        write(path, county)
        book = cells(path)
        seen = process(path)
    dictionary, roster = load_dictionary(), Roster({})
    base = samples.county({})
    rows = open_county(seen.rows, dictionary, roster, {}, period=window, today=base.today)
    results = replace(base, rows=rows, roster=roster, period=window)
    found: dict[str, float] = {}
    for one in compute(results):
        found[one.id] = one.value or 0
        found |= {f"{one.id}/{part.name}": part.value for part in one.parts}
    expected = slow(book, window)
    assert {name: found.get(name, 0) for name in expected} == expected
