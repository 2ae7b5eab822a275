"""The commands about a whole workspace: run, init, demo."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolkit.cli.common import LANG, common, end_with_input, help_text, print_json, progress_display, stop, taizhang
from toolkit.messages import text

if TYPE_CHECKING:
    from toolkit.pipeline import Options


@taizhang.command(help=help_text("run.help"))
@click.option("--full", is_flag=True, help=help_text("run.full"))
@click.option("--only", help=help_text("run.only"))
@click.option("--accept-vanished", is_flag=True, help=help_text("run.accept"))
@click.option("--no-marks", is_flag=True, help=help_text("run.no_marks"))
@click.option("--progress", type=click.Choice(["auto", "json"]), default="auto", help=help_text("run.progress"))
@common
def run(
    folder: Path, full: bool, only: str | None, accept_vanished: bool, no_marks: bool, progress: str, as_json: bool
) -> None:
    """Run the pipeline over a workspace."""
    from toolkit.pipeline import Options

    if progress == "json":
        end_with_input()
    options = Options(full, only, accept_vanished, marks=not no_marks)
    sys.exit(_run(folder, options, as_json=as_json, lines_of_json=progress == "json"))


def _run(folder: Path, options: Options, *, as_json: bool, lines_of_json: bool = False) -> int:
    from toolkit.config import load_config
    from toolkit.pipeline import run_pipeline
    from toolkit.screen import show_run
    from toolkit.workspace import locked, open_workspace

    began = time.monotonic()
    config = load_config(folder)
    progress = progress_display(as_json=as_json, lines_of_json=lines_of_json)
    with locked(config, LANG):
        workspace = open_workspace(folder, LANG)
        try:
            outcome = run_pipeline(workspace, options, progress)
        finally:
            if hasattr(progress, "stop"):
                progress.stop()
    if as_json:
        print_json(outcome.report)
    else:
        names = {name: str(path) for name, path in outcome.outputs.items()}
        levels = config.path("out") / "levels"
        if levels.is_dir():
            names["levels"] = str(levels)
        if not outcome.report["files"]:
            from toolkit.screen import complain

            complain(text("screen.no_files", LANG, folder=config.stations))
        show_run(
            outcome.report,
            names,
            LANG,
            seconds=time.monotonic() - began,
            parsed=outcome.parsed,
            unchanged=outcome.unchanged,
        )
    return outcome.status


@taizhang.command(help=help_text("init.help"))
@click.argument("target", type=click.Path(path_type=Path))
@common
def init(folder: Path, target: Path, as_json: bool) -> None:
    """Make a new workspace."""
    del folder
    from toolkit.scaffold import make_workspace
    from toolkit.screen import say

    try:
        made = make_workspace(target, LANG)
    except FileExistsError:
        stop(2, [text("screen.exists", LANG, folder=str(target))], as_json=as_json)
    if as_json:
        print_json({"version": 1, "workspace": str(target), "files": [str(path) for path in made.values()]})
    else:
        say(
            text(
                "screen.initialised",
                LANG,
                folder=str(target),
                roster=str(made["roster"]),
                stations=str(made["stations"]),
            )
        )


@taizhang.command(help=help_text("demo.help"))
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--stations", type=click.IntRange(1, 359), default=359, show_default=True, help=help_text("demo.stations")
)
@click.option("--seed", type=int, default=20201231, show_default=True, help=help_text("demo.seed"))
@click.option("--force", is_flag=True, help=help_text("demo.force"))
@common
def demo(folder: Path, target: Path, stations: int, seed: int, force: bool, as_json: bool) -> None:
    """Make the sample county and run over it."""
    del folder
    import shutil

    from toolkit.demo import make_county
    from toolkit.pipeline import Options
    from toolkit.scaffold import make_demo_workspace
    from toolkit.screen import complain, say

    if target.exists() and any(target.iterdir()):
        if not force:
            stop(2, [text("screen.not_empty", LANG, folder=str(target))], as_json=as_json)
        shutil.rmtree(target)
    progress = progress_display(as_json=as_json)
    make_demo_workspace(target)
    told = [0]
    progress.step("make", stations)

    def advance(done: int, total: int) -> None:
        count = round(stations * done / max(total, 1)) - told[0]
        told[0] += count
        progress.advance(count)

    county = make_county(target, stations=stations, seed=seed, progress=advance)
    if hasattr(progress, "stop"):
        progress.stop()
    tell = complain if as_json else say
    tell(text("screen.demo_made", LANG, stations=county.stations, files=county.files, people=county.people))
    example = county.examples[0]
    before = target / "before" / example.name
    before.parent.mkdir(exist_ok=True)
    shutil.copyfile(example, before)
    result = _run(target, Options(), as_json=as_json)
    tell("")
    tell(
        text(
            "screen.demo_open",
            LANG,
            before=str(before),
            after=str(example),
            summary=str(target / "workbooks/out/summary.xlsx"),
        )
    )
    sys.exit(0 if result == 3 else result)
