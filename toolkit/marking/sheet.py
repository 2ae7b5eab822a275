"""One worksheet: where its rows end, what stands behind them, and which rows hold what.

Highlights only need the part behind the rows (``tail``). A long sheet is never held whole: it is read in
pieces, and its rows are copied through when it is saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from toolkit.marking import xmlscan
from toolkit.marking.archive import MAX_PART
from toolkit.marking.members import Refusal, part_key
from toolkit.marking.parts import Part, as_utf8
from toolkit.model import column_number

if TYPE_CHECKING:
    from toolkit.marking.package import Package

STREAM_FROM = 12 << 20
"""Sheets that inflate to more than this many bytes are read in pieces."""

_BUFFER = 4 << 20
_ORDER = {
    name: rank
    for rank, name in enumerate(
        b"sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection"
        b" protectedRanges"
        b" scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr"
        b" conditionalFormatting"
        b" dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks"
        b" customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF"
        b" drawingHF"
        b" picture oleObjects controls webPublishItems tableParts extLst".split()
    )
}
_OWN_ROW = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d+)")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ROWS_END = re.compile(rb"</(?:[^\s/>:]++:)?sheetData\s*>|<(?:[^\s/>:!?]++:)?sheetData(?:\s[^>]*)?/>")


class Area(NamedTuple):
    """A rectangle of cells."""

    top: int
    left: int
    bottom: int
    right: int


class Record(NamedTuple):
    """One repeated element: its attributes, and where its content lies in ``data``."""

    raw_attributes: bytes
    data: bytes
    masked: bytes
    start: int
    end: int


def records(chunks: Iterable[bytes], name: bytes) -> Iterator[Record]:
    """Yield every element called ``name`` (prefix included), reaching to the start of the next one."""
    tags = re.compile(rb"<" + re.escape(name) + rb"(?=[\s/>])((?:[^<>\"']++|\"[^\"]*+\"|'[^']*')*+)>")
    carry = b""
    for chunk in _gathered(chunks):
        data = carry + chunk
        masked = xmlscan.mask(data)
        previous: re.Match[bytes] | None = None
        for tag in tags.finditer(masked):
            if previous is not None:
                yield Record(previous[1], data, masked, previous.end(), tag.start())
            previous = tag
        carry = data[previous.start() :] if previous is not None else data[-4096:]
        if len(carry) > MAX_PART:
            raise Refusal("too-large")
    masked = xmlscan.mask(carry)
    for tag in tags.finditer(masked):
        yield Record(tag[1], carry, masked, tag.end(), len(carry))


def numbered(rows: Iterable[Record]) -> Iterator[tuple[int, Record]]:
    """Yield rows with their numbers, counted where a row does not say its own."""
    number = 0
    for record in rows:
        raw = record.raw_attributes
        if raw.startswith(b' r="'):
            number = int(raw[4 : raw.index(b'"', 4)])
        else:
            said = _OWN_ROW.search(raw)
            number = int(said[1]) if said else number + 1
        yield number, record


def _gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    length = 0
    for chunk in chunks:
        waiting.append(chunk)
        length += len(chunk)
        if length >= _BUFFER:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


class Worksheet:
    """A worksheet part, split behind its rows.

    Raises:
        Refusal: it cannot be understood.
    """

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name
        key = part_key(name)
        self.part = package.parts.get(key) or _load(package, name)
        package.parts[key] = self.part

    @cached_property
    def prefix(self) -> bytes:
        """The prefix of the main namespace in this part, with its colon."""
        close = self.part.masked.rfind(b"</")
        name = self.part.masked[close + 2 :].split(b">", 1)[0].strip()
        local = name.rpartition(b":")[2]
        if local != b"worksheet":
            raise Refusal("malformed")
        return name[: len(name) - len(local)]

    @property
    def tail_end(self) -> int:
        """Where the closing tag of the worksheet begins, in the tail."""
        return self.part.masked.rfind(b"</")

    @cached_property
    def elements(self) -> list[xmlscan.Element]:
        """The elements behind the rows."""
        return list(xmlscan.children(self.part.masked, 0, self.tail_end))

    def element(self, local: bytes) -> xmlscan.Element | None:
        """Return the first element behind the rows with this name."""
        return next((item for item in self.elements if item.local == local), None)

    def place_for(self, local: bytes) -> int:
        """Return where in the tail a new element with this name belongs: the schema prescribes the order."""
        rank = _ORDER[local]
        earlier = [item.end for item in self.elements if _ORDER.get(item.local, len(_ORDER)) < rank]
        return max(earlier, default=0)

    @cached_property
    def merged(self) -> list[Area]:
        """The merged areas."""
        element = self.element(b"mergeCells")
        if element is None:
            return []
        found = (
            area(item.attributes.get("ref", ""))
            for item in xmlscan.children(self.part.masked, element.inner, element.close)
        )
        return [item for item in found if item is not None]

    def rows(self) -> Iterator[tuple[int, Record]]:
        """Return the rows with their numbers."""
        return numbered(records(self.package.lead_chunks(self.part), self.prefix + b"row"))

    def changed(self) -> None:
        """Forget what was read from a tail that has been replaced."""
        for name in ("prefix", "elements", "merged"):
            self.__dict__.pop(name, None)


def area(reference: str) -> Area | None:
    """Return the rectangle a reference like ``B2:C5`` names, or None."""
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) not in (1, 2) or None in corners:
        return None
    places = [(int(found[2]), column_number(found[1])) for found in corners if found]
    (top, left), (bottom, right) = places[0], places[-1]
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _load(package: Package, name: str) -> Part:
    member = package.archive.by_key.get(part_key(name))
    if member is None:
        raise Refusal("missing-part")
    if member.size > STREAM_FROM:
        streamed = _load_long(package, name)
        if streamed is not None:
            return streamed
    raw = package.archive.read(member)
    text, original = as_utf8(raw)
    split = _split(xmlscan.mask(text))
    as_found = raw if original is not None else text[split:]
    return Part(name, member, text[split:], as_found, lead=text[:split], lead_length=split, original=original)


def _rows_end(masked: bytes) -> re.Match[bytes] | None:
    at = masked.find(b"sheetData")
    while at >= 0:
        if found := _ROWS_END.match(masked, masked.rfind(b"<", 0, at)):
            return found
        at = masked.find(b"sheetData", at + 1)
    return None


def _split(masked: bytes) -> int:
    found = _rows_end(masked)
    if found is None or xmlscan.root(masked).local != b"worksheet":
        raise Refusal("malformed")
    return found.end()


def split_text(part: Part, raw: bytes) -> None:
    """Let a sheet part stand for ``raw``, the whole part as it was in its own encoding."""
    text, original = as_utf8(raw)
    split = _split(xmlscan.mask(text))
    part.lead, part.lead_length, part.original = text[:split], split, original
    part.rebase(text[split:])


def _load_long(package: Package, name: str) -> Part | None:
    """Find the end of the rows without holding them; None where only the whole text would tell."""
    member = package.archive.by_key[part_key(name)]
    carry, before, tail = b"", 0, None
    for chunk in package.archive.chunks(member):
        if tail is not None:
            tail.append(chunk)
            if sum(map(len, tail)) > MAX_PART:
                raise Refusal("too-large")
            continue
        data = carry + chunk
        if not before and not carry:
            text, original = as_utf8(data[:8192])
            if original is not None or b"worksheet" not in text:
                return None
        found = _rows_end(data)
        rows = data[: found.start()] if found else data
        if b"<!" in rows:
            return None
        if found:
            lead_length = before + found.end()
            tail = [data[found.end() :]]
        else:
            carry = data[-64:]
            before += len(data) - len(carry)
    if tail is None:
        raise Refusal("malformed")
    base = b"".join(tail)
    return Part(name, member, base, base, lead=None, lead_length=lead_length)
