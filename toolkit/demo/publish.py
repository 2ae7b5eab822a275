"""Writes a station's workbooks, adds the broken and surplus files, and says in which cell every planted mistake stands."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.demo.filing import Book
from toolkit.demo.office import Office, Plant
from toolkit.demo.write_other import can_write, write_csv, write_html, write_ods, write_xls
from toolkit.demo.write_xlsx import write_xlsx
from toolkit.model import cell_name

_JPEG = (
    bytes.fromhex("ffd8ffe000104a46494600010101006000600000ffdb004300") + bytes(range(1, 200)) + bytes.fromhex("ffd9")
)


@dataclass(slots=True)
class Shelf:
    """What one station wrote: files, planted mistakes, files with a status of their own, ledgers with a status."""

    station: str
    paths: list[str] = field(default_factory=list)
    planted: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, str]] = field(default_factory=list)
    ledgers: list[dict[str, str]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    silent: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def severity_of(code: str) -> str:
    """Return the severity a code's first letter stands for."""
    return {"E": "error", "W": "warning", "I": "info"}.get(code[:1], "none")


def entry(kind: str, code: str, station: str | None, file: str | None, sheet: str | None, cell: str | None,
          group: str | None = None) -> dict[str, Any]:  # fmt: skip
    """Return one line of what was planted."""
    found: dict[str, Any] = {
        "kind": kind, "code": code, "severity": severity_of(code), "file": file, "sheet": sheet, "cell": cell, "station": station,
    }  # fmt: skip
    if group:
        found["group"] = group
    return found


def choose_kinds(office: Office, books: list[Book]) -> None:
    """Decide which workbooks are kept in other forms than .xlsx; what only a workbook can hold stays there."""
    rng = office.rng
    astral = any(ord(c) > 0xFFFF for p in office.people for c in p.name)
    for book in books:
        flagged = {f for f, ledger in office.flags.items() if ledger in book.ledgers}
        fixed = bool(set(book.ledgers) & office.excel_only) or any(sheet for _, _, sheet in book.remarks)
        one = len(book.sheets) == 1
        flat = all(t.layout.levels < 3 for _, t in book.tables)
        chance = rng.random()
        if "web page named .xls" in flagged and one and not fixed:
            book.kind, book.suffix = "html", ".xls"
            book.remarks.append(("web page named .xls", "W007", None))
        elif "workbook named .xls" in flagged:
            book.suffix = ".xls"
            book.remarks.append(("workbook named .xls", "W007", None))
        elif fixed or flagged or book.station is None:
            continue
        elif chance < 0.045 and not astral and can_write("xls"):
            book.kind, book.suffix = "xls", ".xls"
        elif chance < 0.06 and one and flat:
            book.kind, book.suffix = rng.choice((("gb18030", ".csv"), ("utf-8", ".csv"), ("utf-8-sig", ".csv")))
        elif chance < 0.068 and flat and can_write("ods"):
            book.kind, book.suffix = "ods", ".ods"


def write_book(root: Path, book: Book, author: str) -> None:
    """Write one workbook below the stations' folder and remember its path."""
    folder = root.joinpath(*book.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{book.stem}{book.suffix}"
    book.path = "/".join(("workbooks/stations", *book.folder, path.name))
    match book.kind:
        case "xlsx":
            write_xlsx(path, book.sheets, author)
        case "xls":
            write_xls(path, book.sheets)
        case "ods":
            write_ods(path, book.sheets)
        case "html":
            write_html(path, book.sheets[0])
        case _:
            write_csv(path, book.sheets[0], book.kind)


_OF_STATIONS = ("E403", "W605")
"""Codes of what is said of a station, not of a file."""


def locate(office: Office, books: list[Book], shelf: Shelf) -> None:
    """Turn the station's plants into lines with file, sheet and cell."""
    for plant in office.plants:
        if plant.code in _OF_STATIONS:
            shelf.planted.append(
                entry(plant.kind, plant.code, office.station.code, None, None, None) | {"ledger": plant.ledger}
            )
            continue
        lines = find(plant, books)
        if not lines:
            shelf.unplaced.append(f"{office.station.code} {plant.kind}")
        shelf.planted += lines
    for book in books:
        shelf.planted += [
            entry(kind, code, book.station, book.path, _sheet(book, sheet), None) for kind, code, sheet in book.remarks
        ]
        for sheet, table in book.tables:
            if table.wrong_total:
                cell = sheet.marks[f"{table.key} 合计 {table.wrong_total}"]
                line = entry("total does not add up", "E402", book.station, book.path, _sheet(book, sheet.name), cell)
                shelf.planted.append(line | {"field": table.wrong_total})


def _sheet(book: Book, name: str | None) -> str | None:
    """Return a sheet's name, as a spreadsheet program shows it; None in a text, which has no sheets."""
    if book.kind == "html" and name is not None:
        return book.stem
    return name if book.kind in ("xlsx", "xls", "ods") else None


def find(plant: Plant, books: list[Book]) -> list[dict[str, Any]]:
    """Return a line for every place where a planted mistake stands."""
    found = []
    for book in books:
        for sheet, table in book.tables:
            if table.layout.ledger != plant.ledger:
                continue
            cell: str | None = None
            if plant.row is not None:
                if not any(r.uid == plant.row for r in table.rows):
                    continue
                cell = cell_name(*sheet.places[plant.row, str(plant.field)])
            elif plant.mark:
                cell = sheet.marks.get(f"{table.key} {plant.mark}")
                if cell is None:
                    continue
            group = plant.group and (plant.group if plant.row is not None else f"{plant.group}-{table.key}")
            if plant.code in ("I104", "W105", "E103"):
                group = f"{book.station}-{book.stem}-{plant.code}-{plant.ledger}-{plant.field or ''}-{sheet.name}"
            line = entry(plant.kind, plant.code, book.station, book.path, _sheet(book, sheet.name), cell, group)
            found.append(line | ({"field": plant.field} if plant.field else {}))
    return found


def surplus(root: Path, office: Office, books: list[Book], shelf: Shelf) -> None:
    """Add the files that are broken, locked, copies, or no tables at all."""
    code = office.station.code
    for flag, ledger in office.flags.items():
        book = next((b for b in books if ledger in b.ledgers and b.kind == "xlsx" and b.station), None)
        if book is None:
            continue
        folder = root.joinpath(*book.folder)
        source = (folder / f"{book.stem}{book.suffix}").read_bytes()
        made: tuple[str, bytes, str, str | None] | None = None
        match flag:
            case "empty file":
                made = (f"{book.stem}(2).xlsx", b"", "unreadable", "E002")
            case "truncated file":
                made = (f"{book.stem}_旧.xlsx", source[: len(source) * 2 // 3], "unreadable", "E001")
            case "encrypted file":
                made = (f"{book.stem}（加密）.xlsx", _encrypt(source), "encrypted", "E003")
            case "no spreadsheet inside":
                made = (f"{book.stem}照片.xlsx", _photograph(code), "unreadable", "E004")
            case "exact copy":
                form = office.rng.choice(("副本{}", "{} (1)", "{}最终版2", "{} - 副本"))
                made = (f"{form.format(book.stem)}.xlsx", source, "skipped-duplicate", "I008")
            case "stray document":
                kind = office.rng.choice((".docx", ".jpg"))
                data = _photograph(code) if kind == ".jpg" else _document(office.station.name)
                made = (f"{book.stem}说明{kind}", data, "other", "I010")
            case "hidden rows":
                made = (f"~${book.stem[2:] or book.stem}.xlsx", b"\x05clerk" + b" " * 159, "ignored", None)
        if made is None:
            continue
        name, data, status, finding = made
        (folder / name).write_bytes(data)
        path = "/".join(("workbooks/stations", *book.folder, name))
        shelf.files.append({"path": path, "status": status})
        shelf.paths.append(path)
        if finding:
            group = f"{code}-copy" if finding == "I008" else None
            shelf.planted.append(entry(flag, finding, code, path, None, None, group))
            if group:
                shelf.planted.append(entry(flag, finding, code, book.path, None, None, group))


def _encrypt(source: bytes) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(source)).encrypt("gp2020", out)
    return out.getvalue()


def _photograph(code: str) -> bytes:
    return _JPEG * 20 + code.encode()


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def _document(station: str) -> bytes:
    text = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{station}情况说明</w:t></w:r></w:p></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, part in (("[Content_Types].xml", _TYPES), ("word/document.xml", text)):
            package.writestr(zipfile.ZipInfo(name, (2020, 12, 28, 9, 30, 0)), part)
    return out.getvalue()
