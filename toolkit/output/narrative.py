"""The overview and the periodic reports as text: sentences filled in from the figures, and nothing that the ledgers do not say.

A clause whose figures have no rows in the window is left out, and named to the officer.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from toolkit.messages import text
from toolkit.output.facts import Facts
from toolkit.output.figure_model import Figure, Part
from toolkit.output.figures import not_computed
from toolkit.output.phrases import number, phrase
from toolkit.output.places import percent
from toolkit.output.windows import Window
from toolkit.results import Results

_MOST_ITEMS = 20
_UNSAID = "\0"
"""What stands in a clause for something that the ledgers do not say: it drops the clause."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph under its heading."""

    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class Narrative:
    """A report's text. ``notes`` are for the officer: what was left out and why, what to check before sending."""

    title: str
    subtitle: str
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...] = field(default=())

    def lines(self, lang: str = "zh") -> list[str]:
        """Return the text as lines: title, window, headings and paragraphs."""
        numbers = text("report.numbers", lang).split()
        body = []
        for mark, one in zip(numbers, self.paragraphs, strict=False):
            body += [text("report.heading", lang, number=mark, words=one.heading), one.words]
        return [self.title, self.subtitle, "", *(body or [text("report.nothing", lang)])]


@cache
def _outline() -> tuple[Mapping[str, Any], ...]:
    content = resources.files(__package__).joinpath("narrative.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(content)["paragraph"])


def figures_of(figures: Sequence[Figure], kind: str) -> list[Figure]:
    """Return the figures that a report tells: ``week``, ``month``, ``quarter``, or ``year`` for the overview."""
    return [one for one in figures if (one.section == "year" if kind == "year" else kind in one.reports)]


def narrate(
    results: Results, facts: Facts, figures: Sequence[Figure], window: Window, kind: str, lang: str = "zh", *, exact: bool = False
) -> Narrative:  # fmt: skip
    """Return the text of a report over ``results``, whose period is ``window``; ``exact``: no rounded numbers."""
    own = figures_of(figures, kind)
    words: dict[str, Any] = {one.id: _Words(one, results, lang, exact=exact) for one in own if one.told}
    if facts.county.due:
        words["reporting"] = _Reporting(results, facts)
    paragraphs = []
    silent: set[str] = set()
    for entry in _outline():
        if kind in entry["kinds"]:
            sentences = [_sentence(clauses, words, silent, lang) for clauses in entry["sentences"]]
            told = "".join(sentence for sentence in sentences if sentence)
            if told:
                paragraphs.append(Paragraph(text(f"text.heading.{entry['heading']}", lang), told.strip()))
    county = results.county_name or text("out.notice.county", lang)
    known = {one.id: one for one in own}
    left_out = tuple(known[name].name for name in known if name in silent)
    return Narrative(
        text(f"report.title.{kind}", lang, county=county), text("report.subtitle", lang, window=window.name(lang)), tuple(paragraphs),
        tuple(_notes(results, own, left_out, words, kind, lang)), left_out,
    )  # fmt: skip


def _sentence(clauses: Sequence[str], words: Mapping[str, Any], silent: set[str], lang: str) -> str:
    """Return clauses as a sentence; those that cannot be told are left out, and without the first there is none."""
    told: list[str] = []
    for place, name in enumerate(clauses):
        template = text(f"text.clause.{name}", lang)
        needed = {key.partition(".")[0] for _, key, _, _ in string.Formatter().parse(template) if key}
        can = needed <= words.keys() and (place == 0 or bool(told))
        made = template.format_map(words) if can else _UNSAID
        if _UNSAID in made:
            silent |= needed
        else:
            told.append(made)
    if not told:
        return ""
    sentence = text("report.comma", lang).join(told) + text("report.stop", lang)
    return sentence[0].upper() + sentence[1:]


def _notes(
    results: Results, figures: Sequence[Figure], left_out: Sequence[str], words: Mapping[str, Any], kind: str, lang: str
) -> list[str]:
    notes = []
    if left_out:
        notes.append(text("report.note.left_out", lang, names="、".join(left_out)))
    if not results.stands and any(one.scope == "standing" for one in figures):
        first, last = results.sent_for or results.period
        notes.append(text("report.note.other_period", lang, first=first, last=last))
    lacking = [f"{name}（{what}）" for key, name, what in not_computed(results, lang) if _belongs(key, kind)]
    if lacking:
        notes.append(text("report.note.lacking", lang, names="、".join(lacking)))
    standing = [one.name for one in figures if one.scope == "standing" and one.id in words]
    if standing:
        notes.append(text("report.note.standing", lang, names="、".join(standing)))
    if "reporting" in words and kind in ("week", "month"):
        notes.append(text("report.note.reporting", lang, made=results.finished[:16].replace("T", " ")))
    notes += [text("report.note.check", lang, name=one.name, remark=remark) for one in figures if one.id in words and one.id != "awards"
              for remark in one.remarks]  # fmt: skip
    return notes


def _belongs(figure: str, kind: str) -> bool:
    """Say whether a figure is named in the outline of a report."""
    return any(
        figure == name
        for entry in _outline()
        if kind in entry["kinds"]
        for clauses in entry["sentences"]
        for name in clauses
    )


class _Words:
    """A figure as clauses name it."""

    def __init__(self, figure: Figure, results: Results, lang: str, *, exact: bool) -> None:
        self._figure, self._results, self._lang, self._exact = figure, results, lang, exact

    @property
    def said(self) -> str:
        """The number with its unit, rounded where reports round it."""
        return phrase(self._figure, self._lang, exact=self._exact)

    @property
    def n(self) -> str:
        """The number alone."""
        return number(self._figure.value or 0)

    @property
    def rows(self) -> str:
        """人次."""
        return number(self._figure.rows)

    @property
    def whole(self) -> str:
        """What it is a share of."""
        return number(self._figure.whole) if self._figure.whole else _UNSAID

    @property
    def share(self) -> str:
        """The share."""
        return percent(self._figure.share) if self._figure.share is not None else _UNSAID

    @property
    def least(self) -> str:
        """How many veterans a unit should have."""
        return str(self._results.settings["unit_veterans"])

    @property
    def listed(self) -> str:
        """The stations counted, after a colon."""
        names = self._figure.names
        return text("text.clause.listed", self._lang, names="、".join(names)) if names else ""

    @property
    def parts(self) -> str:
        """Every group with its number."""
        return self._joined(self._figure.parts) or _UNSAID

    @property
    def bracket(self) -> str:
        """Every group with its number, in brackets."""
        joined = self._joined(self._figure.parts)
        return text("text.clause.bracket", self._lang, parts=joined) if joined else ""

    @property
    def levels(self) -> str:
        """Every level with its number, in brackets: （市级1处、乡级3处）."""
        named = [
            Part(text("text.clause.level", self._lang, name=one.name), one.value, one.rows)
            for one in self._figure.parts
        ]
        return text("text.clause.bracket", self._lang, parts=self._joined(named)) if named else ""

    @property
    def items(self) -> str:
        """Every award as a clause: who won what in which contest."""
        said = []
        for contest, rank, person in self._figure.details[:_MOST_ITEMS]:
            key = ("award" if person else "award_of") if rank else ("award_plain_of" if person else "award_plain")
            said.append(text(f"text.clause.{key}", self._lang, person=person, contest=contest, rank=rank))
        return text("report.semicolon", self._lang).join(said) or _UNSAID

    def _joined(self, parts: Sequence[Part]) -> str:
        unit = text(f"out.unit.{self._figure.unit}", self._lang)
        return "、".join(
            text("text.clause.part", self._lang, name=one.name, number=number(one.value), unit=unit)
            for one in parts
            if one.value
        )


class _Reporting:
    """Who reported, as clauses name it."""

    def __init__(self, results: Results, facts: Facts) -> None:
        county = facts.county
        missing = [one for one in results.stations if one.status in ("missing", "unreadable")]
        self.due, self.sent, self.rate = county.due, county.sent, percent(county.reporting)
        self.missing, self.stations = len(missing), len({one.station.code for one in missing})
