"""The whole county: the pipeline in a process of its own, its progress in the status bar and on the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.excel.actions import Outcome
from toolkit.excel.actions.stations import county_figures, list_stations
from toolkit.excel.child import Finished, run_command
from toolkit.excel.desk import Desk
from toolkit.excel.refusal import Refused

_DONE, _PARTLY, _CANCELLED = 0, 3, 130
_UNUSABLE = ("unreadable", "encrypted", "locked")
_MOST_FILES = 8


def check_all(desk: Desk) -> Outcome:
    """Check every station's ledgers; their files stay as they are."""
    return _run(desk, "--no-marks")


def consolidate(desk: Desk) -> Outcome:
    """Check and merge, then open the consolidated workbook."""
    return _run_and_open(desk, "consolidated.xlsx")


def summary(desk: Desk) -> Outcome:
    """Check and summarise, then open the summary workbook."""
    return _run_and_open(desk, "summary.xlsx")


def mark_all(desk: Desk) -> Outcome:
    """Check, and mark the stations' own files as the settings say."""
    mode = desk.settings.values["marks"]["mode"]
    if mode == "off":
        raise Refused("marks_off")
    if not desk.voice.ask(desk.say(f"ask.mark_{mode.replace('-', '_')}")):
        return Outcome(desk.say("said.not_marked"), quiet=True)
    return _run(desk)


def _run_and_open(desk: Desk, name: str) -> Outcome:
    """Run without marks and open one of the results."""
    path = desk.settings.path("out") / name
    _close(desk, path)
    outcome = _run(desk, "--no-marks")
    desk.app.books.open(str(path))
    return outcome


def _close(desk: Desk, path: Path) -> None:
    """Close a result of an earlier run: a file that is open cannot be written anew.

    Raises:
        Refused: somebody typed into it.
    """
    for book in desk.app.books:
        if Path(book.fullname) == path:
            if desk.program.modified(book):
                raise Refused("result_open", book=book.name)
            book.close()


def _run(desk: Desk, *options: str) -> Outcome:
    """Run the pipeline; return what it found.

    Raises:
        Refused: it could not be done, or was stopped.
    """
    done = run_command(desk, ["run", "-C", str(desk.workspace), *options], desk.say("status.county"))
    if done.status not in (_DONE, _PARTLY):
        raise _refusal(done)
    report: dict[str, Any] = done.result
    county_figures(desk, report)
    list_stations(desk, report)
    keys = ("stations", "reported", "files", "errors", "warnings", "fixed")
    said = [desk.say("said.county", **{key: report["totals"][key] for key in keys})]
    more = []
    lists = {"unusable": [file["path"] for file in report["files"] if file["status"] in _UNUSABLE]}
    if "--no-marks" not in options:
        said.append(desk.say("said.marked_files", count=sum(file["marks"] == "done" for file in report["files"])))
        lists["in_use"] = [file["path"] for file in report["files"] if file["marks"] == "in-use"]
    for name, files in lists.items():
        if files:
            said.append(desk.say(f"said.{name}", count=len(files)))
            more += files[:_MOST_FILES] + (["…"] if len(files) > _MOST_FILES else [])
    return Outcome("\n".join(said), "\n".join(more))


def _refusal(done: Finished) -> Refused:
    if done.status == _CANCELLED:
        return Refused("stopped")
    return Refused("command", reasons="\n".join(done.sentences))
