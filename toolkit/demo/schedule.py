"""Which mistake is planted where: every kind once in each block of some thirty villages, spread evenly."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from toolkit.demo.chance import seeded
from toolkit.demo.kinds_events import event_kinds
from toolkit.demo.kinds_further import LEFTOVER, OLDER, further_kinds
from toolkit.demo.kinds_person import person_kinds
from toolkit.demo.kinds_rows import row_kinds
from toolkit.demo.kinds_sheets import CLEARS, FILE_KINDS, sheet_kinds
from toolkit.demo.layouts import Wish
from toolkit.demo.office import Kind
from toolkit.demo.places import Station

_BLOCK = 32


@cache
def all_kinds() -> tuple[Kind, ...]:
    """Return every kind of mistake there is, in a fixed order."""
    return (*sheet_kinds(), *row_kinds(), *person_kinds(), *event_kinds(), *further_kinds())


def _clash(kind: Kind, given: list[Kind]) -> bool:
    for other in given:
        if kind is other or (kind.name in FILE_KINDS and other.name in FILE_KINDS):
            return True
        if kind.ledger != other.ledger:
            continue
        if {kind.name, other.name} & {OLDER, LEFTOVER} or kind.name in CLEARS or other.name in CLEARS or kind.ledger == "L12":
            return True
        sums = {kind.wish.want_total, other.wish.want_total}
        if True in sums and (kind.wish.no_total or other.wish.no_total):
            return True
        if kind.wish.drop & other.wish.needs or other.wish.drop & kind.wish.needs:
            return True
        dropped = {k.name.removeprefix("missing: ") for k in (kind, other)}
        if (kind.wish.drop | other.wish.drop) & dropped:
            return True
        if {kind.code, other.code} & {"W105", "W106"} and kind.wish.needs & other.wish.needs:
            return True
    return False


def make_schedule(seed: int, stations: list[Station]) -> dict[str, list[Kind]]:
    """Return the kinds of mistakes each station makes."""
    rng = seeded(seed, "schedule")
    locals_ = [s for s in stations if s.level in ("村", "社区")]
    given: dict[str, list[Kind]] = {s.code: [] for s in stations}
    everything = all_kinds()
    kinds = [k for k in everything if set(k.levels) & {"村", "社区"}]
    blocks = [locals_[i : i + _BLOCK] for i in range(0, len(locals_), _BLOCK)]
    if len(blocks) > 1 and len(blocks[-1]) < _BLOCK // 2:
        tail = blocks.pop()
        blocks[-1] += tail
    for number, block in enumerate(blocks):
        chosen = [k for k in kinds if len(block) >= 24 or rng.random() < len(block) / 24]
        rng.shuffle(chosen)
        chosen.sort(key=lambda k: (k.name not in CLEARS, "社区" not in k.levels or len(k.levels) > 1))
        for kind in chosen:
            fits = [s for s in block if s.level in kind.levels and not _clash(kind, given[s.code])]
            if not fits and number:
                fits = [s for s in locals_ if s.level in kind.levels and not _clash(kind, given[s.code])]
            if fits:
                fewest = min(len(given[s.code]) for s in fits)
                given[rng.choice([s for s in fits if len(given[s.code]) == fewest]).code].append(kind)
    for kind in everything:
        if kind not in kinds:
            uppers = [s for s in stations if s.level in kind.levels and not _clash(kind, given[s.code])]
            for station in rng.sample(uppers, min(len(uppers), 2)):
                given[station.code].append(kind)
    for found in given.values():
        found.sort(key=everything.index)
    return given


def wish_of(kinds: list[Kind], ledger: str) -> Wish:
    """Return what a station's mistakes ask of one ledger's layout."""
    found = Wish()
    for wish in (k.wish for k in kinds if k.ledger == ledger):
        found = replace(
            found,
            needs=found.needs | wish.needs,
            drop=found.drop | wish.drop,
            extra=found.extra or wish.extra,
            no_total=found.no_total or wish.no_total,
            want_total=found.want_total or wish.want_total,
            hide_column=found.hide_column or wish.hide_column,
        )
    return found
