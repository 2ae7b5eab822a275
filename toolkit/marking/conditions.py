"""The condition under which a highlight shows: the cell still holds what it held when it was marked.

``N("taizhang E201")`` is 0: a label that survives re-saving by any program. Apart from it a condition
refers to nothing but its own cell, so that an error elsewhere cannot switch it off.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolkit.marking.long_texts import HeldText

if TYPE_CHECKING:
    from toolkit.marking.cells import Content

MAX_FORMULA = 255
"""The longest formula of a conditional format."""

MAX_CELL_FORMULA = 6_000
"""How much of a cell's formula a comparison may take; 8,192 characters are the limit of all of it."""

MAX_GUARDS = 8
"""How many formulas may stand guard over one long text."""

_SMALLEST = 1e-300
_CODE = re.compile(r"[^A-Za-z0-9]")


def label(code: str) -> str:
    """Return the always-true piece of a formula that says it is ours."""
    return f'N("taizhang {_CODE.sub("", code)[:12]}")=0'


def formula(code: str, content: Content, reference: str) -> str:
    """Return the formula of a highlight, at most 255 characters long."""
    head = label(code)
    held = expression(content, reference, MAX_FORMULA - len(head) - len("AND(,)"))
    return f"AND({head},{held})" if held else head


def guards(code: str, content: Content, reference: str) -> tuple[str, ...]:
    """Return formulas that become true when a text changes where :func:`formula` does not look: it is too long for one.

    They go before the highlight and stop it. Together they cover a text of some 1,500 characters, and samples of a longer one.
    """
    head, text = label(code), HeldText(str(content.value), reference)
    if content.kind != "text" or text.whole(MAX_FORMULA - len(head) - len("AND(,)")):
        return ()
    pieces = text.pieces(MAX_FORMULA - len(head) - len("AND(,NOT())"), MAX_GUARDS)
    return tuple(f"AND({head},NOT({piece}))" for piece in pieces)


def expression(content: Content, reference: str, budget: int = MAX_FORMULA) -> str:
    """Return what is true while the cell holds ``content``, as arguments of an AND."""
    value = content.value
    match content.kind:
        case "blank":
            return f"LEN(TRIM({reference}))=0"
        case "text":
            text = HeldText(str(value), reference)
            return text.whole(budget) or text.sampled(budget)
        case "number":
            number = float(value) if value is not None else 0.0
            if 0 < abs(number) < _SMALLEST:
                return f"ISNUMBER({reference}),ABS({reference})<1E-300,{reference}<>0"
            written = f"({_literal(number)})" if number < 0 else _literal(number)
            return f"ISNUMBER({reference}),ABS({reference}-{written})<={_literal(abs(number))}*1E-12"
        case "boolean":
            return f"ISLOGICAL({reference}),{reference}={'TRUE' if value else 'FALSE'}"
        case "error":
            return f"ISERROR({reference})"
    return f"IF(ISERROR({reference}),TRUE,LEN(TRIM({reference}))=0)"  # never computed: until it gives a value


def _literal(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number).upper().replace("E+", "E")


def number_text(number: float) -> str:
    """Return a number as a cell without a format shows it."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}".upper()
