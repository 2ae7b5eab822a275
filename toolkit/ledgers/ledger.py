"""The dictionary ready for use: ledgers with their fields, headings and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import FieldSpec


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
