"""How what we wrote is recognised again, by us and by whoever reads the workbook."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.marking import xmlscan
from toolkit.marking.encryption import decrypted, is_ole
from toolkit.marking.members import Refusal, part_key
from toolkit.marking.package import CONTENT_TYPES, Package, rels_name
from toolkit.marking.workbook import first_cell, sheets_of
from toolkit.model import FINDINGS_SHEET

FINDINGS_TITLE = "台账检查问题清单"
"""What A1 of a findings sheet begins with."""

NOTE_PREFIX = "[台账检查]"
"""What a note of ours begins with."""

NOTE_END = "——"
"""The last line of a note of ours; what stands behind it, somebody else typed."""

RECORD_NS = "urn:taizhang:marks:1"
"""The namespace of the undo record."""

COPY_NAME = "_taizhang_copy"
"""The hidden name in a marked copy that tells whose copy it is."""

RULE = re.compile(rb"N\(\s*(?:\"|&quot;|&#34;|&#x22;)taizhang [A-Za-z0-9]*(?:\"|&quot;|&#34;|&#x22;)\s*\)")
"""What the formula of every highlight of ours contains."""

_RECORD = re.compile(rb"<record[^>]*>(.*)</record>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Label:
    """What a workbook says about itself: ``mode`` is in-place or copy.

    ``source`` is the path that ``copy_of`` named, ``source_hash`` the SHA-256 of that file at that time;
    ``saved_since`` says that some program has saved the workbook after us.
    """

    mode: str
    source: str | None = None
    source_hash: str | None = None
    saved_since: bool = False


def is_findings_sheet(sheet_name: str, first_cell: object) -> bool:
    """Say whether a sheet is a findings sheet of ours, from its name and what A1 holds."""
    return sheet_name.strip().startswith(FINDINGS_SHEET) and str(first_cell or "").startswith(FINDINGS_TITLE)


def find_record(package: Package, namespace: str = RECORD_NS) -> tuple[str, dict[str, Any]] | None:
    """Return the part that holds the undo record with this namespace, and what it says."""
    related = [*package.relationships(package.workbook.name), *package.relationships("")]
    for item in related:  # LibreOffice moves it from the workbook to the package
        if item.kind != "customXml" or not package.has(item.target):
            continue
        content = package.part(item.target).base
        if namespace.encode() not in content[:500]:
            continue
        found = _RECORD.search(content)
        try:
            record = json.loads(xmlscan.inner_text(found[1], 0, len(found[1]))) if found else None
        except ValueError:
            record = None
        if isinstance(record, dict):
            return item.target, record
    return None


def core_parts(package: Package) -> list[str]:
    """Return the small parts that every saving program writes anew."""
    return [CONTENT_TYPES, package.workbook.name, rels_name(package.workbook.name)]


def as_we_left_it(package: Package, name: str, record: dict[str, Any]) -> bool:
    """Say whether a (small) part still is what the record remembers."""
    remembered = record["parts"].get(part_key(name))
    if remembered is None:
        return True
    return package.has(name) and package.digest(package.part(name), whole="whole" in remembered) == remembered["sha"]


def copy_label(package: Package) -> tuple[str, str] | None:
    """Return (path, hash) from the hidden name of a marked copy."""
    part = package.workbook
    names = xmlscan.first_child(part.masked, part.root, b"definedNames")
    if names is None:
        return None
    for item in xmlscan.children(part.masked, names.inner, names.close):
        if item.attributes.get("name") == COPY_NAME:
            text = xmlscan.inner_text(part.base, item.inner, item.close).strip().strip('"').replace('""', '"')
            digest, _, path = text.partition(" ")
            return path, digest
    return None


def read_label(path: Path, password: str | None = None) -> Label | None:
    """Return what a workbook says about being ours, or None; reads only a few small parts."""
    try:
        with Package(decrypted(path, password) if password and is_ole(path) else path) as package:
            return _label_of(package)
    except (Refusal, OSError, xmlscan.Malformed):
        return None


def _label_of(package: Package) -> Label | None:
    found = find_record(package)
    if found is not None:
        label = found[1].get("label", {})
        saved = not all(as_we_left_it(package, name, found[1]) for name in core_parts(package))
        return Label(label.get("mode", "in-place"), label.get("source"), label.get("hash"), saved)
    copied = copy_label(package)
    if copied is not None:
        return Label("copy", copied[0], copied[1], saved_since=True)
    part = package.workbook
    sheets = xmlscan.first_child(part.masked, part.root, b"sheets")
    if sheets is None:
        return None
    for item in xmlscan.children(part.masked, sheets.inner, sheets.close):
        if item.attributes.get("name", "").startswith(FINDINGS_SHEET):
            name = item.attributes["name"]
            if is_findings_sheet(name, first_cell(package, sheets_of(package)[name].part)):
                return Label("in-place", saved_since=True)
    return None
