"""Find elements in XML without parsing it into a tree, so that everything else stays as it is, byte for byte.

Comments, CDATA sections and processing instructions are blanked out first (same length, so positions hold);
after that a tag is whatever stands between ``<`` and the next ``>`` outside quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape as _unescape_entities
from typing import NamedTuple

_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_INSIDE = rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
_TAG = re.compile(rb"<(/?)([^\s/>!?<]++)(" + _INSIDE + rb")>")
_ATTRIBUTE = re.compile(rb"([^\s=\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TEXT_PIECE = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|([^<]+)", re.DOTALL)


class Malformed(ValueError):  # noqa: N818 - says what the XML is
    """The XML is not well-formed where we have to understand it."""


class Element(NamedTuple):
    """Where one element stands: ``start..inner`` is its start tag, ``inner..close`` its content."""

    name: bytes
    start: int
    inner: int
    close: int
    end: int
    raw_attributes: bytes

    @property
    def local(self) -> bytes:
        """The name without its prefix."""
        return self.name.rpartition(b":")[2]

    @property
    def prefix(self) -> bytes:
        """The prefix with its colon, or nothing."""
        return self.name[: len(self.name) - len(self.local)]

    @property
    def empty(self) -> bool:
        """Whether it is written as ``<name/>``."""
        return self.inner == self.end

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes by qualified name."""
        return attributes(self.raw_attributes)


def mask(data: bytes) -> bytes:
    """Return ``data`` with comments, CDATA and processing instructions blanked, positions unchanged."""
    out: list[bytes] = []
    position = 0
    comment, instruction = data.find(b"<!"), data.find(b"<?")
    while comment >= 0 or instruction >= 0:
        start = min(comment, instruction) if min(comment, instruction) >= 0 else max(comment, instruction)
        found = _HIDDEN.match(data, start)
        end = found.end() if found else start + 2
        out += [data[position:start], b" " * (end - start) if found else data[start:end]]
        position = end
        if 0 <= comment < end:
            comment = data.find(b"<!", end)
        if 0 <= instruction < end:
            instruction = data.find(b"<?", end)
    return b"".join([*out, data[position:]]) if out else data


def attributes(raw: bytes) -> dict[str, str]:
    """Return the attributes written in a start tag."""
    return {
        found[1].decode(): _unescape_entities((found[2] if found[2] is not None else found[3]).decode())
        for found in _ATTRIBUTE.finditer(raw)
    }


def local_attribute(values: dict[str, str], name: str) -> str | None:
    """Return the attribute with this local name, whatever its prefix."""
    return next((value for key, value in values.items() if key.rpartition(":")[2] == name), None)


def root(masked: bytes) -> Element:
    """Return the root element; its ``close`` is where new last children go.

    Raises:
        Malformed: there is none, or it is never closed.
    """
    found = _TAG.search(masked)
    if found is None or found[1]:
        raise Malformed("no root element")
    if found[3].endswith(b"/"):
        return Element(found[2], found.start(), found.end(), found.end(), found.end(), found[3][:-1])
    close = masked.rfind(b"</" + found[2])
    if close < found.end():
        raise Malformed("the root element is not closed")
    end = masked.find(b">", close) + 1
    if not end:
        raise Malformed("the root element is not closed")
    return Element(found[2], found.start(), found.end(), close, end, found[3])


def prefix_bound_to(namespace: str, raw_attributes: bytes) -> str | None:
    """Return the prefix that a start tag binds to a namespace."""
    values = attributes(raw_attributes).items()
    return next((key[6:] for key, value in values if key.startswith("xmlns:") and value == namespace), None)


def first_tag(masked: bytes) -> bytes:
    """Return the raw attributes of the first start tag."""
    found = _TAG.search(masked)
    return found[3] if found else b""


@cache
def _tags_named(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<(/?)" + re.escape(name) + rb"(?=[\s/>])(" + _INSIDE + rb")>")


def children(masked: bytes, start: int, end: int) -> Iterator[Element]:
    """Yield the elements directly inside ``start..end``, skipping over what is inside them."""
    position = start
    while True:
        tag = _TAG.search(masked, position, end)
        if tag is None or tag[1]:
            return
        element = _element(masked, tag, end)
        yield element
        position = element.end


def _element(masked: bytes, tag: re.Match[bytes], end: int) -> Element:
    if tag[3].endswith(b"/"):
        return Element(tag[2], tag.start(), tag.end(), tag.end(), tag.end(), tag[3][:-1])
    depth = 1
    for other in _tags_named(tag[2]).finditer(masked, tag.end(), end):
        if other[1]:
            depth -= 1
            if not depth:
                return Element(tag[2], tag.start(), tag.end(), other.start(), other.end(), tag[3])
        elif not other[2].endswith(b"/"):
            depth += 1
    raise Malformed(f"<{tag[2].decode(errors='replace')}> is not closed")


def first_child(masked: bytes, parent: Element, local: bytes) -> Element | None:
    """Return the first child with this local name."""
    return next((child for child in children(masked, parent.inner, parent.close) if child.local == local), None)


@cache
def _start_tags(local: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<((?:[^\s/>!?<:]++:)?" + local + rb")(?=[\s/>])(" + _INSIDE + rb")>")


def elements_named(masked: bytes, local: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """Yield every element with this local name, at any depth, that lies in no other one of them."""
    limit = len(masked) if end is None else end
    position = start
    while tag := _start_tags(local).search(masked, position, limit):
        whole = _TAG.match(masked, tag.start(), limit)
        if whole is None:  # unreachable: the same text just matched
            return
        element = _element(masked, whole, limit)
        yield element
        position = element.end


def with_attribute(raw: bytes, name: bytes, value: bytes) -> bytes:
    """Return the attributes of a start tag with one of them set."""
    present = re.search(rb"(\s" + re.escape(name) + rb"\s*=\s*)(?:\"[^\"]*\"|'[^']*')", raw)
    if present is None:
        return raw.rstrip() + b" " + name + b'="' + value + b'"'
    return raw[: present.end(1)] + b'"' + value + b'"' + raw[present.end() :]


def inner_text(data: bytes, start: int, end: int) -> str:
    """Return the character data between two positions of the *unmasked* bytes, tags left out."""
    piece = data[start:end]
    if b"<" not in piece:
        return _plain(piece)
    return "".join(
        found[1].decode().replace("\r\n", "\n").replace("\r", "\n") if found[1] is not None else _plain(found[2])
        for found in _TEXT_PIECE.finditer(_without_tags(piece))
        if found[1] is not None or found[2] is not None
    )


def _without_tags(piece: bytes) -> bytes:
    masked = mask(piece)
    out, position = [], 0
    for tag in _TAG.finditer(masked):
        out.append(piece[position : tag.start()])
        position = tag.end()
    out.append(piece[position:])
    return b"".join(out)


def _plain(piece: bytes) -> str:
    text = piece.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return _unescape_entities(text) if "&" in text else text


def spreadsheet_text(text: str) -> str:
    """Return a cell's text with the ``_x000D_`` escapes of the format resolved."""
    if "_x" not in text:
        return text
    resolved = _CHARACTER.sub(lambda found: chr(int(found[1], 16)), text)
    return resolved.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape(text: str) -> str:
    """Return text ready to stand in XML content or in a double-quoted attribute."""
    text = _ILLEGAL.sub("\ufffd", text)
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\r", "&#13;")
    )


def cell_text(text: str) -> str:
    """Return text ready to stand in a ``<t>`` element: what looks like an ``_x000D_`` escape stays so."""
    return escape(_CHARACTER.sub(lambda found: f"_x005F{found[0]}", text))


def every_character(text: str) -> str:
    """Return a text for a ``<t>`` element, control characters escaped as the format wants it."""
    pieces = _CONTROL.split(text)
    controls = [f"_x{ord(character):04X}_" for character in _CONTROL.findall(text)]
    shown = [cell_text(piece) for piece in pieces]
    return "".join(piece + control for piece, control in zip(shown, [*controls, ""], strict=True))
