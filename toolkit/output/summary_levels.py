"""The sheet 下级: the units below with their key figures, each leading to its own summary; the way back up; who moved between counties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.messages import text
from toolkit.output.facts import SENT, Facts, Score
from toolkit.output.places import short, unit_text
from toolkit.output.summary_book import RATE, TEAL, Heading, Sheet
from toolkit.results import Results
from toolkit.roster import Station

_COLUMNS = 12
_COUNT = "#,##0"
MOVED_AWAY, MOVED_HERE = "I606", "I607"


@dataclass(frozen=True, slots=True)
class Levels:
    """What a summary leads to: ``up`` the unit above and its summary, ``below`` the units below that have one, each with its summary.

    Summaries are paths relative to the folder of this one, with ``/``.
    """

    up: tuple[str, str] | None
    below: tuple[tuple[Station, str], ...]


def write_levels(sheet: Sheet, results: Results, facts: Facts, levels: Levels) -> None:
    """Fill the sheet."""
    lang = sheet.book.lang
    sheet.widths(*[10.5] * _COLUMNS)
    sheet.title(unit_text(results, "out.levels.title", lang), text("out.levels.below", lang), _COLUMNS)
    if levels.up:
        name, path = levels.up
        look = sheet.book.format(font_color=TEAL, underline=1, bold=True)
        sheet.link(sheet.row, 0, f"external:{path}", text("out.levels.up", lang, name=name), look)
        sheet.row += 2
    _table(sheet, results, facts, {station.code: path for station, path in levels.below}, levels)
    _moved(sheet, results)


def _table(sheet: Sheet, results: Results, facts: Facts, links: dict[str, str], levels: Levels) -> None:
    lang = sheet.book.lang
    words = {key: text(f"out.column.{key}", lang) for key in
             ("stations", "due", "sent", "rate", "records", "completeness", "errors", "warnings")}  # fmt: skip
    headings = [
        Heading(unit_text(results, "out.levels.unit", lang), 3, align="left"), Heading(words["stations"], 1, _COUNT),
        Heading(text("out.levels.reporting", lang), 1, _COUNT), Heading(words["due"], 1, _COUNT), Heading(words["sent"], 1, _COUNT),
        Heading(words["rate"], 1, RATE), Heading(words["records"], 1, _COUNT), Heading(words["completeness"], 1, RATE),
        Heading(words["errors"], 1, _COUNT, bar="#EFC4BC"), Heading(words["warnings"], 1, _COUNT, bar="#F3DDB3"),
    ]  # fmt: skip
    sent = {one.station.code for one in results.stations if one.status in SENT}
    listed: list[tuple[Station, Sequence[Station], Score]] = []
    for one in facts.townships:
        listed.append((one.station, one.stations, one.score))
        listed += [_under(results, facts, station) for station, _ in levels.below
                   if station.code != one.station.code and results.roster.group(station).code == one.station.code]  # fmt: skip
    rows = [
        [_name(results, station, lang), len(stations), sum(each.code in sent for each in stations), score.due, score.sent,
         score.reporting, score.rows, score.completeness, score.errors, score.warnings]
        for station, stations, score in listed
    ]  # fmt: skip
    first, _ = sheet.table(headings, rows)
    look = sheet.book.format(
        font_color="#1F6FB2", underline=1, align="left", indent=1, bottom=1, bottom_color="#D9DFE4"
    )
    for row, (station, _, _) in enumerate(listed, first):
        if station.code in links:
            name = _name(results, station, lang)
            sheet.link(row, 0, f"external:{links[station.code]}", name, look, text("out.levels.open", lang, name=name))


def _under(results: Results, facts: Facts, unit: Station) -> tuple[Station, Sequence[Station], Score]:
    """Return a unit further below, its stations and how they do."""
    roster, score = results.roster, Score()
    stations = [one for one in roster.stations.values() if one.code in facts.stations and roster.contains(unit, one)]
    for one in stations:
        score.add(facts.stations[one.code])
    return unit, stations, score


def _name(results: Results, station: Station, lang: str) -> str:
    own = results.roster.unit is not None and station.code == results.roster.unit.code
    return text("out.reporting.own", lang) if own else short(results.roster.in_full(station))


def _moved(sheet: Sheet, results: Results) -> None:
    """List how many people moved from which county to which, as far as one of the two lies in this unit."""
    lang = sheet.book.lang
    came, went = (
        Counter((str(one.params["origin"]), str(one.params["target"])) for one in results.findings if one.code == code)
        for code in (MOVED_HERE, MOVED_AWAY)
    )
    counted = came | went  # where both are seen from here, they are the same people
    if not counted:
        return
    sheet.section(text("out.levels.moved", lang), _COLUMNS, text("out.levels.moved_note", lang))
    headings = [Heading(text("out.levels.origin", lang), 4, align="left"), Heading(text("out.levels.target", lang), 4, align="left"),
                Heading(text("out.column.people", lang), 2, _COUNT)]  # fmt: skip
    sheet.table(headings, [[origin, target, count] for (origin, target), count in counted.most_common()])
