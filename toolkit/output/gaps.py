"""The list of gaps (缺项清单): who has no complete phone or ID number, who turns 60 or 55 within three months, who died this month.

It names people and is never mailed. Numbers are masked unless somebody asked for them in full.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.messages import text
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.people import Day, Person, shown_number
from toolkit.output.places import named, short, township_of, within
from toolkit.output.printed import Column, Page
from toolkit.output.publish import publish
from toolkit.output.reports import file_name
from toolkit.output.summary_book import Book
from toolkit.output.windows import Window, long_date
from toolkit.results import Results

MEN, WOMEN, MONTHS = 60, 55, 3
KINDS = ("phone", "id", "turning", "deaths")
_SOURCE_WIDTH = 40
_WIDTHS = (
    ("number", 6, "center"), ("township", 13, "center"), ("village", 18, "center"), ("name", 11, "center"), ("sex", 6, "center"),
    ("id", 22, "center"), ("phone", 15, "center"), ("what", 26, "left"), ("source", _SOURCE_WIDTH, "left"), ("result", 14, "left"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """One line of the list: who, and what is the matter. ``what`` is the day somebody turns an age or died, or what was typed."""

    person: Person
    age: int | None = None
    day: Day | None = None
    typed: str | None = None


def reference_day(results: Results) -> date:
    """Return the day that the list looks from: the last one of the window, or today where that is not over."""
    return min(results.period[1], results.today)


def gaps(results: Results, everybody: Sequence[Person], window: Window | None = None) -> dict[str, list[Gap]]:
    """Return the lines by kind. Of the dead only their death is told; ``window``: where deaths are looked for, else the month."""
    day = reference_day(results)
    until = months_after(day, MONTHS)
    month = (
        window.days if window else (day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    )
    found: dict[str, list[Gap]] = {kind: [] for kind in KINDS}
    for one in everybody:
        if one.died and month[0] <= one.died.first and one.died.last <= month[1]:
            found["deaths"].append(Gap(one, day=one.died))
        if one.dead:
            continue
        if one.phone is None:
            found["phone"].append(Gap(one, typed=one.typed.get("联系电话")))
        if one.id is None:
            found["id"].append(Gap(one, typed=one.typed.get("身份证号")))
        if one.born is not None and one.male is not None:
            age = MEN if one.male else WOMEN
            turns = birthday(one.born, age)
            if day <= turns <= until:
                found["turning"].append(Gap(one, age, Day(turns, turns)))
    found["turning"].sort(key=lambda gap: gap.day.first if gap.day else day)
    return found


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the last one of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def birthday(born: date, age: int) -> date:
    """Return the day on which somebody reaches an age; who was born on 29 February does on 1 March where there is none."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def write_gaps(
    folder: Path, results: Results, everybody: Sequence[Person], lang: str = "zh", *, full: bool = False, window: Window | None = None
) -> Path:  # fmt: skip
    """Write the list, a sheet a kind; return the path it ended up at."""
    found = gaps(results, everybody, window)
    title = text("list.gaps.title", lang, county=results.county_name or text("out.notice.county", lang))
    name = text("list.full_file", lang, name=title) if full else title
    file = file_name(text("list.file", lang, title=name, date=long_date(results.today, lang)), ".xlsx")

    def write(target: Path) -> None:
        with Book(target, lang) as book:
            used: set[str] = set()
            for kind, lines in found.items():
                _write_kind(book, used, results, kind, lines, _heading(results, kind, window, lang), lang, full=full)

    return publish(folder / file, write)


def _heading(results: Results, kind: str, window: Window | None, lang: str) -> str:
    day = reference_day(results)
    month = window.name(lang) if window else text("window.month", lang, year=day.year, month=day.month)
    days = {"first": long_date(day, lang), "last": long_date(months_after(day, MONTHS), lang), "month": month}
    return text(f"list.gaps.heading.{kind}", lang, **days)


def _write_kind(
    book: Book, used: set[str], results: Results, kind: str, lines: Sequence[Gap], heading: str, lang: str, *, full: bool
) -> None:  # fmt: skip
    columns = [Column(text(f"list.column.{key}", lang), width, align) for key, width, align in _WIDTHS]
    page = Page(book, sheet_name(text(f"list.gaps.sheet.{kind}", lang), 1, used), columns, text("list.footer", lang))
    made = text("list.date", lang, date=long_date(results.today, lang))
    hint = text("list.full" if full else "list.masked", lang)
    page.head(heading, f"{text('list.gaps.below', lang, count=len(lines), date=made)}　{hint}")
    for number, gap in enumerate(lines, 1):
        one = gap.person
        upper = township_of(results, one.station) if one.station else None
        village = ""
        if one.station and upper:
            village = (
                text("list.roll.own", lang) if upper.code == one.station.code else within(one.station.name, upper.name)
            )
        where = text("list.gaps.where", lang, file=one.file.rpartition("/")[2], row=one.row)
        page.line([
            number, short(named(results, upper)) if upper else text("out.unclaimed", lang), village, one.name,
            text("out.sex.male" if one.male else "out.sex.female", lang) if one.male is not None else "",
            shown_number(one.id, full=full), shown_number(one.phone, full=full), _what(gap, lang, full=full),
            where, "",
        ], page.height(where, _SOURCE_WIDTH))  # fmt: skip
    if not lines:
        page.foot(text("list.nobody", lang))
    page.foot(text("list.signatures", lang))


def _what(gap: Gap, lang: str, *, full: bool) -> str:
    if gap.day is not None:
        shown = long_date(gap.day.first, lang) if gap.day.first == gap.day.last else str(gap.day)
        return (
            text("list.gaps.turns", lang, date=shown, age=gap.age)
            if gap.age
            else text("list.gaps.died", lang, date=shown)
        )
    if not gap.typed:
        return text("list.gaps.blank", lang)
    return text("list.gaps.typed", lang, value=shown_number(gap.typed, full=full))
