"""What the last run found: who has not reported, and the report itself."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import Any

from toolkit.excel.actions import Outcome
from toolkit.excel.actions.stations import county_figures, list_stations
from toolkit.excel.desk import Desk
from toolkit.excel.refusal import Refused

_MOST_LINES = 20


def missing(desk: Desk) -> Outcome:
    """List the stations that have not sent everything."""
    report = _last_report(desk)
    county_figures(desk, report)
    incomplete = list_stations(desk, report)
    when = report["run"]["finished"][:16].replace("T", " ")
    if not incomplete:
        return Outcome(desk.say("said.all_sent", when=when))
    lines = [f"{name}：{'、'.join(ledgers)}" for name, ledgers in incomplete[:_MOST_LINES]]
    if len(incomplete) > _MOST_LINES:
        lines.append(desk.say("said.more_stations", count=len(incomplete) - _MOST_LINES))
    return Outcome(desk.say("said.missing", when=when, count=len(incomplete), lines="\n".join(lines)))


def report(desk: Desk) -> Outcome:
    """Open the last report in the browser."""
    path = desk.settings.path("out") / "report.html"
    if not path.is_file():
        raise Refused("no_run")
    open_file(path)
    return Outcome(desk.say("said.report", path=str(path)), quiet=True)


def open_file(path: Path) -> None:
    """Open a file with the program that the person uses for its kind."""
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the very purpose
    else:
        webbrowser.open(path.as_uri())


def _last_report(desk: Desk) -> dict[str, Any]:
    """Return the report of the last run.

    Raises:
        Refused: there is none.
    """
    path = desk.settings.path("out") / "report.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("no_run") from error
    return found
