"""Sheets to be printed: A4, 方正小标宋 title, 仿宋 cells with borders, headings on every page, room for a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.output.bulk import cut
from toolkit.output.document import HEADING, TITLE
from toolkit.output.summary_book import Book

BODY = "仿宋"
_CHINESE = 134
"""The character set that a missing font is replaced in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed table: its heading, its width in characters, how its cells are aligned."""

    heading: str
    width: float
    align: str = "center"


class Page:
    """A sheet being filled from the top."""

    def __init__(
        self, book: Book, name: str, columns: Sequence[Column], footer: str, *, landscape: bool = True
    ) -> None:
        self.book, self.columns, self.row = book, columns, 0
        self.sheet: Any = book.workbook.add_worksheet(name)
        self.sheet.set_paper(9)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        self.sheet.center_horizontally()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer(f"&C&10{footer}")
        self.sheet.hide_gridlines(2)
        for number, column in enumerate(columns):
            self.sheet.set_column(number, number, column.width)
        self._right = len(columns) - 1

    def format(self, **properties: Any) -> Any:
        """Return a format in the list's font."""
        return self.book.format(
            **{"font_name": BODY, "font_size": 11, "font_color": "#000000", "font_charset": _CHINESE, **properties}
        )

    def head(self, title: str, below: str) -> None:
        """Write the title, the line below it and the headings, which every page repeats."""
        look = self.format(font_name=TITLE, font_size=20, align="center")
        self.sheet.set_row(0, 36)
        self.sheet.merge_range(0, 0, 0, self._right, "", look)
        self.sheet.write_string(0, 0, cut(title), look)
        soft = self.format(align="left")
        self.sheet.set_row(1, 20)
        self.sheet.merge_range(1, 0, 1, self._right, "", soft)
        self.sheet.write_string(1, 0, cut(below), soft)
        top = self.format(font_name=HEADING, align="center", border=1, text_wrap=True)
        self.sheet.set_row(2, 26)
        for number, column in enumerate(self.columns):
            self.sheet.write_string(2, number, column.heading, top)
        self.sheet.freeze_panes(3, 0)
        self.sheet.repeat_rows(2)
        self.row = 3

    def line(self, values: Sequence[Any], height: float = 24, *, bold: bool = False) -> None:
        """Write a row of the table; numbers stay numbers, texts texts."""
        self.sheet.set_row(self.row, height)
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            font = {"font_name": HEADING} if bold else {}
            look = self.format(align=column.align, border=1, text_wrap=True, **font)
            if value is None or value == "":
                self.sheet.write_blank(self.row, number, None, look)
            elif isinstance(value, str):
                self.sheet.write_string(self.row, number, cut(value), look)
            else:
                self.sheet.write_number(self.row, number, value, look)
        self.row += 1

    @staticmethod
    def height(words: str, width: float) -> float:
        """Return the height of a row whose longest text stands in a column of ``width`` characters."""
        units = sum(2 if char > "\u2000" else 1 for char in words)
        return max(24, 16 * -int(-units // (width * 0.95)) + 6)

    def band(self, words: str) -> None:
        """Write a row across the table that heads the rows below it."""
        look = self.format(font_name=HEADING, align="left", border=1, bg_color="#EDEDED", indent=1)
        self.sheet.set_row(self.row, 22)
        self.sheet.merge_range(self.row, 0, self.row, self._right, "", look)
        self.sheet.write_string(self.row, 0, cut(words), look)
        self.row += 1

    def foot(self, words: str) -> None:
        """Write a line below the table."""
        look = self.format(align="left")
        self.sheet.set_row(self.row, 30)
        self.sheet.merge_range(self.row, 0, self.row, self._right, "", look)
        self.sheet.write_string(self.row, 0, cut(words), look)
        self.row += 1
