"""Mistakes in the ledgers of fairs, petitions, notices, cards, plaques and meetings, and those that show beside last year or another edition."""

from __future__ import annotations

import random
from datetime import date, timedelta

from toolkit.demo.layouts import Wish
from toolkit.demo.office import Kind, Office, cell_kind, skip
from toolkit.demo.rows import Row, Shown

CITY, TOWN = ("市",), ("乡镇",)
OLDER, LEFTOVER = "older edition", "last year's ledger"
"""Flags for the clerk who files the workbooks: what else he has to write."""


def _day(row: Row, field: str) -> date:
    day = row.values[field]
    assert isinstance(day, date)
    return day


def _closed_late(_: random.Random, row: Row) -> Shown:
    day = _day(row, "登记日期")
    return f"{day + timedelta(days=100):%Y-%m-%d}" if day < date(2020, 9, 1) and row.values["办结时间"] else skip()


def _answered_late(_: random.Random, row: Row) -> Shown:
    day = _day(row, "登记日期")
    return f"{day + timedelta(days=40):%Y-%m-%d}" if day < date(2020, 9, 1) else skip()


def _not_closed(_: random.Random, row: Row) -> Shown:
    return None if row.values["处理结果"] == "已结案" else skip()


def _planned_early(_: random.Random, row: Row) -> Shown:
    return f"{_day(row, '送喜时间') - timedelta(days=21):%Y-%m-%d}"




def _two_plaques(office: Office) -> bool:
    """Hang a second plaque at the same house number."""
    rows = office.candidates("L14", lambda _: True)
    if len(rows) < 2:
        return False
    first, second = rows[:2]
    second.shown["悬挂地址"] = str(first.values["悬挂地址"])
    for row in (first, second):
        office.plant("two plaques at one house", "W509", row, ("悬挂地址",))
    return True


def _stranger_with_card(office: Office) -> bool:
    """Let somebody apply for a card who is in nobody's register."""
    row = office.pick("L10", lambda _: True)
    if row is None:
        return False
    person = office.nobody()
    row.values |= {"姓名": person.name, "身份证号": person.id, "性别": person.sex, "领取人签字": person.name}
    row.person = None
    office.plant("applicant not in the register", "E513", row, ("身份证号",))
    return True


def _other_name(office: Office) -> bool:
    """Write another name beside an ID number than the register's."""
    rows = [r for r in office.rows.get("L3", ()) if r.person]
    once = {r.person.id for r in rows if r.person and sum(o.person is r.person for o in rows) == 1}
    row = office.pick("L3", lambda r: r.person is not None and r.person.id in once and not r.counted)
    if row is None or row.person is None:
        return False
    row.shown["姓名"] = f"{'王' if row.person.name[0] != '王' else '李'}{row.person.name[1:]}"
    office.plant("another name than the register's", "E503", row, ("姓名",))
    return True


def _flagged(flag: str, ledger: str, *, least: int) -> Kind:
    def apply(office: Office) -> bool:
        clean = [r for r in office.rows.get(ledger, ()) if not (r.dirty or r.extra or r.note)]
        if len(clean) < least or any(ledger in (v, k) for k, v in office.flags.items()):
            return False
        office.flags[flag] = ledger
        if flag == LEFTOVER:
            office.split = "year"
        return True

    code = "W601" if flag == OLDER else "W118"
    needs = frozenset(["立功受奖情况"]) if flag == OLDER else frozenset[str]()
    return Kind(flag, code, ledger, apply, Wish(needs=needs))


def further_kinds() -> list[Kind]:
    """Return the kinds of this module."""
    return [
        _flagged(OLDER, "L1", least=10),
        _flagged(LEFTOVER, "L2", least=12),
        Kind("two plaques at one house", "W509", "L14", _two_plaques),
        Kind("another name than the register's", "E503", "L3", _other_name),
        cell_kind("key person whom nobody saw", "W511", "L1", "人员标签", lambda *_: "重点人员", quiet=True,
                  suits=lambda r: r.values["去世时间"] is None),
        cell_kind("no day of renewal", "W201", "L14", "更换时间", lambda _, r: None if r.values["是否更换"] == "是" else skip()),
        Kind("applicant not in the register", "E513", "L10", _stranger_with_card, levels=TOWN),
        cell_kind("petition closed late", "W313", "L8", "办结时间", _closed_late, also=("登记日期",), levels=(*CITY, *TOWN)),
        cell_kind("petition answered late", "W313", "L8", "答复时间", _answered_late, also=("登记日期",), levels=TOWN),
        cell_kind("closed without a day", "W201", "L8", "办结时间", _not_closed, levels=TOWN),
        cell_kind("way of petition not in the list", "E219", "L8", "信访渠道", lambda *_: "托人转达", levels=(*CITY, *TOWN)),
        cell_kind("notice delivered late", "W313", "L9", "计划送达时间", _planned_early, also=("送喜时间",), levels=TOWN),
        cell_kind("bonus not the standard's", "W316", "L9", "奖励金", lambda *_: 850, levels=TOWN, no_total=True),
        cell_kind("missing: 送喜人", "E201", "L9", "送喜人", lambda *_: None, levels=TOWN),
        cell_kind("card issued before it was asked for", "E307", "L10", "发放日期",
                  lambda _, r: f"{_day(r, '申请日期') - timedelta(days=9):%Y.%m.%d}", also=("申请日期",), levels=TOWN),
        cell_kind("more present than invited", "W314", "L17", "实到", lambda _, r: int(str(r.values["应到"])) + 6, also=("应到",),
                  levels=(*CITY, *TOWN)),
        cell_kind("missing: 会议名称", "E201", "L17", "会议名称", lambda *_: None, levels=TOWN),
        cell_kind("more contracts than intentions", "W314", "L5a", "签约人数", lambda _, r: int(str(r.values["达成意向人数"])) + 5,
                  also=("达成意向人数",), levels=CITY, harmless=True),
        cell_kind("employed without intent", "W315", "L5b", "是否达成意向", lambda *_: "否", also=("是否就业",), levels=CITY,
                  suits=lambda r: r.values["是否就业"] == "是" and r.person is not None and "idle" not in r.person.roles),
        cell_kind("hours out of range", "W232", "L6", "培训时长", lambda *_: 9000, levels=CITY),
        cell_kind("missing: 总体评价", "E201", "L13", "总体评价", lambda *_: None, levels=CITY),
        cell_kind("level not in the list", "E219", "L15", "级别", lambda *_: "国家级别", levels=(*CITY, *TOWN)),
        cell_kind("year that is none", "E231", "L15", "年度", lambda *_: "本年", levels=TOWN),
        cell_kind("impossible day of sweeping", "E211", "L16", "祭扫时间", lambda *_: "2020.4.31", levels=TOWN),
        cell_kind("neither yes nor no about the holder", "E233", "L18", "是否持证人", lambda *_: "其母亲"),
    ]  # fmt: skip
