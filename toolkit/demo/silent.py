"""Other ways to write the right thing: understood without a word, so nothing is planted; the list helps when one is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from toolkit.demo.office import Office, Plant
from toolkit.demo.rows import Formula, Row, Shown

_HUNDREDS = {100: "壹佰", 200: "贰佰", 300: "叁佰", 500: "伍佰", 600: "陆佰", 800: "捌佰", 1000: "壹仟", 2000: "贰仟"}
Form = Callable[[random.Random, Row], Shown]


def _amount(rng: random.Random, row: Row) -> Shown:
    amount = row.values["慰问金"]
    if not isinstance(amount, int):
        return None
    forms = [f"{amount}元", f"{amount}", f"{amount / 10000:g}万", f"{amount:,}"]
    return rng.choice([*forms, f"{_HUNDREDS[amount]}元", _HUNDREDS[amount]] if amount in _HUNDREDS else forms)


def _service_date(rng: random.Random, row: Row) -> Shown:
    day = row.values["入伍时间"]
    if not isinstance(day, date):
        return None
    forms: list[Shown] = [
        f"{day.year}年{day.month}月",
        f"{day:%Y%m}",
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
    ]
    if day.year < 2000:
        forms.append(f"{day.year - 1900}-{day.month:02d}")
    return rng.choice(forms)


def _phones(rng: random.Random, row: Row) -> Shown:
    phone = str(row.values["联系电话"])
    other = f"139{rng.randint(10000000, 99999999)}"
    return rng.choice((int(phone), f"{phone}/{other}", f"{phone}、{other}"))


def _place(_: random.Random, row: Row) -> Shown:
    place = str(row.values["户籍地"])
    for said, written in (("永录乡", "永禄乡"), ("陈区镇", "陳區鎮"), ("马村镇", "馬村鎮")):
        if said in place:
            return place.replace(said, written)
    return f"山西省{place}"


def _merit(rng: random.Random, _: Row) -> Shown:
    return rng.choice(("优秀士兵2次,三等功", "嘉奖1次", "2001年三等功", "优秀士兵，嘉奖"))


_PICTURE = Formula('=_xlfn.DISPIMG("ID_3F2A9C11D0B84E52A1C7",1)', '=DISPIMG("ID_3F2A9C11D0B84E52A1C7",1)')

_FORMS: tuple[tuple[str, str, str, Form, bool], ...] = (
    ("amount in other words", "L2", "慰问金", _amount, False),
    ("date in another form", "L1", "入伍时间", _service_date, False),
    ("phone as a number, or two phones", "L1", "联系电话", _phones, True),
    ("place in another spelling", "L1", "户籍地", _place, False),
    ("nation without its suffix", "L1", "民族", lambda _, row: str(row.values["民族"]).removesuffix("族"), False),
    ("merits with counts", "L1", "立功受奖情况", _merit, False),
    ("a word for nothing", "L1", "人员标签", lambda rng, _: rng.choice(("无", "/", "—", "暂无")), False),
    (
        "a word for nothing",
        "L4",
        "单位名称",
        lambda _, row: "无" if row.values.get("单位名称") is None else None,
        False,
    ),
    ("picture in a cell", "L1", "备注", lambda _, __: _PICTURE, True),
)


def vary(office: Office) -> list[Plant]:
    """Write a few right entries in another form; return where."""
    found: list[Plant] = []
    rng = office.rng
    for name, ledger, target, form, excel in _FORMS:
        if ledger in office.missing or ledger not in office.layouts or not office.layouts[ledger].has(target):
            continue
        if (name == "picture in a cell" and rng.random() < 0.95) or office.layouts[ledger].unit == "万元":
            continue
        for _ in range(rng.randint(0, 2)):
            row = office.pick(ledger, lambda r, t=target: t not in r.shown and r.values.get(t) is not None)  # type: ignore[misc]
            if name in ("a word for nothing", "picture in a cell"):
                row = office.pick(ledger, lambda r, t=target: t not in r.shown and r.values.get(t) is None)  # type: ignore[misc]
            new = form(rng, row) if row else None
            if row is None or new is None:
                continue
            row.shown[target] = new
            found.append(Plant(name, "", ledger, row.uid, target))
            if excel:
                office.excel_only.add(ledger)
    return found
