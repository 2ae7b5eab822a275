"""What other programs leave of ours when they save a workbook: texts of findings among the shared strings, and formats.

Neither can be taken out without moving what stands behind, so they are emptied, or cut off at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from toolkit.marking import xmlscan
from toolkit.marking.archive import MAX_PART
from toolkit.marking.members import part_key
from toolkit.marking.package import Package
from toolkit.marking.parts import as_utf8

_USED = re.compile(
    rb"<(?:\w+:)?c\s(?:[^<>\"']++|\"[^\"]*+\"|'[^']*')*?\st\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>\s*(\d+)\s*<"
)
_FORMAT = re.compile(rb"[dD]xfId\s*=\s*[\"'](\d+)")
_BY_COLOUR = re.compile(
    rb"<dxf>\s*<fill>\s*<patternFill patternType=\"solid\">\s*<fgColor rgb=\"\w{8}\"/>\s*</patternFill>\s*</fill>\s*</dxf>"
)
"""What LibreOffice writes for filtering by colour, once for every colour of a sheet with a filter, such as ours."""

_OVERLAP = 2_048
_SMALL = 8 << 20


def strings_used(package: Package, sheets: Iterable[str]) -> set[int]:
    """Return the numbers of the shared strings in these sheets."""
    return {int(number) for sheet in sheets for piece in _pieces(package, sheet) for number in _USED.findall(piece)}


def _pieces(package: Package, name: str) -> Iterable[bytes]:
    member = package.archive.by_key.get(part_key(name))
    carry = b""
    for chunk in package.archive.chunks(member) if member else ():
        carry += chunk
        if len(carry) > _SMALL:
            yield carry
            carry = carry[-_OVERLAP:]
    yield carry


def empty_strings(package: Package, numbers: set[int], others: Iterable[str]) -> None:
    """Empty the shared strings with these numbers, but those that other sheets use."""
    name = package.related(package.workbook.name, "sharedStrings")
    member = package.archive.by_key.get(part_key(name)) if name else None
    if not numbers or name is None or member is None or member.size > MAX_PART:
        return
    for sheet in others:
        for piece in _pieces(package, sheet):
            if b"\0" in piece[:64]:  # in another encoding: who knows which it uses
                return
            numbers = numbers.difference(map(int, _USED.findall(piece)))
    part = package.part(name)
    top = part.root
    for number, item in enumerate(xmlscan.children(part.masked, top.inner, top.close)):
        if number in numbers and not item.empty:
            p = item.prefix.decode()
            part.edit(item.inner, item.close, f"<{p}t/>".encode())
    part.rebase(part.result()[0])


def empty_formats(package: Package, numbers: set[int], sheets: Iterable[str]) -> None:
    """Remove the differential formats with these numbers that nothing uses any more: cut off at the end, emptied elsewhere."""
    name = package.related(package.workbook.name, "styles")
    if not numbers or name is None:
        return
    part = package.part(name)
    section = xmlscan.first_child(part.masked, part.root, b"dxfs")
    if section is None:
        return
    used = _formats_used(package, sheets)
    items = list(xmlscan.children(part.masked, section.inner, section.close))
    filters = {at for at, item in enumerate(items) if _BY_COLOUR.fullmatch(part.base, item.start, item.end)}
    unused, left = (numbers | filters) - used, len(items)
    while left and left - 1 in unused:
        left -= 1
    for number in (numbers - used) & set(range(left)):
        item = items[number]
        part.edit(item.start, item.end, b"<" + item.name + b"/>")
    if left < len(items):
        part.edit(items[left].start, items[-1].end, b"")
        if "count" in section.attributes:
            start = section.start + 1 + len(section.name)
            raw = xmlscan.with_attribute(section.raw_attributes, b"count", str(left).encode())
            part.edit(start, start + len(section.raw_attributes), raw)
    part.rebase(part.result()[0])


def _formats_used(package: Package, sheets: Iterable[str]) -> set[int]:
    """Return the numbers of the differential formats that sheets, tables and table styles refer to."""
    found: set[int] = set()
    rows = {part_key(sheet) for sheet in sheets}
    for key, member in package.archive.by_key.items():
        if key in package.removed or not key.endswith(".xml") or "sharedstrings" in key:
            continue
        known = package.parts.get(key)
        if known is not None:
            text = known.base
        elif key in rows or member.size > _SMALL:
            continue  # sheets have been loaded by now: what stands behind their rows
        else:
            text = as_utf8(package.archive.read(member))[0]
        found |= {int(number) for number in _FORMAT.findall(text)}
    return found
