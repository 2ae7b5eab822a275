"""What ``taizhang summary`` does: the summary, reports, texts and lists anew from the rows of the last run, for any window."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.output.narrative import Narrative, narrate
from toolkit.output.overview import Overview, make_overview
from toolkit.output.reports import file_name, report_name, write_document, write_report_book
from toolkit.output.summary import write_summary
from toolkit.output.windows import Window, spanning
from toolkit.results import Results
from toolkit.roster import Station
from toolkit.steps import levels
from toolkit.steps.reopen import reopen
from toolkit.store.state import State
from toolkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make.

    ``window``: the days to count; None for those of ``config.ini``. ``kind``: the report to make of them (week, month, quarter), or year for
    the overview. ``text``: its text, also as a document; ``exact``: without rounded numbers. ``lists``: the printed lists,
    ``township`` only that one's roll, ``full_numbers`` with numbers in full.
    """

    window: Window | None = None
    kind: str = "year"
    text: bool = False
    exact: bool = False
    lists: bool = False
    township: Station | None = None
    full_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the files by what they are, the figures, and the text, in ``language``."""

    language: str
    window: Window
    results: Results
    overview: Overview
    narrative: Narrative
    outputs: Mapping[str, Path]
    lists: tuple[Path, ...] = field(default=())


def make_summary(workspace: Workspace, wanted: Wanted, progress: Any) -> Made:
    """Make what is wanted. The caller holds the workspace's lock.

    Raises:
        NoRunError: nothing was run yet, or what the run wrote has been changed.
    """
    config, lang = workspace.config, workspace.config.language
    window = wanted.window or spanning(*config.period)
    last = reopen(workspace, window.days)
    planned, parts = levels.plan(last.results), levels.Parts(last.results, {})
    results = parts.top(planned.units[0].station)
    overview = make_overview(results, lang)
    narrative = narrate(results, overview.facts, overview.figures, window, wanted.kind, lang, exact=wanted.exact)
    progress.step("summary", 2)
    outputs: dict[str, Path] = {}
    consolidated = last.outputs.get("consolidated", config.path("out") / "consolidated.xlsx")
    folder = config.path("out") / "reports"
    if wanted.window is None:
        outputs["summary"] = _summary(workspace, results, overview, consolidated, planned)
    else:
        book = folder / file_name(report_name(narrative, window, lang), ".xlsx")
        outputs["report"] = write_report_book(book, results, overview, narrative, wanted.kind, lang,
                                              consolidated=_link(folder, consolidated))  # fmt: skip
    progress.advance()
    if wanted.text or wanted.kind != "year":
        document = folder / file_name(report_name(narrative, window, lang), ".docx")
        outputs["document"] = write_document(document, results, narrative, wanted.kind, lang)
    progress.advance()
    lists = _lists(workspace, last.results, wanted, progress) if wanted.lists else ()
    return Made(lang, window, results, overview, narrative, outputs, lists)


def _link(folder: Path, target: Path) -> str:
    """Return what leads from a folder to a file."""
    try:
        return Path(os.path.relpath(target.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return target.absolute().as_posix()


def _summary(
    workspace: Workspace, results: Results, overview: Overview, consolidated: Path, planned: levels.Plan
) -> Path:
    """Write the summary workbook anew, and note it as the run's own, so that the next run still sees what it left."""
    path = workspace.config.path("out") / "summary.xlsx"
    made = write_summary(
        path,
        results,
        workspace.config.language,
        overview=overview,
        consolidated=_link(path.parent, consolidated),
        levels=planned.levels(planned.units[0], results.county_name),
    )
    state = State(workspace.config.path("state"))
    try:
        written = json.loads(state.get("outputs") or "{}")
        written["summary"] = [workspace.relative(made), made.stat().st_size]
        state.put("outputs", json.dumps(written))
    finally:
        state.close()
    return made


def _lists(workspace: Workspace, results: Results, wanted: Wanted, progress: Any) -> tuple[Path, ...]:
    """Write the rolls and the list of gaps; with a township wanted, only its roll."""
    from toolkit.output.gaps import write_gaps
    from toolkit.output.people import people
    from toolkit.output.rolls import RollWriter

    lang, full = workspace.config.language, wanted.full_numbers
    folder = workspace.config.path("out") / "lists"
    everybody = people(results)
    writer = RollWriter(results, everybody, lang, full=full)
    codes = [code for code in writer.townships() if wanted.township is None or code == wanted.township.code]
    progress.step("lists", len(codes) + (0 if wanted.township else 2))
    made = []
    if wanted.township is None:
        window = wanted.window if wanted.kind != "year" else None
        made.append(write_gaps(folder, results, everybody, lang, full=full, window=window))
        progress.advance()
    for code in codes:
        made.append(writer.write_township(folder, code))
        progress.advance()
    if wanted.township is None:
        made.append(writer.write_classes(folder))
        progress.advance()
    return tuple(made)
