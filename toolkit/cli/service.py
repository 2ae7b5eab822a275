"""The commands about the timetable as a service of the system: install, remove, status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.messages import text

if TYPE_CHECKING:
    from toolkit.config import Config
    from toolkit.nightly.service import Service

Result = TypeVar("Result")


@taizhang.group(help=help_text("service.help"))
@click.option("--lang", type=click.Choice(["zh", "en"]), default=LANG, expose_value=False, help=help_text("lang"))
def service() -> None:
    """Hold the commands about the service together."""


def _scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    scope = click.option("--system/--user", "system", default=None, help=help_text("service.scope"))
    kind = click.option("--kind", type=click.Choice(["systemd", "windows"]), help=help_text("service.kind"))
    dry_run = click.option("--dry-run", is_flag=True, help=help_text("service.dry_run"))
    return scope(kind(dry_run(command)))


@service.command(help=help_text("service.install"))
@_scoped
@common
def install(folder: Path, system: bool | None, kind: str | None, dry_run: bool, as_json: bool) -> None:
    """Install the service."""
    from toolkit.nightly import service as services

    config, wanted = _wanted(folder, system, kind, dry_run=dry_run, as_json=as_json)
    if dry_run:
        _show_dry_run(wanted, [*wanted.load], as_json=as_json, writes=True)
        return
    problems = _or_stop(lambda: services.install(wanted, config, LANG), as_json=as_json)
    lines = [text("service.wrote", LANG, path=str(path)) for path in wanted.files]
    if not problems:
        lines.append(text("service.installed", LANG, name=wanted.name))
    if user := services.needs_linger(wanted):
        lines.append(text("service.linger", LANG, user=user))
    if wanted.kind == "windows" and not wanted.system:
        lines.append(text("service.logged_on", LANG))
    _finish(wanted, lines, problems, as_json=as_json)


@service.command(help=help_text("service.remove"))
@_scoped
@common
def remove(folder: Path, system: bool | None, kind: str | None, dry_run: bool, as_json: bool) -> None:
    """Remove the service."""
    from toolkit.nightly import service as services

    config, wanted = _wanted(folder, system, kind, dry_run=dry_run, as_json=as_json)
    if system is None and kind is None:
        wanted = services.find(config) or wanted
    if not any(path.exists() for path in wanted.files):
        _finish(wanted, [text("service.not_installed", LANG, folder=str(config.folder))], [], as_json=as_json)
    if dry_run:
        _show_dry_run(wanted, [*wanted.unload], as_json=as_json, writes=False)
        return
    problems = _or_stop(lambda: services.remove(wanted, LANG), as_json=as_json)
    lines = [text("service.deleted", LANG, path=str(path)) for path in wanted.files]
    _finish(wanted, [*lines, text("service.removed", LANG, name=wanted.name)], problems, as_json=as_json)


@service.command(name="status", help=help_text("service.status"))
@common
def service_status(folder: Path, as_json: bool) -> None:
    """Say whether a service is installed, whether it is current, and what the system says of it."""
    from toolkit.nightly import service as services
    from toolkit.nightly.settings import load_settings
    from toolkit.screen import say

    config = load_settings(folder).config
    found = services.find(config)
    told = services.answer(found) if found else []
    if as_json:
        shown = (
            {"name": found.name, "kind": found.kind, "scope": found.scope, "current": found.current()}
            if found
            else None
        )
        print_json({"version": 1, "service": shown, "system": dict(told)})
        return
    if found is None:
        say(text("service.not_installed", LANG, folder=str(config.folder)))
        return
    scope = text(f"service.scope.{found.scope}", LANG)
    say(text("service.present", LANG, name=found.name, kind=found.kind, scope=scope))
    if not found.current():
        say(text("service.outdated", LANG))
    for name, value in told:
        say(text("service.state", LANG, name=name, value=value))


def _wanted(
    folder: Path, system: bool | None, kind: str | None, *, dry_run: bool, as_json: bool
) -> tuple[Config, Service]:
    from toolkit.config import load_config
    from toolkit.nightly import service as services

    config = load_config(folder)
    chosen: services.Kind = "windows" if (kind or services.native_kind()) == "windows" else "systemd"
    if not dry_run and not services.is_native(chosen):
        stop(2, [text("service.other_system", LANG, kind=chosen)], as_json=as_json)
    everybody = _is_superuser() if system is None else system
    return config, _or_stop(lambda: services.service_for(config, kind=chosen, system=everybody), as_json=as_json)


def _is_superuser() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _or_stop(action: Callable[[], Result], *, as_json: bool) -> Result:
    from toolkit.nightly.service import ServiceError

    try:
        return action()
    except ServiceError as error:
        stop(11, [error.sentence], as_json=as_json)


def _show_dry_run(wanted: Service, commands: list[tuple[str, ...]], *, as_json: bool, writes: bool) -> None:
    from toolkit.screen import say

    if as_json:
        print_json({"version": 1, "name": wanted.name, "files": {str(path): content for path, content in wanted.files.items()},
                    "commands": [list(words) for words in commands]})  # fmt: skip
        return
    for path, content in wanted.files.items():
        say(text("service.would_write" if writes else "service.would_delete", LANG, path=str(path)))
        if writes:
            say(content)
    for words in commands:
        say(text("service.would_run", LANG, command=" ".join(words)))


def _finish(wanted: Service, lines: list[str], problems: list[str], *, as_json: bool) -> NoReturn:
    from toolkit.screen import complain, say

    if as_json:
        print_json(
            {"version": 1, "name": wanted.name, "files": [str(path) for path in wanted.files], "problems": problems}
        )
    for line in lines:
        (complain if as_json else say)(line)
    for problem in problems:
        complain(problem)
    sys.exit(3 if problems else 0)
