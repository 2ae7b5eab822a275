"""A workspace: its settings, roster and dictionary loaded and checked, its lock, and whether it can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.config import Config, check_deadlines, load_config
from toolkit.ledgers.dictionary import Dictionary, DictionaryError, load_dictionary
from toolkit.messages import text
from toolkit.roster import Roster, RosterError, read_roster


class WorkspaceError(Exception):
    """The workspace cannot be used; ``status`` is the exit status, ``sentences`` say what to do."""

    def __init__(self, status: int, sentences: list[str]) -> None:
        super().__init__("; ".join(sentences))
        self.status = status
        self.sentences = sentences


USAGE, CONFIGURATION, BUSY, INCOMPLETE = 2, 11, 10, 13


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with its settings, roster and dictionary."""

    config: Config
    roster: Roster
    dictionary: Dictionary
    prefix: str = field(init=False)
    """What precedes a station's file in findings."""

    def __post_init__(self) -> None:
        place = self.config.stations_url or self.relative(self.config.path("stations"))
        object.__setattr__(self, "prefix", f"{place}/")

    @property
    def folder(self) -> Path:
        """Where ``config.ini`` lies."""
        return self.config.folder

    def relative(self, path: Path) -> str:
        """Return a path relative to the workspace, with ``/``; one outside stays absolute."""
        try:
            return path.absolute().relative_to(self.folder).as_posix()
        except ValueError:
            return path.absolute().as_posix()


def open_workspace(folder: Path, lang: str) -> Workspace:
    """Return the workspace in ``folder``.

    Raises:
        ConfigError: ``config.ini`` is missing or wrong.
        WorkspaceError: roster or dictionary are wrong, or the folder for results cannot be written.
    """
    config = load_config(folder)
    dictionary = workspace_dictionary(config, lang)
    check_deadlines(config, dictionary.ledgers)
    roster = _roster(config, dictionary, lang)
    for key in ("out", "state"):
        _writable(config.path(key), lang)
    return Workspace(config, roster, dictionary)


def workspace_dictionary(config: Config, lang: str) -> Dictionary:
    """Return the dictionary of a workspace.

    Raises:
        WorkspaceError: its workbook is wrong, is not where ``config.ini`` says, or cannot be read.
    """
    path = config.dictionary
    try:
        return load_dictionary(path)
    except DictionaryError as error:
        raise WorkspaceError(CONFIGURATION, error.sentences(lang)) from error
    except FileNotFoundError as error:
        raise WorkspaceError(CONFIGURATION, [text("dictionary.no_file", lang, file=str(path))]) from error
    except OSError as error:
        reason = text("dictionary.unreadable", lang, file=str(path), reason=error.strerror or type(error).__name__)
        raise WorkspaceError(CONFIGURATION, [reason]) from error


def _roster(config: Config, dictionary: Dictionary, lang: str) -> Roster:
    path = config.path("roster")
    try:
        return read_roster(path, dictionary)
    except FileNotFoundError as error:
        raise WorkspaceError(CONFIGURATION, [text("roster.no_file", lang, file=str(path))]) from error
    except OSError as error:
        raise WorkspaceError(
            CONFIGURATION, [f"{path}: {text('roster.unreadable', lang, reason=error.strerror or '')}"]
        ) from error
    except RosterError as error:
        lines = [text("roster.heading", lang, file=str(path), count=len(error.problems))]
        lines += [f"  {cell}  {text(name, lang, **params)}" for cell, name, params in error.problems]
        raise WorkspaceError(CONFIGURATION, lines) from error


def _writable(folder: Path, lang: str) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = text("screen.not_writable", lang, folder=str(folder), reason=error.strerror or type(error).__name__)
        raise WorkspaceError(CONFIGURATION, [reason]) from error


@contextmanager
def locked(config: Config, lang: str) -> Iterator[None]:
    """Hold the workspace: one run at a time.

    Raises:
        WorkspaceError: another run holds it (status 10).
    """
    from filelock import FileLock, Timeout

    state = config.path("state")
    _writable(state, lang)
    lock: Any = FileLock(state / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise WorkspaceError(BUSY, [text("screen.busy", lang)]) from error
    try:
        yield
    finally:
        lock.release()
