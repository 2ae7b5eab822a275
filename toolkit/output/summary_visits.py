"""The sheet 走访覆盖: people registered, people visited, visits, coverage and frequency by township and village."""

from __future__ import annotations

from toolkit.messages import text
from toolkit.output.coverage import Coverage, visit_coverage
from toolkit.output.places import short, within
from toolkit.output.summary_book import LINE, RATE, TEAL, TEAL_PALE, Sheet
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
    for column, key in enumerate(_KEYS):
        sheet.put(sheet.row, column, text(f"out.column.{key}", lang), head)
    sheet.sheet.set_row(sheet.row, 22)
    sheet.row += 1
    sheet.sheet.freeze_panes(sheet.row, 2)
    sheet.sheet.repeat_rows(sheet.row - 1)
    start = sheet.row
    band = {"bold": True, "bg_color": TEAL_PALE}
    _line(sheet, text("out.total", lang), "", total, {**band, "top": 1, "top_color": TEAL})
    for place in places:
        upper = short(place.station.name) if place.station else text("out.unclaimed", lang)
        _line(sheet, upper, text("out.visits.places", lang, count=len(place.places)) if place.places else "", place.total, band)
        for station, own in place.places:
            itself = place.station is not None and station.code == place.station.code
            name = text("out.reporting.own", lang) if itself else within(station.name, place.station.name if place.station else "")
            _line(sheet, "", name, own, {"bottom": 1, "bottom_color": LINE}, level=1)
    sheet.sheet.outline_settings(True, False)  # noqa: FBT003 - XlsxWriter's own: visible, summary rows above
    if sheet.row > start + 1:
        for color, low in (("#B5483A", 0.6), ("#8A5A00", 0.9)):
            rule = {"type": "cell", "criteria": "<", "value": low, "stop_if_true": True,
                    "format": book.workbook.add_format({"font_color": color})}  # fmt: skip
            sheet.sheet.conditional_format(start, 5, sheet.row - 1, 5, rule)


def _line(sheet: Sheet, township: str, village: str, one: Coverage, look: dict[str, object], level: int = 0) -> None:
    book, row = sheet.book, sheet.row
    count = book.format(align="right", num_format="#,##0", **look)
    sheet.sheet.set_row(row, 18, None, {"level": level} if level else {})
    sheet.put(row, 0, township, book.format(**look))
    sheet.put(row, 1, village, book.format(**look))
    for column, value in enumerate((one.registered, one.visited, one.visits), 2):
        sheet.put(row, column, value, count)
    for column, ratio in ((5, one.coverage), (6, one.frequency)):
        sheet.put(row, column, "—" if ratio is None else ratio, book.format(align="right", num_format=RATE if column == 5 else "0.00", **look))
    sheet.row += 1
