"""The people of the county: who they are, when they served, what they are entitled to."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from toolkit.demo.chance import day_between, seeded
from toolkit.demo.names import dotted_name, person_name
from toolkit.demo.places import Station, mobile

REGION = "149999"
"""The prefix of every sample ID: never assigned to a region."""

CUTOFF = date(2020, 12, 31)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FAMILY = frozenset(
    ["烈士遗属", "因公牺牲军人遗属", "病故军人遗属", "现役军人家属", "伤残民兵民工", "军队无军籍离退休退职职工"]
)
"""Categories whose people need not have served."""

_CATEGORIES = (
    ("退役士兵", 82.0), ("军队转业干部", 4.0), ("残疾军人", 3.0), ("军队离退休干部和退休士官", 1.0), ("烈士遗属", 1.2),
    ("因公牺牲军人遗属", 0.6), ("病故军人遗属", 1.8), ("现役军人家属", 3.0), ("伤残民兵民工", 0.4), ("军队无军籍离退休退职职工", 0.4),
)  # fmt: skip
_AGES = ((20, 30, 15), (31, 40, 16), (41, 50, 19), (51, 60, 20), (61, 70, 16), (71, 80, 10), (81, 91, 4))


def check_digit(first17: str) -> str:
    """Return the last character of an ID number (GB 11643)."""
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, first17, strict=True)) % 11]


def make_id(birth: date, sequence: int) -> str:
    """Return the ID number for a birth date and a sequence number; odd is male."""
    first = f"{REGION}{birth:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


@dataclass(slots=True)
class Person:
    """Somebody in a station's register."""

    station: str
    name: str
    female: bool
    birth: date
    id: str
    phone: str
    nation: str
    party: str
    education: str
    category: str
    rural: bool
    enlisted: date | None = None
    discharged: date | None = None
    died: date | None = None
    quiet: bool = False
    """Stands in the register only: mistakes planted in this row disturb no other ledger."""
    roles: set[str] = field(default_factory=set)
    """committee, chief, reserve, volunteer: what the yearly figures count."""

    @property
    def sex(self) -> str:
        """男 or 女."""
        return "女" if self.female else "男"

    @property
    def member(self) -> bool:
        """A full member of the party."""
        return self.party == "中共党员"

    @property
    def active(self) -> bool:
        """Alive, and in other ledgers than the register."""
        return self.died is None and not self.quiet

    def age(self, day: date = CUTOFF) -> int:
        """Return the age on a day."""
        return age_on(self.birth, day)


def age_on(birth: date, day: date) -> int:
    """Return full years from a birth date to a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


class People:
    """Makes people, no two of whom can be taken for one another."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._ids: set[str] = set()
        self._born: set[tuple[str, int, int]] = set()

    def of_station(self, station: Station, *, dotted: bool) -> list[Person]:
        """Return the people of a village or community, in the order of its register."""
        rng = seeded(self._seed, "people", station.code)
        size = rng.randint(26, 48) if station.level == "村" else rng.randint(32, 56)
        names: set[str] = set()
        found = [self._one(rng, station, names, quiet=n < 8) for n in range(size)]
        if dotted:
            guest = found[1]
            guest.name, guest.nation = dotted_name(rng), "维吾尔族"
            self._born.add((guest.name, guest.birth.year, guest.birth.month))
        _bury(rng, found)
        rng.shuffle(found)
        return found

    def stranger(self, rng: random.Random, station: Station, names: set[str]) -> Person:
        """Return a person who is in nobody's register."""
        return self._one(rng, station, names, quiet=True)

    def _one(self, rng: random.Random, station: Station, names: set[str], *, quiet: bool) -> Person:
        category = "退役士兵" if quiet else rng.choices(*zip(*_CATEGORIES, strict=True))[0]
        family = category in FAMILY
        female = rng.random() < (0.45 if family else 0.03)
        low, high, _ = rng.choices(_AGES, [a[2] for a in _AGES])[0]
        if quiet or category in ("残疾军人", "军队转业干部"):
            low, high = max(low, 34), max(high, 40)
        if category in ("军队离退休干部和退休士官", "烈士遗属"):
            low, high = 61, 84
        while True:
            birth = day_between(rng, date(2020 - high, 1, 1), date(2020 - low, 8, 28))
            name = person_name(rng, female=female, born=birth.year)
            if name not in names and (name, birth.year, birth.month) not in self._born:
                break
        names.add(name)
        self._born.add((name, birth.year, birth.month))
        found = Person(station.code, name, female, birth, self._id(rng, birth, female=female), mobile(rng), _nation(rng),
                       "群众", "", category, station.level == "村" and rng.random() < 0.93, quiet=quiet)  # fmt: skip
        if not family:
            _serve(rng, found)
        found.education = _education(rng, found)
        found.party = _party(rng, found)
        return found

    def _id(self, rng: random.Random, birth: date, *, female: bool) -> str:
        while True:
            sequence = rng.randrange(2 if female else 1, 999, 2)
            found = make_id(birth, sequence)
            if found not in self._ids:
                self._ids.add(found)
                return found


def _serve(rng: random.Random, person: Person) -> None:
    """Let a person serve: enlisted at 17½ to 22, discharged 2 to 16 years later, always before the winter of 2020."""
    birth = person.birth
    year = birth.year + rng.randint(18, 21)
    month = rng.choice((3, 9)) if year >= 2013 else rng.choice((3, 10, 11, 12, 12))
    enlisted = date(year, month, rng.choice((1, 1, 5, 10, 12, 16)))
    if (enlisted - birth).days < 365 * 17 + 200:
        enlisted = enlisted.replace(year=year + 1)
    if enlisted.year > 2018:
        enlisted = date(2018, 9, 1)
    officer = person.category in ("军队转业干部", "军队离退休干部和退休士官")
    years = rng.choice((10, 12, 13, 15, 16)) if officer else rng.choice((2, 2, 2, 2, 3, 3, 4, 5, 5, 8, 8, 12, 12, 16))
    if person.category == "退役士兵" and person.age() >= 84:
        person.category = "复员军人"
    while enlisted.year + years > 2020 and years > 2:
        years -= 1
    discharged = date(
        enlisted.year + years, rng.choice((9, 9, 11, 12)) if years > 2 else 12, rng.choice((1, 10, 15, 25))
    )
    if discharged >= date(2020, 10, 1):
        discharged = date(2020, 9, rng.choice((1, 5, 10)))
    person.enlisted, person.discharged = enlisted, discharged


def _bury(rng: random.Random, people: list[Person]) -> None:
    """Let a few old people have died: most of them some years ago, and a few during the year."""
    for index, person in enumerate(people):
        chance = 0.0 if person.age() < 55 else 0.02 + (person.age() - 55) * 0.003
        if person.quiet:
            chance = 1.0 if index == 0 else 0.0
        if rng.random() < chance:
            late = rng.random() < 0.4
            person.died = day_between(rng, date(2020 if late else 2014, 2, 1), date(2020 if late else 2019, 11, 30))
            if person.discharged and person.died <= person.discharged + timedelta(days=400):
                person.died = None


def _nation(rng: random.Random) -> str:
    return rng.choices(("汉族", "回族", "满族", "蒙古族", "土家族"), (985, 8, 4, 2, 1))[0]


def _education(rng: random.Random, person: Person) -> str:
    age = person.age()
    if age > 70:
        return rng.choices(("文盲或半文盲", "小学", "初中", "高中"), (8, 50, 36, 6))[0]
    if age > 45:
        return rng.choices(("小学", "初中", "高中", "中专", "大学专科"), (8, 58, 24, 6, 4))[0]
    return rng.choices(
        ("初中", "高中", "中专", "技校", "大学专科", "大学本科", "研究生"), (26, 30, 10, 4, 21, 8.6, 0.4)
    )[0]


def _party(rng: random.Random, person: Person) -> str:
    age = person.age()
    if person.category in FAMILY:
        return "中共党员" if rng.random() < 0.06 else "群众"
    if person.quiet:
        return "群众"
    chance = rng.random()
    if chance < 0.33:
        return "中共党员" if age > 22 else "共青团员"
    if chance < 0.35:
        return "中共预备党员" if age < 45 else "群众"
    return "共青团员" if age < 28 and chance < 0.6 else "群众"
