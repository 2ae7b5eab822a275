"""Take marks off a workbook that another program has saved since: the labels alone say what is ours."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.cells import rich_text
from toolkit.marking.highlights import priorities
from toolkit.marking.labels import COPY_NAME, NOTE_END, NOTE_PREFIX, RULE, is_findings_sheet
from toolkit.marking.members import Refusal, part_key
from toolkit.marking.package import Package, rels_name
from toolkit.marking.sheet import Worksheet
from toolkit.marking.workbook import Sheet, first_cell, sheets_of
from toolkit.model import FINDINGS_SHEET, split_cell

if TYPE_CHECKING:
    from toolkit.marking.parts import Part

_IN_EVERY_NOTE = NOTE_PREFIX.strip("[]").encode()  # some programs put brackets and Chinese into runs of their own
_SHAPE = re.compile(rb"<v:shape\s.*?</v:shape>", re.DOTALL)
_ROW, _COLUMN = re.compile(rb"<x:Row>\s*(\d+)"), re.compile(rb"<x:Column>\s*(\d+)")


def strip_labels(package: Package, record: str | None) -> bool:
    """Remove our highlights, notes, findings sheet and record; say whether anything was ours."""
    found = record is not None
    sheets = sheets_of(package)
    ours = [
        sheet
        for name, sheet in sheets.items()
        if name.startswith(FINDINGS_SHEET) and is_findings_sheet(name, first_cell(package, sheet.part))
    ]
    for sheet in sheets.values():
        if sheet.part and sheet not in ours:
            found = _strip_sheet(package, sheet.part) or found
    return take_out(package, ours, record) or found


def take_out(package: Package, ours: list[Sheet], record: str | None) -> bool:
    """Remove sheets of ours, our names and an undo record; say whether there were sheets or names."""
    count = len(sheets_of(package))
    if record is not None:
        _drop_record(package, record)
    if ours:
        _drop_sheets(package, ours, count)
    found = _drop_names(package, {sheet.index for sheet in ours}) or bool(ours)
    package.forget_what_was_read()
    return found


def _strip_sheet(package: Package, name: str) -> bool:
    try:
        sheet = Worksheet(package, name)
        found = RULE.search(sheet.part.base) is not None
        if found:
            _strip_rules(sheet)
    except (Refusal, xmlscan.Malformed):
        return False  # a sheet that cannot be understood was never marked
    comments = package.related(name, "comments")
    return (_strip_notes(package, sheet, comments) if comments else False) or found


def _strip_rules(sheet: Worksheet) -> None:
    part = sheet.part
    for item in sheet.elements:
        if item.local == b"conditionalFormatting":
            _strip_format(sheet, item)
        elif item.local == b"extLst" and RULE.search(part.base, item.start, item.end):
            for extension in xmlscan.children(part.masked, item.inner, item.close):
                _strip_extension(sheet, extension)
    part.rebase(part.result()[0])
    sheet.changed()
    numbers = priorities(sheet)
    above = min((number for _, _, number in numbers), default=1) - 1
    for start, end, number in numbers if above > 0 else []:
        part.edit(start, end, str(number - above).encode())
    part.rebase(part.result()[0])


def _strip_format(sheet: Worksheet, item: xmlscan.Element) -> bool:
    part = sheet.part
    inside = list(xmlscan.children(part.masked, item.inner, item.close))
    ours = [rule for rule in inside if rule.local == b"cfRule" and RULE.search(part.base, rule.start, rule.end)]
    kept = [rule for rule in inside if rule.local == b"cfRule" and rule not in ours]
    if ours and not kept:
        part.edit(item.start, item.end, b"")
        return True
    for rule in ours:
        part.edit(rule.start, rule.end, b"")
    return False


def _strip_extension(sheet: Worksheet, extension: xmlscan.Element) -> None:
    part = sheet.part
    formats = list(xmlscan.elements_named(part.masked, b"conditionalFormatting", extension.inner, extension.close))
    ours = [item for item in formats if RULE.search(part.base, item.start, item.end)]
    if ours and len(ours) == len(formats):
        part.edit(extension.start, extension.end, b"")
        return
    for item in ours:
        _strip_format(sheet, item)


def _strip_notes(package: Package, sheet: Worksheet, name: str) -> bool:
    part = package.part(name)
    if _IN_EVERY_NOTE not in part.base:
        return False
    gone: set[tuple[int, int]] = set()
    kept = changed = 0
    for comment in xmlscan.elements_named(part.masked, b"comment"):
        text = rich_text(part.base, part.masked, comment.inner, comment.close)
        if not text.lstrip().startswith(NOTE_PREFIX):
            kept += 1
            continue
        changed += 1
        _, _, typed = text.partition(f"\n{NOTE_END}")
        if typed.strip():
            _keep_only(part, comment, typed.strip())
            kept += 1
            continue
        part.edit(comment.start, comment.end, b"")
        gone.add(split_cell(comment.attributes.get("ref", "A1")))
    if not changed:
        return False
    part.rebase(part.result()[0])
    drawing = package.related(sheet.name, "vmlDrawing")
    if drawing is not None:
        shapes = _strip_shapes(package, drawing, gone)
        if not shapes:
            _drop_drawing(package, sheet, drawing)
    if not kept:
        _drop(package, sheet.name, name)
    return True


def _keep_only(part: Part, comment: xmlscan.Element, typed: str) -> None:
    """Leave of a note only what somebody typed behind ours."""
    text = xmlscan.first_child(part.masked, comment, b"text")
    if text is not None:
        p = comment.prefix.decode()
        shown = f'<{p}t xml:space="preserve">{xmlscan.cell_text(typed)}</{p}t>'
        part.edit(text.inner, text.close, shown.encode())


def _strip_shapes(package: Package, name: str, gone: set[tuple[int, int]]) -> int:
    """Remove the shapes of notes at these cells; return how many shapes of any kind are left."""
    part = package.part(name)
    left = 0
    for shape in _SHAPE.finditer(part.base):
        row, column = _ROW.search(shape[0]), _COLUMN.search(shape[0])
        if row and column and b'"Note"' in shape[0] and (int(row[1]) + 1, int(column[1]) + 1) in gone:
            part.edit(shape.start(), shape.end(), b"")
        else:
            left += 1
    part.rebase(part.result()[0])
    return left


def _drop_drawing(package: Package, sheet: Worksheet, name: str) -> None:
    element = sheet.element(b"legacyDrawing")
    if element is None:
        return
    identifier = xmlscan.local_attribute(element.attributes, "id")
    if all(
        item.id != identifier for item in package.relationships(sheet.name) if part_key(item.target) == part_key(name)
    ):
        return
    base = sheet.part.base
    sheet.part.rebase(base[: element.start] + base[element.end :])
    sheet.changed()
    _drop(package, sheet.name, name)


def _drop(package: Package, source: str, name: str) -> None:
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
    _drop(package, package.workbook.name, name)


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
        _drop(package, part.name, sheet.part)
        for target in related:
            if posixpath.basename(target).startswith(("printerSettings", "vmlDrawing", "comments", "drawing")):
                _remove(package, target)
    chain = package.related(part.name, "calcChain")
    if chain is not None:
        known = {item.attributes.get("i") for item in xmlscan.elements_named(package.part(chain).masked, b"c")}
        if known & numbers:
            _drop(package, part.name, chain)


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


def _drop_names(package: Package, gone: set[int]) -> bool:
    """Remove the names that belong to our sheets and our own; renumber those of the sheets behind."""
    part = package.workbook
    names = xmlscan.first_child(part.masked, part.root, b"definedNames")
    if names is None:
        return False
    found, left = False, 0
    for item in xmlscan.children(part.masked, names.inner, names.close):
        values = item.attributes
        owner = values.get("localSheetId", "")
        if values.get("name") == COPY_NAME or (owner.isdigit() and int(owner) in gone):
            part.edit(item.start, item.end, b"")
            found = True
            continue
        left += 1
        behind = owner.isdigit() and sum(index < int(owner) for index in gone)
        if behind:
            start = item.start + 1 + len(item.name)
            raw = xmlscan.with_attribute(item.raw_attributes, b"localSheetId", str(int(owner) - behind).encode())
            part.edit(start, start + len(item.raw_attributes), raw)
    if found and not left:
        part.edits.clear()
        part.edit(names.start, names.end, b"")
    part.rebase(part.result()[0])
    return found
