"""What every command shares: the language, the common options, and the ways out."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from toolkit.json_text import json_text
from toolkit.messages import text

FAULT, INTERRUPTED = 70, 130
_END_WITHIN = 15


def asked_language() -> str | None:
    """Return the language asked for on the command line, None where none is."""
    for number, word in enumerate(sys.argv):
        if word.startswith("--lang="):
            return word.removeprefix("--lang=") if word.removeprefix("--lang=") in ("zh", "en") else "zh"
        if word == "--lang" and number + 1 < len(sys.argv) and sys.argv[number + 1] in ("zh", "en"):
            return sys.argv[number + 1]
    return None


def _system_language() -> str:
    """Return the language asked for on the command line, else the system's."""
    if asked := asked_language():
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh" if os.environ[name].lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


LANG = _system_language()


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that every command takes."""
    workspace = click.option(
        "-C", "folder", type=click.Path(path_type=Path), default=Path(), help=text("cli.workspace", LANG)
    )
    as_json = click.option("--json", "as_json", is_flag=True, help=text("cli.json", LANG))
    lang = click.option(
        "--lang", type=click.Choice(["zh", "en"]), default=LANG, expose_value=False, help=text("cli.lang", LANG)
    )
    return workspace(as_json(lang(command)))


def help_text(name: str) -> str:
    """Return an entry of the catalogue's help in the screen's language."""
    return text(f"cli.{name}", LANG)


def print_json(data: Any) -> None:
    """Print a machine-readable result."""
    sys.stdout.write(json_text(data))


def progress_display(*, as_json: bool, lines_of_json: bool = False) -> Any:
    """Return how progress is shown: bars on a terminal, lines elsewhere; lines of JSON for a program."""
    from toolkit.screen import Bars, JsonLines, Lines

    if lines_of_json:
        return JsonLines()
    return Bars(LANG) if sys.stderr.isatty() and not as_json else Lines(LANG)


def end_with_input() -> None:
    """Take the end of standard input as Ctrl-C: how a program that started this one asks it to stop, on every system."""
    import signal
    import threading
    import time

    main = threading.main_thread()

    def watch() -> None:
        while os.read(0, 1):  # unbuffered: a buffer's lock would be missed when the interpreter ends
            pass
        if hasattr(signal, "pthread_kill") and main.ident is not None:
            signal.pthread_kill(main.ident, signal.SIGINT)
        else:
            signal.raise_signal(signal.SIGINT)
        time.sleep(_END_WITHIN)
        os._exit(INTERRUPTED)  # whatever is written is written whole or not at all

    threading.Thread(target=watch, daemon=True).start()


def stop(status: int, sentences: list[str], *, as_json: bool) -> NoReturn:
    """End with a status and what is to be said about it."""
    from toolkit.screen import complain

    if as_json and sys.stdout is not None:
        print_json({"version": 1, "status": status, "errors": sentences})
    complain("\n".join(sentences))
    sys.exit(status)


@click.group(help=help_text("main"), context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="taizhang-toolkit")
@click.option("--lang", type=click.Choice(["zh", "en"]), default=LANG, expose_value=False, help=help_text("lang"))
def taizhang() -> None:
    """Hold the commands together."""
