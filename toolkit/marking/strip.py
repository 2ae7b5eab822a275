"""Take marks off a workbook that another program has saved since: the labels alone say what is ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.highlights import priorities
from toolkit.marking.labels import RULE
from toolkit.marking.leftovers import empty_formats, empty_strings, strings_used
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.sheet import Worksheet
from toolkit.marking.strip_notes import Said, strip_notes
from toolkit.marking.strip_sheets import keep_typed, own_sheets, take_out
from toolkit.marking.workbook import sheets_of

if TYPE_CHECKING:
    from toolkit.marking.parts import Part

_DXF = re.compile(rb"\sdxfId\s*=\s*[\"'](\d+)")


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking marks off came to.

    ``found``: there were some. ``kept``: where words that people had typed into ours stay: sheets, and cells with notes.
    """

    found: bool
    kept: tuple[str, ...] = ()


def strip_labels(package: Package, record: str | None, prints: Iterable[str] = ()) -> Taken:
    """Remove our highlights, notes, findings sheet and record, but nothing that anybody else has typed.

    ``record`` is the undo record's part, ``prints`` are the lines it remembers that we said.
    """
    own = own_sheets(package)
    said = Said.of(own.texts, prints)
    sheets = [sheet for sheet in sheets_of(package).values() if sheet.part]
    spared = {sheet.part for sheet in (*own.sheets, *own.typed)}
    strings = strings_used(package, [sheet.part for sheet in own.sheets])
    found, kept, formats = record is not None or bool(own.typed), [], set[int]()
    for sheet in sheets:
        if sheet.part not in spared:
            stripped, cells, used = _strip_sheet(package, sheet.part, said)
            found |= stripped
            kept += [f"{sheet.name}!{cell}" for cell in cells]
            formats |= used
    found |= take_out(package, own.sheets, record, own.typed)
    kept += keep_typed(package, own.typed)
    left = [sheet.part for sheet in sheets if sheet not in own.sheets]
    empty_strings(package, strings, left)
    empty_formats(package, formats, left)
    return Taken(found, tuple(kept))


def _strip_sheet(package: Package, name: str, said: Said) -> tuple[bool, list[str], set[int]]:
    try:
        sheet = Worksheet(package, name)
        used = _strip_rules(sheet) if RULE.search(sheet.part.base) else None
    except (Refusal, xmlscan.Malformed):
        return False, [], set()  # a sheet that cannot be understood was never marked
    noted, kept = strip_notes(sheet, said)
    return noted or used is not None, kept, used or set()


def _strip_rules(sheet: Worksheet) -> set[int]:
    """Remove our rules from a sheet; return the differential formats they used."""
    part, used = sheet.part, set[int]()
    for item in sheet.elements:
        if item.local == b"conditionalFormatting":
            used |= _strip_format(sheet, item)
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
    return used


def _strip_format(sheet: Worksheet, item: xmlscan.Element) -> set[int]:
    part = sheet.part
    inside = list(xmlscan.children(part.masked, item.inner, item.close))
    ours = [rule for rule in inside if rule.local == b"cfRule" and RULE.search(part.base, rule.start, rule.end)]
    if ours and all(rule in ours for rule in inside if rule.local == b"cfRule"):
        part.edit(item.start, item.end, b"")
    else:
        for rule in ours:
            part.edit(rule.start, rule.end, b"")
    return {number for rule in ours for number in _formats_in(part, rule)}


def _formats_in(part: Part, rule: xmlscan.Element) -> list[int]:
    found = _DXF.search(part.masked, rule.start, rule.inner)
    return [int(found[1])] if found else []


def _strip_extension(sheet: Worksheet, extension: xmlscan.Element) -> None:
    part = sheet.part
    formats = list(xmlscan.elements_named(part.masked, b"conditionalFormatting", extension.inner, extension.close))
    ours = [item for item in formats if RULE.search(part.base, item.start, item.end)]
    if ours and len(ours) == len(formats):
        part.edit(extension.start, extension.end, b"")
        return
    for item in ours:
        _strip_format(sheet, item)
