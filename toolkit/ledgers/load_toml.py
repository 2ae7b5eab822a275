"""TOML files → definitions: one file a ledger, ``common.toml`` what all of them share, ``codes.toml`` the code lists."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from toolkit.ledgers.definitions import (
    KEYS,
    NULL_LIST,
    OWNER,
    TEXT,
    TEXTS,
    YES,
    Definitions,
    DictionaryError,
    Mistake,
    entry,
)

_COMMON, _CODES = "common.toml", "codes.toml"
_NESTED = {"fields", "rules"}


def read_toml(files: Mapping[str, bytes]) -> Definitions:
    """Return the definitions in some files; file name → its bytes.

    Raises:
        DictionaryError: a file is no TOML, or holds keys or kinds of values that do not belong there.
    """
    problems: list[Mistake] = []
    parsed = {name: _parsed(name, files[name], problems) for name in sorted(files)}
    reader = _Reader(problems)
    common, codes = parsed.pop(_COMMON, {}), parsed.pop(_CODES, {})
    for name, content in parsed.items():
        reader.ledger(name, content)
    for field, aliases in common.get("aliases", {}).items():
        reader.aliases(_COMMON, "", field, aliases)
    for name, content in codes.items():
        reader.codes(name, content)
    for word in common.get("null_words", {}).get("words", []):
        reader.made.codes.append(entry({"list": NULL_LIST, "value": word}, _place(f"{_COMMON} null_words")))
    if problems:
        raise DictionaryError(problems)
    return reader.made


def _parsed(name: str, data: bytes, problems: list[Mistake]) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Mistake(name, "dictionary.no_toml", {"reason": str(error)[:120]}))
        return {}


def _place(where: str) -> Callable[[str], str]:
    return lambda key: f"{where} {key}".rstrip()


class _Reader:
    """Flattens the files into the five tables."""

    def __init__(self, problems: list[Mistake]) -> None:
        self.made = Definitions()
        self._problems = problems

    def ledger(self, name: str, content: Mapping[str, Any]) -> None:
        own = {key: value for key, value in content.items() if key not in _NESTED}
        self._check(name, own, {**KEYS["ledgers"], "owed": YES})
        own["on_occasion"] = own.pop("owed", True) is False
        number = str(content.get("id", ""))
        self.made.ledgers.append(entry(own, _place(name)))
        for field in content.get("fields", []):
            where = f"{name} {field.get('name', '?')}"
            values = {key: value for key, value in field.items() if key != "aliases"}
            self._check(where, values, KEYS["fields"])
            self.made.fields.append(entry({"ledger": number, **values}, _place(where)))
            self.aliases(name, number, str(field.get("name", "")), field.get("aliases", []))
        for place, rule in enumerate(content.get("rules", []), 1):
            where = f"{name} rules[{place}]"
            self.made.rules.append(entry({OWNER: number, **rule}, _place(where)))

    def aliases(self, name: str, ledger: str, field: str, aliases: Iterable[str]) -> None:
        where = _place(f"{name} {field} aliases")
        self.made.aliases += [entry({"ledger": ledger, "field": field, "alias": alias}, where) for alias in aliases]

    def codes(self, name: str, content: Mapping[str, Any]) -> None:
        where = f"{_CODES} {name}"
        self._check(where, content, {"values": TEXTS, "synonyms": "mapping", "without_suffix": TEXT})
        meant: dict[str, list[str]] = {value: [] for value in content.get("values", [])}
        for word, value in content.get("synonyms", {}).items():
            if value in meant:
                meant[value].append(word)
            else:
                params = {"synonym": word, "value": value, "list": name}
                self._problems.append(Mistake(where, "dictionary.synonym_of_nothing", params))
        suffix = content.get("without_suffix", "")
        for value, words in meant.items():
            values = {"list": name, "value": value, "synonyms": words, "without_suffix": suffix}
            self.made.codes.append(entry(values, _place(where)))
            suffix = ""

    def _check(self, where: str, values: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
        """Note keys that do not belong there and values of the wrong kind."""
        for key, value in values.items():
            if key not in kinds:
                allowed = "、".join(kinds)
                self._problems.append(Mistake(where, "dictionary.unknown_key", {"key": key, "allowed": allowed}))
            elif not _fits(value, kinds[key]):
                self._problems.append(
                    Mistake(f"{where} {key}", f"dictionary.no_{kinds[key]}", {"value": str(value)[:40]})
                )


def _fits(value: Any, kind: str) -> bool:
    if kind == TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == YES:
        return isinstance(value, bool)
    if kind == "mapping":
        return isinstance(value, dict)
    if kind == TEXT:
        return isinstance(value, str)
    return isinstance(value, (int, float)) and not isinstance(value, bool)
