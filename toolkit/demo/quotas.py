"""Who carries the yearly figures: committee members, chiefs, reserves, volunteers and donors, exactly as many as reported."""

from __future__ import annotations

import random
from dataclasses import dataclass

from toolkit.demo.chance import seeded
from toolkit.demo.people import Person
from toolkit.demo.places import Station

COMMITTEE, CHIEF, RESERVE, VOLUNTEERS, DONATED = 503, 169, 466, 996, 45_260
INTENT, EMPLOYED, CURIOUS = 280, 85, 40
"""The figures of the county's report for 2020, at all 342 villages and communities."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What one station's volunteer ledger has to hold: its volunteers, and who gave how much."""

    volunteers: tuple[Person, ...]
    helpers: tuple[Person, ...]
    gifts: tuple[tuple[Person, int], ...]


def scaled(figure: int, locals_: int, step: int = 1, of: int = 342) -> int:
    """Return a figure for a county of so many villages and communities; the full one keeps it exactly."""
    return figure if locals_ >= of else round(figure * locals_ / of / step) * step


def give_roles(seed: int, stations: list[Station], people: dict[str, list[Person]]) -> None:
    """Mark committee members, chiefs and reserves among the party members, spread over the stations."""
    rng = seeded(seed, "roles")
    locals_ = [s for s in stations if s.level in ("村", "社区")]
    free = {
        s.code: [p for p in people[s.code] if p.member and p.active and p.enlisted and 24 <= p.age() <= 68]
        for s in locals_
    }
    for members in free.values():
        rng.shuffle(members)
    chiefs, committee = (scaled(n, len(locals_)) for n in (CHIEF, COMMITTEE))
    reserve = scaled(RESERVE, sum(s.level == "村" for s in locals_), of=304)
    order = locals_[:]
    rng.shuffle(order)
    for turn in range(20):
        for station in order:
            if committee and len(free[station.code]) > (0 if turn else 1):
                person = free[station.code].pop()
                person.roles.add("committee")
                committee -= 1
                if turn == 0 and chiefs:
                    person.roles.add("chief")
                    chiefs -= 1
    villages = [s for s in order if s.level == "村"]
    for _ in range(20):
        for station in villages:
            if reserve and free[station.code]:
                free[station.code].pop().roles.add("reserve")
                reserve -= 1
    if (chiefs or committee or reserve) and len(locals_) >= 342:
        raise ValueError("too few party members for the figures")


def give_fairs(seed: int, stations: list[Station], people: dict[str, list[Person]]) -> list[Person]:
    """Mark who came to the job fairs with intent and who was employed there; return everybody who came.

    Two of those employed are still out of work in their village's ledger: their role is idle.
    """
    rng = seeded(seed, "fairs")
    locals_ = [s for s in stations if s.level in ("村", "社区")]
    free = [p for s in locals_ for p in people[s.code] if p.active and p.discharged and p.discharged.year < 2020 and 24 <= p.age() <= 57]
    rng.shuffle(free)
    intent, employed, curious = (min(scaled(n, len(locals_)), len(free) // 4) for n in (INTENT, EMPLOYED, CURIOUS))
    came = free[: intent + curious]
    for number, person in enumerate(came[:intent]):
        person.roles.add("intent")
        if number < employed:
            person.roles.add("employed")
    for person in [p for p in came if "employed" in p.roles and p.age() < 50][:2]:
        person.roles.add("idle")
    rng.shuffle(came)
    return came


def give_quotas(
    seed: int, stations: list[Station], people: dict[str, list[Person]], silent: frozenset[str]
) -> dict[str, Quota]:
    """Return each station's quota; every volunteer stands in one station's ledger only. ``silent`` have no events."""
    rng = seeded(seed, "volunteers")
    locals_ = [s for s in stations if s.level in ("村", "社区")]
    candidates = {
        s.code: [p for p in people[s.code] if p.active and p.enlisted and p.discharged and p.discharged.year < 2020
                 and p.age() < 79]
        for s in locals_
    }  # fmt: skip
    members = [p for s in locals_ for p in candidates[s.code] if p.member]
    rng.shuffle(members)
    township_of = {s.code: s.parent for s in locals_}
    volunteers: dict[str, list[Person]] = {s.code: [] for s in stations if s.level != "市"}
    names: dict[str, set[str]] = {code: set() for code in volunteers}
    left = scaled(VOLUNTEERS, len(locals_))
    for person in members:
        if not left:
            break
        at = township_of[person.station] if person.station in silent or rng.random() < 0.12 else person.station
        if person.name not in names[at]:
            volunteers[at].append(person)
            names[at].add(person.name)
            left -= 1
    if left and len(locals_) >= 342:
        raise ValueError("too few party members for the volunteers")
    helpers: dict[str, list[Person]] = {code: [] for code in volunteers}
    for station in locals_:
        others = [p for p in candidates[station.code] if not p.member]
        if station.code not in silent:
            helpers[station.code] = rng.sample(others, min(len(others), rng.randint(3, 7)))
    gifts = _gifts(rng, volunteers, helpers, scaled(DONATED, len(locals_), 10))
    return {code: Quota(tuple(volunteers[code]), tuple(helpers[code]), tuple(gifts[code])) for code in volunteers}


def _gifts(
    rng: random.Random, volunteers: dict[str, list[Person]], helpers: dict[str, list[Person]], total: int
) -> dict[str, list[tuple[Person, int]]]:
    """Spread a sum over givers, exactly."""
    givers = [(code, p) for code in volunteers for p in (*volunteers[code], *helpers[code])]
    rng.shuffle(givers)
    gifts: dict[str, list[tuple[Person, int]]] = {code: [] for code in volunteers}
    left = total
    while left > 0 and givers:
        code, person = givers.pop()
        amount = rng.choice((20, 50, 50, 50, 100, 100, 100, 100, 200, 200, 300, 500))
        amount = left if amount > left or left - amount < 20 else amount
        gifts[code].append((person, amount))
        left -= amount
    return gifts
