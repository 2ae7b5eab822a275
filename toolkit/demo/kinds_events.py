"""Mistakes in what happened and what is kept up to date: visits, aid, work, party, events, the station itself."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

from toolkit.demo.layouts import Wish
from toolkit.demo.office import Kind, Office, Spoil, cell_kind, skip
from toolkit.demo.rows import Row, Shown
from toolkit.demo.values import shown

_STRICT = frozenset(
    ["走访日期", "走访方式", "满意情况", "联系电话", "走访人联系方式", "慰问金", "慰问品折价", "人员类别", "性别"]
)
"""Fields in which a value of the column to the left cannot be right."""


def _choice(*words: str) -> Spoil:
    return lambda rng, _: rng.choice(words)


def _missing(ledger: str, field: str) -> Kind:
    words = (None,) if field.startswith("是否") else (None, None, None, "无", "/", "暂无")

    def spoil(rng: random.Random, row: Row) -> Shown:
        return rng.choice(words) if row.values.get(field) is not None else skip()

    return cell_kind(f"missing: {field}", "E201", ledger, field, spoil)


def _has(row: Row, field: str) -> bool:
    return row.values.get(field) is not None


def _last_year(field: str) -> Spoil:
    def spoil(_: random.Random, row: Row) -> Shown:
        day = row.values[field]
        assert isinstance(day, date)
        left = row.person is None or row.person.discharged is None or row.person.discharged < date(2017, 1, 1)
        return f"{day.year - 1}.{day.month}.{min(day.day, 28)}" if left else skip()

    return spoil


def _date_range(_: random.Random, row: Row) -> Shown:
    day = row.values["帮扶日期"]
    assert isinstance(day, date)
    end = day + timedelta(days=2)
    return f"{day.year}.{day.month}.{day.day}-{end.month}.{end.day}" if end.month == day.month else skip()


def _two_people(_: random.Random, row: Row) -> Shown:
    return f"{row.values['被走访人']}、王有财"


def _ditto(office: Office) -> bool:
    """Write 同上 where the record above says the same."""
    layout = office.layouts["L2"]
    for _, rows in office.parts("L2"):
        for above, row in pairwise(rows):
            for name in ("走访人", "走访内容"):
                same = layout.has(name) and above.values.get(name) == row.values.get(name)
                if same and not (above.dirty or row.dirty or above.note or row.note):
                    row.shown[name] = office.rng.choice(("同上", "〃"))
                    office.plant("ditto", "I226", row, (name,))
                    above.dirty = True
                    return True
    return False


def _shift(office: Office) -> bool:
    """Shift a run of five records one column to the right, into the empty last column."""
    layout = office.layouts["L2"]
    names = [c.field for c in layout.columns]
    if "备注" not in names or None in names:
        return False
    end = names.index("备注")
    start = 1 + max(names.index(n) for n in ("序号", "被走访人", "身份证号") if n in names)
    strict = [at for at in range(start + 1, end) if names[at] in _STRICT]
    if len(strict) < 3:
        return False
    for _, rows in office.parts("L2"):
        for at in range(len(rows) - 6):
            run = rows[at : at + 5]
            if any(r.dirty or r.note or r.extra for r in run) or any(not _has(r, str(names[start])) for r in run):
                continue
            if any(sum(_has(r, str(names[at - 1])) for at in strict) < 3 for r in run):
                continue
            for row in run:
                for column in range(end, start, -1):
                    source = layout.columns[column - 1]
                    row.shown[str(names[column])] = shown(row.values.get(str(source.field)), source.style)[0]
                row.shown[str(names[start])] = None
                row.dirty = True
            office.plant("run of records shifted by a column", "E230", run[0], map(str, names[start:end]))
            office.excel_only.add("L2")
            return True
    return False


def _goods_price(_: random.Random, row: Row) -> Shown:
    return f"{row.values['慰问金']}+米1袋"


def _idle_with_job(_: random.Random, row: Row) -> Shown:
    return "高平市科兴煤业有限公司" if row.values["就业状态"] == "无业" else skip()


def _wrong_discharge(_: random.Random, row: Row) -> Shown:
    day = row.values["退役时间"]
    assert isinstance(day, date)
    return "2017.12" if row.values["服务类别"] == "当年退役军人" else skip()


def _joined_late(_: random.Random, row: Row) -> Shown:
    moved = row.values["组织关系转入时间"]
    assert isinstance(moved, date)
    return f"{moved.year + 2}.07.01" if moved.year < 2018 else skip()


def event_kinds() -> list[Kind]:
    """Return the kinds of this module."""
    return [
        _missing("L2", "走访类型"),
        _missing("L2", "走访方式"),
        _missing("L2", "走访日期"),
        _missing("L2", "走访人"),
        _missing("L2", "走访内容"),
        _missing("L3", "身份证号"),
        _missing("L3", "困难类型"),
        _missing("L3", "帮扶措施"),
        _missing("L7", "所在党支部"),
        _missing("L7", "是否纳入后备干部"),
        cell_kind("missing: 就业状态", "E201", "L4", "就业状态", lambda _, r: None if r.values["就业状态"] != "无业" else skip(),
                  harmless=True),
        cell_kind("impossible day", "E211", "L2", "走访日期", _choice("2020.2.30", "2020.13.5", "2020.06.31")),
        cell_kind("range of days", "W215", "L3", "帮扶日期", _date_range),
        cell_kind("last year's visit", "W308", "L2", "走访日期", _last_year("走访日期")),
        cell_kind("last year's aid", "W308", "L3", "帮扶日期", _last_year("帮扶日期")),
        cell_kind("last year's event", "W308", "L11", "活动日期", _last_year("活动日期"), suits=lambda r: not r.counted),
        cell_kind("two people in one cell", "W222", "L2", "被走访人", _two_people, needs=("身份证号",)),
        cell_kind("way of visiting not in the list", "E219", "L2", "走访方式", _choice("托人带话", "村委广播", "路遇")),
        cell_kind("way of visiting in other words", "I220", "L2", "走访方式", lambda _, r: "入户" if r.values["走访方式"] == "实地走访"
                  else "电话" if r.values["走访方式"] == "电话走访" else skip()),
        cell_kind("occasion not in the list", "W219", "L2", "走访类型", _choice("日常走仿", "日常走方", "重点走仿")),
        cell_kind("amount not exact", "W217", "L2", "慰问金", lambda _, w: f"约{w.values['慰问金']}",
                  suits=lambda r: _has(r, "慰问金"), no_total=True),
        cell_kind("amount with goods", "W217", "L2", "慰问金", _goods_price, suits=lambda r: _has(r, "慰问金"), no_total=True),
        cell_kind("no amount at all", "E216", "L3", "给予资金金额", _choice("若干", "见收条", "按标准发放"), no_total=True),
        cell_kind("amount too small", "W218", "L2", "慰问金", lambda r, _: r.choice((2, 3, 5)), suits=lambda r: _has(r, "慰问金"),
                  no_total=True),
        cell_kind("amount too large", "W218", "L3", "给予资金金额", lambda r, _: r.choice((300000, 500000)), no_total=True),
        cell_kind("no number", "E231", "L3", "家庭人口", _choice("多口人", "见户口本", "一大家")),
        cell_kind("number out of range", "W232", "L3", "家庭人口", lambda r, _: r.choice((45, 52, 61))),
        cell_kind("kind of hardship in other words", "I220", "L3", "困难类型", lambda _, r: {
            "生活困难": "生活", "医疗困难": "大病", "因残": "残疾", "子女就学": "子女上学"}.get(str(r.values["困难类型"])) or skip()),
        cell_kind("kind of hardship not in the list", "E219", "L3", "困难类型", _choice("欠债", "缺少劳力")),
        cell_kind("state of work not in the list", "E219", "L4", "就业状态", lambda r, w: r.choice(("看病中", "跑大车"))
                  if w.values["就业状态"] != "无业" else skip(), harmless=True),
        cell_kind("no reason for being out of work", "W201", "L4", "未就业原因",
                  lambda _, r: None if r.values["就业状态"] == "无业" else skip(), harmless=True),
        cell_kind("out of work, but with an employer", "W312", "L4", "单位名称", _idle_with_job, also=("就业状态",), harmless=True),
        cell_kind("class against year of discharge", "W309", "L4", "退役时间", _wrong_discharge, also=("服务类别",), harmless=True),
        cell_kind("phone number in work", "E221", "L4", "联系电话", lambda _, r: str(r.values["联系电话"])[:9], harmless=True),
        cell_kind("neither yes nor no", "E233", "L7", "是否兼退役军人服务站长", _choice("待定", "原站长", "拟任")),
        cell_kind("joined after being transferred", "E307", "L7", "入党时间", _joined_late, also=("组织关系转入时间",),
                  needs=("组织关系转入时间",)),
        cell_kind("chief but not a member", "E306", "L7", "是否主干", _choice("是"), also=("是否两委成员",),
                  suits=lambda r: r.values["是否两委成员"] == "否"),
        cell_kind("reserve without qualification", "W311", "L7", "是否纳入后备干部", _choice("是"), also=("是否符合后备条件",),
                  suits=lambda r: r.values["是否符合后备条件"] == "否" and r.person is not None and r.person.member),
        cell_kind("number of staff", "E231", "L12", "专职人数", _choice("若干", "见名单"), harmless=True),
        cell_kind("area out of range", "W232", "L12", "场所面积", lambda r, _: r.choice((150000, 200000)), harmless=True),
        cell_kind("yes or no about the model", "E233", "L12", "是否创成示范型", _choice("正在创建", "申报中"), harmless=True,
                  suits=lambda r: r.values["是否创成示范型"] == "否"),
        Kind("ditto", "I226", "L2", _ditto),
        Kind("shifted columns", "E230", "L2", _shift, Wish(needs=frozenset(["备注", "走访反馈", "满意情况", "走访人联系方式"]), no_total=True)),
    ]  # fmt: skip
