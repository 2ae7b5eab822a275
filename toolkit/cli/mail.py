"""``taizhang mail``: what would be sent, sending it, and the outbox."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from toolkit.addresses import MAIL_KINDS
from toolkit.cli.common import LANG, common, help_text, print_json, progress_display, stop, taizhang
from toolkit.messages import text

if TYPE_CHECKING:
    from toolkit.mail.job import Post
    from toolkit.mail.orders import Order, Sending

LOGIN_REFUSED, PARTLY = 12, 3
_REFUSALS = ("login", "login_limit", "no_login_offered")


def _orders(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what to send."""
    options = [
        click.option("--kind", "kinds", multiple=True, type=click.Choice(MAIL_KINDS), help=help_text("mail.kind")),
        click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help=help_text("mail.due")),
        click.option("--station", help=help_text("mail.station")),
        click.option("--to", help=help_text("mail.to")),
        click.option("--dry-run", is_flag=True, help=help_text("mail.dry_run")),
        click.option("--preview", is_flag=True, help=help_text("mail.preview")),
        click.option("--again", is_flag=True, help=help_text("mail.again")),
        click.option("--note", type=click.Path(path_type=Path), help=help_text("mail.note")),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@taizhang.group(invoke_without_command=True, help=help_text("mail.help"))
@_orders
@common
@click.pass_context
def mail(context: click.Context, /, folder: Path, as_json: bool, **given: Any) -> None:
    """Show what would be sent, or do what an option asks for."""
    context.obj = (folder, as_json)
    if context.invoked_subcommand is None:
        if given["preview"] or given["dry_run"] or given["to"]:
            _send(folder, as_json, given)
        else:
            _overview(folder, as_json, given)


def _place(context: click.Context, folder: Path, as_json: bool) -> tuple[Path, bool]:
    """Return the workspace and --json, given before or after the subcommand."""
    before, json_before = context.obj
    return (folder if folder != Path() else before), as_json or json_before


@mail.command(help=help_text("mail.send.help"))
@_orders
@common
@click.pass_context
def send(context: click.Context, /, folder: Path, as_json: bool, **given: Any) -> None:
    """Compose, queue and deliver."""
    folder, as_json = _place(context, folder, as_json)
    _send(folder, as_json, given)


def _order(post: Post, given: dict[str, Any], *, everything: bool) -> Order:
    """Return the order that options give; ``everything``: of every kind where none is named, not only those enabled."""
    from toolkit.addresses import normal
    from toolkit.mail.orders import Order
    from toolkit.workspace import WorkspaceError

    to = post.settings.sender if given["to"] == "me" else given["to"]
    if to is not None and normal(to) is None:
        raise WorkspaceError(2, [text("mail.failure.address", LANG, value=to[:60])])
    due: datetime | None = given["due"]
    named = tuple(given["kinds"]) or (MAIL_KINDS if everything else post.settings.kinds)
    kinds = tuple(kind for kind in named if kind != "operator" or given["note"] or given["preview"])
    return Order(
        kinds, due.date() if due else None, normal(to) if to else None, given["station"], given["again"], given["note"]
    )


def _send(folder: Path, as_json: bool, given: dict[str, Any]) -> None:
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post

    looking = given["preview"] or given["dry_run"]
    with Post(folder, LANG, sending=not looking) as post:
        order = _order(post, given, everything=given["preview"] or given["to"] is not None)
        if given["preview"]:
            screen.show_previews(post, order, as_json=as_json)
            return
        if given["dry_run"]:
            screen.show_dry_run(post, order, as_json=as_json)
            return
        with _progress(as_json) as progress:
            done = post.send(order, progress)
        screen.show_sending(post, done, as_json=as_json)
        sys.exit(_status(done))


@contextmanager
def _progress(as_json: bool) -> Iterator[Any]:
    display = progress_display(as_json=as_json)
    try:
        yield display
    finally:
        if hasattr(display, "stop"):
            display.stop()


def _status(done: Sending) -> int:
    """Return the exit status of a sending."""
    delivery = done.delivery
    if delivery.stopped:
        return LOGIN_REFUSED if delivery.trouble in _REFUSALS else 11
    if done.failure is not None:
        return int(done.failure.status)
    return PARTLY if delivery.dead or delivery.trouble else 0


def _overview(folder: Path, as_json: bool, given: dict[str, Any]) -> None:
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post

    with Post(folder, LANG, sending=False) as post:
        screen.show_overview(post, _order(post, given, everything=False), as_json=as_json)


@mail.command("list", help=help_text("mail.list.help"))
@click.option("--all", "everything", is_flag=True, help=help_text("mail.list.all"))
@common
@click.pass_context
def list_letters(context: click.Context, folder: Path, as_json: bool, everything: bool) -> None:
    """List the outbox."""
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post
    from toolkit.mail.outbox import DEAD, PENDING, SENDING, UNKNOWN

    folder, as_json = _place(context, folder, as_json)
    with Post(folder, LANG, sending=False) as post:
        screen.show_letters(post, None if everything else (PENDING, SENDING, UNKNOWN, DEAD), as_json=as_json)


@mail.command(help=help_text("mail.retry.help"))
@click.argument("numbers", nargs=-1, type=int)
@common
@click.pass_context
def retry(context: click.Context, folder: Path, as_json: bool, numbers: tuple[int, ...]) -> None:
    """Queue letters again and deliver."""
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post

    folder, as_json = _place(context, folder, as_json)
    with Post(folder, LANG) as post:
        with _progress(as_json) as progress:
            moved, done = post.resend(numbers, progress)
        _all_found(numbers, moved, as_json=as_json)
        screen.show_sending(post, done, as_json=as_json, retried=len(moved))
        sys.exit(_status(done))


@mail.command(help=help_text("mail.drop.help"))
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help=help_text("mail.all"))
@common
@click.pass_context
def drop(context: click.Context, folder: Path, as_json: bool, numbers: tuple[int, ...], everything: bool) -> None:
    """Drop letters."""
    from toolkit.mail.job import Post
    from toolkit.screen import say

    folder, as_json = _place(context, folder, as_json)
    if bool(numbers) == everything:
        raise click.UsageError(help_text("mail.drop.help"), context)
    with Post(folder, LANG, sending=False) as post:
        moved = post.outbox.drop(numbers or None)
        _all_found(numbers, moved, as_json=as_json)
        if as_json:
            print_json({"version": 1, "dropped": moved})
        else:
            say(text("mail.screen.dropped", LANG, count=len(moved)))


def _all_found(numbers: tuple[int, ...], moved: list[int], *, as_json: bool) -> None:
    lost = [str(number) for number in numbers if number not in moved]
    if lost:
        stop(2, [text("mail.failure.no_letters", LANG, numbers=", ".join(lost))], as_json=as_json)


@mail.command(help=help_text("mail.check.help"))
@common
@click.pass_context
def check(context: click.Context, folder: Path, as_json: bool) -> None:
    """Try the server, the login and the templates."""
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post

    folder, as_json = _place(context, folder, as_json)
    with Post(folder, LANG) as post:
        sys.exit(screen.show_check(post, as_json=as_json, refusals=_REFUSALS))


@mail.command(help=help_text("mail.templates.help"))
@common
@click.pass_context
def templates(context: click.Context, folder: Path, as_json: bool) -> None:
    """Copy the built-in templates."""
    from toolkit.config import load_config
    from toolkit.mail.rendering import copy_templates
    from toolkit.screen import say

    folder, as_json = _place(context, folder, as_json)
    target = load_config(folder).path("templates")
    copied, kept = copy_templates(target)
    if as_json:
        print_json(
            {
                "version": 1,
                "folder": str(target),
                "copied": [str(path) for path in copied],
                "kept": [str(path) for path in kept],
            }
        )
    else:
        say(text("mail.screen.templates", LANG, folder=str(target), copied=len(copied), kept=len(kept)))


@mail.command(help=help_text("mail.notices.help"))
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help=help_text("mail.due"))
@common
@click.pass_context
def notices(context: click.Context, folder: Path, as_json: bool, due: datetime | None) -> None:
    """Write the reminders as files."""
    from toolkit.mail.job import Post
    from toolkit.screen import say

    folder, as_json = _place(context, folder, as_json)
    with Post(folder, LANG, sending=False) as post:
        day: date = due.date() if due else post.config.today
        written = post.composer.notices(day)
        if as_json:
            print_json({"version": 1, "notices": [str(path) for path in written]})
        else:
            say(text("mail.screen.notices", LANG, count=len(written), folder=str(post.config.path("out") / "notices")))


@mail.command(help=help_text("mail.password.help"))
@click.option("--attachment", is_flag=True, help=help_text("mail.password.attachment"))
@click.option("--remove", is_flag=True, help=help_text("mail.password.remove"))
@common
def password(folder: Path, as_json: bool, attachment: bool, remove: bool) -> None:
    """Keep a password in the keyring."""
    del folder
    from toolkit.mail.credentials import ATTACHMENT, LOGIN, KeyringMissingError, keep
    from toolkit.screen import say

    name = ATTACHMENT if attachment else LOGIN
    prompt = text("mail.screen.attachment_prompt" if attachment else "mail.screen.password_prompt", LANG)
    given = None if remove else click.prompt(prompt, hide_input=True, err=True)
    try:
        keep(name, given)
    except KeyringMissingError as error:
        stop(11, [text("mail.failure.no_keyring", LANG, reason=str(error), name=name)], as_json=as_json)
    if not as_json:
        say(text("mail.screen.password_removed" if remove else "mail.screen.password_kept", LANG))


@mail.command(help=help_text("mail.audit.help"))
@common
@click.pass_context
def audit(context: click.Context, folder: Path, as_json: bool) -> None:
    """Show who was sent what."""
    from toolkit.cli import mail_screen as screen
    from toolkit.mail.job import Post

    folder, as_json = _place(context, folder, as_json)
    with Post(folder, LANG, sending=False) as post:
        sys.exit(screen.show_audit(post, as_json=as_json))
