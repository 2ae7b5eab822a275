"""One sheet a ledger: records, people and amounts by township, then township × each code list. Counts only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.output.facts import Facts
from toolkit.output.places import short, unit_text
from toolkit.output.sql import amounts, in_period, people_view, quoted
from toolkit.output.summary_book import TEAL, Heading, Series, Sheet, chart, two_lines
from toolkit.results import Results

_COUNT, _MONEY = "#,##0", "#,##0.00"
_MOST = 11
"""How many values of a code list get a column; the rest are put together."""
_RARE, _FEW = 100, 5
"""A value that its code list does not know gets a column when one record in so many has it, and so many at least: what a single
clerk typed may name a person, and this workbook is mailed."""
_COLUMNS, _HALF = 14, 7
"""How many columns a sheet has; tables that need less than half stand two abreast."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A table of township × value that waits to be written."""

    title: str
    note: str
    headings: list[Heading]
    rows: list[list[Any]]


def write_ledger(sheet: Sheet, results: Results, facts: Facts, ledger: Ledger) -> None:
    """Fill the sheet of one ledger."""
    lang = sheet.book.lang
    sheet.widths(14, *[11.5] * (_HALF - 1), 14, *[11.5] * (_COLUMNS - _HALF - 1))
    condition = in_period(results, ledger)
    first, last = results.period
    dated = "out.ledger.dated" if ledger.date else "out.ledger.undated"
    sheet.title(ledger.name, text(dated, lang, first=first, last=last), _COLUMNS)
    _left_out(sheet, results, ledger, condition)
    order = [(one.station.code, short(one.station.name)) for one in facts.townships] + [
        ("", text("out.unclaimed", lang))
    ]
    what = text("out.column.rows" if ledger.date and ledger.person else "out.column.records", lang)
    _totals(sheet, results, ledger, condition, order, what)
    counted = [_by_value(results, ledger, spec.name, condition, order, what, lang)
               for spec in ledger.fields.values() if spec.type in ("code", "yes_no")]  # fmt: skip
    _write_counted(sheet, [table for table in counted if table is not None])


def _left_out(sheet: Sheet, results: Results, ledger: Ledger, condition: str) -> None:
    """Say how many rows are not in the counts, and why."""
    lang = sheet.book.lang
    every, repeated, inside = results.rows.query(
        f"SELECT count(*), count(*) FILTER (NOT _counted), count(*) FILTER ({condition}) FROM {quoted(ledger.id)}"  # noqa: S608
    )[0]
    outside = every - repeated - inside
    if repeated or outside:
        key = "out.ledger.left_out" if ledger.date else "out.ledger.left_out_undated"
        note = text(key, lang, repeated=f"{repeated:,}", outside=f"{outside:,}")
        sheet.put(sheet.row - 1, 0, note, sheet.book.format(font_size=9, font_color="#8A5A00"), _COLUMNS)
        sheet.row += 1


def _totals(
    sheet: Sheet, results: Results, ledger: Ledger, condition: str, order: list[tuple[str, str]], what: str
) -> None:
    """Write records, people and amounts by township, and the chart beside them."""
    lang, book, source = sheet.book.lang, sheet.book, people_view(results, ledger)
    money = [name for name in amounts(ledger)
             if results.rows.query(f"SELECT 1 FROM {quoted(ledger.id)} WHERE {quoted(name)} IS NOT NULL LIMIT 1")]  # noqa: S608  # fmt: skip
    sums = "".join(f", sum({quoted(name)})" for name in money)
    measured = f"count(*), count(DISTINCT _who), count(DISTINCT _station){sums}"
    found = {
        row[0]: row[1:]
        for row in results.rows.query(
            f"SELECT _township, {measured} FROM {source} WHERE {condition} GROUP BY 1"  # noqa: S608
        )
    }
    total = results.rows.query(f"SELECT {measured} FROM {source} WHERE {condition}")[0]  # noqa: S608
    people = ledger.person is not None
    headings = [Heading(unit_text(results, "out.unit.column", lang), 1, align="left"), Heading(text("out.column.stations_with", lang), 1, _COUNT),
                Heading(what, 1, _COUNT, about="people" if people else "")]  # fmt: skip
    headings += [Heading(text("out.column.people", lang), 1, _COUNT, about="people")] if people else []
    whole = all(value is None or value == int(value) for value in total[3:])
    headings += [
        Heading(text("out.column.amount", lang, field=name), 1, _COUNT if whole else _MONEY, about="amounts")
        for name in money
    ]

    def line(name: str, values: tuple[Any, ...]) -> list[Any]:
        return [name, values[2], values[0], *([values[1]] if people else []), *(value or 0 for value in values[3:])]

    rows = [line(name, found[code]) for code, name in order if code in found]
    sheet.section(
        unit_text(results, "out.ledger.totals", lang),
        _COLUMNS,
        unit_text(results, "out.ledger.totals_note", lang, what=what) if people else "",
    )
    start = sheet.row
    first, last = sheet.table(headings, [*rows, line(text("out.total", lang), total)], total=True)
    if last - first >= 2 and len(headings) <= _HALF:
        height = max(200, 60 + (last - first + 1) * 24)
        series = [Series(what, sheet.ref(first, 0, last), sheet.ref(first, 2, last), TEAL)]
        made = chart(
            book,
            "bar",
            unit_text(results, "out.ledger.chart", lang, what=what),
            series,
            width=590,
            height=height,
            label_room=0.15,
        )
        sheet.sheet.insert_chart(start, _HALF, made, {"x_offset": 10, "object_position": 1})
        sheet.row = max(sheet.row, start + height // 24 + 2)


def _by_value(
    results: Results, ledger: Ledger, field: str, condition: str, order: list[tuple[str, str]], what: str, lang: str
) -> _Counted | None:
    """Return township × value of a code list: the list's own order, then what else was typed."""
    spec = ledger.fields[field]
    value = f"unnest(string_split({quoted(field)}, '、'))" if spec.multiple else quoted(field)
    found = results.rows.query(
        f"SELECT _township, value, count(*) FROM (SELECT _township, {value} AS value FROM {quoted(ledger.id)} WHERE {condition} "  # noqa: S608
        f"AND {quoted(field)} IS NOT NULL) GROUP BY 1, 2"
    )
    if not found:
        return None
    blank = dict(results.rows.query(
        f"SELECT _township, count(*) FROM {quoted(ledger.id)} WHERE {condition} AND {quoted(field)} IS NULL GROUP BY 1"  # noqa: S608
    ))  # fmt: skip
    totals: Counter[str] = Counter()
    cells: dict[tuple[str, str], int] = {}
    for township, word, count in found:
        totals[word] += count
        cells[township, word] = count
    places = {word: place for place, word in enumerate(spec.codes.values if spec.codes else ("是", "否"))}
    total = sum(totals.values())
    usual = [
        word for word, count in totals.most_common() if word in places or (count >= _FEW and count * _RARE >= total)
    ]
    kept = set(usual[:_MOST] if len(usual) > _MOST + 1 else usual)
    shown = sorted(kept, key=lambda word: (places.get(word, len(places)), -totals[word], word))
    rest = [word for word in totals if word not in kept]
    names = list(map(mask_text, shown))
    names += [text("out.ledger.rest", lang, count=len(rest))] if rest else []
    names += [text("out.ledger.blank", lang)] if blank else []
    headings = [
        Heading(unit_text(results, "out.unit.column", lang), 1, align="left"),
        *(Heading(name, 1, _COUNT, about="people" if ledger.person else "") for name in names),
    ]
    rows: list[list[Any]] = []
    for code, township in order:
        counts = [cells.get((code, word), 0) for word in shown]
        counts += [sum(cells.get((code, word), 0) for word in rest)] if rest else []
        counts += [blank.get(code, 0)] if blank else []
        if any(counts):
            rows.append([township, *(count or None for count in counts)])
    sums = [text("out.total", lang), *(sum(row[column] or 0 for row in rows) for column in range(1, len(headings)))]
    note = text("out.ledger.several", lang) if spec.multiple else ""
    return _Counted(text("out.ledger.by_field", lang, field=field, what=what), note, headings, [*rows, sums])


def _write_counted(sheet: Sheet, tables: list[_Counted]) -> None:
    """Write the tables in order; narrow ones stand two abreast, so one may wait for the next."""
    waiting: list[_Counted] = []
    for table in tables:
        if len(table.headings) >= _HALF:
            _beside(sheet, [table])
            continue
        waiting.append(table)
        if len(waiting) == 2:
            _beside(sheet, waiting)
            waiting = []
    _beside(sheet, waiting)


def _beside(sheet: Sheet, tables: list[_Counted]) -> None:
    if not tables:
        return
    start, end = sheet.row, sheet.row
    tall = any(two_lines(table.headings) for table in tables)
    for number, table in enumerate(tables):
        sheet.row = start
        left, span = number * _HALF, len(table.headings)
        sheet.section(table.title + (f"　{table.note}" if table.note else ""), max(span, _HALF - 1), left=left)
        sheet.table(table.headings, table.rows, total=True, left=left, tall=tall, across=True)
        end = max(end, sheet.row)
    sheet.row = end
