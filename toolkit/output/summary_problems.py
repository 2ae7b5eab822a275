"""The third sheet of the summary: what is wrong, by kind, township, ledger and station, with how complete each is."""

from __future__ import annotations

from typing import Any

from toolkit.messages import text
from toolkit.messages.say import title
from toolkit.output.facts import Facts, Score
from toolkit.output.places import named, percent, short, township_of, unit_text
from toolkit.output.summary_book import RATE, SHARE, Heading, Sheet
from toolkit.results import Results

_COLUMNS = 8
_RATE, _COUNT = RATE, "#,##0"


def write_problems(sheet: Sheet, results: Results, facts: Facts) -> tuple[Sheet, int, int] | None:
    """Fill the sheet; return where the findings by kind stand, or None where there are none."""
    lang = sheet.book.lang
    sheet.widths(9, 15, 15, 11, 11, 11, 11, 11)
    county = facts.county
    below = text(
        "out.problems.below",
        lang,
        errors=f"{county.errors:,}",
        warnings=f"{county.warnings:,}",
        rate=percent(county.completeness),
    )
    sheet.title(text("out.problems.title", lang), below, _COLUMNS)
    place = _kinds(sheet, facts)
    words = {"township": unit_text(results, "out.unit.column", lang)} | {key: text(f"out.column.{key}", lang) for key in
             ("station", "ledger", "required", "empty", "completeness", "records", "errors", "warnings")}  # fmt: skip
    scores = [(short(one.station.name), one.score) for one in facts.townships]
    if facts.unclaimed.rows or facts.unclaimed.errors or facts.unclaimed.warnings:
        scores.append((text("out.unclaimed", lang), facts.unclaimed))
    sheet.section(unit_text(results, "out.problems.by_township", lang), _COLUMNS)
    sheet.table(
        _headings(words, "township"),
        [*(_line(name, score) for name, score in scores), _line(text("out.total", lang), county)],
        total=True,
    )
    sheet.section(text("out.problems.by_ledger", lang), _COLUMNS, text("out.problems.completeness_note", lang))
    sheet.table(_headings(words, "ledger"), [
        _line(ledger.short, facts.ledgers[ledger.id]) for ledger in results.dictionary.ledgers.values() if ledger.id in facts.ledgers
    ])  # fmt: skip
    _stations(sheet, results, facts, words)
    return place


def _headings(words: dict[str, str], first: str) -> list[Heading]:
    return [
        Heading(words[first], 2, align="left"), Heading(words["records"], 1, _COUNT, about="people"),
        Heading(words["required"], 1, _COUNT, about="amounts"), Heading(words["empty"], 1, _COUNT, about="amounts"),
        Heading(words["completeness"], 1, _RATE), Heading(words["errors"], 1, _COUNT, bar="#EFC4BC"),
        Heading(words["warnings"], 1, _COUNT, bar="#F3DDB3"),
    ]  # fmt: skip


def _line(name: str, score: Score) -> list[Any]:
    return [
        name,
        score.rows,
        score.required,
        score.required - score.filled,
        score.completeness,
        score.errors,
        score.warnings,
    ]


def _kinds(sheet: Sheet, facts: Facts) -> tuple[Sheet, int, int] | None:
    lang = sheet.book.lang
    sheet.section(text("out.problems.by_kind", lang), _COLUMNS)
    if not facts.kinds:
        sheet.put(sheet.row, 0, text("out.overview.clean", lang), sheet.book.format(), _COLUMNS)
        sheet.row += 2
        return None
    words = [text(f"out.column.{key}", lang) for key in ("code", "kind", "severity", "count", "of_all", "where")]
    headings = [Heading(words[0], 1, align="left"), Heading(words[1], 2, align="left"), Heading(words[2], 1, align="center"),
                Heading(words[3], 1, _COUNT, bar="#F3DDB3"), Heading(words[4], 1, SHARE), Heading(words[5], 2, align="left")]  # fmt: skip
    total = sum(facts.kinds.values())
    names = {one.station.code: short(one.station.name) for one in facts.townships}
    rows: list[list[Any]] = []
    for code, count in sorted(facts.kinds.items(), key=lambda item: (-item[1], item[0])):
        spread = sorted(
            ((counts[code], upper) for upper, counts in facts.kinds_by_township.items() if counts[code]), reverse=True
        )
        most = names.get(spread[0][1], text("out.unclaimed", lang)) if spread else ""
        severity = text("out.severity.error" if code.startswith("E") else "out.severity.warning", lang)
        where = text("out.problems.most", lang, township=most, count=spread[0][0]) if spread else ""
        rows.append([code, title(code, lang), severity, count, count / total, where])
    first, last = sheet.table(headings, rows)
    return sheet, first, last


def _stations(sheet: Sheet, results: Results, facts: Facts, words: dict[str, str]) -> None:
    """List the stations with findings, those with the most errors first."""
    lang = sheet.book.lang
    scores: dict[str, Score] = {}
    for code, score in facts.stations.items():
        station = results.roster.stations.get(code)
        scores.setdefault(results.roster.listed(station).code if station else code, Score()).add(score)
    found = [(code, score) for code, score in scores.items() if score.errors or score.warnings]
    if not found:
        return
    found.sort(key=lambda item: (-item[1].errors, -item[1].warnings, results.roster.stations[item[0]].order))
    sheet.section(
        text("out.problems.by_unit" if results.roster.several else "out.problems.by_station", lang),
        _COLUMNS,
        text(
            "out.problems.units_note" if results.roster.several else "out.problems.stations_note",
            lang,
            count=len(found),
        ),
    )
    if results.roster.several:
        words = words | {"station": text("out.column.lower", lang)}
    headings = [
        Heading(words["township"], 1, align="left"), Heading(words["station"], 2, align="left"),
        Heading(words["records"], 1, _COUNT, about="people"), Heading(words["empty"], 1, _COUNT, about="amounts"),
        Heading(words["completeness"], 1, _RATE), Heading(words["errors"], 1, _COUNT, bar="#EFC4BC"),
        Heading(words["warnings"], 1, _COUNT, bar="#F3DDB3"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for code, score in found:
        station = results.roster.stations[code]
        upper = township_of(results, station)
        rows.append([short(upper.name), short(named(results, station)), score.rows, score.required - score.filled, score.completeness, score.errors,
                     score.warnings])  # fmt: skip
    sheet.table(headings, rows)
