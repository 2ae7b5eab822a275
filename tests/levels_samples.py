"""A small province: two cities, three counties, in which townships and villages have the same names, and a county's two townships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.roster import HEADINGS

REGISTER = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间", "去世时间"]
VISITS = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]
STATIONS = [
    ("14", "山河省退役军人服务中心", "省", None),
    ("1405", "晋城市退役军人服务中心", "市", "14"),
    ("140581", "高平市退役军人服务中心", "县级市", "1405"),
    ("140581101", "马村镇退役军人服务站", "镇", "140581"),
    ("140581101201", "张庄村退役军人服务站", "村", "140581101"),
    ("140581101202", "大周村退役军人服务站", "村", "140581101"),
    ("140581102", "河西镇退役军人服务站", "镇", "140581"),
    ("140581102201", "张庄村退役军人服务站", "村", "140581102"),
    ("140525", "泽州县退役军人服务中心", "县", "1405"),
    ("140525101", "马村镇退役军人服务站", "镇", "140525"),
    ("140525101201", "张庄村退役军人服务站", "村", "140525101"),
    ("1404", "长治市退役军人服务中心", "市", "14"),
    ("140403", "上党区退役军人服务中心", "区", "1404"),
    ("140403101", "马村镇退役军人服务站", "镇", "140403"),
    ("140403101201", "张庄村退役军人服务站", "村", "140403101"),
]
GAOPING, ZEZHOU, SHANGDANG = "晋城市/高平市", "晋城市/泽州县", "长治市/上党区"
MACUN_ZHANGZHUANG = "马村镇/张庄村"
COUNTIES = (GAOPING, ZEZHOU, SHANGDANG)


def card(number: int) -> str:
    return make_id("19610203", number)


def person(number: int, name: str = "") -> list[Any]:
    return [name or f"某{number}", "男", card(number), "汉族", "退役士兵", "马村镇", "1982.10", "1993.12", None]


def visit(number: int, day: str = "2020.1.20") -> list[Any]:
    return [None, f"某{number}", card(number), "春节走访", "实地走访", day, "李书记", "送上慰问", 500]


def register(workspace: Path, place: str, *people: list[Any], name: str = "基本信息") -> Path:
    """Write a village's register into its folder and return it."""
    return save_workbook(workspace / "workbooks/stations" / place / f"{name}.xlsx", [REGISTER, *people])


def visits(workspace: Path, place: str, *rows: list[Any]) -> Path:
    return save_workbook(workspace / "workbooks/stations" / place / "走访慰问.xlsx", [VISITS, *rows])


def make_province(workspace: Path, **summary: str) -> Path:
    """Make the workspace: in each county two people of 马村镇张庄村, one of them visited; in 高平市 two villages more."""
    overrides = {
        ("general", "county"): "山河省",
        ("period", "from"): "2020-01-01",
        ("period", "to"): "2020-12-31",
        ("period", "today"): "2021-01-08",
        ("run", "workers"): "1",
    } | {("summary", key): value for key, value in summary.items()}
    workspace.mkdir(parents=True, exist_ok=True)
    (workspace / "config.ini").write_text(template(overrides), encoding="utf-8")
    rows = [
        [code, name, None, level, upper, *[None] * 6, "基本信息、走访慰问" if level == "村" else None]
        for code, name, level, upper in STATIONS
    ]
    save_workbook(workspace / "workbooks/roster.xlsx", [list(HEADINGS), *rows], sheet="站点")
    for number, county in enumerate(COUNTIES):
        place = f"{county}/{MACUN_ZHANGZHUANG}"
        register(workspace, place, person(10 * number + 1), person(10 * number + 2))
        visits(workspace, place, visit(10 * number + 1))
    register(workspace, f"{GAOPING}/马村镇/大周村", person(7))
    register(workspace, f"{GAOPING}/河西镇/张庄村", person(8))
    return workspace
