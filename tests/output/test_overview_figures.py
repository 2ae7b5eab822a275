"""Every figure of the yearly report, and the borders at which it counts or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import output_samples as samples
import overview_samples as overview
import pytest
from output_samples import BEI, CITY, DONG, MACUN, XI
from overview_samples import everything, figure, member, person_id, registered, unit, year

from toolkit.messages import has
from toolkit.output.facts import gather_facts
from toolkit.output.figures import codes, compute, declared, not_computed
from toolkit.output.meetings import periods


def parts(results: Any, name: str) -> dict[str, float]:
    return {part.name: part.value for part in figure(results, name).parts}


def test_every_figure_of_the_report_is_told_of_a_county_that_has_all_ledgers() -> None:
    results = everything()
    silent = [one.id for one in compute(results) if not one.told]
    assert silent == []
    assert list(codes().values())[:3] == ["Z01", "Z02", "Z03"]
    assert all(one.formula and has(f"out.figure.{one.id}.name") for one in compute(results, "en"))


def test_a_model_station_counts_in_the_year_that_its_batch_names() -> None:
    rows = [{"站点名称": name, "级别": "乡镇", "是否规范运行": "是", "是否创成示范型": "是", "批次": batch, "_station": code}
            for name, code, batch in (("马村镇退役军人服务站", MACUN, "2020年"), ("北城街道退役军人服务站", BEI, "2019年第一批"),
                                      ("马村镇东周村退役军人服务站", DONG, None), ("马村镇西周村退役军人服务站", XI, "第二批"))]  # fmt: skip
    model = figure(year({"L12": rows}), "model_stations")
    assert (model.value, model.names) == (3, ("马村镇", "马村镇东周村", "马村镇西周村"))


def test_rows_that_leave_empty_what_decides_are_told() -> None:
    rows = [
        member(1, 是否两委成员="是"),
        member(2, 是否两委成员=None),
        member(3, 党支部类型=None, 是否两委成员="是"),
        member(4, "机关", 是否两委成员=None),
    ]
    committee = figure(year({"L7": rows}), "committee_members")
    assert (committee.value, committee.unclear) == (1, 2), (
        "branch or answer left empty; the 机关 branch is out either way"
    )


def test_job_fairs_count_once_however_many_send_them() -> None:
    fair = {"活动标题": "春季招聘会", "活动日期": date(2020, 3, 1), "线上/线下": "线上"}
    rows = [fair, {**fair, "_station": MACUN}, {**fair, "活动日期": date(2020, 4, 1), "线上/线下": "线下"}, {**fair, "活动日期": date(2019, 12, 31)},
            {**fair, "活动标题": "秋季招聘会", "活动日期": (date(2020, 10, 1), date(2020, 10, 31))}]  # fmt: skip
    results = year({"L5a": rows})
    assert figure(results, "job_fairs").value == 3
    assert parts(results, "job_fairs") == {"线上": 2, "线下": 1}


def test_people_at_fairs_count_once_over_all_fairs_and_stations() -> None:
    def at(number: int, intent: str, employed: str, **more: Any) -> dict[str, Any]:
        return {
            "姓名": f"某{number}",
            "身份证号": person_id(number),
            "意向企业": "甲",
            "是否达成意向": intent,
            "是否就业": employed,
            **more,
        }

    rows = [at(1, "是", "否"), at(1, "是", "是", _station=XI), at(2, "是", "否"), at(3, "否", "否"), at(4, "否", "是")]
    results = year({"L5b": rows})
    assert figure(results, "fair_intent").value == 2
    employed = figure(results, "fair_employed")
    assert (employed.value, employed.whole) == (2, 2)


def test_double_inclusion_is_a_share_of_the_party_members_that_villages_register() -> None:
    people = [registered(n, 政治面貌="中共党员") for n in (1, 2)]
    people += [
        registered(3, 政治面貌="中共预备党员"),
        registered(4, 政治面貌="群众"),
        registered(5, 政治面貌="中共党员", _station=MACUN),
    ]
    rows = [member(1), member(2, 是否纳入基层党组织管理="否"), member(3, "社区"), member(9), member(6, "机关")]
    rate = figure(year({"L1": people, "L7": rows}), "double_inclusion")
    assert (rate.value, rate.whole, rate.rate) == (3, 3, True)
    assert "1 人" in rate.remarks[0], "number 9 is in no register"
    assert not figure(year({"L7": rows}), "double_inclusion").told, "nothing to be a rate of"


def test_offices_in_units_and_systems() -> None:
    people = [registered(n, 安置单位名称="高平市棉纺厂") for n in range(1, 31)]
    people += [registered(n, 安置单位名称="市煤矿 ") for n in range(31, 62)] + [
        registered(70, 安置单位名称="市煤矿", 去世时间=date(2019, 1, 1))
    ]
    people += [registered(n, 安置单位名称="小商店") for n in range(80, 99)] + [
        registered(n, 安置单位名称="务农") for n in range(100, 140)
    ]
    jobs = [{"姓名": "某1", "身份证号": person_id(1), "服务类别": "当年退役军人", "就业状态": "单位就业", "单位名称": "棉纺厂"},
            {"姓名": "某31", "身份证号": person_id(31), "服务类别": "当年退役军人", "就业状态": "单位就业", "单位名称": "市煤矿"},
            {"姓名": "某31", "身份证号": person_id(31), "服务类别": "有创业意愿的退役军人", "就业状态": "单位就业", "单位名称": "市煤矿"}]  # fmt: skip
    units = (unit("U1", "高平市棉纺厂退役军人服务站", ("棉纺厂", "市棉纺厂")), unit("U2", "教育系统退役军人服务站"), unit("U3", "卫健局退役军人服务站", ("卫生系统",)),
             unit("U4", "水务系统退役军人服务站", until=date(2019, 6, 1)), unit("U5", "供电公司退役军人服务站"))  # fmt: skip
    results = year({"L1": people, "L4": jobs}, units=units)
    large = figure(results, "unit_offices")
    assert (large.value, large.whole, large.names) == (1, 2, ("高平市棉纺厂",))
    assert {(name, count) for name, count, _ in large.details} == {("高平市棉纺厂", "30"), ("市煤矿", "31")}
    assert "市煤矿（31）" in large.remarks[0], "it reaches 30 and has no office"
    assert "1 家" in large.remarks[1], "the power company has an office and too few veterans"
    assert figure(results, "system_offices").names == ("教育系统", "卫健局"), "one no longer active in 2020"
    strict = year({"L1": people, "L4": jobs}, units=units, settings={"unit_veterans": 31})
    assert figure(strict, "unit_offices").value == 0


def test_without_units_in_the_roster_nothing_is_claimed_but_the_large_ones_are_listed() -> None:
    results = year({"L1": [registered(n, 安置单位名称="市煤矿") for n in range(1, 31)]})
    large = figure(results, "unit_offices")
    assert (large.value, large.told) == (None, False)
    assert "花名册里没有" in large.remarks[0]
    assert "市煤矿（30）" in large.remarks[1]


def test_satisfaction_is_a_share_of_the_answers_and_told_by_class() -> None:
    words = ["非常满意"] * 3 + ["满意"] * 3 + ["基本满意", "不满意", None]
    rows = [
        {"问卷编号": str(n), "对象类别": "退役士兵" if n < 6 else "隐名老人的家属", "总体评价": word}
        for n, word in enumerate(words)
    ]
    results = year({"L13": rows})
    rate = figure(results, "satisfaction")
    assert (rate.value, rate.whole, rate.unclear) == (6, 8, 1)
    assert [(part.name, part.value, part.whole) for part in rate.parts] == [("其余1种", 0, 2), ("退役士兵", 6, 6)], (
        "rare words name nobody"
    )
    assert parts(results, "answers") == {"非常满意": 3, "满意": 3, "基本满意": 1, "不满意": 1}


def test_meetings_are_held_against_the_months_and_quarters_that_are_over() -> None:
    def meeting(kind: str, month: int, day: int = 5, **more: Any) -> dict[str, Any]:
        return {
            "会议类型": kind,
            "会议名称": f"{month}.{day}",
            "时间": date(2020, month, day),
            "_station": CITY,
            **more,
        }

    rows = [meeting("工作例会", 1), meeting("工作例会", 1, 20), meeting("例会", 3), meeting("联席会议", 2), meeting("联席例会", 5),
            meeting("表彰会", 4), meeting("例会", 2, 时间=(date(2020, 1, 1), date(2020, 12, 31)))]  # fmt: skip
    results = year({"L17": rows}, today=date(2020, 7, 15))
    monthly, quarterly = figure(results, "monthly_meetings"), figure(results, "quarterly_meetings")
    assert (monthly.value, monthly.whole, monthly.rows) == (2, 6, 4), (
        "January and March, of the six months that are over"
    )
    assert monthly.remarks == ("没有记录的：高平市 2020.02、2020.04、2020.05、2020.06",)
    assert (quarterly.value, quarterly.whole, quarterly.rows) == (2, 2, 2)
    owing = year({"L17": rows}, today=date(2020, 7, 15), owing={CITY: ("L17",), MACUN: ("L17",)})
    assert figure(owing, "monthly_meetings").whole == 12, "a station that owes the ledger owes the meetings"


@pytest.mark.parametrize(("first", "last", "step", "count"), [
    (date(2020, 1, 1), date(2020, 12, 31), 1, 12), (date(2020, 1, 2), date(2020, 12, 30), 1, 10), (date(2020, 1, 1), date(2020, 12, 31), 3, 4),
    (date(2020, 2, 1), date(2021, 3, 31), 3, 4), (date(2020, 2, 3), date(2020, 2, 20), 1, 0), (date(2019, 12, 1), date(2020, 2, 29), 1, 3),
])  # fmt: skip
def test_only_whole_months_and_quarters_are_due(first: date, last: date, step: int, count: int) -> None:
    assert len(periods(first, last, step)) == count


def test_sites_count_by_level_in_their_year() -> None:
    def site(kind: str, name: str, level: str | None, **more: Any) -> dict[str, Any]:
        return {"类型": kind, "名称或人物": name, "级别": level, "年度": 2020, **more}

    rows = [site("荣誉墙", "荣誉墙", "村"), site("村荣誉墙", "荣誉墙", "村", _station=XI), site("荣誉墙", "荣誉墙", "村"), site("荣誉墙", "市墙", "市", 年度=2019),
            site("荣誉墙", "无级", None), site("双拥文化街", "街", "乡"), site("双拥主题公园", "园", "市"), site("典型", "某人", "市")]  # fmt: skip
    results = year({"L15": rows})
    assert figure(results, "honour_walls").value == 3, "the same wall sent twice is one; every village has its own"
    assert parts(results, "honour_walls") == {"村": 2}
    assert (figure(results, "army_streets").value, figure(results, "theme_parks").value) == (1, 1)
    half = year({"L15": rows}, window=(date(2020, 1, 1), date(2020, 6, 30)))
    assert not figure(half, "honour_walls").told, "a year does not lie in half a year"
    assert figure(year({"L15": rows}, window=(date(2019, 1, 1), date(2020, 12, 31))), "honour_walls").value == 4


def test_merit_letters_bonus_and_lateness() -> None:
    def letter(
        grade: str, bonus: float | None, sent: date, planned: Any = None, status: str | None = "已送达"
    ) -> dict[str, Any]:
        return {
            "立功授奖人员": "某",
            "喜报类型": "立功",
            "奖励等级": grade,
            "奖励金": bonus,
            "送喜时间": sent,
            "计划送达时间": planned,
            "喜报状态": status,
        }

    rows = [letter("三等功", 1000, date(2020, 8, 5), date(2020, 8, 1)), letter("三等功", 1500, date(2020, 8, 5), (date(2020, 8, 1), date(2020, 8, 31))),
            letter("二等功", 4000, date(2020, 8, 5), date(2020, 8, 9), None), letter("嘉奖", None, date(2020, 8, 5)),
            letter("一等功", 9000, date(2020, 8, 5), None, "待镇街送达"), letter("三等功", 1000, date(2021, 1, 1))]  # fmt: skip
    results = year({"L9": rows}, settings={"merit_bonus": {"三等功": 1500.0, "二等功": 3000.0}})
    assert (figure(results, "merit_delivered").value, parts(results, "merit_delivered")) == (
        4,
        {"二等功": 1, "三等功": 2, "嘉奖": 1},
    )
    bonus = figure(results, "merit_bonus")
    assert (bonus.value, bonus.rows, bonus.unclear) == (6500, 3, 1)
    assert "低于 1 份（少发 500 元），相符 1 份，高于 1 份" in bonus.remarks[0]
    late = figure(results, "merit_late")
    assert (late.value, late.whole) == (1, 3), "a plan for August is kept on any day of August"
    assert "最多迟 4 天" in late.remarks[0]
    assert "没有设奖励金标准" in figure(year({"L9": rows}), "merit_bonus").remarks[0]


@pytest.mark.parametrize(("kind", "name", "deed", "award"), [
    ("获奖", "戊", "第四届星火项目创业大赛 二等奖", ("第四届星火项目创业大赛", "二等奖", "戊")),
    ("竞赛", "第四届星火项目创业大赛", "王戊获二等奖", ("第四届星火项目创业大赛", "二等奖", "王戊")),
    ("典型", "戊", "2020年参加第四届“星火项目”创业大赛，获得二等奖", ("第四届星火项目创业大赛", "二等奖", "戊")),
    ("创业大赛", "戊", "二等奖", ("创业大赛", "二等奖", "戊")), ("表彰", "戊", "全国模范退役军人", ("全国模范退役军人", "", "戊")),
    ("典型", "戊", "带领村民致富", None), ("双拥活动", "八一篮球比赛", "与驻军联办", None), ("获奖", "戊", None, None),
])  # fmt: skip
def test_awards_as_ledgers_word_them(kind: str, name: str, deed: str | None, award: tuple[str, ...] | None) -> None:
    results = year({"L15": [{"类型": kind, "名称或人物": name, "事迹": deed, "年度": 2020}]})
    assert figure(results, "awards").details == ((award,) if award else ())


def test_a_person_in_two_classes_is_one_person_and_two_entries() -> None:
    jobs = [
        {"姓名": "甲", "身份证号": samples.ID, "服务类别": name}
        for name in ("有创业意愿的退役军人", "当年退役军人", "退役军人零就业家庭")
    ]
    jobs += [{"姓名": "甲", "身份证号": samples.ID, "服务类别": "当年退役军人", "_station": XI}]
    results = year({"L4": jobs})
    classes = figure(results, "service_classes")
    assert (classes.value, classes.rows) == (1, 4)
    assert {part.name: (part.value, part.rows) for part in classes.parts}["当年退役军人"] == (1, 2)


def test_who_is_exactly_50_counts_in_the_class_stated_and_the_boundary_is_told() -> None:
    born = "19701231"
    jobs = [{"姓名": f"某{n}", "身份证号": person_id(n, born), "服务类别": name}
            for n, name in enumerate(("历年退役50岁以下未就业军人", "50岁至60岁有就业需求的退役军人"), 1)]  # fmt: skip
    results = year({"L4": jobs})
    assert parts(results, "service_classes") == {"历年退役50岁以下未就业军人": 1, "50岁至60岁有就业需求的退役军人": 1}
    assert "恰满 50 周岁的归“50岁至60岁有就业需求的退役军人”" in figure(results, "service_classes").formula


def test_petitions_keep_batches_times_and_people_apart() -> None:
    def petition(name: str, number: int | None = None, result: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "信访人": name,
            "登记日期": date(2020, 12, 1),
            "信访渠道": "来访",
            "诉求内容": "x",
            "人数": number,
            "处理结果": result,
            **more,
        }

    rows = [
        petition("甲", 5, "已结案", 身份证号=person_id(1)),
        petition("甲", None, "受理中", 身份证号=person_id(1)),
        petition("乙", 1, "已评价"),
    ]
    results = year({"L8": rows}, window=(date(2020, 12, 1), date(2020, 12, 31)))
    assert [
        figure(results, name).value
        for name in ("petition_batches", "petition_times", "petitioners", "petitions_closed")
    ] == [3, 7, 2, 2]


def test_additions_and_deaths_are_dated_by_their_own_days() -> None:
    rows = [registered(1, 退役时间=(date(2020, 9, 1), date(2020, 9, 30))), registered(2, 退役时间=(date(2020, 1, 1), date(2020, 12, 31))),
            registered(3, 去世时间=date(2020, 9, 30)), registered(4, 去世时间=date(2020, 10, 1))]  # fmt: skip
    results = year({"L1": rows}, window=(date(2020, 9, 1), date(2020, 9, 30)))
    assert [figure(results, name).value for name in ("newly_discharged", "deaths")] == [1, 1], (
        "2020 alone lies in no month"
    )
    assert not figure(results, "newly_approved").told, "nobody ever fills in the day of approval"


def test_a_window_that_holds_nothing_says_nothing() -> None:
    results = replace(everything(), period=(date(2031, 1, 1), date(2031, 12, 31)), sent_for=overview.YEAR)
    told = {one.id for one in compute(results) if one.told}
    assert told <= {"newly_discharged", "newly_approved", "deaths"}, "of these the register knows that there were none"


def test_what_the_dictionary_lacks_is_named_and_the_rest_computed() -> None:
    results = everything()
    ledgers = dict(results.dictionary.ledgers)
    del ledgers["L13"]
    seven = ledgers["L7"]
    ledgers["L7"] = replace(seven, fields={name: spec for name, spec in seven.fields.items() if name != "是否主干"})
    poor = replace(results, dictionary=replace(results.dictionary, ledgers=ledgers))
    known = {one.id for one in compute(poor)}
    assert {entry["id"] for entry in declared()} - known == {"committee_chiefs", "satisfaction", "answers"}
    assert {name: what for name, _, what in not_computed(poor)} == {
        "committee_chiefs": "L7 是否主干",
        "satisfaction": "L13",
        "answers": "L13",
    }


def test_a_unit_station_is_listed_under_its_superior_and_is_no_station_of_the_359() -> None:
    results = everything()
    assert results.roster.group(results.roster.stations["U1"]).code == CITY
    assert results.totals["stations"] == len(results.roster.stations) - 2


def test_a_unit_that_owes_nothing_is_not_among_those_who_report() -> None:
    listed = {station.code for one in gather_facts(everything()).townships for station in one.stations}
    assert "U1" not in listed
    owing = year({}, units=overview.UNITS, statuses=[("U1", "L1", "missing")])
    assert "U1" in {station.code for one in gather_facts(owing).townships for station in one.stations}
