"""One station at work: its people, its records, its layouts, and the mistakes that are planted in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from toolkit.demo.layouts import NO_WISH, Layout, Wish
from toolkit.demo.people import Person, make_id
from toolkit.demo.places import Station
from toolkit.demo.rows import Numbered, Row, Shown


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted mistake before its cell is known: a field of a record, a named place, a sheet, a file or a station."""

    kind: str
    code: str
    ledger: str
    row: int | None = None
    field: str | None = None
    mark: str | None = None
    """A place the sheet remembers: ``header``, ``meta``, ``heading 联系电话``, ``合计 慰问金``, ``note 17``."""
    group: str | None = None
    table: str | None = None
    whole: bool = False
    """About the sheet as a whole: no cell."""


@dataclass(slots=True)
class Office:
    """Everything one station's workbooks are made from."""

    station: Station
    rng: random.Random
    people: list[Person]
    staff: tuple[str, ...]
    numbered: Numbered
    rows: dict[str, list[Row]]
    layouts: dict[str, Layout] = field(default_factory=dict)
    plants: list[Plant] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    """Mistakes of whole sheets and files, by name, for the clerk who files the workbooks."""
    excel_only: set[str] = field(default_factory=set)
    """Ledgers with a mistake that only a real workbook can hold."""
    missing: set[str] = field(default_factory=set)
    """Ledgers that were not sent."""
    zero: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    wrong_total: dict[str, str] = field(default_factory=dict)
    split: str = "year"
    """How the visits are spread over tables: year, halves, quarters, months, peaks."""
    strangers: Callable[[], Person] | None = None
    groups: int = 0
    nobodies: int = 0

    def nobody(self) -> Person:
        """Return a person who is in nobody's register: older than everybody else in the county, so that no number is used twice."""
        self.nobodies += 1
        birth = date(1927, 1 + int(self.station.code[6:9]) % 12, 1 + int(self.station.code[9:]) % 28)
        number = make_id(birth, 901 + self.nobodies * 2)
        name = f"{self.rng.choice('邓蔺晁厍')}{self.rng.choice('敬文德景')}{self.rng.choice('舟坤轩屏')}"
        found = Person(self.station.code, name, female=False, birth=birth, id=number, phone="13935600000", nation="汉族", party="群众",
                       education="小学", category="复员军人", rural=True)  # fmt: skip
        found.enlisted, found.discharged = date(1948, 3, 1), date(1953, 12, 1)
        return found

    def group(self) -> str:
        """Return a name for places that belong together."""
        self.groups += 1
        return f"{self.station.code}-{self.groups}"

    def plant(self, kind: str, code: str, row: Row, fields: Iterable[str]) -> None:
        """Record a mistake at one or more fields of a record that the layout shows."""
        layout = self.layouts[row.ledger]
        seen = [f for f in fields if layout.has(f)]
        group = self.group() if len(seen) > 1 else None
        self.plants += [Plant(kind, code, row.ledger, row.uid, f, group=group) for f in seen]
        row.dirty = True

    def candidates(self, ledger: str, suits: Callable[[Row], bool]) -> list[Row]:
        """Return the clean records that suit, in random order."""
        found = [r for r in self.rows.get(ledger, ()) if not r.dirty and not r.extra and not r.note and suits(r)]
        self.rng.shuffle(found)
        return found

    def pick(self, ledger: str, suits: Callable[[Row], bool]) -> Row | None:
        """Return a clean record that suits, at random, or None."""
        found = self.candidates(ledger, suits)
        return found[0] if found else None

    def insert_after(self, row: Row, new: Row) -> None:
        """Put a record below another one."""
        rows = self.rows[row.ledger]
        rows.insert(next(i for i, r in enumerate(rows) if r is row) + 1, new)

    def parts(self, ledger: str) -> list[tuple[str, list[Row]]]:
        """Return a ledger's tables as (what the title adds, records)."""
        rows = self.rows.get(ledger, [])
        if ledger != "L2" or self.split == "year":
            return [("", rows)]
        names = [self._part(r) for r in rows]
        order = sorted(set(names))
        found = [(name, [r for r, n in zip(rows, names, strict=True) if n == name]) for name in order]
        return [(name[2:], part) for name, part in found]

    def _part(self, row: Row) -> str:
        day = row.values["走访日期"]
        assert isinstance(day, date)
        match self.split:
            case "halves":
                return "1 上半年" if day.month < 7 else "2 下半年"
            case "quarters":
                return f"{(day.month - 1) // 3} {'一二三四'[(day.month - 1) // 3]}季度"
            case "months":
                return f"{chr(64 + day.month)} {day.month}月"
            case _:
                kind = row.values["走访类型"]
                return {"春节走访": "1 春节慰问", "八一走访": "2 八一慰问"}.get(str(kind), "3 日常走访")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mistake: what it is called, the finding it must give, and how it is planted."""

    name: str
    code: str
    ledger: str
    apply: Callable[[Office], bool]
    wish: Wish = NO_WISH
    levels: tuple[str, ...] = ("村", "社区")
    needs_dot: bool = False


Spoil = Callable[[random.Random, Row], Shown]


class _Skip(Exception):  # noqa: N818 - control flow within this module
    """This record does not suit; take another."""


def skip() -> Shown:
    """Refuse the record at hand."""
    raise _Skip


def cell_kind(
    name: str,
    code: str,
    ledger: str,
    target: str,
    spoil: Spoil,
    *,
    also: tuple[str, ...] = (),
    suits: Callable[[Row], bool] = lambda _: True,
    quiet: bool = False,
    needs: tuple[str, ...] = (),
    no_total: bool = False,
    excel: bool = False,
    harmless: bool = False,
    needs_dot: bool = False,
    levels: tuple[str, ...] = ("村", "社区"),
) -> Kind:
    """Declare a mistake in one cell.

    ``also``: cells of the same record at which the finding may show as well. ``quiet``: only people who stand in the register
    alone. ``harmless``: records that carry a yearly figure may be taken too.
    """

    def apply(office: Office) -> bool:
        if ledger not in office.layouts or not office.layouts[ledger].has(target) or any(not office.layouts[ledger].has(f) for f in needs):
            return False

        def free(row: Row) -> bool:
            known = not quiet or (row.person is not None and row.person.quiet)
            return known and (harmless or not row.counted) and suits(row)

        for row in office.candidates(ledger, free):
            try:
                new = spoil(office.rng, row)
            except _Skip:
                continue
            row.shown[target] = new
            office.plant(name, code, row, (target, *also))
            if excel:
                office.excel_only.add(ledger)
            return True
        return False

    wish = Wish(needs=frozenset((target, *needs)), no_total=no_total)
    return Kind(name, code, ledger, apply, wish, levels, needs_dot)
