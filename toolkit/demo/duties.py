"""Rows of an office's own duties: fairs (L5a), petitions (L8), questionnaires (L13), honours (L15), memorials (L16), meetings (L17)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from toolkit.demo.chance import workday_between
from toolkit.demo.people import Person
from toolkit.demo.places import Station
from toolkit.demo.rows import Numbered, Row, Value
from toolkit.demo.services import FAIRS

_CLAIMS = ("反映优抚待遇标准问题", "咨询退役军人安置政策", "要求解决医疗费用困难", "反映补缴社会保险问题", "咨询优待证申领",
           "反映住房困难", "要求落实工作岗位")  # fmt: skip
_HONOURS = (
    ("荣誉墙", "退役军人荣誉墙"), ("双拥街", "双拥文化街"), ("主题公园", "双拥主题公园"), ("先进典型", "最美退役军人"), ("双拥活动", "军民共建活动"),
)  # fmt: skip


def fair_lines(numbered: Numbered) -> list[Row]:
    """Return the county's job fairs."""
    rows = []
    for title, day, way, people, firms in FAIRS:
        values: dict[str, Value] = {
            "活动标题": title, "活动日期": day, "线上/线下": way, "举办地点": "人社局网站" if way == "线上" else "市体育中心", "参加人数": people,
            "参与公司": f"兰花科创等{firms}家", "提供岗位数": firms * 12, "达成意向人数": people // 4, "签约人数": people // 12,
        }  # fmt: skip
        rows.append(numbered.row("L5a", values, counted=True))
    return rows


def petition_rows(rng: random.Random, numbered: Numbered, station: Station, people: Iterable[Person], staff: tuple[str, ...]) -> list[Row]:
    """Return petitions, answered and closed in time; those of December are still open."""
    rows = []
    for person in people:
        day = workday_between(rng, date(2020, 1, 8), date(2020, 12, 22))
        answered = day + timedelta(days=rng.randint(1, 12))
        closed = day + timedelta(days=rng.randint(15, 55))
        is_open = closed > date(2020, 12, 31)
        values: dict[str, Value] = {
            "信访人": person.name, "性别": person.sex, "身份证号": person.id, "联系电话": person.phone, "登记日期": day,
            "登记人": rng.choice(staff), "登记人电话": station.phone, "登记单位": station.called,
            "登记级别": "县级" if station.level == "市" else "乡级",
            "信访渠道": rng.choices(("来访", "来电", "来信", "网上"), (6, 3, 1, 1))[0], "信访目的": rng.choice(("咨询", "求决", "建议")),
            "紧急程度": "一般", "诉求内容": rng.choice(_CLAIMS), "是否重复访": "否", "人数": 1,
            "答复时间": answered if answered < date(2021, 1, 1) else None,
            "办结时间": None if is_open else closed, "处理结果": "受理中" if is_open else "已结案",
            "满意度": None if is_open else rng.choice(("非常满意", "满意", "满意", "基本满意")),
        }  # fmt: skip
        rows.append(numbered.row("L8", values, person))
    rows.sort(key=lambda row: str(row.values["登记日期"]))
    return rows


def answer_rows(rng: random.Random, numbered: Numbered) -> list[Row]:
    """Return the answers to the year's questionnaire."""
    rows = []
    for number in range(1, 161):
        scores: dict[str, Value] = {f"第{word}题得分": rng.choice((7, 8, 8, 9, 9, 10, 10)) for word in "一二三四五"}
        values: dict[str, Value] = {
            "问卷编号": f"GP2020{number:04d}", "对象类别": rng.choice(("退役士兵", "军转干部", "烈属", "现役军人家属")), **scores,
            "总体评价": rng.choices(("非常满意", "满意", "基本满意", "不满意"), (52, 38, 8, 2))[0],
            "意见建议": rng.choice((None, None, "多组织培训", "增加体检次数", "简化手续")),
        }  # fmt: skip
        rows.append(numbered.row("L13", values))
    return rows


def honour_rows(rng: random.Random, numbered: Numbered, station: Station) -> list[Row]:
    """Return honour walls, streets, parks, model people, events, and the county's prize."""
    city = station.level == "市"
    rows = []
    for kind, name in _HONOURS if city else rng.sample(_HONOURS, rng.randint(1, 3)):
        values: dict[str, Value] = {
            "类型": kind, "级别": "市" if city else "乡", "名称或人物": f"{station.short}{name}", "地点": f"{station.short}文化广场",
            "事迹": rng.choice(("宣传先进典型", "弘扬双拥传统", "组织参观学习")), "年度": "2020年",
        }  # fmt: skip
        rows.append(numbered.row("L15", values))
    if city:
        prize: dict[str, Value] = {"类型": "竞赛获奖", "级别": "市", "名称或人物": "第四届星火项目创业大赛 二等奖 秦建国", "地点": "太原市",
                                   "事迹": "特色农产品加工项目", "年度": "2020年"}  # fmt: skip
        rows.append(numbered.row("L15", prize))
    return rows


def memorial_rows(rng: random.Random, numbered: Numbered, station: Station) -> list[Row]:
    """Return the memorials of a township and the days on which people gathered there."""
    rows = []
    for day in (date(2020, 4, 3), date(2020, 9, 30)):
        values: dict[str, Value] = {
            "设施名称": f"{station.short}烈士纪念碑", "地址": f"{station.short}北山", "最近维护时间": date(2020, 3, rng.randint(5, 25)),
            "维护内容": "描红碑文、清理杂草", "祭扫时间": day, "组织单位": f"{station.short}退役军人服务站", "人数": rng.randint(30, 180),
        }  # fmt: skip
        rows.append(numbered.row("L16", values))
    return rows


def meeting_rows(rng: random.Random, numbered: Numbered, station: Station) -> list[Row]:
    """Return the monthly meetings, and the county's quarterly joint ones."""
    rows = []
    months = [("例会", f"{month}月份工作例会", date(2020, month, rng.randint(3, 24))) for month in range(1, 13)]
    if station.level == "市":
        months += [("联席会议", f"第{'一二三四'[number]}季度联席会议", date(2020, number * 3 + 2, 26)) for number in range(4)]
    for kind, name, day in sorted(months, key=lambda one: one[2]):
        invited = rng.randint(8, 24)
        values: dict[str, Value] = {
            "会议类型": kind, "会议名称": name, "时间": day, "地点": "会议室", "主持人": station.contact, "应到": invited,
            "实到": invited - rng.choice((0, 0, 1, 2)), "议题": rng.choice(("走访慰问安排", "台账建设", "就业创业服务", "信访稳定工作")),
            "议定事项": "按要求抓好落实", "责任单位": station.called,
        }  # fmt: skip
        rows.append(numbered.row("L17", values))
    return rows
