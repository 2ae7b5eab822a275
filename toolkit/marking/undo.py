"""The undo record: a custom XML part that knows how to give back every part byte for byte.

It holds the reverse splices of every part that was edited and the hash of what the part became. While the
hashes match, nobody has saved the workbook in between, and the record is followed; otherwise the labels
tell what is ours.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import zlib
from typing import Any

from toolkit.marking import xmlscan
from toolkit.marking.labels import RECORD_NS, find_record
from toolkit.marking.members import part_key
from toolkit.marking.package import XML_HEAD, Package
from toolkit.marking.parts import Part, as_utf8
from toolkit.marking.sheet import Worksheet, split_text
from toolkit.marking.strip import Taken, strip_labels

_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_PROPERTIES_NS = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
_ITEM_ID = "{7A1C5E0B-3D2F-4C7A-9B61-5D0E8F4A2C90}"
_VERSION = 1


def take_marks_off(package: Package) -> Taken:
    """Bring the package back to what it was before any marks of ours; say whether there were any, and what people had typed."""
    found = find_record(package)
    if found is not None and untouched_since(package, found[1]):
        follow(package, found[1])
        return Taken(found=True)
    prints = [str(one) for one in found[1].get("said", [])] if found else []
    return strip_labels(package, found[0] if found else None, prints)


def _part_of(package: Package, name: str, entry: dict[str, Any]) -> Part:
    return Worksheet(package, name).part if entry.get("sheet") else package.whole(name)


def untouched_since(package: Package, record: dict[str, Any]) -> bool:
    """Say whether every part that the record speaks of still is as we left it."""
    if record.get("version") != _VERSION or not record["parts"]:
        return False
    for name, entry in record["parts"].items():
        if not package.has(name):
            return False
        if package.digest(_part_of(package, name, entry), whole="whole" in entry) != entry["sha"]:
            return False
    return all(package.has(name) for name in record["added"])


def follow(package: Package, record: dict[str, Any]) -> None:
    """Give back every part as it was before what the record undoes. Only while they are as we left them."""
    for name, entry in record["parts"].items():
        part = _part_of(package, name, entry)
        if "whole" in entry:
            raw = zlib.decompress(base64.b64decode(entry["whole"]))
            if entry.get("sheet"):
                split_text(part, raw)
            else:
                part.rebase(as_utf8(raw)[0])
                part.original = raw
            continue
        out, position = [], 0
        for at, length, old in entry["undo"]:
            out += [part.base[position:at], base64.b64decode(old)]
            position = at + length
        out.append(part.base[position:])
        part.rebase(b"".join(out))
    for name in record["added"]:
        package.remove(name)
    package.forget_what_was_read()


def write_record(package: Package, facts: dict[str, Any], namespace: str = RECORD_NS, item_id: str = _ITEM_ID) -> None:
    """Add the undo record for everything done to the package so far, with what else is to be remembered."""
    item = package.free_name("customXml/item{}.xml")
    number = re.sub(r"\D", "", posixpath.basename(item))
    properties = f"customXml/itemProps{number}.xml"
    package.relate(package.workbook.name, "customXml", item)
    package.declare(item, "application/xml", by_extension=True)
    package.declare(properties, _PROPERTIES_TYPE)
    package.add(
        properties,
        XML_HEAD
        + f'<ds:datastoreItem ds:itemID="{item_id}" xmlns:ds="{_PROPERTIES_NS}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{namespace}"/></ds:schemaRefs></ds:datastoreItem>'.encode(),
    )
    package.relate(item, "customXmlProps", properties)
    edited = {part_key(part.name): part for part in package.parts.values() if part.member is not None and part.edits}
    record = {
        "version": _VERSION,
        **facts,
        "added": [part.name for part in package.parts.values() if part.member is None] + [item],
        "parts": {name: _entry(package, part) for name, part in edited.items()},
    }
    written = xmlscan.escape(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    package.add(item, f'<record xmlns="{namespace}">{written}</record>'.encode())


def _entry(package: Package, part: Part) -> dict[str, Any]:
    entry = package.undo_entry(part)
    if part.lead is None or part.lead_length:
        entry["sheet"] = 1
    return entry
