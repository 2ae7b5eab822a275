"""The command status: the state of a workspace on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.cli.common import LANG, common, help_text, print_json, taizhang
from toolkit.messages import text

_RUNS, _STATIONS, _FILES, _TREND = 4, 8, 3, 8


@taizhang.command(help=help_text("status.help"))
@common
def status(folder: Path, as_json: bool) -> None:
    """Show the last runs, the timetable, and who has not reported."""
    from toolkit.nightly.overview import overview
    from toolkit.nightly.settings import load_settings

    settings = load_settings(folder)
    seen = overview(settings.config, datetime.now().astimezone())
    mistakes = settings.mistakes.sentences(LANG) if settings.mistakes else []
    if as_json:
        print_json(seen | {"mistakes": mistakes})
        return
    for sentence in mistakes:
        _say(sentence)
    _show_jobs(seen)
    _show_runs(seen, folder)
    _show_missing(seen)


def _say(line: str = "") -> None:
    from toolkit.screen import say

    say(line)


def _show_jobs(seen: Mapping[str, Any]) -> None:
    from toolkit.nightly.words import job_name

    _say(text("status.jobs", LANG, service=_service(seen)))
    for job in seen["jobs"]:
        if job["state"] != "off":
            coming = text("status.next", LANG, when=_moment(job["next"]))
            _say(f"  {job_name(job['job'], LANG)}  {_last(job)}  {coming}")
    off = [job_name(job["job"], LANG) for job in seen["jobs"] if job["state"] == "off"]
    if off:
        _say(f"  {text('status.off', LANG, jobs='、'.join(off))}")


def _service(seen: Mapping[str, Any]) -> str:
    service = seen["service"]
    if seen["at_work"]["timetable"] and service is None:
        return text("status.service_loop", LANG)
    if service is None:
        return text("status.service_none", LANG)
    if not service["current"]:
        return text("status.service_old", LANG)
    return text(
        "status.service_here", LANG, kind=service["kind"], scope=text(f"service.scope.{service['scope']}", LANG)
    )


def _last(job: Mapping[str, Any]) -> str:
    from toolkit.nightly.words import duration

    last = job["last"]
    if last is None:
        return text("status.job_never", LANG)
    params = {
        "when": _moment(last["started"]), "due": last["due"], "status": last["status"], "message": last["message"],
        "duration": duration(last["seconds"] or 0, LANG),
    }  # fmt: skip
    if job["state"] == "due":
        params["due"] = job["due"]
    said = f"  {last['message']}" if job["state"] == "done" and last["message"] else ""
    return text(f"status.job_{job['state']}", LANG, **params) + said


def _show_runs(seen: Mapping[str, Any], folder: Path) -> None:
    from toolkit.nightly.words import duration
    from toolkit.screen import show_unmarked

    runs = seen["runs"]
    if not runs:
        _say(text("status.no_runs", LANG, folder=str(folder)))
        return
    _say(text("status.runs", LANG))
    for run in runs[:_RUNS]:
        totals = run["totals"]
        _say("  " + text(
            "status.run", LANG, when=_moment(run["started"]), state=text(f"status.run_{run['status']}", LANG),
            duration=duration(run["seconds"], LANG), **{key: f"{totals[key]:,}" for key in ("files", "rows", "errors", "warnings", "fixed")},
        ))  # fmt: skip
    if len(runs) > 1:
        _say(text("status.trend", LANG))
        for key in ("errors", "warnings", "reported"):
            _say(f"  {text(f'status.trend_{key}', LANG)}  {_trend(seen['trend'][key])}")
    show_unmarked(seen["not_marked"], LANG, most=_FILES)


def _trend(numbers: Sequence[int | None]) -> str:
    """Return numbers in their order, and by how much the last differs from the first: ``700 → 640 → 612 (-88)``."""
    known = [number for number in numbers if number is not None][-_TREND:]
    change = known[-1] - known[0] if known else 0
    return " → ".join(f"{number:,}" for number in known) + (f"  ({change:+,})" if change else "  (=)")


def _show_missing(seen: Mapping[str, Any]) -> None:
    if not seen["runs"]:
        return
    names: dict[str, tuple[str, list[str]]] = {}
    for entry in seen["missing"]:
        name = entry.get("name", entry["station"])
        names.setdefault(entry["station"], (name, []))[1].append(entry["ledger"])
    if not names:
        _say(text("status.missing_none", LANG))
        return
    _say(text("status.missing", LANG, count=len(names)))
    for name, ledgers in list(names.values())[:_STATIONS]:
        _say(f"  {name}  {'、'.join(ledgers)}")
    if len(names) > _STATIONS:
        _say(f"  {text('status.more', LANG, count=len(names) - _STATIONS)}")


def _moment(written: str) -> str:
    return written[:16].replace("T", " ")
