"""What else lies in a workbook or beside it: leftover sheets, instructions, lists, pictures, hidden things, moved records."""

from __future__ import annotations

from toolkit.demo import definitions
from toolkit.demo.filing import Book, Filer
from toolkit.demo.office import Office, Plant
from toolkit.demo.places import Station
from toolkit.demo.sheet import Sheet

_RULES = (
    "填表说明",
    "1.本台账由服务站专职人员填写，每月25日前报乡镇（街道）退役军人服务站。",
    "2.身份证号请按文本格式录入，末位X大写。",
    "3.日期统一填写到日，如2020年3月5日。",
    "4.没有发生的，在表中注明“无”或“零报告”。",
)


def dress(office: Office, books: list[Book]) -> None:
    """Add leftovers at random, and whatever the planted mistakes ask for."""
    rng, flags = office.rng, office.flags
    for book in books:
        ledger = book.ledgers[0]
        if rng.random() < 0.16:
            book.sheets += [Sheet(n) for n in ("Sheet2", "Sheet3") if n not in {s.name for s in book.sheets}]
        if flags.get("instructions sheet") == ledger or rng.random() < 0.03:
            _instructions(book, first=rng.random() < 0.4)
        if flags.get("hidden sheet") == ledger:
            _lists(book, ledger, hidden=True)
        elif rng.random() < 0.02 and ledger in ("L1", "L4"):
            _lists(book, ledger, hidden=False)
        if flags.get("unclear sheet") == ledger:
            _unclear(book, office)
        if flags.get("picture sheet") == ledger:
            book.sheets.append(Sheet("现场照片", picture=True))
            book.remarks.append(("picture instead of a table", "W108", "现场照片"))
        if flags.get("hidden rows") == ledger:
            _hide_rows(book, office)
        for sheet, table in book.tables:
            if any(c.hidden for c in table.layout.columns):
                book.remarks.append(("hidden column", "I107", sheet.name))


def _instructions(book: Book, *, first: bool) -> None:
    sheet = Sheet("填表说明", widths={1: 90})
    for row, text in enumerate(_RULES, 1):
        sheet.put(row, 1, text, "title" if row == 1 else "note")
    book.sheets.insert(0 if first else len(book.sheets), sheet)
    book.remarks.append(("instructions sheet", "I112", "填表说明"))


def _lists(book: Book, ledger: str, *, hidden: bool) -> None:
    sheet = Sheet("下拉选项", hidden=hidden)
    fields = [f for f in definitions.ledger(ledger).fields.values() if f.codes]
    for column, item in enumerate(fields[:6], 1):
        sheet.put(1, column, item.name, "head")
        sheet.widths[column] = 18
        for row, word in enumerate(definitions.codes(str(item.codes))[:14], 2):
            sheet.put(row, column, word, "text")
    book.sheets.append(sheet)
    book.remarks.append(("list sheet", "I112", "下拉选项"))
    if hidden:
        book.remarks.append(("hidden sheet", "I107", "下拉选项"))


def _unclear(book: Book, office: Office) -> None:
    sheet = Sheet("值班安排", widths={1: 12, 2: 12, 3: 16, 4: 20})
    sheet.put(1, 1, "2020年国庆中秋假期值班安排表", "title")
    sheet.merge(1, 1, 1, 4)
    for column, head in enumerate(("值班日", "带班领导", "值班人员", "值班电话"), 1):
        sheet.put(2, column, head, "head")
    for row in range(3, 11):
        cells = (f"10月{row - 2}日", office.station.contact, office.rng.choice(office.staff), office.station.phone)
        for column, text in enumerate(cells, 1):
            sheet.put(row, column, text, "text")
    book.sheets.append(sheet)
    book.remarks.append(("sheet that is no ledger", "I112", "值班安排"))


def _hide_rows(book: Book, office: Office) -> None:
    sheet, table = book.tables[0]
    if len(table.rows) < 6:
        return
    start = office.rng.randint(1, len(table.rows) - 4)
    names = [c.field for c in table.layout.columns if c.field]
    for row in table.rows[start : start + 3]:
        sheet.hidden_rows.add(sheet.places[row.uid, names[0]][0])
    book.remarks.append(("hidden rows", "I107", sheet.name))


def moved_books(office: Office, filer: Filer, neighbours: list[Station]) -> list[Book]:
    """Return workbooks whose station cannot be told: records moved out of the station's own visits."""
    found = []
    for flag, code in (("unknown station", "W020"), ("two stations", "E022")):
        if flag not in office.flags or "L2" in office.missing:
            continue
        rows = office.rows["L2"]
        free = [r for r in rows if not (r.dirty or r.extra or r.note)][::3][:9]
        office.rows["L2"] = [r for r in rows if not any(r is f for f in free)]
        if code == "W020":
            stem, unit, folder = f"新建 XLSX 工作表（{office.station.code[6:]}）", "", ("收件箱",)
        else:
            pair = f"{office.station.called}和{neighbours[0].called}"
            stem, unit, folder = f"{pair}走访慰问台账", "", ("收件箱",)
        table = filer.table("L2", "", free, unit_name=unit or None)
        table.unit_name = unit
        table.title = "退役军人走访慰问台账"
        book = Book(folder, stem, [], [], ("L2",), None)
        filer.add(book, table, "Sheet1")
        book.remarks.append((flag, code, None))
        found.append(book)
    return found


def plants_of_columns(office: Office) -> list[Plant]:
    """Return the columns the dictionary does not know, wherever a layout has one."""
    return [
        Plant("unknown column", "I104", ledger, mark="unknown heading")
        for ledger, layout in office.layouts.items()
        if ledger not in office.missing and any(c.field is None for c in layout.columns)
    ]
