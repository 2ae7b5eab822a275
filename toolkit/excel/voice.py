"""How an action speaks to the person: message boxes and the status bar of the program in front of them."""

from __future__ import annotations

import contextlib
from typing import Any, Protocol

from toolkit.messages import text


class Voice(Protocol):
    """Somebody who can speak to the person."""

    def tell(self, said: str, *, warn: bool = False) -> None:
        """Say something and wait until it was read."""
        ...

    def ask(self, said: str) -> bool:
        """Ask something; say whether the answer was yes."""
        ...

    def status(self, said: str | None) -> None:
        """Show what is going on without interrupting; None: nothing any more."""
        ...


class ProgramVoice:
    """The voice of a spreadsheet program."""

    def __init__(self, app: Any, lang: str) -> None:
        self._app = app
        self._title = text("buttons.macro.title", lang)

    def tell(self, said: str, *, warn: bool = False) -> None:
        """Show a message box."""
        self._app.alert(said, title=self._title, mode="critical" if warn else "info")

    def ask(self, said: str) -> bool:
        """Show a message box with yes and no."""
        return bool(self._app.alert(said, title=self._title, buttons="yes_no") == "yes")

    def status(self, said: str | None) -> None:
        """Write into the status bar; a program that is busy with the person is not pressed."""
        with contextlib.suppress(Exception):  # progress is a courtesy
            self._app.status_bar = f"{self._title}：{said}" if said else False
