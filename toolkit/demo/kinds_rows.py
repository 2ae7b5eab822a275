"""Mistakes that lie between two records: duplicates, the wrong order of dates, people who are elsewhere, nowhere or dead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from toolkit.demo.kinds_person import served
from toolkit.demo.layouts import Wish
from toolkit.demo.office import Kind, Office, Plant, cell_kind, skip
from toolkit.demo.people import Person, make_id
from toolkit.demo.rows import Row, Shown

_NAME = {"L2": "被走访人"}
_DAY = {"L2": "走访日期", "L3": "帮扶日期"}


def _needs(*names: str) -> Wish:
    return Wish(needs=frozenset(names))


def _duplicate(code: str, ledger: str, fields: tuple[str, ...], *, quiet: bool = False) -> Kind:
    """The same record twice in one table."""

    def apply(office: Office) -> bool:
        row = office.pick(
            ledger, lambda r: (not quiet or (r.person is not None and r.person.quiet)) and (quiet or not r.counted)
        )
        if row is None:
            return False
        again = office.numbered.copy(row)
        again.extra = True
        rows = [r for _, part in office.parts(ledger) for r in part]
        at = next(i for i, r in enumerate(rows) if r is row)
        later = rows[min(len(rows) - 1, at + office.rng.randint(0, 3))]
        same = ledger != "L2" or later.values["走访日期"] == row.values["走访日期"]
        office.insert_after(later if same and not (later.note or later.dirty) else row, again)
        group = office.group()
        layout = office.layouts[ledger]
        office.plants += [
            Plant("same record twice", code, ledger, r.uid, f, group=group)
            for f in fields
            if layout.has(f)
            for r in (again, row)
        ]
        row.dirty = again.dirty = True
        return True

    return Kind("same record twice", code, ledger, apply, Wish(needs=frozenset(f for f in fields if f == "身份证号")))


def _unknown(ledger: str) -> Kind:
    """Somebody who is not in the register."""
    name = _NAME.get(ledger, "姓名")

    def apply(office: Office) -> bool:
        source = office.pick(
            ledger, lambda r: not r.counted and r.values.get("慰问金") is None and r.values.get("捐款金额") is None
        )
        if source is None or office.strangers is None:
            return False
        stranger = office.strangers()
        new = office.numbered.copy(source)
        new.person, new.shown = stranger, {}
        for field, value in (
            (name, stranger.name),
            ("身份证号", stranger.id),
            ("性别", stranger.sex),
            ("联系电话", stranger.phone),
        ):
            if field in new.values:
                new.values[field] = value
        if "签收人" in new.values:
            new.values["签收人"] = stranger.name
        office.insert_after(source, new)
        office.plant("not in the register", "W501", new, ("身份证号", name))
        return True

    return Kind("not in the register", "W501", ledger, apply, _needs("身份证号"))


def _after_death(ledger: str) -> Kind:
    """Visited or aided after the date of death."""
    name, day_field = _NAME.get(ledger, "姓名"), _DAY[ledger]

    def apply(office: Office) -> bool:
        dead = [
            r
            for r in office.rows["L1"]
            if r.person and r.person.died and r.person.died < date(2020, 8, 1) and not r.dirty
        ]
        source = office.pick(ledger, lambda r: r.values[day_field] > date(2020, 9, 1))  # type: ignore[operator]
        if not dead or source is None:
            return False
        entry = office.rng.choice(dead)
        entry.dirty = True
        person = entry.person
        assert person
        new = _visit_of(office, source, person)
        office.plant("after death", "E505", new, (day_field, name, "身份证号"))
        return True

    return Kind("after death", "E505", ledger, apply, _needs("身份证号"))


def _visit_of(office: Office, source: Row, person: Person) -> Row:
    """Enter a person with what happened to another one, below that one."""
    new = office.numbered.copy(source)
    new.person, new.shown = person, {}
    name = _NAME.get(source.ledger, "姓名")
    for field, value in ((name, person.name), ("身份证号", person.id), ("性别", person.sex), ("联系电话", person.phone),
                         ("人员类别", person.category), ("签收人", None)):  # fmt: skip
        if field in new.values:
            new.values[field] = value
    office.insert_after(source, new)
    return new


def _before_discharge(office: Office) -> bool:
    """A visit before the discharge that the register gives."""
    fresh = [p for p in office.people if p.active and p.discharged and p.discharged.year == 2020]
    if not fresh:
        return False
    person = office.rng.choice(fresh)
    assert person.discharged
    before = person.discharged - timedelta(days=45)
    source = office.pick("L2", lambda r: r.values["走访日期"] < before)  # type: ignore[operator]
    if source is None:
        return False
    new = _visit_of(office, source, person)
    office.plant("visited before discharge", "W506", new, ("走访日期", "身份证号", "被走访人"))
    return True


def _register_copy(office: Office, name: str, code: str, change: Callable[[Row, Office], tuple[str, ...]]) -> bool:
    """Enter a person of the register a second time, changed."""
    row = office.pick("L1", lambda r: r.person is not None and r.person.quiet)
    if row is None:
        return False
    new = office.numbered.copy(row)
    new.shown = {}
    fields = change(new, office)
    office.insert_after(row, new)
    group = office.group()
    office.plants += [Plant(name, code, "L1", r.uid, f, group=group) for f in fields for r in (new, row)]
    row.dirty = new.dirty = True
    return True


def _other_number(row: Row, _: Office) -> tuple[str, ...]:
    assert row.person
    sequence = int(row.person.id[14:17])
    row.values["身份证号"] = make_id(row.person.birth, sequence + 2 if sequence < 990 else sequence - 2)
    return ("身份证号", "姓名")


def _same_number_other_name(office: Office) -> bool:
    """The same ID number in the register under two names: two findings at one place."""

    def change(row: Row, _: Office) -> tuple[str, ...]:
        name = str(row.values["姓名"])
        row.values["姓名"] = name[:-1] + ("芳" if name[-1] != "芳" else "英")
        return ("身份证号", "姓名")

    if not _register_copy(office, "one ID, two names", "E503", change):
        return False
    rows = office.rows["L1"]
    group = office.plants[-1].group
    twins = {p.row for p in office.plants if p.group == group}
    for row in rows:
        if row.uid in twins:
            office.plants.append(Plant("same ID twice in the register", "E401", "L1", row.uid, "身份证号", group=group))
    return True


def _served_backwards(_: object, row: Row) -> Shown:
    enlisted = row.values["入伍时间"]
    assert isinstance(enlisted, date)
    return f"{enlisted.year - 4}.{enlisted.month:02d}"


def _too_short(_: object, row: Row) -> Shown:
    enlisted = row.values["入伍时间"]
    assert isinstance(enlisted, date)
    row.values["军龄"] = None
    return (
        f"{enlisted.year + 46}.{enlisted.month:02d}"
        if enlisted.year < 1972
        else f"{enlisted.year}.12"
        if enlisted.month < 9
        else skip()
    )


def _enlisted(years: int) -> Callable[[object, Row], Shown]:
    def spoil(_: object, row: Row) -> Shown:
        assert row.person
        row.values["军龄"] = None
        year = row.person.birth.year + years
        discharged = row.values["退役时间"]
        assert isinstance(discharged, date)
        served_years = discharged.year - year
        if row.values.get("优抚对象类别") == "年满60周岁农村籍退役士兵":
            return skip()
        return f"{year}.{12 if years > 12 else 11}" if 2 <= served_years <= 33 else skip()

    return spoil


def _years_stated(_: object, row: Row) -> Shown:
    years = row.values["军龄"]
    return years + 6 if isinstance(years, int) else skip()


def _not_a_member(office: Office) -> bool:
    """Somebody in the party ledger whom the register calls 群众."""
    source = office.pick("L7", lambda r: not r.counted and r.values["是否兼退役军人服务站长"] == "否")
    others = [p for p in office.people if p.active and p.party == "群众" and p.discharged and 30 < p.age() < 70]
    if source is None or not others:
        return False
    person = office.rng.choice(others)
    new = office.numbered.copy(source)
    new.person, new.shown = person, {}
    new.values |= {"姓名": person.name, "身份证号": person.id, "性别": person.sex, "联系电话": person.phone}
    office.insert_after(source, new)
    office.plant("not a party member", "E507", new, ("身份证号", "姓名"))
    return True


def _candidate(office: Office) -> bool:
    """A candidate member taken in as a reserve; in a community, whose reserves are not counted."""
    row = office.pick("L7", lambda r: r.person is not None and r.person.party == "中共预备党员")
    if row is None:
        helped = {r.person.id for r in office.rows["L11"] if r.person}
        row = office.pick("L7", lambda r: not r.counted and r.person is not None and r.person.id not in helped)
        entry = next((r for r in office.rows["L1"] if row and r.person is row.person and not r.dirty), None)
        if row is None or entry is None:
            return False
        entry.values["政治面貌"] = "中共预备党员"
        entry.dirty = True
        row.values |= {"入党时间": date(2020, 3, 5), "组织关系转入时间": date(2020, 4, 10)}
    row.values["是否符合后备条件"] = "是"
    row.shown["是否纳入后备干部"] = "是"
    office.plant("candidate as a reserve", "W508", row, ("是否纳入后备干部", "身份证号", "姓名"))
    return True


def _wrong_total(ledger: str) -> Kind:
    fields = {"L2": ("慰问金", "慰问品折价"), "L3": ("给予资金金额", "实物价值金额")}[ledger]

    def apply(office: Office) -> bool:
        layout = office.layouts[ledger]
        shown_here = [f for f in fields if layout.has(f)]
        if layout.total == "none" or not shown_here:
            return False
        office.wrong_total[ledger] = shown_here[0]
        return True

    return Kind("total does not add up", "E402", ledger, apply, Wish(needs=frozenset(fields[:1]), want_total=True))


def _unlisted_station(office: Office) -> bool:
    """A line about a place that is no station of the roster."""
    (row,) = office.rows["L12"][:1]
    new = office.numbered.copy(row)
    name = office.rng.choice(("凤翔小区党群服务点", "康硕产业园双拥工作站", "科兴矿区老兵驿站"))
    new.values = {"站点名称": name, "级别": "其他", "站长": "李建军", "专职人数": 1, "场所面积": 12, "是否规范运行": "否",
                  "是否创成示范型": "否"}  # fmt: skip
    office.rows["L12"].append(new)
    office.plant("station not in the roster", "W234", new, ("站点名称",))
    return True


def _note_row(code: str) -> Kind:
    """A stray remark, or the example of the template, among the records."""

    def apply(office: Office) -> bool:
        layout = office.layouts["L2"]
        part = office.rng.choice([rows for _, rows in office.parts("L2") if len(rows) > 2])
        clean = [r for r in part if not r.dirty and not r.note]
        if not clean:
            return False
        new = office.numbered.copy(part[0])
        if code == "I110":
            new.shown = {"序号": "示例", "被走访人": "张三", "签收人": "张三", "联系电话": "13800000000",
                         "身份证号": make_id(date(1990, 1, 1), 1)}  # fmt: skip
            at = part[0]
        else:
            at = clean[0]
            new.values = dict(at.values)
            new.shown = {c.field: None for c in layout.columns if c.field}
            new.shown["走访内容"] = "联系不上，下月补访"
        new.note = code
        rows = office.rows["L2"]
        index = next(i for i, r in enumerate(rows) if r is at)
        rows.insert(index if code == "I110" else index + 1, new)
        name = "example row" if code == "I110" else "remark among the records"
        fields = ("序号", "被走访人") if code == "I110" else ("走访内容", "序号", "被走访人")
        office.plant(name, code, new, fields)
        return True

    return Kind("row that is no record", code, "L2", apply, _needs("序号", "走访内容"))


def row_kinds() -> list[Kind]:
    """Return the kinds of this module."""
    return [
        _duplicate("E401", "L1", ("身份证号",), quiet=True),
        _duplicate("W401", "L2", ("被走访人", "身份证号", "走访日期")),
        _duplicate("W401", "L3", ("姓名", "身份证号", "帮扶日期")),
        _duplicate("W401", "L11", ("姓名", "身份证号", "活动日期")),
        _unknown("L2"),
        _unknown("L3"),
        _unknown("L11"),
        _after_death("L2"),
        _after_death("L3"),
        Kind("visited before discharge", "W506", "L2", _before_discharge, _needs("身份证号")),
        Kind("same name and birth date, other ID", "W504", "L1",
             lambda o: _register_copy(o, "same name and birth date, other ID", "W504", _other_number)),
        Kind("one ID, two names", "E503", "L1", _same_number_other_name),
        cell_kind("discharged before enlisted", "E301", "L1", "退役时间", _served_backwards, also=("入伍时间",), suits=served),
        cell_kind("years of service", "W302", "L1", "退役时间", _too_short, also=("入伍时间",), suits=served),
        cell_kind("enlisted as a child", "E303", "L1", "入伍时间", _enlisted(8), also=("身份证号",), suits=served),
        cell_kind("enlisted too young", "W304", "L1", "入伍时间", _enlisted(15), also=("身份证号",), suits=served),
        cell_kind("years of service stated", "W305", "L1", "军龄", _years_stated, suits=served),
        Kind("not a party member", "E507", "L7", _not_a_member),
        Kind("candidate as a reserve", "W508", "L7", _candidate, levels=("社区",)),
        _wrong_total("L2"),
        _wrong_total("L3"),
        Kind("station not in the roster", "W234", "L12", _unlisted_station),
        _note_row("I110"),
        _note_row("W111"),
    ]  # fmt: skip
