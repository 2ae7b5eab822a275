"""The sheet 走访覆盖: people registered, people visited, visits, coverage and frequency by township and village."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.messages import text
from toolkit.output.coverage import Coverage, visit_coverage
from toolkit.output.places import named, short, unit_text, within
from toolkit.output.small import hide_in_table
from toolkit.output.summary_book import LINE, RATE, TEAL, TEAL_PALE, Book, Sheet
from toolkit.results import Results

_WIDTHS = (16, 26, 12, 12, 12, 13, 13)
_KEYS = ("township", "village", "registered", "visited", "visits", "coverage", "frequency")


def write_visits(sheet: Sheet, results: Results) -> None:
    """Fill the sheet."""
    book, lang = sheet.book, sheet.book.lang
    total, places = visit_coverage(results)
    first, last = results.period
    sheet.widths(*_WIDTHS)
    sheet.title(text("out.visits.title", lang), text("out.visits.below", lang, first=first, last=last), len(_WIDTHS))
    head = book.format(bold=True, font_color="#FFFFFF", bg_color=TEAL, align="center", font_size=9, text_wrap=True, border=1,
                       border_color=TEAL)  # fmt: skip
    several = results.roster.several
    for column, key in enumerate(_KEYS):
        words = unit_text(results, "out.unit.column", lang) if key == "township" else text(
            "out.column.lower" if several and key == "village" else f"out.column.{key}", lang)  # fmt: skip
        sheet.put(sheet.row, column, words, head)
    sheet.sheet.set_row(sheet.row, 22)
    sheet.row += 1
    sheet.sheet.freeze_panes(sheet.row, 2)
    sheet.sheet.repeat_rows(sheet.row - 1)
    start = sheet.row
    band = {"bold": True, "bg_color": TEAL_PALE}
    *uppers, whole = _told(book, [*(place.total for place in places), total])
    _line(sheet, text("out.total", lang), "", whole, {**band, "top": 1, "top_color": TEAL})
    for place, told in zip(places, uppers, strict=True):
        upper = short(place.station.name) if place.station else text("out.unclaimed", lang)
        _line(
            sheet,
            upper,
            text("out.visits.places", lang, count=len(place.places)) if place.places and not several else "",
            told,
            band,
        )
        for (station, _), own in zip(
            place.places, _told(book, [*(one for _, one in place.places), place.total]), strict=False
        ):
            itself = place.station is not None and station.code == place.station.code
            name = (
                text("out.reporting.own", lang)
                if itself
                else within(named(results, station), place.station.name if place.station else "")
            )
            _line(sheet, "", name, own, {"bottom": 1, "bottom_color": LINE}, level=1)
    sheet.sheet.outline_settings(True, False)  # noqa: FBT003 - XlsxWriter's own: visible, summary rows above
    if sheet.row > start + 1:
        for color, low in (("#B5483A", 0.6), ("#8A5A00", 0.9)):
            rule = {"type": "cell", "criteria": "<", "value": low, "stop_if_true": True,
                    "format": book.workbook.add_format({"font_color": color})}  # fmt: skip
            sheet.sheet.conditional_format(start, 5, sheet.row - 1, 5, rule)


def _told(book: Book, counted: Sequence[Coverage]) -> list[list[Any]]:
    """Return the five numbers of places and, last, of all of them together; small ones hidden where the workbook leaves the house."""
    rows = [[one.registered, one.visited, one.visits, one.coverage, one.frequency] for one in counted]
    return hide_in_table(rows, (0, 1, 2), (3, 4), total=True, least=book.least) if book.least else rows


def _line(
    sheet: Sheet, township: str, village: str, told: Sequence[Any], look: dict[str, object], level: int = 0
) -> None:
    book, row = sheet.book, sheet.row
    count = book.format(align="right", num_format="#,##0", **look)
    sheet.sheet.set_row(row, 18, None, {"level": level} if level else {})
    sheet.put(row, 0, township, book.format(**look))
    sheet.put(row, 1, village, book.format(**look))
    for column, value in enumerate(told, 2):
        form = RATE if column == 5 else "0.00"
        shown = "—" if value is None else value
        sheet.put(row, column, shown, count if column < 5 else book.format(align="right", num_format=form, **look))
    sheet.row += 1
