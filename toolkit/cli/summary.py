"""The command about the summary alone: the overview, periodic reports, texts and lists from the rows of the last run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from toolkit.cli.common import LANG, common, help_text, print_json, progress_display, stop, taizhang
from toolkit.messages import text

_RHYTHMS = ("week", "month", "quarter", "year")


def _rhythm(name: str, kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return an option that may stand alone (the last one that is over) or name a window."""
    return click.option(
        f"--{name}", kind, is_flag=False, flag_value="last", metavar="[...]", help=help_text(f"summary.{kind}")
    )


@taizhang.command(help=help_text("summary.help"))
@click.option("--from", "first", metavar="D", help=help_text("summary.from"))
@click.option("--to", "last", metavar="D", help=help_text("summary.to"))
@_rhythm("weekly", "week")
@_rhythm("monthly", "month")
@_rhythm("quarterly", "quarter")
@_rhythm("yearly", "year")
@click.option("--text", "as_text", is_flag=True, help=help_text("summary.text"))
@click.option("--exact", is_flag=True, help=help_text("summary.exact"))
@click.option("--lists", is_flag=True, help=help_text("summary.lists"))
@click.option("--township", help=help_text("summary.township"))
@click.option("--full-numbers", is_flag=True, help=help_text("summary.full_numbers"))
@common
def summary(folder: Path, first: str | None, last: str | None, as_text: bool, exact: bool, lists: bool, township: str | None,
            full_numbers: bool, as_json: bool, **rhythms: str | None) -> None:  # fmt: skip
    """Make the summary, a report, a text or lists from the last run."""
    from toolkit.config import load_config
    from toolkit.steps.reopen import NoRunError
    from toolkit.steps.summaries import Wanted, make_summary
    from toolkit.workspace import locked, open_workspace

    given = {kind: word for kind in _RHYTHMS if (word := rhythms[kind])}
    if len(given) + bool(first or last) > 1:
        stop(2, [text("summary.one_window", LANG)], as_json=as_json)
    if (township or full_numbers) and not lists:
        stop(2, [text("summary.only_lists", LANG)], as_json=as_json)
    config = load_config(folder)
    kind = next(iter(given), "year")
    window = None
    if first or last:
        window = _between(first, last, config.period, as_json=as_json)
    elif given:
        window = _named(kind, given[kind], config.today, as_json=as_json)
    progress = progress_display(as_json=as_json)
    with locked(config, LANG):
        workspace = open_workspace(folder, LANG)
        only = _township(workspace, township, as_json=as_json) if township else None
        try:
            made = make_summary(workspace, Wanted(window, kind, as_text, exact, lists, only, full_numbers), progress)
        except NoRunError as error:
            stop(2, [text(f"summary.no_run_{error.reason}", LANG, folder=str(folder))], as_json=as_json)
        finally:
            if hasattr(progress, "stop"):
                progress.stop()
    if as_json:
        print_json(_as_json(made, config.language))
    else:
        _show(made, as_text=as_text)
    sys.exit(0)


def _between(first: str | None, last: str | None, period: tuple[date, date], *, as_json: bool) -> Any:
    """Return the window between two days; an end that is not given is that of the period in ``config.ini``."""
    from toolkit.output.windows import parse_day, spanning

    days = []
    for given, usual, option in ((first, period[0], "--from"), (last, period[1], "--to")):
        day = parse_day(given) if given else usual
        if day is None:
            stop(2, [text("summary.bad_day", LANG, option=option, value=given)], as_json=as_json)
        days.append(day)
    if days[0] > days[1]:
        stop(2, [text("summary.order", LANG, first=days[0], last=days[1])], as_json=as_json)
    return spanning(*days)


def _named(kind: str, given: str, today: date, *, as_json: bool) -> Any:
    from toolkit.output.windows import parse_window

    window = parse_window(kind, given, today)
    if window is None:
        stop(2, [text(f"summary.bad_{kind}", LANG, value=given)], as_json=as_json)
    return window


def _township(workspace: Any, name: str, *, as_json: bool) -> Any:
    meant = workspace.roster.meant(name)
    if len(meant) > 1:
        names = "".join(f"\n  {one}" for one in workspace.roster.told_apart(meant[:12]))
        stop(2, [text("screen.only_several", LANG, only=name, count=len(meant), names=names)], as_json=as_json)
    if not meant:
        allowed = "、".join(one.name for one in workspace.roster.stations.values() if one.level == "乡镇")
        stop(2, [text("summary.bad_township", LANG, value=name, allowed=allowed)], as_json=as_json)
    return workspace.roster.group(meant[0])


def _show(made: Any, *, as_text: bool) -> None:
    """Print the text on standard output, what the officer has to know about it on standard error, then the files."""
    from toolkit.screen import complain, say

    language = made.language
    if as_text:
        for line in made.narrative.lines(language):
            say(line)
        say()
    first, last = made.window.days
    complain(text("summary.made", LANG, first=first, last=last, made=made.results.finished[:16].replace("T", " ")))
    if not made.narrative.paragraphs:
        complain(text("summary.nothing", LANG))
    for note in made.narrative.notes if as_text or "document" in made.outputs else ():
        complain(text("summary.note", LANG, note=note))
    written = sorted(made.outputs, key=lambda name: as_text and name != "document")
    paths = [*(made.outputs[name] for name in written), *made.lists[:3]]
    for number, path in enumerate(paths):
        say(text("screen.open_first", LANG, path=path) if number == 0 else f"  {path}")
    if len(made.lists) > 3:
        say(text("summary.more_lists", LANG, count=len(made.lists), folder=made.lists[0].parent))


def _as_json(made: Any, language: str) -> dict[str, Any]:
    """Return what was made as plain values: the window, every figure, the text, the files."""
    from toolkit.output.phrases import phrase

    first, last = made.window.days
    figures = [
        {
            "id": one.id, "code": one.code, "section": one.section, "reports": list(one.reports), "name": one.name, "value": one.value,
            "unit": one.unit, "wording": phrase(one, language), "whole": one.whole, "share": one.share, "rows": one.rows, "told": one.told,
            "unclear": one.unclear, "scope": one.scope, "definition": one.definition, "formula": one.formula,
            "parts": [{"name": part.name, "value": part.value, "rows": part.rows, "whole": part.whole} for part in one.parts],
            "stations": list(one.names), "remarks": list(one.remarks),
        }
        for one in made.overview.figures
    ]  # fmt: skip
    narrative = made.narrative
    return {
        "version": 1,
        "run": {"id": made.results.run, "finished": made.results.finished},
        "window": {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "kind": made.window.kind,
            "name": made.window.name(language),
        },
        "figures": figures,
        "text": {
            "title": narrative.title,
            "paragraphs": [{"heading": one.heading, "words": one.words} for one in narrative.paragraphs],
        },
        "left_out": list(narrative.left_out),
        "notes": list(narrative.notes),
        "files": {name: str(path) for name, path in made.outputs.items()},
        "lists": [str(path) for path in made.lists],
    }
