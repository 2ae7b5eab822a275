"""Entries of the code lists → code lists, and the words for "nothing"."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.characters import fold
from toolkit.fields.base import CodeList
from toolkit.ledgers.definitions import NULL_LIST, Entry, Mistake


def build_codes(entries: Iterable[Entry], problems: list[Mistake]) -> tuple[dict[str, CodeList], frozenset[str]]:
    """Return the code lists by name, and the folded words for "nothing"."""
    lists: dict[str, list[Entry]] = {}
    null_words = set()
    for entry in entries:
        missing = [key for key in ("list", "value") if not entry.get(key)]
        problems.extend(Mistake(entry.at(key), "dictionary.missing", {"what": f"@codes_{key}"}) for key in missing)
        if missing:
            continue
        if entry.get("list") == NULL_LIST:
            null_words.add(fold(entry.get("value")))
        else:
            lists.setdefault(entry.get("list"), []).append(entry)
    return {name: _code_list(name, own, problems) for name, own in lists.items()}, frozenset(null_words - {""})


def _code_list(name: str, entries: list[Entry], problems: list[Mistake]) -> CodeList:
    values: dict[str, str] = {}
    for entry in entries:
        value = entry.get("value")
        if fold(value) in values:
            problems.append(Mistake(entry.at("value"), "dictionary.value_twice", {"value": value, "list": name}))
        values.setdefault(fold(value), value)
    synonyms: dict[str, str] = {}
    meant: dict[str, str] = {}
    for entry in entries:
        for word in entry.get("synonyms", []):
            other = values.get(fold(word), meant.get(fold(word), entry.get("value")))
            if other != entry.get("value"):
                params = {"synonym": word, "value": entry.get("value"), "other": other}
                problems.append(Mistake(entry.at("synonyms"), "dictionary.synonym_twice", params))
            meant.setdefault(fold(word), entry.get("value"))
            synonyms.setdefault(word, entry.get("value"))
    suffixes = {entry.get("without_suffix"): entry for entry in entries if entry.get("without_suffix")}
    for suffix, entry in list(suffixes.items())[1:]:
        params = {"list": name, "suffix": suffix, "other": next(iter(suffixes))}
        problems.append(Mistake(entry.at("without_suffix"), "dictionary.suffix_twice", params))
    return CodeList.build(name, tuple(entry.get("value") for entry in entries), synonyms, next(iter(suffixes), ""))
