"""The summary workbook (汇总表): an overview, the year's figures and the rows behind them, visits by village, who reported, what is wrong,
and one sheet of counts a ledger. It names no person."""

from __future__ import annotations

from pathlib import Path

from toolkit.messages import text
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.evidence import evidence
from toolkit.output.overview import Overview, make_overview
from toolkit.output.publish import publish
from toolkit.output.small import hide_in_figures
from toolkit.output.summary_book import Book
from toolkit.output.summary_evidence import starts, write_evidence
from toolkit.output.summary_ledgers import write_ledger
from toolkit.output.summary_levels import Levels, write_levels
from toolkit.output.summary_overview import write_overview
from toolkit.output.summary_problems import write_problems
from toolkit.output.summary_reporting import write_reporting
from toolkit.output.summary_visits import write_visits
from toolkit.output.summary_year import write_year
from toolkit.results import Results

_SHEETS = ("overview", "levels", "year", "visits", "reporting", "problems", "evidence")
_ROWS = ("evidence",)
"""Sheets that tell row by row what a figure counts: nothing for a workbook that leaves the house, and left to the counties above them."""


def write_summary(
    path: Path, results: Results, lang: str = "zh", *, overview: Overview | None = None, least: int = 0,
    consolidated: str = "consolidated.xlsx", levels: Levels | None = None,
) -> Path:  # fmt: skip
    """Write the workbook; return the path it ended up at (a numbered name while somebody holds the file open).

    With ``least`` it may leave the house: counts of fewer people are hidden. ``consolidated``: what leads from its folder to the
    consolidated workbook, whose rows it links to. ``levels``: the summaries above and below, where there are any.
    """
    known = overview or make_overview(results, lang)
    facts, figures = known.facts, hide_in_figures(known.figures, least) if least else known.figures

    def write(target: Path) -> None:
        with Book(target, lang, least) as book:
            used: set[str] = set()
            names = {
                key: sheet_name(text(f"out.sheet.{key}", lang), 1, used)
                for key in _SHEETS
                if not ((least or results.roster.several) and key in _ROWS) and not (key == "levels" and levels is None)
            }
            sheets = {key: book.sheet(name, landscape=key == "year") for key, name in names.items()}
            kinds = write_problems(sheets["problems"], results, facts)
            write_overview(sheets["overview"], results, facts, figures, kinds)
            if levels:
                write_levels(sheets["levels"], results, facts, levels)
            yearly = [figure for figure in figures if figure.section == "year"]
            lines = [] if "evidence" not in sheets else list(evidence(results, yearly))
            write_year(sheets["year"], results, yearly, starts(names["evidence"], lines) if lines else {})
            write_visits(sheets["visits"], results)
            write_reporting(sheets["reporting"], results, facts)
            for ledger in results.dictionary.ledgers.values():
                if ledger.id in results.rows.ledgers:
                    sheet = book.sheet(sheet_name(ledger.short, 1, used), landscape=True, color="#9DB4B5")
                    write_ledger(sheet, results, facts, ledger)
            if "evidence" in sheets:
                write_evidence(sheets["evidence"], results, lines, consolidated)

    return publish(path, write)
