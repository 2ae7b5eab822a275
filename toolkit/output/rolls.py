"""Rolls (花名册): one workbook a township with a sheet a village, and one of the county with a sheet a class; with room to sign.

They name people and are never mailed. Numbers are masked unless somebody asked for them in full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from toolkit.messages import text
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.people import REGISTER, Person, shown_number
from toolkit.output.places import named, short, township_of, within
from toolkit.output.printed import Column, Page
from toolkit.output.publish import publish
from toolkit.output.reports import file_name
from toolkit.output.summary_book import Book
from toolkit.output.windows import long_date
from toolkit.results import Results
from toolkit.roster import Station

_ONE_PAGE = 40
"""So many places still are readable on one page."""


class RollWriter:
    """Writes the rolls of a county. ``full``: numbers in full."""

    def __init__(self, results: Results, everybody: Sequence[Person], lang: str, *, full: bool) -> None:
        self._results, self._lang, self._full = results, lang, full
        self._people = [one for one in everybody if not one.dead]
        self._dead = Counter(self._upper(one) for one in everybody if one.dead)
        ledger = results.dictionary.ledgers.get(REGISTER)
        codes = ledger.fields["人员类别"].codes if ledger and "人员类别" in ledger.fields else None
        self._order = {value: place for place, value in enumerate(codes.values)} if codes else {}

    def _text(self, name: str, /, **params: object) -> str:
        return text(f"list.{name}", self._lang, **params)

    def _upper(self, person: Person) -> str:
        """Return the code of the township that a person belongs to; nothing where the station is unknown."""
        return township_of(self._results, person.station).code if person.station else ""

    def townships(self) -> list[str]:
        """Return the codes of the townships that have people, in the roster's order; an empty one for unknown stations."""
        stations = self._results.roster.stations
        return sorted(
            {self._upper(one) for one in self._people}, key=lambda code: stations[code].order if code else len(stations)
        )

    def write_township(self, folder: Path, code: str) -> Path:
        """Write the roll of one township; return the path it ended up at."""
        upper = self._results.roster.stations.get(code)
        place = short(named(self._results, upper)) if upper else text("out.unclaimed", self._lang)
        own = [one for one in self._people if self._upper(one) == code]
        villages = _grouped(own, lambda one: self._village(one, upper))
        title = self._text("roll.title", place=place)

        def write(target: Path) -> None:
            with Book(target, self._lang) as book:
                used: set[str] = set()
                headline = self._text("roll.summary_title", place=place)
                self._summary(book, used, headline, villages, self._text("column.village"), self._dead[code])
                for village, members in villages.items():
                    full_name = place if village in (place, self._text("roll.own")) else f"{place}{village}"
                    page = self._page(
                        book, sheet_name(village, 1, used), (), self._text("roll.title", place=full_name), len(members)
                    )
                    for category, group in sorted(
                        _grouped(members, self._category).items(), key=lambda item: self._rank(item[0])
                    ):
                        page.band(self._text("roll.group", category=category, count=len(group)))
                        for number, one in enumerate(group, 1):
                            page.line(self._row(number, one, ()), 26)
                    page.foot(self._text("signatures"))

        return publish(folder / self._file(title), write)

    def write_classes(self, folder: Path) -> Path:
        """Write the roll of the county, a sheet a class; return the path it ended up at."""
        county = self._results.county_name or text("out.notice.county", self._lang)
        classes = dict(sorted(_grouped(self._people, self._category).items(), key=lambda item: self._rank(item[0])))
        places = _grouped(self._people, lambda one: self._place(one)[0])
        title = self._text("roll.county", county=county)

        def write(target: Path) -> None:
            with Book(target, self._lang) as book:
                used: set[str] = set()
                headline = self._text("roll.summary_county", place=county)
                self._summary(book, used, headline, places, self._text("column.township"), sum(self._dead.values()))
                where = (Column(self._text("column.township"), 13), Column(self._text("column.village"), 16))
                for category, members in classes.items():
                    heading = self._text("roll.by_class", county=county, category=category)
                    page = self._page(book, sheet_name(category, 1, used), where, heading, len(members))
                    for number, one in enumerate(members, 1):
                        page.line(self._row(number, one, self._place(one)), 26)
                    page.foot(self._text("signatures"))

        return publish(folder / self._file(title), write)

    def _file(self, title: str) -> str:
        name = self._text("full_file", name=title) if self._full else title
        return file_name(self._text("file", title=name, date=long_date(self._results.today, self._lang)), ".xlsx")

    def _page(self, book: Book, name: str, where: Sequence[Column], title: str, count: int) -> Page:
        keys = [("name", 11, "center"), ("sex", 6, "center"), ("age", 6, "center"), ("id", 22, "center"), ("category", 18, "left"),
                ("enlisted", 11, "center"), ("discharged", 11, "center"), ("phone", 15, "center"), ("signature", 16, "center"),
                ("remark", 13, "left")]  # fmt: skip
        if where:
            keys = [key for key in keys if key[0] not in ("category", "enlisted")]
        columns = [
            Column(self._text("column.number"), 6),
            *where,
            *(Column(self._text(f"column.{k}"), w, a) for k, w, a in keys),
        ]
        page = Page(book, name, columns, self._text("footer"))
        page.head(title, self._below(count))
        return page

    def _below(self, count: int, dead: int = 0) -> str:
        told = self._text("roll.count", count=count) + (self._text("roll.dead", count=dead) if dead else "")
        made = self._text("date", date=long_date(self._results.today, self._lang))
        return f"{told}　　{made}　　{self._text('full' if self._full else 'masked')}"

    def _row(self, number: int, one: Person, where: Iterable[str]) -> list[object]:
        own = [
            one.name, text("out.sex.male" if one.male else "out.sex.female", self._lang) if one.male is not None else "",
            one.age(self._results.today), shown_number(one.id, full=self._full),
        ]  # fmt: skip
        service = (
            [str(one.discharged or "")]
            if where
            else [one.category or "", str(one.enlisted or ""), str(one.discharged or "")]
        )
        return [number, *where, *own, *service, shown_number(one.phone, full=self._full), "", ""]

    def _summary(
        self, book: Book, used: set[str], title: str, groups: dict[str, list[Person]], place: str, dead: int
    ) -> None:
        """Write how many people of each class there are at each place."""
        everybody = [one for members in groups.values() for one in members]
        classes = sorted({self._category(one) for one in everybody}, key=self._rank)
        columns = [
            Column(place, 22, "left"),
            *(Column(name, 11, "right") for name in classes),
            Column(self._text("column.total"), 9, "right"),
        ]
        page = Page(book, sheet_name(self._text("roll.summary"), 1, used), columns, self._text("footer"))
        page.head(title, self._below(len(everybody), dead))
        page.sheet.set_row(2, 48)
        if len(groups) <= _ONE_PAGE:
            page.sheet.fit_to_pages(1, 1)
        for name, members in [*groups.items(), (self._text("column.total"), everybody)]:
            counts = Counter(map(self._category, members))
            page.line([name, *(counts[one] or None for one in classes), len(members)], 22, bold=members is everybody)

    def _category(self, one: Person) -> str:
        return one.category or self._text("roll.unsaid")

    def _rank(self, category: str) -> tuple[int, str]:
        return self._order.get(category, len(self._order)), category

    def _village(self, one: Person, upper: Station | None) -> str:
        if one.station is None or upper is None:
            return text("out.unclaimed", self._lang)
        return self._text("roll.own") if one.station.code == upper.code else within(one.station.name, upper.name)

    def _place(self, one: Person) -> tuple[str, str]:
        if one.station is None:
            return text("out.unclaimed", self._lang), ""
        upper = township_of(self._results, one.station)
        return short(named(self._results, upper)), self._village(one, upper)


def _grouped(people: Sequence[Person], key: Callable[[Person], str]) -> dict[str, list[Person]]:
    """Return people by a word, in the order in which the words come up."""
    found: dict[str, list[Person]] = {}
    for one in people:
        found.setdefault(key(one), []).append(one)
    return found
