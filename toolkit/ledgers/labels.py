"""The words of the dictionary workbook: what people write, and what it means."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.messages import LANGUAGES, has, text


def labels(prefix: str, words: Iterable[str], suffix: str = "") -> dict[str, str]:
    """Return what people write → the word it means: the catalogue's labels in both languages, and the word itself."""
    found: dict[str, str] = {}
    for word in words:
        name = f"{prefix}.{word}{suffix}"
        for label in (word, *(text(name, lang) for lang in LANGUAGES if has(name))):
            found.setdefault(label, word)
    return found
