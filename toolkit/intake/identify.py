"""Which ledger a header belongs to, and which field each of its columns is.

The header decides; the title, the sheet's name and the file's name only help. Where the answer is not clear it says so, with the
best guess and the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from toolkit.characters import fold
from toolkit.intake.header import DATE_PARTS, PLACE_PARTS, Column, Header
from toolkit.ledgers.dictionary import Dictionary, Ledger

SURE = 0.55
GUESS = 0.4
MARGIN = 0.06
NEAR = 0.7
_BONUS = {"title": 0.3, "sheet": 0.2, "file": 0.15}


@dataclass(slots=True)
class Match:
    """How a header reads as one ledger.

    ``columns``: field → the columns (usually one) that hold it; ``near``: column → field where the heading is nearly that of a
    field; ``double``: column → field where another column already is that field; ``unknown``: columns the ledger lacks.
    """

    ledger: Ledger
    score: float
    columns: dict[str, tuple[int, ...]]
    double: dict[int, str] = field(default_factory=dict)
    unknown: list[Column] = field(default_factory=list)
    near: dict[int, str] = field(default_factory=dict)
    sure: bool = True
    other: Ledger | None = None

    @property
    def missing(self) -> list[str]:
        """The fields whose column the ledger requires and the header lacks."""
        return [spec.name for spec in self.ledger.fields.values()
                if (spec.required or spec.column_required) and spec.name not in self.columns]  # fmt: skip


def match_ledger(header: Header, ledger: Ledger) -> Match:
    """Return how the columns of a header map to the fields of one ledger, without guessing."""
    taken: dict[str, list[int]] = {}
    match = Match(ledger, 0.0, {})
    wanted: list[tuple[int, Column, str]] = []
    for column in header.columns:
        for rank, form in enumerate(column.candidates):
            if form in ledger.headings:
                wanted.append((rank, column, ledger.headings[form]))
                break
        else:
            match.unknown.append(column)
    by_number = {column.number: field_name for _, column, field_name in wanted}
    for _, column, field_name in sorted(
        wanted, key=lambda item: (fold(item[1].leaf) != fold(item[2]), item[0], item[1].number)
    ):
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
    by_number: Mapping[int, str],
    header: Header,
    field_name: str,
    taken: dict[str, list[int]],
) -> bool:
    """Join the parts of a field that the header splits over neighbouring columns (入伍时间: 年, 月)."""
    group = fold(column.group)
    first = next(other for other in header.columns if other.number == have[0])
    parts = DATE_PARTS | PLACE_PARTS
    if (
        group
        and group == fold(first.group)
        and {fold(column.leaf), fold(first.leaf)} <= parts
        and column.number - 1 in by_number
    ):
        taken[field_name].append(column.number)
        return True
    return False


def _split_columns(ledger: Ledger, taken: dict[str, list[int]], match: Match) -> None:
    """Take columns that only say 年, 月 or 村 as parts of the field their group heading names."""
    for column in list(match.unknown):
        name = ledger.headings.get(fold(column.group))
        parts = DATE_PARTS if name and ledger.fields[name].type == "date" else PLACE_PARTS
        if name and fold(column.leaf) in parts:
            numbers = taken.setdefault(name, [])
            if not numbers or column.number - max(numbers) == 1:
                numbers.append(column.number)
                match.unknown.remove(column)


def identify(
    header: Header, texts: Mapping[str, Sequence[str]], dictionary: Dictionary, forced: str | None = None
) -> Match | None:
    """Return the ledger that a header most likely belongs to, or None where it resembles none.

    ``texts``: what helps, under ``title``, ``sheet`` and ``file``. ``forced`` names the ledger instead.
    """
    matches = []
    hints = _hints(texts, dictionary)
    for ledger in dictionary.ledgers.values():
        if forced is not None and ledger.id != forced:
            continue
        match = match_ledger(header, ledger)
        if match.columns:
            match.score = _score(len(header.columns), match, dictionary) + hints.get(ledger.id, 0.0)
            matches.append(match)
    if not matches:
        return None
    matches.sort(key=lambda match: -match.score)
    if matches[0].score < SURE or matches[0].missing:
        width = len(header.columns)
        for match in matches[:3]:  # headings nearly right count as well, if less
            match.near = near_misses(match, dictionary)
            gain = _score(width, match, dictionary, tuple(match.near.values())) - _score(width, match, dictionary)
            match.score += NEAR * gain
        matches.sort(key=lambda match: -match.score)
    best = matches[0]
    if forced is not None:
        return best
    best.other = matches[1].ledger if len(matches) > 1 else None
    runner_up = matches[1].score if len(matches) > 1 else 0.0
    best.sure = best.score >= SURE and best.score - runner_up >= MARGIN
    if not _is_acceptable(best, hinted=best.ledger.id in hints):
        best.score = min(best.score, GUESS - 0.01)
    return best


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
    """Return a bonus for each ledger that a title names; of several in one text the longest title counts."""
    bonus: dict[str, float] = {}
    for source, weight in _BONUS.items():
        for text in texts.get(source, ()):
            folded = fold(text)
            found = [(len(fold(title)), ledger.id) for ledger in dictionary.ledgers.values()
                     for title in (ledger.name, ledger.short, *ledger.titles) if fold(title) in folded]  # fmt: skip
            longest = max((length for length, _ in found), default=0)
            for length, name in found:
                if length == longest:
                    bonus[name] = max(bonus.get(name, 0.0), weight)
    return bonus


def _score(width: int, match: Match, dictionary: Dictionary, near: tuple[str, ...] = ()) -> float:
    """Return 0…1: how much of what the ledger requires is there, and how much of what is there the ledger knows."""
    ledger = match.ledger
    weights = dictionary.weights
    there = {*match.columns, *near}
    needed = sum(weights[name] for name in ledger.required) or 1.0
    have = sum(weights[name] for name in ledger.required if name in there)
    rare = min(sum(weights[name] for name in there) / 4.0, 1.0)
    known = (sum(len(numbers) for numbers in match.columns.values()) + len(near)) / max(width, 1)
    return 0.4 * have / needed + 0.4 * known + 0.2 * rare


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
