"""Which ledger a header belongs to, and which field each of its columns is.

The header decides; the title, the sheet's name and the file's name only help. Where the answer is not clear it says so, with the
best guess and the evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from toolkit.characters import fold
from toolkit.fields.base import FieldSpec
from toolkit.intake.header import DATE_PARTS, PLACE_PARTS, Column, Header, spellings
from toolkit.ledgers.dictionary import Dictionary, Ledger

SURE = 0.55
GUESS = 0.4
MARGIN = 0.06
NEAR = 0.7
_TRIED = 3
"""How many ledgers are matched in full at least, and how many are given the benefit of headings nearly right."""
_PARTS = DATE_PARTS | PLACE_PARTS
_BONUS = {"title": 0.3, "sheet": 0.2, "file": 0.15}


@dataclass(slots=True)
class Match:
    """How a header reads as one ledger.

    ``columns``: field → the columns (usually one) that hold it; ``near``: column → field where the heading is nearly that of a
    field; ``double``: column → field where another column already is that field; ``unknown``: columns the ledger lacks. ``ticks``: field →
    column → the answer that a tick in it gives (是否主干 over 是 and 否); ``sums``: fields whose columns are added up (慰问金 over 春节 and 八一).
    """

    ledger: Ledger
    score: float
    columns: dict[str, tuple[int, ...]]
    double: dict[int, str] = field(default_factory=dict)
    unknown: list[Column] = field(default_factory=list)
    near: dict[int, str] = field(default_factory=dict)
    sure: bool = True
    other: Ledger | None = None
    ticks: dict[str, dict[int, str]] = field(default_factory=dict)
    sums: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        """The fields whose column the ledger requires and the header lacks."""
        return [spec.name for spec in self.ledger.fields.values()
                if (spec.required or spec.column_required) and spec.name not in self.columns]  # fmt: skip


Meanings = Mapping[int, Mapping[str, tuple[int, str]]]
"""Column number → ledger → (rank of the candidate that says so, field): what each column of a header may be."""


class Reading:
    """How one header reads as each ledger: a bound of its score at once, the whole match only when it is asked for."""

    def __init__(self, header: Header, meanings: Meanings, dictionary: Dictionary, forced: str | None) -> None:
        self.header = header
        self._meanings = meanings
        self._dictionary = dictionary
        self._matches: dict[str, Match] = {}
        fields: dict[str, set[str]] = {}
        counts: Counter[str] = Counter()
        for column in header.columns:
            meaning = {name: field_name for name, (_, field_name) in meanings[column.number].items()}
            if column.group:  # parts, answers and sums are taken with the field that the group names
                grouped = (pair for form in spellings(column.group) for pair in dictionary.headings.get(form, ()))
                meaning = dict(grouped) | meaning
            counts.update(meaning.keys())
            for name, field_name in meaning.items():
                fields.setdefault(name, set()).add(field_name)
        width = len(header.columns)
        self.bounds = [
            (_score(width, ledger, fields[name], counts[name], dictionary), ledger)
            for name, ledger in dictionary.ledgers.items()
            if name in fields and forced in (None, name)
        ]
        """(what the score can be at most without hints, ledger), in the order of the dictionary."""

    def match(self, ledger: Ledger) -> Match:
        """Return how the header reads as one ledger."""
        found = self._matches.get(ledger.id)
        if found is None:
            found = self._matches[ledger.id] = match_ledger(self.header, ledger, self._meanings)
            known = sum(len(numbers) for numbers in found.columns.values())
            found.score = _score(len(self.header.columns), ledger, found.columns.keys(), known, self._dictionary)
        return found

    def gain(self, match: Match) -> float:
        """Return what the score gains if headings that are nearly right count as well."""
        match.near = match.near or near_misses(match, self._dictionary)
        there = {*match.columns, *match.near.values()}
        known = sum(len(numbers) for numbers in match.columns.values()) + len(match.near)
        return _score(len(self.header.columns), match.ledger, there, known, self._dictionary) - match.score


def meanings_of(column: Column, dictionary: Dictionary) -> dict[str, tuple[int, str]]:
    """Return ledger → (rank, field) for every ledger in which a candidate of the column heads a field."""
    found: dict[str, tuple[int, str]] = {}
    for rank, form in enumerate(column.candidates):
        for ledger, field_name in dictionary.headings.get(form, ()):
            found.setdefault(ledger, (rank, field_name))
    return found


def match_ledger(header: Header, ledger: Ledger, meanings: Meanings) -> Match:
    """Return how the columns of a header map to the fields of one ledger, without guessing."""
    taken: dict[str, list[int]] = {}
    match = Match(ledger, 0.0, {})
    wanted: list[tuple[bool, int, int, Column, str]] = []
    for column in header.columns:
        if meaning := meanings[column.number].get(ledger.id):
            rank, field_name = meaning
            wanted.append((fold(column.leaf) != fold(field_name), rank, column.number, column, field_name))
        else:
            match.unknown.append(column)
    by_number = {column.number for _, _, _, column, _ in wanted}
    for _, _, _, column, field_name in sorted(wanted, key=itemgetter(0, 1, 2)):
        if field_name not in taken:
            taken[field_name] = [column.number]
        elif not _joins(column, taken[field_name], by_number, header, field_name, taken):
            if other := _second_choice(column, ledger, taken):
                taken[other] = [column.number]
            else:
                match.double[column.number] = field_name
    _split_columns(ledger, taken, match)
    match.columns = {name: tuple(sorted(numbers)) for name, numbers in taken.items()}
    return match


def _second_choice(column: Column, ledger: Ledger, taken: Mapping[str, list[int]]) -> str | None:
    """Return another field that the column's further candidates name and nobody has taken."""
    for form in column.candidates:
        name = ledger.headings.get(form)
        if name and name not in taken:
            return name
    return None


def _joins(
    column: Column,
    have: list[int],
    by_number: set[int],
    header: Header,
    field_name: str,
    taken: dict[str, list[int]],
) -> bool:
    """Join the parts of a field that the header splits over neighbouring columns (入伍时间: 年, 月)."""
    group = fold(column.group)
    first = next(other for other in header.columns if other.number == have[0])
    if (
        group
        and group == fold(first.group)
        and {fold(column.leaf), fold(first.leaf)} <= _PARTS
        and column.number - 1 in by_number
    ):
        taken[field_name].append(column.number)
        return True
    return False


def _split_columns(ledger: Ledger, taken: dict[str, list[int]], match: Match) -> None:
    """Take columns that only say 年, 月 or 村 as parts of the field their group heading names; likewise answers to tick, and sums."""
    money: dict[str, list[Column]] = {}
    for column in list(match.unknown):
        forms = spellings(column.group) if column.group else ()
        name = next((ledger.headings[form] for form in forms if form in ledger.headings), None)
        if not name:
            continue
        spec, leaf = ledger.fields[name], fold(column.leaf)
        numbers = taken.get(name, [])
        if answer := _answer(spec, leaf):
            if not numbers or name in match.ticks:
                match.ticks.setdefault(name, {})[column.number] = answer
                taken.setdefault(name, []).append(column.number)
                match.unknown.remove(column)
        elif leaf in (DATE_PARTS if spec.type == "date" else PLACE_PARTS):
            if not numbers or column.number - max(numbers) == 1:
                taken.setdefault(name, []).append(column.number)
                match.unknown.remove(column)
        elif spec.type == "amount" and not numbers:
            money.setdefault(name, []).append(column)
    for name, columns in money.items():
        whole = [column for column in columns if fold(column.leaf) in _WHOLE]
        chosen = whole[:1] or columns
        taken[name] = [column.number for column in chosen]
        if len(chosen) > 1:
            match.sums.add(name)
        for column in chosen:
            match.unknown.remove(column)


_WHOLE = frozenset({"合计", "小计", "总计", "共计", "总额", "合计金额"})


def _answer(spec: FieldSpec, leaf: str) -> str | None:
    """Return the answer that a tick under a heading gives: 是 or 否, or a choice of the field's list."""
    if spec.type == "yes_no":
        return leaf if leaf in ("是", "否", "有", "无") else None
    return spec.codes.lookup.get(leaf) if spec.type == "code" and spec.codes is not None else None


def identify(
    reading: Reading, texts: Mapping[str, Sequence[str]], dictionary: Dictionary, forced: str | None = None
) -> Match | None:
    """Return the ledger that a header most likely belongs to, or None where it resembles none.

    ``texts``: what helps, under ``title``, ``sheet`` and ``file``.
    """
    if not reading.bounds:
        return None
    hints = _hints(texts, dictionary)
    hopes = sorted(((bound + hints.get(ledger.id, 0.0), ledger) for bound, ledger in reading.bounds), key=_by_score)
    scored: list[tuple[float, Match]] = []
    for hope, ledger in hopes:
        if len(scored) >= _TRIED and hope < scored[1][0]:  # neither the best nor the runner-up can be below here
            break
        match = reading.match(ledger)
        scored.append((match.score + hints.get(ledger.id, 0.0), match))
        scored.sort(key=_by_score)
    if scored[0][0] < SURE or scored[0][1].missing:
        for place, (score, match) in enumerate(scored[:_TRIED]):
            scored[place] = score + NEAR * reading.gain(match), match
        scored.sort(key=_by_score)
    score, best = scored[0]
    best = replace(best, score=score)
    if forced is not None:
        return best
    best.other = scored[1][1].ledger if len(scored) > 1 else None
    runner_up = scored[1][0] if len(scored) > 1 else 0.0
    best.sure = score >= SURE and score - runner_up >= MARGIN
    if not _is_acceptable(best, hinted=best.ledger.id in hints):
        best.score = min(score, GUESS - 0.01)
    return best


def _by_score(scored: tuple[float, object]) -> float:
    return -scored[0]


def _is_acceptable(match: Match, *, hinted: bool) -> bool:
    """Say whether a table may be taken for a ledger at all: enough of its own columns, and something that tells it from a mere list."""
    ledger = match.ledger
    have = {*match.columns, *match.near.values()}
    real = [name for name in have if ledger.fields[name].type != "serial" and name != "备注"]
    if len(real) < 2 or not (hinted or match.columns.keys() & set(ledger.telling)):
        return False
    missing = [name for name in match.missing if name not in have]
    if ledger.person and ledger.person not in have and len(missing) > 1:
        return False
    lacking = [name for name in ledger.required if name not in have]
    return match.sure or hinted or len(lacking) * 2 <= len(ledger.required)


def _hints(texts: Mapping[str, Sequence[str]], dictionary: Dictionary) -> dict[str, float]:
    """Return a bonus for each ledger that a text names.

    A title inside a longer one does not count (信访 in 信访台账), nor does one that is only a word for lists of people (退役军人花名册) where
    the text names another ledger too.
    """
    bonus: dict[str, float] = {}
    for source, weight in _BONUS.items():
        for text in texts.get(source, ()):
            for name in _named(fold(text), dictionary):
                bonus[name] = max(bonus.get(name, 0.0), weight)
    return bonus


def _named(folded: str, dictionary: Dictionary) -> set[str]:
    found = [(title, ledger) for title, ledger in dictionary.titles if title in folded]
    found = [(title, ledger) for title, ledger in found if not any(title != other and title in other for other, _ in found)]
    exact = {ledger for title, ledger in found if title not in dictionary.ledgers[ledger].fallback_titles}
    return exact or {ledger for _, ledger in found}


def named_ledger(texts: Mapping[str, Sequence[str]], dictionary: Dictionary) -> Ledger | None:
    """Return the one ledger that the title names, else the sheet's name, else the file's; None where none or several do."""
    for source in _BONUS:
        for text in texts.get(source, ()):
            found = _named(fold(text), dictionary)
            if len(found) == 1:
                return dictionary.ledgers[found.pop()]
    return None


def _score(width: int, ledger: Ledger, there: Iterable[str], known: int, dictionary: Dictionary) -> float:
    """Return 0…1: how much of what the ledger requires is there, and how much of what is there the ledger knows.

    ``there``: the fields that have a column; ``known``: how many of the ``width`` columns are theirs.
    """
    weights = dictionary.weights
    fields = set(there)
    needed = sum(weights[name] for name in ledger.required) or 1.0
    have = sum(weights[name] for name in ledger.required if name in fields)
    rare = min(sum(weights[name] for name in fields) / 4.0, 1.0)
    return 0.4 * have / needed + 0.4 * known / max(width, 1) + 0.2 * rare


_TELLING = frozenset("村乡镇县市省区男女入退出进前后上下原现旧新父母夫妻子申批初终审复")


def _tells_apart(form: str, heading: str) -> bool:
    """Say whether two headings of one length differ in a character that means something: 村审核时间, 县审核时间."""
    if len(form) != len(heading):
        return False
    differing = [(one, other) for one, other in zip(form, heading, strict=True) if one != other]
    return len(differing) == 1 and bool(set(differing[0]) & _TELLING)


def near_misses(match: Match, dictionary: Dictionary) -> dict[int, str]:
    """Return column → field for headings that are nearly those of a field still missing ("did you mean")."""
    free = {form: name for form, name in match.ledger.headings.items() if name not in match.columns}
    found: dict[int, str] = {}
    for column in match.unknown:
        folded = fold(column.leaf)
        if len(folded) < 2 or folded in dictionary.headings:
            continue
        best, best_ratio = None, 0.0
        for form, name in free.items():
            close = len(form) >= 3 and len(folded) >= 3 and Levenshtein.distance(form, folded, score_cutoff=1) <= 1
            if _tells_apart(form, folded):
                continue
            swapped = len(form) == len(folded) >= 2 and sorted(form) == sorted(folded)
            ratio = fuzz.ratio(form, folded)
            if (close or swapped or ratio >= 85) and ratio > best_ratio and name not in found.values():
                best, best_ratio = name, ratio
        if best is not None:
            found[column.number] = best
    return found
