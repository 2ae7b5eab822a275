"""What somebody may have meant, and the words that mean the same."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.characters import fold
from toolkit.messages import LANGUAGES, has, text

_NEAR = 60


def nearest(text: str, options: Iterable[str]) -> str:
    """Return the option nearest to a text, or nothing where none is near."""
    from rapidfuzz import fuzz, process

    by_fold = {fold(option): option for option in options}
    best = process.extractOne(fold(text), by_fold, scorer=fuzz.ratio, score_cutoff=_NEAR, processor=None)
    return by_fold[best[0]] if best else ""


def known(text: str, options: Iterable[str]) -> str | None:
    """Return the option that a text spells, however it is spelt, or None."""
    wanted = fold(text)
    return next((option for option in options if option == text), None) or next(
        (option for option in options if fold(option) == wanted), None
    )


def labels(prefix: str, words: Iterable[str], suffix: str = "") -> dict[str, str]:
    """Return what people write → the word it means: the catalogue's labels in both languages, and the word itself."""
    found: dict[str, str] = {}
    for word in words:
        name = f"{prefix}.{word}{suffix}"
        for label in (word, *(text(name, lang) for lang in LANGUAGES if has(name))):
            found.setdefault(label, word)
    return found
