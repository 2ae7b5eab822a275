"""A file's bytes → sheets with their values, each value at its physical row and column.

python-calamine reads the values; the thin pass of ``sheetxml`` adds what it does not tell. What cannot be read is one finding
that names the cause and the remedy. May crash the process on hostile input: it runs in workers that may die.
"""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import python_calamine as calamine

from toolkit.intake.delimited import Merge, read_csv, read_html
from toolkit.intake.guard import guard
from toolkit.intake.sheetxml import SheetFacts, SheetParts, sparse_grid
from toolkit.intake.sniff import EXTENSIONS, READABLE, Kind, sniff
from toolkit.model import FINDINGS_SHEET, FIX_SHEET, OPTIONS_SHEET, Finding, Place, Severity

OUTPUT_NAME = b"_taizhang_output"
"""The hidden name in the workbooks that we write for people: they are never read as data."""

FINDINGS_MARK = "台账检查"
"""How cell A1 of the sheets that we append begins, whatever the language."""


@dataclass(slots=True)
class Sheet:
    """One sheet's cells.

    ``rows``: the physical row numbers (1-based, ascending) that hold anything; ``values``: for each of them a list of cells,
    the first being column A. Blank cells are None.
    """

    name: str
    rows: list[int] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    facts: SheetFacts = field(default_factory=SheetFacts)
    hidden: bool = False


@dataclass(slots=True)
class ReadFile:
    """What one file holds.

    ``status``: ok, unreadable, encrypted, or other (not a spreadsheet at all). ``marked``: it carries a findings sheet of ours.
    """

    path: str
    kind: Kind
    status: str = "ok"
    sheets: list[Sheet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    marked: bool = False


def file_finding(path: str, code: str, sheet: str | None = None, **params: Any) -> Finding:
    """Return a finding about a whole file or sheet."""
    severity = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}[code[0]]
    return Finding(code, severity, Place(file=path, sheet=sheet), params, key=sheet or "")


def read_file(path: str, data: bytes) -> ReadFile:
    """Return the sheets of a file; ``path`` only names it in findings."""
    kind = sniff(data)
    result = ReadFile(path, kind)
    named = PurePosixPath(path).suffix.lower()
    if kind not in READABLE:
        _refuse(result, named)
        return result
    if named in EXTENSIONS and kind not in EXTENSIONS[named]:
        result.findings.append(file_finding(path, "W007", named=named, kind=f"@kind_{kind}"))
    try:
        _READERS[kind](result, data)
    except calamine.PasswordError:
        _fail(result, "E003", "encrypted")
    except (calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, KeyError):
        _fail(result, "E001", "unreadable", reason="@damaged")
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        _fail(result, "E001", "unreadable", reason="@damaged")
    if result.status == "ok" and not result.sheets:
        _fail(result, "E001", "unreadable", reason="@no_sheets")
    return result


def _fail(result: ReadFile, code: str, status: str, **params: Any) -> None:
    result.status = status
    result.sheets = []
    result.findings.append(file_finding(result.path, code, **params))


def _refuse(result: ReadFile, named: str) -> None:
    kind = result.kind
    if kind is Kind.EMPTY:
        _fail(result, "E002", "unreadable")
    elif kind is Kind.ENCRYPTED:
        _fail(result, "E003", "encrypted")
    elif kind is Kind.TRUNCATED and (named in EXTENSIONS or not named):
        _fail(result, "E001", "unreadable", reason="@truncated")
    elif named in EXTENSIONS and (kind is not Kind.TEXT or named not in (".txt", ".htm", ".html")):
        _fail(result, "E004", "unreadable", kind=f"@kind_{kind}" if kind is not Kind.UNKNOWN else "@unknown_kind")
    else:
        _fail(result, "I010", "other")


def _read_xlsx(result: ReadFile, data: bytes) -> None:
    package = zipfile.ZipFile(io.BytesIO(data))
    if reason := guard(package):
        _fail(result, "E005", "unreadable", reason=f"@{reason}")
        return
    parts = SheetParts(package, data)
    if OUTPUT_NAME in parts.workbook:
        _fail(result, "I013", "other")
        return
    facts = {name: parts.facts(name) for name in parts.paths}
    if any(fact.doctype for fact, _ in facts.values()):
        _fail(result, "E005", "unreadable", reason="@doctype")
        return
    if any(fact.sparse for fact, _ in facts.values()):
        strings = parts.shared_strings()
        for name, (fact, xml) in facts.items():
            grid = sparse_grid(xml, strings)
            sheet = Sheet(name, facts=fact)
            for row in sorted(grid):
                cells = grid[row]
                width = max((column for column in cells if column <= 702), default=0)
                sheet.rows.append(row)
                sheet.values.append([cells.get(column) for column in range(1, width + 1)])
            _keep(result, sheet)
        return
    _read_with_calamine(result, data, {name: fact for name, (fact, _) in facts.items()})


def _read_other(result: ReadFile, data: bytes) -> None:
    _read_with_calamine(result, data, {})


def _read_with_calamine(result: ReadFile, data: bytes, facts: dict[str, SheetFacts]) -> None:
    workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for meta in workbook.sheets_metadata:
        if meta.typ not in (calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.MacroSheet):
            continue
        source = workbook.get_sheet_by_name(meta.name)
        sheet = Sheet(meta.name, facts=facts.get(meta.name, SheetFacts()))
        sheet.hidden = meta.visible != calamine.SheetVisibleEnum.Visible
        start = source.start
        if start is not None:
            # Leading empty rows are skipped by the reader, leading columns too: both are put back by hand.
            _fill(sheet, source.to_python(skip_empty_area=True), start[0], start[1])
        sheet.merges = [(top + 1, left + 1, bottom + 1, right + 1)
                        for (top, left), (bottom, right) in source.merged_cell_ranges or []]  # fmt: skip
        _keep(result, sheet)


def _fill(sheet: Sheet, grid: list[list[Any]], top: int, left: int) -> None:
    """Put the reader's rectangle where it belongs; ``special`` cells replace what the reader made of them."""
    special = sheet.facts.special
    by_row: dict[int, list[tuple[int, Any]]] = {}
    for (row, column), content in special.items():
        by_row.setdefault(row, []).append((column, content))
    lead = [None] * left
    for offset, cells in enumerate(grid):
        row = top + offset + 1
        if not any(cell != "" for cell in cells) and row not in by_row:
            continue
        values = [None if cell == "" else cell for cell in cells]
        if lead:
            values = lead + values
        _put(values, by_row.pop(row, ()))
        sheet.rows.append(row)
        sheet.values.append(values)
    for row in sorted(by_row):  # rows that hold nothing else lie outside the reader's rectangle
        values = []
        _put(values, by_row[row])
        place = bisect_left(sheet.rows, row)
        sheet.rows.insert(place, row)
        sheet.values.insert(place, values)


def _put(values: list[Any], special: Iterable[tuple[int, Any]]) -> None:
    for column, content in special:
        values.extend([None] * (column - len(values)))
        values[column - 1] = content


def _keep(result: ReadFile, sheet: Sheet) -> None:
    """Take a sheet unless it is one of ours."""
    if _is_ours(sheet):
        result.marked |= sheet.name.startswith(FINDINGS_SHEET)
    else:
        result.sheets.append(sheet)


def _is_ours(sheet: Sheet) -> bool:
    """Say whether this is a sheet that marking or fixing appended, or one that feeds the dropdowns of a blank ledger."""
    if not sheet.name.startswith((FINDINGS_SHEET, FIX_SHEET, OPTIONS_SHEET)) or not sheet.values:
        return False
    first = sheet.values[0][0] if sheet.values[0] else None
    return isinstance(first, str) and first.startswith(FINDINGS_MARK)


def _read_csv(result: ReadFile, data: bytes) -> None:
    sheet = Sheet(PurePosixPath(result.path).stem)
    _fill(sheet, read_csv(data), 0, 0)
    result.sheets.append(sheet)


def _read_html(result: ReadFile, data: bytes) -> None:
    sheet = Sheet(PurePosixPath(result.path).stem)
    rows, merges = read_html(data)
    _fill(sheet, list(rows), 0, 0)
    sheet.merges = merges
    result.sheets.append(sheet)


_READERS = {
    Kind.XLSX: _read_xlsx,
    Kind.XLSB: _read_other,
    Kind.XLS: _read_other,
    Kind.ODS: _read_other,
    Kind.CSV: _read_csv,
    Kind.HTML: _read_html,
}
