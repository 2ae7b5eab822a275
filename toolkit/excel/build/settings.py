"""What a toolbox is told when it is built."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What is written into the toolbox.

    ``python`` and ``workspace`` may be relative to the toolbox's folder; ``workspace`` may be empty: looked for around it.
    ``resident``: clicks wait for ``taizhang buttons serve`` instead of starting the program.
    """

    python: str
    workspace: str = ""
    resident: bool = False
    language: str = "zh"
