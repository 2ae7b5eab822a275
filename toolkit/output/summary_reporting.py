"""The second sheet of the summary: every station and every ledger it owes, coloured by what came of it."""

from __future__ import annotations

from collections import Counter

from toolkit.messages import text
from toolkit.output.facts import SENT, Facts
from toolkit.output.places import lines, named, percent, short, unit_text, within
from toolkit.output.summary_book import GREY, LINE, STATUS_FILLS, TEAL, TEAL_PALE, Sheet
from toolkit.results import STATUSES, Results


def write_reporting(sheet: Sheet, results: Results, facts: Facts) -> None:
    """Fill the sheet."""
    book, lang = sheet.book, sheet.book.lang
    by_cell = {(one.station.code, one.ledger): one for one in results.stations}
    owed = {one.ledger for one in results.stations}
    ledgers = [ledger for ledger in results.dictionary.ledgers.values() if ledger.id in owed]
    columns = 2 + len(ledgers) + 1
    sheet.widths(13, 26, *[11] * len(ledgers), 9)
    county = facts.county
    below = text("out.reporting.below", lang, due=county.due, sent=county.sent, rate=percent(county.reporting))
    sheet.title(text("out.reporting.title", lang), below, columns)
    counts = Counter(one.status for one in results.stations)
    _legend(sheet, counts, lang)
    head = book.format(
        bold=True, font_color="#FFFFFF", bg_color=TEAL, align="center", text_wrap=True, border=1, border_color="#FFFFFF"
    )
    below = text("out.column.lower" if results.roster.several else "out.column.station", lang)
    words = [
        unit_text(results, "out.unit.column", lang),
        below,
        *(ledger.short for ledger in ledgers),
        text("out.column.open", lang),
    ]
    for column, word in enumerate(words):
        sheet.put(sheet.row, column, word, head)
    sheet.sheet.set_row(sheet.row, 30)
    header = sheet.row
    sheet.row += 1
    sheet.sheet.freeze_panes(sheet.row, 2)
    sheet.sheet.repeat_rows(header)
    cells = {status: book.format(align="center", bg_color=fill, font_color=color, border=1, border_color="#FFFFFF", font_size=9)
             for status, (fill, color) in STATUS_FILLS.items()}  # fmt: skip
    none = book.format(align="center", font_color="#B8C0C8", bottom=1, bottom_color=LINE, font_size=9)
    names = {status: text(f"out.status.{status}", lang) for status in STATUSES}
    count = book.format(align="center", bold=True, bottom=1, bottom_color=LINE, font_color=STATUS_FILLS["missing"][1])
    plain, grey = book.format(bottom=1, bottom_color=LINE), book.format(bottom=1, bottom_color=LINE, font_color=GREY)
    band = {"bold": True, "bg_color": TEAL_PALE, "font_color": TEAL}
    for township in facts.townships:
        score = township.score
        upper = short(township.station.name)
        sheet.sheet.set_row(sheet.row, 21)
        sheet.put(sheet.row, 0, upper, book.format(**band))
        note = text("out.reporting.township", lang, stations=len(township.stations), rate=percent(score.reporting))
        sheet.put(sheet.row, 1, note, book.format(**band))
        for column, ledger in enumerate(ledgers, 2):
            own = [
                by_cell[station.code, ledger.id]
                for station in township.stations
                if (station.code, ledger.id) in by_cell
            ]
            sent = sum(one.status in ("reported", "late", "zero") for one in own)
            sheet.put(sheet.row, column, f"{sent}/{len(own)}" if own else "", book.format(align="center", **band))
        sheet.put(sheet.row, columns - 1, (score.due - score.sent) or None, book.format(align="center", **band))
        sheet.row += 1
        for station, told in lines(results, township.stations):
            sheet.put(sheet.row, 0, upper, grey)
            itself = station.code == township.station.code
            sheet.put(
                sheet.row,
                1,
                text("out.reporting.own", lang) if itself else within(named(results, station), township.station.name),
                plain,
            )
            missing = 0
            for column, ledger in enumerate(ledgers, 2):
                found = [by_cell[one.code, ledger.id] for one in told if (one.code, ledger.id) in by_cell]
                if not found:
                    sheet.put(sheet.row, column, "·", none)
                    continue
                missing += sum(one.status in ("missing", "unreadable") for one in found)
                if len(told) == 1:
                    sheet.put(sheet.row, column, names[found[0].status], cells[found[0].status])
                else:
                    came = sum(one.status in SENT for one in found)
                    look = cells["reported" if came == len(found) else "late" if came else "missing"]
                    sheet.put(sheet.row, column, f"{came}/{len(found)}", look)
            sheet.put(sheet.row, columns - 1, missing or None, count)
            sheet.sheet.set_row(sheet.row, 17)
            sheet.row += 1
    if sheet.row > header + 1:
        sheet.sheet.autofilter(header, 0, sheet.row - 1, columns - 1)


def _legend(sheet: Sheet, counts: Counter[str], lang: str) -> None:
    book = sheet.book
    sheet.put(
        sheet.row, 0, text("out.reporting.legend", lang), book.format(font_color=GREY, font_size=9, align="right")
    )
    first = text("out.reporting.none", lang)
    sheet.put(sheet.row, 1, first, book.format(font_color=GREY, font_size=9))
    for column, status in enumerate(STATUSES, 2):
        fill, color = STATUS_FILLS[status]
        words = f"{text(f'out.status.{status}', lang)} {counts[status]:,}"
        sheet.put(
            sheet.row,
            column,
            words,
            book.format(bg_color=fill, font_color=color, align="center", bold=True, font_size=9),
        )
    sheet.row += 2
