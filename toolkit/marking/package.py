"""An OOXML package: its parts, relationships and content types, edited by splicing bytes.

A part is kept as ``lead`` (which never changes: everything up to the end of a sheet's rows) and ``base``;
edits are splices into ``base``. Only what is asked for is ever inflated.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from toolkit.marking import xmlscan
from toolkit.marking.archive import MAX_PART, Archive
from toolkit.marking.members import NewMember, Refusal, part_key
from toolkit.marking.parts import Part, as_utf8

_PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TRANSITIONAL = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
_STRICT = (
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
CONTENT_TYPES = "[Content_Types].xml"
XML_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Relationship(NamedTuple):
    """One relationship; ``target`` is a part name, or an address when ``external``."""

    id: str
    type: str
    target: str
    external: bool
    element: xmlscan.Element

    @property
    def kind(self) -> str:
        """The last segment of its type: ``worksheet``, ``comments`` …"""
        return self.type.rpartition("/")[2]


class Package:
    """A workbook's package, opened and looked at.

    Raises:
        Refusal: it is none, or one that will not be touched.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self.archive = Archive(source)
        try:
            self._open()
        except xmlscan.Malformed as error:
            self.close()
            raise Refusal("malformed") from error
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self.parts: dict[str, Part] = {}
        self.removed: set[str] = set()
        self._relationships: dict[str, list[Relationship]] = {}
        self._new_rels: dict[str, list[bytes]] = {}
        if part_key(CONTENT_TYPES) not in self.archive.by_key:
            raise Refusal("not-a-workbook")
        if self._signed():
            raise Refusal("signed")
        main = next((item.target for item in self.relationships("") if item.kind == "officeDocument"), None)
        if main is None or not self.has(main):
            raise Refusal("not-a-workbook")
        if main.lower().endswith(".bin"):
            raise Refusal("binary-workbook")
        self.workbook = self.part(main)
        if self.workbook.root.local != b"workbook":
            raise Refusal("not-a-workbook")
        self.folder = posixpath.dirname(main)
        strict = _STRICT[0].encode() in self.workbook.root.raw_attributes
        self.main_ns, self.rel_ns = _STRICT if strict else _TRANSITIONAL

    def _signed(self) -> bool:
        """Say whether the package is digitally signed, wherever its signatures are kept."""
        related = any("/digital-signature/" in item.type for item in self.relationships(""))
        return related or b"digital-signature" in self.part(CONTENT_TYPES).masked

    def close(self) -> None:
        """Close the file."""
        self.archive.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # parts

    def has(self, name: str) -> bool:
        """Say whether there is such a part."""
        key = part_key(name)
        if key in self.removed:
            return False
        return key in self.parts or key in self.archive.by_key

    def part(self, name: str) -> Part:
        """Return a part, read as UTF-8 whatever it was written in."""
        key = part_key(name)
        if key not in self.parts:
            member = self.archive.by_key.get(key)
            if member is None:
                raise Refusal("missing-part")
            raw = self.archive.read(member)
            text, original = as_utf8(raw)
            self.parts[key] = Part(name, member, text, raw, original=original)
        return self.parts[key]

    def whole(self, name: str) -> Part:
        """Return a part in one piece, with a sheet's rows, so that cells can be edited. Only before any edit of it."""
        part = self.part(name)
        if part.lead_length == 0:
            return part
        if part.lead_length > MAX_PART:
            raise Refusal("too-large")
        lead = b"".join(self.lead_chunks(part))
        found = part.as_found if part.original is not None or part.as_found is None else lead + part.as_found
        joined = Part(part.name, part.member, lead + part.base, found, original=part.original)
        self.parts[part_key(name)] = joined
        return joined

    def add(self, name: str, content: bytes) -> str:
        """Add a part and return its name."""
        self.parts[part_key(name)] = Part(name, None, content, None)
        self.removed.discard(part_key(name))
        return name

    def remove(self, name: str) -> None:
        """Leave a part out, with its relationships."""
        for each in (name, rels_name(name)):
            if self.has(each):
                self.removed.add(part_key(each))
                self.parts.pop(part_key(each), None)

    def free_name(self, pattern: str) -> str:
        """Return the first name of the form ``…{}…`` that is not taken."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    # relationships

    def relationships(self, source: str) -> list[Relationship]:
        """Return the relationships of a part, or of the package for ``""``."""
        key = part_key(source)
        if key not in self._relationships:
            self._relationships[key] = self._read_relationships(source)
        return self._relationships[key]

    def _read_relationships(self, source: str) -> list[Relationship]:
        if not self.has(rels_name(source)):
            return []
        part, found = self.part(rels_name(source)), []
        top = part.root
        for element in xmlscan.children(part.masked, top.inner, top.close):
            values = element.attributes
            external = values.get("TargetMode") == "External"
            target = values.get("Target", "")
            if not external:
                target = target.replace("\\", "/")
                base = "" if target.startswith("/") else posixpath.dirname(source)
                target = posixpath.normpath(posixpath.join("/", base, target.lstrip("/"))).lstrip("/")
            found.append(Relationship(values.get("Id", ""), values.get("Type", ""), target, external, element))
        return found

    def related(self, source: str, kind: str) -> str | None:
        """Return the first existing part that ``source`` is related to in this way."""
        found = (item.target for item in self.relationships(source) if item.kind == kind and not item.external)
        return next((target for target in found if self.has(target)), None)

    def relate(self, source: str, kind: str, target: str) -> str:
        """Add a relationship and return its id."""
        known = self.relationships(source)
        taken = {item.id for item in known}
        number = 1
        while f"rIdTaizhang{number}" in taken:
            number += 1
        identifier = f"rIdTaizhang{number}"
        path = posixpath.relpath("/" + target, "/" + posixpath.dirname(source))
        if self._as_spelt(source) != source:  # relative to a folder spelt in another way it would lead elsewhere
            path = "/" + target
        kind_url = f"{self.rel_ns}/{kind}"
        written = f'Id="{identifier}" Type="{kind_url}" Target="{xmlscan.escape(path)}"/>'.encode()
        nowhere = xmlscan.Element(b"", 0, 0, 0, 0, b"")
        known.append(Relationship(identifier, kind_url, target, external=False, element=nowhere))
        name = rels_name(self._as_spelt(source))
        if self.has(name) and part_key(name) not in self._new_rels:
            part = self.part(name)
            part.append_to(part.root, b"<" + part.root.prefix + b"Relationship " + written)
            return identifier
        lines = self._new_rels.setdefault(part_key(name), [])
        lines.append(b"<Relationship " + written)
        opening = f'<Relationships xmlns="{_PACKAGE_RELS}">'.encode()
        self.add(name, XML_HEAD + opening + b"".join(lines) + b"</Relationships>")
        return identifier

    def _as_spelt(self, name: str) -> str:
        """Return a part's name as the file spells it: some programs take notice of case."""
        member = self.archive.by_key.get(part_key(name))
        return member.name.replace("\\", "/").lstrip("/") if member is not None else name

    def written_id(self, identifier: str, root_attributes: bytes) -> str:
        """Return a relationship id as an attribute, with the root element's own prefix if it has one."""
        prefix = xmlscan.prefix_bound_to(self.rel_ns, root_attributes)
        if prefix:
            return f'{prefix}:id="{identifier}"'
        return f'xmlns:tz="{self.rel_ns}" tz:id="{identifier}"'

    def unrelate(self, source: str, target: str) -> None:
        """Take out the relationships of ``source`` to a part. Only while stripping, before any edit."""
        part = self.part(rels_name(source))
        text = part.base
        gone = [item for item in self.relationships(source) if part_key(item.target) == part_key(target)]
        for item in sorted(gone, key=lambda each: -each.element.start):
            text = text[: item.element.start] + text[item.element.end :]
        part.rebase(text)
        self._relationships.pop(part_key(source), None)

    # content types

    @cached_property
    def _types(self) -> tuple[dict[str, str], dict[str, str]]:
        part = self.part(CONTENT_TYPES)
        defaults, overrides = {}, {}
        for element in xmlscan.children(part.masked, part.root.inner, part.root.close):
            values = element.attributes
            if element.local == b"Default":
                defaults[values.get("Extension", "").lower()] = values.get("ContentType", "")
            else:
                overrides[part_key(values.get("PartName", ""))] = values.get("ContentType", "")
        return defaults, overrides

    def declare(self, name: str, content_type: str, *, by_extension: bool = False) -> None:
        """Say what a new part is."""
        defaults, overrides = self._types
        extension = name.rpartition(".")[2].lower()
        if defaults.get(extension) == content_type or overrides.get(part_key(name)) == content_type:
            return
        part = self.part(CONTENT_TYPES)
        prefix = part.root.prefix.decode()
        if by_extension and extension not in defaults:
            defaults[extension] = content_type
            line = f'<{prefix}Default Extension="{extension}" ContentType="{content_type}"/>'
        else:
            line = f'<{prefix}Override PartName="/{xmlscan.escape(name)}" ContentType="{content_type}"/>'
        part.append_to(part.root, line.encode())

    def undeclare(self, name: str) -> None:
        """Take out a part's own content type. Only while stripping, before any edit."""
        part = self.part(CONTENT_TYPES)
        for element in xmlscan.children(part.masked, part.root.inner, part.root.close):
            if part_key(element.attributes.get("PartName", "")) == part_key(name):
                part.rebase(part.base[: element.start] + part.base[element.end :])
                break
        self.__dict__.pop("_types", None)

    def forget_what_was_read(self) -> None:
        """Drop what was derived from parts that have been replaced."""
        self._relationships.clear()
        self._new_rels.clear()
        self.__dict__.pop("_types", None)

    # saving

    def lead_chunks(self, part: Part) -> Iterator[bytes]:
        """Yield the unchanging beginning of a part."""
        if part.lead is not None:
            yield part.lead
            return
        left = part.lead_length
        assert part.member is not None
        for chunk in self.archive.chunks(part.member):
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return

    def outcome(self, part: Part) -> tuple[bytes, bytes | None]:
        """Return what a part ends up as behind its lead; the second value replaces lead and all."""
        if part.original is not None and not part.edits:
            return part.base, part.original
        return part.result()[0], None

    def save(self, out: BinaryIO) -> None:
        """Write the package."""
        self.archive.write(out, self.changes(), self.removed)

    def changes(self) -> list[NewMember]:
        """Return the members that differ from the file, the new ones in the order they were added."""
        found = []
        backslashes = self._uses_backslashes()
        for part in self.parts.values():
            rest, whole = self.outcome(part)
            member = part.member or self.archive.by_key.get(part_key(part.name))
            if part.member is None and member is not None and self.archive.read(member) == rest:
                continue
            if part.member is not None and part.as_found == (whole if whole is not None else rest):
                continue
            chunks = iter([whole]) if whole is not None else self._content(part, rest)
            name = part.name.replace("/", "\\") if backslashes else part.name
            found.append(NewMember(name, chunks, member))
        return found

    def _content(self, part: Part, rest: bytes) -> Iterator[bytes]:
        yield from self.lead_chunks(part)
        yield rest

    def _uses_backslashes(self) -> bool:
        names = [member.name for member in self.archive.members]
        return any("\\" in name for name in names) and not any("/" in name for name in names)

    def digest(self, part: Part, *, whole: bool) -> str:
        """Return the hash by which the undo record knows a part as we left it, with or without its lead."""
        value = hashlib.sha256()
        if whole:
            for chunk in self.lead_chunks(part):
                value.update(chunk)
        value.update(part.result()[0])
        return value.hexdigest()

    def undo_entry(self, part: Part) -> dict[str, Any]:
        """Return what the undo record has to say about an edited part."""
        splices = [[at, length, base64.b64encode(old).decode()] for at, length, old in part.result()[1]]
        entry: dict[str, Any] = {"sha": self.digest(part, whole=part.original is not None), "undo": splices}
        if part.original is not None:
            entry["whole"] = base64.b64encode(zlib.compress(part.original, 9)).decode()
        return entry


def rels_name(source: str) -> str:
    """Return the name of the part that holds the relationships of ``source``."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", name + ".rels")
