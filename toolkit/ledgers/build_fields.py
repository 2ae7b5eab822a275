"""Entries of fields and aliases → the columns of a ledger, and every spelling of their headings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from toolkit.characters import fold
from toolkit.fields import type_names
from toolkit.fields.base import CodeList, FieldSpec
from toolkit.ledgers.definitions import Entry, Mistake
from toolkit.ledgers.labels import labels
from toolkit.messages import part
from toolkit.suggest import known, nearest

Fields = Mapping[str, FieldSpec]
Aliases = dict[str, list[str]]
"""Field → its aliases."""
LONGEST_NAME = 60
_ONLY_FOR = {"codes": {"code"}, "open": {"code"}, "multiple": {"code"}, "several": {"person_name"}, "mixed": {"amount"},
             "per_person": {"amount"}, "future": {"date"}, "min": {"number", "integer"}, "max": {"number", "integer"},
             "units": {"number", "integer"}}  # fmt: skip
"""Keys of a field that only mean something with some types."""


def build_field(
    entry: Entry, before: Fields, codes: Mapping[str, CodeList], problems: list[Mistake]
) -> FieldSpec | None:
    """Return a field, or None where something is wrong with it. ``before``: those that its ledger already has."""
    count = len(problems)
    name, kind, listed = entry.get("name"), entry.get("type"), entry.get("codes")

    def say(key: str, code: str, near: str = "", **params: Any) -> None:
        problems.append(Mistake(entry.at(key), f"dictionary.{code}", {"field": name, **params}, near))

    if not name:
        say("name", "missing", what="@fields_name")
    elif (
        len(name) > LONGEST_NAME
        or not name.isprintable()
        or '"' in name
        or name.startswith("_")
        or name.endswith("_last")
    ):
        say("name", "bad_name", most=LONGEST_NAME)
    elif (other := known(name, before)) is not None:
        say("name", "field_twice", other=other)
    if kind not in type_names():
        allowed = [part(f"type.{one}.title") for one in type_names()]
        near = nearest(kind, labels("type", type_names(), ".title")) if kind else ""
        say("type", "no_type" if kind else "type_missing", near, type=kind, allowed=allowed)
        return None
    if kind == "code" and listed not in codes:
        near = nearest(listed, codes) if listed else ""
        say("codes", "no_codes" if listed else "codes_missing", near, codes=listed, allowed="、".join(codes))
    for key in entry.values.keys() & _ONLY_FOR.keys():
        if kind not in _ONLY_FOR[key]:
            allowed = [part(f"type.{one}.title") for one in sorted(_ONLY_FOR[key])]
            say(key, "only_for", what=f"@fields_{key}", type=part(f"type.{kind}.title"), allowed=allowed)
    if entry.get("min", 0) > entry.get("max", float("inf")):
        say("max", "min_over_max")
    if len(problems) > count:
        return None
    given = {key: value for key, value in entry.values.items() if key != "ledger"}
    return FieldSpec(**given | {"codes": codes.get(listed), "units": tuple(entry.get("units", ()))})


class AliasBuilder:
    """Gives every alias to its field. ``own``: ledger → field → aliases; ``common``: those that hold in every ledger."""

    def __init__(
        self, fields: Mapping[str, Fields], broken: Mapping[str, Collection[str]], problems: list[Mistake]
    ) -> None:
        self.own: dict[str, Aliases] = {number: {} for number in fields}
        self.common: Aliases = {}
        self._fields, self._broken, self._problems = fields, broken, problems
        self._everywhere = list(dict.fromkeys(name for one in fields.values() for name in one))
        self._claims: dict[tuple[str, str, str], str] = {}

    def add(self, entry: Entry, number: str) -> None:
        """Take an alias; ``number`` is the ledger's id, empty for all of them."""
        alias, given = entry.get("alias"), entry.get("field")
        if not alias or not given:
            key = "alias" if given else "field"
            self._problems.append(Mistake(entry.at(key), "dictionary.missing", {"what": f"@aliases_{key}"}))
            return
        options = list(self._fields[number]) if number else self._everywhere
        name = known(given, options)
        if name is None:
            concerned = [self._broken[number]] if number else self._broken.values()
            if not any(given in names for names in concerned):
                params = {"field": given, "ledger": number or "@every_ledger"}
                self._problems.append(
                    Mistake(entry.at("field"), "dictionary.no_field", params, nearest(given, options))
                )
        elif self._claims_rightly(entry, number, name):
            (self.own[number] if number else self.common).setdefault(name, []).append(alias)

    def _claims_rightly(self, entry: Entry, number: str, name: str) -> bool:
        """Say whether an alias may mean a field: it is no other field's, nor another field's name."""
        alias = entry.get("alias")
        for ledger in [number] if number else [one for one, own in self._fields.items() if name in own]:
            is_name = known(alias, self._fields[ledger]) if number else None
            other = is_name or self._claims.setdefault((number, ledger, fold(alias)), name)
            if other != name:
                params = {"alias": alias, "field": name, "other": other, "ledger": ledger}
                code = "alias_is_name" if is_name else "alias_twice"
                self._problems.append(Mistake(entry.at("alias"), f"dictionary.{code}", params))
                return False
        return True


def headings_of(fields: Fields, common: Aliases) -> dict[str, str]:
    """Return every folded spelling of a heading; a name beats an own alias, an own alias a common one, the first the later."""
    headings: dict[str, str] = {}
    sources: tuple[Iterable[tuple[str, str]], ...] = (
        ((spec.name, spec.name) for spec in fields.values()),
        ((alias, spec.name) for spec in fields.values() for alias in spec.aliases),
        ((alias, spec.name) for spec in fields.values() for alias in common.get(spec.name, ())),
    )
    for source in sources:
        for spelling, field_name in source:
            headings.setdefault(fold(spelling), field_name)
    return headings
