"""Take sheets, names and parts of ours out of a workbook, and keep a findings sheet that somebody typed into."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.cells import every_cell
from toolkit.marking.conditions import number_text
from toolkit.marking.findings_sheet import FIRST_ROW, SEAL_COLUMN, TEXT_COLUMNS
from toolkit.marking.labels import COPY_NAME, KEPT_SHEET, PLACE_NAME, is_own_sheet
from toolkit.marking.listing import free_sheet_name, quoted
from toolkit.marking.package import Package, rels_name
from toolkit.marking.seal import FORMULA, seal
from toolkit.marking.sheet import Worksheet
from toolkit.marking.workbook import Sheet, first_cell, sheets_of
from toolkit.model import FINDINGS_SHEET

if TYPE_CHECKING:
    from toolkit.marking.parts import Part


@dataclass(slots=True)
class Own:
    """The findings sheets of a workbook. ``sheets``: nothing but ours; ``typed``: somebody typed into them.

    ``texts``: the messages and suggestions that stand in either.
    """

    sheets: list[Sheet] = field(default_factory=list)
    typed: list[Sheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def own_sheets(package: Package) -> Own:
    """Return the findings sheets of a workbook that another program has saved."""
    own = Own()
    for name, sheet in sheets_of(package).items():
        if name.startswith(FINDINGS_SHEET) and is_own_sheet(name, first_cell(package, sheet.part)):
            rows: dict[int, dict[int, str]] = {}
            for row, column, cell in every_cell(Worksheet(package, sheet.part)):
                rows.setdefault(row, {})[column] = FORMULA if cell.formula else shown(cell.content.value)
            own.texts += said_in(rows)
            (own.sheets if is_untouched(rows) and not _carries_more(package, sheet) else own.typed).append(sheet)
    return own


def shown(value: object) -> str:
    """Return what a cell holds as seals count it."""
    return number_text(value) if isinstance(value, float) else "" if value is None else str(value)


def said_in(rows: Mapping[int, Mapping[int, str]]) -> list[str]:
    """Return the messages and suggestions of a findings sheet; ``rows``: row → column → what the cell holds."""
    wanted = (cells for row, cells in rows.items() if row >= FIRST_ROW)
    return [cells[column] for cells in wanted for column in TEXT_COLUMNS if column in cells]


def is_untouched(rows: Mapping[int, Mapping[int, str]]) -> bool:
    """Say whether every row of a findings sheet holds what its seal says, the rows of the head what theirs says."""
    head: list[str] = []
    for row in range(1, FIRST_ROW):
        cells = rows.get(row, {})
        head += [cells.get(column, "") for column in range(1, SEAL_COLUMN)]
    for row, cells in rows.items():
        held = {column: value for column, value in cells.items() if value.strip()}
        sealed = held.pop(SEAL_COLUMN, "")
        if not held and not sealed:
            continue
        own = [held.get(column, "") for column in range(1, SEAL_COLUMN)]
        if max(held, default=0) > SEAL_COLUMN or (row == 1 and sealed != seal(head)):
            return False
        if row >= FIRST_ROW and sealed != seal(own):
            return False
    return True


def _carries_more(package: Package, sheet: Sheet) -> bool:
    """Say whether somebody put a note or a picture into the sheet."""
    for item in package.relationships(sheet.part):
        if item.kind in ("comments", "threadedComment"):
            return True
        if item.kind == "drawing" and package.has(item.target) and b"Anchor" in package.part(item.target).base:
            return True  # LibreOffice gives every sheet a drawing, empty or not
    return False


def keep_typed(package: Package, typed: Iterable[Sheet]) -> list[str]:
    """Give findings sheets that hold more than ours another name, so that a new one can be made; return the names."""
    kept = []
    for name_now in [sheet.name for sheet in typed]:
        part, sheets = package.workbook, sheets_of(package)
        sheet, name = sheets[name_now], free_sheet_name(set(sheets), KEPT_SHEET)
        element = sheet.element
        start = element.start + 1 + len(element.name)
        raw = xmlscan.with_attribute(element.raw_attributes, b"name", xmlscan.escape(name).encode())
        part.edit(start, start + len(element.raw_attributes), raw)
        _rename_in_names(part, sheet, name)
        part.rebase(part.result()[0])
        kept.append(name)
    return kept


def _rename_in_names(part: Part, sheet: Sheet, name: str) -> None:
    names = xmlscan.first_child(part.masked, part.root, b"definedNames")
    for item in xmlscan.children(part.masked, names.inner, names.close) if names else ():
        if item.attributes.get("localSheetId") == str(sheet.index):
            formula = xmlscan.inner_text(part.base, item.inner, item.close)
            for written in (quoted(sheet.name), sheet.name):
                formula = formula.replace(f"{written}!", f"{quoted(name)}!")
            part.edit(item.inner, item.close, xmlscan.escape(formula).encode())


def take_out(package: Package, ours: list[Sheet], record: str | None, spared: Iterable[Sheet] = ()) -> bool:
    """Remove sheets of ours, our names and an undo record; say whether there were sheets or names.

    ``spared``: sheets that stay and keep the names of the places their links lead to.
    """
    count = len(sheets_of(package))
    if record is not None:
        _drop_record(package, record)
    if ours:
        _drop_sheets(package, ours, count)
    found = _drop_names(package, ours, {sheet.index for sheet in spared}) or bool(ours)
    package.forget_what_was_read()
    return found


def drop(package: Package, source: str, name: str) -> None:
    """Remove a part, the relationship that leads to it and its content type."""
    package.unrelate(source, name)
    _remove(package, name)


def _remove(package: Package, name: str) -> None:
    package.undeclare(rels_name(name))
    package.undeclare(name)
    package.remove(name)


def _drop_record(package: Package, name: str) -> None:
    for item in package.relationships(name):
        if package.has(item.target):
            _remove(package, item.target)
    package.unrelate("", name)
    drop(package, package.workbook.name, name)


def _drop_sheets(package: Package, ours: list[Sheet], count: int) -> None:
    part = package.workbook
    base = part.base
    for sheet in sorted(ours, key=lambda each: -each.element.start):
        base = base[: sheet.element.start] + base[sheet.element.end :]
    part.rebase(base)
    _fix_active_tab(package, {sheet.index for sheet in ours}, count)
    numbers = {sheet.element.attributes.get("sheetId") for sheet in ours}
    for sheet in ours:
        related = [item.target for item in package.relationships(sheet.part) if not item.external]
        drop(package, part.name, sheet.part)
        for target in related:
            if posixpath.basename(target).startswith(("printerSettings", "vmlDrawing", "comments", "drawing")):
                _remove(package, target)
    chain = package.related(part.name, "calcChain")
    if chain is not None:
        known = {item.attributes.get("i") for item in xmlscan.elements_named(package.part(chain).masked, b"c")}
        if known & numbers:
            drop(package, part.name, chain)


def _fix_active_tab(package: Package, gone: set[int], count: int) -> None:
    part = package.workbook
    for view in list(xmlscan.elements_named(part.masked, b"workbookView")):
        raw = view.raw_attributes
        for name in ("activeTab", "firstSheet"):
            number = int(view.attributes.get(name, "0") or 0)
            now = max(0, min(number - sum(index < number for index in gone), count - len(gone) - 1))
            if number in gone or now != number:
                raw = xmlscan.with_attribute(raw, name.encode(), str(now).encode())
        if raw != view.raw_attributes:
            start = view.start + 1 + len(view.name)
            part.edit(start, start + len(view.raw_attributes), raw)
    part.rebase(part.result()[0])


def _drop_names(package: Package, ours: list[Sheet], spared: set[int]) -> bool:
    """Remove the names that belong to our sheets and our own; renumber those of the sheets behind.

    openpyxl numbers sheets wrongly where there are charts among them, so what a name says counts as well.
    """
    part, gone = package.workbook, {sheet.index for sheet in ours}
    about = tuple(f"{each}!" for sheet in ours for each in (sheet.name, quoted(sheet.name)))
    names = xmlscan.first_child(part.masked, part.root, b"definedNames")
    if names is None:
        return False
    found, left = False, 0
    for item in xmlscan.children(part.masked, names.inner, names.close):
        values = item.attributes
        owner = values.get("localSheetId", "")
        name, number = values.get("name", ""), int(owner) if owner.isdigit() else -1
        leads = PLACE_NAME.fullmatch(name) is not None and number not in spared
        told = name.startswith("_xlnm.") and xmlscan.inner_text(part.base, item.inner, item.close).startswith(about)
        if name == COPY_NAME or number in gone or leads or told:
            part.edit(item.start, item.end, b"")
            found = True
            continue
        left += 1
        behind = sum(index < number for index in gone)
        if behind:
            start = item.start + 1 + len(item.name)
            raw = xmlscan.with_attribute(item.raw_attributes, b"localSheetId", str(number - behind).encode())
            part.edit(start, start + len(item.raw_attributes), raw)
    if found and not left:
        part.edits.clear()
        part.edit(names.start, names.end, b"")
    part.rebase(part.result()[0])
    return found
