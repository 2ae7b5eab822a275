"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.characters import fold

_NEAR = 0.66
"""Two of four characters at their places, or one of two: Chinese names are short."""
_HEAD = 0.03


def nearest(text: str, options: Iterable[str]) -> str:
    """Return the option nearest to a text, of two equally near the one that begins alike; nothing where none is near."""
    wanted = fold(text)
    best, highest = "", 0.0
    for option in options:
        near = _likeness(wanted, fold(option))
        if near > highest:
            best, highest = option, near
    return best


def _likeness(one: str, other: str) -> float:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Jaro, Prefix

    near = max(Jaro.similarity(one, other), fuzz.ratio(one, other) / 100)
    return near + _HEAD * Prefix.similarity(one, other) if near >= _NEAR else 0.0


def known(text: str, options: Iterable[str]) -> str | None:
    """Return the option that a text spells, however it is spelt, or None."""
    choices = list(options)
    if text in choices:
        return text
    wanted = fold(text)
    return next((option for option in choices if fold(option) == wanted), None)
