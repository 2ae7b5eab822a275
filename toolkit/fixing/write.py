"""Splice corrections into the cells of an opened package, and put back what they replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from toolkit.fixing.cells import as_read, find_cells, new_content, same, written
from toolkit.fixing.corrections import Correction
from toolkit.fixing.log import Line, kind_of_content
from toolkit.fixing.rich import MAX_RICH, corrected, rich_content
from toolkit.marking import xmlscan
from toolkit.marking.cells import Content, uses_1904
from toolkit.marking.members import part_key
from toolkit.marking.package import Package
from toolkit.marking.parts import Part
from toolkit.marking.sheet import Area, Worksheet, area
from toolkit.marking.styles import Styles
from toolkit.marking.workbook import Sheet, find_sheet, sheets_of
from toolkit.model import cell_name, split_cell

_FORMULA = re.compile(rb"<(?:[^\s/>:]++:)?f[\s/>]")
_BEFORE_CALCULATION = frozenset(
    b"fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences"
    b" definedNames".split()
)


@dataclass(slots=True)
class Written:
    """What came of corrections: those written ``again`` after a fix was taken back, the ``new`` ones, and those left out."""

    again: list[Line] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)
    skipped: list[tuple[Correction, str]] = field(default_factory=list)


class _Grid:
    """The cells of one worksheet that corrections are about."""

    def __init__(self, package: Package, sheet: Sheet, places: Iterable[tuple[int, int]]) -> None:
        worksheet = Worksheet(package, sheet.part)
        self._package = package
        self._merged, self._headers = worksheet.merged, _table_headers(package, sheet.part)
        self.part: Part = package.whole(sheet.part)
        self.cells = find_cells(package, self.part, {self.corner(place) for place in places})
        styles = Styles(package)
        self._is_date, self._date1904 = styles.date_styles(), uses_1904(package)
        self._pending: dict[tuple[int, int], Content] = {}
        self._now: dict[tuple[int, int], str] = {}

    def corner(self, place: tuple[int, int]) -> tuple[int, int]:
        """Return the cell that holds what a merged area shows."""
        for merged in self._merged:
            if _inside(place, merged):
                return merged.top, merged.left
        return place

    def problem(self, place: tuple[int, int], old: str, new: str | None = None) -> str | None:
        """Return why a cell cannot be written (with ``new``, where that matters), or None."""
        found = self.cells.get(place)
        if found is None:
            return "no-such-cell"
        if found.formula:
            return "formula"
        if any(_inside(place, header) for header in self._headers):
            return "table-header"
        if not same(self.text(place), old):
            return "changed"
        rich = self._rich(place) if new is not None else None
        unfit = rich is not None and (len(rich) > MAX_RICH or corrected(rich, str(new)) is None)
        return "rich-text" if unfit else None

    def _rich(self, place: tuple[int, int]) -> str | None:
        """Return the formatted text of a cell as it will be before the next change, None where it is plain."""
        pending = self._pending.get(place)
        if pending is not None:
            return str(pending.value) if pending.kind == "rich" else None
        return rich_content(self._package, self.part, self.cells[place].element)

    def text(self, place: tuple[int, int]) -> str | None:
        """Return what a cell reads as, with what was put into it; None where there is none, or nobody computed it."""
        found = self.cells.get(place)
        if found is None or place in self._now:
            return self._now.get(place)
        return as_read(found.cell, self._is_date, date1904=self._date1904)

    def fill(self, place: tuple[int, int], correction: Correction) -> str:
        """Put a correction into a cell; return the kind of what it held."""
        new, cell = correction.new, self.cells[place].cell
        content, rich = self._pending.get(place, cell.content), self._rich(place)
        made = new_content(new, cell, self._is_date, date1904=self._date1904, real_date=correction.real_date)
        if rich is not None:
            content = Content("rich", rich)
            made = Content("rich", corrected(rich, new)) if made.kind == "text" else made
        self._pending[place] = made
        self._now[place] = new
        return kind_of_content(content)

    def put(self, place: tuple[int, int], content: Content) -> None:
        """Put a content back into a cell."""
        self._pending[place] = content

    def flush(self) -> None:
        """Splice what was put into the part."""
        for place, content in self._pending.items():
            element = self.cells[place].element
            self.part.edit(element.start, element.end, written(element, self.part, content))


class _Grids:
    """The worksheets that corrections are about, each read once."""

    def __init__(self, package: Package, corrections: Iterable[Correction]) -> None:
        self._package, self._sheets = package, sheets_of(package)
        self._grids: dict[str, _Grid] = {}
        places: dict[str, tuple[Sheet, set[tuple[int, int]]]] = {}
        for correction in corrections:
            sheet, place = find_sheet(self._sheets, correction.sheet), _place(correction)
            if sheet is not None and sheet.part and place is not None:
                places.setdefault(sheet.part, (sheet, set()))[1].add(place)
        for part, (sheet, wanted) in places.items():
            self._grids[part] = _Grid(package, sheet, wanted)

    def find(self, correction: Correction) -> tuple[_Grid, tuple[int, int], Correction] | str:
        """Return where a correction goes, and itself with the names of that place; or why there is no such place."""
        sheet, place = find_sheet(self._sheets, correction.sheet), _place(correction)
        if sheet is None or not sheet.part:
            return "no-such-sheet"
        if place is None:
            return "no-such-cell"
        grid = self._grids[sheet.part]
        corner = grid.corner(place)
        return grid, corner, replace(correction, sheet=sheet.name, cell=cell_name(*corner))

    def flush(self) -> None:
        """Splice everything into the parts."""
        for grid in self._grids.values():
            grid.flush()


def write_cells(package: Package, again: Iterable[Correction], new: Iterable[Correction]) -> Written:
    """Write corrections: first those of an earlier fix ``again``, then ``new`` ones that may build on them."""
    result = Written()
    listed = [(correction, result.again) for correction in again] + [(correction, result.new) for correction in new]
    grids = _Grids(package, [correction for correction, _ in listed])
    for wanted, lines in listed:
        located = grids.find(wanted)
        if isinstance(located, str):
            result.skipped.append((wanted, located))
            continue
        grid, place, correction = located
        if grid.text(place) == correction.new:
            continue
        if problem := grid.problem(place, correction.old, correction.new):
            result.skipped.append((wanted, problem))
            continue
        lines.append(Line(correction, grid.fill(place, correction)))
    grids.flush()
    return result


def put_back(package: Package, lines: Iterable[Line]) -> tuple[list[Correction], list[tuple[Correction, str]]]:
    """Give the cells of corrections back what they held; return what was restored and what was left, with the reason."""
    restored: list[Correction] = []
    skipped: list[tuple[Correction, str]] = []
    chains: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.correction.cell:
            chains.setdefault((line.correction.sheet, line.correction.cell), []).append(line)
        else:
            skipped.append((line.correction, "row-deleted"))
    grids = _Grids(package, [chain[0].correction for chain in chains.values()])
    for chain in chains.values():
        made = [line.correction for line in chain]
        located = grids.find(made[0])
        if isinstance(located, str):
            skipped += [(correction, located) for correction in made]
        elif located[0].problem(located[1], made[-1].new):
            skipped += [(correction, "changed") for correction in made]
        else:
            located[0].put(located[1], chain[0].before)
            restored += made
    grids.flush()
    return restored, skipped


def _place(correction: Correction) -> tuple[int, int] | None:
    try:
        return split_cell(correction.cell.replace("$", "").upper())
    except ValueError:
        return None


def _inside(place: tuple[int, int], where: Area) -> bool:
    return where.top <= place[0] <= where.bottom and where.left <= place[1] <= where.right


def _table_headers(package: Package, sheet: str) -> list[Area]:
    """Return the header rows of tables: their texts are repeated in the table's own part and must agree with it."""
    found = []
    for item in package.relationships(sheet):
        if item.kind == "table" and package.has(item.target):
            values = package.part(item.target).root.attributes
            where, rows = area(values.get("ref", "")), values.get("headerRowCount", "1")
            if where is not None and rows.isdigit() and int(rows):
                found.append(where._replace(bottom=where.top + int(rows) - 1))
    return found


def recalculate(package: Package) -> None:
    """Have formulas computed anew on opening, where there are any: what they rest on has changed."""
    if not any(_has_formulas(package, sheet) for sheet in sheets_of(package).values() if sheet.part):
        return
    part = package.workbook
    top = part.root
    present = xmlscan.first_child(part.masked, top, b"calcPr")
    if present is None:
        earlier = [
            item.end
            for item in xmlscan.children(part.masked, top.inner, top.close)
            if item.local in _BEFORE_CALCULATION
        ]
        place = max(earlier, default=top.inner)
        part.edit(place, place, b"<" + top.prefix + b'calcPr fullCalcOnLoad="1"/>')
    elif present.attributes.get("fullCalcOnLoad") not in ("1", "true"):
        raw = xmlscan.with_attribute(present.raw_attributes, b"fullCalcOnLoad", b"1")
        start = present.start + 1 + len(present.name)
        part.edit(start, start + len(present.raw_attributes), raw)


def _has_formulas(package: Package, sheet: Sheet) -> bool:
    member = package.archive.by_key.get(part_key(sheet.part))
    if member is None:
        return False
    carry = b""
    for chunk in package.archive.chunks(member):
        if _FORMULA.search(carry + chunk):
            return True
        carry = chunk[-64:]
    return False
