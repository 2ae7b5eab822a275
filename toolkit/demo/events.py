"""Rows of what happened in the year: visits (L2), aid (L3), volunteering and donations (L11)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from toolkit.demo.chance import workday_between
from toolkit.demo.people import Person
from toolkit.demo.places import Station, mobile
from toolkit.demo.quotas import Quota
from toolkit.demo.rows import Numbered, Row, Value

_TALK = ("了解身体状况和家庭生活情况", "宣传退役军人保障政策", "送上节日慰问，听取意见建议", "核对建档立卡信息", "了解就业情况和培训需求",
         "询问生活困难，宣传优抚政策", "电话回访，告知优待证申领事项", "了解家庭收入和子女就业情况")  # fmt: skip
_ANSWERS = (
    "生活稳定，无诉求",
    "身体尚好，感谢关心",
    "希望增加体检次数",
    "希望提供就业信息",
    "情绪稳定",
    "对政策表示满意",
    "无意见",
    "建议多组织活动",
)
_GOODS = (("米、面、油", 180), ("大米1袋、食用油1桶", 150), ("牛奶、挂面", 120), ("棉被1床", 160), ("慰问品礼包", 200))
_EVENTS = (
    ("疫情防控卡点值守", date(2020, 2, 1), date(2020, 3, 10)), ("义务植树活动", date(2020, 3, 25), date(2020, 4, 15)),
    ("护林防火宣传巡查", date(2020, 3, 20), date(2020, 5, 10)), ("人居环境整治志愿服务", date(2020, 5, 10), date(2020, 7, 15)),
    ("敬老爱老志愿服务", date(2020, 10, 15), date(2020, 10, 25)), ("文明交通劝导", date(2020, 9, 1), date(2020, 11, 20)),
    ("防汛巡查志愿服务", date(2020, 7, 10), date(2020, 8, 20)),
)  # fmt: skip


def visit_rows(
    rng: random.Random, numbered: Numbered, station: Station, people: list[Person], staff: tuple[str, ...], *, key: bool
) -> list[Row]:
    """Return the visits of a station, by date. ``key``: a township's or the city's own visits, few and with money."""
    found = []
    phones = {name: mobile(rng) for name in staff}
    for person in people:
        for kind, day in _occasions(rng, key=key):
            if person.discharged and day <= person.discharged + timedelta(days=45):
                continue
            if person.died and day >= person.died.replace(day=1):
                continue
            found.append((day, kind, person))
    found.sort(key=lambda v: (v[0], v[2].id))
    rows = []
    for day, kind, person in found:
        festive = kind in ("春节走访", "八一走访", "慰问")
        how = "实地走访" if festive else rng.choices(("实地走访", "电话走访", "微信", "短信"), (55, 35, 8, 2))[0]
        team = (
            rng.sample(staff, min(len(staff), 2)) if how == "实地走访" and rng.random() < 0.4 else [rng.choice(staff)]
        )
        values: dict[str, Value] = {
            "被走访人": person.name,
            "性别": person.sex,
            "身份证号": person.id,
            "人员类别": person.category,
            "联系电话": person.phone,
            "走访类型": kind,
            "走访方式": how,
            "走访日期": day,
            "走访人": "、".join(team),
            "走访人联系方式": phones[team[0]],
            "走访内容": rng.choice(_TALK[:5] + _TALK[7:]) if how == "实地走访" else rng.choice(_TALK[4:7]),
            "走访反馈": rng.choice(_ANSWERS),
            "满意情况": rng.choices(("非常满意", "满意", "基本满意"), (45, 50, 5))[0],
        }
        if how == "实地走访":
            values["走访地址"] = "家中"
        if festive:
            values |= _present(rng, station, person, key=key)
        rows.append(numbered.row("L2", values, person))
    return rows


def _occasions(rng: random.Random, *, key: bool) -> list[tuple[str, date]]:
    if key:
        kind, first, last = rng.choice(
            (("春节走访", date(2020, 1, 8), date(2020, 1, 21)), ("八一走访", date(2020, 7, 20), date(2020, 7, 31)),
             ("慰问", date(2020, 9, 21), date(2020, 9, 30)))
        )  # fmt: skip
        return [(kind, workday_between(rng, first, last))]
    found = []
    if rng.random() < 0.5:
        found.append(("春节走访", workday_between(rng, date(2020, 1, 6), date(2020, 1, 22))))
    if rng.random() < 0.55:
        found.append(("八一走访", workday_between(rng, date(2020, 7, 20), date(2020, 7, 31))))
    months = rng.sample((2, 3, 4, 5, 6, 8, 9, 10, 11, 12), rng.choice((1, 2, 3, 3, 4, 4)))
    for month in months:
        kind = rng.choices(("日常走访", "重点走访"), (9, 1))[0]
        found.append((kind, workday_between(rng, date(2020, month, 1), date(2020, month, 28))))
    return found


def _present(rng: random.Random, station: Station, person: Person, *, key: bool) -> dict[str, Value]:
    giver = f"{station.called}退役军人服务站" if station.level != "市" else "高平市退役军人事务局"
    values: dict[str, Value] = {"慰问单位": giver, "签收人": person.name}
    if key or rng.random() < 0.45:
        values["慰问金"] = rng.choice((500, 800, 1000, 2000) if key else (100, 200, 200, 300, 500, 600))
    else:
        values["慰问品"], values["慰问品折价"] = rng.choice(_GOODS)
    return values


_NEEDS = {
    "生活困难": ("无固定收入，生活困难", "家庭收入低"), "医疗困难": ("患慢性病长期服药，医疗支出大", "因病住院"),
    "住房困难": ("房屋年久失修", "危房"), "因残": ("肢体残疾，丧失部分劳动能力", "残疾"), "因灾": ("夏季强降雨房屋受损", "自然灾害"),
    "子女就学": ("两个子女上大学，学费压力大", "子女就学"), "其他": ("突发意外，家庭支出增加", "意外事故"),
}  # fmt: skip


def aid_rows(rng: random.Random, numbered: Numbered, people: list[Person], staff: tuple[str, ...]) -> list[Row]:
    """Return who was given aid, by date."""
    found = []
    candidates = [p for p in people if p.active and p.age() > 30]
    for person in rng.sample(candidates, min(len(candidates), rng.randint(3, 8))):
        need = rng.choices(tuple(_NEEDS), (40, 30, 5, 10, 5, 8, 2))[0]
        asked = workday_between(rng, date(2020, 3, 2), date(2020, 10, 20))
        money = rng.choice((500, 1000, 1000, 2000, 3000, 5000))
        gift = rng.random() < 0.35
        steps = [asked + timedelta(days=d) for d in (4, 11, 20, 27)]
        values: dict[str, Value] = {
            "姓名": person.name,
            "性别": person.sex,
            "身份证号": person.id,
            "人员类别": person.category,
            "联系电话": person.phone,
            "家庭人口": rng.randint(1, 6),
            "困难类型": need,
            "困难情况说明": _NEEDS[need][0],
            "困难原因": _NEEDS[need][1],
            "申请金额": money + rng.choice((0, 0, 500, 1000)),
            "帮扶措施": "发放帮扶资金和生活用品" if gift else rng.choice(("发放帮扶资金", "临时救助", "发放困难补助")),
            "给予资金金额": money,
            "实物价值金额": rng.choice((150, 200, 300)) if gift else None,
            "帮扶内容": "发放困难补助" + ("、米面油" if gift else ""),
            "帮扶人": rng.choice(staff),
            "帮扶日期": steps[3],
            "帮扶结果": rng.choices(("已脱困", "未脱困"), (3, 1))[0],
            "村(居)审核意见": "同意上报",
            "村(居)审核时间": steps[0],
            "乡镇审核意见": "情况属实，同意",
            "乡镇审核时间": steps[1],
            "县审核意见": "同意",
            "县审核时间": steps[2],
        }
        found.append((steps[3], person.id, values, person))
    found.sort(key=lambda f: f[:2])
    return [numbered.row("L3", values, person) for _, _, values, person in found]


def event_rows(rng: random.Random, numbered: Numbered, station: Station, quota: Quota) -> list[Row]:
    """Return a station's volunteers and donors; together with all others they make the year's figures."""
    gave = {p.id: amount for p, amount in quota.gifts}
    events = rng.sample(_EVENTS, 3)
    days = {title: workday_between(rng, first, last) for title, first, last in events}
    donation = workday_between(rng, date(2020, 2, 3), date(2020, 2, 28))
    organiser = f"{station.called}退役军人服务站"
    rows: list[tuple[date, str, dict[str, Value], Person]] = []
    for person in (*quota.volunteers, *quota.helpers):
        base: dict[str, Value] = {
            "姓名": person.name,
            "性别": person.sex,
            "身份证号": person.id,
            "联系电话": person.phone,
            "是否党员": "是" if person.member else "否",
            "组织单位": organiser,
        }
        titles = rng.sample(list(days), rng.choice((1, 2, 2, 3)))
        if person.id in gave:
            titles = titles[:-1]
            gift: dict[str, Value] = {"捐款金额": gave[person.id]}
            if rng.random() < 0.2:
                goods = rng.choice(("口罩、消毒液", "方便面、矿泉水", "酒精、手套"))
                gift = {"物资名称": goods, "折价金额": gave[person.id]}
            rows.append((donation, "疫情防控爱心捐款", base | gift, person))
        rows += [(days[t], t, base | {"服务时长": rng.choice((2, 3, 3, 4, 6, 8))}, person) for t in titles]
    rows.sort(key=lambda r: (r[0], r[1], r[3].id))
    return [
        numbered.row(
            "L11", values | {"活动标题": title, "活动日期": day}, person, counted=person.member or person.id in gave
        )
        for day, title, values, person in rows
    ]
