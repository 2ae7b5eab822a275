"""What ``taizhang status`` tells, as plain values: runs, jobs, what failed, what comes next, who has not reported."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.config import Config
from toolkit.model import UNMARKED
from toolkit.nightly import service
from toolkit.nightly.decide import SUCCESS, Action, Rules, decide
from toolkit.nightly.locks import JOB, TIMETABLE, is_held
from toolkit.nightly.timetable import NAMES, TELL, last_due, next_dues, timetable
from toolkit.store.jobs import Attempt, JobLedger
from toolkit.store.state import State

_RUNS = 10
_ATTEMPTS = 20


def overview(config: Config, now: datetime) -> dict[str, Any]:
    """Return the state of a workspace; ``now`` with its zone. Nothing is changed or asked of other programs."""
    folder = config.path("state")
    state = State(folder)
    runs = [_run(*row) for row in state.runs(_RUNS)]
    state.close()
    ledger = JobLedger(folder)
    jobs = [_job(config, ledger, name, now) for name in NAMES]
    failed = [_attempt(one) for one in ledger.last(_ATTEMPTS) if one.status is not None and one.status not in SUCCESS]
    ledger.close()
    report = _report(config) if runs else {"files": [], "stations": [], "findings": []}
    return {
        "version": 1,
        "runs": runs,
        "trend": {
            key: [run["totals"].get(key) for run in reversed(runs)] for key in ("errors", "warnings", "reported")
        },
        "jobs": jobs,
        "failed": failed,
        "at_work": {"timetable": is_held(folder, TIMETABLE), "job": is_held(folder, JOB)},
        "service": _service(config),
        "in_use": [file["path"] for file in report["files"] if file["marks"] == "in-use"],
        "not_marked": [one for one in report["findings"] if one["code"] in UNMARKED],
        "missing": [one for one in report["stations"] if one["status"] in ("missing", "unreadable")],
    }


def _run(number: str, started: str, finished: str, status: int, totals: dict[str, Any]) -> dict[str, Any]:
    seconds = (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
    kept = {key: value for key, value in totals.items() if isinstance(value, int)}
    return {
        "id": number,
        "started": started,
        "finished": finished,
        "seconds": seconds,
        "status": status,
        "totals": kept,
    }


def _job(config: Config, ledger: JobLedger, name: str, now: datetime) -> dict[str, Any]:
    """Return a job's entry, its last attempt, when it is next due, and its state.

    ``state``: off, never (not run yet), done, failed (given up until it is next due), retrying, running, due.
    """
    times = timetable(config).get(name)
    last = ledger.last_of(name)
    wall = now.replace(tzinfo=None)
    state = "off" if times is None else "never" if last is None else "due"
    if times is not None and last is not None:
        attempts = ledger.attempts(name, last.due)
        action = decide(attempts, now, Rules.of(config)).action
        if last.finished is None:
            state = "running"
        elif action is Action.DONE:
            state = "due" if last.due < last_due(times, wall) else "done"
        else:
            state = "failed" if action is Action.GIVE_UP else "retrying"
    return {
        "job": name,
        "entry": str(times) if times else None,
        "due": last_due(times, wall).isoformat() if times else None,
        "state": state,
        "last": _attempt(last) if last else None,
        "next": next(next_dues(times, wall)).isoformat(timespec="minutes") if times else None,
    }


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "job": one.name, "due": one.due.isoformat(), "attempt": one.number, "started": one.started.isoformat(),
        "finished": one.finished.isoformat() if one.finished else None, "seconds": one.seconds, "status": one.status,
        "message": one.message, "told": one.name.startswith(TELL),
    }  # fmt: skip


def _service(config: Config) -> dict[str, Any] | None:
    found = service.find(config)
    if found is None:
        return None
    return {"name": found.name, "kind": found.kind, "scope": found.scope, "current": found.current()}


def _report(config: Config) -> dict[str, Any]:
    """Return the last report, or an empty one where it is gone or half of one."""
    path: Path = config.path("out") / "report.json"
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"files": [], "stations": [], "findings": []}
    return report
