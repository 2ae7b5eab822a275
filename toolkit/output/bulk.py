"""Workbooks of very many rows: a small streaming writer that takes whole columns.

It writes what the consolidated workbook needs and no more: typed cells, a header, frozen panes, a filter, widths, links,
print set-up. Texts are inline strings, so nothing a station typed can become a formula, and no string table is kept in memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from toolkit.model import column_letters
from toolkit.output.bulk_parts import APP, CONTENT_TYPES, RELS, STYLES_HEAD, Style, styles_part, workbook_part

MAX_ROWS = 1_048_575
"""Rows below the header that a sheet can hold."""
MAX_LINKS = 65_000
"""Links that a sheet can hold, with some to spare."""
MAX_TEXT = 32_767
"""UTF-16 units that a cell can hold."""

_REMEMBERED = 100_000
_ESCAPE = re.compile("[&<>\x00-\x08\x0b-\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}


def _escaped(found: re.Match[str]) -> str:
    char = found.group()
    if char in _NAMED:
        return _NAMED[char]
    return "\ufffd" if "\ud800" <= char <= "\udfff" else f"_x{ord(char):04X}_"


def escape(text: str) -> str:
    """Return ``text`` as it stands in the XML of a workbook, cut with ``…`` where a cell cannot hold it."""
    if len(text) > MAX_TEXT // 2:
        text = cut(text)
    return _ESCAPE.sub(_escaped, text)


def cut(text: str) -> str:
    """Return ``text``, or as much of it as a cell can hold, and ``…``."""
    units = len(text) + sum(char > "\uffff" for char in text)
    if units <= MAX_TEXT:
        return text
    room = MAX_TEXT - 1
    taken = 0
    for end, char in enumerate(text):
        taken += 2 if char > "\uffff" else 1
        if taken > room:
            return text[:end] + "…"
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its heading, width in characters, and the style of its heading."""

    heading: str
    width: float
    style: int


@dataclass(slots=True)
class BulkSheet:
    """A sheet being written. Rows come in batches of columns; each column is a list of cells made by the functions below."""

    name: str
    columns: Sequence[Column]
    rows: int
    stream: IO[bytes]
    next_row: int = 2
    links: list[tuple[str, str, str]] = field(default_factory=list)

    def write(self, columns: Sequence[Sequence[str]]) -> None:
        """Append rows."""
        numbers = range(self.next_row, self.next_row + len(columns[0]))
        lines = [
            f'<row r="{number}">{"".join(cells)}</row>'
            for number, cells in zip(numbers, zip(*columns, strict=True), strict=True)
        ]
        self.stream.write("".join(lines).encode())
        self.next_row += len(lines)

    def link(self, column: int, row: int, target: str, location: str) -> None:
        """Make a cell a link to a file: ``target`` a relative URL, ``location`` a cell in it or nothing."""
        self.links.append((f"{column_letters(column)}{row}", target, location))


def text_cells(
    column: int, first: int, values: Iterable[str | None], styles: Sequence[int], known: dict[str, str]
) -> list[str]:
    """Return cells of texts; ``known`` remembers escaped texts, since columns repeat themselves."""
    letters = column_letters(column)
    cells = []
    if len(known) > _REMEMBERED:
        known.clear()
    for row, (value, style) in enumerate(zip(values, styles, strict=True), first):
        if not value:
            cells.append("")
            continue
        escaped = known.get(value)
        if escaped is None:
            escaped = known[value] = escape(value)
        cells.append(
            f'<c r="{letters}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'
        )
    return cells


def number_cells(column: int, first: int, values: Iterable[Any], styles: Sequence[int]) -> list[str]:
    """Return cells of numbers; None leaves a cell empty."""
    letters = column_letters(column)
    return [
        "" if value is None else f'<c r="{letters}{row}" s="{style}"><v>{value!r}</v></c>'
        for row, (value, style) in enumerate(zip(values, styles, strict=True), first)
    ]


class BulkWorkbook:
    """A workbook being written to a path; use as a context manager."""

    def __init__(self, path: Path, font: str, *, label: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._font, self._label = font, label
        self._styles: dict[Style, int] = {}
        self._sheets: list[tuple[str, int, int, bool]] = []

    def __enter__(self) -> BulkWorkbook:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._finish()
        self._zip.close()

    def style(self, style: Style) -> int:
        """Return the number of a style; 0 is the plain one."""
        return self._styles.setdefault(style, len(self._styles) + 1)

    @contextmanager
    def sheet(
        self, name: str, columns: Sequence[Column], rows: int, *, footer: str, pages_wide: int = 1
    ) -> Iterator[BulkSheet]:
        """Write a sheet of ``rows`` rows below a header."""
        number = len(self._sheets) + 1
        with self._zip.open(f"xl/worksheets/sheet{number}.xml", "w") as stream:
            sheet = BulkSheet(name, columns, rows, stream)
            stream.write(_head(sheet, first=number == 1).encode())
            yield sheet
            assert sheet.next_row == rows + 2, (name, sheet.next_row, rows)
            targets = {target: f"rId{n}" for n, target in enumerate(dict.fromkeys(link[1] for link in sheet.links), 1)}
            stream.write(_tail(sheet, targets, footer, pages_wide).encode())
        if targets:
            self._zip.writestr(f"xl/worksheets/_rels/sheet{number}.xml.rels", _link_rels(targets))
        self._sheets.append((name, len(columns), rows, bool(targets)))

    def _finish(self) -> None:
        count = len(self._sheets)
        self._zip.writestr("[Content_Types].xml", CONTENT_TYPES(count))
        self._zip.writestr("_rels/.rels", RELS)
        self._zip.writestr("docProps/app.xml", APP)
        self._zip.writestr("xl/styles.xml", STYLES_HEAD + styles_part(list(self._styles), self._font))
        workbook, rels = workbook_part(
            [(name, width, rows) for name, width, rows, _ in self._sheets], self._label, escape
        )
        self._zip.writestr("xl/workbook.xml", workbook)
        self._zip.writestr("xl/_rels/workbook.xml.rels", rels)


def _head(sheet: BulkSheet, *, first: bool) -> str:
    last = column_letters(len(sheet.columns))
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{column.width}" customWidth="1"/>'
        for n, column in enumerate(sheet.columns, 1)
    )
    header = "".join(
        f'<c r="{column_letters(n)}1" s="{column.style}" t="inlineStr"><is><t xml:space="preserve">{escape(column.heading)}</t></is></c>'
        for n, column in enumerate(sheet.columns, 1)
    )
    selected = ' tabSelected="1"' if first else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheetPr><tabColor rgb="FF2F6F73"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{sheet.rows + 1}"/>'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        '<selection pane="topRight"/><selection pane="bottomLeft"/>'
        '<selection pane="bottomRight" activeCell="B2" sqref="B2"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="17" customHeight="1"/>'
        f'<cols>{widths}</cols><sheetData><row r="1" ht="32" customHeight="1">{header}</row>'
    )


def _tail(sheet: BulkSheet, targets: Mapping[str, str], footer: str, pages_wide: int) -> str:
    area = f"A1:{column_letters(len(sheet.columns))}{sheet.rows + 1}"
    links = "".join(
        f'<hyperlink ref="{cell}" r:id="{targets[target]}"'
        + (f' location="{_attribute(location)}"/>' if location else "/>")
        for cell, target, location in sheet.links
    )
    return (
        f'</sheetData><autoFilter ref="{area}"/>'
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<printOptions gridLines="1"/><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="landscape" fitToWidth="{pages_wide}" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>{_attribute(footer)}</oddFooter></headerFooter>"
        f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _attribute(text: str) -> str:
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _link_rels(targets: Mapping[str, str]) -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    entries = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{_attribute(target)}" TargetMode="External"/>'
        for target, name in targets.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'
    )
