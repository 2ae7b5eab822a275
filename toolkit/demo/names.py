"""Names of people: lists of our own, with a few rare characters and a few names with a separator dot."""

from __future__ import annotations

import random

_SURNAMES = (
    "王" * 9 + "李" * 9 + "张" * 9 + "刘" * 6 + "赵" * 6 + "杨" * 4 + "陈" * 4 + "郭" * 4 + "申" * 4 + "秦" * 4 + "牛" * 3 + "崔" * 3
    + "侯" * 3 + "韩" * 3 + "冯" * 3 + "宋" * 3 + "邢" * 3 + "毕" * 3 + "姬" * 3 + "常" * 3 + "焦" * 2 + "靳" * 2 + "段" * 2 + "薛" * 2
    + "武" * 2 + "许" * 2 + "史" * 2 + "原" * 2 + "田" * 2 + "袁" * 2 + "苏" * 2 + "程" * 2 + "任" * 2 + "邵" + "缑" + "鲍" + "窦" + "邸"
    + "璩" + "和" + "苗" + "尚" + "贾" + "孟" + "董" + "马" * 2 + "孙" * 2 + "梁" + "吴" + "周" * 2 + "何" + "高" + "朱"
)  # fmt: skip
_MALE_OLD = "福贵根全财生发有德顺来富长保银金林海山水旺喜玉虎狗成明善义仁信忠孝堂文武斗奎元庆国民"
_MALE = "建国军华明强志伟平勇峰刚鹏飞涛斌亮辉杰鑫波超磊俊宏晓东永红卫民新忠文学海江林云龙春生玉平安庆丰立会云卿星宇浩然凯旭泽"
_FEMALE = "秀英兰梅芳香莲娥花凤玉珍桂琴爱云霞红丽艳娟敏静燕萍玲雪婷慧娜莉晓春巧改变先果"
_RARE = "堃喆犇昇祎翀淼赟韡㛃䶮垚燚曌骉彧"
_ASTRAL = "𬍛𣸣𫖯"  # beyond the basic plane: real in names, missing from many fonts
_DOT_FIRST = (
    "阿里木",
    "艾尼瓦尔",
    "库尔班",
    "买买提",
    "吐尔逊",
    "阿不都热合曼",
    "玉素甫",
    "依明江",
    "巴合提",
    "叶尔肯",
)
_DOT_LAST = ("买买提", "依明", "卡德尔", "吾甫尔", "阿不都拉", "托合提", "热西提", "别克", "哈那提", "司马义")
_COMPOUND = ("欧阳", "上官", "尉迟", "司马", "皇甫")
_STAFF = "丽娟晓燕志强文斌海霞建军瑞芳艳丽俊峰慧敏国栋红梅永刚雅静"


def person_name(rng: random.Random, *, female: bool, born: int) -> str:
    """Return a plausible name for a person of this sex and year of birth."""
    surname = rng.choice(_COMPOUND) if rng.random() < 0.004 else rng.choice(_SURNAMES)
    pool = _FEMALE if female else _MALE_OLD + _MALE if born < 1965 else _MALE
    chance = rng.random()
    if chance < 0.006:
        return surname + rng.choice(pool) + rng.choice(_RARE)
    if chance < 0.0068:
        return surname + rng.choice(_ASTRAL)
    if chance < 0.22:
        return surname + rng.choice(pool)
    first = rng.choice(pool)
    return surname + first + rng.choice([c for c in dict.fromkeys(pool) if c != first])


def dotted_name(rng: random.Random) -> str:
    """Return a name of two parts with a separator dot (U+00B7)."""
    return f"{rng.choice(_DOT_FIRST)}·{rng.choice(_DOT_LAST)}"


def staff_name(rng: random.Random) -> str:
    """Return a name for somebody who works at a station."""
    start = rng.randrange(0, len(_STAFF), 2)
    given = _STAFF[start : start + 2] if rng.random() < 0.7 else rng.choice(_STAFF)
    return rng.choice(_SURNAMES) + given
