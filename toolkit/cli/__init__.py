"""The command line: a thin layer over the pipeline. Heavy modules are imported when a command needs them."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

import click

from toolkit.cli import buttons, county, workbooks
from toolkit.cli.common import FAULT, INTERRUPTED, LANG, stop, taizhang
from toolkit.messages import text

__all__ = ["buttons", "county", "main", "taizhang", "workbooks"]


def _log_fault() -> str:
    """Write the traceback where an administrator finds it, without anything a ledger holds."""
    from toolkit.config import FILE, load_config
    from toolkit.masking import mask_text

    folder = Path(tempfile.gettempdir())
    given = [Path(following) for word, following in zip(sys.argv, sys.argv[1:], strict=False) if word == "-C"]
    with contextlib.suppress(Exception):  # whatever is wrong with the settings, the fault must be told
        home = given[-1] if given else Path()
        if (home / FILE).is_file():
            folder = load_config(home).path("state") / "logs"
            folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"fault-{datetime.now().astimezone():%Y%m%dT%H%M%S}.log"
    path.write_text(mask_text(traceback.format_exc()), encoding="utf-8")
    return str(path)


def main() -> None:
    """Run the command line; every way out has its exit status."""
    from toolkit.config import ConfigError
    from toolkit.workspace import WorkspaceError

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
    except ConfigError as error:
        stop(11, error.sentences(LANG), as_json=as_json)
    except WorkspaceError as error:
        stop(error.status, error.sentences, as_json=as_json)
    except KeyboardInterrupt:
        stop(INTERRUPTED, [text("screen.interrupted", LANG)], as_json=as_json)
    except Exception:  # noqa: BLE001 - the last line of defence: a plain sentence instead of a traceback
        stop(FAULT, [text("screen.fault", LANG, log=_log_fault())], as_json=as_json)
