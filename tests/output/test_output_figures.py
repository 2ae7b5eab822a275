"""The county's figures and scores on rows made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import output_samples as samples
import pytest
from output_samples import BEI, BEIXI, DONG, ID, MACUN, OTHER_ID, XI

from toolkit.messages import has
from toolkit.output.facts import gather_facts, remembered
from toolkit.output.figures import Figure, compute, declared
from toolkit.results import Results


def figure(results: Results, name: str) -> Figure:
    return next(one for one in compute(results) if one.id == name)


def test_every_figure_has_its_words_in_both_languages() -> None:
    for entry in declared():
        assert has(f"out.figure.{entry['id']}.name")
        assert has(f"out.figure.{entry['id']}.definition")
    assert all(one.name != one.id for one in compute(samples.county({}), "en"))


def test_a_person_counts_once_a_visit_each_time_and_only_in_the_period() -> None:
    rows = [
        samples.visit(),
        samples.visit(走访日期=date(2020, 12, 31)),
        samples.visit(走访日期=date(2021, 1, 1)),
        samples.visit(走访日期=date(2019, 12, 31)),
        samples.visit(走访日期=None),
        samples.visit(身份证号=OTHER_ID, 走访日期=(date(2020, 1, 1), date(2020, 12, 31))),
    ]
    results = samples.county(
        {"L2": rows, "L1": [{"姓名": f"人{n}", "身份证号": f"14999919800101{n:04d}"} for n in range(4)]}
    )
    assert figure(results, "visits").value == 3
    assert figure(results, "visited").value == 2
    assert figure(results, "visit_coverage").value == pytest.approx(0.5)
    assert figure(results, "visit_frequency").value == pytest.approx(0.75)
    assert figure(results, "visit_money").value == 1500


def test_people_without_an_id_are_told_apart_by_register_phone_and_station() -> None:
    rows = [
        samples.visit(身份证号=None),
        samples.visit(),
        samples.visit(被走访人="王五", 身份证号=None, 联系电话="13800000001"),
        samples.visit(被走访人="王五", 身份证号=None, 联系电话="13800000002"),
        samples.visit(被走访人="王五", 身份证号=None, _station=XI, 联系电话="13800000001"),
        samples.visit(被走访人=None, 身份证号=None),
    ]
    assert figure(samples.county({"L2": rows}), "visited").value == 3, (
        "张三 once, two called 王五; nobody without a name"
    )


def test_what_was_sent_twice_counts_once() -> None:
    rows = [samples.visit(_key="a"), samples.visit(_key="a"), samples.visit(_key="b")]
    assert figure(samples.county({"L2": rows}), "visit_money").value == 1000


def test_station_figures_count_stations_not_rows() -> None:
    def site(name: str, level: str = "村", **more: Any) -> dict[str, Any]:
        return {"站点名称": name, "级别": level, "是否规范运行": "是", **more}

    names = [
        "一个工作机构",
        "一块办公阵地",
        "一套职责制度",
        "一本业务台账",
        "一幅办事流程图",
        "一张优待目录清单",
        "一条双拥文化街",
    ]
    seven = dict.fromkeys(names, "是")
    four = dict.fromkeys(["有服务场所", "有工作机构", "有专人负责", "有基本台账"], "是")
    rows = [
        site("马村镇东周村退役军人服务站", **four),
        site("马村镇东周村退役军人服务站", **four, _station=MACUN),
        site("东周新站", **four),
        site("马村镇西周村退役军人服务站", _station=XI, **{**four, "有专人负责": "否"}),
        site("马村镇退役军人服务站", "乡镇", _station=MACUN, 是否创成示范型="是", **seven),
        site("北城街道退役军人服务站", "乡镇", _station=BEI, **{**seven, "一条双拥文化街": None}),
        {"站点名称": "北城街道建设路社区退役军人服务站", "级别": "社区", "是否规范运行": "否", "_station": BEIXI},
    ]
    results = samples.county({"L12": rows})
    regular = figure(results, "regular_stations")
    assert (regular.value, regular.whole) == (4, 5)
    assert (figure(results, "model_stations").value, figure(results, "model_stations").names) == (1, ("马村镇",))
    ones = figure(results, "seven_ones")
    assert (ones.value, ones.whole) == (1, 2)
    assert {part.name: part.value for part in ones.parts}["一个工作机构"] == 2
    haves = figure(results, "four_haves")
    assert (haves.value, haves.whole) == (1, 3)
    assert {part.name: part.value for part in haves.parts}["有专人负责"] == 1


def test_party_figures() -> None:
    def member(number: int, branch: str = "农村", **more: Any) -> dict[str, Any]:
        return {"姓名": f"人{number}", "身份证号": f"14999919800101{number:04d}", "党支部类型": branch, "是否两委成员": "否", "是否主干": "否",
                "是否纳入后备干部": "否", "是否纳入基层党组织管理": "是", **more}  # fmt: skip

    rows = [
        member(1, 是否两委成员="是", 是否主干="是"),
        member(2, "社区", 是否两委成员="是"),
        member(3, "机关", 是否两委成员="是"),
        member(4, 是否符合后备条件="是", 是否纳入后备干部="是"),
        member(5, 是否符合后备条件="是"),
        member(6, "社区", 是否符合后备条件="是", 是否纳入后备干部="是"),
        member(7, 是否主干="是"),
    ]
    results = samples.county({"L7": rows})
    assert figure(results, "committee_members").value == 2
    assert (figure(results, "committee_chiefs").value, figure(results, "committee_chiefs").whole) == (1, 2)
    assert (figure(results, "reserve_cadres").value, figure(results, "reserve_cadres").whole) == (1, 2)
    assert figure(results, "reserve_cadres").share == pytest.approx(0.5)


def test_volunteers_donations_and_the_five_classes() -> None:
    gifts = [
        {"姓名": "甲", "身份证号": ID, "活动日期": date(2020, 3, 5), "是否党员": "是", "捐款金额": 100.0},
        {"姓名": "甲", "身份证号": ID, "活动日期": date(2020, 7, 1), "是否党员": "是", "折价金额": 50.5},
        {"姓名": "乙", "身份证号": OTHER_ID, "活动日期": date(2020, 7, 1), "是否党员": "否"},
        {"姓名": "丙", "活动日期": date(2019, 7, 1), "是否党员": "是", "捐款金额": 999.0},
    ]
    jobs = [{"姓名": "甲", "身份证号": ID, "服务类别": name} for name in ("有创业意愿的退役军人", "当年退役军人")]
    results = samples.county({"L11": gifts, "L4": jobs})
    assert figure(results, "party_volunteers").value == 1
    donations = figure(results, "donations")
    assert (donations.value, donations.rows, donations.unit) == (150.5, 2, "yuan")
    classes = figure(results, "service_classes")
    assert (classes.value, classes.rows) == (1, 2)
    assert [part.name for part in classes.parts] == ["当年退役军人", "有创业意愿的退役军人"], "in the code list's order"


def test_an_empty_county_has_zeros_and_no_rates() -> None:
    results = samples.county({})
    assert figure(results, "visit_coverage").value is None
    assert figure(results, "donations").value == 0


def test_completeness_counts_what_was_typed_wrong_as_filled_and_null_words_as_empty() -> None:
    full = {"姓名": "张三", "性别": "男", "身份证号": ID, "民族": "汉族", "人员类别": "退役士兵", "户籍地": "马村镇"}
    rows = [full, {**full, "身份证号": None, "_unparsed": {"身份证号": "12345"}}, {**full, "民族": None, "_unparsed": {"民族": "不详"}},
            {**full, "户籍地": None}]  # fmt: skip
    score = gather_facts(samples.county({"L1": rows})).stations[DONG]
    assert (score.required, score.filled, score.rows) == (24, 22, 4)


def test_townships_are_ranked_and_compared_with_the_last_run() -> None:
    statuses = [
        (DONG, "L1", "reported"),
        (XI, "L1", "late"),
        (MACUN, "L2", "missing"),
        (BEIXI, "L1", "zero"),
        (samples.CITY, "L2", "reported"),
    ]
    first = samples.county({}, statuses=statuses)
    facts = gather_facts(first)
    assert [one.station.code for one in facts.ranked] == [BEI, MACUN], "the city's own centre does not compete"
    macun = facts.ranked[1].score
    assert (macun.due, macun.sent, macun.on_time) == (3, 2, 1)
    again = gather_facts(samples.county({}, statuses=[*statuses[:2], (MACUN, "L2", "reported"), *statuses[3:]],
                                        previous={"townships": remembered(first)}))  # fmt: skip
    macun_again = next(one for one in again.townships if one.station.code == MACUN)
    assert macun_again.change == pytest.approx(1 / 6, abs=1e-5)
