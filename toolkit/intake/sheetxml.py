"""A thin pass over a sheet's XML for what the reader of values does not tell.

Cheap substring searches decide whether anything has to be parsed at all: error cells, formulas without a stored result, and
what is hidden. A sheet whose cells lie far apart would make a dense reader allocate the whole rectangle; it is recognised here
and read cell by cell instead.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from toolkit.fields.base import CellError, NoResult
from toolkit.model import column_number

_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s([^>]*?)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*?)/?>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s>/])([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>/])([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c\s*>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>(.*?)</(?:\w+:)?v>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*hidden\s*=\s*[\"'](?:1|true)[\"'][^>]*?)/?>")
_LAST_ROW = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_FAR_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?r\s*=\s*[\"'][B-Z][A-Z]{2}\d|<(?:\w+:)?c\s[^>]*?r\s*=\s*[\"'][A-Z]{3}\d")
_SPECIAL_MARKS = (b'"e"', b"'e'", b"<f", b":f")
"""What an error cell or a formula cannot do without: a sheet that has none of these is not looked through."""
_SPECIAL_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?:[^>]*\st\s*=\s*[\"']e[\"'][^>]*>|[^>]*>\s*<(?:\w+:)?f[\s/>])")
_CELL_NAME = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_DENSE_LIMIT = 100_000
_SPARSE_FACTOR = 20
MAX_CELLS = 3_000_000


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet tells. Rows and columns start at 1."""

    special: dict[tuple[int, int], CellError | NoResult] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    picture: bool = False
    sparse: bool = False
    doctype: bool = False


def attributes(tag: bytes) -> dict[str, str]:
    """Return the attributes in the bytes of a start tag, without name-space prefixes."""
    found = {}
    for name, double, single in _ATTRIBUTE.findall(tag):
        found[name.decode().rpartition(":")[2]] = unescape((double or single).decode("utf-8", "replace"))
    return found


class SheetParts:
    """The sheets of an open package by name, found through its relationships. ``data``: the package's own bytes."""

    def __init__(self, package: zipfile.ZipFile, data: bytes) -> None:
        self._package = package
        self._data = data
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in package.namelist()}
        self.workbook = b""
        self.paths = self._sheet_paths()

    def read(self, path: str) -> bytes:
        """Return a part's bytes as UTF-8 XML, or nothing where there is no such part."""
        name = self._names.get(path.lower())
        if name is None:
            return b""
        data = _inflated(self._data, self._package.getinfo(name))
        if data is None:
            data = self._package.read(name)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = data.decode("utf-16").encode()
        return data

    def _relations(self, path: str) -> Mapping[str, tuple[str, str]]:
        folder, base = posixpath.split(path)
        return _read_relations(self.read(posixpath.join(folder, "_rels", f"{base}.rels")), folder)

    def _sheet_paths(self) -> dict[str, str]:
        main = next((target for kind, target in self._relations("").values() if kind.endswith("/officeDocument")), "")
        relations = self._relations(main) if main else {}
        paths = {}
        self.workbook = self.read(main)
        for tag in _SHEET_TAG.findall(self.workbook):
            sheet = attributes(tag)
            kind, target = relations.get(sheet.get("id", ""), ("", ""))
            if kind.endswith("/worksheet"):
                paths[sheet.get("name", "")] = target
        return paths

    def facts(self, name: str) -> tuple[SheetFacts, bytes]:
        """Return what the XML of a sheet tells, and the XML."""
        data = self.read(self.paths.get(name, ""))
        facts = SheetFacts()
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
            facts.doctype = True
            return facts, b""
        facts.picture = b"drawing " in data
        facts.sparse = _is_sparse(data)
        if b"hidden=" in data:
            _note_hidden(data, facts)
        if not facts.sparse and any(mark in data for mark in _SPECIAL_MARKS) and _SPECIAL_CELL.search(data):
            _note_special(data, facts)
        return facts, data

    def shared_strings(self) -> list[str]:
        """Return the workbook's shared strings."""
        data = self.read(next((name for name in self._names if name.endswith("sharedstrings.xml")), ""))
        return [
            "".join(unescape(text.decode("utf-8", "replace")) for text in _TEXT.findall(item))
            for item in re.findall(rb"<(?:\w+:)?si>(.*?)</(?:\w+:)?si>|<(?:\w+:)?si/>", data, re.DOTALL)
        ]


def _inflated(data: bytes, part: zipfile.ZipInfo) -> bytes | None:
    """Return a part's content straight from the package's bytes, or None where zipfile had better read it and say what is wrong."""
    start = part.header_offset
    if part.compress_type != zipfile.ZIP_DEFLATED or data[start : start + 4] != b"PK\x03\x04":
        return None
    name, extra = struct.unpack("<HH", data[start + 26 : start + 30])
    start += 30 + name + extra
    unpacker = zlib.decompressobj(-15)
    try:
        content = unpacker.decompress(data[start : start + part.compress_size], part.file_size + 1)
    except zlib.error:
        return None
    return content if len(content) == part.file_size and zlib.crc32(content) == part.CRC else None


@lru_cache(maxsize=1_000)
def _read_relations(data: bytes, folder: str) -> Mapping[str, tuple[str, str]]:
    """Return id → (type, target) of a relationships part; most workbooks of a county have the same few."""
    found = {}
    for tag in _RELATION.findall(data):
        relation = attributes(tag)
        target = relation.get("Target", "").replace("\\", "/")
        if relation.get("TargetMode") != "External":
            inside = posixpath.normpath(posixpath.join(folder, target))
            target = target.lstrip("/") if target.startswith("/") else inside
        found[relation.get("Id", "")] = (relation.get("Type", ""), target)
    return found


def _is_sparse(data: bytes) -> bool:
    """Say whether the sheet's cells span far more than they fill."""
    tail = data.rfind(b"row ")
    if tail < 0:
        return False
    last = _LAST_ROW.search(data[tail : tail + 200])
    last_row = int(last[1]) if last else 0
    if last_row > _DENSE_LIMIT and last_row > _SPARSE_FACTOR * data.count(b"row "):
        return True
    return last_row > 1_000 and _FAR_CELL.search(data) is not None


def _note_hidden(data: bytes, facts: SheetFacts) -> None:
    for tag in _HIDDEN_COLUMN.findall(data):
        column = attributes(tag)
        first, last = int(column.get("min", 0)), int(column.get("max", 0))
        if 0 < first <= last <= 16_384 and last - first < 1_000:
            facts.hidden_columns.extend(range(first, last + 1))
    number = 0
    for tag in _ROW.findall(data):
        named = _LAST_ROW.search(b" " + tag)
        number = int(named[1]) if named else number + 1
        if b"hidden=" in tag and attributes(tag).get("hidden") in ("1", "true"):
            facts.hidden_rows.append(number)


def _note_special(data: bytes, facts: SheetFacts) -> None:
    for row, column, tag, body in _special_cells(data):
        value = _VALUE.search(body)
        if b't="e"' in tag or b"t='e'" in tag:
            facts.special[row, column] = CellError(unescape(value[1].decode("utf-8", "replace")) if value else "#REF!")
        elif _FORMULA.search(body) and (value is None or not value[1]) and b't="str"' not in tag and b"<is" not in body:
            facts.special[row, column] = CellError("#REF!") if b"#REF!" in body else NoResult()


def _special_cells(data: bytes) -> Iterable[tuple[int, int, bytes, bytes]]:
    """Return the cells with an error or a formula, like :func:`cells`; all cells where their positions must be counted."""
    special = []
    for hit in _SPECIAL_CELL.finditer(data):
        cell = _CELL.match(data, hit.start())
        place = _CELL_NAME.search(cell[1]) if cell else None
        if cell is None or place is None:
            return cells(data)
        special.append((int(place[2]), column_number(place[1].decode()), cell[1], cell[2] or b""))
    return special


def cells(data: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Yield (row, column, start tag's attributes, content) of every cell; positions are counted where the file omits them."""
    row = 0
    for found in _ROW.finditer(data):
        named = _LAST_ROW.search(b" " + found[1])
        row = int(named[1]) if named else row + 1
        if found[1].endswith(b"/"):
            continue
        end = data.find(b"row>", found.end())
        column = 0
        for cell in _CELL.finditer(data, found.end(), end if end > 0 else len(data)):
            tag, body = cell[1], cell[2] or b""
            place = _CELL_NAME.search(tag)
            column = column_number(place[1].decode()) if place else column + 1
            yield row, column, tag, body


def sparse_grid(data: bytes, strings: list[str]) -> dict[int, dict[int, Any]]:
    """Return the cells of a sheet that a dense reader could not hold: row → column → value (text or float)."""
    grid: dict[int, dict[int, Any]] = {}
    count = 0
    for row, column, tag, body in cells(data):
        kind = attributes(tag).get("t", "n")
        value: Any
        if kind == "inlineStr":
            value = "".join(unescape(text.decode("utf-8", "replace")) for text in _TEXT.findall(body))
        elif (found := _VALUE.search(body)) is None:
            continue
        elif kind == "s":
            index = int(found[1]) if found[1].isdigit() else -1
            value = strings[index] if 0 <= index < len(strings) else ""
        elif kind == "e":
            value = CellError(unescape(found[1].decode()))
        elif kind in ("n", ""):
            value = float(found[1])
        else:
            value = unescape(found[1].decode("utf-8", "replace"))
        if value != "":
            grid.setdefault(row, {})[column] = value
            count += 1
            if count > MAX_CELLS:
                break
    return grid
