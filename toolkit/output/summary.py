"""The summary workbook (汇总表): an overview, who reported, what is wrong, and one sheet of counts a ledger. It names no person."""

from __future__ import annotations

from pathlib import Path

from toolkit.messages import text
from toolkit.output.consolidated_sheet import sheet_name
from toolkit.output.overview import Overview, make_overview
from toolkit.output.publish import publish
from toolkit.output.small import hide_in_figures
from toolkit.output.summary_book import Book
from toolkit.output.summary_ledgers import write_ledger
from toolkit.output.summary_overview import write_overview
from toolkit.output.summary_problems import write_problems
from toolkit.output.summary_reporting import write_reporting
from toolkit.results import Results


def write_summary(
    path: Path, results: Results, lang: str = "zh", *, overview: Overview | None = None, least: int = 0
) -> Path:
    """Write the workbook; return the path it ended up at (a numbered name while somebody holds the file open).

    With ``least`` it may leave the house: counts of fewer people are hidden.
    """
    known = overview or make_overview(results, lang)
    facts, figures = known.facts, hide_in_figures(known.figures, least) if least else known.figures

    def write(target: Path) -> None:
        with Book(target, lang, least) as book:
            used: set[str] = set()
            names = [
                sheet_name(text(f"out.sheet.{key}", lang), 1, used) for key in ("overview", "reporting", "problems")
            ]
            first, reporting, problems = (book.sheet(name) for name in names)
            kinds = write_problems(problems, results, facts)
            write_overview(first, results, facts, figures, kinds)
            write_reporting(reporting, results, facts)
            for ledger in results.dictionary.ledgers.values():
                if ledger.id in results.rows.ledgers:
                    sheet = book.sheet(sheet_name(ledger.short, 1, used), landscape=True, color="#9DB4B5")
                    write_ledger(sheet, results, facts, ledger)

    return publish(path, write)
