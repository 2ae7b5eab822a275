"""The periodic reports and the overview as files: a document in the style of 公文, and a workbook with the figures and their rows."""

from __future__ import annotations

import re
from pathlib import Path

from toolkit.messages import text
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.coverage import visit_coverage
from toolkit.output.document import Document
from toolkit.output.evidence import evidence
from toolkit.output.narrative import Narrative, figures_of
from toolkit.output.overview import Overview
from toolkit.output.places import named, percent, short, township_of, unit_text, within
from toolkit.output.publish import publish
from toolkit.output.summary_book import Book
from toolkit.output.summary_evidence import starts, write_evidence
from toolkit.output.summary_reporting import write_reporting
from toolkit.output.summary_visits import write_visits
from toolkit.output.summary_year import write_year
from toolkit.output.windows import Window, long_date
from toolkit.results import Results

_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')

_LONGEST = 200
"""Bytes of a name; Linux takes 255, its ending and a mark of work in progress included."""


def file_name(words: str, suffix: str) -> str:
    """Return a file's name that every system takes."""
    plain = _FORBIDDEN.sub("", words).strip(". ").encode("utf-8", "ignore")
    return plain[:_LONGEST].decode("utf-8", "ignore") + suffix


def report_name(narrative: Narrative, window: Window, lang: str) -> str:
    """Return what a report's files are called, without the ending: 高平市退役军人服务工作月报（2020年12月）."""
    return text("report.file", lang, title=narrative.title, window=window.name(lang))


def write_document(path: Path, results: Results, narrative: Narrative, kind: str, lang: str = "zh") -> Path:
    """Write a report as a document; return the path it ended up at."""

    def write(target: Path) -> None:
        document = Document(text("report.author", lang))
        document.title(narrative.title, narrative.subtitle)
        if narrative.notes:
            document.comment(text("report.comment", lang, notes=text("report.semicolon", lang).join(narrative.notes)))
        numbers = text("report.numbers", lang).split()
        for mark, one in zip(numbers, narrative.paragraphs, strict=False):
            document.heading(text("report.heading", lang, number=mark, words=one.heading))
            document.paragraph(one.words)
        if not narrative.paragraphs:
            document.paragraph(text("report.nothing", lang))
        county = results.county_name
        office = text("report.office", lang, county=county) if county else text("report.office_plain", lang)
        document.signed(office, long_date(results.today, lang))
        if kind in ("week", "month"):
            _missing(document, results, lang)
        if kind == "quarter":
            _coverage(document, results, lang)
        document.save(target)

    return publish(path, write)


def _missing(document: Document, results: Results, lang: str) -> None:
    """List the stations with ledgers missing, township by township."""
    found: dict[str, list[str]] = {}
    for one in results.stations:
        if one.status in ("missing", "unreadable"):
            found.setdefault(one.station.code, []).append(results.dictionary.ledgers[one.ledger].short)
    if not found:
        return
    stations = sorted((results.roster.stations[code] for code in found), key=lambda station: (
        township_of(results, station).order, station.order))  # fmt: skip
    rows = []
    for station in stations:
        upper = township_of(results, station)
        name = (
            text("out.reporting.own", lang)
            if upper.code == station.code
            else within(named(results, station), upper.name)
        )
        rows.append([short(upper.name), name, "、".join(found[station.code])])
    document.caption(text("report.table.missing", lang))
    headings = [
        unit_text(results, "out.unit.column", lang),
        text("out.column.station", lang),
        text("report.table.missing_ledgers", lang),
    ]
    document.table(headings, rows, (28, 40, 88))


def _coverage(document: Document, results: Results, lang: str) -> None:
    """Write coverage and frequency of every township; the workbook has the villages."""
    total, places = visit_coverage(results)
    if not total.registered:
        return
    rows = []
    told = [
        (short(place.station.name) if place.station else text("out.unclaimed", lang), place.total) for place in places
    ]
    for name, one in [*told, (text("out.total", lang), total)]:
        frequency = "—" if one.frequency is None else f"{one.frequency:.2f}"
        rows.append(
            [name, f"{one.registered:,}", f"{one.visited:,}", f"{one.visits:,}", percent(one.coverage), frequency]
        )
    keys = ("registered", "visited", "visits", "coverage", "frequency")
    document.caption(text("report.table.coverage", lang))
    words = [unit_text(results, "out.unit.column", lang), *(text(f"out.column.{key}", lang) for key in keys)]
    document.table(words, rows, (34, 24, 26, 24, 26, 22), right=range(1, 6))


def write_report_book(
    path: Path, results: Results, overview: Overview, narrative: Narrative, kind: str, lang: str = "zh", *, consolidated: str
) -> Path:  # fmt: skip
    """Write a report's figures, the rows behind them and its tables as a workbook; return the path it ended up at.

    ``consolidated``: what leads from its folder to the consolidated workbook.
    """
    figures = figures_of(overview.figures, kind)

    def write(target: Path) -> None:
        with Book(target, lang) as book:
            used: set[str] = set()
            lines = list(evidence(results, figures))
            main = book.sheet(
                sheet_name(text("out.sheet.year" if kind == "year" else "report.sheet.figures", lang), 1, used),
                landscape=True,
            )
            name = sheet_name(text("out.sheet.evidence", lang), 1, used)
            write_year(main, results, figures, starts(name, lines), narrative.title)
            if kind in ("quarter", "year"):
                write_visits(book.sheet(sheet_name(text("out.sheet.visits", lang), 1, used)), results)
            else:
                write_reporting(
                    book.sheet(sheet_name(text("out.sheet.reporting", lang), 1, used)), results, overview.facts
                )
            write_evidence(book.sheet(name), results, lines, consolidated)

    return publish(path, write)
