"""What the page knows of the workspace: the last run, the files it wrote, who has not reported."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.config import FILE, Config, ConfigError, load_config
from toolkit.messages import text
from toolkit.scaffold import make_workspace
from toolkit.store.state import State
from toolkit.workspace import WorkspaceError, open_workspace

OUTPUTS = ("summary", "consolidated", "html", "notice")


@dataclass(frozen=True, slots=True)
class County:
    """The workspace as it stands.

    ``exists``: there is a ``config.ini``; ``config`` is None where it is wrong, too. ``trouble``: what has to be put right first.
    ``last``: when the last run ended, as ``2021-01-08 06:30``, empty where there was none; ``totals``: what it counted.
    ``outputs``: the files it wrote that are still there, by name.
    """

    folder: Path
    exists: bool = True
    config: Config | None = None
    trouble: tuple[str, ...] = ()
    last: str = ""
    totals: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Path] = field(default_factory=dict)


def look(folder: Path, lang: str) -> County:
    """Return what there is to know about the workspace in a folder."""
    if not (folder / FILE).is_file():
        return County(folder, exists=False)
    try:
        config = load_config(folder)
    except ConfigError as error:
        return County(folder, trouble=tuple(error.sentences(lang)))
    try:
        open_workspace(folder, lang)
        trouble: tuple[str, ...] = ()
    except WorkspaceError as error:
        trouble = tuple(error.sentences)
    last, totals, outputs = _last_run(config)
    return County(folder, config=config, trouble=trouble, last=last, totals=totals, outputs=outputs)


def _last_run(config: Config) -> tuple[str, dict[str, Any], dict[str, Path]]:
    folder = config.path("state")
    if not (folder / "state.db").is_file():
        return "", {}, {}
    with closing(State(folder)) as state:
        runs = state.runs(1)
        written: dict[str, Any] = json.loads(state.get("outputs") or "{}")
    if not runs:
        return "", {}, {}
    paths = {name: config.folder / relative for name, (relative, _) in written.items() if name in OUTPUTS}
    return runs[0][2][:16].replace("T", " "), runs[0][4], {name: path for name, path in paths.items() if path.is_file()}


def notice(county: County) -> str | None:
    """Return the notice of who has not reported, None where no run has written one."""
    path = county.outputs.get("notice")
    return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n") if path else None


def make(folder: Path, lang: str) -> tuple[str, bool]:
    """Make a new workspace; return what to say, and whether it was made."""
    try:
        made = make_workspace(folder, lang)
    except FileExistsError:
        return text("screen.exists", lang, folder=str(folder)), False
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return text("page.county.not_writable", lang, folder=str(folder), reason=reason), False
    return text("page.county.made", lang, roster=str(made["roster"]), stations=str(made["stations"])), True
