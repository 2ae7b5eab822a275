"""The command line: a thin layer over the pipeline. Heavy modules are imported when a command needs them."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from toolkit.cli import (
    bundle,
    buttons,
    county,
    definitions,
    mail,
    marks,
    nightly,
    page,
    service,
    status,
    summary,
    workbooks,
)
from toolkit.cli.common import FAULT, INTERRUPTED, LANG, stop, taizhang
from toolkit.faults import log_fault
from toolkit.messages import text

__all__ = [
    "bundle",
    "buttons",
    "county",
    "definitions",
    "mail",
    "main",
    "marks",
    "nightly",
    "page",
    "service",
    "status",
    "summary",
    "taizhang",
    "workbooks",
]

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})
_DISK_OF_SQLITE = frozenset(
    {8, 10, 13}
)  # SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL; extended codes have more bits above


def _log_fault() -> str:
    """Log the fault in the workspace that the command line names; return the log's path."""
    given = [Path(following) for word, following in zip(sys.argv, sys.argv[1:], strict=False) if word == "-C"]
    return str(log_fault(given[-1] if given else Path()))


def main() -> None:
    """Run the command line; every way out has its exit status."""
    as_json = "--json" in sys.argv
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        taizhang(standalone_mode=False, prog_name="taizhang")
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "taizhang"
        stop(2, [text("screen.usage", LANG, reason=error.format_message(), command=command)], as_json=as_json)
    except KeyboardInterrupt:
        stop(INTERRUPTED, [text("screen.interrupted", LANG)], as_json=as_json)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a plain sentence instead of a traceback
        status, sentences = _told(error)
        stop(status, sentences, as_json=as_json)


def _told(error: Exception) -> tuple[int, list[str]]:
    """Return the exit status of an exception, and what to say; what nobody foresaw is a fault of ours and goes into a log."""
    import sqlite3

    from toolkit.config import ConfigError
    from toolkit.workspace import WorkspaceError

    match error:
        case ConfigError():
            return 11, error.sentences(LANG)
        case WorkspaceError():
            return error.status, error.sentences
        case OSError() if error.errno in _DISK:
            return 11, [text("screen.disk", LANG, reason=error.strerror or "", file=str(error.filename or ""))]
        case sqlite3.OperationalError() if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_OF_SQLITE:
            return 11, [text("screen.disk", LANG, reason=str(error), file="")]
    return FAULT, [text("screen.fault", LANG, log=_log_fault())]
