"""A run that was killed, at whatever moment: the next one comes to the result of one that was never disturbed."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.nightly.nightly_samples import PYTHON, alive, until
from toolkit.demo import make_county
from toolkit.scaffold import make_demo_workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")
KILLS, STEPS = 5, 5  # steps: starting, reading, cross-checking, marking, writing


def make_small_county(folder: Path) -> None:
    """Make a county of three stations, without the kinds of files that a spreadsheet program would have to convert."""
    make_demo_workspace(folder)
    make_county(folder, stations=3, seed=5, processes=1)
    for path in (folder / "workbooks/stations").rglob("*.*"):
        if path.suffix in (".xls", ".et", ".ods", ".xlsb"):
            path.unlink()


def run(workspace: Path) -> None:
    done = subprocess.run([*PYTHON, "run", "-C", str(workspace), "--json"], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr


def start(workspace: Path) -> "subprocess.Popen[bytes]":
    command = [*PYTHON, "run", "-C", str(workspace), "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def outcome(workspace: Path) -> dict[str, Any]:
    """Return everything that a run leaves: report, consolidated cells, stored rows, the stations' files and the marked copies."""
    import duckdb

    report = json.loads((workspace / "workbooks/out/report.json").read_text(encoding="utf-8"))
    for name in ("id", "started", "finished"):
        report["run"].pop(name)
    book = load_workbook(workspace / "workbooks/out/consolidated.xlsx", read_only=True)
    cells = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    book.close()
    generations = list((workspace / "workbooks/.state/rows").iterdir())
    assert len(generations) == 1, "what a killed run left is swept away"
    rows = {
        str(path.relative_to(generations[0])): sorted(map(repr, duckdb.sql(f"SELECT * FROM '{path}'").fetchall()))
        for path in generations[0].rglob("*.parquet")
    }
    stations = workspace / "workbooks/stations"
    files = {
        str(path.relative_to(stations)): path.read_bytes() for path in sorted(stations.rglob("*")) if path.is_file()
    }
    marked = workspace / "workbooks/out/marked"
    copies = {str(path.relative_to(marked)): content(path) for path in sorted(marked.rglob("*.xlsx"))}
    return {"report": report, "cells": cells, "rows": rows, "files": files, "copies": copies}


def content(path: Path) -> dict[str, Any]:
    """Return the cells and notes of a copy: one that was converted carries the time of day in its package."""
    book = load_workbook(path)
    return {
        sheet.title: [
            (cell.coordinate, cell.value, cell.comment and cell.comment.text) for row in sheet for cell in row
        ]
        for sheet in book
    }


def test_a_run_killed_at_random_moments_comes_to_the_result_of_an_undisturbed_one(tmp_path: Path) -> None:
    county, workspace = tmp_path / "county", tmp_path / "workspace"
    make_small_county(county)
    shutil.copytree(county, workspace)
    run(workspace)
    undisturbed = outcome(workspace)
    assert undisturbed["report"]["totals"]["errors"] > 0
    assert any(file["marks"] == "done" for file in undisturbed["report"]["files"])
    chance = random.Random(20201231)
    interrupted = 0
    for number in range(KILLS):
        shutil.rmtree(workspace)
        shutil.copytree(county, workspace)
        for _ in range(1 + number % 2):  # once, or twice in a row
            process = start(workspace)
            assert process.stderr is not None
            for _ in range(number % STEPS):
                process.stderr.readline()  # a step begins
            time.sleep(chance.uniform(0.1, 0.8) if number % STEPS == 0 else chance.uniform(0, 0.4))
            if process.poll() is None:
                interrupted += 1
                # the whole session, or the leader alone: its workers are left to find out by themselves
                (os.killpg if number % 4 > 1 else os.kill)(process.pid, signal.SIGKILL)
            process.wait()  # not for its workers: the next run may begin beside them
            process.stderr.close()
        run(workspace)
        again = outcome(workspace)
        for part in undisturbed:
            assert again[part] == undisturbed[part], (number, part)
    assert interrupted > KILLS / 2


def test_the_workers_of_a_killed_run_do_not_outlive_it(tmp_path: Path) -> None:
    """What writes into stations' files must not go on beside the next run."""
    import psutil

    make_small_county(tmp_path)
    process = start(tmp_path)
    leader = psutil.Process(process.pid)
    until(lambda: len(leader.children(recursive=True)) >= 3)
    workers = [child.pid for child in leader.children(recursive=True)]
    process.kill()
    process.communicate()
    until(lambda: not any(alive(pid) for pid in workers), 30)
