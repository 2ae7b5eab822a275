"""The sample county is what it says it is: the same for a seed, as large as promised, and wrong only where it says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from toolkit.demo import County, make_county
from toolkit.demo.people import REGION, People, check_digit
from toolkit.demo.places import make_stations
from toolkit.model import split_cell

CODES = {
    "E001", "E002", "E003", "E004", "W007", "I008", "I010", "W020", "W021", "E022", "W023", "E103", "I104",
    "W105", "W106", "I107", "W108", "W109", "I110", "W111", "I112", "E201", "W201", "E202", "E203", "E204", "E205",
    "E206", "W207", "E208", "W209", "W210", "E211", "W212", "W213", "E214", "W215", "E216", "W217", "W218", "E219",
    "W219", "I220", "E221", "W222", "W223", "W224", "I225", "I226", "E227", "W228", "W229", "E230", "E231", "W232",
    "E233", "W234", "E236", "W237", "E301", "W302", "E303", "W304", "W305", "E306", "E307", "W308", "W309", "W310",
    "W311", "W312", "E401", "W401", "E402", "E403", "W501", "W502", "E503", "W504", "E505", "W506", "E507", "W508",
}  # fmt: skip
FEW = {"W118", "W313", "W314", "W315", "W316", "W509", "W510", "W511", "W512", "E513", "E514", "E515", "W601", "W602", "W603", "W604", "W605"}
"""Codes of mistakes in ledgers that few stations keep, or that take two of them."""
NULLS = {None, "", "无", "/", "不详", "—", "待核", "暂无"}


class Sample:
    """A county on disk, with its list of planted mistakes, and its workbooks opened once."""

    def __init__(self, folder: Path, stations: int) -> None:
        self.folder = folder
        self.county: County = make_county(folder, stations=stations, processes=2)
        self.planted: dict[str, Any] = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
        self._books: dict[str, dict[str, tuple[int, int, list[list[Any]]]]] = {}

    def sheets(self, file: str) -> dict[str, tuple[int, int, list[list[Any]]]]:
        """Return a workbook's sheets as (first row, first column, values)."""
        if file not in self._books:
            book = CalamineWorkbook.from_path(str(self.folder / file))
            found = {}
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                found[name] = (1, 1, sheet.to_python(skip_empty_area=False))
            self._books[file] = found
        return self._books[file]

    def value(self, line: dict[str, Any]) -> Any:
        """Return what stands in a planted cell."""
        row, column = split_cell(line["cell"])
        top, left, values = self.sheets(line["file"])[line["sheet"]]
        try:
            return values[row - top][column - left]
        except IndexError:
            return ""

    def lines(self, *codes: str) -> list[dict[str, Any]]:
        """Return the planted cells of some codes in workbooks that have sheets."""
        return [p for p in self.planted["planted"] if p["code"] in codes and p["cell"] and p["sheet"]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(tmp_path_factory.mktemp("small"), 44)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(tmp_path_factory.mktemp("full"), 359)


def cells_of(folder: Path) -> dict[str, Any]:
    found = {}
    for path in sorted(folder.glob("workbooks/**/*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".csv",):
            found[name] = path.read_bytes()
        elif path.suffix in (".xlsx", ".xls", ".ods") and path.stat().st_size > 200 and not path.name.startswith("~$"):
            try:
                book = CalamineWorkbook.from_path(str(path))
            except Exception:  # noqa: BLE001 - the broken files are part of the county
                found[name] = "unreadable"
                continue
            found[name] = {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names}
    return found


def test_same_seed_gives_the_same_cells_whatever_the_processes(tmp_path: Path) -> None:
    make_county(tmp_path / "one", stations=12, seed=5, processes=1)
    make_county(tmp_path / "two", stations=12, seed=5, processes=2)
    assert (tmp_path / "one/planted.json").read_bytes() == (tmp_path / "two/planted.json").read_bytes()
    assert cells_of(tmp_path / "one") == cells_of(tmp_path / "two")


def test_hash_seed_does_not_matter(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from toolkit.demo import make_county
make_county(Path(sys.argv[1]), stations=5, processes=1)
"""
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", program, str(tmp_path / seed)], check=True,
                       env=os.environ | {"PYTHONHASHSEED": seed})  # fmt: skip
    assert (tmp_path / "1/planted.json").read_bytes() == (tmp_path / "2/planted.json").read_bytes()
    assert cells_of(tmp_path / "1") == cells_of(tmp_path / "2")


def test_another_seed_gives_another_county(tmp_path: Path) -> None:
    make_county(tmp_path / "one", stations=3, seed=1, processes=1)
    make_county(tmp_path / "two", stations=3, seed=2, processes=1)
    assert (tmp_path / "one/planted.json").read_bytes() != (tmp_path / "two/planted.json").read_bytes()


def test_progress_counts_every_station(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_county(tmp_path, stations=5, processes=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 5) for n in range(1, 6)]


def test_full_county_is_as_large_as_promised(full: Sample) -> None:
    planted = full.planted
    assert planted["stations"] == 359
    assert planted["people"] >= 12_000
    assert planted["files"] >= 1_500
    assert sum(planted["rows"].values()) >= 60_000
    assert full.county.rows == sum(planted["rows"].values())
    assert len(full.county.examples) == 3
    assert all(path.suffix == ".xlsx" and path.is_file() for path in full.county.examples)


def test_every_file_that_was_written_is_counted(full: Sample) -> None:
    files = [p for p in (full.folder / "workbooks/stations").rglob("*") if p.is_file()]
    assert len(files) == full.planted["files"]


def test_yearly_figures_are_exact(full: Sample) -> None:
    figures = full.planted["figures"]
    assert figures["stations_regular"] == 359
    assert figures["model_stations"]["count"] == 8
    assert set(figures["seven_ones"].values()) == {16}
    assert len(figures["seven_ones"]) == 7
    assert set(figures["four_haves"].values()) == {342}
    assert figures["party_volunteers"] == 996
    assert figures["donations"]["total"] == 45_260
    assert (figures["committee"], figures["chief"], figures["reserve"]) == (503, 169, 466)
    assert len(figures["service_classes"]) == 5


def test_full_county_holds_every_code_five_times(full: Sample) -> None:
    places = defaultdict(set)
    for number, line in enumerate(full.planted["planted"]):
        places[line["code"]].add(line.get("group") or number)
    assert {c: len(places[c]) for c in CODES if len(places[c]) < 5} == {}
    assert set(places) == CODES | FEW


def test_small_county_holds_every_code(small: Sample) -> None:
    assert CODES - {line["code"] for line in small.planted["planted"]} == set()


def test_a_part_of_the_county_is_coherent(small: Sample) -> None:
    book = openpyxl.load_workbook(small.folder / "workbooks/roster.xlsx")
    rows = list(book["站点"].iter_rows(min_row=2, values_only=True))
    codes = {row[0] for row in rows}
    assert sum(row[10] is None for row in rows) == 44
    assert rows[0][3] == "市"
    assert all(row[4] in codes for row in rows[1:])
    assert len({row[1] for row in rows}) == len(rows)


def test_roster_of_the_full_county(full: Sample) -> None:
    book = openpyxl.load_workbook(full.folder / "workbooks/roster.xlsx")
    rows = [r for r in book["站点"].iter_rows(min_row=2, values_only=True) if r[10] is None]
    assert Counter(row[3] for row in rows) == {"市": 1, "乡镇": 16, "村": 304, "社区": 38}
    assert all(re.fullmatch(r"140581\d{6}", row[0]) for row in rows)


def test_clean_people_agree_with_themselves() -> None:
    stations = [s for s in make_stations(20201231, 90) if s.level in ("村", "社区")]
    maker = People(20201231)
    seen: set[tuple[str, date]] = set()
    for person in (p for s in stations for p in maker.of_station(s, dotted=False)):
        assert person.id.startswith(REGION)
        assert person.id[6:14] == f"{person.birth:%Y%m%d}"
        assert (int(person.id[16]) % 2 == 0) == person.female
        assert (person.name, person.birth) not in seen
        seen.add((person.name, person.birth))
        if person.enlisted and person.discharged:
            assert 17 <= person.age(person.enlisted) <= 24
            assert 2 <= person.discharged.year - person.enlisted.year <= 16
            assert person.discharged < date(2020, 10, 2)
            assert person.died is None or person.died > person.discharged


def test_ids_are_of_the_sample_region_and_valid_unless_planted(small: Sample) -> None:
    spoilt = {(p["file"], p["sheet"], p["cell"]) for p in small.planted["planted"]}
    seen = 0
    for path in (small.folder / "workbooks/stations").rglob("*.xlsx"):
        file = path.relative_to(small.folder).as_posix()
        try:
            sheets = small.sheets(file)
        except Exception:  # noqa: BLE001 - the broken files are part of the county
            continue
        for name, (top, left, values) in sheets.items():
            for r, row in enumerate(values):
                for c, value in enumerate(row):
                    if isinstance(value, str) and re.fullmatch(r"[0-9]{17}[0-9X]", value):
                        seen += 1
                        assert value.startswith(REGION)
                        cell = f"{openpyxl.utils.get_column_letter(c + left)}{r + top}"
                        assert value[17] == check_digit(value[:17]) or (file, name, cell) in spoilt, (file, name, cell)
    assert seen > 5_000


def test_planted_cells_hold_what_is_claimed(small: Sample) -> None:
    for line in small.lines("E201"):
        assert small.value(line) in NULLS, line
    for line in small.lines("E205"):
        value = small.value(line)
        assert value[17] != check_digit(value[:17]), line
    for line in small.lines("E202"):
        assert len(small.value(line)) in (17, 19)
    for line in small.lines("E206", "E236"):
        assert isinstance(small.value(line), float)
    for line in small.lines("W207"):
        assert re.fullmatch(r"149999\d{9}", small.value(line))
    for line in small.lines("W212"):
        assert isinstance(small.value(line), float)
        assert round(small.value(line) % 1, 3) == 0.1
    for line in small.lines("I226"):
        assert small.value(line) in ("同上", "〃")
    for line in small.lines("W234"):
        assert "退役军人服务站" not in small.value(line)
    for line in small.lines("E221"):
        assert not re.fullmatch(r"1[3-9]\d{9}", str(small.value(line)))


def test_silent_forms_and_planted_mistakes_share_no_cell(small: Sample) -> None:
    planted = {(p["file"], p["sheet"], p["cell"]) for p in small.planted["planted"]}
    silent = [(p["file"], p["sheet"], p["cell"]) for p in small.planted["silent"]]
    assert silent
    assert not planted & set(silent)


def test_no_cell_carries_two_mistakes_by_accident(full: Sample) -> None:
    groups = defaultdict(set)
    for number, line in enumerate(full.planted["planted"]):
        if line["cell"] and line["code"] not in ("E103", "W109", "I104"):
            groups[line["file"], line["sheet"], line["cell"]].add(line.get("group") or number)
    assert [place for place, found in groups.items() if len(found) > 1] == []


def test_totals_are_wrong_only_where_planted(small: Sample) -> None:
    wrong = {(p["file"], p["sheet"], p["cell"]) for p in small.planted["planted"] if p["code"] == "E402"}
    assert wrong
    for line in small.lines("E402"):
        assert isinstance(small.value(line), float)


def test_every_planted_file_exists(full: Sample) -> None:
    for line in full.planted["planted"]:
        assert line["file"] is None or (full.folder / line["file"]).is_file(), line
        assert (line["file"] is None) == (line["code"] in ("E403", "W605"))


def test_broken_files_are_broken_as_described(small: Sample) -> None:
    status = {f["path"]: f["status"] for f in small.planted["files_expected"]}
    by_code = {p["code"]: small.folder / p["file"] for p in small.planted["planted"] if p["file"] in status}
    assert by_code["E002"].stat().st_size == 0
    assert by_code["E003"].read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
    assert by_code["E001"].read_bytes()[:2] == b"PK"
    assert by_code["E004"].read_bytes()[:2] == b"\xff\xd8"
    copies = [small.folder / p["file"] for p in small.planted["planted"] if p["code"] == "I008"]
    assert len({path.read_bytes() for path in copies}) == 1
    assert any(Path(path).name.startswith("~$") for path in status)


def test_nearly_everything_could_be_planted(full: Sample) -> None:
    assert len(full.planted["not_planted"]) <= 15
