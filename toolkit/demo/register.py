"""Rows of the register (L1): everything a station knows of a person, in agreement with itself."""

from __future__ import annotations

import random
from datetime import date

from toolkit.demo.chance import day_between
from toolkit.demo.people import Person, age_on
from toolkit.demo.places import Station
from toolkit.demo.rows import Value

_UNITS = ("32168部队", "51093部队", "66381部队", "武警山西省总队", "北京军区某部", "68207部队", "95866部队", "沈阳军区某师", "空军某场站",
          "海军某支队", "52815部队", "武警河北省总队", "63620部队", "兰州军区某团", "84506部队")  # fmt: skip
_BANKS = ("农村商业银行", "邮政储蓄银行", "农业银行", "工商银行", "建设银行")
_ASSIGNED = (
    "高平市供电公司",
    "高平市水务局",
    "高平市交通运输局",
    "市人民医院",
    "科兴集团",
    "高平市公路段",
    "市邮政局",
    "赵庄煤矿",
)
_RANKS = {
    "义务兵": ("列兵", "上等兵"), "志愿兵": ("志愿兵",), "初级士官": ("下士", "中士"), "中级士官": ("上士", "四级军士长"),
    "高级士官": ("三级军士长",), "军官": ("中尉", "上尉", "少校"),
}  # fmt: skip


def register_values(rng: random.Random, station: Station, person: Person) -> dict[str, Value]:
    """Return the register's entry for a person."""
    age = person.age()
    local = f"{station.township}{station.short}"
    away = rng.random() < 0.12
    values: dict[str, Value] = {
        "姓名": person.name,
        "性别": person.sex,
        "身份证号": person.id,
        "出生日期": person.birth,
        "年龄": age,
        "民族": person.nation,
        "政治面貌": person.party,
        "婚姻状况": _marital(rng, age),
        "文化程度": person.education,
        "健康状况": rng.choices(("健康", "良好", "一般", "有慢性病", "较弱"), (40, 30, 15, 4 + age / 6, 2))[0],
        "人员类别": person.category,
        "户籍类别": "农业" if person.rural else rng.choice(("非农业", "居民")),
        "户籍地": f"高平市{local}",
        "户籍地详细地址": f"{local}{rng.randint(1, 260)}号",
        "常住地": rng.choice(("晋城市城区", "太原市小店区", "高平市")) if away else f"高平市{local}",
        "常住地详细地址": None if away else f"{local}{rng.randint(1, 260)}号",
        "所属镇村": station.short,
        "联系电话": person.phone,
        "人员标签": rng.choice((None, None, None, "参战", "孤老优抚", "致富带头人")),
        "开户银行": f"高平{rng.choice(_BANKS)}",
        "银行账号": f"62{rng.randint(10**16, 10**17 - 1)}",
        "是否孤老": "是" if age > 76 and rng.random() < 0.04 else "否",
        "劳动能力": "有劳动能力" if age < 66 else rng.choice(("部分丧失劳动能力", "有劳动能力", "完全丧失劳动能力")),
        "生活能力": "能自理" if age < 80 else rng.choice(("能自理", "部分自理")),
        "供养方式": rng.choice(("分散供养", "集中供养")) if age > 84 else None,
        "优待证号": None,
        "去世时间": person.died,
        "备注": rng.choices((None, "在外务工", "长期在外", "低保户", "随子女居住"), (84, 6, 4, 3, 3))[0],
    }
    if person.enlisted and person.discharged:
        values |= _service(rng, person, person.enlisted, person.discharged)
    values |= _relief(rng, person)
    if "unrecorded" in person.roles:
        values["立功受奖情况"] = None
    return values


def _marital(rng: random.Random, age: int) -> str:
    if age < 26:
        return rng.choices(("未婚", "已婚"), (4, 1))[0]
    return rng.choices(("已婚", "丧偶", "离婚", "未婚"), (85, max(1, age - 55), 3, 2))[0]


def _service(rng: random.Random, person: Person, enlisted: date, discharged: date) -> dict[str, Value]:
    years = age_on(enlisted, discharged)
    if person.category in ("军队转业干部", "军队离退休干部和退休士官"):
        kind = "军官"
    elif discharged.year < 1999:
        kind = "义务兵" if years <= 4 else "志愿兵"
    else:
        kind = "义务兵" if years <= 2 else "初级士官" if years <= 8 else "中级士官"
    paper = {"军官": "转业证"}.get(kind, "复员证" if person.category == "复员军人" else "退役证")
    settled = kind in ("军官", "中级士官", "志愿兵") and rng.random() < 0.6
    merit = rng.choices(
        (None, "无", "嘉奖", "优秀士兵", "三等功", "嘉奖、优秀士兵", "优秀士兵、三等功", "四有优秀士兵", "二等功"),
        (45, 20, 14, 9, 4, 4, 1, 3 if discharged.year > 2017 else 0, 0.5),
    )[0]
    return {
        "入伍时间": enlisted,
        "入伍地": rng.choice(("山西高平", "山西省高平市", "高平市", "高平")),
        "部队代号": rng.choice(_UNITS),
        "军人类别": kind,
        "军衔": rng.choice(_RANKS[kind]),
        "职务": rng.choice(("战士", "班长", "副班长", "驾驶员", "炊事员", "卫生员", "通信员"))
        if kind != "军官"
        else "干事",
        "退役时间": discharged,
        "军龄": years,
        "退役证件类型": paper,
        "退役证件号": f"{rng.choice('义士退')}字第{rng.randint(100000, 999999)}号",
        "安置地": "高平市",
        "安置单位名称": rng.choice(_ASSIGNED) if settled else None,
        "立功受奖情况": merit,
    }


def _relief(rng: random.Random, person: Person) -> dict[str, Value]:
    values: dict[str, Value] = {}
    category: str | None = None
    age = person.age()
    approved = date(2011, 8, 1)
    if person.category == "残疾军人":
        category = "残疾军人"
        values |= {
            "残疾性质": rng.choice(("因公", "因公", "因病", "因战")),
            "残疾等级": rng.choice(("五级", "六级", "七级", "八级", "八级", "九级", "十级", "十级")),
            "残疾证号": f"晋军E{rng.randint(10000, 99999)}",
        }
        assert person.discharged
        approved = day_between(rng, max(person.discharged, date(1985, 1, 1)), date(2019, 12, 20))
    elif person.category in ("烈士遗属", "因公牺牲军人遗属", "病故军人遗属", "伤残民兵民工"):
        category = person.category
        approved = day_between(rng, date(2004, 10, 1), date(2018, 12, 20))
    elif person.category == "复员军人":
        category = "老复员军人"
        approved = day_between(rng, date(1994, 1, 1), date(2003, 12, 20))
    elif person.enlisted and person.rural and age >= 62 and person.category == "退役士兵":
        if person.enlisted >= date(1954, 11, 1) and rng.random() < 0.72:
            category = "年满60周岁农村籍退役士兵"
            approved = max(date(2011, 8, 1), date(person.birth.year + 60, 12, 1))
        elif rng.random() < 0.4:
            category = rng.choice(("带病回乡退伍军人", "参战退役人员"))
            approved = day_between(rng, date(2007, 8, 1), date(2018, 12, 20))
    if category is None:
        return values
    return values | {
        "优抚对象类别": category,
        "优抚对象状态": "去世" if person.died else "享受待遇",
        "优抚证书编号": f"晋优{rng.randint(100000, 999999)}",
        "批准日期": min(approved, date(2020, 11, 30)),
    }
