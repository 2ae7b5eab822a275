"""Rows of what a station keeps up to date: employment (L4), party members (L7), the station itself (L12)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from toolkit.demo.chance import day_between
from toolkit.demo.people import FAMILY, Person
from toolkit.demo.places import MODEL_TOWNSHIPS, Station
from toolkit.demo.rows import Numbered, Row, Value

THIS_YEAR, UNDER_50, FROM_50, FOUNDER, NO_JOBS = (
    "当年退役军人", "历年退役50岁以下未就业军人", "50岁至60岁有就业需求的退役军人", "有创业意愿的退役军人", "退役军人零就业家庭",
)  # fmt: skip
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

_WHY = ("暂未找到合适工作", "家庭原因", "准备考学", "准备创业", "身体原因", "无工作意向", "原公司破产、关闭", "辞职")
_WISH = ("希望在本地就业", "愿意参加技能培训", "保安、驾驶员岗位", "希望到企业上班", "物流、仓储", "公益性岗位")
_WORK = (
    ("民营企业", "科兴煤业", "操作工", "采矿业"), ("民营企业", "唐一新能源", "质检员", "制造业"), ("国有企业", "赵庄煤矿", "井下电工", "采矿业"),
    ("民营企业", "康硕重工", "焊工", "制造业"), ("个体工商户", "友谊建材经销部", "送货员", "批发零售业"),
    ("民营企业", "凤和物业公司", "保安", "居民服务业"), ("民营企业", "顺通物流", "驾驶员", "交通运输业"),
)  # fmt: skip
_FIRMS = ("养殖专业合作社", "小杂粮种植基地", "农家乐", "汽车修理部", "建材经销部", "家政服务部", "黄梨种植园", "网店")


def job_rows(rng: random.Random, numbered: Numbered, people: list[Person]) -> list[Row]:
    """Return the five classes of people with a need for work; some stand in two classes."""
    rows = []
    for person in people:
        age = person.age()
        if not person.active or person.category in FAMILY or not person.discharged or age > 59:
            continue
        if "employed" in person.roles:
            rows += _found_work(rng, numbered, person)
            continue
        classes = []
        if person.discharged.year == 2020:
            classes.append(THIS_YEAR)
        elif age < 50 and rng.random() < 0.32:
            classes.append(UNDER_50)
        elif age >= 50 and rng.random() < 0.4:
            classes.append(FROM_50)
        if age < 55 and rng.random() < 0.07:
            classes.append(FOUNDER)
        if classes and classes[0] in (UNDER_50, FROM_50) and rng.random() < 0.05:
            classes.append(NO_JOBS)
        state = _state(rng, classes)
        shared = _job(rng, person, state)
        if NO_JOBS in classes:
            shared["零就业家庭"] = "是"
        rows += [numbered.row("L4", shared | {"服务类别": c}, person, counted=True) for c in classes]
    return rows


def _found_work(rng: random.Random, numbered: Numbered, person: Person) -> list[Row]:
    """Return the record of somebody employed at a fair; one who is idle is still recorded as out of work."""
    idle = "idle" in person.roles
    chosen = UNDER_50 if idle else FOUNDER if person.age() < 50 else FROM_50
    shared = _job(rng, person, "无业" if idle else "单位就业")
    return [numbered.row("L4", shared | {"服务类别": chosen}, person, counted=True)]


def _state(rng: random.Random, classes: list[str]) -> str:
    if NO_JOBS in classes or UNDER_50 in classes:
        return "无业"
    if classes == [FOUNDER]:
        return rng.choice(("创业", "创业", "自由职业"))
    if THIS_YEAR in classes:
        return rng.choice(("单位就业", "无业", "无业", "自由职业"))
    return rng.choice(("务农", "自由职业", "无业", "公益性岗位", "务农"))


def _job(rng: random.Random, person: Person, state: str) -> dict[str, Value]:
    assert person.discharged
    values: dict[str, Value] = {
        "姓名": person.name,
        "性别": person.sex,
        "身份证号": person.id,
        "年龄": person.age(),
        "文化程度": person.education,
        "联系电话": person.phone,
        "退役时间": person.discharged,
        "就业状态": state,
        "零就业家庭": "否",
        "就业意向": rng.choice(_WISH),
    }
    since = day_between(rng, max(person.discharged + timedelta(days=20), date(2012, 1, 1)), date(2020, 11, 30))
    if state == "无业":
        values["未就业原因"] = rng.choice(_WHY)
        values["个人年收入"] = None
    elif state in ("单位就业", "公益性岗位"):
        kind, firm, post, trade = rng.choice(_WORK)
        if state == "公益性岗位":
            kind, firm, post, trade = "村(社区)", "村委会", "护林员", "公共管理"
        values |= {"单位类型": kind, "单位名称": firm, "岗位类型": post, "所属行业": trade, "何时进入现单位工作": since,
                   "个人年收入": rng.choice((26000, 36000, 42000, 48000, 60000))}  # fmt: skip
    elif state == "创业":
        values |= {
            "企业名称": f"高平市{person.name[0]}氏{rng.choice(_FIRMS)}",
            "创业类型": rng.choice(("个体工商户", "农民专业合作社", "企业", "网络创业")),
            "统一社会信用代码": "92140581MA0" + "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=7)),
            "成立时间": since,
            "吸纳退役军人人数": rng.randint(0, 6),
            "享受扶持政策情况": rng.choice(("创业担保贷款", "税收减免", "未享受")),
            "个人年收入": rng.choice((30000, 50000, 80000, 100000)),
        }
    else:
        values["个人年收入"] = rng.choice((12000, 18000, 20000, 24000, 30000))
    return values


def member_rows(rng: random.Random, numbered: Numbered, station: Station, people: list[Person]) -> list[Row]:
    """Return the party members; roles carry the yearly figures."""
    rows = []
    branch = f"{station.short.removesuffix('村')}村党支部" if station.level == "村" else f"{station.short}党支部"
    for person in people:
        if not person.active or person.party not in ("中共党员", "中共预备党员"):
            continue
        joined = _joined(rng, person)
        committee, chief, reserve = (r in person.roles for r in ("committee", "chief", "reserve"))
        fit = reserve or (person.member and not committee and rng.random() < 0.06)
        values: dict[str, Value] = {
            "姓名": person.name,
            "性别": person.sex,
            "身份证号": person.id,
            "联系电话": person.phone,
            "所在党支部": branch,
            "党支部类型": "农村" if station.level == "村" else "社区",
            "入党时间": joined,
            "组织关系转入时间": max(joined, person.discharged or joined) + timedelta(days=rng.randint(20, 80)),
            "是否纳入基层党组织管理": "是" if committee or reserve or rng.random() < 0.96 else "否",
            "是否两委成员": "是" if committee else "否",
            "是否主干": "是" if chief else "否",
            "是否符合后备条件": "是" if fit else "否",
            "是否纳入后备干部": "是" if reserve else "否",
            "职务": _post(rng, station, committee=committee, chief=chief),
            "是否兼退役军人服务站长": "是" if chief and rng.random() < 0.8 else "否",
        }
        rows.append(numbered.row("L7", values, person, counted=bool(person.roles) or fit))
    return rows


def _joined(rng: random.Random, person: Person) -> date:
    """Return a day of joining: in service or later, at 18 or older, not after the autumn of 2020."""
    first = max(person.enlisted or person.birth, date(person.birth.year + 19, 1, 1))
    if person.party == "中共预备党员":
        return day_between(rng, date(2019, 12, 1), date(2020, 6, 30))
    last = min(date(first.year + 12, 6, 30), date(2019, 6, 30))
    return rng.choice(
        (day_between(rng, first, max(first, last)), date(min(last.year, max(first.year + 1, 1950)), 7, 1))
    )


def _post(rng: random.Random, station: Station, *, committee: bool, chief: bool) -> str | None:
    head = "村委" if station.level == "村" else "居委"
    if chief:
        return rng.choice(("党支部书记", f"{head}会主任"))
    if committee:
        return rng.choice(("支委", f"{head}会委员", "副书记", f"{head}会副主任"))
    return None


def station_row(rng: random.Random, numbered: Numbered, station: Station) -> Row:
    """Return the yearly self-inspection of a station: all of them run properly, eight became models."""
    model = station.level == "乡镇" and station.township in MODEL_TOWNSHIPS
    values: dict[str, Value] = {
        "站点名称": station.name,
        "级别": station.level,
        "站长": station.contact,
        "联系电话": station.phone,
        "专职人数": {"市": 12, "乡镇": rng.randint(2, 4)}.get(station.level, rng.randint(1, 2)),
        "场所面积": {"市": 600, "乡镇": rng.choice((60, 80, 120, 150))}.get(
            station.level, rng.choice((15, 20, 20, 30, 40))
        ),
        "是否规范运行": "是",
        "是否创成示范型": "是" if model else "否",
        "批次": "2020年" if model else None,
        "存在问题": rng.choice(("无", "无", "专职人员少", "档案资料不够规范", "场所面积偏小")),
    }
    if values["存在问题"] != "无":
        values["整改时限"] = date(2021, rng.randint(1, 6), 28)
    if station.level == "乡镇":
        values |= dict.fromkeys(SEVEN, "是")
    elif station.level != "市":
        values |= dict.fromkeys(FOUR, "是")
    return numbered.row("L12", values, counted=True)
