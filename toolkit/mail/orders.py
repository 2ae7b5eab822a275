"""What is asked for, and what came of it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from toolkit.mail.deliver import Delivery
from toolkit.messages import text
from toolkit.workspace import WorkspaceError

USAGE = 2


@dataclass(frozen=True, slots=True)
class Order:
    """What to send. ``due`` None: today; ``to``: samples to this address instead; ``again``: what was sent before, too.

    ``note``: a JSON file with job, started, finished, status and message, for an operator; ``sample``: one of each kind, to be looked at.
    """

    kinds: tuple[str, ...]
    due: date | None = None
    to: str | None = None
    station: str | None = None
    again: bool = False
    note: Path | None = None
    sample: bool = False


@dataclass(slots=True)
class Skipped:
    """Who gets nothing: stations without an address, addresses that are none (station, address), those outside the house's domains, and
    how many were told already."""

    without: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    already: int = 0


@dataclass(slots=True)
class Sending:
    """What sending did: letters newly queued, notices written, who gets nothing, what delivering did, and what failed."""

    queued: int = 0
    notices: int = 0
    skipped: Skipped = field(default_factory=Skipped)
    delivery: Delivery = field(default_factory=Delivery)
    failure: WorkspaceError | None = None


def failure(status: int, entry: str, lang: str, /, **params: object) -> WorkspaceError:
    """Return a known failure in words, with its exit status."""
    return WorkspaceError(status, [text(f"mail.failure.{entry}", lang, **params)])
