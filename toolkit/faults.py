"""The log of a fault of ours: the traceback, without anything a ledger holds, where an administrator finds it."""

from __future__ import annotations

import contextlib
import tempfile
import traceback
from datetime import datetime
from pathlib import Path


def log_fault(workspace: Path) -> Path:
    """Write the traceback of the exception at hand to a workspace's logs, elsewhere to the temporary folder; return the file."""
    from toolkit.config import FILE, load_config
    from toolkit.masking import mask_text

    folder = Path(tempfile.gettempdir())
    with contextlib.suppress(Exception):  # whatever is wrong with the settings, the fault must be told
        if (workspace / FILE).is_file():
            logs = load_config(workspace).path("state") / "logs"
            logs.mkdir(parents=True, exist_ok=True)
            folder = logs
    path = folder / f"fault-{datetime.now().astimezone():%Y%m%dT%H%M%S}.log"
    path.write_text(mask_text(traceback.format_exc()), encoding="utf-8")
    return path
