"""The whole county: draws up the model, hands every station its part, and collects what was written."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from toolkit.demo.chance import seeded
from toolkit.demo.naming import NAMES
from toolkit.demo.people import People, Person
from toolkit.demo.places import MODEL_TOWNSHIPS, Station, closed_stations, make_stations, write_roster
from toolkit.demo.publish import Shelf
from toolkit.demo.quotas import Quota, give_fairs, give_quotas, give_roles
from toolkit.demo.schedule import all_kinds, make_schedule
from toolkit.demo.standing import FOUR, SEVEN
from toolkit.demo.work import Task, write_station


@dataclass(frozen=True, slots=True)
class County:
    """What was made: counts, and three ledgers worth opening."""

    stations: int
    people: int
    files: int
    rows: int
    planted: int
    examples: tuple[Path, ...]


def make_county(
    folder: Path,
    *,
    stations: int = 359,
    seed: int = 20201231,
    progress: Callable[[int, int], None] | None = None,
    processes: int | None = None,
) -> County:
    """Write a synthetic county below a folder: ledgers, roster, and the list of what is wrong in them.

    Args:
        folder: the workspace; ``workbooks/`` and ``planted.json`` are written into it.
        stations: how many stations, from the city down; 359 is the whole county.
        seed: the same seed gives the same county, cell by cell, whatever the number of processes.
        progress: called with (stations done, stations in all).
        processes: how many worker processes; by default one a core, 1 works in this process.
    """
    target = folder / "workbooks" / "stations"
    target.mkdir(parents=True, exist_ok=True)
    all_stations = make_stations(seed, stations)
    closed = closed_stations(seed, all_stations, max(0, min(6, stations // 40)))
    write_roster(folder / "workbooks" / "roster.xlsx", [*all_stations, *closed])
    tasks = draw_up(seed, all_stations, closed, target)
    shelves = _work(tasks, progress, processes)
    planted = summary(seed, all_stations, tasks, shelves)
    (folder / "planted.json").write_text(json.dumps(planted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return County(
        stations=len(all_stations),
        people=planted["people"],
        files=planted["files"],
        rows=sum(planted["rows"].values()),
        planted=len(planted["planted"]),
        examples=_examples(folder, shelves, planted),
    )


def draw_up(seed: int, stations: list[Station], closed: list[Station], target: Path) -> list[Task]:
    """Return every station's task; the yearly figures are shared out here, and nowhere else."""
    schedule = make_schedule(seed, stations)
    kinds = all_kinds()
    numbers = {code: tuple(kinds.index(k) for k in given) for code, given in schedule.items()}
    locals_ = [s for s in stations if s.level in ("村", "社区")]
    maker = People(seed)
    people = {s.code: maker.of_station(s, dotted=any(k.needs_dot for k in schedule[s.code])) for s in locals_}
    give_roles(seed, stations, people)
    came = give_fairs(seed, stations, people)
    recorded, twice = _shared(seed, stations, people)
    rng = seeded(seed, "county")
    zero_aid = frozenset(
        s.code for s in locals_ if rng.random() < 0.03 and not any(k.ledger == "L3" for k in schedule[s.code])
    )
    silent = frozenset(
        s.code for s in locals_ if rng.random() < 0.03 and not any(k.ledger == "L11" for k in schedule[s.code])
    )
    quotas = give_quotas(seed, stations, people, silent)
    strangers = {
        s.code: maker.stranger(seeded(seed, "stranger", s.code), s, {p.name for p in people[s.code]}) for s in locals_
    }
    guests = _guests(seed, locals_, people)
    by_parent: dict[str, list[Person]] = {}
    for station in locals_:
        by_parent.setdefault(station.parent, []).extend(people[station.code])
    copying = next((s.code for s in reversed(stations) if s.level == "乡镇"), "")
    tasks = []
    for serial, station in enumerate([*stations, *closed], 1):
        own = people.get(station.code, [])
        if station.until:
            own = rng.sample([p for p in by_parent[station.parent] if p.active], 6)
        elif station.level == "乡镇":
            pool = [p for p in by_parent.get(station.code, []) if p.active]
            own = rng.sample(pool, min(len(pool), 60))
        elif station.level == "市":
            pool = [p for s in locals_ for p in people[s.code] if p.active]
            own = rng.sample(pool, min(len(pool), 60))
        near = [s for s in locals_ if s.parent == station.parent and s.code != station.code] or locals_[:1]
        tasks.append(
            Task(
                seed=seed, serial=serial, station=station, people=own, quota=quotas.get(station.code, Quota((), (), ())),
                kinds=numbers.get(station.code, ()), target=target, neighbours=near[:2],
                places={s.code: s.short for s in locals_}, stranger=strangers.get(station.code),
                no_aid=station.code in zero_aid, no_events=station.code in silent, guests=guests.get(station.code, ([], [])),
                came=came if station.level == "市" else [], twice=twice.get(station.code, []), recorded=recorded.get(station.code, []),
                copied=[(s, people[s.code]) for s in locals_ if s.parent == station.code] if station.code == copying else [],
                names=frozenset(p.name for p in by_parent.get(station.code, [])),
            )
        )  # fmt: skip
    return tasks


def _shared(
    seed: int, stations: list[Station], people: dict[str, list[Person]]
) -> tuple[dict[str, list[Person]], dict[str, list[Person]]]:
    """Choose, by township: veterans with a merit that no register tells, and people whom two townships give a card."""
    rng = seeded(seed, "shared")
    townships = [s for s in stations if s.level == "乡镇"]
    recorded: dict[str, list[Person]] = {}
    twice: dict[str, list[Person]] = {}
    for number, township in enumerate(townships):
        own = [p for s in stations if s.parent == township.code and s.level in ("村", "社区") for p in people.get(s.code, [])]
        named = Counter(p.name for p in own)
        free = [p for p in own if p.active and p.discharged and not p.roles and named[p.name] == 1]
        if len(free) < 2:
            continue
        veteran, person = rng.sample(free, 2)
        if number % 3 == 0:
            veteran.roles.add("unrecorded")
            recorded[township.code] = [veteran]
        if number % 5 == 1:
            for place in (township, townships[number - 1]):
                twice.setdefault(place.code, []).append(person)
    return recorded, twice


def _guests(
    seed: int, locals_: list[Station], people: dict[str, list[Person]]
) -> dict[str, tuple[list[Person], list[Person]]]:
    """Choose people whom two stations register: for each station (its own who go out, others who come in)."""
    rng = seeded(seed, "guests")
    found: dict[str, tuple[list[Person], list[Person]]] = {}
    for first, second in pairwise(locals_):
        if rng.random() < 0.05 or (first is locals_[0]):
            names = {p.name for p in people[second.code]}
            free = [
                p for p in people[first.code] if p.quiet and not p.died and p.name not in names and "·" not in p.name
            ]
            if free:
                person = rng.choice(free)
                found.setdefault(first.code, ([], []))[0].append(person)
                found.setdefault(second.code, ([], []))[1].append(person)
    return found


def _work(tasks: list[Task], progress: Callable[[int, int], None] | None, processes: int | None) -> list[Shelf]:
    count = processes or min(os.cpu_count() or 1, len(tasks))
    shelves = []
    if count == 1:
        for task in tasks:
            shelves.append(write_station(task))
            if progress:
                progress(len(shelves), len(tasks))
        return shelves
    with ProcessPoolExecutor(count) as pool:
        for shelf in pool.map(write_station, tasks, chunksize=4):
            shelves.append(shelf)
            if progress:
                progress(len(shelves), len(tasks))
    return shelves


def summary(seed: int, stations: list[Station], tasks: list[Task], shelves: list[Shelf]) -> dict[str, Any]:
    """Return what ``planted.json`` holds."""
    rows: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for shelf in shelves:
        rows.update(shelf.rows)
        classes.update(shelf.figures.get("service_classes", {}))
        totals.update(shelf.figures.get("totals", {}))
    models = [s.township for s in stations if s.level == "乡镇" and s.township in MODEL_TOWNSHIPS]
    levels = Counter(s.level for s in stations)
    figures = {
        "stations_regular": len(stations),
        "model_stations": {"count": len(models), "names": models},
        "seven_ones": dict.fromkeys(SEVEN, levels["乡镇"]),
        "four_haves": dict.fromkeys(FOUR, levels["村"] + levels["社区"]),
        "party_volunteers": totals["party_volunteers"],
        "donations": {"cash": totals["cash"], "goods": totals["goods"], "total": totals["cash"] + totals["goods"]},
        "committee": totals["committee"],
        "chief": totals["chief"],
        "reserve": totals["reserve"],
        "reserve_qualified": totals["reserve_qualified"],
        "service_classes": dict(sorted(classes.items())),
        "service_entries": sum(classes.values()),
        "service_people": totals["service_people"],
        **{name: totals[name] for name in ("fairs", "intent", "employed", "satisfied", "answers", "notices", "meetings")},
    }
    return {
        "seed": seed,
        "stations": len(stations),
        "figures": figures,
        "files": sum(len(s.paths) for s in shelves),
        "rows": {k: rows[k] for k in NAMES if rows[k]},
        "people": sum(len(t.people) for t in tasks if t.station.level in ("村", "社区") and not t.station.until),
        "planted": [line for s in shelves for line in s.planted],
        "files_expected": [f for s in shelves for f in s.files],
        "ledgers_expected": [x for s in shelves for x in s.ledgers],
        "silent": [line for s in shelves for line in s.silent],
        "not_planted": sorted(x for s in shelves for x in (*s.failed, *s.unplaced)),
    }


def _examples(folder: Path, shelves: list[Shelf], planted: dict[str, Any]) -> tuple[Path, ...]:
    """Return three .xlsx ledgers that show the most kinds of mistakes on one sheet."""
    kinds: dict[str, set[str]] = {path: set() for shelf in shelves for path in shelf.paths if path.endswith(".xlsx")}
    sheets: dict[str, set[str]] = {path: set() for path in kinds}
    for line in planted["planted"]:
        if line["file"] in kinds and line["cell"] and line["severity"] != "info":
            kinds[line["file"]].add(line["code"])
            sheets[line["file"]].add(line["sheet"])
    for line in planted["files_expected"]:
        kinds.pop(line["path"], None)
    best = sorted(kinds, key=lambda path: (len(sheets[path]) > 1, -len(kinds[path]), path))
    return tuple(folder / path for path in best[:3])
