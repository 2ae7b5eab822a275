"""Rules across the county and across periods: the rows of some ledgers, and the findings that must come of them."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from tests.conftest import make_id
from tests.output.output_samples import arrow
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.roster import Roster, Station
from toolkit.rules import rule
from toolkit.rules.base import CountyHit, StationHit
from toolkit.store.county import StoredCounty, open_county

A, B, C, D = (make_id("19600101", order) for order in (1, 2, 3, 4))
PERIOD, TODAY = (date(2020, 1, 1), date(2020, 12, 31)), date(2021, 1, 8)
Rows = dict[str, list[dict[str, Any]]]


def two_counties() -> Roster:
    made = [
        Station("0", "晋城市退役军人服务中心", "地市", None, order=0),
        Station("1", "高平市退役军人服务中心", "市", "0", order=1),
        Station("11", "大周村退役军人服务站", "村", "1", order=2),
        Station("12", "康营村退役军人服务站", "村", "1", order=3),
        Station("2", "泽州县退役军人服务中心", "市", "0", order=4),
        Station("21", "大周村退役军人服务站", "村", "2", order=5),
    ]
    return Roster({station.code: station for station in made})


def stations() -> Roster:
    made = [
        Station("0", "高平市退役军人服务中心", "市", None, order=0),
        Station("1", "马村镇退役军人服务站", "乡镇", "0", order=1),
        Station("11", "马村镇大周村退役军人服务站", "村", "1", order=2),
        Station("12", "马村镇康营村退役军人服务站", "村", "1", order=3),
    ]
    return Roster({station.code: station for station in made})


def county(
    rows: Rows, *, recency: dict[str, int] | None = None, previous: Rows | None = None, roster: Roster | None = None
) -> StoredCounty:
    def tables(given: Rows) -> dict[str, pa.Table]:
        return {ledger: arrow(ledger, own) for ledger, own in given.items()}

    return open_county(
        tables(rows),
        load_dictionary(),
        roster or stations(),
        recency or {},
        period=PERIOD,
        today=TODAY,
        previous=tables(previous or {}),
    )


def hits(rows: Rows, ledger: str, name: str, **more: Any) -> list[CountyHit | StationHit]:
    """What a ledger's rule of this name says, with the settings that the ledger declares."""
    opened = county(rows, **more)
    known = load_dictionary().ledgers
    spec = next(spec for spec in known[ledger].rules if spec.rule == name)
    other = known.get(spec.settings.get("ledger", ""))
    return list(
        rule(name).check_county(opened, {**spec.settings, "own": ledger, "ledger_name": other.short if other else ""})
    )


def codes(found: list[CountyHit | StationHit]) -> list[tuple[str, int | str]]:
    return [(hit.code, hit.row if isinstance(hit, CountyHit) else hit.station) for hit in found]


def person(number: str, name: str = "张三", station: str = "11", file: str = "a.xlsx", **more: Any) -> dict[str, Any]:
    return {"_station": station, "_file": file, "姓名": name, "身份证号": number, **more}


def test_employed_at_the_fair_but_out_of_work_in_the_register() -> None:
    rows = {
        "L5b": [person(A, 是否就业="是"), person(B, 是否就业="否")],
        "L4": [person(A, 就业状态="无业"), person(B, 就业状态="无业")],
    }
    assert codes(hits(rows, "L5b", "contradicts")) == [("W512", 0)]
    rows["L4"][0]["就业状态"] = "单位就业"
    assert hits(rows, "L5b", "contradicts") == []


def test_one_card_a_person_in_the_whole_county() -> None:
    rows = {"L10": [person(A, 申领类别="首次申领"), person(A, station="12", file="b.xlsx", 申领类别="首次申领")]}
    assert codes(hits(rows, "L10", "once")) == [("E514", 0), ("E514", 1)]
    rows["L10"][1]["申领类别"] = "遗失补领"
    assert hits(rows, "L10", "once") == []


def test_one_plaque_a_household() -> None:
    def plaque(number: str, address: str, **more: Any) -> dict[str, Any]:
        return {"_station": "11", "户主姓名": "张三", "身份证号": number, "悬挂地址": address, **more}

    assert codes(hits({"L14": [plaque(A, "大周村 12 号"), plaque(B, "大周村12号")]}, "L14", "household")) == [
        ("W509", 0),
        ("W509", 1),
    ]
    assert codes(hits({"L14": [plaque(A, "大周村12号"), plaque(A, "大周村15号")]}, "L14", "household")) == [
        ("W509", 0),
        ("W509", 1),
    ]
    assert hits({"L14": [plaque(A, "大周村"), plaque(B, "大周村")]}, "L14", "household") == []
    assert hits({"L14": [plaque(A, "大周村12号", 是否取消="是"), plaque(B, "大周村12号")]}, "L14", "household") == []


def test_a_merit_that_the_register_lacks() -> None:
    notice = {"L9": [{"_station": "11", "立功授奖人员": "张三", "奖励等级": "三等功"}]}
    found = hits(notice | {"L1": [person(A, 立功受奖情况="嘉奖")]}, "L9", "merit_in_register")
    assert codes(found) == [("W510", 0)]
    assert hits(notice | {"L1": [person(A, 立功受奖情况="嘉奖、三等功")]}, "L9", "merit_in_register") == []
    assert hits(notice | {"L1": [person(A), person(B)]}, "L9", "merit_in_register") == [], (
        "two of that name: nobody can tell which"
    )
    assert hits(notice | {"L1": [person(A, "李四")]}, "L9", "merit_in_register") == []


def visit(number: str, day: date, way: str = "电话走访") -> dict[str, Any]:
    return {"_station": "11", "被走访人": "张三", "身份证号": number, "走访日期": day, "走访方式": way}


def test_key_persons_are_seen_every_quarter_and_visited_once_a_year() -> None:
    register = {"L1": [person(A, 人员标签="重点人员"), person(B, 人员标签="参战")]}
    every = [visit(A, date(2020, month, 5)) for month in (1, 4, 8, 12)]
    found = hits(register | {"L2": every}, "L1", "key_persons")
    assert [(hit.row, hit.params["visit"], hit.params["quarters"]) for hit in found if isinstance(hit, CountyHit)] == [
        (0, "@no_visit", "@none_lacking")
    ]
    assert hits(register | {"L2": [*every, visit(A, date(2020, 5, 1), "实地走访")]}, "L1", "key_persons") == []
    found = hits(register | {"L2": [visit(A, date(2020, 2, 1), "实地走访")]}, "L1", "key_persons")
    assert [hit.params["quarters"] for hit in found] == ["2020.4-6、2020.7-9、2020.10-12"]
    assert hits(register | {"L2": []}, "L1", "key_persons") == [], "nobody sent the visits: that is another finding"
    dead = {"L1": [person(A, 人员标签="重点人员", 去世时间=date(2020, 3, 1))]}
    assert hits(dead | {"L2": [visit(B, date(2020, 1, 1))]}, "L1", "key_persons") == []


def test_a_townships_register_against_its_villages() -> None:
    villages = [person(A), person(B, station="12", file="b.xlsx")]
    both = [person(A, station="1", file="t.xlsx"), person(B, station="1", file="t.xlsx")]
    assert hits({"L1": [*villages, *both]}, "L1", "sums_agree") == []
    found = hits({"L1": [*villages, both[0], person(C, station="1", file="t.xlsx")]}, "L1", "sums_agree")
    assert [hit.params for hit in found] == [{"people": 2, "together": 2, "stations": 2, "lacking": 1, "extra": 1}]
    assert hits({"L1": villages}, "L1", "sums_agree") == []


OLD = [person(A, file="old.xlsx"), person(B, "李四", file="old.xlsx"), person(C, "王五", file="old.xlsx")]
RANKS = {"old.xlsx": 1, "new.xlsx": 2}


def test_somebody_whom_the_newer_edition_lacks_has_vanished() -> None:
    new = [person(A, file="new.xlsx"), person(B, "李四", file="new.xlsx")]
    found = hits({"L1": [*OLD, *new]}, "L1", "vanished", recency=RANKS)
    assert [(hit.code, hit.params["name"]) for hit in found] == [("W601", "王五")]
    assert codes(hits({"L1": [*OLD, *new]}, "L1", "carry_over", recency=RANKS)) == [("W605", "11")]
    told = [*OLD[:2], OLD[2] | {"去世时间": date(2020, 6, 1)}]
    assert hits({"L1": [*told, *new]}, "L1", "vanished", recency=RANKS) == []
    moved = [*new, person(C, "王五", "12", "new.xlsx")]
    assert hits({"L1": [*OLD, *moved]}, "L1", "vanished", recency=RANKS) == []


def test_a_second_part_of_a_register_is_no_new_edition() -> None:
    rows = [*OLD, person(D, "赵六", file="new.xlsx")]
    assert hits({"L1": rows}, "L1", "vanished", recency=RANKS) == []


def test_somebody_whom_last_period_held_has_vanished_without_a_row() -> None:
    found = hits({"L1": [person(A)]}, "L1", "vanished", previous={"L1": OLD})
    assert [(hit.code, hit.station) for hit in found if isinstance(hit, StationHit)] == [("W601", "11")] * 2
    assert all(number not in str(hit.params) for number in (B, C) for hit in found), "numbers are masked"
    assert hits({"L1": [person(A, station="12")]}, "L1", "vanished", previous={"L1": OLD}) == [], (
        "the station sent nothing yet"
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, []), ({"身份证号": D}, ["身份证号"]), ({"出生日期": date(1960, 2, 1)}, ["出生日期"])],
)
def test_a_changed_number_or_birth_date(change: dict[str, Any], expected: list[str]) -> None:
    before = [person(A, 出生日期=date(1960, 1, 1)), person(B, "李四")]
    now = [person(A, 出生日期=date(1960, 1, 1)) | change, person(B, "李四")]
    found = hits({"L1": now}, "L1", "changed_person", previous={"L1": before})
    assert [hit.field for hit in found if isinstance(hit, CountyHit)] == expected
    if "身份证号" in change:
        assert hits({"L1": now}, "L1", "vanished", previous={"L1": before}) == [], "said once, as a changed number"


def test_an_honour_that_became_less() -> None:
    before = [person(A, 立功受奖情况="三等功、嘉奖")]
    found = hits({"L1": [person(A, 立功受奖情况="嘉奖")]}, "L1", "merit_lost", previous={"L1": before})
    assert [hit.params["merits"] for hit in found] == ["三等功"]
    assert (
        hits({"L1": [person(A, 立功受奖情况="嘉奖、三等功、二等功")]}, "L1", "merit_lost", previous={"L1": before})
        == []
    )


def test_last_periods_rows_copied() -> None:
    def visits(year: int, words: str = "慰问") -> list[dict[str, Any]]:
        return [
            visit(make_id("19500101", order), date(year, 2, order)) | {"走访内容": words, "慰问金": 500.0}
            for order in range(1, 7)
        ]

    assert codes(hits({"L2": visits(2020)}, "L2", "copied_rows", previous={"L2": visits(2019)})) == [("W604", 0)]
    assert hits({"L2": visits(2020, "了解近况")}, "L2", "copied_rows", previous={"L2": visits(2019)}) == []


def test_the_other_station_is_named_in_full_where_it_lies_in_another_county() -> None:
    rows = {
        "L1": [person(A, file="a.xlsx"), person(A, station="12", file="b.xlsx"), person(A, station="21", file="c.xlsx")]
    }
    found = hits(rows, "L1", "two_stations", roster=two_counties())
    assert [hit.params["station"] for hit in found] == [
        "康营村退役军人服务站、泽州县大周村退役军人服务站",
        "大周村退役军人服务站、泽州县大周村退役军人服务站",
        "高平市大周村退役军人服务站、高平市康营村退役军人服务站",
    ]


def test_who_is_registered_in_another_county_now_has_moved() -> None:
    moved = {
        "L1": [
            *OLD,
            person(A, file="new.xlsx"),
            person(C, "王五", file="new.xlsx"),
            person(B, "李四", station="21", file="z.xlsx"),
        ]
    }
    ranks = {**RANKS, "z.xlsx": 3}
    found = hits(moved, "L1", "moved", roster=two_counties(), recency=ranks)
    assert [(hit.code, hit.station if isinstance(hit, StationHit) else hit.row, hit.params["origin"], hit.params["target"])
            for hit in found] == [("I606", "11", "高平市", "泽州县"), ("I607", 5, "高平市", "泽州县")]  # fmt: skip
    assert hits(moved, "L1", "vanished", roster=two_counties(), recency=ranks) == [], "not lost"
    assert hits(moved, "L1", "two_stations", roster=two_counties(), recency=ranks) == [], "not registered twice"
    inside = {"L1": [*moved["L1"][:-1], person(B, "李四", station="12", file="z.xlsx")]}
    assert hits(inside, "L1", "moved", roster=two_counties(), recency=ranks) == [], "within a county"
    both = {"L1": [*moved["L1"], person(B, "李四", station="12", file="y.xlsx")]}
    assert hits(both, "L1", "moved", roster=two_counties(), recency=ranks) == [], "the county still registers them"


def test_who_moved_since_the_last_period_is_told_to_both_counties() -> None:
    rows = {"L1": [person(A), person(B, "李四", station="21", file="z.xlsx")]}
    before = {"L1": [person(A), person(B, "李四")]}
    found = hits(rows, "L1", "moved", roster=two_counties(), previous=before)
    assert [hit.code for hit in found] == ["I606", "I607"]
    assert hits(rows, "L1", "moved", previous=before) == [], "one county"
