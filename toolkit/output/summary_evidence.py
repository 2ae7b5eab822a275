"""The sheet 综述依据: for every figure, station by station, which rows of the consolidated workbook stand behind it, with a link to them.

It names stations, never persons: the workbook it stands in is mailed, the consolidated workbook is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.messages import text
from toolkit.output.evidence import Evidence, ranges
from toolkit.output.places import named, short, township_of, unit_text, within
from toolkit.output.summary_book import GREY, LINE, TEAL, Sheet
from toolkit.results import Results

_WIDTHS = (7, 30, 13, 22, 8, 8, 14, 46)
_KEYS = ("number", "figure", "township", "station", "people", "rows_behind", "book_sheet", "book_rows")
_FIRST = 4
"""The first row of lines, counted from 0."""
_MOST_LINKS = 60_000
"""Excel takes 65,530 links a sheet."""


def starts(name: str, lines: Sequence[Evidence]) -> dict[str, str]:
    """Return where each figure's lines will begin in the sheet called ``name``, as a link's target."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        found.setdefault(line.figure.id, f"internal:'{name}'!A{_FIRST + number + 1}")
    return found


def write_evidence(sheet: Sheet, results: Results, lines: Sequence[Evidence], consolidated: str) -> None:
    """Fill the sheet; ``consolidated``: what leads from this workbook's folder to the consolidated one."""
    book, lang = sheet.book, sheet.book.lang
    sheet.widths(*_WIDTHS)
    sheet.title(text("out.evidence.title", lang), text("out.evidence.below", lang), len(_WIDTHS))
    assert sheet.row == _FIRST - 1
    head = book.format(bold=True, font_color="#FFFFFF", bg_color=TEAL, align="center", font_size=9, text_wrap=True, border=1,
                       border_color=TEAL)  # fmt: skip
    for column, key in enumerate(_KEYS):
        words = unit_text(results, "out.unit.column", lang) if key == "township" else text(f"out.column.{key}", lang)
        sheet.put(sheet.row, column, words, head)
    sheet.sheet.set_row(sheet.row, 22)
    sheet.sheet.freeze_panes(_FIRST, 2)
    sheet.sheet.repeat_rows(sheet.row)
    line = {"bottom": 1, "bottom_color": LINE, "font_size": 9}
    plain, soft = book.format(**line), book.format(font_color=GREY, **line)
    count = book.format(align="right", num_format="#,##0", **line)
    linked = book.format(font_color="#1F6FB2", underline=1, **line)
    row = _FIRST
    for one in lines:
        upper = township_of(results, one.station) if one.station else None
        own = one.station is not None and upper is not None and one.station.code == upper.code
        station = text("out.unclaimed", lang) if upper is None or one.station is None else (
            text("out.reporting.own", lang) if own else within(named(results, one.station), upper.name))  # fmt: skip
        sheet.put(row, 0, one.figure.code, soft)
        sheet.put(row, 1, one.figure.name, plain)
        sheet.put(row, 2, short(upper.name) if upper else "", soft)
        sheet.put(row, 3, station, plain)
        sheet.put(row, 4, one.people, count)
        sheet.put(row, 5, len(one.rows), count)
        sheet.put(row, 6, one.sheet, soft)
        target = f"external:{consolidated}#'{one.sheet.replace(chr(39), chr(39) * 2)}'!A{one.rows[0]}"
        if row - _FIRST < _MOST_LINKS:
            sheet.link(row, 7, target, ranges(one.rows), linked)
        else:
            sheet.put(row, 7, ranges(one.rows), plain)
        row += 1
    if row > _FIRST:
        sheet.sheet.autofilter(_FIRST - 1, 0, row - 1, len(_WIDTHS) - 1)
    else:
        sheet.put(row, 0, text("out.evidence.nothing", lang), soft, len(_WIDTHS))
    sheet.row = row + 1
