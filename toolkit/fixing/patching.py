"""Take over cells that somebody typed into a copy: spliced into the original, of which nothing else changes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from toolkit.fixing.cells import Found, find_cells, written
from toolkit.fixing.write import recalculate
from toolkit.marking import xmlscan
from toolkit.marking.cells import BLANK, Content, read_cells, rich_text
from toolkit.marking.package import Package
from toolkit.marking.parts import Part
from toolkit.marking.sheet import Worksheet
from toolkit.marking.styles import Styles
from toolkit.marking.workbook import sheets_of
from toolkit.model import cell_name, split_cell

_INSIDE = rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
_OWN = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d+)[\"']")
_STYLE = re.compile(rb"(?:^|\s)s\s*=\s*[\"'](\d+)[\"']")

Places = Mapping[str, Iterable[tuple[int, int]]]


class Typed(NamedTuple):
    """What somebody typed into a cell, and whether it is shown as a date."""

    content: Content
    dated: bool


def patched(original: bytes, copy: bytes, places: Places) -> bytes | None:
    """Return ``original`` with the cells at ``places`` (sheet → places) as they are in ``copy``.

    None where they cannot be taken over one by one: they hold formulas or errors, or the original does not number its cells.
    """
    with Package(io.BytesIO(original)) as package, Package(io.BytesIO(copy)) as source:
        styles = Styles(package)
        for name, wanted in places.items():
            typed = _typed(source, name, set(wanted))
            sheet = sheets_of(package).get(name)
            if typed is None or sheet is None or not sheet.part:
                return None
            if not _splice(package, sheet.part, styles, typed):
                return None
        styles.flush()
        recalculate(package)
        plain = io.BytesIO()
        package.save(plain)
        return plain.getvalue()


def notes_of(data: bytes) -> dict[tuple[str, str], str]:
    """Return the texts of notes by (sheet, cell), blanks left out."""
    found = {}
    with Package(io.BytesIO(data)) as package:
        for name, sheet in sheets_of(package).items():
            for item in package.relationships(sheet.part) if sheet.part else ():
                if item.kind in ("comments", "threadedComment") and package.has(item.target):
                    part = package.part(item.target)
                    kind = b"comment" if item.kind == "comments" else b"threadedComment"
                    for note in xmlscan.elements_named(part.masked, kind):
                        text = rich_text(part.base, part.masked, note.inner, note.close)
                        found[name, note.attributes.get("ref", "")] = "".join(text.split())
    return found


def _typed(source: Package, name: str, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Typed] | None:
    sheet = sheets_of(source).get(name)
    if sheet is None or not sheet.part:
        return None
    is_date = Styles(source).date_styles()
    cells = read_cells(Worksheet(source, sheet.part), wanted)
    if any(cell.formula or cell.content.kind in ("error", "unknown") for cell in cells.values()):
        return None
    made = {place: Typed(BLANK, dated=False) for place in wanted}
    for place, cell in cells.items():
        made[place] = Typed(cell.content, cell.content.kind == "number" and is_date(cell.style))
    return made


def _splice(package: Package, name: str, styles: Styles, typed: Mapping[tuple[int, int], Typed]) -> bool:
    Worksheet(package, name)
    part = package.whole(name)
    found = find_cells(package, part, typed)
    if any(cell.formula for cell in found.values()):
        return False
    grid = _Rows(part)
    if not grid.numbered:
        return False
    for (row, column), what in sorted(typed.items()):
        present = found.get((row, column))
        if present is not None:
            part.edit(present.element.start, present.element.end, _rewritten(part, present, what, styles))
        elif what.content.kind != "blank":
            grid.insert(row, column, what, styles)
    grid.flush()
    return True


def _rewritten(part: Part, present: Found, what: Typed, styles: Styles) -> bytes:
    element = present.element
    if what.dated:
        style = str(styles.dated(present.cell.style)).encode()
        element = element._replace(raw_attributes=xmlscan.with_attribute(element.raw_attributes, b"s", style))
    return written(element, part, what.content)


class _Rows:
    """The rows of a sheet, with room for cells that are not there yet."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._top = part.root
        data = xmlscan.first_child(part.masked, self._top, b"sheetData")
        assert data is not None
        self._data, self._prefix = data, data.prefix
        tag = re.compile(rb"<" + re.escape(self._prefix + b"row") + rb"(?=[\s/>])(" + _INSIDE + rb")>")
        self._tags: dict[int, re.Match[bytes]] = {}
        self.numbered = True
        for found in [] if data.empty else tag.finditer(part.masked, data.inner, data.close):
            own = _OWN.search(found[1])
            self.numbered &= own is not None and self._cells_numbered(found)
            if own is not None:
                self._tags[int(own[1])] = found
        self._new: dict[int, list[tuple[int, bytes]]] = {}

    def _cells_numbered(self, tag: re.Match[bytes]) -> bool:
        end = self._part.masked.find(b"</" + self._prefix + b"row", tag.end())
        cell = b"<" + self._prefix + b"c"
        inside = b"" if tag[1].endswith(b"/") else self._part.masked[tag.end() : end]
        return all(b" r=" in piece.split(b">", 1)[0] for piece in inside.split(cell)[1:])

    def insert(self, row: int, column: int, what: Typed, styles: Styles) -> None:
        """Add a cell that the sheet lacks; it looks as its row or column does."""
        style = self._style_of(row, column)
        style = styles.dated(style) if what.dated else style
        shown = f' s="{style}"' if style else ""
        raw = f' r="{cell_name(row, column)}"{shown}'.encode()
        empty = xmlscan.Element(self._prefix + b"c", 0, 0, 0, 0, raw)
        self._new.setdefault(row, []).append((column, written(empty, self._part, what.content)))

    def _style_of(self, row: int, column: int) -> int:
        tag = self._tags.get(row)
        own = _STYLE.search(tag[1]) if tag is not None else None
        if own is not None:
            return int(own[1])
        columns = xmlscan.first_child(self._part.masked, self._top, b"cols")
        for item in xmlscan.children(self._part.masked, columns.inner, columns.close) if columns else ():
            values = item.attributes
            if int(values.get("min", "0")) <= column <= int(values.get("max", "0")):
                return int(values.get("style", "0") or 0)
        return 0

    def flush(self) -> None:
        """Splice the new cells into the part."""
        part, lacking = self._part, []
        for row, cells in sorted(self._new.items()):
            tag = self._tags.get(row)
            if tag is None:
                inside = b"".join(cell for _, cell in sorted(cells))
                name = self._prefix + b"row"
                lacking.append((row, b'<%s r="%d">%s</%s>' % (name, row, inside, name)))
            elif tag[1].endswith(b"/"):
                opened = part.base[tag.start() : tag.end()][:-2].rstrip() + b">"
                inside = b"".join(cell for _, cell in sorted(cells))
                part.edit(tag.start(), tag.end(), opened + inside + b"</" + self._prefix + b"row>")
            else:
                self._into(tag, cells)
        if self._data.empty and lacking:
            opened = part.base[self._data.start : self._data.end][:-2].rstrip() + b">"
            rows = b"".join(row for _, row in lacking)
            part.edit(self._data.start, self._data.end, opened + rows + b"</" + self._data.name + b">")
            return
        for number, written_row in lacking:
            behind = [tag for other, tag in self._tags.items() if other > number]
            at = min((tag.start() for tag in behind), default=self._data.close)
            part.edit(at, at, written_row)

    def _into(self, tag: re.Match[bytes], cells: list[tuple[int, bytes]]) -> None:
        part = self._part
        end = part.masked.find(b"</" + self._prefix + b"row", tag.end())
        present = [(item.attributes.get("r", ""), item.start) for item in xmlscan.children(part.masked, tag.end(), end)]
        for column, cell in sorted(cells):
            behind = [start for name, start in present if _column(name) > column]
            at = min(behind, default=end)
            part.edit(at, at, cell)


def _column(cell: str) -> int:
    return split_cell(cell.replace("$", ""))[1]
