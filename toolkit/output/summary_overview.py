"""The first sheet of the summary: cards, charts, ledgers, townships ranked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.messages import text
from toolkit.output.cards import Card, card_values
from toolkit.output.facts import Facts, Score
from toolkit.output.figures import Figure
from toolkit.output.places import short, unit_text
from toolkit.output.sql import in_period, people_view
from toolkit.output.summary_book import (
    AMBER,
    BLUE,
    CHANGE,
    GREEN,
    GREY,
    PALE,
    RATE,
    RED,
    TEAL,
    Heading,
    Series,
    Sheet,
    chart,
)
from toolkit.results import Results

_COLUMNS = 12
_WIDTH = 9.2
_CHART = 413
_TONES = {"main": TEAL, "plain": BLUE, "good": GREEN, "bad": RED}
_RATE, _COUNT, _MONEY = RATE, "#,##0", "#,##0.00"


def write_overview(
    sheet: Sheet, results: Results, facts: Facts, figures: Sequence[Figure], kinds: tuple[Sheet, int, int] | None
) -> None:
    """Fill the sheet; ``kinds`` is where the findings by kind stand: sheet, first and last row."""
    lang = sheet.book.lang
    sheet.widths(*[_WIDTH] * _COLUMNS)
    sheet.sheet.activate()
    sheet.sheet.fit_to_pages(1, 1)
    first, last = results.period
    county = results.county_name or text("out.notice.county", lang)
    below = text("out.overview.below", lang, first=first, last=last, made=results.finished[:16].replace("T", " "))
    sheet.title(text("out.overview.title", lang, county=county), below, _COLUMNS)
    _cards(sheet, card_values(results, facts, figures, lang))
    charts = sheet.row
    sheet.row += 16
    sheet.section(text("out.overview.ledgers", lang), _COLUMNS)
    ledgers = _ledgers(sheet, results, facts, figures)
    _charts(sheet, charts, ledgers, kinds)
    ranking = _townships(sheet, results, facts)
    _township_chart(sheet, results, ranking)


def _cards(sheet: Sheet, cards: Sequence[Card]) -> None:
    book = sheet.book
    gap = {"bg_color": PALE, "left": 5, "align": "left", "indent": 1}
    for start in range(0, len(cards), 4):
        for offset, height in enumerate((20, 34, 20)):
            sheet.sheet.set_row(sheet.row + offset, height)
        for number, card in enumerate(cards[start : start + 4]):
            color = _TONES[card.tone]
            column, look = number * 3, {**gap, "left_color": color}
            sheet.put(sheet.row, column, card.label, book.format(font_size=9, font_color=GREY, **look), 3)
            sheet.put(
                sheet.row + 1, column, card.value, book.format(font_size=20, bold=True, font_color=color, **look), 3
            )
            sheet.put(sheet.row + 2, column, card.note, book.format(font_size=9, font_color=GREY, **look), 3)
        sheet.sheet.set_row(sheet.row + 3, 9)
        sheet.row += 4


def _ledgers(sheet: Sheet, results: Results, facts: Facts, figures: Sequence[Figure]) -> tuple[int, int]:
    lang = sheet.book.lang
    words = {key: text(f"out.column.{key}", lang) for key in
             ("ledger", "due", "sent", "rate", "records", "people", "completeness", "errors", "warnings", "money")}  # fmt: skip
    headings = [
        Heading(words["ledger"], 2, align="left"), Heading(words["due"], 1, _COUNT), Heading(words["sent"], 1, _COUNT),
        Heading(words["rate"], 1, _RATE), Heading(words["records"], 1, _COUNT, about="people"),
        Heading(words["people"], 1, _COUNT, about="people"), Heading(words["completeness"], 1, _RATE), Heading(words["errors"], 1, _COUNT),
        Heading(words["warnings"], 1, _COUNT), Heading(words["money"], 2, _MONEY, about="amounts"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for ledger in results.dictionary.ledgers.values():
        score = facts.ledgers.get(ledger.id)
        if score is None:
            continue
        money = next((figure.value for figure in figures if figure.ledger == ledger.id and figure.unit == "yuan"), None)
        people, count = results.rows.query(
            f"SELECT count(DISTINCT _who), count(*) FROM {people_view(results, ledger)} WHERE {in_period(results, ledger)}"  # noqa: S608
        )[0]
        if ledger.person is None:
            people = None
        rows.append([ledger.short, score.due, score.sent, score.reporting, count, people, score.completeness, score.errors,
                     score.warnings, money])  # fmt: skip
    return sheet.table(headings, rows)


def _charts(sheet: Sheet, row: int, ledgers: tuple[int, int], kinds: tuple[Sheet, int, int] | None) -> None:
    book, lang = sheet.book, sheet.book.lang
    first, last = ledgers
    if last >= first:
        series = Series(text("out.column.records", lang), sheet.ref(first, 0, last), sheet.ref(first, 5, last), TEAL)
        made = chart(book, "bar", text("out.overview.rows_chart", lang), [series], width=_CHART, height=300)
        sheet.sheet.insert_chart(row, 0, made, {"x_offset": 2, "y_offset": 4, "object_position": 1})
    if kinds is not None:
        other, start, end = kinds
        end = min(end, start + 9)
        series = Series(text("out.column.count", lang), other.ref(start, 1, end), other.ref(start, 4, end), AMBER)
        made = chart(
            book, "bar", text("out.overview.kinds_chart", lang), [series], width=_CHART, height=300, label_room=0.36
        )
        sheet.sheet.insert_chart(row, 6, made, {"x_offset": 2, "y_offset": 4, "object_position": 1})
    else:
        sheet.put(
            row + 5, 7, text("out.overview.clean", lang), book.format(font_color=GREEN, bold=True, align="center"), 4
        )


def _townships(sheet: Sheet, results: Results, facts: Facts) -> tuple[int, int] | None:
    lang = sheet.book.lang
    ranked = facts.ranked
    if not ranked:
        return None
    compared = any(one.change is not None for one in ranked)
    sheet.section(unit_text(results, "out.overview.townships", lang), _COLUMNS, text("out.overview.ranking_note", lang))
    words = {"township": unit_text(results, "out.unit.column", lang)} | {key: text(f"out.column.{key}", lang) for key in
             ("rank", "stations", "due", "sent", "timely", "completeness", "overall", "errors", "warnings")}  # fmt: skip
    headings = [
        Heading(words["rank"], 1, "0", "center"), Heading(words["township"], 2 if compared else 3, align="left"),
        Heading(words["stations"], 1, _COUNT), Heading(words["due"], 1, _COUNT), Heading(words["sent"], 1, _COUNT),
        Heading(words["timely"], 1, _RATE), Heading(words["completeness"], 1, _RATE),
        Heading(words["overall"], 1, _RATE),
        *([Heading(text(f"out.column.{facts.since}", lang), 1, CHANGE)] if compared else []),
        Heading(words["errors"], 1, _COUNT, bar="#EFC4BC"), Heading(words["warnings"], 1, _COUNT, bar="#F3DDB3"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for one in ranked:
        score: Score = one.score
        change = [one.change if one.change is not None else "—"] if compared else []
        rows.append([one.rank, short(one.station.name), len(one.stations), score.due, score.sent, score.timeliness, score.completeness,
                     score.overall, *change, score.errors, score.warnings])  # fmt: skip
    return sheet.table(headings, rows)


def _township_chart(sheet: Sheet, results: Results, place: tuple[int, int] | None) -> None:
    """Draw the findings of the ranked townships, which stand in rows ``place``."""
    if place is None or place[1] - place[0] < 2:
        return
    lang, (first, last) = sheet.book.lang, place
    labels = sheet.ref(first, 1, last)
    series = [Series(text("out.column.errors", lang), labels, sheet.ref(first, 10, last), "#C9786C"),
              Series(text("out.column.warnings", lang), labels, sheet.ref(first, 11, last), "#E3BE7C")]  # fmt: skip
    title = unit_text(results, "out.overview.townships_chart", lang)
    made = chart(sheet.book, "column", title, series, width=2 * _CHART, height=280, stacked=True)
    sheet.sheet.insert_chart(sheet.row, 0, made, {"x_offset": 2, "object_position": 1})
    sheet.row += 15
