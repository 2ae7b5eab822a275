"""The condition under which a highlight shows: the cell still holds what it held when it was marked.

``N("taizhang E201")`` is 0: a label that survives re-saving by any program. Apart from it a condition
refers to nothing but its own cell, so that an error elsewhere cannot switch it off.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.marking.cells import Content

MAX_FORMULA = 255
_WHOLE_TEXT = 100
_CODE = re.compile(r"[^A-Za-z0-9]")


def label(code: str) -> str:
    """Return the always-true piece of a formula that says it is ours."""
    return f'N("taizhang {_CODE.sub("", code)[:12]}")=0'


def formula(code: str, content: Content, reference: str) -> str:
    """Return the formula of a highlight, at most 255 characters long."""
    head = label(code)
    held = expression(content, reference, MAX_FORMULA - len(head) - 6)
    return f"AND({head},{held})" if held else head


def expression(content: Content, reference: str, budget: int = MAX_FORMULA) -> str:
    """Return what is true while the cell holds ``content``, as arguments of an AND."""
    value = content.value
    match content.kind:
        case "blank":
            return f"LEN(TRIM({reference}))=0"
        case "text":
            return _text(str(value), reference, budget)
        case "number":
            number = float(value) if value is not None else 0.0
            written = f"({_literal(number)})" if number < 0 else _literal(number)
            return f"ISNUMBER({reference}),ABS({reference}-{written})<={_literal(abs(number))}*1E-12"
        case "boolean":
            return f"ISLOGICAL({reference}),{reference}={'TRUE' if value else 'FALSE'}"
        case "error":
            return f"ISERROR({reference})"
    return ""


def _literal(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number).upper().replace("E+", "E")


def number_text(number: float) -> str:
    """Return a number as a cell without a format shows it."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}".upper()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _usable(character: str) -> bool:
    """Say whether a character can stand in a formula and counts as one everywhere."""
    return character == "\t" or (" " <= character < "\ufffd" and unicodedata.category(character) not in ("Cc", "Cs"))


def _leading(text: str) -> str:
    return text[: next((at for at, character in enumerate(text) if not _usable(character)), len(text))]


def _text(text: str, reference: str, budget: int) -> str:
    plain = all(_usable(character) or character > "\uffff" for character in text)
    if plain and len(text) <= _WHOLE_TEXT:
        whole = f"ISTEXT({reference}),EXACT({reference},{_quoted(text)})"
        if len(whole) <= budget:
            return whole
    start, end = _leading(text), _leading(text[::-1])[::-1]
    beyond = any(character > "\uffff" for character in text)
    pieces = [f"ISTEXT({reference})"] + ([] if beyond else [f"LEN({reference})={len(text)}"])
    for length in range(50, 0, -1):
        shown = list(pieces)
        if start:
            shown.append(f"EXACT(LEFT({reference},{len(start[:length])}),{_quoted(start[:length])})")
        if end:
            shown.append(f"EXACT(RIGHT({reference},{len(end[-length:])}),{_quoted(end[-length:])})")
        found = ",".join(shown)
        if len(found) <= budget:
            return found
    return ",".join(pieces)
