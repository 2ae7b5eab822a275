"""Definitions → the dictionary ready for use, every entry checked against the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import FieldSpec
from toolkit.ledgers.build_codes import build_codes
from toolkit.ledgers.build_fields import AliasBuilder, build_field, headings_of
from toolkit.ledgers.build_rules import RuleBuilder
from toolkit.ledgers.definitions import LEVEL_WORDS, LEVELS, OWNER, Definitions, DictionaryError, Entry, Mistake
from toolkit.ledgers.labels import labels
from toolkit.ledgers.ledger import Dictionary, Ledger, RuleSpec
from toolkit.messages import has, names, part
from toolkit.suggest import known, nearest

_ID = re.compile(r"[A-Za-z][A-Za-z0-9]{0,11}")
_WHO = {"person_name", "id_card", "region", "phone"}
_NAME_KEYS = ("key", "key_without", "telling", "person", "date")


def build(definitions: Definitions) -> Dictionary:
    """Return the dictionary.

    Raises:
        DictionaryError: definitions contradict each other, or name what is not there; every mistake with its place.
    """
    builder = _Builder(definitions)
    ledgers = builder.ledgers()
    if not definitions.ledgers:
        builder.say("", "empty")
    if builder.problems:
        raise DictionaryError(builder.problems)
    headings: dict[str, list[tuple[str, str]]] = {}
    for ledger in ledgers.values():
        for heading, field_name in ledger.headings.items():
            headings.setdefault(heading, []).append((ledger.id, field_name))
    counts = Counter(name for one in ledgers.values() for name in one.fields)
    titles = [(title, one.id) for one in ledgers.values() for title in (one.name, one.short, *one.titles)]
    return Dictionary(
        ledgers,
        builder.null_words,
        {heading: tuple(targets) for heading, targets in headings.items()},
        {name: 1.0 / sqrt(count) for name, count in counts.items()},
        (
            *((fold(title), number) for title, number in titles),
            *((title, one.id) for one in ledgers.values() for title in sorted(one.fallback_titles)),
        ),
        definitions.version(),
    )


class _Builder:
    """Builds table after table, each checked against those before it. Problems are collected and never stop it."""

    def __init__(self, definitions: Definitions) -> None:
        self.problems: list[Mistake] = []
        self._definitions = definitions
        self._codes, self.null_words = build_codes(definitions.codes, self.problems)
        self._flawed: set[str] = set()
        self._entries = self._identified()
        self._fields: dict[str, dict[str, FieldSpec]] = {number: {} for number in self._entries}
        self._broken: dict[str, set[str]] = {number: set() for number in self._entries}

    def say(self, place: str, name: str, near: str = "", /, **params: Any) -> None:
        """Note a mistake."""
        self.problems.append(Mistake(place, f"dictionary.{name}", params, near))

    def ledgers(self) -> dict[str, Ledger]:
        """Return the ledgers by id."""
        for entry in self._definitions.fields:
            self._add_field(entry)
        aliases = AliasBuilder(self._fields, self._broken, self.problems)
        for entry in self._definitions.aliases:
            if not entry.get("ledger"):
                aliases.add(entry, "")
            elif (number := self._owner(entry)) is not None:
                aliases.add(entry, number)
        for number, own in aliases.own.items():
            for name, said in own.items():
                self._fields[number][name] = replace(self._fields[number][name], aliases=tuple(said))
        headings = {number: headings_of(own, aliases.common) for number, own in self._fields.items()}
        rules = self._rules(headings)
        return {
            number: self._ledger(number, entry, rules[number], headings[number])
            for number, entry in self._entries.items()
        }

    def _identified(self) -> dict[str, Entry]:
        """Return the ledgers' entries by id."""
        entries: dict[str, Entry] = {}
        taken: dict[str, str] = {}
        for entry in self._definitions.ledgers:
            number, name = entry.get("id"), entry.get("name")
            before = len(self.problems)
            for key in ("id", "name"):
                if not entry.get(key):
                    self.say(entry.at(key), "missing", what=f"@ledgers_{key}")
            if number and not _ID.fullmatch(number):
                self.say(entry.at("id"), "bad_id", id=number)
            if known(number, entries) is not None:
                self.say(entry.at("id"), "id_twice", id=number)
            elif name and fold(name) in taken:
                self.say(entry.at("name"), "name_twice", name=name, ledger=taken[fold(name)])
            elif number:
                entries[number] = entry
                taken[fold(name)] = number
            if len(self.problems) > before:
                self._flawed.add(number)
        return entries

    def _owner(self, entry: Entry, key: str = "ledger") -> str | None:
        """Return the id of the ledger that an entry names by its id, its name or its short name."""
        given = entry.get(key)
        if not given:
            self.say(entry.at(key), "missing", what="@ledger")
            return None
        by_name = {number: number for number in self._entries}
        for name_key in ("name", "short"):
            for number, one in self._entries.items():
                by_name.setdefault(one.get(name_key), number)
        name = known(given, by_name)
        if name is None:
            self.say(
                entry.at(key), "no_ledger", nearest(given, by_name), ledger=given, allowed="、".join(self._entries)
            )
            return None
        return by_name[name]

    def _add_field(self, entry: Entry) -> None:
        number = self._owner(entry)
        if number is None:
            return
        spec = build_field(entry, self._fields[number], self._codes, self.problems)
        if spec is None:
            self._broken[number].add(entry.get("name"))
        else:
            self._fields[number][spec.name] = spec

    def _rules(self, headings: Mapping[str, Mapping[str, str]]) -> dict[str, list[RuleSpec]]:
        """Return the rules of each ledger; that required fields are filled in is the first."""
        rules = {}
        for number, own in self._fields.items():
            required = [spec.name for spec in own.values() if spec.required]
            rules[number] = [RuleSpec("required", {"fields": required})]
        for entry in self._definitions.rules:
            if (owner := self._owner(entry, OWNER)) is not None:
                builder = RuleBuilder(owner, self._fields, headings[owner], self._broken, self.problems)
                if (made := builder.rule(entry)) is not None:
                    rules[owner].append(made)
        return rules

    def _ledger(self, number: str, entry: Entry, rules: Sequence[RuleSpec], headings: Mapping[str, str]) -> Ledger:
        fields = self._fields[number]
        rhythm = entry.get("rhythm", "continuous")
        if not has(f"rhythm.{rhythm}"):
            rhythms = [name.removeprefix("rhythm.") for name in names() if name.startswith("rhythm.")]
            allowed = [part(f"rhythm.{one}") for one in rhythms]
            self.say(
                entry.at("rhythm"),
                "no_rhythm",
                nearest(rhythm, labels("rhythm", rhythms)),
                rhythm=rhythm,
                allowed=allowed,
            )
        levels = tuple(dict.fromkeys(LEVEL_WORDS.get(level, level) for level in entry.get("levels", ())))
        for level in levels:
            if level not in LEVELS:
                self.say(entry.at("levels"), "no_level", nearest(level, LEVELS), level=level, allowed="、".join(LEVELS))
        if not fields and not self._broken[number] and number not in self._flawed:
            self.say(entry.at("id"), "no_fields", ledger=number)
        given = {key: self._columns(number, entry, key) for key in _NAME_KEYS}
        date = next(iter(given["date"]), None)
        if date is not None and date in fields and fields[date].type != "date":
            self.say(entry.at("date"), "no_date_column", field=date, type=part(f"type.{fields[date].type}.title"))
        own = [spec.name for spec in fields.values()
               if spec.required and spec.type not in _WHO and spec.name not in ("性别", "民族")]  # fmt: skip
        return Ledger(
            number, entry.get("name"), entry.get("short") or entry.get("name"), tuple(entry.get("titles", ())),
            levels, rhythm, tuple(given["key"]), tuple(given["key_without"]), tuple(given["telling"] or own),
            next(iter(given["person"]), None), date, fields, tuple(rules), headings,
            tuple(spec.name for spec in fields.values() if spec.required),
            next((spec.name for spec in fields.values() if spec.type == "id_card"), None),
            frozenset(map(fold, entry.get("fallback_titles", ()))), not entry.get("on_occasion", False),
        )  # fmt: skip

    def _columns(self, number: str, entry: Entry, key: str) -> list[str]:
        """Return the fields that a key of a ledger names, in their own spelling."""
        value = entry.get(key, ())
        found = []
        for given in [value] if isinstance(value, str) else value:
            name = known(given, self._fields[number])
            if name is None and given not in self._broken[number]:
                near = nearest(given, self._fields[number])
                self.say(entry.at(key), "key_no_field", near, field=given, key=f"@ledgers_{key}", ledger=number)
            found.append(name or given)
        return found
