"""Puts a table on a sheet: title, meta line, header, body with all its trimmings, tail; and remembers where things are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from toolkit.demo import definitions
from toolkit.demo.layouts import Column, Layout
from toolkit.demo.rows import Formula, Row, Shown
from toolkit.demo.sheet import Sheet
from toolkit.demo.values import shown
from toolkit.model import cell_name, column_letters


@dataclass(slots=True)
class Table:
    """One table: its form, its records, and the texts around it."""

    layout: Layout
    rows: list[Row]
    title: str
    unit_name: str
    """What stands after 填报单位; empty: nothing."""
    filled: str
    """What stands after 填报日期."""
    people: tuple[str, str]
    """Who filled it in and who checked it."""
    phone: str
    zero: str = ""
    """Instead of records: 本月无, 零报告."""
    wrong_total: str = ""
    """The field whose total is wrong."""
    notes: tuple[str, ...] = ()
    key: str = ""
    """Names the table among those of its station."""
    spoilt: dict[str, str] = field(default_factory=dict)


def place(sheet: Sheet, table: Table, top: int = 1) -> int:
    """Put a table on a sheet from a row on; return the first row below it."""
    layout = table.layout
    left = 1 + layout.indent
    right = left + len(layout.columns) - 1
    row = top
    if layout.titled:
        sheet.put(row, left, table.title, "title")
        sheet.merge(row, left, row, right)
        sheet.heights[row] = 34
        row += 1
    if layout.meta != "none":
        _meta(sheet, table, row, left, right)
        row += 1
    head = row
    row = _header(sheet, layout, row, left)
    sheet.remember(f"{table.key} header", head, left)
    sheet.remember(f"{table.key} header end", row - 1, left)
    for beside in (1, 2):
        sheet.remember(f"{table.key} beside header {beside}", row - 1, right + beside)
    if sheet.header_rows is None and top == 1:
        sheet.header_rows = (head, row - 1)
    for offset, column in enumerate(layout.columns):
        sheet.widths[left + offset] = max(column.width, sheet.widths.get(left + offset, 0))
        if column.hidden:
            sheet.hidden_columns.add(left + offset)
        if column.field:
            at = cell_name(head + len(column.groups), left + offset)
            sheet.marks.setdefault(f"{table.key} heading {column.field}", at)
            sheet.marks[f"{table.key} last heading {column.field}"] = at
        else:
            sheet.remember(f"{table.key} unknown heading", head + len(column.groups), left + offset)
    row = _body(sheet, table, row, left)
    return _tail(sheet, table, row, left, right)


def _meta(sheet: Sheet, table: Table, row: int, left: int, right: int) -> None:
    layout = table.layout
    unit = f"单位：{layout.unit}" if layout.unit_in == "meta" else ""
    who = f"填报单位（盖章）：{table.unit_name}"
    when = f"填报日期：{table.filled}"
    sheet.heights[row] = 22
    if layout.meta == "one" or right - left < 5:
        sheet.put(row, left, "        ".join(t for t in (who, when, unit) if t), "meta")
        sheet.merge(row, left, row, right)
    else:
        middle = left + (right - left + 1) // 2
        sheet.put(row, left, who, "meta")
        sheet.merge(row, left, row, middle - 1)
        sheet.put(row, middle, when, "meta")
        if unit:
            sheet.merge(row, middle, row, right - 1)
            sheet.put(row, right, unit, "meta")
        else:
            sheet.merge(row, middle, row, right)
    sheet.remember(f"{table.key} meta", row, left)


def _header(sheet: Sheet, layout: Layout, row: int, left: int) -> int:
    levels = layout.levels
    paths = [(*c.groups, c.header) for c in layout.columns]
    for level in range(levels):
        sheet.heights[row + level] = 24 if level < levels - 1 else 34
        start = 0
        for (_, inner), run in groupby(enumerate(paths), key=lambda p: _cell_key(p, level)):
            count = len(list(run))
            path = paths[start]
            if level < len(path) - 1:
                sheet.put(row + level, left + start, path[level], "head")
                sheet.merge(row + level, left + start, row + level, left + start + count - 1)
            elif inner == len(path) - 1:
                sheet.put(row + level, left + start, path[-1], "head")
                sheet.merge(row + level, left + start, row + levels - 1, left + start)
            start += count
    return row + levels


def _cell_key(numbered: tuple[int, tuple[str, ...]], level: int) -> tuple[object, int]:
    """Group columns under the same upper heading; a column's own heading always stands alone."""
    index, path = numbered
    if level < len(path) - 1:
        return path[: level + 1], level
    return index, level


def _body(sheet: Sheet, table: Table, row: int, left: int) -> int:
    layout = table.layout
    since_head = since_sum = 0
    first = row
    pending: list[int] = []
    done: list[Row] = []
    for number, record in enumerate(table.rows, 1):
        if layout.page and since_head == layout.page:
            row = _header(sheet, layout, row, left)
            since_head = 0
        if layout.gap and number > 1 and (number - 1) % layout.gap == 0:
            _empty(sheet, layout, row, left)
            row += 1
        _record(sheet, layout, record, row, left, number)
        pending.append(row)
        done.append(record)
        since_head += 1
        since_sum += 1
        row += 1
        if layout.subtotal and since_sum == layout.subtotal and number < len(table.rows):
            _sum_line(sheet, table, "小计", done[-since_sum:], row, left, (pending[0], row - 1))
            pending.clear()
            since_sum = 0
            row += 1
    if layout.subtotal and 0 < since_sum < len(table.rows):
        _sum_line(sheet, table, "小计", done[-since_sum:], row, left, (pending[0], row - 1))
        row += 1
    if table.zero:
        _empty(sheet, layout, row, left)
        kind = "text"
        sheet.put(row, left + min(1, len(layout.columns) - 1), table.zero, kind)
        row += 1
    _merge_places(sheet, layout, table.rows, left)
    for number in range(len(table.rows) + 1, len(table.rows) + 1 + (layout.spare if not table.zero else 0)):
        _empty(sheet, layout, row, left)
        if layout.columns[0].field == "序号":
            sheet.put(row, left, number, "int")
        row += 1
    if layout.total != "none" and table.rows:
        _sum_line(sheet, table, "合计", table.rows, row, left, (first, row - 1))
        row += 1
    return row


def _record(sheet: Sheet, layout: Layout, record: Row, row: int, left: int, number: int) -> None:
    lines = 1
    for offset, column in enumerate(layout.columns):
        at = left + offset
        name = column.field
        value: Shown
        if name is None:
            value, kind = "已核" if number % 3 else None, "text"
        elif name in record.shown:
            value, kind = record.shown[name], _spoilt_format(record.shown[name], column)
        elif name == "序号":
            value, kind = number, "int"
        else:
            value, kind = shown(record.values.get(name), column.style)
        sheet.put(row, at, value, kind)
        if kind == "left" and isinstance(value, str) and not column.hidden:
            lines = max(lines, math.ceil(len(value) * 2.05 / column.width))
        if name:
            sheet.places.setdefault((record.uid, name), (row, at))
    sheet.heights[row] = 21 if lines == 1 else 6 + 15 * min(lines, 4)
    if record.note:
        sheet.remember(f"note {record.uid}", row, left)


def _spoilt_format(value: Shown, column: Column) -> str:
    if isinstance(value, date):
        return column.style if column.style.startswith("date ") else "date y-m-d"
    if isinstance(value, float):
        return "general"
    if isinstance(value, str) or value is None:
        return "left" if column.style == "left" else "text"
    return shown(None, column.style)[1]


def _empty(sheet: Sheet, layout: Layout, row: int, left: int) -> None:
    sheet.heights[row] = 21
    for offset in range(len(layout.columns)):
        sheet.put(row, left + offset, None, "text")


def _sum_line(
    sheet: Sheet, table: Table, word: str, rows: list[Row], row: int, left: int, span: tuple[int, int]
) -> None:
    """Write a subtotal or total: the word, and sums under the columns that can be added up."""
    layout = table.layout
    _empty(sheet, layout, row, left)
    sums = definitions.ledger(layout.ledger).sums
    label_at = left + (1 if layout.columns[0].field == "序号" and len(word) == 2 and layout.merge_place else 0)
    sheet.put(row, label_at, word, "total")
    for offset, column in enumerate(layout.columns):
        if column.field not in sums:
            continue
        values = [r.values.get(column.field) for r in rows if not r.note]
        amount = sum(v for v in values if isinstance(v, int | float))
        if word == "合计" and table.wrong_total == column.field:
            amount += 100 if amount % 1000 != 900 else 200
        result = round(amount / 10_000, 6) if column.style == "wan" else amount
        value: object = result
        if layout.total == "formula" and not layout.subtotal and word == "合计" and table.wrong_total != column.field:
            letters = column_letters(left + offset)
            value = Formula(f"=SUM({letters}{span[0]}:{letters}{span[1]})", result)
        assert isinstance(value, int | float | Formula)
        sheet.put(row, left + offset, value, "number" if column.style == "wan" else "total")
        sheet.remember(f"{table.key} {word} {column.field}", row, left + offset)


def _merge_places(sheet: Sheet, layout: Layout, rows: list[Row], left: int) -> None:
    """Merge a village's name down the rows it holds for."""
    if not layout.merge_place or not layout.has("所属镇村"):
        return
    at = left + next(i for i, c in enumerate(layout.columns) if c.field == "所属镇村")
    spots = []
    for record in rows:
        if "所属镇村" in record.shown:
            continue
        spots.append((sheet.places[record.uid, "所属镇村"][0], record.values.get("所属镇村")))
    start = 0
    for index in range(1, len(spots) + 1):
        apart = index == len(spots) or spots[index][1] != spots[start][1] or spots[index][0] != spots[index - 1][0] + 1
        if apart:
            if spots[start][1]:
                sheet.merge(spots[start][0], at, spots[index - 1][0], at)
            start = index


def _tail(sheet: Sheet, table: Table, row: int, left: int, right: int) -> int:
    layout = table.layout
    for note in table.notes if layout.notes else ():
        sheet.put(row, left, note, "foot")
        sheet.merge(row, left, row, right)
        row += 1
    if layout.signed:
        filler, checker = table.people
        if layout.meta == "split" and right - left > 8:
            third = (right - left + 1) // 3
            sheet.put(row, left, f"填表人：{filler}", "foot")
            sheet.put(row, left + third, f"审核人：{checker}", "foot")
            sheet.put(row, left + 2 * third, f"联系电话：{table.phone}", "foot")
        else:
            text = f"填表人：{filler}      审核人：{checker}      站长（签字）：          联系电话：{table.phone}"
            sheet.put(row, left, text, "foot")
            sheet.merge(row, left, row, right)
        sheet.heights[row] = 24
        row += 1
    return row
