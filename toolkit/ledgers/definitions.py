"""The dictionary as somebody wrote it: five flat tables of entries, the same whether they were read from TOML or from a workbook.

Every entry knows where each of its values stands, so that a mistake is told at its own cell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from toolkit.characters import visible
from toolkit.messages import has, text
from toolkit.model import split_cell

TEXT, TEXTS, NUMBER, YES = "text", "texts", "number", "yes"
UNIT = "单位"
"""The level of a unit or a system of the city (教育系统, a company) that has a veterans' office."""
PROVINCE, CITY, COUNTY, TOWNSHIP = "省", "地市", "市", "乡镇"
LEVELS = (PROVINCE, CITY, COUNTY, TOWNSHIP, "村", "社区", UNIT, "其他")
"""The levels of stations. 市 is the county's: a county-level city, a county, a district and a banner owe the same ledgers."""
LEVEL_WORDS = {
    **dict.fromkeys(("省级", "自治区", "直辖市"), PROVINCE),
    **dict.fromkeys(("地级市", "地级", "设区市", "州", "自治州", "盟", "地区"), CITY),
    **dict.fromkeys(("县", "市级", "县级", "县级市", "区", "市辖区", "旗", "自治县"), COUNTY),
    **dict.fromkeys(("镇", "乡", "街道", "乡级", "乡镇级"), TOWNSHIP),
    "村级": "村",
    **dict.fromkeys(("系统", "机关", "企业"), UNIT),
}
"""What people write for a level, in a roster or in a dictionary → the level."""
OFFERED = (PROVINCE, CITY, "县", *LEVELS[2:])
"""The levels to choose from in a roster: 县 beside 市, for the same."""
NULL_LIST = "空值词"
"""The name under which the words for "nothing" stand among the code lists."""

LEDGER_KEYS = {"id": TEXT, "name": TEXT, "short": TEXT, "titles": TEXTS, "fallback_titles": TEXTS, "levels": TEXTS,
               "on_occasion": YES, "rhythm": TEXT, "key": TEXTS,
               "key_without": TEXTS, "telling": TEXTS, "person": TEXT, "date": TEXT}  # fmt: skip
FIELD_KEYS = {"ledger": TEXT, "name": TEXT, "type": TEXT, "required": YES, "column_required": YES, "codes": TEXT, "open": YES,
              "multiple": YES, "several": YES, "mixed": YES, "per_person": YES, "future": YES, "min": NUMBER, "max": NUMBER,
              "units": TEXTS, "group": TEXT, "note": TEXT}  # fmt: skip
ALIAS_KEYS = {"ledger": TEXT, "field": TEXT, "alias": TEXT}
CODE_KEYS = {"list": TEXT, "value": TEXT, "synonyms": TEXTS, "without_suffix": TEXT}
KEYS = {"ledgers": LEDGER_KEYS, "fields": FIELD_KEYS, "aliases": ALIAS_KEYS, "codes": CODE_KEYS}
"""Table → key → kind of value. A rule has :data:`OWNER`, ``rule`` and the settings that ``rules/settings.toml`` declares."""
OWNER = "own"
"""The key of a rule's ledger; ``ledger`` is a setting of some rules, and means another one."""


class Mistake(NamedTuple):
    """One mistake: where, the entry of the catalogue that says what is wrong, and what may have been meant."""

    place: str
    name: str
    params: Mapping[str, Any]
    near: str = ""

    def sentence(self, lang: str) -> str:
        """Return the mistake in words, its place first."""
        words = {key: _worded(value, lang) for key, value in self.params.items()}
        said = text(self.name, lang, **words)
        hint = text("dictionary.did_you_mean", lang, near=self.near) if self.near else ""
        return f"{self.place}  {said}{hint}" if self.place else f"{said}{hint}"


def _worded(value: Any, lang: str) -> Any:
    """Return a parameter in words.

    ``@name`` is an entry under ``dictionary.part``; a tuple is the name of an entry and what fills it; a list is several of these.
    """
    if isinstance(value, tuple):
        return text(value[0], lang, **{key: _worded(inner, lang) for key, inner in value[1].items()})
    if isinstance(value, list):
        return "、".join(str(_worded(item, lang)) for item in value)
    if not isinstance(value, str):
        return value
    part = f"dictionary.part.{value[1:]}"
    return text(part, lang) if value.startswith("@") and has(part) else value.replace("\n", "⏎")


class DictionaryError(Exception):
    """A dictionary is wrong; ``problems`` holds every mistake, ``file`` names it where it is a workbook of the administrator's."""

    def __init__(self, problems: Iterable[Mistake], file: str = "") -> None:
        self.problems = list(problems)
        self.file = file
        super().__init__("; ".join(problem.sentence("en") for problem in self.problems))

    def sentences(self, lang: str) -> list[str]:
        """Return what is wrong: a heading that names the file, where there is one, and one sentence a mistake."""
        alike: dict[str, list[str]] = {}
        for problem in self.problems:
            alike.setdefault(problem._replace(place="").sentence(lang), []).append(problem.place)
        said = [f"{place}  {sentence}" if place else sentence
                for sentence, places in alike.items() for place in _together(places)]  # fmt: skip
        if not self.file:
            return said
        return [text("dictionary.heading", lang, file=self.file, count=len(said)), *(f"  {one}" for one in said)]


def _together(places: Iterable[str]) -> list[str]:
    """Return places with cells that follow one another as one: 字段!A5, 字段!A6 → 字段!A5:A6."""
    runs: list[tuple[str, str, str]] = []
    for place in places:
        sheet, _, cell = place.partition("!")
        if runs and cell and runs[-1][0] == sheet and _is_below(runs[-1][2], cell):
            runs[-1] = (sheet, runs[-1][1], cell)
        else:
            runs.append((sheet, cell, cell))
    return [
        f"{sheet}!{first}" + (f":{last}" if last != first else "") if first else sheet for sheet, first, last in runs
    ]


def _is_below(above: str, cell: str) -> bool:
    (row, column), (next_row, same) = split_cell(above), split_cell(cell)
    return column == same and next_row == row + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its values by key (blank ones left out), and where the value of each key stands."""

    values: Mapping[str, Any]
    at: Callable[[str], str] = field(compare=False, repr=False)

    def get(self, key: str, default: Any = "") -> Any:
        """Return the value of a key."""
        return self.values.get(key, default)


@dataclass(slots=True)
class Definitions:
    """The five tables. ``codes`` also holds the words for "nothing", as the list :data:`NULL_LIST`."""

    ledgers: list[Entry] = field(default_factory=list)
    fields: list[Entry] = field(default_factory=list)
    aliases: list[Entry] = field(default_factory=list)
    codes: list[Entry] = field(default_factory=list)
    rules: list[Entry] = field(default_factory=list)

    def version(self) -> str:
        """Return what changes with any entry, and with nothing else."""
        tables = {name: [dict(entry.values) for entry in getattr(self, name)] for name in self.__slots__}
        plain = json.dumps(tables, ensure_ascii=False, sort_keys=True, default=date.isoformat)
        return hashlib.blake2b(plain.encode(), digest_size=12).hexdigest()


def normal(value: Any) -> Any:
    """Return a value in the one form in which it is compared: no blanks at the ends, whole numbers whole, nothing as None."""
    if isinstance(value, str):
        return visible(value) or None
    if isinstance(value, bool):
        return value or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (list, tuple)):
        return [made for item in value if (made := normal(item)) is not None] or None
    if isinstance(value, Mapping):
        return {key: normal(item) for key, item in value.items()} or None
    return value


def entry(values: Mapping[str, Any], at: Callable[[str], str]) -> Entry:
    """Return an entry with its values in normal form, blank ones left out."""
    kept = {key: made for key, value in values.items() if (made := normal(value)) is not None}
    return Entry(kept, at)
