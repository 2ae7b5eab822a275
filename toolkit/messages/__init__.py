"""The one catalogue of everything staff read: TOML files beside this module, Chinese and English twins side by side.

Each file holds one topic. An entry is a table whose leaves are ``zh`` and ``en``; its name is the dotted path without the
file's name, e.g. ``marks.legend.error``. Sentences are filled with ``str.format`` parameters.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for part in sorted(resources.files(__package__).iterdir(), key=lambda item: item.name):
        if part.name.endswith(".toml"):
            _collect(tomllib.loads(part.read_text(encoding="utf-8")), "", entries)
    return entries


def _collect(node: dict[str, Any], path: str, entries: dict[str, dict[str, str]]) -> None:
    if set(node) == set(LANGUAGES):
        entries[path] = node
        return
    for name, child in node.items():
        _collect(child, f"{path}.{name}" if path else name, entries)


def names() -> list[str]:
    """Return the names of all entries."""
    return sorted(_catalogue())


def text(name: str, lang: str = "zh", /, **params: Any) -> str:
    """Return the sentence ``name`` in ``lang``, filled with ``params``.

    Raises:
        KeyError: no such entry, or a parameter is missing: a fault of ours.
    """
    sentence = _catalogue()[name][lang]
    return sentence.format(**params) if params else sentence


def part(name: str, /, **params: Any) -> tuple[str, dict[str, Any]]:
    """Return an entry and what fills it, to be put into words once the reader's language is known."""
    return name, params


def has(name: str) -> bool:
    """Say whether the catalogue holds an entry."""
    return name in _catalogue()
