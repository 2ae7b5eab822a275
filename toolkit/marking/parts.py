"""One part of a package as text to be spliced, whatever encoding it is stored in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from toolkit.marking import xmlscan
from toolkit.marking.members import Member, Refusal

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_DECLARED_TEXT = re.compile(r"(<\?xml[^>]*?encoding\s*=\s*[\"'])[^\"']+")


@dataclass(slots=True)
class Part:
    """One part. ``as_found`` is what stands in the file behind ``lead``, to tell whether anything changed."""

    name: str
    member: Member | None
    base: bytes
    as_found: bytes | None
    lead: bytes | None = b""
    lead_length: int = 0
    original: bytes | None = None
    edits: list[tuple[int, int, bytes]] = field(default_factory=list)
    _masked: bytes | None = None

    @property
    def masked(self) -> bytes:
        """``base`` with comments and CDATA blanked."""
        if self._masked is None:
            self._masked = xmlscan.mask(self.base)
        return self._masked

    @property
    def root(self) -> xmlscan.Element:
        """The root element."""
        return xmlscan.root(self.masked)

    def edit(self, start: int, end: int, new: bytes) -> None:
        """Replace ``start..end`` of ``base``; insertions at one place keep the order of their calls."""
        self.edits.append((start, end, new))

    def append_to(self, parent: xmlscan.Element, new: bytes) -> None:
        """Insert behind the last child of an element."""
        if parent.empty:
            tag = self.base[parent.start : parent.end]
            opened = tag[:-2].rstrip() + b">"
            self.edit(parent.start, parent.end, opened + new + b"</" + parent.name + b">")
        else:
            self.edit(parent.close, parent.close, new)

    def rebase(self, base: bytes) -> None:
        """Take ``base`` as what stood here before any marks of ours."""
        self.base = base
        self._masked = None
        self.edits.clear()

    def result(self) -> tuple[bytes, list[tuple[int, int, bytes]]]:
        """Return ``base`` with all edits applied, and the splices that undo them."""
        out, undo, position, shift = [], [], 0, 0
        for start, end, new in sorted(self.edits, key=lambda edit: edit[:2]):
            if start < position:
                raise AssertionError(f"overlapping edits in {self.name}")
            out += [self.base[position:start], new]
            undo.append((start + shift, len(new), self.base[start:end]))
            shift += len(new) - (end - start)
            position = end
        out.append(self.base[position:])
        return b"".join(out), undo


def as_utf8(raw: bytes) -> tuple[bytes, bytes | None]:
    """Return XML as UTF-8, and the original bytes if they were in another encoding."""
    encoding = None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif raw[:4] == b"<\0?\0":
        encoding = "utf-16-le"
    elif raw[:4] == b"\0<\0?":
        encoding = "utf-16-be"
    else:
        declared = _DECLARED.match(raw[:400])
        name = declared[1].decode("ascii", "replace").lower() if declared else "utf-8"
        if name not in ("utf-8", "utf8", "us-ascii", "ascii"):
            encoding = name
    text = raw
    if encoding:
        try:
            decoded = raw.decode(encoding).lstrip("\ufeff")
        except (LookupError, UnicodeDecodeError) as error:
            raise Refusal("encoding") from error
        text = _DECLARED_TEXT.sub(r"\g<1>UTF-8", decoded, count=1).encode()
    if _declares(text):
        raise Refusal("doctype")
    return text, raw if encoding else None


def _declares(text: bytes) -> bool:
    """Say whether XML holds a document type or an entity of its own; in comments and CDATA these words mean nothing."""
    if all(word not in text for word in _DECLARATIONS):
        return False
    masked = xmlscan.mask(text)
    return any(word in masked for word in _DECLARATIONS)
