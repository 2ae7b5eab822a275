"""Where a click happened: the program, the workbooks, the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from toolkit.config import FILE, Config, load_config
from toolkit.excel.console import Console
from toolkit.excel.exchange import Request
from toolkit.excel.program import Program
from toolkit.excel.refusal import Refused
from toolkit.excel.voice import Voice
from toolkit.ledgers.dictionary import Dictionary, load_dictionary
from toolkit.messages import text
from toolkit.workspace import workspace_dictionary


@dataclass
class Desk:
    """What an action needs: ``app`` is an ``xlwings.App``; ``stopped`` says whether the person clicked Stop."""

    request: Request
    app: Any
    program: Program
    voice: Voice
    stopped: Callable[[], bool] = field(default=lambda: False)

    @property
    def lang(self) -> str:
        """The language to speak to the person."""
        return self.request.lang

    def say(self, name: str, **params: Any) -> str:
        """Return a sentence under ``buttons``."""
        return text(f"buttons.{name}", self.lang, **params)

    @cached_property
    def toolbox(self) -> Any:
        """The workbook with the button, or None where it is an add-in or was closed."""
        return next((book for book in self.app.books if _same(book.name, self.request.toolbox)), None)

    @cached_property
    def console(self) -> Console:
        """What the toolbox shows."""
        return Console(self.toolbox, self.program, self.lang)

    @cached_property
    def book(self) -> Any:
        """The ledger that is meant: the one in front, or behind the toolbox the one the person agrees to.

        Raises:
            Refused: there is none.
        """
        wanted, toolbox = self.request.book, self.request.toolbox
        if wanted and not _same(wanted, toolbox):
            for book in self.app.books:
                if _same(book.name, wanted):
                    return book
            raise Refused("book_closed", book=wanted)
        others = [book for book in self.program.books_by_recency(self.app) if not _same(book.name, toolbox)]
        if not others:
            raise Refused("no_book")
        if len(others) == 1:
            return others[0]
        for book in others:
            if self.voice.ask(self.say("ask.this_book", book=book.name)):
                return book
        raise Refused("no_choice")

    @cached_property
    def folder(self) -> Path | None:
        """The workspace: as set in the toolbox, else found around the toolbox or the workbook in front; None if there is none."""
        home = Path(self.request.home) if self.request.home else None
        if self.request.workspace:
            given = Path(self.request.workspace).expanduser()
            return given if given.is_absolute() or home is None else home / given
        around = [home] if home is not None else []
        if self.request.book and not _same(self.request.book, self.request.toolbox):
            around += [Path(book.fullname).parent for book in self.app.books if _same(book.name, self.request.book)]
        for start in around:
            for folder in [start, *start.parents]:
                if (folder / FILE).is_file():
                    return folder
        return None

    @cached_property
    def config(self) -> Config | None:
        """The settings of the workspace, or None where there is none.

        Raises:
            ConfigError: they are wrong.
        """
        folder = self.folder
        return load_config(folder) if folder is not None and (folder / FILE).is_file() else None

    @cached_property
    def dictionary(self) -> Dictionary:
        """The ledgers and rules that hold here: the workspace's, or the built-in ones.

        Raises:
            WorkspaceError: the workspace's dictionary is wrong.
        """
        return workspace_dictionary(self.config, self.lang) if self.config is not None else load_dictionary()

    @property
    def workspace(self) -> Path:
        """The workspace of an action that needs one.

        Raises:
            Refused: there is none.
        """
        if self.folder is None:
            raise Refused("no_workspace")
        if not (self.folder / FILE).is_file():
            raise Refused("wrong_workspace", folder=str(self.folder))
        return self.folder

    @property
    def settings(self) -> Config:
        """The settings of the workspace of an action that needs one.

        Raises:
            Refused: there is none.
            ConfigError: they are wrong.
        """
        return load_config(self.workspace)

    @property
    def language(self) -> str:
        """The language of what is written into workbooks."""
        return self.config.language if self.config is not None else self.lang


def _same(one: str, other: str) -> bool:
    """Say whether two names of workbooks are one; new ones are called with and without a blank before the number."""
    return one.replace(" ", "").casefold() == other.replace(" ", "").casefold()
