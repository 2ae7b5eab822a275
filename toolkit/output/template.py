"""Blank ledgers, made from the same definitions that ledgers are checked by: what is filled in correctly passes the check.

Title, report line and header; numbered rows with dropdowns, prompts and formats; the header locked without a password, frozen, and
repeated on every printed page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from toolkit.fields.base import FieldSpec
from toolkit.ledgers.ledger import Ledger
from toolkit.ledgers.workbook_write import FONT, WRITER_OPTIONS
from toolkit.messages import text
from toolkit.model import OPTIONS_SHEET, cell_name, column_letters
from toolkit.output import template_cells as cells
from toolkit.output.publish import publish_bytes

_PAGE, _PAPER = 155.0, 112.0
"""Characters of width that go on a printed page before it gets too small to read, and those that A4 takes at full size, in the widest of fonts."""
_LARGEST_SCALE = 85
"""In percent: so that twenty rows fill a page."""
_UNLOCKED = {"select_locked_cells": True, "select_unlocked_cells": True, "format_cells": True, "format_columns": True, "format_rows": True,
             "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True, "objects": True}  # fmt: skip
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\<>|\"'\x00-\x1f]")
_SPARE = 500


@dataclass(frozen=True, slots=True)
class Blank:
    """What a blank ledger looks like beside its definition. ``rows``: how many are numbered; ``year``: in the title, 0 for none."""

    county: str = ""
    year: int = 0
    rows: int = 20
    lang: str = "zh"


def file_name(ledger: Ledger) -> str:
    """Return the name of a blank ledger's file."""
    return f"{_NOT_IN_NAMES.sub('', ledger.name).strip(' .') or ledger.id}.xlsx"


def write_template(path: Path, ledger: Ledger, blank: Blank) -> Path:
    """Write a blank ledger and return where.

    Raises:
        OSError: the file cannot be written.
    """
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, WRITER_OPTIONS)
    book.formats[0].set_font_name(FONT)
    book.formats[0].set_font_size(10)
    name = _NOT_IN_NAMES.sub("", ledger.short).strip()[:31] or ledger.id
    _Template(book, book.add_worksheet(name), ledger, blank).write()
    book.close()
    return publish_bytes(path, made.getvalue())


class _Template:
    """One sheet. Rows and columns are counted from 0, as XlsxWriter does."""

    def __init__(self, book: Any, page: Any, ledger: Ledger, blank: Blank) -> None:
        self._book, self._page, self._ledger, self._blank = book, page, ledger, blank
        self._fields: Sequence[FieldSpec] = list(ledger.fields.values())
        self._headings = [cells.heading(spec) for spec in self._fields]
        self._widths = [cells.width(spec, heading) for spec, heading in zip(self._fields, self._headings, strict=True)]
        self._kept = min(2, len(self._fields) - 1)
        self._has_groups = any(spec.group for spec in self._fields)
        self._breaks = self._page_breaks()
        self._listed = 0
        self._options: Any = None

    def write(self) -> None:
        """Write everything."""
        first = (self._breaks[0] if self._breaks else len(self._fields)) - 1
        self._put(0, 0, 0, first, self._title(), {"bold": True, "font_size": 18, "align": "center", "locked": False})
        self._page.set_row(0, 36)
        self._report_line(1, first)
        head, body = 2, 4 if self._has_groups else 3
        self._header(head, body - 1)
        last = body + self._blank.rows - 1
        self._body(body, last)
        foot = {"locked": False, "align": "left"}
        self._put(last + 1, 0, last + 1, first, text("template.signature", self._blank.lang), foot)
        self._page.set_row(last + 1, 28)
        self._print(head, body, last + 1)
        if self._options is not None:
            self._options.hide()

    def _format(self, **properties: Any) -> Any:
        return self._book.add_format(
            {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True} | properties
        )

    def _put(
        self, row: int, column: int, last_row: int, last_column: int, words: str, properties: dict[str, Any]
    ) -> None:
        """Write a text over an area."""
        made = self._format(**properties)
        if (row, column) == (last_row, last_column):
            self._page.write_string(row, column, words, made) if words else self._page.write_blank(
                row, column, None, made
            )
        else:
            self._page.merge_range(row, column, last_row, last_column, words, made)

    def _title(self) -> str:
        params = {"county": self._blank.county, "ledger": self._ledger.name}
        if self._blank.year and self._ledger.rhythm != "continuous":
            return text("template.title_year", self._blank.lang, year=self._blank.year, **params)
        return text("template.title", self._blank.lang, **params)

    def _page_breaks(self) -> list[int]:
        """Return the columns with which printed pages begin, the first page left out; a group is kept together where it can be."""
        breaks: list[int] = []
        start, used = 0, 0.0
        for place, wide in enumerate(self._widths):
            if used + wide > _PAGE and place > start:
                group = self._fields[place].group
                begin = next((one for one in range(place, start, -1) if self._fields[one - 1].group != group), start)
                start = begin if group and sum(self._widths[start:begin]) > _PAGE / 2 else place
                breaks.append(start)
                used = sum(self._widths[: self._kept]) + sum(self._widths[start:place])
            used += wide
        return breaks

    def _reach(self, column: int, wanted: float) -> int:
        """Return the column at which columns from one on are as wide as wanted, or the last one."""
        total = 0.0
        for place in range(column, len(self._widths)):
            total += self._widths[place]
            if total >= wanted:
                return place
        return len(self._widths) - 1

    def _report_line(self, row: int, last: int) -> None:
        """Write who reports and when: labels and cells to fill in, in turn; all in one cell where there is no room."""
        labels = [text(f"template.{name}", self._blank.lang) for name in ("reporter", "filled_on")]
        unit = text("template.unit", self._blank.lang) if any(spec.type == "amount" for spec in self._fields) else ""
        self._page.set_row(row, 24)
        areas = list(self._areas([16, 20, 10, 12, 8], last))
        if len(areas) < 5:
            words = "            ".join([*labels, unit]).rstrip()
            self._put(row, 0, row, last, words, {"locked": False, "align": "left"})
            return
        entry = {"locked": False, "align": "left", "num_format": "@", "bottom": 1, "text_wrap": False, "shrink": True}
        texts: list[tuple[str, dict[str, Any]]] = [
            (labels[0], {"align": "right"}),
            ("", entry),
            (labels[1], {"align": "right"}),
            ("", entry),
            (unit, {"align": "right"}),
        ]
        for (first, end), (words, properties) in zip(areas, texts, strict=True):
            self._put(row, first, row, end, words, properties)

    def _areas(self, wanted: Sequence[int], last: int) -> Iterator[tuple[int, int]]:
        """Yield runs of columns of at least these widths, the last one up to a column; fewer where there is no room."""
        column = 0
        for number, least in enumerate(wanted):
            if column > last:
                return
            end = last if number == len(wanted) - 1 else min(self._reach(column, least), last)
            yield column, end
            column = end + 1

    def _header(self, first: int, last: int) -> None:
        """Write the headings, those of groups above their neighbours."""
        look = {"bold": True, "align": "center", "border": 1, "bg_color": "#DCE6F1"}
        needed = look | {"bg_color": "#FCE4D6"}
        self._page.set_row(first, 24 if self._has_groups else 34)
        if self._has_groups:
            self._page.set_row(last, 34)
        runs = groupby(
            range(len(self._fields)), key=lambda at: (self._fields[at].group or at, bisect_right(self._breaks, at))
        )
        for (group, _), run in runs:
            places = list(run)
            if self._has_groups and isinstance(group, str):
                self._put(first, places[0], first, places[-1], group, look)
            for place in places:
                top = last if isinstance(group, str) else first
                self._put(
                    top, place, last, place, self._headings[place], needed if self._fields[place].required else look
                )

    def _body(self, first: int, last: int) -> None:
        """Write the rows to be filled in."""
        whole_row = self._format(locked=False)
        looks = [self._format(locked=False, border=1, num_format=cells.number_format(spec, self._ledger),
                              align="left" if spec.type == "text" else "center") for spec in self._fields]  # fmt: skip
        for row in range(first, last + 1):
            self._page.set_row(row, 22, whole_row)
            for place, (spec, look) in enumerate(zip(self._fields, looks, strict=True)):
                if spec.type == "serial":
                    self._page.write_number(row, place, row - first + 1, look)
                else:
                    self._page.write_blank(row, place, None, look)
        for place, (spec, wide) in enumerate(zip(self._fields, self._widths, strict=True)):
            self._page.set_column(place, place, wide)
            cell = cell_name(first + 1, place + 1)
            check = cells.validation(spec, self._ledger, cell, self._source(spec), self._blank.lang)
            self._page.data_validation(first, place, last + _SPARE, place, check)

    def _source(self, spec: FieldSpec) -> Any:
        """Return what a dropdown offers: the choices, or where on a hidden sheet they stand if they are many."""
        choices = cells.choices(spec)
        if not choices:
            return None
        if len(",".join(choices)) <= cells.LONGEST_LIST and not any("," in choice for choice in choices):
            return choices
        if self._options is None:
            self._options = self._book.add_worksheet(OPTIONS_SHEET)
            self._options.write_string(0, 0, text("template.options", self._blank.lang))
        letters = column_letters(self._listed + 1)
        for row, choice in enumerate(choices, 1):
            self._options.write_string(row, self._listed, choice)
        self._listed += 1
        return f"='{OPTIONS_SHEET}'!${letters}$2:${letters}${len(choices) + 1}"

    def _print(self, head: int, body: int, last: int) -> None:
        """Set up the screen and the printer."""
        page = self._page
        page.freeze_panes(body, self._kept)
        page.protect("", _UNLOCKED)
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.center_horizontally()
        page.repeat_rows(head, body - 1)
        bounds = [0, *self._breaks, len(self._widths)]
        widest = max(sum(self._widths[start:end]) for start, end in pairwise(bounds))
        if self._breaks:
            page.set_v_pagebreaks(self._breaks)
            page.repeat_columns(0, self._kept - 1)
            widest += sum(self._widths[: self._kept])
        page.set_print_scale(min(_LARGEST_SCALE, int(100 * _PAPER / widest)))
        page.print_area(0, 0, last, len(self._fields) - 1)
        page.set_footer(f"&C{text('template.page', self._blank.lang)}")
