"""Whose file it is: folders, file name, 填报单位 line, the roster's aliases and validity."""

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import make_id, save_workbook
from tests.processing import process
from toolkit.ledgers.dictionary import Dictionary
from toolkit.roster import HEADINGS, Roster, RosterError, Station, read_roster

CITY = Station("14", "高平市退役军人服务中心", "市", order=0)
MACUN = Station("1401", "马村镇退役军人服务站", "乡镇", "14", order=1)
HEXI = Station("1402", "河西镇退役军人服务站", "乡镇", "14", order=2)
DONGCHENG = Station("1403", "东城街道退役军人服务站", "乡镇", "14", ("东城街办",), order=3)
DAZHOU = Station("140101", "马村镇大周村退役军人服务站", "村", "1401", order=4)
DONGZHOU_M = Station("140102", "马村镇东周村退役军人服务站", "村", "1401", order=5)
DONGZHOU_H = Station("140201", "河西镇东周村退役军人服务站", "村", "1402", order=6)
OLD = Station("140202", "河西镇永录村退役军人服务站", "村", "1402", ("永禄村",), until=date(2019, 5, 1), order=7)


@pytest.fixture
def roster() -> Roster:
    return Roster({one.code: one for one in (CITY, MACUN, HEXI, DONGCHENG, DAZHOU, DONGZHOU_M, DONGZHOU_H, OLD)})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("马村镇", "1401"),
        ("马村", "1401"),
        ("马村镇退役军人服务站", "1401"),
        ("高平市马村镇退役军人走访台账", "1401"),
        ("大周村", "140101"),
        ("马村镇大周村", "140101"),
        ("馬村鎮大周村", "140101"),
        ("东城街办", "1403"),
        ("东城街道办事处", "1403"),
        ("永禄村", "140202"),
        ("高平市退役军人服务中心", "14"),
        ("河西镇东周村", "140201"),
        ("马村镇/东周村", "140102"),
    ],
)
def test_names_are_resolved(roster: Roster, text: str, code: str) -> None:
    station = roster.resolve(text)
    assert station is not None
    assert station.code == code


@pytest.mark.parametrize("text", ["东周村", "某某村", "", "退役军人服务站", "2020年12月"])
def test_what_is_not_clear_is_not_guessed(roster: Roster, text: str) -> None:
    assert roster.resolve(text) is None


HEAD = ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]
ROW = ["张三", make_id(), "生活困难", "发放补助", "2020.5.1"]


def station_of(tmp_path: Path, path: str, roster: Roster, *lines: list[str]) -> tuple[str | None, list[str], str]:
    save_workbook(tmp_path / path, [*lines, HEAD, ROW])
    from tests.conftest import TODAY
    from tests.processing import YEAR
    from toolkit.batches import Job
    from toolkit.intake.discover import discover
    from toolkit.intake.source import LocalFolder
    from toolkit.perfile import Processor

    result = Processor(Job(LocalFolder(tmp_path), "", TODAY, YEAR, roster=roster)).process(discover(tmp_path, "").files)
    file = result.files[0]
    return file.station, [finding.code for finding in file.findings], file.status


def test_folder_file_name_and_line_refine_each_other(tmp_path: Path, roster: Roster) -> None:
    assert station_of(tmp_path, "2020年12月/马村镇/大周村/帮扶.xlsx", roster)[:2] == ("140101", [])


def test_the_line_alone_is_enough(tmp_path: Path, roster: Roster) -> None:
    assert station_of(tmp_path, "帮扶.xlsx", roster, ["填报单位（盖章）：马村镇大周村   填报日期：2020.12"])[:2] == (
        "140101",
        [],
    )


def test_a_township_folder_may_hold_a_villages_file(tmp_path: Path, roster: Roster) -> None:
    assert station_of(tmp_path, "马村镇/东周村解困帮扶台账.xlsx", roster)[:2] == ("140102", [])


def test_disagreement_is_said_and_the_folder_believed(tmp_path: Path, roster: Roster) -> None:
    station, codes, _ = station_of(tmp_path, "马村镇/帮扶.xlsx", roster, ["填报单位：河西镇   单位：元"])
    assert (station, codes) == ("1401", ["W021"])


def test_two_stations_in_one_name_are_not_guessed(tmp_path: Path, roster: Roster) -> None:
    station, codes, status = station_of(tmp_path, "马村镇、河西镇帮扶台账.xlsx", roster)
    assert (station, codes, status) == (None, ["E022"], "unclaimed")


def test_a_file_of_nobody_is_said_and_its_rows_kept(tmp_path: Path, roster: Roster) -> None:
    station, codes, status = station_of(tmp_path, "帮扶.xlsx", roster)
    assert (station, codes, status) == (None, ["W020"], "unclaimed")


def test_a_station_that_was_closed_is_said(tmp_path: Path, roster: Roster) -> None:
    assert station_of(tmp_path, "河西镇/永禄村/帮扶.xlsx", roster)[:2] == ("140202", ["W023"])


def write_roster(path: Path, *rows: list[object]) -> Path:
    return save_workbook(path, [list(HEADINGS), *rows], sheet="站点")


def test_a_roster_is_read_with_aliases_dates_and_ledgers(tmp_path: Path, dictionary: Dictionary) -> None:
    row = [
        "140581101",
        "马村镇退役军人服务站",
        "马村、馬村镇",
        "乡镇",
        None,
        "140581107",
        "李某",
        "0356-5221234",
        "a@b.cn",
        "2019-05-01",
        None,
        "走访慰问、L11",
    ]
    station = read_roster(write_roster(tmp_path / "r.xlsx", row), dictionary).stations["140581101"]
    assert (station.level, station.aliases, station.since, station.owes) == (
        "乡镇",
        ("马村", "馬村镇"),
        date(2019, 5, 1),
        ("L2", "L11"),
    )


def test_mistakes_in_a_roster_are_named_at_their_cells(tmp_path: Path, dictionary: Dictionary) -> None:
    rows = [
        ["1", "甲站", None, "星球", None],
        ["1", "乙站", None, "村", None],
        ["3", None, None, "村", None],
        ["4", "丁站", None, "村", "99"],
        ["5", "戊站", None, "村", None, None, None, None, None, "某年", None, "游泳台账"],
    ]
    with pytest.raises(RosterError) as caught:
        read_roster(write_roster(tmp_path / "r.xlsx", *rows), dictionary)
    assert {(cell, name) for cell, name, _ in caught.value.problems} == {
        ("D2", "roster.bad_level"), ("A3", "roster.code_twice"), ("B4", "roster.missing"), ("E5", "roster.no_parent"),
        ("J6", "roster.bad_date"), ("L6", "roster.bad_ledger"),
    }  # fmt: skip


def test_a_workbook_that_is_no_roster_says_what_is_expected(tmp_path: Path, dictionary: Dictionary) -> None:
    with pytest.raises(RosterError) as caught:
        read_roster(save_workbook(tmp_path / "r.xlsx", [["名称"], ["甲"]]), dictionary)
    assert caught.value.problems[0][:2] == ("A1", "roster.no_header")


def test_one_workbook_checked_alone_needs_no_roster(tmp_path: Path) -> None:
    assert process(save_workbook(tmp_path / "帮扶.xlsx", [HEAD, ROW])).file.findings == []


def test_a_station_belongs_to_the_county_above_it(roster: Roster) -> None:
    assert roster.county(DONGZHOU_M) == CITY
    assert roster.county(CITY) == CITY


def test_a_city_with_counties_below_it_is_no_county(tmp_path: Path, dictionary: Dictionary) -> None:
    rows = [
        ["14", "某省退役军人服务中心", None, "省", None],
        ["1405", "晋城市退役军人服务中心", None, "市", "14"],
        ["140581", "高平市退役军人服务中心", None, "县级市", "1405"],
        ["140525", "泽州县退役军人服务中心", None, "县", "1405"],
        ["140581101", "马村镇退役军人服务站", None, "镇", "140581"],
    ]
    made = read_roster(write_roster(tmp_path / "r.xlsx", *rows), dictionary)
    assert [one.level for one in made.stations.values()] == ["省", "地市", "市", "市", "乡镇"]
    assert made.county(made.stations["140581101"]).code == "140581"
    assert made.county(made.stations["1405"]).code == "14", "outside a county: the top"
    assert made.owed(made.stations["140525"], dictionary) == made.owed(CITY, dictionary)


def province() -> Roster:
    rows = [
        ("14", "山河省退役军人服务中心", "省", None),
        ("1405", "晋城市退役军人服务中心", "地市", "14"),
        ("A", "高平市退役军人服务中心", "市", "1405"),
        ("A1", "马村镇退役军人服务站", "乡镇", "A"),
        ("A11", "张庄村退役军人服务站", "村", "A1"),
        ("A2", "河西镇退役军人服务站", "乡镇", "A"),
        ("A21", "张庄村退役军人服务站", "村", "A2"),
        ("A22", "高平市河西镇东周村退役军人服务站", "村", "A2"),
        ("B", "泽州县退役军人服务中心", "市", "1405"),
        ("B1", "马村镇退役军人服务站", "乡镇", "B"),
        ("B11", "张庄村退役军人服务站", "村", "B1"),
        ("B12", "王庄村退役军人服务站", "村", "B1"),
    ]
    return Roster({row[0]: Station(*row, order=order) for order, row in enumerate(rows)})


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("高平市/马村镇/张庄村/走访.xlsx", "A11"),
        ("泽州县/马村镇/张庄村/走访.xlsx", "B11"),
        ("晋城市/泽州县/马村镇/走访.xlsx", "B1"),
        ("高平市马村镇张庄村走访.xlsx", "A11"),
        ("高平市/河西镇张庄村/张庄村走访.xlsx", "A21"),
        ("河西镇/张庄村/走访.xlsx", "A21"),
        ("马村镇/王庄村/走访.xlsx", "B12"),
        ("泽州县/张庄村走访.xlsx", "B11"),
    ],
)
def test_namesakes_are_told_apart_by_what_stands_around_them(path: str, code: str) -> None:
    from toolkit.intake.attribute import by_path

    found = by_path(path, province())
    assert found.station is not None
    assert (found.station.code, found.findings) == (code, [])


@pytest.mark.parametrize(
    "path",
    [
        "马村镇/走访.xlsx",
        "马村镇/张庄村/走访.xlsx",
        "高平市/张庄村/走访.xlsx",
        "晋城市/马村镇/走访.xlsx",
        "高平市、泽州县马村镇/走访.xlsx",
    ],
)
def test_a_name_that_could_be_several_is_a_finding_that_names_them_in_full(path: str) -> None:
    from toolkit.intake.attribute import by_path

    found = by_path(path, province())
    assert found.station is None
    assert [finding.code for finding in found.findings] == ["E022"]
    names = str(found.findings[0].params["names"]).split("、")
    assert len(names) == len(set(names)) > 1


def test_a_name_in_full_repeats_nothing() -> None:
    roster = province()
    assert [roster.in_full(roster.stations[code]) for code in ("14", "1405", "A", "A22", "B11")] == [
        "山河省退役军人服务中心", "晋城市退役军人服务中心", "晋城市高平市退役军人服务中心", "晋城市高平市河西镇东周村退役军人服务站",
        "晋城市泽州县马村镇张庄村退役军人服务站",
    ]  # fmt: skip


def test_stations_are_listed_under_what_lies_right_below_the_unit() -> None:
    roster = province()
    parts = [roster.below(roster.stations[code]) for code in ("14", "1405", "A", "A1")]
    assert [(part.grouped_by, len(part.stations)) for part in parts] == [
        ("地市", 12),
        ("市", 11),
        ("乡镇", 6),
        ("村", 2),
    ]
    assert [part.group(roster.stations["A11"]).code for part in parts] == ["1405", "A", "A1", "A11"]
    assert [part.listed(roster.stations["A11"]).code for part in parts] == ["A", "A1", "A11", "A11"]
    assert [part.competes(part.group(part.stations[part.unit.code])) for part in parts if part.unit] == [False] * 4
