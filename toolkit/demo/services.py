"""Rows of what is done for people: fairs (L5b), training (L6), notices of merit (L9), cards (L10), plaques (L14), families (L18)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from toolkit.demo.chance import day_between, workday_between
from toolkit.demo.names import person_name
from toolkit.demo.people import Person
from toolkit.demo.places import Station, mobile
from toolkit.demo.rows import Numbered, Row, Value

FAIRS = (
    ("2020年春季退役军人网络招聘会", date(2020, 3, 20), "线上", 320, 46), ("“八一”退役军人专场招聘会", date(2020, 7, 29), "线下", 460, 38),
    ("退役军人直播带岗招聘会", date(2020, 9, 16), "线上", 210, 25), ("2020年秋季退役军人就业双选会", date(2020, 10, 28), "线下", 380, 41),
)  # fmt: skip
"""The county's job fairs: title, day, on-line or on-site, people, firms."""

STANDARD = {"三等功": 1000, "二等功": 3000, "四有优秀士兵": 500, "嘉奖": 300}
_FIRMS = ("科兴煤业", "唐一新能源", "康硕重工", "凤和物业", "顺通物流", "赵庄煤矿", "友谊建材", "兰花科创", "丹峰化工", "易通环能")
_POSTS = ("操作工", "质检员", "保安", "驾驶员", "焊工", "电工", "仓储员", "安全员", "文员")
_COURSES = (
    ("职业技能培训", "高平市职业中学", "焊工", 120, 1800, "职业资格证", "焊工（中级）"),
    ("创业培训", "晋城市就业培训中心", "SYB创业", 80, 1200, "合格证", "创业培训合格证"),
    ("适应性培训", "高平市退役军人服务中心", "政策法规", 40, 0, None, None),
    ("职业技能培训", "山西兴晋职业培训学校", "挖掘机驾驶", 160, 2600, "操作证", "挖掘机操作证"),
)
_WARTIME = ("抗日战争", "解放战争", "抗美援朝", "因公牺牲", "因病去世")


def fair_rows(rng: random.Random, numbered: Numbered, people: list[Person]) -> list[Row]:
    """Return who came to the fairs: those with intent, those employed, and some who only looked; every tenth came twice."""
    rows = []
    for number, person in enumerate(people):
        intent, employed = "intent" in person.roles, "employed" in person.roles
        first = rng.randrange(len(FAIRS))
        for at in (first, (first + 1) % len(FAIRS)) if number % 10 == 0 else (first,):
            day = FAIRS[at][1]
            values: dict[str, Value] = {
                "姓名": person.name, "性别": person.sex, "身份证号": person.id, "联系电话": person.phone, "意向企业": rng.choice(_FIRMS),
                "岗位": rng.choice(_POSTS), "是否达成意向": "是" if intent else "否", "是否就业": "是" if employed else "否",
                "入职时间": day + timedelta(days=rng.randint(5, 30)) if employed else None,
            }  # fmt: skip
            rows.append(numbered.row("L5b", values, person, counted=at == first))
    return rows


def training_rows(rng: random.Random, numbered: Numbered, people: Iterable[Person]) -> list[Row]:
    """Return who was trained."""
    rows = []
    for person in people:
        kind, school, subject, hours, subsidy, paper, name = rng.choice(_COURSES)
        values: dict[str, Value] = {
            "姓名": person.name, "性别": person.sex, "身份证号": person.id, "联系电话": person.phone, "培训类型": kind, "承训机构": school,
            "专业": subject, "培训时长": hours, "补助资金": subsidy or None, "个人支付金额": rng.choice((None, 100, 200)), "证书类别": paper,
            "证书名称": name, "培训后是否直接就业": rng.choice(("是", "否")),
        }  # fmt: skip
        rows.append(numbered.row("L6", values, person))
    return rows


def notice_rows(
    rng: random.Random, numbered: Numbered, station: Station, staff: tuple[str, ...], names: frozenset[str], recorded: list[Person]
) -> list[Row]:
    """Return notices of merit for serving soldiers, none of whom has the name of anybody in ``names``; ``recorded``: veterans."""
    rows = []
    soldiers: list[tuple[str, Person | None]] = [(person.name, person) for person in recorded]
    while len(soldiers) < rng.randint(2, 5) + len(recorded):
        name = person_name(rng, female=False, born=1998)
        if name not in names and name not in [one for one, _ in soldiers]:
            soldiers.append((name, None))
    for name, person in soldiers:
        grade = "三等功" if person else rng.choices(tuple(STANDARD), (25, 5, 40, 30))[0]
        planned = workday_between(rng, date(2020, 1, 6), date(2020, 11, 30))
        values: dict[str, Value] = {
            "立功授奖人员": name, "喜报类型": rng.choice(("立功喜报", "嘉奖喜报", "优秀士兵喜报")), "奖励等级": grade, "部队代号": "32168部队",
            "接收人": f"{name[0]}建设", "与军人关系": rng.choice(("父亲", "母亲", "妻子")), "接收人电话": mobile(rng),
            "送达地址": f"{station.township}{rng.choice(('东街', '西街', '南街'))}{rng.randint(1, 90)}号", "计划送达时间": planned,
            "送喜人": rng.choice(staff), "送喜时间": planned + timedelta(days=rng.randint(0, 5)), "奖励金": STANDARD[grade], "喜报状态": "已送达",
        }  # fmt: skip
        rows.append(numbered.row("L9", values, person))
    return rows


def card_rows(rng: random.Random, numbered: Numbered, people: Iterable[Person]) -> list[Row]:
    """Return applications for the card of preferential treatment."""
    rows = []
    for person in people:
        asked = workday_between(rng, date(2020, 2, 10), date(2020, 10, 30))
        values: dict[str, Value] = {
            "姓名": person.name, "性别": person.sex, "身份证号": person.id, "联系电话": person.phone, "申领类别": "退役军人优待证",
            "是否建档立卡": "是", "申请日期": asked, "初审结果": "通过", "制卡银行": rng.choice(("农业银行", "邮政储蓄银行")),
            "发放日期": asked + timedelta(days=rng.randint(20, 50)), "领取人签字": person.name,
        }  # fmt: skip
        rows.append(numbered.row("L10", values, person))
    return rows


def plaque_rows(rng: random.Random, numbered: Numbered, station: Station, people: Iterable[Person]) -> list[Row]:
    """Return the plaques hung at the households of a village."""
    rows = []
    for number, person in enumerate(people, 1):
        hung = day_between(rng, date(2019, 5, 1), date(2020, 7, 25))
        renewed = number % 7 == 3
        values: dict[str, Value] = {
            "户主姓名": person.name, "身份证号": person.id, "联系电话": person.phone, "悬挂地址": f"{station.township}{station.short}{number * 3}号",
            "悬挂时间": hung, "是否更换": "是" if renewed else "否", "更换时间": date(2020, 9, 10) if renewed else None, "是否取消": "否",
        }  # fmt: skip
        rows.append(numbered.row("L14", values, person))
    return rows


def family_rows(rng: random.Random, numbered: Numbered, people: Iterable[Person]) -> list[Row]:
    """Return the families of those who fell or died."""
    rows = []
    for person in people:
        kind = {"烈士遗属": "烈士", "因公牺牲军人遗属": "因公牺牲军人", "病故军人遗属": "病故军人"}[person.category]
        fallen = day_between(rng, date(1946, 1, 1), date(1985, 12, 1))
        values: dict[str, Value] = {
            "姓名": person.name, "性别": person.sex, "身份证号": person.id, "联系电话": person.phone,
            "与牺牲病故军人关系": rng.choice(("子女", "配偶", "兄弟姐妹")), "是否持证人": rng.choice(("是", "是", "否")),
            "烈士证书字号": f"晋烈字第{rng.randint(1000, 9999)}号" if kind == "烈士" else None, "烈士姓名": f"{person.name[0]}世明",
            "牺牲病故时间": fallen, "牺牲病故地点": rng.choice(("山西", "河北", "朝鲜", "四川")), "牺牲病故原因": rng.choice(_WARTIME),
            "批准时间": day_between(rng, max(fallen, date(1983, 1, 1)), date(1990, 1, 1)),
        }  # fmt: skip
        rows.append(numbered.row("L18", values, person))
    return rows
