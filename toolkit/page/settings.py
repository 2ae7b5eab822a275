"""What the page goes by: the settings of the workspace at hand, or their defaults where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.config import FILE, SCHEMA, Config, ConfigError, load_config


@dataclass(frozen=True, slots=True)
class Settings:
    """How single workbooks are checked and marked here. ``language``: of what is written into workbooks."""

    config: Config | None = None

    @property
    def language(self) -> str:
        """The language of marks, log sheets, and the page unless another was asked for."""
        return self.config.language if self.config else "zh"

    @property
    def today(self) -> date | None:
        """The day that counts as today; None: the system's."""
        return self.config.today if self.config else None

    @property
    def period(self) -> tuple[date, date] | None:
        """The reporting window."""
        return self.config.period if self.config else None

    @property
    def mark_information(self) -> bool:
        """Whether mere information is marked as well."""
        return bool(self.config and self.config.values["marks"]["information"])

    @property
    def dictionary(self) -> Path | None:
        """The dictionary workbook, where there is one."""
        return self.config.dictionary if self.config else None


def load_settings(folder: Path) -> Settings:
    """Return the settings for a folder, which may be no workspace.

    Raises:
        ConfigError: there is a ``config.ini`` and it is wrong.
    """
    return Settings(load_config(folder) if (folder / FILE).is_file() else None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the page takes, and how long it stays: minutes without use, megabytes a file, files at a time."""

    idle_minutes: int
    file_mb: int
    files: int


def load_limits(folder: Path) -> Limits:
    """Return the limits set for a folder; the defaults where its settings are missing or wrong."""
    try:
        config = load_settings(folder).config
    except ConfigError:
        config = None
    values: Any = (
        config.values["page"] if config else {key: parse(default) for key, (default, parse) in SCHEMA["page"].items()}
    )
    return Limits(values["idle_minutes"], values["file_mb"], values["files"])
