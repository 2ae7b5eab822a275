"""One station from its part of the model to its files."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.demo.chance import seeded
from toolkit.demo.duties import answer_rows, fair_lines, honour_rows, meeting_rows, memorial_rows, petition_rows
from toolkit.demo.editions import other_editions
from toolkit.demo.events import aid_rows, event_rows, visit_rows
from toolkit.demo.extras import dress, moved_books, plants_of_columns
from toolkit.demo.filing import Book, Filer
from toolkit.demo.layouts import make_layout
from toolkit.demo.names import staff_name
from toolkit.demo.office import Office, Plant
from toolkit.demo.people import Person
from toolkit.demo.places import Station
from toolkit.demo.publish import Shelf, choose_kinds, find, locate, surplus, write_book
from toolkit.demo.quotas import Quota
from toolkit.demo.register import register_values
from toolkit.demo.render import place
from toolkit.demo.rows import Numbered, Row
from toolkit.demo.schedule import all_kinds, wish_of
from toolkit.demo.services import card_rows, fair_rows, family_rows, notice_rows, plaque_rows, training_rows
from toolkit.demo.sheet import Sheet
from toolkit.demo.silent import vary
from toolkit.demo.standing import job_rows, member_rows, station_row


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know of one station."""

    seed: int
    serial: int
    station: Station
    people: list[Person]
    quota: Quota
    kinds: tuple[int, ...]
    target: Path
    neighbours: list[Station]
    places: dict[str, str]
    stranger: Person | None
    no_aid: bool
    no_events: bool
    guests: tuple[list[Person], list[Person]]
    came: list[Person] = field(default_factory=list)
    """Who came to the county's job fairs; only the city has them."""
    twice: list[Person] = field(default_factory=list)
    """People of a township who stand in another one's ledger of cards as well, or the other way round."""
    recorded: list[Person] = field(default_factory=list)
    """Veterans of a township with a notice of merit that their register does not tell."""
    names: frozenset[str] = frozenset()
    """The names of everybody registered in a township."""
    copied: list[tuple[Station, list[Person]]] = field(default_factory=list)
    """The villages whose registers a township puts together."""


def write_station(task: Task) -> Shelf:
    """Write a station's files and return what was planted in them."""
    office = _open(task)
    kinds = [all_kinds()[i] for i in task.kinds]
    shelf = Shelf(task.station.code)
    for ledger in office.rows:
        office.layouts[ledger] = make_layout(office.rng, task.station, ledger, wish_of(kinds, ledger))
    _exchange(office, task)
    _plant_shared(office, task)
    shelf.figures = _figures(office)
    for kind in sorted(kinds, key=lambda k: not k.needs_dot):
        if not kind.apply(office):
            shelf.failed.append(f"{task.station.code} {kind.name} ({kind.code})")
    silent = vary(office)
    filer = Filer(office, task.serial)
    moved = moved_books(office, filer, task.neighbours)
    books = filer.books()
    books += other_editions(office, filer)
    dress(office, books)
    if task.serial % 120 == 50:
        _far_cell(books)
    office.plants += plants_of_columns(office)
    if office.flags.get("another station's name"):
        _rename_unit(books, task)
    if task.station.until:
        for book in books:
            book.remarks.append(("closed station", "W023", None))
    choose_kinds(office, books)
    books += moved
    for book in books:
        write_book(task.target, book, office.station.contact)
        shelf.paths.append(book.path)
    locate(office, books, shelf)
    shelf.silent = [line for plant in silent for line in find(plant, books)]
    surplus(task.target, office, books, shelf)
    shelf.ledgers += [{"station": task.station.code, "ledger": x, "status": "zero"} for x in sorted(office.zero)]
    shelf.ledgers += [
        {"station": task.station.code, "ledger": x, "status": "missing"} for x in sorted(office.missing | office.empty)
    ]
    counted = {(r.ledger, r.uid) for b in books for _, t in b.tables for r in t.rows if not (r.extra or r.note)}
    shelf.rows = dict(Counter(ledger for ledger, _ in counted))
    return shelf


def _open(task: Task) -> Office:
    station = task.station
    rng = seeded(task.seed, "office", station.code)
    staff = tuple(dict.fromkeys([station.contact, *(staff_name(rng) for _ in range(3))]))
    numbered = Numbered()
    rows: dict[str, list[Row]] = {}
    central = station.level in ("市", "乡镇")
    if not central and not station.until:
        rows["L1"] = [numbered.row("L1", register_values(rng, station, p), p) for p in task.people]
    visited = [p for p in task.people if not p.quiet]
    rows["L2"] = visit_rows(rng, numbered, station, visited, staff, key=central or station.until is not None)
    if not central and not station.until:
        rows["L3"] = [] if task.no_aid else aid_rows(rng, numbered, task.people, staff)
        rows["L4"] = job_rows(rng, numbered, task.people)
        rows["L7"] = member_rows(rng, numbered, station, task.people)
    if station.level != "市" and not station.until:
        rows["L11"] = [] if task.no_events else event_rows(rng, numbered, station, task.quota)
    if not station.until:
        rows["L12"] = [station_row(rng, numbered, station)]
        rows |= _further(task, rng, numbered, staff)
    for row in (r for found in rows.values() for r in found if r.person):
        assert row.person
        row.values["所属镇村"] = task.places.get(row.person.station)
    if central:
        for ledger in ("L2", "L11"):
            if ledger in rows:
                rows[ledger].sort(key=lambda r: r.person.station if r.person else "")
    split = rng.choices(("year", "halves", "quarters", "months", "peaks"), (52, 16, 8, 14, 10))[0]
    office = Office(
        station, rng, task.people, staff, numbered, rows, split="year" if central or station.until else split
    )
    office.zero = {x for x in ("L2", "L3", "L11", "L4", "L7") if x in rows and not rows[x]}
    if task.stranger:
        stranger = task.stranger
        office.strangers = lambda: stranger
    return office


def _further(task: Task, rng: random.Random, numbered: Numbered, staff: tuple[str, ...]) -> dict[str, list[Row]]:
    """Return the rows of the ledgers that only some stations keep."""
    station = task.station
    people = [p for p in task.people if p.active]
    wanted = {all_kinds()[i].ledger for i in task.kinds}
    if station.level == "市":
        return {
            "L5a": fair_lines(numbered), "L5b": fair_rows(rng, numbered, task.came), "L6": training_rows(rng, numbered, people),
            "L8": petition_rows(rng, numbered, station, people[:14], staff), "L13": answer_rows(rng, numbered),
            "L15": honour_rows(rng, numbered, station), "L17": meeting_rows(rng, numbered, station),
        }  # fmt: skip
    if station.level == "乡镇":
        found = {
            "L8": petition_rows(rng, numbered, station, people[: rng.randint(4, 8)], staff),
            "L9": notice_rows(rng, numbered, station, staff, task.names, task.recorded),
            "L10": card_rows(rng, numbered, [*(p for p in people[8:30] if p not in task.twice), *task.twice]),
            "L15": honour_rows(rng, numbered, station), "L17": meeting_rows(rng, numbered, station),
        }  # fmt: skip
        if task.copied:
            rows = [row for place, members in task.copied for row in member_rows(rng, numbered, place, members)][:-1]
            for row in rows:
                row.extra = True
            found["L7"] = rows
        if rng.random() < 0.5 or "L16" in wanted:
            found["L16"] = memorial_rows(rng, numbered, station)
        return found
    found = {}
    if rng.random() < 0.25 or "L14" in wanted:
        found["L14"] = plaque_rows(rng, numbered, station, rng.sample(people, min(len(people), rng.randint(8, 20))))
    families = [p for p in people if p.category in ("烈士遗属", "因公牺牲军人遗属", "病故军人遗属")]
    if families and (rng.random() < 0.6 or "L18" in wanted):
        found["L18"] = family_rows(rng, numbered, families)
    return found


def _plant_shared(office: Office, task: Task) -> None:
    """Plant what only shows beside another station's ledger: both know it of the people's roles."""
    for row in office.rows.get("L5b", ()):
        if row.person and "idle" in row.person.roles:
            office.plants.append(Plant("employed at the fair, out of work in the register", "W512", "L5b", row.uid, "是否就业"))
            row.dirty = True
    if task.copied:
        office.plants.append(Plant("sums of two levels differ", "E515", "L7", office.rows["L7"][0].uid, "身份证号"))
    for row in office.rows.get("L10", ()):
        if row.person in task.twice:
            office.plants.append(Plant("two cards for one person", "E514", "L10", row.uid, "身份证号"))
            row.dirty = True
    for row in office.rows.get("L9", ()):
        if row.person:
            office.plants.append(Plant("merit not in the register", "W510", "L9", row.uid, "奖励等级"))
            row.dirty = True


def _exchange(office: Office, task: Task) -> None:
    """Enter people whom another station registers too; both places are planted."""
    out, come = task.guests
    for person in out:
        row = next(r for r in office.rows["L1"] if r.person is person)
        _both(office, row, person)
    for person in come:
        row = office.numbered.row("L1", register_values(office.rng, task.station, person), person)
        row.values["所属镇村"] = task.station.short
        office.rows["L1"].insert(office.rng.randint(1, len(office.rows["L1"])), row)
        _both(office, row, person)


def _both(office: Office, row: Row, person: Person) -> None:
    row.dirty = True
    group = f"two-stations-{person.station}-{person.phone[-6:]}"
    office.plants.append(Plant("registered at two stations", "W502", "L1", row.uid, "身份证号", group=group))


def _rename_unit(books: list[Book], task: Task) -> None:
    """Let the aid ledger name another station in its line 填报单位."""
    for book in books:
        if book.ledgers != ("L3",) or not book.tables:
            continue
        (old, table), *_ = book.tables
        table.unit_name = task.neighbours[0].name
        table.title = "困难退役军人解困帮扶台账"
        sheet = Sheet(old.name, theme=old.theme)
        place(sheet, table)
        book.sheets[book.sheets.index(old)] = sheet
        book.tables[0] = (sheet, table)
        book.remarks.append(("another station's name", "W021", None))


def _far_cell(books: list[Book]) -> None:
    """Leave a format in the last row there is, as after formatting whole columns."""
    for book in books:
        if book.ledgers == ("L12",):
            book.sheets[0].far_cell = True


def _figures(office: Office) -> dict[str, dict[str, int]]:
    """Count what carries the yearly figures, before anything is spoilt."""
    rows = office.rows
    classes = Counter(str(r.values["服务类别"]) for r in rows.get("L4", ()))
    totals: Counter[str] = Counter()
    totals["service_people"] = len({r.person.id for r in rows.get("L4", ()) if r.person})
    totals["party_volunteers"] = len(
        {r.person.id for r in rows.get("L11", ()) if r.person and r.values["是否党员"] == "是"}
    )
    for row in rows.get("L11", ()):
        for name, given in (("cash", "捐款金额"), ("goods", "折价金额")):
            amount = row.values.get(given)
            totals[name] += amount if isinstance(amount, int) else 0
    for row in (r for r in rows.get("L7", ()) if not r.extra):
        value = row.values
        totals["committee"] += value["是否两委成员"] == "是"
        totals["chief"] += value["是否主干"] == "是"
        rural = value["党支部类型"] == "农村" and value["是否符合后备条件"] == "是"
        totals["reserve_qualified"] += rural
        totals["reserve"] += rural and value["是否纳入后备干部"] == "是"
    totals["fairs"] = len(rows.get("L5a", ()))
    for role, asked in (("intent", "是否达成意向"), ("employed", "是否就业")):
        totals[role] = len({r.person.id for r in rows.get("L5b", ()) if r.person and r.values[asked] == "是"})
    totals["satisfied"] = sum(r.values["总体评价"] in ("非常满意", "满意") for r in rows.get("L13", ()))
    totals["answers"] = len(rows.get("L13", ()))
    totals["notices"] = sum(r.values["喜报状态"] == "已送达" for r in rows.get("L9", ()))
    totals["meetings"] = len(rows.get("L17", ()))
    return {"service_classes": dict(classes), "totals": dict(totals)}
