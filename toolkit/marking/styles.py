"""Formats of ours, appended behind the workbook's own in the styles part: nobody's index moves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from toolkit.marking import xmlscan
from toolkit.marking.equal_formats import meaning
from toolkit.marking.package import XML_HEAD, Package

if TYPE_CHECKING:
    from toolkit.marking.parts import Part

_ORDER = b"numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split()
_ITEM = {b"fonts": b"font", b"fills": b"fill", b"borders": b"border", b"cellXfs": b"xf", b"dxfs": b"dxf"}
_DEFAULTS = {
    b"fonts": ['<{p}font><{p}sz val="11"/><{p}name val="等线"/></{p}font>'],
    b"fills": [
        '<{p}fill><{p}patternFill patternType="none"/></{p}fill>',
        '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>',
    ],
    b"borders": ["<{p}border><{p}left/><{p}right/><{p}top/><{p}bottom/><{p}diagonal/></{p}border>"],
    b"cellXfs": ['<{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'],
}
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MOST_FORMATS = 64_000


class Look(NamedTuple):
    """How one kind of mark looks: in colour, and told apart in black and white by pattern and border."""

    fill: str
    ink: str
    pattern: str
    line: str
    bold: bool
    italic: bool = False


class CellLook(NamedTuple):
    """How a cell in a sheet of ours looks. ``fill`` and ``line`` (the borders' colour) may be empty: none.

    ``pattern``: hatching over the fill in ``pattern_ink``; ``edge``: the style of the borders.
    """

    size: float = 10
    bold: bool = False
    ink: str = "FF262626"
    fill: str = ""
    line: str = ""
    align: str = "left"
    wrap: bool = True
    underline: bool = False
    quoted: bool = False
    italic: bool = False
    pattern: str = ""
    pattern_ink: str = ""
    edge: str = "thin"


LOOKS = {
    "missing": Look("FFFFF2B3", "FFE0A800", "lightUp", "thin", bold=False),
    "error": Look("FFF2A8A1", "FF7A1710", "", "thin", bold=True),
    "warning": Look("FFFFCF8A", "FF9A4A00", "", "dashed", bold=False, italic=True),
    "info": Look("FFE3EFFB", "FF1F6FB2", "", "dotted", bold=False),
}
"""What clerks see, by kind of mark: empty but required, wrong, doubtful, worth a look.

In black and white they differ by hatching, three greys, bold and slanted letters, and borders.
"""

FONT = "微软雅黑"
"""The font of what we write."""

_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NOT_DATE = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[[^\]]*\]")


def shows_date(code: str) -> bool:
    """Say whether a number format shows a number as a date."""
    return bool(set("yYdD年日") & set(_NOT_DATE.sub("", code)))


def kind_of(severity: str, code: str) -> str:
    """Return the kind of a mark, a key of ``LOOKS``."""
    if code == "E201":
        return "missing"
    return severity if severity in LOOKS else "info"


class Styles:
    """The styles part of a package. Nothing is touched before a format is asked for."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._added: dict[bytes, list[str]] = {}
        self._existing: dict[bytes, int] = {}
        self._items: dict[bytes, list[tuple[int, int]]] = {}
        name = package.related(package.workbook.name, "styles")
        self._part: Part | None = package.part(name) if name else None
        self._elements: dict[bytes, xmlscan.Element] = {}
        self._prefix = "" if self._part is None else self._part.root.prefix.decode()
        if self._part is not None:
            top = self._part.root
            self._elements = {item.local: item for item in xmlscan.children(self._part.masked, top.inner, top.close)}

    def _count(self, section: bytes) -> int:
        if section not in self._existing:
            element, part = self._elements.get(section), self._part
            count = 0
            if element is not None and part is not None:
                item = re.compile(rb"<" + self._prefix.encode() + _ITEM[section] + rb"[\s/>]")
                count = len(item.findall(part.masked, element.inner, element.close))
            self._existing[section] = count
        return self._existing[section]

    def _append(self, section: bytes, written: str, trace: str) -> int:
        """Return the number of a format: of an equal one, which contains ``trace``, or of one that is added."""
        existing = self._count(section)
        if existing and (number := self._equal(section, written, trace.encode())) is not None:
            return number
        added = self._added.setdefault(section, [])
        if not existing and not added:
            added += [item.format(p=self._prefix) for item in _DEFAULTS.get(section, [])]
        if written not in added:
            added.append(written)
        return existing + added.index(written)

    def _equal(self, section: bytes, written: str, trace: bytes) -> int | None:
        """Return the number of a format of the workbook that means the same: ours from before another program saved it."""
        element, part = self._elements.get(section), self._part
        if element is None or part is None or part.base.find(trace, element.inner, element.close) < 0:
            return None
        wanted = meaning(written.encode())
        if section not in self._items:
            item = re.compile(rb"<" + self._prefix.encode() + _ITEM[section] + rb"[\s/>]")
            starts = [found.start() for found in item.finditer(part.masked, element.inner, element.close)]
            self._items[section] = list(zip(starts, [*starts[1:], element.close], strict=True))
        for number, (start, end) in enumerate(self._items[section]):
            if part.base.find(trace, start, end) >= 0 and meaning(part.base[start:end]) == wanted:
                return number
        return None

    def highlight(self, kind: str) -> int:
        """Return the number of the differential format of a kind of mark."""
        p, look = self._prefix, LOOKS[kind]
        sides = "".join(
            f'<{p}{side} style="{look.line}"><{p}color rgb="{look.ink}"/></{p}{side}>'
            for side in ("left", "right", "top", "bottom")
        )
        letters = f"<{p}b/>" * look.bold + f"<{p}i/>" * look.italic
        ink = f'<{p}color rgb="{look.ink}"/>' if look.bold else ""
        font = f"<{p}font>{letters}{ink}</{p}font>" if letters else ""
        pattern = f' patternType="{look.pattern}"' if look.pattern else ""
        front = f'<{p}fgColor rgb="{look.ink}"/>' if look.pattern else ""
        inside = f'{front}<{p}bgColor rgb="{look.fill}"/>'
        fill = f"<{p}fill><{p}patternFill{pattern}>{inside}</{p}patternFill></{p}fill>"
        written = f"<{p}dxf>{font}{fill}<{p}border>{sides}</{p}border></{p}dxf>"
        return self._append(b"dxfs", written, look.fill)

    def cell(self, look: CellLook) -> int:
        """Return the number of a cell format of ours for sheets of our own."""
        if self._count(b"cellXfs") > _MOST_FORMATS:
            return 0
        p = self._prefix
        font = self._append(
            b"fonts",
            f"<{p}font>{f'<{p}b/>' * look.bold}{f'<{p}i/>' * look.italic}{f'<{p}u/>' * look.underline}"
            f'<{p}sz val="{look.size:g}"/><{p}color rgb="{look.ink}"/><{p}name val="{FONT}"/><{p}family val="2"/>'
            f'<{p}charset val="134"/></{p}font>',
            FONT,
        )
        fill_id = self._at_least_default(b"fills")
        if look.fill:
            front, back = f'<{p}fgColor rgb="{look.fill}"/>', f'<{p}bgColor indexed="64"/>'
            if look.pattern:
                front, back = f'<{p}fgColor rgb="{look.pattern_ink}"/>', f'<{p}bgColor rgb="{look.fill}"/>'
            filled = f'<{p}patternFill patternType="{look.pattern or "solid"}">{front}{back}</{p}patternFill>'
            fill_id = self._append(b"fills", f"<{p}fill>{filled}</{p}fill>", look.fill)
        border_id = self._at_least_default(b"borders")
        if look.line:
            sides = "".join(
                f'<{p}{side} style="{look.edge}"><{p}color rgb="{look.line}"/></{p}{side}>'
                for side in ("left", "right", "top", "bottom")
            )
            border_id = self._append(b"borders", f"<{p}border>{sides}<{p}diagonal/></{p}border>", look.line)
        wrapped = ' wrapText="1"' if look.wrap else ""
        indent = ' indent="1"' if look.line and look.align == "left" else ""
        kept_as_text = ' quotePrefix="1"' if look.quoted else ""
        return self._append(
            b"cellXfs",
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{fill_id}" borderId="{border_id}"{kept_as_text}'
            ' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<{p}alignment horizontal="{look.align}" vertical="center"{wrapped}{indent}/></{p}xf>',
            f'fontId="{font}"',
        )

    def _at_least_default(self, section: bytes) -> int:
        if not self._count(section) and section not in self._added:
            self._append(section, _DEFAULTS[section][0].format(p=self._prefix), "")
        return 0

    def date_styles(self) -> Callable[[int], bool]:
        """Return a test whether a cell format shows numbers as dates."""
        part, formats = self._part, self._elements.get(b"cellXfs")
        if part is None or formats is None:
            return lambda _: False
        custom = {}
        if numbers := self._elements.get(b"numFmts"):
            for item in xmlscan.children(part.masked, numbers.inner, numbers.close):
                values = item.attributes
                custom[values.get("numFmtId", "")] = values.get("formatCode", "")
        found = [
            item.attributes.get("numFmtId", "0") for item in xmlscan.children(part.masked, formats.inner, formats.close)
        ]

        def is_date(style: int) -> bool:
            number = found[style] if style < len(found) else "0"
            if number in custom:
                return shows_date(custom[number])
            return number.isdigit() and int(number) in _DATE_FORMATS

        return is_date

    def dated(self, style: int) -> int:
        """Return the number of a cell format that is like one of the workbook's, but shows numbers as dates."""
        if self.date_styles()(style):
            return style
        part, formats = self._part, self._elements.get(b"cellXfs")
        items = list(xmlscan.children(part.masked, formats.inner, formats.close)) if part and formats else []
        p = self._prefix
        written = f'<{p}xf numFmtId="14" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
        if part is not None and style < len(items):
            item = items[style]
            raw = xmlscan.with_attribute(item.raw_attributes, b"numFmtId", b"14")
            raw = xmlscan.with_attribute(raw, b"applyNumberFormat", b"1")
            inside = part.base[item.inner : item.close]
            end = b"/>" if item.empty else b">" + inside + b"</" + item.name + b">"
            written = (b"<" + item.name + raw.rstrip() + end).decode()
        return self._append(b"cellXfs", written, 'numFmtId="14"')

    def flush(self) -> None:
        """Write what was asked for into the styles part."""
        if not self._added:
            return
        if self._part is None:
            self._create()
            return
        top, places = self._part.root, {}
        for section in sorted(self._added, key=_ORDER.index):
            body = "".join(self._added[section]).encode()
            element = self._elements.get(section)
            if element is None:
                places[section] = body
                continue
            if self._count(section) == 0 or element.empty:
                self._part.edit(element.start, element.end, self._section(section, body))
                continue
            count = str(self._count(section) + len(self._added[section])).encode()
            if b"count" in element.raw_attributes:
                tag = element.start + 1 + len(element.name)
                changed = xmlscan.with_attribute(element.raw_attributes, b"count", count)
                self._part.edit(tag, tag + len(element.raw_attributes), changed)
            self._part.append_to(element, body)
        if top.empty:
            self._part.append_to(top, b"".join(self._section(name, body) for name, body in places.items()))
            return
        for section, body in places.items():
            rank = _ORDER.index(section)
            earlier = [item.end for name, item in self._elements.items() if name in _ORDER[:rank]]
            at = max(earlier, default=top.inner)
            self._part.edit(at, at, self._section(section, body))

    def _section(self, section: bytes, body: bytes) -> bytes:
        name = self._prefix.encode() + section
        return b'<%s count="%d">%s</%s>' % (name, len(self._added[section]), body, name)

    def _create(self) -> None:
        package = self._package
        sections = [
            self._section(section, "".join(self._added[section]).encode())
            for section in _ORDER
            if section in self._added
        ]
        at = next((n for n, section in enumerate(sections) if b"<cellXfs" in section), len(sections))
        sections.insert(
            at,
            b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
        )
        opening = f'<styleSheet xmlns="{package.main_ns}">'.encode()
        name = package.free_name(posixpath.join(package.folder, "stylesTaizhang{}.xml"))
        package.add(name, XML_HEAD + opening + b"".join(sections) + b"</styleSheet>")
        package.relate(package.workbook.name, "styles", name)
        package.declare(name, _CONTENT_TYPE)
