"""What a province's and a city's officers do: one roster of several levels, a summary at each, and the way from one to the next."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from test_a_bureau_runs_its_county import run, taizhang

from tests.levels_samples import (
    GAOPING,
    MACUN_ZHANGZHUANG,
    SHANGDANG,
    ZEZHOU,
    make_province,
    person,
    register,
    visit,
    visits,
)

BOOKS = ("summary.xlsx", "consolidated.xlsx")
PROVINCE = ("", "levels/晋城市", f"levels/{GAOPING}", f"levels/{ZEZHOU}", "levels/长治市", f"levels/{SHANGDANG}")


def out(workspace: Path) -> Path:
    return workspace / "workbooks/out"


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return [
        [cell for cell in row if cell is not None] for row in load_workbook(path)[sheet].iter_rows(values_only=True)
    ]


def below(path: Path) -> tuple[str, dict[str, dict[str, Any]]]:
    """What the units of the sheet 下级 are, and the figures of each by their headings."""
    rows = list(load_workbook(path)["下级"].iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if "站点数" in row)
    head = rows[start]
    found = {}
    for row in rows[start + 1 :]:
        if row[0] is None:
            break
        found[str(row[0])] = {str(key): value for key, value in zip(head, row, strict=True) if key}
    return str(head[0]), found


def links(path: Path, sheet: str = "下级") -> dict[str, Path]:
    """What the links of a sheet say, and the file that each leads to from where the workbook lies."""
    book = load_workbook(path)
    found = {}
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.hyperlink and cell.hyperlink.target:
                found[str(cell.value)] = (path.parent / cell.hyperlink.target.replace("\\", "/")).resolve()
    return found


def column(path: Path, sheet: str, heading: str) -> list[Any]:
    head, *rows = load_workbook(path)[sheet].iter_rows(values_only=True)
    return [row[head.index(heading)] for row in rows]


def written(workspace: Path) -> dict[str, int]:
    return {path.relative_to(out(workspace)).as_posix(): path.stat().st_mtime_ns
            for path in out(workspace).rglob("*.xlsx")}  # fmt: skip


def changed(workspace: Path, before: dict[str, int]) -> set[str]:
    return {path for path, time in written(workspace).items() if before.get(path) != time}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province after its first run; tests only read it, or copy it."""
    workspace = make_province(tmp_path_factory.mktemp("province"))
    run(workspace)
    return workspace


@pytest.fixture
def province(ran: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ran, tmp_path / "province"))


def test_every_level_down_to_the_county_has_its_workbooks(ran: Path) -> None:
    assert set(written(ran)) == {f"{folder}/{book}".lstrip("/") for folder in PROVINCE for book in BOOKS}


def test_what_a_county_gets_is_what_it_sent(ran: Path) -> None:
    folder = out(ran)
    sent = {place: column(folder / place / "consolidated.xlsx", "基本信息", "姓名") for place in PROVINCE}
    assert sent[f"levels/{GAOPING}"] == ["某1", "某2", "某7", "某8"]
    assert sent[f"levels/{ZEZHOU}"] == ["某11", "某12"]
    assert sent["levels/晋城市"] == ["某1", "某2", "某7", "某8", "某11", "某12"]
    assert sent[""] == ["某1", "某2", "某7", "某8", "某11", "某12", "某21", "某22"]
    stations = column(folder / "consolidated.xlsx", "基本信息", "站点")
    assert stations[0] == "晋城市高平市马村镇张庄村退役军人服务站", "the county says which 张庄村"
    assert column(folder / f"levels/{GAOPING}/consolidated.xlsx", "基本信息", "乡镇") == [
        "马村镇",
        "马村镇",
        "马村镇",
        "河西镇",
    ]
    assert column(folder / "consolidated.xlsx", "基本信息", "地市")[-1] == "长治市"


def test_each_summary_counts_what_lies_right_below_and_adds_up(ran: Path) -> None:
    levels = [below(out(ran) / place / "summary.xlsx") for place in ("", "levels/晋城市", f"levels/{GAOPING}")]
    assert [(kind, list(units)) for kind, units in levels] == [
        ("地市", ["本级", "晋城市", "长治市"]), ("县（市、区）", ["本级", "高平市", "泽州县"]), ("乡镇", ["本级", "马村镇", "河西镇"]),
    ]  # fmt: skip
    (_, province), (_, city), (_, county) = levels
    assert [(one["站点数"], one["已报站点"], one["记录数"]) for one in province.values()] == [
        (1, 0, 0),
        (10, 4, 8),
        (4, 1, 3),
    ]
    for upper, lower in ((province["晋城市"], city), (city["高平市"], county)):
        for heading in ("站点数", "已报站点", "应报", "已报", "记录数", "错误", "待核对"):
            assert upper[heading] == sum(one[heading] for one in lower.values()), heading
    assert [row[1] for row in cells(out(ran) / "summary.xlsx", "总览") if row[:1] in ([1], [2])] == ["长治市", "晋城市"]


def test_a_click_leads_down_and_up_also_from_a_copy(ran: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(out(ran), tmp_path / "elsewhere/out"))
    top = copy / "summary.xlsx"
    down = links(top)
    assert down == {"晋城市": copy / "levels/晋城市/summary.xlsx", "长治市": copy / "levels/长治市/summary.xlsx"}
    city = links(down["晋城市"])
    assert city == {"↑ 上级：山河省": top, "高平市": copy / f"levels/{GAOPING}/summary.xlsx",
                    "泽州县": copy / f"levels/{ZEZHOU}/summary.xlsx"}  # fmt: skip
    assert links(city["高平市"]) == {"↑ 上级：晋城市": down["晋城市"]}
    assert all(path.is_file() for path in (*down.values(), *city.values()))


def test_libreoffice_follows_the_links(ran: Path, tmp_path: Path) -> None:
    import subprocess

    from tests.conftest import needs

    copy = Path(shutil.copytree(out(ran), tmp_path / "copy/out"))
    book = copy / "levels/晋城市/summary.xlsx"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run([needs("soffice"), "--headless", profile, "--convert-to", "fods", "--outdir", str(book.parent), str(book)],
                   check=True, capture_output=True)  # fmt: skip
    text = book.with_suffix(".fods").read_text(encoding="utf-8")
    for target in ("../../summary.xlsx", "./高平市/summary.xlsx", "./泽州县/summary.xlsx"):
        assert f'xlink:href="{target}"' in text


def test_a_changed_village_rewrites_its_county_its_city_and_the_province(province: Path) -> None:
    before = written(province)
    visits(province, f"{ZEZHOU}/{MACUN_ZHANGZHUANG}", visit(11), visit(12))
    run(province)
    told = {f"{place}/{book}".lstrip("/") for place in ("", "levels/晋城市", f"levels/{ZEZHOU}") for book in BOOKS}
    assert changed(province, before) == told
    before = written(province)
    run(province)
    assert changed(province, before) == set(), "nothing changed, nothing written"


def test_a_workbook_that_somebody_deleted_comes_back(province: Path) -> None:
    gone = out(province) / f"levels/{SHANGDANG}/summary.xlsx"
    gone.unlink()
    before = written(province)
    run(province)
    assert gone.is_file()
    assert not {path for path in changed(province, before) if "晋城市" in path}


def test_which_levels_get_workbooks_is_a_setting(province: Path) -> None:
    config = province / "config.ini"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("levels = 地市、县", "levels = 县、乡镇"), encoding="utf-8")
    other = out(province) / "levels/晋城市/领导的批注.txt"
    other.write_text("留着", encoding="utf-8")
    run(province)
    places = {path.parent.relative_to(out(province)).as_posix() for path in out(province).rglob("summary.xlsx")}
    towns = {
        f"levels/{GAOPING}/马村镇",
        f"levels/{GAOPING}/河西镇",
        f"levels/{ZEZHOU}/马村镇",
        f"levels/{SHANGDANG}/马村镇",
    }
    assert places == {".", *(f"levels/{county}" for county in (GAOPING, ZEZHOU, SHANGDANG)), *towns}
    assert other.is_file(), "what we did not write stays"
    assert set(links(out(province) / "summary.xlsx")) == {"晋城市高平市", "晋城市泽州县", "长治市上党区"}
    town = out(province) / f"levels/{GAOPING}/马村镇/summary.xlsx"
    assert list(links(town)) == ["↑ 上级：高平市"]
    assert (below(town)[0], list(below(town)[1])) == ("村（社区）", ["本级", "张庄村", "大周村"])


def test_only_asks_for_the_longer_name_of_several_namesakes(province: Path) -> None:
    status, _, error = taizhang("run", "-C", str(province), "--only", "马村镇")
    assert status == 2
    assert all(f"{county}马村镇退役军人服务站" in error for county in ("晋城市高平市", "晋城市泽州县", "长治市上党区"))
    status, _, error = taizhang("run", "-C", str(province), "--only", "河东镇")
    assert status == 2
    assert "河东镇" in error


@pytest.mark.parametrize(
    ("only", "read"),
    [
        ("泽州县马村镇张庄村", [ZEZHOU]),
        ("高平市", [GAOPING]),
        ("晋城市", [GAOPING, ZEZHOU]),
        ("上党区马村镇", [SHANGDANG]),
        ("山河省", [GAOPING, ZEZHOU, SHANGDANG]),
        ("新人", [GAOPING, ZEZHOU, SHANGDANG]),
    ],
)
def test_only_takes_a_station_of_any_level(province: Path, only: str, read: list[str]) -> None:
    for number, county in enumerate((GAOPING, ZEZHOU, SHANGDANG)):
        register(province, f"{county}/{MACUN_ZHANGZHUANG}", person(31 + number), name="新人")
    _, report = run(province, "--only", only)
    new = [one["path"] for one in report["files"] if one["path"].endswith("新人.xlsx")]
    assert new == sorted(f"workbooks/stations/{county}/{MACUN_ZHANGZHUANG}/新人.xlsx" for county in read)


def test_the_same_person_in_two_counties_is_named_with_the_county(province: Path) -> None:
    register(province, f"{SHANGDANG}/{MACUN_ZHANGZHUANG}", person(21), person(1, "某1"))
    _, report = run(province)
    doubled = {one["station"]: one["message"] for one in report["findings"] if one["code"] == "W502"}
    assert "晋城市高平市马村镇张庄村退役军人服务站" in doubled["140403101201"]
    assert "长治市上党区马村镇张庄村退役军人服务站" in doubled["140581101201"]


def test_somebody_who_moved_to_another_county_is_seen_as_moved(province: Path) -> None:
    register(province, f"{GAOPING}/{MACUN_ZHANGZHUANG}", person(1), person(3), name="基本信息新")
    register(province, f"{ZEZHOU}/{MACUN_ZHANGZHUANG}", person(11), person(12), person(2, "某2"), name="基本信息新")
    _, report = run(province)
    found = {
        (one["code"], one["station"]): one["message"]
        for one in report["findings"]
        if one["code"] in ("W601", "I606", "I607")
    }
    assert set(found) == {("I606", "140581101201"), ("I607", "140525101201")}, "moved: neither lost nor a duplicate"
    assert "晋城市泽州县马村镇张庄村" in found["I606", "140581101201"]
    assert "晋城市高平市马村镇张庄村" in found["I607", "140525101201"]
    for place in ("", "levels/晋城市", f"levels/{GAOPING}", f"levels/{ZEZHOU}"):
        assert ["高平市", "泽州县", 1] in cells(out(province) / place / "summary.xlsx", "下级")
    assert ["高平市", "泽州县", 1] not in cells(out(province) / "levels/长治市/summary.xlsx", "下级")


def test_a_folder_that_could_be_two_places_is_a_finding(province: Path) -> None:
    register(province, MACUN_ZHANGZHUANG, person(41))
    _, report = run(province)
    file = next(one for one in report["files"] if one["path"].startswith("workbooks/stations/马村镇"))
    said = [one["message"] for one in report["findings"] if one["file"] == file["path"] and one["code"] == "E022"]
    assert file["station"] is None
    assert len(said) == 1
    assert "晋城市泽州县马村镇张庄村" in said[0]
    names = {one["station"]: one["name"] for one in report["stations"]}
    assert len(set(names.values())) == len(names), "who has not reported is told apart"


def test_the_summary_made_anew_is_still_the_provinces(province: Path) -> None:
    status, _, error = taizhang("summary", "-C", str(province))
    assert status == 0, error
    assert set(links(out(province) / "summary.xlsx")) == {"晋城市", "长治市"}


def test_rolls_and_notices_of_namesakes_do_not_overwrite_each_other(province: Path) -> None:
    config = province / "config.ini"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("\nL11 =\n", "\nL11 = 2020-12-31\n"), encoding="utf-8")  # the townships owe it
    run(province)
    for words in (("summary", "--lists"), ("mail", "notices")):
        status, _, error = taizhang(*words, "-C", str(province))
        assert status == 0, error
    places = [f"{county}马村镇" for county in ("晋城市高平市", "晋城市泽州县", "长治市上党区")]
    for folder in ("lists", "notices"):
        names = [path.name for path in (out(province) / folder).iterdir()]
        assert [sum(place in name for name in names) for place in places] == [1, 1, 1], names


def test_a_county_alone_is_as_before(tmp_path: Path) -> None:
    made = make_province(tmp_path)
    book = load_workbook(made / "workbooks/roster.xlsx")
    sheet = book["站点"]
    for row in range(sheet.max_row, 1, -1):
        if not str(sheet.cell(row, 1).value).startswith("140581"):
            sheet.delete_rows(row)
    sheet.cell(2, 5).value = None
    book.save(made / "workbooks/roster.xlsx")
    shutil.rmtree(made / "workbooks/stations/长治市")
    shutil.rmtree(made / f"workbooks/stations/{ZEZHOU}")
    run(made)
    assert set(written(made)) == set(BOOKS)
    assert "下级" not in load_workbook(out(made) / "summary.xlsx").sheetnames
    assert json.loads((out(made) / "report.json").read_text(encoding="utf-8"))["totals"]["rows"] == 5
