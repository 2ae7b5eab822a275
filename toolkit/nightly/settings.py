"""The settings a job runs with: those in ``config.ini``, or the last ones without mistakes while somebody is editing them."""

from __future__ import annotations

import configparser
import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.config import FILE, INSTEAD, SCHEMA, Config, ConfigError, load_config
from toolkit.output.publish import publish_bytes

KEPT = "config.last-good.ini"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that can be used. ``mistakes``: what is wrong with ``config.ini``, where the kept ones are used instead."""

    config: Config
    mistakes: ConfigError | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of a process that is to use these settings."""
        if self.mistakes is None:
            return os.environ
        return os.environ | {INSTEAD: str(self.config.path("state") / KEPT)}


def load_settings(folder: Path) -> Settings:
    """Return the settings of a workspace; what is in ``config.ini`` is kept when it has no mistakes.

    Raises:
        ConfigError: ``config.ini`` is wrong, and none were kept.
    """
    try:
        config = load_config(folder)
    except ConfigError as mistakes:
        kept = _state(folder) / KEPT
        if not kept.is_file():
            raise
        return Settings(_load_kept(folder, kept, mistakes), mistakes)
    _keep(folder / FILE, config.path("state") / KEPT)
    return Settings(config)


def fingerprint(folder: Path) -> tuple[int, int] | None:
    """Return what changes when ``config.ini`` is saved."""
    try:
        status = (folder / FILE).stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _keep(file: Path, kept: Path) -> None:
    """Keep a copy; a disk that is full must not keep the job from being tried."""
    with contextlib.suppress(OSError):
        content = file.read_bytes()
        if not kept.is_file() or kept.read_bytes() != content:
            publish_bytes(kept, content)


def _load_kept(folder: Path, kept: Path, mistakes: ConfigError) -> Config:
    try:
        return load_config(folder, kept)
    except ConfigError:
        raise mistakes from None


def _state(folder: Path) -> Path:
    """Return where the state lies by a ``config.ini`` with mistakes: its own word if that can be read, else the usual place."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    with contextlib.suppress(OSError, UnicodeDecodeError, configparser.Error):
        parser.read_string((folder / FILE).read_text(encoding="utf-8-sig"))
    default = SCHEMA["paths"]["state"][0]
    given = Path(parser.get("paths", "state", fallback="").strip() or default).expanduser()
    return given if given.is_absolute() else folder.absolute() / given
