"""Where the marked copies of the stations' files lie."""

from __future__ import annotations

from pathlib import Path

from toolkit.workspace import Workspace

IN_PLACE = frozenset({"xlsx"})
"""Kinds of files that are marked where they lie; any other is marked in a copy."""


def copy_path(workspace: Workspace, path: str, kind: str) -> Path:
    """Return where the marked copy of a file goes: ``out/marked/`` with the same path, as .xlsx."""
    target = workspace.config.path("out") / "marked" / path
    if kind in IN_PLACE and target.suffix.lower() in (".xlsx", ".xlsm"):
        return target
    return target.with_name(f"{target.name}.xlsx")
