"""An expression's text → pieces: names, texts, numbers, signs and words; and the Python source that they stand for.

Every name and every text becomes a placeholder, so that nothing of what was typed reaches Python's parser but numbers and signs.
Full-width and mathematical signs are understood, ``=`` means ``==``, and names with brackets or slashes stand in ``「…」`` or ``[…]``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from toolkit.characters import half_width
from toolkit.expressions.errors import ExpressionError

MAX_LENGTH = 1_000
MAX_PIECES = 300
MAX_DEPTH = 25

_QUOTES = {"「": "」", "[": "]", "［": "］", "【": "】"}
_TEXTS = {'"': '"', "'": "'", "“": "”", "‘": "’", "＂": "＂", "＇": "＇"}
_SIGNS = {
    ">=": ">=", "=>": ">=", "≥": ">=", "≧": ">=", "<=": "<=", "=<": "<=", "≤": "<=", "≦": "<=", "<>": "!=", "!=": "!=", "≠": "!=",
    "==": "==", "=": "==", ">": ">", "<": "<", "+": "+", "-": "-", "−": "-", "*": "*", "×": "*", "/": "/", "÷": "/", "(": "(",
    ")": ")", ",": ",", "、": ",", "&&": "and", "||": "or",
}  # fmt: skip
_WORDS = {
    "and": "and", "并且": "and", "而且": "and", "且": "and", "or": "or", "或者": "or", "或": "or", "not": "not", "非": "not", "不": "not",
    "in": "in", "属于": "in", "不属于": "not in",
}  # fmt: skip
_NUMBER = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
_WORD = re.compile(r"[^\W\d_][\w·%℃]*")
_LONGEST_NUMBER = 15


class Piece(NamedTuple):
    """One piece: ``kind`` is name, text, number, call or sign; ``at`` the place of its first character, counted from 1."""

    kind: str
    text: str
    at: int


def scan(text: str, names: Collection[str], functions: Collection[str]) -> list[Piece]:
    """Return the pieces of an expression. ``names``: the columns; ``functions``: what may be called.

    Raises:
        ExpressionError: it is too long, or holds a character that has no meaning here.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError("too_long", length=len(text), most=MAX_LENGTH)
    pieces: list[Piece] = []
    place = depth = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        found = _next(text, place, names, functions)
        pieces += found
        place = found[-1].at - 1 + _width(text, found[-1])
        for piece in found:
            depth += {"(": 1, ")": -1}.get(half_width(piece.text), 0) if piece.kind == "sign" else 0
        if len(pieces) > MAX_PIECES or depth > MAX_DEPTH or _runs_on(pieces):
            raise ExpressionError("too_complex")
    if not pieces:
        raise ExpressionError("empty")
    return [_called(piece, following) for piece, following in zip(pieces, [*pieces[1:], None], strict=True)]


def _runs_on(pieces: list[Piece]) -> bool:
    """Say whether the last pieces are nothing but signs, which nest as deeply as they are many."""
    return len(pieces) > MAX_DEPTH and all(piece.kind == "sign" for piece in pieces[-MAX_DEPTH:])


def _width(text: str, piece: Piece) -> int:
    """Return how many characters of the text a piece takes, the quotes around it included."""
    opening = text[piece.at - 1]
    quoted = piece.kind == "text" or (piece.kind == "name" and opening in _QUOTES)
    return len(piece.text) + 2 if quoted else len(piece.text)


def _next(text: str, place: int, names: Collection[str], functions: Collection[str]) -> list[Piece]:
    """Return the piece at a place; a run of words without blanks may be several."""
    char = text[place]
    for closing, kind in ((_QUOTES.get(char), "name"), (_TEXTS.get(char), "text")):
        if closing:
            end = text.find(closing, place + 1)
            if end < 0:
                raise ExpressionError("not_closed", quote=char, at=place + 1)
            return [Piece(kind, text[place + 1 : end], place + 1)]
    if found := _NUMBER.match(text, place):
        if len(found.group()) > _LONGEST_NUMBER:
            raise ExpressionError("long_number", at=place + 1)
        return [Piece("number", found.group(), place + 1)]
    for length in (2, 1):
        sign = text[place : place + length]
        if half_width(sign) in _SIGNS and len(sign) == length:
            return [Piece("sign", sign, place + 1)]
    if found := _WORD.match(text, place):
        return _words(found.group(), place + 1, names, functions)
    raise ExpressionError("strange", char=char, at=place + 1)


def _words(run: str, at: int, names: Collection[str], functions: Collection[str]) -> list[Piece]:
    """Return a run of letters as one name or word, or, where Chinese is written without blanks, as the known ones it is made of."""
    if run in names or run in functions:
        return [Piece("name", run, at)]
    if run.lower() in _WORDS:
        return [Piece("sign", run, at)]
    parts = _split(run, names, functions)
    pieces = []
    for part in parts or [run]:
        pieces.append(Piece("sign" if part in _WORDS and part not in names else "name", part, at))
        at += len(part)
    return pieces


def _split(run: str, names: Collection[str], functions: Collection[str]) -> list[str] | None:
    """Return known names and words whose texts make up a run, the longest first; None where it cannot be done."""
    best: dict[int, list[str]] = {len(run): []}
    for start in range(len(run) - 1, -1, -1):
        for end in range(len(run), start, -1):
            part = run[start:end]
            if end in best and (part in _WORDS or part in names or part in functions):
                best[start] = [part, *best[end]]
                break
    return best.get(0)


def _called(piece: Piece, following: Piece | None) -> Piece:
    """Return a name as a call where a bracket follows it."""
    is_call = following is not None and following.kind == "sign" and half_width(following.text) == "("
    return piece._replace(kind="call") if piece.kind == "name" and is_call else piece


def python_source(pieces: list[Piece]) -> tuple[str, list[int]]:
    """Return the source in which every name and text is a placeholder ``_<number of its piece>``, and where each piece begins in it."""
    source = ""
    starts = []
    for number, piece in enumerate(pieces):
        starts.append(len(source))
        if piece.kind == "number":
            plain = half_width(piece.text)
            source += f"{float(plain) if '.' in plain else int(plain)!r} "
        elif piece.kind == "sign":
            source += (_SIGNS.get(half_width(piece.text)) or _WORDS[piece.text.lower()]) + " "
        else:
            source += f"_{number} "
    return source, starts
