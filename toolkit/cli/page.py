"""The command that opens the local page."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from toolkit.cli.common import FAULT, LANG, asked_language, common, help_text, print_json, stop, taizhang
from toolkit.messages import text


@taizhang.command(help=help_text("page.help"))
@click.argument("files", nargs=-1)
@click.option("--no-open", is_flag=True, help=help_text("page.no_open"))
@click.option("--install", "put", is_flag=True, help=help_text("page.install"))
@click.option("--uninstall", "take", is_flag=True, help=help_text("page.uninstall"))
@common
def page(folder: Path, files: tuple[str, ...], no_open: bool, put: bool, take: bool, as_json: bool) -> None:
    """Check and consolidate in the browser."""
    try:
        from toolkit.page.serve import open_page
    except ImportError:
        stop(11, [text("page.screen.not_installed", LANG)], as_json=as_json)
    from toolkit.page.dropped import VARIABLE, dropped_files
    from toolkit.page.running import NoAnswer

    if put or take:
        _way_in(folder, put=put, as_json=as_json)
        return
    paths = dropped_files(files, os.environ.pop(VARIABLE, ""))
    for path in paths:
        if not path.exists():
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)

    def tell(address: str, pid: int, known: bool) -> None:
        if as_json:
            print_json({"version": 1, "url": address, "pid": pid, "already_open": known})
        elif sys.stdout is not None:
            click.echo(text("page.screen.open", LANG, url=address))
            click.echo(text("page.screen.handed" if known else "page.screen.stop", LANG))
        if sys.stdout is not None:
            sys.stdout.flush()

    try:
        open_page(folder, paths, asked_language(), browser=not no_open, tell=tell)
    except NoAnswer as error:
        stop(FAULT, [text("page.screen.stuck", LANG, pid=error.pid)], as_json=as_json)


def _way_in(folder: Path, *, put: bool, as_json: bool) -> None:
    from toolkit.page.install import NotInstalled, install, uninstall
    from toolkit.screen import say

    try:
        paths = install(folder, LANG) if put else uninstall(LANG)
    except NotInstalled as error:
        stop(FAULT, [text("page.screen.install_failed", LANG, reason=str(error))], as_json=as_json)
    if as_json:
        print_json({"version": 1, "files": [str(path) for path in paths]})
    else:
        for path in paths:
            say(text("page.screen.installed" if put else "page.screen.removed", LANG, path=str(path)))
