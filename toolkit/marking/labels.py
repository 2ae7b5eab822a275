"""How what we wrote is recognised again, by us and by whoever reads the workbook."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

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

KEPT_SHEET = f"{FINDINGS_SHEET}（留存）"
"""What a findings sheet is renamed to when somebody has typed into it."""

RECORD_NS = "urn:taizhang:marks:1"
"""The namespace of the undo record."""

COPY_NAME = "_taizhang_copy"
"""The hidden name in a marked copy that tells whose copy it is."""

PLACE_NAME = re.compile(r"_taizhang_\d+")
"""The hidden names of the places that links in a findings sheet lead to."""

RULE = re.compile(rb"N\(\s*(?:\"|&quot;|&#34;|&#x22;)taizhang [A-Za-z0-9]*(?:\"|&quot;|&#34;|&#x22;)\s*\)")
"""What the formula of every highlight of ours contains."""

_RECORD = re.compile(rb"<record[^>]*>(.*)</record>", re.DOTALL)
_VALUES = "v"
_NOTHING: dict[str, Any] = {"version": 0, "label": {}, "parts": {}, "added": []}
_OWN_NAME = re.compile(re.escape(FINDINGS_SHEET) + r"\d*")


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Whose copy a workbook is: the source's path, the SHA-256 of its content, and whether only its values were copied."""

    path: str
    digest: str
    values_only: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What a workbook says about itself: ``mode`` is in-place or copy.

    ``source`` is the path that ``copy_of`` named, ``source_hash`` the SHA-256 of that file at that time;
    ``saved_since`` says that some program has saved the workbook after us; ``values_only`` that the copy holds no more of its
    source than values and merged cells.
    """

    mode: str
    source: str | None = None
    source_hash: str | None = None
    saved_since: bool = False
    values_only: bool = False

    @property
    def is_copy(self) -> bool:
        """Whether the workbook is a marked copy of another one."""
        return self.mode == "copy"


def is_findings_sheet(sheet_name: str, first_cell: object) -> bool:
    """Say whether a sheet is a findings sheet or somebody's copy of one: no data, from its name and what A1 holds."""
    return sheet_name.strip().startswith(FINDINGS_SHEET) and str(first_cell or "").startswith(FINDINGS_TITLE)


def is_own_sheet(sheet_name: str, first_cell: object) -> bool:
    """Say whether a sheet is the findings sheet itself: what people copy or rename is theirs."""
    return _OWN_NAME.fullmatch(sheet_name) is not None and str(first_cell or "").startswith(FINDINGS_TITLE)


def find_record(package: Package, namespace: str = RECORD_NS) -> tuple[str, dict[str, Any]] | None:
    """Return the part that holds the undo record with this namespace, and what it says.

    One that is not of the shape we write says nothing, so that it is not followed, but taken out.
    """
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
        if isinstance(record, dict) and well_formed(record):
            return item.target, record
        return item.target, dict(_NOTHING)
    return None


def well_formed(record: dict[str, Any]) -> bool:
    """Say whether an undo record has the shape in which we write it."""
    if not isinstance(record.setdefault("label", {}), dict):
        return False
    parts, added = record.get("parts"), record.get("added")
    if not (isinstance(parts, dict) and isinstance(added, list) and all(isinstance(name, str) for name in added)):
        return False
    said = record.get("said", [])
    return isinstance(said, list) and all(_well_formed_entry(entry) for entry in parts.values())


def _well_formed_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("sha"), str) or not isinstance(entry.get("undo"), list):
        return False
    try:
        for at, length, old in entry["undo"]:
            if at < 0 or length < 0:
                return False
            base64.b64decode(old, validate=True)
        base64.b64decode(entry.get("whole", ""), validate=True)
    except (ValueError, TypeError):
        return False
    return True


def core_parts(package: Package) -> list[str]:
    """Return the small parts that every saving program writes anew."""
    return [CONTENT_TYPES, package.workbook.name, rels_name(package.workbook.name)]


def as_we_left_it(package: Package, name: str, record: dict[str, Any]) -> bool:
    """Say whether a (small) part still is what the record remembers."""
    remembered = record["parts"].get(part_key(name))
    if remembered is None:
        return True
    return package.has(name) and package.digest(package.part(name), whole="whole" in remembered) == remembered["sha"]


def copy_label(package: Package) -> CopyOf | None:
    """Return what the hidden name of a marked copy says."""
    part = package.workbook
    names = xmlscan.first_child(part.masked, part.root, b"definedNames")
    if names is None:
        return None
    for item in xmlscan.children(part.masked, names.inner, names.close):
        if item.attributes.get("name") == COPY_NAME:
            text = xmlscan.inner_text(part.base, item.inner, item.close).strip().strip('"').replace('""', '"')
            digest, _, path = text.partition(" ")
            return CopyOf(path, digest.removesuffix(_VALUES), digest.endswith(_VALUES))
    return None


def copy_name(copy: CopyOf) -> str:
    """Return what the hidden name of a marked copy holds, as a formula; long paths are cut."""
    held = f"{copy.digest}{_VALUES if copy.values_only else ''} {copy.path}"[:200].replace('"', '""')
    return f'"{held}"'


def read_label(path: Path | BinaryIO, password: str | None = None) -> Label | None:
    """Return what a workbook (``path``: its place or its content) says about being ours, or None; reads only a few small parts."""
    try:
        sealed = password and isinstance(path, Path) and is_ole(path)
        with Package(decrypted(path, password) if password and isinstance(path, Path) and sealed else path) as package:
            return _label_of(package)
    except (Refusal, OSError, xmlscan.Malformed):
        return None


def _label_of(package: Package) -> Label | None:
    found = find_record(package)
    if found is not None:
        label = found[1]["label"]
        saved = not found[1]["parts"] or not all(as_we_left_it(package, name, found[1]) for name in core_parts(package))
        values = (label.get("source"), label.get("hash"))
        return Label(label.get("mode", "in-place"), *values, saved, bool(label.get("values")))
    copied = copy_label(package)
    if copied is not None:
        return Label("copy", copied.path, copied.digest, saved_since=True, values_only=copied.values_only)
    part = package.workbook
    sheets = xmlscan.first_child(part.masked, part.root, b"sheets")
    if sheets is None:
        return None
    for item in xmlscan.children(part.masked, sheets.inner, sheets.close):
        name = item.attributes.get("name", "")
        if name.startswith(FINDINGS_SHEET) and is_own_sheet(name, first_cell(package, sheets_of(package)[name].part)):
            return Label("in-place", saved_since=True)
    return None
