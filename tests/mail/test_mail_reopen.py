"""The last run opened again without running: what is made of it equals what the run itself wrote."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from toolkit.output.facts import remembered
from toolkit.output.summary import write_summary
from toolkit.steps.reopen import NoRunError, reopen
from toolkit.store.state import State
from toolkit.workspace import open_workspace


def cells(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(path).worksheets}


def test_the_summary_made_of_it_is_the_one_the_run_wrote(workspace: Path, tmp_path: Path) -> None:
    last = reopen(open_workspace(workspace, "zh"))
    written = workspace / "workbooks/out/summary.xlsx"
    assert last.outputs["summary"] == written
    assert cells(write_summary(tmp_path / "again.xlsx", last.results)) == cells(written)


def test_totals_and_scores_are_the_runs(workspace: Path) -> None:
    last = reopen(open_workspace(workspace, "zh"))
    report = json.loads((workspace / "workbooks/out/report.json").read_text(encoding="utf-8"))
    assert last.results.totals == report["totals"]
    state = State(workspace / "workbooks/.state")
    assert remembered(last.results) == state.runs(1)[0][4]["townships"]
    state.close()
    assert [(one.station.code, one.ledger, one.status) for one in last.results.stations] == [
        (one["station"], one["ledger"], one["status"]) for one in report["stations"]
    ]
    assert [(one.id, one.code, one.place.cell) for one in last.results.findings] == [
        (one["id"], one["code"], one["cell"]) for one in report["findings"]
    ]


def test_another_window_has_other_figures_over_the_same_rows(workspace: Path) -> None:
    from toolkit.output.figures import compute

    home = open_workspace(workspace, "zh")
    visits = {}
    for first, last in (((2020, 1, 1), (2020, 12, 31)), ((2020, 3, 1), (2020, 3, 31)), ((2019, 1, 1), (2019, 12, 31))):
        results = reopen(home, (date(*first), date(*last))).results
        visits[first] = next(figure.value for figure in compute(results) if figure.id == "visits")
    assert list(visits.values()) == [7, 1, 0]


def test_what_is_not_the_last_runs_is_not_taken_for_it(workspace: Path) -> None:
    home = open_workspace(workspace, "zh")
    summary, report = workspace / "workbooks/out/summary.xlsx", workspace / "workbooks/out/report.json"
    summary.write_bytes(summary.read_bytes() + b"edited")
    assert "summary" not in reopen(home).outputs
    report.unlink()
    with pytest.raises(NoRunError, match="changing"):
        reopen(home)
    (workspace / "workbooks/.state/state.db").unlink()
    with pytest.raises(NoRunError, match="none"):
        reopen(home)
