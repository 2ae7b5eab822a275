"""A county whose ledgers say something about every figure of the yearly report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import output_samples as samples
from output_samples import BEIXI, CITY, DONG, MACUN, XI

from toolkit.config import defaults
from toolkit.output.figures import Figure, compute
from toolkit.results import Results, StationReport
from toolkit.roster import Roster, Station
from toolkit.store.county import open_county

YEAR = (date(2020, 1, 1), date(2020, 12, 31))
SEVEN = (
    "一个工作机构",
    "一块办公阵地",
    "一套职责制度",
    "一本业务台账",
    "一幅办事流程图",
    "一张优待目录清单",
    "一条双拥文化街",
)
FOUR = ("有服务场所", "有工作机构", "有专人负责", "有基本台账")


def person_id(number: int, birth: str = "19800101") -> str:
    return f"149999{birth}{number:04d}"


@cache
def _base() -> Results:
    return samples.county({})


def year(rows: dict[str, list[dict[str, Any]]], *, units: tuple[Station, ...] = (), window: Any = YEAR, today: date | None = None,
         settings: dict[str, Any] | None = None, owing: dict[str, tuple[str, ...]] | None = None,
         statuses: list[tuple[str, str, str]] | None = None) -> Results:  # fmt: skip
    """Return results over rows; ``units`` are added to the roster, ``owing``: station → the ledgers it owes."""
    base = _base()
    stations = {
        code: replace(one, owes=(owing or {}).get(code, one.owes)) for code, one in base.roster.stations.items()
    }
    for order, one in enumerate(units, len(stations)):
        stations[one.code] = replace(one, order=order)
    roster = Roster(stations)
    tables = {ledger: samples.arrow(ledger, own) for ledger, own in rows.items()}
    reports = [StationReport(stations[code], ledger, status, None, 0) for code, ledger, status in statuses or ()]
    return replace(base, roster=roster, rows=open_county(tables, base.dictionary, roster, {}, period=window, today=today or base.today), stations=reports, period=window,
                   today=today or base.today, settings={**defaults("summary"), **(settings or {})})  # fmt: skip


def unit(code: str, name: str, aliases: tuple[str, ...] = (), **more: Any) -> Station:
    return Station(code, name, "单位", CITY, aliases, **more)


_COMPUTED: list[tuple[Results, list[Figure]]] = []


def figure(results: Results, name: str) -> Figure:
    """Return one figure; those of the results asked for last are kept."""
    if not _COMPUTED or _COMPUTED[0][0] is not results:
        _COMPUTED[:] = [(results, compute(results))]
    return next(one for one in _COMPUTED[0][1] if one.id == name)


def member(number: int, branch: str = "农村", **more: Any) -> dict[str, Any]:
    return {"姓名": f"党员{number}", "身份证号": person_id(number), "所在党支部": "东周村党支部", "党支部类型": branch, "是否纳入基层党组织管理": "是",
            "是否两委成员": "否", "是否主干": "否", "是否纳入后备干部": "否", **more}  # fmt: skip


def registered(number: int, birth: str = "19800101", **more: Any) -> dict[str, Any]:
    return {
        "姓名": f"某{number}",
        "性别": "男",
        "身份证号": person_id(number, birth),
        "民族": "汉族",
        "人员类别": "退役士兵",
        "户籍地": "马村镇",
        **more,
    }


def every_ledger() -> dict[str, list[dict[str, Any]]]:
    """Return rows of every ledger that the yearly report and the periodic ones tell of."""
    site = {"级别": "村", "是否规范运行": "是", "是否创成示范型": "否", **dict.fromkeys(FOUR, "是")}
    return {
        "L1": [registered(n, 政治面貌="中共党员" if n <= 4 else "群众", 安置单位名称="市棉纺厂" if n > 2 else None) for n in range(1, 36)]
        + [registered(40, 去世时间=date(2020, 12, 3), 退役时间=(date(2020, 9, 1), date(2020, 9, 30)), 批准日期=date(2020, 12, 9))],
        "L2": [samples.visit(身份证号=person_id(1), 被走访人="某1", 走访日期=date(2020, 12, 20)),
               samples.visit(身份证号=person_id(2), 被走访人="某2", 走访日期=date(2020, 10, 8), _station=MACUN)],
        "L3": [{"姓名": "某3", "身份证号": person_id(3), "困难类型": "生活困难", "帮扶措施": "救助", "帮扶日期": date(2020, 12, 5), "给予资金金额": 2000.0}],
        "L4": [{"姓名": "某5", "身份证号": person_id(5), "服务类别": name, "就业状态": "单位就业"} for name in ("当年退役军人", "有创业意愿的退役军人")]
        + [{"姓名": "某6", "身份证号": person_id(6), "服务类别": "退役军人零就业家庭", "就业状态": "无业"}],
        "L5a": [{"活动标题": "春季招聘会", "活动日期": date(2020, 3, 1), "线上/线下": "线上", "_station": CITY},
                {"活动标题": "秋季招聘会", "活动日期": date(2020, 11, 1), "线上/线下": "线下", "_station": CITY}],
        "L5b": [{"姓名": f"某{n}", "身份证号": person_id(n), "是否达成意向": "是", "是否就业": "是" if n == 1 else "否"} for n in (1, 2, 3)],
        "L7": [member(1, 是否两委成员="是", 是否主干="是"), member(2, 是否符合后备条件="是", 是否纳入后备干部="是"), member(3, 是否纳入基层党组织管理="否")],
        "L8": [{"信访人": "甲", "登记日期": date(2020, 12, 2), "信访渠道": "来访", "诉求内容": "待遇", "人数": 5, "处理结果": "已结案"},
               {"信访人": "乙", "登记日期": date(2020, 12, 9), "信访渠道": "来电", "诉求内容": "政策", "处理结果": "受理中"}],
        "L9": [{"立功授奖人员": "丙", "喜报类型": "立功", "奖励等级": "三等功", "送喜时间": date(2020, 8, 5), "计划送达时间": date(2020, 8, 1), "奖励金": 1000.0,
                "喜报状态": "已送达"},
               {"立功授奖人员": "丁", "喜报类型": "立功", "奖励等级": "二等功", "送喜时间": date(2020, 9, 1), "计划送达时间": date(2020, 9, 1), "奖励金": 3000.0,
                "喜报状态": "已送达"}],
        "L11": [{"姓名": f"志{n}", "身份证号": person_id(100 + n), "活动标题": "捐款", "活动日期": date(2020, 2, 20), "是否党员": "是", "捐款金额": 45.5}
                for n in range(996)],
        "L12": [{"站点名称": "马村镇东周村退役军人服务站", **site}, {"站点名称": "马村镇西周村退役军人服务站", "_station": XI, **site},
                {"站点名称": "马村镇退役军人服务站", "级别": "乡镇", "是否规范运行": "是", "是否创成示范型": "是", "批次": "2020年第一批", "_station": MACUN,
                 **dict.fromkeys(SEVEN, "是")}],
        "L13": [{"问卷编号": str(n), "对象类别": "退役士兵" if n < 12 else "军属", "总体评价": word}
                for n, word in enumerate(["非常满意"] * 10 + ["基本满意"] * 2 + ["满意"] * 7 + ["不满意"])],
        "L15": [{"类型": "荣誉墙", "级别": "市", "名称或人物": "市荣誉墙", "年度": 2020, "_station": CITY},
                {"类型": "荣誉墙", "级别": "村", "名称或人物": "东周村荣誉墙", "年度": 2020},
                {"类型": "双拥文化街", "级别": "乡", "名称或人物": "马村双拥街", "年度": 2020, "_station": MACUN},
                {"类型": "双拥主题公园", "级别": "市", "名称或人物": "双拥公园", "年度": 2020, "_station": CITY},
                {"类型": "获奖", "级别": "市", "名称或人物": "戊", "事迹": "第四届星火项目创业大赛 二等奖", "年度": 2020, "_station": CITY}],
        "L17": [{"会议类型": "例会", "会议名称": f"{month}月例会", "时间": date(2020, month, 5), "_station": CITY} for month in range(1, 13) if month != 5]
        + [{"会议类型": "联席会议", "会议名称": f"第{q}次", "时间": date(2020, 3 * q, 9), "_station": CITY} for q in (1, 2, 3, 4)],
    }  # fmt: skip


UNITS = (unit("U1", "高平市棉纺厂退役军人服务站", ("市棉纺厂",)), unit("U2", "教育系统退役军人服务站"))


def everything(**more: Any) -> Results:
    """Return results with a value for every figure."""
    return year(every_ledger(), units=UNITS, settings={"merit_bonus": {"三等功": 1500.0, "二等功": 3000.0}},
                statuses=[(DONG, "L1", "reported"), (XI, "L1", "missing"), (BEIXI, "L2", "unreadable")], **more)  # fmt: skip
