"""The last run's outcome, for a run that finds nothing changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toolkit.steps.level_files import levels_untouched
from toolkit.steps.places import copy_path
from toolkit.store.state import State
from toolkit.workspace import Workspace


def remember_outputs(
    workspace: Workspace, state: State, outputs: Mapping[str, Path], inputs: str, report: Mapping[str, Any]
) -> tuple[int, int]:
    """Note what was written and what it depended on; return (unusable inputs, broken rules).

    Files that our own marks changed are discovered with other hashes next time.
    """
    sizes = {name: [workspace.relative(path), path.stat().st_size] for name, path in outputs.items()}
    problems = (sum(file["status"] in ("unreadable", "encrypted", "locked") for file in report["files"]),
                sum(finding["code"] == "E901" for finding in report["findings"]))  # fmt: skip
    state.put("outputs", json.dumps(sizes))
    state.put("problems", json.dumps(problems))
    state.put("inputs", inputs)
    return problems


def _copies_untouched(workspace: Workspace, state: State) -> bool:
    """Say whether every marked copy still is what was written: one that somebody typed into has to be said."""
    for path, kind, written in state.copies():
        target = copy_path(workspace, path, kind)
        if target.is_file() and [(status := target.stat()).st_size, status.st_mtime_ns] != written:
            return False
    return True


def last_outcome(
    workspace: Workspace, state: State, inputs: set[str], started: datetime
) -> tuple[dict[str, Any], dict[str, Path], int, int] | None:
    """Return (report, outputs, unusable inputs, broken rules) of the last run if a run now would give the same, else None."""
    if (
        state.get("inputs") not in inputs
        or not _copies_untouched(workspace, state)
        or not levels_untouched(workspace, state)
    ):
        return None
    outputs = {}
    for name, (relative, size) in json.loads(state.get("outputs") or "{}").items():
        path = workspace.folder / relative
        if not path.is_file() or path.stat().st_size != size:
            return None
        outputs[name] = path
    if "report" not in outputs:
        return None
    report = json.loads(outputs["report"].read_text(encoding="utf-8"))
    now = datetime.now(UTC).astimezone()
    run = started.strftime("%Y%m%dT%H%M%S")
    report["run"] |= {
        "id": run,
        "started": started.isoformat(timespec="seconds"),
        "finished": now.isoformat(timespec="seconds"),
    }
    report["totals"]["fixed"] = 0
    unusable, broken = json.loads(state.get("problems") or "[0, 0]")
    status = 3 if unusable or broken else 0
    with state.transaction():
        totals = state.runs(1)[0][4] | report["totals"]
        state.put_run(run, report["run"]["started"], report["run"]["finished"], status, totals)
    return report, outputs, unusable, broken
