"""One running page: its desk, its browsers, its run, and when it was last used."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.config import ConfigError
from toolkit.page.desk import Desk, NotTaken
from toolkit.page.jobs import Run, Wanted
from toolkit.page.security import Sessions
from toolkit.page.settings import Limits, load_settings


@dataclass(slots=True)
class Page:
    """What the routes share. ``folder`` is the workspace, which may be none; ``private`` holds the desk and goes at the end."""

    folder: Path
    private: Path
    port: int
    limits: Limits
    stop: Callable[[], None]
    sessions: Sessions = field(default_factory=Sessions)
    desk: Desk = field(init=False)
    run: Run | None = None
    refusals: list[NotTaken] = field(default_factory=list)
    _used: float = field(default_factory=time.monotonic)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.desk = Desk(self.private, self.limits)

    def touch(self) -> None:
        """Note that somebody uses the page."""
        self._used = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """For how long nobody has used it; a run at work counts as use."""
        if self.run is not None and self.run.running:
            self.touch()
        return time.monotonic() - self._used

    def language(self) -> str:
        """Return the language of the page where none was asked for: the workspace's."""
        try:
            return load_settings(self.folder).language
        except ConfigError:
            return "zh"

    def start(self, wanted: Wanted, lang: str) -> bool:
        """Start a run; return False where one is at work already."""
        with self._starting:
            if self.run is not None and self.run.running:
                return False
            self.run = Run(self.folder, wanted, lang)
            return True

    def take(self, paths: list[Path]) -> None:
        """Put files of this computer, and those in folders, on the desk; they are checked when the page shows them."""
        for path in paths:
            for file in _files(path):
                try:
                    self.desk.fetch(file)
                except NotTaken as refusal:
                    self.refusals.append(refusal)
                    if refusal.why in ("too_many", "no_room"):
                        return  # said once, not for every file that follows

    def told_refusals(self) -> list[NotTaken]:
        """Return what was not taken in since this was last asked."""
        told, self.refusals = self.refusals, []
        return told


def _files(path: Path) -> list[Path]:
    from toolkit.intake.source import LocalFolder

    return [path / file.path for file in LocalFolder(path).walk()[0]] if path.is_dir() else [path]
