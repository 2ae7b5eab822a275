"""What is remembered of the levels' workbooks: by it a run that finds nothing changed knows that they are all still there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from toolkit.store.state import State
from toolkit.workspace import Workspace

_STATE = "levels"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one unit: what it depended on, its files with their sizes, the scores of the units it ranks."""

    key: str
    files: Mapping[str, int]
    scores: Mapping[str, float]


def last_written(state: State) -> dict[str, Written]:
    """Return what the last run left for each unit, by its folder."""
    return {folder: Written(**entry) for folder, entry in json.loads(state.get(_STATE) or "{}").items()}


def remember_levels(state: State, written: Mapping[str, Written]) -> None:
    """Note what there is now for each unit."""
    state.put(_STATE, json.dumps({folder: asdict(entry) for folder, entry in written.items()}))


def levels_untouched(workspace: Workspace, state: State) -> bool:
    """Say whether the workbooks of all units are what the last run wrote."""
    return all(is_untouched(workspace, written) for written in last_written(state).values())


def is_untouched(workspace: Workspace, written: Written) -> bool:
    """Say whether the workbooks of a unit are what was written."""
    targets = {workspace.folder / path: size for path, size in written.files.items()}
    return all(path.is_file() and path.stat().st_size == size for path, size in targets.items())
