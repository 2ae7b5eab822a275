"""A small workspace of two counties, made in code, and what a run over it comes to."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.pipeline import Options, Outcome, run_pipeline
from toolkit.roster import HEADINGS
from toolkit.screen import Silent
from toolkit.store.rows import RowStore
from toolkit.store.state import State
from toolkit.workers import Compute
from toolkit.workspace import open_workspace

VISITS = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]
REGISTER = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间", "去世时间"]
VILLAGES = ("东县/马村镇/大周村", "东县/马村镇/小周村", "西县/牛村镇/王庄村", "西县/牛村镇/李庄村")
NAMES = ("张三", "李四", "王五", "赵六", "钱七", "孙八")
RANK, SINCE_LAST = "名次", "较上次"
BEGUN = 1_600_000_000
"""When the first file was last changed, in seconds."""


def person(number: int) -> list[Any]:
    card = make_id(f"19{50 + number % 40}0312", number)
    return [
        NAMES[number % 6],
        "男",
        card,
        "汉族",
        "退役士兵",
        "某镇",
        f"19{68 + number % 40}.10",
        f"19{72 + number % 40}.12",
        None,
    ]


def visit(number: int, day: str = "2020.1.20") -> list[Any]:
    name, _, card, *_ = person(number)
    return [None, name, card, "春节走访", "实地走访", day, "李书记", "送上慰问", 500]


def write_roster(folder: Path, *, alias: str | None = None) -> None:
    stations = []
    for county, (name, town, villages) in enumerate(
        [("东县", "马村镇", ("大周村", "小周村")), ("西县", "牛村镇", ("王庄村", "李庄村"))], 1
    ):
        stations.append([f"{county}", f"{name}退役军人服务中心", None, "市", None, *[None] * 6, "站点建设"])
        stations.append([f"{county}1", f"{town}退役军人服务站", None, "乡镇", f"{county}", *[None] * 6, "走访慰问"])
        stations += [
            [
                f"{county}1{n}",
                f"{town}{village}退役军人服务站",
                alias if n == 1 else None,
                "村",
                f"{county}1",
                *[None] * 6,
                "基本信息、走访慰问",
            ]
            for n, village in enumerate(villages, 1)
        ]
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *stations], sheet="站点")


def write_settings(folder: Path, **others: str) -> None:
    """Write config.ini; ``others``: ``section__key="value"``."""
    overrides = {
        ("period", "from"): "2020-01-01", ("period", "to"): "2020-12-31", ("period", "today"): "2021-01-08",
        ("marks", "mode"): "off", ("run", "workers"): "2", ("run", "vanished_percent"): "100",
    }  # fmt: skip
    overrides |= {tuple(name.split("__")): value for name, value in others.items()}  # type: ignore[misc]
    (folder / "config.ini").write_text(template(overrides), encoding="utf-8")


def make_two_counties(folder: Path) -> Path:
    """Write the workspace; every village has a register and two lists of visits."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder)
    write_roster(folder)
    stations = folder / "workbooks/stations"
    for number, village in enumerate(VILLAGES):
        people = range(number * 3, number * 3 + 3)
        save_workbook(stations / village / "基本信息.xlsx", [REGISTER, *map(person, people)])
        save_workbook(stations / village / "走访慰问1月.xlsx", [VISITS, *map(visit, people)])
        save_workbook(
            stations / village / "走访慰问8月.xlsx", [VISITS, *(visit(n, "2020.8.1") for n in people), visit(99)]
        )
    for number, path in enumerate(sorted(stations.rglob("*.xlsx"))):
        os.utime(path, (BEGUN + number, BEGUN + number))
    return folder


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *, compute: Compute | None = None, **options: Any) -> Outcome:
    """Run over a workspace: in this process if nothing else is said."""
    monkeypatch.setattr("toolkit.steps.files.compute_of", lambda _: compute or Compute("serial"))
    return run_pipeline(open_workspace(folder, "zh"), Options(**options), Silent())


def run_anew(folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run over a copy of a workspace that nothing is known of."""
    shutil.rmtree(elsewhere, ignore_errors=True)
    shutil.copytree(folder, elsewhere, ignore=shutil.ignore_patterns("out", ".state"))
    run(elsewhere, monkeypatch)
    return elsewhere


def generation(folder: Path) -> str:
    state = State(folder / "workbooks/.state")
    try:
        return str(state.get("generation"))
    finally:
        state.close()


def partitions(folder: Path) -> dict[str, Path]:
    """Return ``ledger/partition`` → the file of every partition of the current generation."""
    found = RowStore(folder / "workbooks/.state/rows").parts(generation(folder))
    return {"/".join(key): path for key, path in found.items()}


def made(folder: Path) -> dict[str, Any]:
    """Return what a run found, without its times: the report, the stored rows, the cells of the workbooks."""
    out = folder / "workbooks/out"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    report["totals"]["fixed"] = 0
    del report["run"]
    store = RowStore(folder / "workbooks/.state/rows")
    rows = {}
    for key, path in store.parts(generation(folder)).items():
        import pyarrow.parquet as pq

        rows["/".join(key)] = pq.read_table(path, partitioning=None).to_pylist()
    return {
        "report": report,
        "rows": rows,
        "consolidated": cells(out / "consolidated.xlsx"),
        "summary": cells(out / "summary.xlsx"),
    }


def cells(path: Path) -> dict[str, Any]:
    """Return the cells of every sheet, but for times and for what compares with the run before."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = {}
    for name in book.sheet_names:
        rows = [[_timeless(value) for value in row] for row in book.get_sheet_by_name(name).to_python()]
        first = next((number for number, row in enumerate(rows) if RANK in row), len(rows))
        left = rows[first].index(SINCE_LAST) if first < len(rows) and SINCE_LAST in rows[first] else None
        for number, row in enumerate(rows[first:], first):
            if not any(row):
                break
            rows[number] = [value for column, value in enumerate(row) if column != left and value != ""]
        sheets[name] = rows
    return sheets


def _timeless(value: Any) -> Any:
    return re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d|改好 \d+ 处", "", value) if isinstance(value, str) else value
