"""Writes sheets as .xls, .csv, .ods, or as a web page, the way web systems and old programs do."""

from __future__ import annotations

import csv
import html
import importlib.util
import io
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.demo.rows import Formula, Shown
from toolkit.demo.sheet import Sheet
from toolkit.demo.themes import DATE_FORMATS, THEMES


def can_write(kind: str) -> bool:
    """Tell whether the library for a kind of file is installed."""
    needed = {"xls": "xlwt", "ods": "odf"}.get(kind)
    return needed is None or importlib.util.find_spec(needed) is not None


def _text(value: Shown) -> str:
    if value is None:
        return ""
    if isinstance(value, Formula):
        value = value.result
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)


def write_csv(path: Path, sheet: Sheet, encoding: str) -> None:
    """Write one sheet as comma-separated text."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = range(1, sheet.last_column + 1)
    for row in range(1, sheet.last_row + 1):
        writer.writerow([_text(sheet.cells.get((row, column), (None, ""))[0]) for column in columns])
    path.write_bytes(out.getvalue().encode(encoding))


def write_html(path: Path, sheet: Sheet) -> None:
    """Write one sheet as a web page with a table, as web systems "export to Excel"."""
    spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in sheet.merges}
    covered = {(r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    lines = ['<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>',
             '<meta http-equiv="Content-Type" content="text/html; charset=gb18030">',
             "<style>td{border:.5pt solid #000;mso-number-format:'\\@';}</style></head><body><table>"]  # fmt: skip
    columns = range(1, sheet.last_column + 1)
    for row in range(1, sheet.last_row + 1):
        cells = []
        for column in columns:
            if (row, column) in covered:
                continue
            down, across = spans.get((row, column), (1, 1))
            size = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            text = html.escape(_text(sheet.cells.get((row, column), (None, ""))[0])).replace("\n", "<br>")
            cells.append(f"<td{size}>{text}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    lines.append("</table></body></html>")
    path.write_bytes("\r\n".join(lines).encode("gb18030"))


def write_xls(path: Path, sheets: list[Sheet]) -> None:
    """Write an Excel 97-2003 workbook."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    styles: dict[tuple[str, str], Any] = {}
    for sheet in sheets:
        target = book.add_sheet(sheet.name)
        merged = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in sheet.merges}
        inside = {(r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
        for (row, column), (value, kind) in sheet.cells.items():
            style = styles.get((sheet.theme, kind))
            if style is None:
                style = styles[sheet.theme, kind] = _xls_style(xlwt, sheet.theme, kind)
            plain = value.result if isinstance(value, Formula) else value
            if (row, column) in merged:
                last_row, last_column = merged[row, column]
                target.write_merge(row - 1, last_row - 1, column - 1, last_column - 1, plain, style)
            elif (row, column) not in inside:
                target.write(row - 1, column - 1, plain, style)
        for column, width in sheet.widths.items():
            target.col(column - 1).width = int(width * 256)
        target.portrait = False
    book.save(str(path))


def _xls_style(xlwt: Any, theme_name: str, kind: str) -> Any:
    theme = THEMES[theme_name]
    font, size, bold = theme.body_font, theme.size, "off"
    if kind == "title":
        font, size, bold = theme.title_font, theme.title_size, "on"
    elif kind in ("head", "total"):
        font, bold = theme.head_font, "on"
    align = "left" if kind in ("left", "meta", "foot", "note") else "center"
    lines = (
        "" if kind in ("title", "meta", "foot", "note") else "borders: left thin, right thin, top thin, bottom thin;"
    )
    wrap = "wrap on" if kind in ("head", "left") else "wrap off"
    rule = (
        f"font: name {font}, height {int(size * 20)}, bold {bold}; align: horiz {align}, vert center, {wrap}; {lines}"
    )
    form = DATE_FORMATS[kind[5:]] if kind.startswith("date ") else "@" if kind in ("text", "left") else "General"
    return xlwt.easyxf(rule, num_format_str=form)


def write_ods(path: Path, sheets: list[Sheet]) -> None:
    """Write an OpenDocument spreadsheet."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for sheet in sheets:
        table = Table(name=sheet.name)
        spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in sheet.merges}
        covered = {
            (r, c) for r1, c1, r2, c2 in sheet.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)
        } - set(spans)
        columns = range(1, sheet.last_column + 1)
        for row in range(1, sheet.last_row + 1):
            line = TableRow()
            for column in columns:
                value = sheet.cells.get((row, column), (None, ""))[0]
                if (row, column) in covered:
                    line.addElement(CoveredTableCell())
                    continue
                down, across = spans.get((row, column), (1, 1))
                options: dict[str, Any] = (
                    {"numberrowsspanned": down, "numbercolumnsspanned": across} if down * across > 1 else {}
                )
                line.addElement(_ods_cell(TableCell, P, value, options))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))


def _ods_cell(cell: Any, paragraph: Any, value: Shown, options: dict[str, Any]) -> Any:
    if isinstance(value, Formula):
        value = value.result
    if value is None:
        return cell(**options)
    if isinstance(value, date):
        found = cell(valuetype="date", datevalue=f"{value:%Y-%m-%d}", **options)
    elif isinstance(value, int | float):
        found = cell(valuetype="float", value=value, **options)
    else:
        found = cell(valuetype="string", **options)
        for line in value.split("\n"):
            found.addElement(paragraph(text=line))
        return found
    found.addElement(paragraph(text=_text(value)))
    return found
