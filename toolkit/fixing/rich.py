"""Texts with formats inside a cell: corrected run by run, so that every character keeps its look, and put back as they were."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from toolkit.marking import xmlscan
from toolkit.marking.cells import shared_items
from toolkit.marking.package import Package
from toolkit.marking.parts import Part

MAX_RICH = 30_000
"""How many characters of a formatted text the log can remember."""

_READINGS = frozenset({b"rPh", b"phoneticPr"})
_TAG = re.compile(r"<(/?)((?:[^\s/>!?<:]+:)?)([^\s/>!?<:]+)")


def rich_content(package: Package, part: Part, cell: xmlscan.Element) -> str | None:
    """Return what stands inside the text of a cell, without prefixes, if it is formatted; None where it is plain."""
    kind = cell.attributes.get("t")
    if kind == "inlineStr":
        inside = xmlscan.first_child(part.masked, cell, b"is")
        if inside is None:
            return None
        return _unprefixed(part.base[inside.inner : inside.close], inside.prefix)
    value = xmlscan.first_child(part.masked, cell, b"v") if kind == "s" else None
    if value is None:
        return None
    text = xmlscan.inner_text(part.base, value.inner, value.close).strip()
    item = shared_items(package, {int(text)}).get(int(text)) if text.isdigit() else None
    return None if item is None else _unprefixed(*item)


def _unprefixed(inside: bytes, prefix: bytes) -> str | None:
    """Return a formatted text as it reads in a part without prefixes, None where it is plain."""
    masked = xmlscan.mask(inside)
    names = {child.local for child in xmlscan.children(masked, 0, len(masked))}
    if not names & {b"r", *_READINGS}:
        return None
    named = prefix.decode()
    return _TAG.sub(lambda tag: f"<{tag[1]}{'' if tag[2] == named else tag[2]}{tag[3]}", inside.decode())


def prefixed(inside: str, prefix: str) -> str:
    """Return a formatted text as it reads in a part with this prefix (its colon included)."""
    return _TAG.sub(lambda tag: f"<{tag[1]}{tag[2] or prefix}{tag[3]}", inside) if prefix else inside


def corrected(inside: str, new: str) -> str | None:
    """Return a formatted text that reads ``new``, every character in the format of the one it takes the place of.

    None where that cannot be done: it holds what we do not know.
    """
    data = inside.encode()
    masked = xmlscan.mask(data)
    children = list(xmlscan.children(masked, 0, len(masked)))
    if any(child.local not in (b"r", b"t", *_READINGS) for child in children):
        return None
    texts = [
        text
        for child in children
        if child.local not in _READINGS
        for text in xmlscan.elements_named(masked, b"t", child.start, child.end)
    ]
    runs = [xmlscan.spreadsheet_text(xmlscan.inner_text(data, text.inner, text.close)) for text in texts]
    if not texts:
        return None
    out, position = [], 0
    dropped = [(child.start, child.end, b"") for child in children if child.local in _READINGS]
    shown = [f'<t xml:space="preserve">{xmlscan.every_character(run)}</t>'.encode() for run in _spread(runs, new)]
    edits = [(text.start, text.end, now) for text, now in zip(texts, shown, strict=True)]
    for start, end, now in sorted([*edits, *dropped]):
        out += [data[position:start], now]
        position = end
    return b"".join([*out, data[position:]]).decode()


def _spread(runs: list[str], new: str) -> list[str]:
    """Return ``new`` cut into runs, each character where the one was that it takes the place of."""
    old = "".join(runs)
    owner = [number for number, run in enumerate(runs) for _ in run] or [0]
    pieces = [""] * len(runs)
    for _, first, last, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for at in range(start, stop):
            place = min(first + at - start, max(last - 1, first - (first == last)))
            pieces[owner[min(max(place, 0), len(owner) - 1)]] += new[at]
    return pieces
