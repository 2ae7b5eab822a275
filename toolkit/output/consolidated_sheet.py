"""The sheets of one ledger in the consolidated workbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from toolkit.fields import field_type
from toolkit.fields.base import FieldSpec
from toolkit.ledgers.dictionary import Ledger
from toolkit.messages import text
from toolkit.output.bulk import MAX_LINKS, BulkSheet, BulkWorkbook, Column, number_cells, text_cells
from toolkit.output.bulk_parts import Style
from toolkit.output.places import short, unit_text
from toolkit.results import Results

_BATCH = 4_000
_EPOCH = 25_569
"""The serial number of 1970-01-01."""
_FIRST_SERIAL = 61
"""1900-03-01: before it Excel's calendar has a day that never was."""
_FORMATS = {"amount": "#,##0.00", "integer": "0", "number": "General"}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_OPENED = frozenset({"http", "https", "ftp", "file"})
"""Addresses that office programs open."""
_KEPT = "/~!$&'()*+,;=:@"
_MEANT = re.compile(
    "[" + re.escape("".join(one for one in map(chr, range(128)) if quote(one, safe=_KEPT) != one)) + "]"
)
_LINKABLE = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xlsb")
_WIDEST = 24
_WIDE = 190
"""How many characters of columns fit an A4 page in landscape at a readable size."""


class Styles:
    """The styles of the workbook; each body style has a muted twin, one number higher, for rows that do not count."""

    def __init__(self, workbook: BulkWorkbook) -> None:
        self._workbook = workbook
        self.header = workbook.style(Style("@", "FFFFFF", "2F6F73", bold=True, align="center", wrap=True))
        self.source = workbook.style(Style("@", "FFFFFF", "5B6B7B", bold=True, align="center", wrap=True))
        self.text = self.pair(Style("@"))
        self.link = self.pair(Style("0", "1F6FB2", align="center", underline=True))
        self.problem = self.pair(Style("@", "B3541E"))
        self.day = self.pair(Style("yyyy-mm-dd", align="center"))
        self.month = self.pair(Style("yyyy.mm", align="center"))
        self.year = self.pair(Style("yyyy", align="center"))
        self.centred = self.pair(Style("@", align="center"))
        self._numbers: dict[str, int] = {}

    def pair(self, style: Style) -> int:
        """Return the number of a style; the next number is its muted twin."""
        number = self._workbook.style(style)
        twin = self._workbook.style(replace(style, muted=True))
        assert twin == number + 1, style
        return number

    def number(self, shown: str) -> int:
        """Return the style of a number format."""
        if shown not in self._numbers:
            self._numbers[shown] = self.pair(Style(shown))
        return self._numbers[shown]


@dataclass(slots=True)
class SheetWriter:
    """Writes the rows of one ledger. ``problems``: what is wrong with a row; ``counted``: row → the year's figures that it counts in;
    ``base``: what leads to the workspace."""

    workbook: BulkWorkbook
    styles: Styles
    results: Results
    ledger: Ledger
    problems: Mapping[tuple[str, str, int], str]
    counted: Mapping[int, str]
    base: str
    lang: str

    def write(self, table: Any, fields: Sequence[str], sheet_rows: int, names: Sequence[str]) -> None:
        """Write all rows, going on in the next of the named sheets whenever one is full."""
        columns = self._columns(fields)
        pages = max(1, -(-round(sum(column.width for column in columns)) // _WIDE))
        for name, first in zip(names, range(0, table.num_rows, sheet_rows), strict=True):
            part = table.slice(first, sheet_rows)
            footer = f"&L{name.replace('&', '&&')}&C" + text("out.book.footer", self.lang)
            with self.workbook.sheet(name, columns, part.num_rows, footer=footer, pages_wide=pages) as sheet:
                known: dict[str, str] = {}
                linked = _Links(part.num_rows, self.base)
                for batch in _batches(part):
                    self._batch(sheet, batch, fields, known, linked)

    def _columns(self, fields: Sequence[str]) -> list[Column]:
        specs = [self.ledger.fields[name] for name in fields]
        columns = [Column(spec.name, self._width(spec), self.styles.header) for spec in specs]
        for key, width in (("township", 14), ("station", 28), ("file", 46), ("sheet", 12), ("row", 7), ("other", 18),
                           ("repeated", 24), ("counted", 16), ("problems", 70)):  # fmt: skip
            words = (
                unit_text(self.results, "out.unit.column", self.lang)
                if key == "township"
                else text(f"out.book.{key}", self.lang)
            )
            columns.append(Column(words, width, self.styles.source))
        return columns

    @staticmethod
    def _width(spec: FieldSpec) -> float:
        """Return a width that suits the values and a heading of two lines at most."""
        longest = 2 * len(spec.name) if len(spec.name) <= 6 else 2 * -(-len(spec.name) // 2)
        values = (
            2 * max(map(len, spec.codes.values))
            if spec.codes
            else 0
            if spec.type == "yes_no"
            else field_type(spec.type).width
        )
        return max(8, longest + 4, min(values + 2, _WIDEST))

    def _batch(self, sheet: BulkSheet, rows: Any, fields: Sequence[str], known: dict[str, str], linked: _Links) -> None:
        first = sheet.next_row
        muted = [0 if counted else 1 for counted in rows["_counted"].to_pylist()]
        unparsed = {row: json.loads(found) for row, found in enumerate(rows["_unparsed"].to_pylist()) if found}
        cells = [
            self._field(number, first, rows, self.ledger.fields[name], muted, unparsed, known)
            for number, name in enumerate(fields, 1)
        ]
        number = len(fields)
        files, sheets, lines = (rows[name].to_pylist() for name in ("_file", "_sheet", "_row"))
        plain = [self.styles.text + one for one in muted]
        townships = [short(name) for name in rows["_township_name"].to_pylist()]
        for values in (townships, self._stations(rows), files, sheets):
            number += 1
            cells.append(text_cells(number, first, values, plain, known))
        number += 1
        cells.append(number_cells(number, first, lines, [self.styles.link + one for one in muted]))
        for offset, where in enumerate(zip(files, sheets, lines, strict=True)):
            linked.add(sheet, number, first + offset, *where)
        cells.append(text_cells(number + 1, first, rows["_other"].to_pylist(), plain, known))
        cells.append(text_cells(number + 2, first, self._repeated(rows, files, sheets), plain, known))
        said = [self.problems.get(where) for where in zip(files, sheets, lines, strict=True)]
        counted = [self.counted.get(row) for row in rows["_row_id"].to_pylist()]
        cells.append(text_cells(number + 3, first, counted, plain, known))
        cells.append(text_cells(number + 4, first, said, [self.styles.problem + one for one in muted], known))
        sheet.write(cells)

    def _stations(self, rows: Any) -> list[str]:
        """Return the station of each row; in full where stations of several counties stand together."""
        names: list[str] = rows["_station_name"].to_pylist()
        roster = self.results.roster
        if not roster.several:
            return names
        stations = map(roster.stations.get, rows["_station"].to_pylist())
        return [roster.in_full(station) if station else name for station, name in zip(stations, names, strict=True)]

    def _repeated(self, rows: Any, files: Sequence[str], sheets: Sequence[str]) -> list[str | None]:
        """Say for each row that does not count which row does."""
        said: list[str | None] = []
        same = zip(
            *(rows[name].to_pylist() for name in ("_counted", "_same_file", "_same_sheet", "_same_row")),
            files,
            sheets,
            strict=True,
        )
        for counted, other_file, other_sheet, other_row, file, sheet in same:
            if counted or other_file is None:
                said.append(None)
            elif other_file == file and other_sheet == sheet:
                said.append(text("out.book.same_sheet", self.lang, row=other_row))
            else:
                name = str(other_file).rpartition("/")[2]
                said.append(text("out.book.same_file", self.lang, file=name, sheet=other_sheet, row=other_row))
        return said

    def _field(
        self, number: int, first: int, rows: Any, spec: FieldSpec, muted: Sequence[int], unparsed: Mapping[int, Mapping[str, str]],
        known: dict[str, str],
    ) -> list[str]:  # fmt: skip
        """Return the cells of one field; what could not be typed shows as it was typed."""
        storage = field_type(spec.type).storage
        if storage == "text":
            style = self.styles.centred if spec.type in ("code", "yes_no") else self.styles.text
            cells = text_cells(number, first, rows[spec.name].to_pylist(), [style + one for one in muted], known)
        elif storage == "date":
            cells = self._dates(number, first, rows, spec.name, muted, known)
        else:
            style = self.styles.number(_FORMATS.get(spec.type, "General"))
            cells = number_cells(number, first, rows[spec.name].to_pylist(), [style + one for one in muted])
        for row, found in unparsed.items():
            if spec.name in found and not cells[row]:
                cells[row] = text_cells(
                    number, first + row, [found[spec.name]], [self.styles.text + muted[row]], known
                )[0]
        return cells

    def _dates(
        self, number: int, first: int, rows: Any, name: str, muted: Sequence[int], known: dict[str, str]
    ) -> list[str]:
        """Return cells of dates, each shown with the precision it was written with."""
        import pyarrow as pa

        begins = rows[name].cast(pa.int32()).to_pylist()
        ends = rows[f"{name}_last"].cast(pa.int32()).to_pylist()
        styles = [
            shade + (self.styles.day if begin is None or end is None or begin == end else self.styles.month if end - begin < 32
                     else self.styles.year)
            for begin, end, shade in zip(begins, ends, muted, strict=True)
        ]  # fmt: skip
        serials = [None if begin is None else begin + _EPOCH for begin in begins]
        cells = number_cells(number, first, serials, styles)
        early = [row for row, serial in enumerate(serials) if serial is not None and serial < _FIRST_SERIAL]
        for row in early:
            shown = rows[name][row].as_py().isoformat()
            shown = shown if begins[row] == ends[row] else shown[:7] if ends[row] - begins[row] < 32 else shown[:4]
            cells[row] = text_cells(number, first + row, [shown], [self.styles.text + muted[row]], known)[0]
        return cells


class _Links:
    """Makes links to the source: one a row, or one a block of rows where a sheet would hold too many."""

    def __init__(self, rows: int, base: str) -> None:
        self._every_row = rows <= MAX_LINKS
        self._base = base
        self._targets: dict[str, str] = {}
        self._last: tuple[str, str] | None = None

    def add(self, sheet: BulkSheet, column: int, row: int, file: str, name: str, line: int) -> None:
        """Link the cell of a row to the row it comes from."""
        if not self._every_row and (self._last == (file, name) or len(sheet.links) >= MAX_LINKS):
            return
        self._last = (file, name)
        target = self._targets.get(file)
        if target is None:
            target = self._targets[file] = link_target(self._base, file)
        if not target:
            return
        location = (
            f"'{name.replace(chr(39), chr(39) * 2)}'!A{line}" if name and file.lower().endswith(_LINKABLE) else ""
        )
        sheet.link(column, row, target, location)


def link_target(base: str, file: str) -> str:
    """Return a relative URL to a file of the workspace; characters that mean something in a URL are escaped, Chinese stays.

    A file in remote storage has its own address where office programs can open such; else it has none.
    """
    if "://" in file:
        return _url(file) if file.partition("://")[0].lower() in _OPENED else ""
    if file.startswith("/") or re.match(r"^[A-Za-z]:", file):
        return "file:///" + _url(file.lstrip("/"))
    start = base if base.startswith("file:") else _url(base)
    return f"{start}/{_url(file)}"


def _url(path: str) -> str:
    if path.isprintable():
        return _MEANT.sub(lambda found: quote(found[0], safe=_KEPT), path)
    return "".join(char if char > "\x7f" and char.isprintable() else quote(char, safe=_KEPT) for char in path)


def _batches(table: Any) -> Iterator[Any]:
    for first in range(0, table.num_rows, _BATCH):
        yield table.slice(first, _BATCH)


def sheet_name(wanted: str, number: int, used: set[str]) -> str:
    """Return a sheet's name that Excel takes and no other sheet has; from the second on it carries its number."""
    base = _FORBIDDEN.sub("_", wanted).strip("'") or "_"
    while True:
        suffix = f" ({number})" if number > 1 else ""
        name = base[: 31 - len(suffix)] + suffix
        if name.lower() not in used:
            used.add(name.lower())
            return name
        number += 1
