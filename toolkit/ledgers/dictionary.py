"""The dictionary: ledgers, fields, aliases, code lists and rules, loaded from TOML and ready for use.

A mistake in a definition is a :class:`DictionaryError` that names the ledger, the field and what is allowed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from math import sqrt
from pathlib import Path
from typing import Any

from toolkit.characters import fold
from toolkit.fields import type_names
from toolkit.fields.base import CodeList, FieldSpec

_SPEC_KEYS = frozenset(FieldSpec.__dataclass_fields__)
_LEDGER_KEYS = {
    "id",
    "name",
    "short",
    "titles",
    "fallback_titles",
    "levels",
    "owed",
    "rhythm",
    "key",
    "key_without",
    "telling",
    "person",
    "date",
    "fields",
    "rules",
}


class DictionaryError(Exception):
    """A definition is wrong; ``problems`` holds one sentence per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of a ledger: the module's name and its settings as declared."""

    rule: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One kind of table.

    ``headings`` maps every folded spelling of a heading to its field; ``telling``: the fields without any of which a table is not
    taken for this ledger, however many others fit; ``required``: those that must be filled in every row; ``id_field``: the one that
    holds the person's own ID number, where the ledger has one; ``fallback_titles``: titles, folded, that only count where nothing else is named.
    ``owed``: whether the stations of its ``levels`` must send it (the roster may say otherwise); others send it when they have something.
    """

    id: str
    name: str
    short: str
    titles: tuple[str, ...]
    levels: tuple[str, ...]
    rhythm: str
    key: tuple[str, ...]
    key_without: tuple[str, ...]
    telling: tuple[str, ...]
    person: str | None
    date: str | None
    fields: Mapping[str, FieldSpec]
    rules: tuple[RuleSpec, ...]
    headings: Mapping[str, str] = field(repr=False)

    required: tuple[str, ...] = ()
    id_field: str | None = None
    fallback_titles: frozenset[str] = frozenset()
    owed: bool = True


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All definitions.

    ``headings``: folded heading → the (ledger, field) pairs it may mean; ``weights``: field → how much it tells of its ledger;
    ``titles``: (folded title, ledger) of everything a ledger is called; ``version`` changes with any entry.
    """

    ledgers: Mapping[str, Ledger]
    null_words: frozenset[str]
    headings: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    weights: Mapping[str, float] = field(repr=False)
    titles: tuple[tuple[str, str], ...] = field(repr=False)
    version: str = ""

    def named(self, text: str) -> Ledger | None:
        """Return the ledger that a person calls ``text``: its id, its name or a title of its."""
        wanted = fold(text)
        for ledger in self.ledgers.values():
            if wanted in {fold(ledger.id), fold(ledger.name), fold(ledger.short), *map(fold, ledger.titles)}:
                return ledger
        return None


def load_dictionary(path: Path | None = None) -> Dictionary:
    """Return the dictionary in the folder ``path``, or the built-in one.

    Raises:
        DictionaryError: a definition is wrong.
    """
    return _built_in() if path is None else _load({item.name: item.read_bytes() for item in path.glob("*.toml")})


@lru_cache(maxsize=1)
def _built_in() -> Dictionary:
    package = resources.files(__package__)
    return _load({item.name: item.read_bytes() for item in package.iterdir() if item.name.endswith(".toml")})


def _load(files: Mapping[str, bytes]) -> Dictionary:
    parsed = {name: tomllib.loads(files[name].decode("utf-8")) for name in sorted(files)}
    common, codes = parsed.pop("common.toml", {}), parsed.pop("codes.toml", {})
    code_lists = {
        name: CodeList.build(name, tuple(entry["values"]), entry.get("synonyms", {}), entry.get("without_suffix", ""))
        for name, entry in codes.items()
    }
    problems: list[str] = []
    ledgers: dict[str, Ledger] = {}
    for name, entry in parsed.items():
        ledger = _ledger(name, entry, common.get("aliases", {}), code_lists, problems)
        if ledger is not None:
            if ledger.id in ledgers:
                problems.append(f"{name}: id {ledger.id!r} is used twice")
            ledgers[ledger.id] = ledger
    if problems:
        raise DictionaryError(problems)
    headings: dict[str, list[tuple[str, str]]] = {}
    for ledger in ledgers.values():
        for heading, field_name in ledger.headings.items():
            headings.setdefault(heading, []).append((ledger.id, field_name))
    digest = hashlib.blake2b(digest_size=12)
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name])
    return Dictionary(
        ledgers,
        frozenset(fold(word) for word in common.get("null_words", {}).get("words", [])) - {""},
        {heading: tuple(targets) for heading, targets in headings.items()},
        {
            name: 1.0 / sqrt(count)
            for name, count in Counter(name for one in ledgers.values() for name in one.fields).items()
        },
        tuple(
            (fold(title), ledger.id)
            for ledger in ledgers.values()
            for title in (ledger.name, ledger.short, *ledger.titles)
        )
        + tuple((title, ledger.id) for ledger in ledgers.values() for title in ledger.fallback_titles),
        digest.hexdigest(),
    )


def _ledger(
    name: str,
    entry: dict[str, Any],
    aliases: Mapping[str, list[str]],
    codes: Mapping[str, CodeList],
    problems: list[str],
) -> Ledger | None:
    before = len(problems)
    problems.extend(
        f"{name}: unknown key {key!r}; allowed: {', '.join(sorted(_LEDGER_KEYS))}" for key in set(entry) - _LEDGER_KEYS
    )
    problems.extend(f"{name}: {key!r} is missing" for key in ("id", "name", "fields") if key not in entry)
    if len(problems) > before:
        return None
    fields: dict[str, FieldSpec] = {}
    for item in entry["fields"]:
        if spec := _field(name, item, codes, problems):
            if spec.name in fields:
                problems.append(f"{name}: field {spec.name!r} is defined twice")
            fields[spec.name] = spec
    rules = [RuleSpec("required", {"fields": [spec.name for spec in fields.values() if spec.required]})]
    for rule in entry.get("rules", []):
        settings = {key: value for key, value in rule.items() if key != "rule"}
        rules.append(RuleSpec(rule.get("rule", ""), settings))
        problems.extend(_unknown_fields(name, rule, fields))
    for key in ("key", "key_without"):
        problems.extend(
            f"{name}: {key} names {unknown!r}, which is no field" for unknown in set(entry.get(key, [])) - set(fields)
        )
    return Ledger(
        entry["id"], entry["name"], entry.get("short", entry["name"]), tuple(entry.get("titles", [])),
        tuple(entry.get("levels", [])), entry.get("rhythm", "continuous"), tuple(entry.get("key", [])),
        tuple(entry.get("key_without", [])), _telling(entry, fields), entry.get("person"), entry.get("date"), fields, tuple(rules),
        _headings(fields, aliases), tuple(spec.name for spec in fields.values() if spec.required),
        next((spec.name for spec in fields.values() if spec.type == "id_card"), None),
        frozenset(map(fold, entry.get("fallback_titles", []))), bool(entry.get("owed", True)),
    )  # fmt: skip


def _unknown_fields(name: str, rule: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> list[str]:
    """Return a sentence for every field a rule names that the ledger does not have."""
    from toolkit.rules import FIELD_SETTINGS, rule_names

    if rule.get("rule") not in rule_names():
        return [f"{name}: there is no rule {rule.get('rule')!r}; there are: {', '.join(rule_names())}"]
    named = [value for key, value in rule.items() if key in FIELD_SETTINGS and isinstance(value, str)]
    named += [*rule.get("fields", []), *rule.get("apart", [])]
    return [
        f"{name}: rule {rule['rule']!r} names {field_name!r}, which is no field"
        for field_name in named
        if field_name not in fields
    ]


def _field(name: str, item: dict[str, Any], codes: Mapping[str, CodeList], problems: list[str]) -> FieldSpec | None:
    label = f"{name}: field {item.get('name', '?')!r}"
    unknown = set(item) - _SPEC_KEYS
    problems.extend(f"{label}: unknown key {key!r}; allowed: {', '.join(sorted(_SPEC_KEYS))}" for key in unknown)
    if item.get("type") not in type_names():
        problems.append(f"{label}: there is no type {item.get('type')!r}; there are: {', '.join(type_names())}")
        return None
    if item["type"] == "code" and item.get("codes") not in codes:
        problems.append(f"{label}: there is no code list {item.get('codes')!r}; there are: {', '.join(codes)}")
        return None
    if unknown or "name" not in item:
        return None
    given = dict(item)
    given["codes"] = codes.get(item.get("codes", ""))
    given["aliases"] = tuple(item.get("aliases", ()))
    given["units"] = tuple(item.get("units", ()))
    return FieldSpec(**given)


def _telling(entry: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> tuple[str, ...]:
    """Return the declared telling fields, else those required ones that say more than who somebody is."""
    common = {"person_name", "id_card", "region", "phone"}
    own = [
        spec.name
        for spec in fields.values()
        if spec.required and spec.type not in common and spec.name not in ("性别", "民族")
    ]
    return tuple(entry.get("telling", own))


def _headings(fields: Mapping[str, FieldSpec], aliases: Mapping[str, list[str]]) -> dict[str, str]:
    """Return every folded spelling of a heading; a name beats an own alias, an own alias a common one, the first the later."""
    headings: dict[str, str] = {}
    for names in (
        ((spec.name, spec.name) for spec in fields.values()),
        ((alias, spec.name) for spec in fields.values() for alias in spec.aliases),
        ((alias, spec.name) for spec in fields.values() for alias in aliases.get(spec.name, ())),
    ):
        for spelling, field_name in names:
            headings.setdefault(fold(spelling), field_name)
    return headings
