"""Where journal and backups of files outside any workspace lie: a folder of the user's own that nobody else can read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from toolkit.marking.journal import Journal
from toolkit.marking.members import Refusal

_NAME = "taizhang"


def state_folder() -> Path:
    """Return the folder for what programs remember: %LOCALAPPDATA%, ~/Library/Application Support, or $XDG_STATE_HOME."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    given = os.environ.get("XDG_STATE_HOME", "")
    return (Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "state") / _NAME


def user_journal() -> Journal:
    """Return the journal for files outside any workspace.

    Raises:
        Refusal: there is no place for it. Without a backup nothing is written.
    """
    folder = state_folder()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.name != "nt" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise Refusal("no-backup") from error
    return Journal(folder)
