"""The whole sample county: every planted mistake is found at its cell, nothing else is said, and the year's figures come out."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

Key = tuple[str, str | None, str | None, str | None, str | None]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "demo", str(folder), "--lang", "zh"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "标注前" in done.stdout
    return folder


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def key(code: str, file: str | None, sheet: str | None, cell: str | None, station: str | None) -> Key:
    """Return what identifies a mistake; a text file has no sheets, whatever a spreadsheet program calls its one."""
    named = sheet if cell and not (file or "").endswith(".csv") else None
    return code, file, named, cell, None if file else station


def test_every_planted_mistake_is_found_and_nothing_else_is_said(county: Path) -> None:
    planted = load(county / "planted.json")["planted"]
    found = {
        key(f["code"], f["file"], f["sheet"], f["cell"], f["station"])
        for f in load(county / "workbooks/out/report.json")["findings"]
    }
    wanted = {key(p["code"], p["file"], p["sheet"], p["cell"], p["station"]): p for p in planted}
    groups = {p["group"] for k, p in wanted.items() if k in found and p.get("group")}
    missed = [p for k, p in wanted.items() if k not in found and p.get("group") not in groups]
    assert missed == []
    said = [k for k in found if k not in wanted and k[0][0] != "I"]
    assert said == []
    codes = Counter(p["code"] for p in planted)
    assert len(codes) >= 80


def test_every_row_is_counted_once(county: Path) -> None:
    planted = load(county / "planted.json")
    assert load(county / "workbooks/out/report.json")["totals"]["rows"] == sum(planted["rows"].values()) >= 60_000
    assert planted["people"] >= 12_000
    assert planted["files"] >= 1_500


def test_files_have_the_status_they_should(county: Path) -> None:
    planted = load(county / "planted.json")
    status = {file["path"]: file["status"] for file in load(county / "workbooks/out/report.json")["files"]}
    for expected in planted["files_expected"]:
        if expected["status"] not in ("ignored", "other"):
            assert status[expected["path"]] == expected["status"], expected["path"]
        else:
            assert expected["path"] not in status


def test_the_years_figures_come_out_exactly(county: Path) -> None:
    from openpyxl import load_workbook

    sheet = load_workbook(county / "workbooks/out/summary.xlsx", read_only=True)["年度综述"]
    figures: dict[str, Any] = {}
    for row in sheet.iter_rows(values_only=True, min_col=2, max_col=3):
        if row[0] is not None and row[1] is not None:
            figures.setdefault(row[0], row[1])
    wanted = load(county / "planted.json")["figures"]
    assert (
        wanted["stations_regular"],
        wanted["model_stations"]["count"],
        wanted["committee"],
        wanted["chief"],
        wanted["reserve"],
    ) == (359, 8, 503, 169, 466)
    assert figures["规范运行的服务中心（站）"] == 359
    assert figures["新创成示范型服务站"] == 8
    assert figures["党员志愿者"] == wanted["party_volunteers"]
    assert figures["捐款捐物合计"] == wanted["donations"]["total"]
    assert figures["进入村（社区）“两委”的退役军人党员"] == 503
    assert figures["其中“两委”主干"] == 169
    assert figures["纳入农村后备干部的退役军人党员"] == 466
    assert figures["五类就业创业服务对象"] == wanted["service_people"]
    for name, number in (wanted["seven_ones"] | wanted["four_haves"] | wanted["service_classes"]).items():
        assert figures[name] == number, name


def test_a_second_run_finds_nothing_to_do(county: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "run", "-C", str(county), "--lang", "zh"], capture_output=True, text=True
    )
    assert done.returncode == 3, "some files are broken on purpose"
    assert "没有文件变动" in done.stdout


def test_what_is_mailed_or_shown_names_no_number_of_a_person(county: Path) -> None:
    for name in ("report.html", "report.json", "通报.txt"):
        text = (county / "workbooks/out" / name).read_text(encoding="utf-8-sig")
        assert re.findall(r"149999\d{5,}|(?<!\d)1[3-9]\d{9}(?!\d)", re.sub(r'"id": "[0-9a-f]+"', "", text)) == [], name
