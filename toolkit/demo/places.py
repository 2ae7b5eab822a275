"""Gaoping and its 359 stations: real townships, made-up villages, the roster workbook."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.demo.chance import seeded
from toolkit.demo.names import staff_name
from toolkit.roster import HEADINGS, SHEET

COUNTY = "高平市"
COUNTY_CODE = "140581"

TOWNSHIPS: tuple[tuple[str, str, int, int], ...] = (
    ("001", "北城街道", 12, 12), ("002", "东城街道", 10, 10), ("003", "南城街道", 14, 9), ("101", "米山镇", 24, 1),
    ("102", "三甲镇", 21, 1), ("103", "神农镇", 20, 1), ("104", "陈区镇", 23, 1), ("105", "北诗镇", 24, 0),
    ("106", "河西镇", 26, 1), ("107", "马村镇", 25, 1), ("108", "野川镇", 17, 0), ("109", "寺庄镇", 27, 1),
    ("201", "建宁乡", 16, 0), ("202", "石末乡", 17, 0), ("203", "原村乡", 15, 0), ("204", "永录乡", 13, 0),
)  # fmt: skip
"""Code, name, number of villages, number of communities."""

MODEL_TOWNSHIPS = ("东城街道", "南城街道", "北城街道", "马村镇", "陈区镇", "寺庄镇", "石末乡", "建宁乡")

_COMMUNITIES = (
    "泫氏", "长平", "康乐", "锦华", "丹河", "迎宾", "建设路", "友谊", "凤和", "世纪", "育才", "体育路", "古寨", "汇源", "新建", "华兴",
    "文昌", "朝阳", "春秋", "府前", "兴隆", "安居", "金峰", "翠屏", "学府", "南苑", "滨河", "幸福里", "光明", "福临", "和平", "米山矿",
    "三甲炼焦", "神农苑", "陈区新城", "河西矿区", "马村集镇", "寺庄新苑",
)  # fmt: skip
_BEFORE = ("东", "西", "南", "北", "上", "下", "大", "小", "前", "后", "新", "老", "中", "")
_CORE = (
    "周", "沙", "崔", "杨", "瓦", "石", "柳", "槐", "桃", "杏", "枣", "龙", "凤", "牛", "马", "羊", "韩", "赵", "李", "秦", "魏", "郭",
    "侯", "焦", "窑", "井", "泉", "塔", "庙", "关", "堡", "寨", "圪", "掌", "峪", "梁", "苇", "靳", "毕", "段", "申", "邢", "贾", "薛",
)  # fmt: skip
_AFTER = (
    "家庄",
    "家山",
    "庄",
    "沟",
    "坡",
    "河",
    "岭",
    "头",
    "院",
    "坪",
    "洼",
    "脚",
    "西",
    "口",
    "峪",
    "家河",
    "泉",
    "底",
    "仙",
)
_SHARED = ("张家庄村", "王家沟村", "后河村", "南庄村", "西坡村")  # names that more than one township has


@dataclass(frozen=True, slots=True)
class Station:
    """One row of the roster."""

    code: str
    name: str
    level: str
    short: str
    """What people call it: 东周村, 马村镇, 高平市."""
    township: str
    parent: str
    aliases: tuple[str, ...]
    contact: str
    phone: str
    since: date
    until: date | None = None

    @property
    def place(self) -> str:
        """The region's name in full: 高平市马村镇东周村."""
        return COUNTY if self.level == "市" else f"{COUNTY}{self.township}{self.local}"

    @property
    def local(self) -> str:
        """The name below the township; empty for the township itself."""
        return self.short if self.level in ("村", "社区") else ""

    @property
    def called(self) -> str:
        """The name a colleague needs to find it: 马村镇东周村."""
        return f"{self.township}{self.local}" or COUNTY


def _aliases(township: str) -> tuple[str, ...]:
    bare = township[:-2] if township.endswith("街道") else township[:-1]
    if township.endswith("街道"):
        return (township, f"{bare}街道办", f"{bare}街办", f"{bare}办", f"{bare}街道办事处")
    if township == "永录乡":
        return (township, "永禄乡", "永录", "永禄")
    return (township, bare, f"{township}人民政府")


def _village_names(seed: int, township: str, count: int, shared: str | None) -> list[str]:
    """Return unique names, none of which contains another's or the township's."""
    rng = seeded(seed, "villages", township)
    bare = [shared.removesuffix("村")] if shared else []
    while len(bare) < count:
        name = rng.choice(_BEFORE) + rng.choice(_CORE) + (rng.choice(_AFTER) if rng.random() < 0.62 else "")
        if len(name) < 2 or len(set(name)) < len(name) or name[:2] in township:
            continue
        if any(name in other or other in name for other in bare):
            continue
        bare.append(name)
    rng.shuffle(bare)
    return [f"{name}村" for name in bare]


def make_stations(seed: int, count: int) -> list[Station]:
    """Return the first ``count`` stations: the city, then each township with its communities and villages."""
    rng = seeded(seed, "stations")
    since = date(2019, 6, 1)
    city_code = f"{COUNTY_CODE}000000"
    found = [
        Station(city_code, "高平市退役军人服务中心", "市", COUNTY, "", "", (COUNTY, "市退役军人服务中心", "市本级", "市中心"),
                staff_name(rng), landline(rng), date(2019, 3, 1))
    ]  # fmt: skip
    communities = iter(_COMMUNITIES)
    for index, (suffix, township, villages, quarters) in enumerate(TOWNSHIPS):
        parent = f"{COUNTY_CODE}{suffix}000"
        found.append(
            Station(parent, f"{township}退役军人服务站", "乡镇", township, township, city_code, _aliases(township),
                    staff_name(rng), landline(rng), since)
        )  # fmt: skip
        shared = _SHARED[index % len(_SHARED)] if index >= 3 else None
        locals_ = [(f"{next(communities)}社区", "社区", f"{n + 1:03d}") for n in range(quarters)]
        locals_ += [
            (v, "村", f"{200 + n:03d}") for n, v in enumerate(_village_names(seed, township, villages, shared), 1)
        ]
        found += [
            Station(f"{COUNTY_CODE}{suffix}{number}", f"{township}{name}退役军人服务站", level, name, township, parent, (),
                    staff_name(rng), mobile(rng), date(2019, 7, 1))
            for name, level, number in locals_
        ]  # fmt: skip
    return found[:count]


def closed_stations(seed: int, stations: list[Station], count: int) -> list[Station]:
    """Return stations that were merged away at the end of 2019 and still stand in the roster."""
    rng = seeded(seed, "closed")
    townships = [s for s in stations if s.level == "乡镇"]
    names = ("旧窑沟村", "前掌坪村", "石圪洼村", "老牛岭村", "背阴脚村", "水南圪台村")
    return [
        Station(f"{t.code[:9]}{390 + n}", f"{t.township}{names[n]}退役军人服务站", "村", names[n], t.township, t.code, (),
                staff_name(rng), mobile(rng), date(2019, 7, 1), date(2019, 12, 31))
        for n, t in enumerate((townships * count)[:count])
    ]  # fmt: skip


def mobile(rng: random.Random) -> str:
    """Return a mobile number."""
    head = rng.choice(("130", "131", "134", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "166",
                       "176", "178", "182", "183", "186", "187", "188", "189", "191", "199"))  # fmt: skip
    return f"{head}{rng.randint(10000000, 99999999)}"


def landline(rng: random.Random) -> str:
    """Return a landline number of the region."""
    return f"0356-5{rng.randint(200000, 999999)}"


def write_roster(path: Path, stations: list[Station]) -> None:
    """Write the roster workbook."""
    import xlsxwriter

    widths = (15, 36, 40, 7, 15, 15, 10, 15, 30, 12, 12, 24)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(SHEET)
        head = book.add_format(
            {"bold": True, "bg_color": "#D9E2F3", "border": 1, "align": "center", "font_name": "宋体"}
        )
        text = book.add_format({"num_format": "@", "font_name": "宋体", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd", "font_name": "宋体", "border": 1})
        for column, (name, width) in enumerate(zip(HEADINGS, widths, strict=True)):
            sheet.write_string(0, column, name, head)
            sheet.set_column(column, column, width)
        for row, s in enumerate(stations, 1):
            mail = f"z{s.code}@example.com"
            cells = (s.code, s.name, "、".join(s.aliases), s.level, s.parent, s.code, s.contact, s.phone, mail)
            for column, value in enumerate(cells):
                sheet.write_string(row, column, value, text)
            sheet.write_datetime(row, 9, s.since, day)
            if s.until:
                sheet.write_datetime(row, 10, s.until, day)
            else:
                sheet.write_blank(row, 10, None, day)
            sheet.write_string(row, 11, "", text)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(stations), len(HEADINGS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
