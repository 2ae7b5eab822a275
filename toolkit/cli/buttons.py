"""The commands about the buttons in Excel: build the toolbox, serve clicks, open it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.messages import text


@taizhang.group(help=help_text("buttons.help"))
@click.option("--lang", type=click.Choice(["zh", "en"]), default=LANG, expose_value=False, help=help_text("lang"))
def buttons() -> None:
    """Hold the commands about buttons together."""


@buttons.command(help=help_text("buttons.build"))
@click.argument("target", type=click.Path(path_type=Path), default=Path())
@click.option("--python", "python", help=help_text("buttons.python"))
@click.option("--workspace", help=help_text("buttons.workspace"))
@click.option("--resident", is_flag=True, help=help_text("buttons.resident"))
@common
def build(folder: Path, target: Path, python: str | None, workspace: str | None, resident: bool, as_json: bool) -> None:
    """Make the console workbook and the ribbon add-in."""
    from toolkit.config import FILE, load_config
    from toolkit.excel.build import Settings
    from toolkit.excel.build import build as build_toolbox
    from toolkit.screen import say

    has_workspace = (folder / FILE).is_file()
    language = load_config(folder).language if has_workspace else LANG
    given = workspace if workspace is not None else str(folder.absolute()) if has_workspace else ""
    settings = Settings(python or _python(), given, resident=resident, language=language)
    try:
        console, addin = build_toolbox(target, settings)
    except (FileNotFoundError, ValueError) as error:
        stop(11, [text("buttons.screen.no_macros", LANG, reason=str(error))], as_json=as_json)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        stop(11, [text("buttons.screen.not_written", LANG, folder=str(target), reason=reason)], as_json=as_json)
    if as_json:
        print_json({"version": 1, "console": str(console), "addin": str(addin), "python": settings.python,
                    "workspace": settings.workspace})  # fmt: skip
        return
    say(text("buttons.screen.built", LANG, console=str(console), addin=str(addin), python=settings.python,
             workspace=settings.workspace or "—"))  # fmt: skip


def _python() -> str:
    """Return the Python to be started by a click: on Windows the one that opens no black window."""
    here = Path(sys.executable)
    quiet = here.with_name("pythonw.exe")
    return str(quiet if quiet.is_file() else here)


@buttons.command(help=help_text("buttons.serve"))
@common
def serve(folder: Path, as_json: bool) -> None:
    """Wait for clicks."""
    del folder
    from toolkit.excel.exchange import Request, exchange_folder
    from toolkit.excel.serve import AlreadyServed
    from toolkit.excel.serve import serve as serve_clicks
    from toolkit.screen import complain

    def served(request: Request) -> None:
        complain(text(f"buttons.action.{request.action}.caption", LANG))

    complain(text("buttons.screen.serving", LANG, folder=str(exchange_folder())))
    try:
        serve_clicks(served)
    except AlreadyServed:
        stop(10, [text("buttons.screen.already", LANG)], as_json=as_json)


@buttons.command("open", help=help_text("buttons.open"))
@click.argument("target", type=click.Path(path_type=Path), default=Path())
@common
def open_toolbox(folder: Path, target: Path, as_json: bool) -> None:
    """Open the toolbox in the spreadsheet program."""
    del folder
    from toolkit.excel.names import CONSOLE_FILE
    from toolkit.excel.start import NoOffice, start

    path = target if target.is_file() else target / CONSOLE_FILE
    if not path.is_file():
        stop(2, [text("buttons.screen.no_toolbox", LANG, path=str(path))], as_json=as_json)
    try:
        start(path)
    except NoOffice:
        stop(3, [text("buttons.screen.no_office", LANG)], as_json=as_json)
