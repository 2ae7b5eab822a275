"""The Python interface; ``toolkit`` exports it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from toolkit.marking import Journal, users_journal
from toolkit.marking import mark as _mark
from toolkit.marking import unmark as _unmark
from toolkit.model import Mark, MarkResult
from toolkit.report import Report


def run(workspace: Path | str, *, full: bool = False, only: str | None = None) -> Report:
    """Run the pipeline over a workspace: check, consolidate, summarise, mark, report.

    Args:
        workspace: the folder with ``config.ini``.
        full: parse every file again, not only those that changed.
        only: a station's name (with those below it), or a part of a path.

    Raises:
        ConfigError: ``config.ini`` is missing or wrong.
        WorkspaceError: the workspace cannot be used now; its ``status`` is the exit status of the command line.
    """
    from toolkit.config import load_config
    from toolkit.pipeline import Options, run_pipeline
    from toolkit.screen import Silent
    from toolkit.workspace import locked, open_workspace

    folder = Path(workspace)
    config = load_config(folder)
    with locked(config, config.language):
        opened = open_workspace(folder, config.language)
        return Report.from_dict(run_pipeline(opened, Options(full, only), Silent()).report)


def check(path: Path | str, *, ledger: str | None = None, dictionary: Path | str | None = None) -> Report:
    """Check one workbook (or every file in a folder) by itself; nothing is written.

    Args:
        path: the file.
        ledger: take it for this ledger (``L2``) instead of recognising it.
        dictionary: a workbook of definitions (see ``taizhang dictionary export``) instead of the built-in ones.

    Raises:
        FileNotFoundError: there is no such file.
        DictionaryError: the dictionary is wrong.
    """
    from toolkit.single import check_files

    workbook = Path(dictionary) if dictionary is not None else None
    return Report.from_dict(check_files([Path(path)], ledger=ledger, dictionary=workbook).report)


def mark(source: Path | str, target: Path | str, marks: Iterable[Mark]) -> MarkResult:
    """Write ``source`` with these marks, and no others of ours, to ``target``; the same path marks in place.

    A write in place is journalled, and what was there before is kept in a folder of the user's own; ``taizhang restore``
    puts it back.

    Raises:
        RefusedWorkbook: the workbook will not be touched; ``code`` and ``reason`` say why.
        OSError: it could not be read or written, e.g. the disk is full; the target is as it was.
    """
    return _mark(Path(source), Path(target), marks, journal=_journal(source, target))


def unmark(source: Path | str, target: Path | str) -> MarkResult:
    """Write ``source`` without our marks to ``target``; the same path takes them off in place, with a backup.

    Raises:
        RefusedWorkbook: the workbook will not be touched; ``code`` and ``reason`` say why.
        OSError: it could not be read or written, e.g. the disk is full; the target is as it was.
    """
    return _unmark(Path(source), Path(target), journal=_journal(source, target))


def _journal(source: Path | str, target: Path | str) -> Journal | None:
    """Return the user's journal for a write in place."""
    try:
        in_place = Path(source).samefile(target)
    except OSError:  # what is missing or cannot be read, marking itself has a word for
        in_place = False
    return users_journal() if in_place else None
