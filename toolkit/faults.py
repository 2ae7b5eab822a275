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

    said = mask_text(traceback.format_exc())
    name = f"fault-{datetime.now().astimezone():%Y%m%dT%H%M%S}.log"
    with contextlib.suppress(Exception):  # whatever is wrong with the settings or the disk, the fault must be told
        if (workspace / FILE).is_file():
            path = load_config(workspace).path("state") / "logs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said, encoding="utf-8")
            return path
    path = Path(tempfile.gettempdir()) / name
    path.write_text(said, encoding="utf-8")
    return path
