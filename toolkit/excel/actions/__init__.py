"""What the buttons do: one function an action, each takes a desk and returns what to tell the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from toolkit.excel.desk import Desk

HOMES = {
    "check": "book",
    "clear": "book",
    "accept": "corrections",
    "take-back": "corrections",
    "check-all": "county",
    "consolidate": "county",
    "mark-all": "county",
    "summary": "county",
    "send": "mail",
    "missing": "look",
    "report": "look",
    "self-check": "selfcheck",
}
"""The module of each action; its function is called like the action."""

OF_THE_COUNTY = frozenset({"check-all", "consolidate", "mark-all", "summary", "send"})
"""Actions that may take long and are run one at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: a text for the person.

    ``more`` is only for the message box, not for the console; ``quiet``: no message box is needed at all.
    """

    said: str
    more: str = ""
    warn: bool = False
    quiet: bool = False


def action(name: str) -> Callable[[Desk], Outcome]:
    """Return the function of an action.

    Raises:
        KeyError: there is no such action.
    """
    module = import_module(f"{__name__}.{HOMES[name]}")
    function: Callable[[Desk], Outcome] = getattr(module, name.replace("-", "_"))
    return function
