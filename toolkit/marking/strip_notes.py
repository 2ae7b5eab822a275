"""Take notes of ours off a sheet that another program has saved; what people typed into them stays, as their own note.

Programs split a note's text into runs as they please and write its author as they like: what counts is the text as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.cells import rich_text
from toolkit.marking.labels import NOTE_END, NOTE_PREFIX
from toolkit.marking.members import part_key
from toolkit.marking.notes import drawing_of
from toolkit.marking.package import Package
from toolkit.marking.seal import line_print
from toolkit.marking.sheet import Worksheet, area
from toolkit.marking.strip_sheets import drop
from toolkit.messages import LANGUAGES, text
from toolkit.model import cell_name

if TYPE_CHECKING:
    from toolkit.marking.parts import Part

_SHAPE = re.compile(rb"<((?:\w+:)?)shape\s.*?</\1shape\s*>", re.DOTALL | re.IGNORECASE)
_DRAWN = re.compile(rb"<(?:\w+:)?(?:shape|group|rect|roundrect|oval|line|polyline|curve|arc|image)[\s>]", re.IGNORECASE)
_ROW, _COLUMN = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)"), re.compile(rb"<(?:\w+:)?Column>\s*(\d+)")
_SHORTEST = 6
"""How long a text of ours is at least that is looked for inside a line; shorter ones could be a person's own words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What we are known to have said in a workbook: ``texts`` from its findings sheet, ``prints`` from the undo record.

    Where both are gone, a note of ours is taken to be ours up to its last line.
    """

    texts: frozenset[str] = frozenset()
    prints: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str], prints: Iterable[str]) -> Said:
        """Return it for whole messages and suggestions, which may have several lines."""
        lines = {line.strip() for said in texts for line in said.split("\n")}
        return cls(frozenset(line for line in lines if line), frozenset(prints))

    def others(self, line: str) -> str:
        """Return what somebody else typed into a line of a note of ours."""
        bare = line.strip()
        if not bare or not (self.texts or self.prints):
            return ""
        for language in LANGUAGES:
            bare = bare.removeprefix(text("marks.note.suggestion", language).strip()).strip()
        if not bare or bare in self.texts or line_print(bare) in self.prints:
            return ""
        ours = max((one for one in self.texts if len(one) >= _SHORTEST and one in bare), key=len, default="")
        return bare.replace(ours, "", 1).strip() if ours else bare


def typed_by_others(note: str, said: Said) -> str | None:
    """Return what of a note people typed, or None where the note is none of ours."""
    before, prefix, rest = note.partition(NOTE_PREFIX)
    if not prefix:
        return None
    ours, _, after = rest.partition(f"\n{NOTE_END}")
    pieces = [before.strip(), *(said.others(line) for line in ours.split("\n")), after.strip()]
    return "\n".join(piece for piece in pieces if piece)


def strip_notes(sheet: Worksheet, said: Said) -> tuple[bool, list[str]]:
    """Remove our notes from a sheet; return whether there were any, and the cells where somebody's words stay."""
    package = sheet.package
    name = package.related(sheet.name, "comments")
    if name is None:
        return False, []
    part = package.part(name)
    gone: set[tuple[int, int]] = set()
    kept: list[str] = []
    left = 0
    for comment in xmlscan.elements_named(part.masked, b"comment"):
        typed = typed_by_others(rich_text(part.base, part.masked, comment.inner, comment.close), said)
        place = area(comment.attributes.get("ref", ""))
        if typed is None:
            left += 1
        elif typed:
            _keep_only(part, comment, typed)
            left += 1
            kept.append(cell_name(place.top, place.left) if place else "")
        else:
            part.edit(comment.start, comment.end, b"")
            gone |= {(place.top, place.left)} if place else set()
    if not part.edits:
        return False, []
    part.rebase(part.result()[0])
    drawing = drawing_of(sheet)
    if drawing is not None and not _strip_shapes(package, drawing, gone):
        _drop_drawing(sheet, drawing)
    if not left:
        drop(package, sheet.name, name)
    return True, kept


def _keep_only(part: Part, comment: xmlscan.Element, typed: str) -> None:
    """Leave of a note only what somebody typed."""
    inside = xmlscan.first_child(part.masked, comment, b"text")
    if inside is not None:
        p = comment.prefix.decode()
        shown = f'<{p}t xml:space="preserve">{xmlscan.cell_text(typed)}</{p}t>'
        part.edit(inside.inner, inside.close, shown.encode())


def _strip_shapes(package: Package, name: str, gone: set[tuple[int, int]]) -> int:
    """Remove the shapes of notes at these cells; return how many things of any kind are left in the drawing."""
    part = package.part(name)
    for shape in _SHAPE.finditer(part.base):
        row, column = _ROW.search(shape[0]), _COLUMN.search(shape[0])
        if row and column and b'"Note"' in shape[0] and (int(row[1]) + 1, int(column[1]) + 1) in gone:
            part.edit(shape.start(), shape.end(), b"")
    part.rebase(part.result()[0])
    return len(_DRAWN.findall(part.base))


def _drop_drawing(sheet: Worksheet, name: str) -> None:
    """Remove an empty drawing, unless the pictures of header and footer are kept in the same part."""
    package, element = sheet.package, sheet.element(b"legacyDrawing")
    header = sheet.element(b"legacyDrawingHF")
    identifier = xmlscan.local_attribute(header.attributes, "id") if header is not None else None
    shared = [item for item in package.relationships(sheet.name) if item.id == identifier]
    if element is None or any(part_key(item.target) == part_key(name) for item in shared):
        return
    base = sheet.part.base
    sheet.part.rebase(base[: element.start] + base[element.end :])
    sheet.changed()
    drop(package, sheet.name, name)
