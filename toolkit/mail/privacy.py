"""What may leave in a mail: numbers and names masked, quotations from the ledgers only where they cannot name a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from toolkit.ledgers.dictionary import Dictionary
from toolkit.masking import mask_number, mask_text
from toolkit.output.places import short, within
from toolkit.output.sql import quoted
from toolkit.results import Results
from toolkit.roster import Roster

_SPLIT = re.compile(r"[、,，;；/／\s（）()]+")
_QUOTED = re.compile(r"“([^“”]*)”")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_COUNTING = frozenset("年月日号元角分万千百十亿约底初末多少以上下旬中余整个人次岁第时点半零〇一二两三四五六七八九")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9}|[0-9]{16,19})(?![0-9A-Za-z])")
_LONGEST = 20


def mask_name(name: str) -> str:
    """Return a person's name with all but its first character starred: ``李慧敏`` → ``李**``."""
    name = name.strip()
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def guard(text: str, keep: str = "") -> str:
    """Return a finished text with every ID, phone or account number masked that got past everything else, but those in ``keep``."""
    return _NUMBER.sub(lambda found: found.group() if found.group() in keep else mask_number(found.group()), text)


class Discretion:
    """Knows the names in the ledgers and the words that are none; makes texts fit to be mailed."""

    def __init__(self, names: Iterable[str], words: Iterable[str] = ()) -> None:
        self._words = frozenset(words)
        self._names = frozenset(name for name in names if 2 <= len(name) <= _LONGEST and name not in self._words)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def text(self, text: str) -> str:
        """Return a text (a file's name, a sheet's, a sentence) with numbers and known names masked."""
        text = mask_text(text)
        if not self._names:
            return text
        made, place = [], 0
        while place < len(text):
            length = next((n for n in self._lengths if text[place : place + n] in self._names), 0)
            made.append(mask_name(text[place : place + length]) if length else text[place])
            place += length or 1
        return "".join(made)

    def sentence(self, sentence: str) -> str:
        """Return a finding's sentence: what it quotes from a cell stays only where it is no person's."""
        return self.text(
            _QUOTED.sub(lambda found: f"“{found[1] if self._harmless(found[1]) else mask_name(found[1])}”", sentence)
        )

    def word(self, word: str) -> str | None:
        """Return what a cell holds or should hold where that is harmless, else None."""
        return self.text(word) if self._harmless(word) else None

    def _harmless(self, word: str) -> bool:
        """Say whether a quoted word is one of the dictionary's, a station, a number or a date, or names nobody."""
        if len(word) < 2 or word in self._words:
            return True
        if all(part in self._words for part in _SPLIT.split(word) if part):
            return True
        letters = [char for char in word if _HAN.match(char) and char not in _COUNTING]
        return len(letters) < 2 and (any(char.isdigit() for char in word) or not any(char.isalpha() for char in word))


def words_of(dictionary: Dictionary) -> frozenset[str]:
    """Return every word of the dictionary: ledgers, fields, their aliases and choices."""
    words: set[str] = set(dictionary.null_words)
    for ledger in dictionary.ledgers.values():
        words |= {ledger.id, ledger.name, ledger.short, *ledger.titles}
        for spec in ledger.fields.values():
            words |= {spec.name, *spec.aliases}
            if spec.codes:
                words |= {*spec.codes.values, *spec.codes.synonyms}
    return frozenset(words)


def words_of_stations(roster: Roster) -> set[str]:
    """Return everything the stations are called."""
    words: set[str] = set()
    for station in roster.stations.values():
        upper = roster.township(station) or station
        words |= {station.name, short(station.name), within(station.name, upper.name), *station.aliases}
        if roster.several:
            words |= {roster.in_full(station), short(roster.in_full(station))}
    return words


def discretion(results: Results, report: Mapping[str, Any]) -> Discretion:
    """Return what is known of a county: every name in a column of names, the roster's contacts, and the words that name nobody.

    ``report`` is ``report.json``: what its findings quote from columns of names are names too.
    """
    names: set[str] = {station.contact for station in results.roster.stations.values()}
    fields: set[tuple[str, str]] = set()
    for ledger in results.dictionary.ledgers.values():
        own = [spec.name for spec in ledger.fields.values() if spec.type == "person_name"]
        fields |= {(ledger.id, name) for name in own}
        if own and ledger.id in results.rows.ledgers:
            names |= _stored(results, ledger.id, own)
    for entry in report["findings"]:
        if (entry["ledger"], entry["field"]) in fields:
            names |= _parts(entry["value"]) | _parts(entry["suggestion"])
    return Discretion(names, words_of(results.dictionary) | words_of_stations(results.roster))


def _stored(results: Results, ledger: str, fields: Sequence[str]) -> set[str]:
    """Return the names in the rows of a ledger, those that could not be read as one name included."""
    names: set[str] = set()
    for name in fields:
        for (value,) in results.rows.query(f"SELECT DISTINCT {quoted(name)} FROM {quoted(ledger)}"):  # noqa: S608
            names |= _parts(value)
    for (unparsed,) in results.rows.query(f"SELECT DISTINCT _unparsed FROM {quoted(ledger)} WHERE _unparsed <> ''"):  # noqa: S608
        texts = json.loads(unparsed)
        for name in fields:
            names |= _parts(texts.get(name))
    return names


def _parts(text: str | None) -> set[str]:
    return {text, *_SPLIT.split(text)} if text else set()
