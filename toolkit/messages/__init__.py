"""The one catalogue of everything staff read: TOML files beside this module, Chinese and English twins side by side.

Each file holds one topic. An entry is a table whose leaves are ``zh`` and ``en``; its name is the dotted path without the
file's name, e.g. ``marks.legend.error``. Sentences are filled with ``str.format`` parameters.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")
_TABLE = re.compile(r"(?m)^\[\"?([^\].\"]+)")


@cache
def _parts() -> dict[str, str]:
    """Return the files by name, as they are written."""
    found = (item for item in resources.files(__package__).iterdir() if item.name.endswith(".toml"))
    return {item.name: item.read_text(encoding="utf-8") for item in sorted(found, key=lambda item: item.name)}


@cache
def _topics() -> dict[str, list[str]]:
    """Return in which files the tables of each topic stand."""
    found: dict[str, list[str]] = {}
    for part, written in _parts().items():
        for topic in dict.fromkeys(_TABLE.findall(written)):
            found.setdefault(topic, []).append(part)
    return found


@cache
def _part(name: str) -> dict[str, dict[str, str]]:
    """Return the entries of a file."""
    entries: dict[str, dict[str, str]] = {}
    _collect(tomllib.loads(_parts()[name]), "", entries)
    return entries


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    """Return the entries of all files."""
    return {name: entry for part in _parts() for name, entry in _part(part).items()}


@cache
def _entry(name: str) -> dict[str, str] | None:
    """Return an entry. Files are read as they are needed: most commands say little, and should say it at once."""
    for part in _topics().get(name.partition(".")[0], ()):
        if name in (entries := _part(part)):
            return entries[name]
    return _catalogue().get(name)


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
    entry = _entry(name)
    if entry is None:
        raise KeyError(name)
    sentence = entry[lang]
    return sentence.format(**params) if params else sentence


def part(name: str, /, **params: Any) -> tuple[str, dict[str, Any]]:
    """Return an entry and what fills it, to be put into words once the reader's language is known."""
    return name, params


def has(name: str) -> bool:
    """Say whether the catalogue holds an entry."""
    return _entry(name) is not None
