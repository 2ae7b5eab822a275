"""Workbooks of another time that still lie in a station's folder: its register as of June, last year's visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toolkit.demo.filing import Book, Filer
from toolkit.demo.kinds_further import LEFTOVER, OLDER
from toolkit.demo.naming import TITLES
from toolkit.demo.office import Office, Plant
from toolkit.demo.people import make_id
from toolkit.demo.rows import Row, Value


def other_editions(office: Office, filer: Filer) -> list[Book]:
    """Return the further workbooks that the planted mistakes ask for."""
    books = []
    if OLDER in office.flags:
        books.append(_june(office, filer))
    if LEFTOVER in office.flags:
        books.append(_last_year(office, filer))
    return books


def _book(office: Office, filer: Filer, ledger: str, rows: list[Row], span: str, stem: str) -> Book:
    folder, prefix = filer.place
    layout = office.layouts[ledger]
    table = filer.table(ledger, "", rows)
    table.layout = replace(layout, columns=tuple(c for c in layout.columns if c.field and not c.hidden), titled=True, total="none", subtotal=0)
    table.title = f"{office.station.called}{TITLES[ledger]}（{span}）"
    table.filled = ""
    table.wrong_total = ""
    book = Book(folder, f"{prefix}{stem}", [], [], (ledger,), office.station.code)
    filer.add(book, table, "Sheet1")
    return book


def _june(office: Office, filer: Filer) -> Book:
    """Return the register as of June: one person more, one with another number, one with an honour that is gone since."""
    kept = [r for r in office.rows["L1"] if not (r.extra or r.note)]
    clean = [r for r in kept if not r.dirty and not r.shown and r.person and r.person.quiet and not r.person.died and r.values.get("退役时间")]
    renumbered, honoured = clean[:2]
    rows = []
    for row in kept:
        values = dict(row.values)
        if row is honoured:
            values["立功受奖情况"] = f"二等功、{values['立功受奖情况']}" if values.get("立功受奖情况") not in (None, "无") else "二等功"
        said = {name: row.shown[name] for name in ("立功受奖情况",) if name in row.shown}  # the same in other words
        old = Row(row.uid, "L1", values, row.person, said, dirty=True)
        if row is honoured:
            old = office.numbered.row("L1", values, row.person)
            old.extra = True
        if row is renumbered and row.person:
            old = office.numbered.row("L1", values | {"身份证号": _another(row.person.id, row.person.birth)}, row.person)
        rows.append(old)
    gone = office.numbered.row("L1", kept[-1].values | _nobody(office))
    rows.append(gone)
    office.plants += [
        Plant("there before, gone now", "W601", "L1", gone.uid, "身份证号"),
        Plant("numbers do not carry over", "W605", "L1"),
        Plant("another number than before", "W602", "L1", renumbered.uid, "身份证号"),
        Plant("an honour less than before", "W603", "L1", honoured.uid, "立功受奖情况"),
    ]
    for row in (renumbered, honoured):
        row.dirty = True
    return _book(office, filer, "L1", rows, "2020年6月", "建档立卡台账（6月）")


def _another(number: str, birth: date) -> str:
    """Return another number of the same sex and birth date."""
    sequence = int(number[14:17])
    return make_id(birth, sequence + 2 if sequence < 990 else sequence - 2)


def _nobody(office: Office) -> dict[str, Value]:
    person = office.nobody()
    return {
        "姓名": person.name, "身份证号": person.id, "性别": person.sex, "出生日期": person.birth, "年龄": person.age(), "入伍时间": person.enlisted,
        "退役时间": person.discharged, "军龄": None, "人员类别": person.category, "立功受奖情况": None, "去世时间": None, "优抚对象类别": None,
        "优抚对象状态": None, "批准日期": None, "残疾性质": None, "残疾等级": None, "备注": None, "文化程度": person.education, "政治面貌": "群众",
        "联系电话": person.phone,
    }  # fmt: skip


def _last_year(office: Office, filer: Filer) -> Book:
    """Return last year's visits, of which this year's are a copy with other dates."""
    rows = []
    for row in office.rows["L2"]:
        day = row.values["走访日期"]
        left = row.person.discharged if row.person else None
        if row.note or row.extra or not isinstance(day, date) or (left and left > date(2018, 1, 1)):
            continue
        rows.append(office.numbered.row("L2", row.values | {"走访日期": day.replace(year=2019, day=min(day.day, 28))}, row.person))
    first = next(r for r in office.rows["L2"] if not r.note)
    office.plants.append(Plant("copied from last year", "W604", "L2", first.uid, "走访日期"))
    book = _book(office, filer, "L2", rows, "2019年度", "2019年走访慰问台账")
    book.remarks.append(("ledger of last year", "W118", "Sheet1"))
    return book
