"""Tables in text: CSV in any of the usual encodings, and HTML that a web system named .xls."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Any

from toolkit.intake.sniff import decode

Merge = tuple[int, int, int, int]


def read_csv(data: bytes) -> list[list[Any]]:
    """Return the rows of a text with separators; every value is text."""
    text = decode(data) or ""
    sample = "\n".join(text.splitlines()[:20])
    separator = max(",\t;", key=sample.count)
    rows = [[cell.removeprefix('="').removesuffix('"') if cell.startswith('="') else cell for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]  # fmt: skip
    return [list(row) for row in rows]


class _Tables(HTMLParser):
    """Collects the cells of all tables of a page, one below the other."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.merges: list[Merge] = []
        self._open: list[str] | None = None
        self._text: list[str] = []
        self._span = (1, 1)
        self._busy: dict[tuple[int, int], bool] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close_cell()
            self._open = []
            self.rows.append(self._open)
        elif tag in ("td", "th") and self._open is not None:
            self._close_cell()
            given = dict(attrs)
            self._span = (_span(given.get("rowspan")), _span(given.get("colspan")))
            self._text = [""]
        elif tag == "br" and self._text:
            self._text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text.append(data.strip("\r\n\t"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()

    def _close_cell(self) -> None:
        if not self._text or self._open is None:
            self._text = []
            return
        row = len(self.rows) - 1
        while self._busy.get((row, len(self._open))):
            self._open.append("")
        column = len(self._open)
        down, right = self._span
        self._open.append("".join(self._text).strip())
        self._open.extend("" for _ in range(right - 1))
        if down > 1 or right > 1:
            self.merges.append((row + 1, column + 1, row + down, column + right))
            for lower in range(row + 1, row + down):
                for offset in range(right):
                    self._busy[lower, column + offset] = True
        self._text = []


def _span(text: str | None) -> int:
    return min(int(text), 1_000) if text and text.isdigit() and int(text) else 1


def read_html(data: bytes) -> tuple[list[list[Any]], list[Merge]]:
    """Return the rows of all tables of a page and their merged ranges (1-based: top, left, bottom, right)."""
    parser = _Tables()
    parser.feed(decode(data) or "")
    parser.close()
    return [list(row) for row in parser.rows], parser.merges
