"""Notes of ours: a legacy comment and its VML shape each, beside the notes people wrote themselves."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.labels import NOTE_END, NOTE_PREFIX
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.sheet import Worksheet, area
from toolkit.model import cell_name

if TYPE_CHECKING:
    from toolkit.marking.parts import Part

MAX_NOTES = 2_000
"""Notes on one sheet; Excel becomes slow with more, and the findings sheet lists everything anyway."""

_AUTHOR = "台账检查"
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_BOX = re.compile(rb"<(?:\w+:)?shapetype[^>]*[\"']_x0000_t202[\"']")
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    ' path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)

Notes = dict[tuple[int, int], str]
"""Texts by (row, column)."""


def note_text(messages: list[tuple[str, str | None]], suggestion_label: str) -> str:
    """Return the text of a note that carries these (message, suggestion) pairs."""
    lines: list[str] = []
    for message, suggestion in messages:
        lines.append(f"{NOTE_PREFIX} {message}" if not lines else message)
        if suggestion:
            lines.append(f"{suggestion_label}{suggestion}")
    return "\n".join([*lines, NOTE_END])


def add_notes(sheet: Worksheet, notes: Notes) -> int:
    """Put notes on cells that have none; return how many there was room for."""
    package, name = sheet.package, sheet.name
    existing = package.related(name, "comments")
    taken = _threaded(package, name) | (_commented(package.part(existing)) if existing else set())
    free = {place: text for place, text in sorted(notes.items()) if cell_name(*place) not in taken}
    free = dict(list(free.items())[:MAX_NOTES])
    if not free:
        return 0
    if existing:
        _extend_comments(package.part(existing), free)
    else:
        _create_comments(package, name, free)
    shapes = list(free.items())
    drawing = drawing_of(sheet)
    if drawing is not None:
        _extend_drawing(package.part(drawing), shapes)
    else:
        _create_drawing(sheet, shapes)
    return len(free)


def _threaded(package: Package, name: str) -> set[str]:
    found = set()
    for item in package.relationships(name):
        if item.kind == "threadedComment" and package.has(item.target):
            part = package.part(item.target)
            for comment in xmlscan.elements_named(part.masked, b"threadedComment"):
                found.add(comment.attributes.get("ref", ""))
    return found


def _commented(part: Part) -> set[str]:
    places = (area(item.attributes.get("ref", "")) for item in xmlscan.elements_named(part.masked, b"comment"))
    return {cell_name(place.top, place.left) for place in places if place}


def _comments(notes: Notes, prefix: str, author: int) -> bytes:
    p = prefix
    return "".join(
        f'<{p}comment ref="{cell_name(*place)}" authorId="{author}"><{p}text><{p}r><{p}rPr><{p}sz val="9"/>'
        f'<{p}rFont val="微软雅黑"/></{p}rPr><{p}t xml:space="preserve">{xmlscan.cell_text(text)}</{p}t>'
        f"</{p}r>"
        f"</{p}text></{p}comment>"
        for place, text in notes.items()
    ).encode()


def _extend_comments(part: Part, notes: Notes) -> None:
    top = part.root
    prefix = top.prefix.decode()
    authors = xmlscan.first_child(part.masked, top, b"authors")
    author = f"<{prefix}author>{_AUTHOR}</{prefix}author>".encode()
    number = 0
    if authors is None:
        listed = f"<{prefix}authors>".encode() + author + f"</{prefix}authors>".encode()
        part.edit(top.inner, top.inner, listed)
    else:
        number = sum(1 for _ in xmlscan.children(part.masked, authors.inner, authors.close))
        part.append_to(authors, author)
    body = _comments(notes, prefix, number)
    comments = xmlscan.first_child(part.masked, top, b"commentList")
    if comments is None:
        part.append_to(top, f"<{prefix}commentList>".encode() + body + f"</{prefix}commentList>".encode())
    else:
        part.append_to(comments, body)


def _create_comments(package: Package, sheet: str, notes: Notes) -> None:
    opening = f'<comments xmlns="{package.main_ns}"><authors><author>{_AUTHOR}</author></authors><commentList>'
    name = package.free_name(posixpath.join(package.folder, "commentsTaizhang{}.xml"))
    package.add(name, XML_HEAD + opening.encode() + _comments(notes, "", 0) + b"</commentList></comments>")
    package.relate(sheet, "comments", name)
    package.declare(name, _COMMENTS_TYPE)


def drawing_of(sheet: Worksheet) -> str | None:
    """Return the drawing with the shapes of a sheet's notes: the one its legacyDrawing names, not that of its header."""
    element = sheet.element(b"legacyDrawing")
    if element is None:
        return None
    identifier = xmlscan.local_attribute(element.attributes, "id")
    related = sheet.package.relationships(sheet.name)
    target = next((item.target for item in related if item.id == identifier), None)
    return target if target and sheet.package.has(target) else None


def _shape(number: int, place: tuple[int, int], text: str, namespaces: str) -> str:
    row, column = place[0] - 1, place[1] - 1
    lines = sum(len(line) // 17 + 1 for line in text.split("\n"))
    height = min(max(lines, 3), 20)
    return (
        f'<v:shape{namespaces} id="_x0000_s{number}" type="#_x0000_t202"'
        ' style="position:absolute;margin-left:80pt;'
        f'margin-top:2pt;width:216pt;height:{height * 15}pt;z-index:{number};visibility:hidden"'
        ' fillcolor="#fffbe6"'
        ' o:insetmode="auto"><v:fill color2="#fffbe6"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div'
        ' style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 4}, 15, {max(row - 1, 0) + height},"
        " 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _shapes(first: int, notes: list[tuple[tuple[int, int], str]], namespaces: str = "") -> bytes:
    return "".join(_shape(first + at, place, text, namespaces) for at, (place, text) in enumerate(notes)).encode()


def _extend_drawing(part: Part, notes: list[tuple[tuple[int, int], str]]) -> None:
    first = max([1024, *(int(found[1]) for found in _SHAPE_ID.finditer(part.base))]) + 1
    body = _shapes(first, notes, f" {_NAMESPACES}")
    if not _BOX.search(part.base):
        body = _SHAPE_TYPE.encode() + body
    at = part.base.rfind(b"</xml>")
    at = at if at >= 0 else part.base.rfind(b"</")
    part.edit(at, at, body)


def _create_drawing(sheet: Worksheet, notes: list[tuple[tuple[int, int], str]]) -> None:
    package = sheet.package
    name = package.free_name(posixpath.join(package.folder, "drawings/vmlDrawingTaizhang{}.vml"))
    block = 60 + 4 * int(re.sub(r"\D", "", posixpath.basename(name)))
    blocks = ",".join(str(block + each) for each in range(len(notes) // 1024 + 1))
    opening = (
        f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/>'
        "</o:shapelayout>" + _SHAPE_TYPE
    )
    package.add(name, opening.encode() + _shapes(block * 1024 + 1, notes) + b"</xml>")
    identifier = package.relate(sheet.name, "vmlDrawing", name)
    package.declare(name, _VML_TYPE, by_extension=True)
    head = xmlscan.first_tag(xmlscan.mask((sheet.part.lead or b"")[:8192]))
    written = f"legacyDrawing {package.written_id(identifier, head)}/>".encode()
    present = sheet.element(b"legacyDrawing")
    if present is not None:
        sheet.part.edit(present.start, present.end, b"<" + sheet.prefix + written)
        return
    at = sheet.place_for(b"legacyDrawing")
    sheet.part.edit(at, at, b"<" + sheet.prefix + written)
