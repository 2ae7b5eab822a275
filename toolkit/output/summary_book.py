"""The summary workbook's looks: one palette, one set of formats, tables and charts that match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.output.bulk import cut
from toolkit.output.small import hide_in_table

FONT = "微软雅黑"
INK, GREY, LINE, PALE = "#1F2933", "#5B6B7B", "#D9DFE4", "#F3F6F6"
RATE, SHARE, CHANGE = "0.0%", "0.0%;0.0%", "+0.0%;-0.0%;0.0%"
"""Percentages: rates, of which low ones stand out; shares; changes, green or red."""
TEAL, TEAL_PALE, AMBER, AMBER_DARK, RED, GREEN, BLUE = (
    "#2F6F73",
    "#E3EEEE",
    "#C98A2B",
    "#8A5A00",
    "#B5483A",
    "#4F8A5B",
    "#4A76A8",
)
STATUS_FILLS = {"reported": ("#DCEBDD", "#2F6B3C"), "zero": ("#E4EAF3", "#35557D"), "late": ("#FBEBCB", "#8A5A00"),
                "missing": ("#F6D5D0", "#8F2A1E"), "unreadable": ("#E2D6EC", "#5A3A78")}  # fmt: skip
"""Fill and text of each reporting status."""


_NOTABLE = {RATE: (("<", 0.6, RED), ("<", 0.9, AMBER_DARK)), CHANGE: (("<", 0, RED), (">", 0, GREEN))}
"""Number format → what stands out among such cells."""


class SheetRefusedError(Exception):
    """The writer did not take a cell: a fault of ours, never passed over."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: its words, how many sheet columns it spans, the number format and alignment of its cells.

    ``about``: people where it counts people or what each of them did, amounts where it tells more about the same people; both are hidden
    where they are few and the workbook leaves the house.
    """

    words: str
    span: int = 1
    format: str = ""
    align: str = "right"
    bar: str = ""
    about: str = ""


class Book:
    """A workbook with its formats; use as a context manager."""

    def __init__(self, path: Path, lang: str, least: int = 0) -> None:
        self.lang, self.least = lang, least
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        self.workbook: Any = xlsxwriter.Workbook(str(path), options)
        self.workbook.formats[0].set_font_name(FONT)
        self.workbook.formats[0].set_font_size(10)
        self.workbook.define_name("_taizhang_output", '="summary"')
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: dict[str, str] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.workbook.close()
        else:
            self.workbook.fileclosed = True

    def format(self, **properties: Any) -> Any:
        """Return a format; equal ones are one."""
        given = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(given.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(given)
        return self._formats[key]

    def sheet(self, name: str, *, landscape: bool = False, color: str = TEAL) -> Sheet:
        """Add a sheet."""
        return Sheet(self, name, landscape=landscape, color=color)


class Sheet:
    """A sheet being filled from the top: ``row`` is the next free one."""

    def __init__(self, book: Book, name: str, *, landscape: bool, color: str) -> None:
        self.book, self.name, self.row = book, name, 0
        self.sheet: Any = book.workbook.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_tab_color(color)
        self.sheet.set_footer("&C&9&P / &N")
        if landscape:
            self.sheet.set_landscape()

    def put(self, row: int, column: int, value: Any, style: Any, span: int = 1) -> None:
        """Write a cell, or one merged over ``span`` columns. Texts stay texts."""
        if span > 1:
            self._taken(self.sheet.merge_range(row, column, row, column + span - 1, "", style))
        if value is None or value == "":
            self._taken(self.sheet.write_blank(row, column, None, style))
        elif isinstance(value, str):
            self._taken(self.sheet.write_string(row, column, cut(value), style))
        else:
            self._taken(self.sheet.write_number(row, column, value, style))

    def link(self, row: int, column: int, target: str, value: Any, style: Any, tip: str = "") -> None:
        """Write a cell that leads somewhere: ``internal:'sheet'!A1`` or ``external:book.xlsx#'sheet'!A1``; ``value`` is what it shows."""
        self._taken(self.sheet.write_url(row, column, target, style, string=str(value), tip=tip or None))
        if not isinstance(value, str):
            self._taken(self.sheet.write_number(row, column, value, style))

    @staticmethod
    def _taken(code: int | None) -> None:
        if code:
            raise SheetRefusedError(code)

    def widths(self, *widths: float) -> None:
        """Set the widths of the columns from the first on."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def title(self, words: str, below: str, span: int) -> None:
        """Write the sheet's title and the line below it."""
        self.sheet.set_row(self.row, 34)
        self.put(self.row, 0, words, self.book.format(font_size=18, bold=True, font_color=TEAL), span)
        self.sheet.set_row(self.row + 1, 18)
        self.put(
            self.row + 1, 0, below, self.book.format(font_size=9, font_color=GREY, bottom=2, bottom_color=TEAL), span
        )
        self.row += 3

    def section(self, words: str, span: int, note: str = "", left: int = 0) -> None:
        """Write the heading of a section."""
        self.sheet.set_row(self.row, 24)
        self.put(
            self.row, left, words, self.book.format(font_size=12, bold=True, font_color=TEAL, valign="bottom"), span
        )
        self.row += 1
        if note:
            self.sheet.set_row(self.row, 15 * (1 + len(note) // 75))
            self.put(self.row, left, note, self.book.format(font_size=9, font_color=GREY, text_wrap=True), span)
            self.row += 1

    def table(
        self,
        headings: Sequence[Heading],
        rows: Sequence[Sequence[Any]],
        *,
        total: bool = False,
        left: int = 0,
        tall: bool = False,
        across: bool = False,
    ) -> tuple[int, int]:
        """Write a table; with ``total`` its last row is a sum. Return its first and last row of data, the sum left out.

        ``left`` is its first column; ``tall`` gives the heading two lines even where its words need one; ``across``: the sum of each row
        of people is told elsewhere.
        """
        book = self.book
        if book.least:
            people, amounts = (
                [n for n, one in enumerate(headings) if one.about == what] for what in ("people", "amounts")
            )
            rows = hide_in_table(rows, people, amounts, total=total, across=across, least=book.least)
        head = book.format(
            bold=True,
            font_color="#FFFFFF",
            bg_color=TEAL,
            align="center",
            text_wrap=True,
            font_size=9,
            border=1,
            border_color=TEAL,
        )
        self.sheet.set_row(self.row, 32 if tall or two_lines(headings) else 22)
        self._line(self.row, left, headings, [heading.words for heading in headings], lambda _: head)
        first = self.row + 1
        for number, values in enumerate(rows):
            row = first + number
            last = total and number == len(rows) - 1
            self.sheet.set_row(row, 18)
            look = (
                {"bold": True, "bg_color": TEAL_PALE, "top": 1, "top_color": TEAL}
                if last
                else {"bottom": 1, "bottom_color": LINE}
            )
            self._line(row, left, headings, values, lambda heading, look=look: book.format(
                align=heading.align, num_format=heading.format or "General", indent=1 if heading.align == "left" else 0, **look))  # fmt: skip
        end = first + len(rows) - 1
        data_end = end - 1 if total else end
        column = left
        for heading in headings:
            if heading.bar and data_end >= first:
                self.sheet.conditional_format(first, column, data_end, column, {
                    "type": "data_bar", "bar_color": heading.bar, "bar_solid": True, "bar_border_color": heading.bar,
                    "min_type": "num", "min_value": 0})  # fmt: skip
            for criteria, limit, color in _NOTABLE.get(heading.format, ()) if data_end >= first else ():
                look = book.workbook.add_format({"font_color": color, "bold": True})
                rule = {"type": "cell", "criteria": criteria, "value": limit, "stop_if_true": True, "format": look}
                self.sheet.conditional_format(first, column, data_end, column, rule)
            column += heading.span
        self.row = end + 2
        return first, data_end

    def _line(self, row: int, left: int, headings: Sequence[Heading], values: Sequence[Any], style: Any) -> None:
        column = left
        for heading, value in zip(headings, values, strict=True):
            self.put(row, column, value, style(heading), heading.span)
            column += heading.span

    def ref(self, first: int, column: int, last: int) -> list[Any]:
        """Return a range of one column for a chart."""
        return [self.name, first, column, last, column]


def two_lines(headings: Sequence[Heading]) -> bool:
    """Say whether the words of some heading need two lines."""
    return any("\n" in heading.words or len(heading.words) > 5 * heading.span for heading in headings)


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: name, labels and values as ranges."""

    name: str
    labels: list[Any]
    values: list[Any]
    color: str


def chart(
    book: Book,
    kind: str,
    title: str,
    series: Sequence[Series],
    *,
    width: int,
    height: int,
    percent: bool = False,
    label_room: float = 0.22,
    stacked: bool = False,
) -> Any:
    """Return a chart in the workbook's looks: ``kind`` is bar or column; ``label_room`` is the share of a bar chart for its labels."""
    made = book.workbook.add_chart({"type": kind, **({"subtype": "stacked"} if stacked else {})})
    font = {"name": FONT, "size": 9, "color": GREY, "bold": False}
    for one in series:
        made.add_series({
            "name": one.name, "categories": one.labels, "values": one.values, "fill": {"color": one.color}, "border": {"none": True},
            "gap": 45 if kind == "bar" else 70,
            "data_labels": {"value": True, "font": font, "num_format": "0%" if percent else "#,##0"} if len(series) == 1 else {},
        })  # fmt: skip
    made.set_title({"name": title, "name_font": {"name": FONT, "size": 11, "bold": True, "color": INK}, "overlay": False,
                    "layout": {"x": 0.02, "y": 0.03}})  # fmt: skip
    plain = {"num_font": font, "line": {"color": LINE}, "major_tick_mark": "none", "minor_tick_mark": "none"}
    hidden = {"visible": False, "major_gridlines": {"visible": False}}
    scale = {"num_font": font, "line": {"none": True}, "major_gridlines": {"visible": True, "line": {"color": "#E8ECEF", "width": 0.5}},
             "num_format": "0%" if percent else "#,##0", **({"min": 0, "max": 1} if percent else {})}  # fmt: skip
    if kind == "bar":
        made.set_x_axis(hidden)
        made.set_y_axis({**plain, "reverse": True})
        made.set_plotarea({"layout": {"x": label_room, "y": 0.16, "width": 0.88 - label_room, "height": 0.8}})
    else:
        made.set_x_axis(plain)
        made.set_y_axis(hidden if len(series) == 1 else scale)
    made.set_legend({"none": True} if len(series) == 1 else {"position": "top", "font": font})
    made.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    made.set_size({"width": width, "height": height})
    return made
