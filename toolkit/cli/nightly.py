"""The command of the timetable: nightly."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from toolkit.cli.common import INTERRUPTED, LANG, common, help_text, print_json, stop, taizhang
from toolkit.messages import text

if TYPE_CHECKING:
    from toolkit.nightly.loop import World

BUSY = 10
_JOBS = ("consolidate", "remind", "weekly", "monthly", "quarterly")


@taizhang.command(help=help_text("nightly.help"))
@click.option("--once", is_flag=True, help=help_text("nightly.once"))
@click.option("--job", type=click.Choice(_JOBS), help=help_text("nightly.job"))
@click.option("--again", is_flag=True, help=help_text("nightly.again"))
@click.option("--pending", is_flag=True, help=help_text("nightly.pending"))
@click.option("--dry-run", is_flag=True, help=help_text("nightly.dry_run"))
@click.option("--days", type=click.IntRange(1, 400), default=7, show_default=True, help=help_text("nightly.days"))
@common
def nightly(
    folder: Path, once: bool, job: str | None, again: bool, pending: bool, dry_run: bool, days: int, as_json: bool
) -> None:
    """Run the timetable, or one job of it."""
    if once + pending + dry_run > 1 or ((job or again) and not once):
        stop(2, [text("nightly.wrong_options", LANG)], as_json=as_json)
    if dry_run:
        _show_plan(folder, days, as_json=as_json)
        return
    if once:
        _once(folder, job or "consolidate", again=again, as_json=as_json)
    _timetable(folder, pending=pending, as_json=as_json)


def _once(folder: Path, job: str, *, again: bool, as_json: bool) -> NoReturn:
    from toolkit.nightly.locks import Held
    from toolkit.nightly.once import run_once
    from toolkit.nightly.words import job_name

    with _world(folder, as_json=as_json) as (world, _):
        try:
            due, outcome = run_once(world, job, again=again)
        except Held:
            stop(BUSY, [_who_holds(folder)], as_json=as_json)
    if outcome is None:
        world.say(text("nightly.already", LANG, job=job_name(job, LANG), due=due.isoformat()))
    if as_json:
        given = (
            {"status": outcome.status, "message": outcome.message}
            if outcome
            else {"status": 0, "message": "already done"}
        )
        print_json({"version": 1, "job": job, "due": due.isoformat(), "ran": outcome is not None, **given})
    sys.exit(outcome.status if outcome else 0)


def _timetable(folder: Path, *, pending: bool, as_json: bool) -> NoReturn:
    from toolkit.nightly.decide import SUCCESS
    from toolkit.nightly.locks import TIMETABLE, Held, holding
    from toolkit.nightly.loop import Nightly
    from toolkit.nightly.settings import load_settings
    from toolkit.nightly.timetable import timetable

    config = load_settings(folder).config
    with _world(folder, as_json=as_json) as (world, signals):
        try:
            with holding(config.path("state"), TIMETABLE, seconds=1):
                if not timetable(config):
                    world.say(text("nightly.nothing_planned", LANG))
                if not pending:
                    world.say(text("nightly.intro", LANG, folder=str(config.folder)))
                work = Nightly(world)
                with contextlib.closing(work):
                    work.run(until_done=pending)
        except Held:
            stop(BUSY, [text("nightly.timetable_held", LANG)], as_json=as_json)
        if not pending:
            world.say(text("nightly.ended", LANG))
    if as_json:
        print_json(
            {
                "version": 1,
                "jobs": {job: {"status": one.status, "message": one.message} for job, one in work.ended.items()},
            }
        )
    if signal.SIGINT in signals:
        sys.exit(INTERRUPTED)
    sys.exit(next((one.status for one in work.ended.values() if pending and one.status not in SUCCESS), 0))


@contextlib.contextmanager
def _world(folder: Path, *, as_json: bool) -> Iterator[tuple[World, set[int]]]:
    """Give what a timetable works with, and the signals that have asked it to stop; a second Ctrl+C does not wait."""
    from toolkit.nightly.attempt import Runner
    from toolkit.nightly.loop import SystemClock, World

    ending, signals = threading.Event(), set[int]()

    def ask_to_stop(number: int, _: Any) -> None:
        signals.add(number)
        ending.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    names = ["SIGTERM", "SIGINT", "SIGBREAK"]
    before = {name: signal.signal(getattr(signal, name), ask_to_stop) for name in names if hasattr(signal, name)}
    say = _speaker(as_json=as_json)
    try:
        yield World(folder, SystemClock(ending), Runner(ending, LANG), say, ending, LANG), signals
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _speaker(*, as_json: bool) -> Callable[[str], None]:
    """Return what prints an event as a line with its time: as the result, or beside it where that is JSON."""

    def say(line: str) -> None:
        target = sys.stderr if as_json else sys.stdout
        print(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}  {line}", file=target, flush=True)

    return say


def _who_holds(folder: Path) -> str:
    from toolkit.nightly.health import STARTED, read_heartbeat
    from toolkit.nightly.settings import load_settings
    from toolkit.nightly.words import job_name

    beat = read_heartbeat(load_settings(folder).config.path("state"))
    if beat is None or beat.get("state") != STARTED:
        return text("nightly.held_unknown", LANG)
    return text(
        "nightly.held_once", LANG, job=job_name(beat["job"], LANG), started=beat["started"][:16].replace("T", " ")
    )


def _show_plan(folder: Path, days: int, *, as_json: bool) -> None:
    from toolkit.config import load_config
    from toolkit.nightly.jobs import mailed
    from toolkit.nightly.plan import missed
    from toolkit.nightly.timetable import timetable, upcoming
    from toolkit.nightly.words import job_name
    from toolkit.screen import say

    config = load_config(folder)
    now = datetime.now().astimezone()
    coming = upcoming(timetable(config), now.replace(tzinfo=None), days)
    catch_up = missed(config, now)
    if as_json:
        print_json({
            "version": 1, "coming": [{"job": job, "at": moment.isoformat(timespec="minutes")} for moment, job in coming],
            "missed": [{"job": job, "due": due.isoformat()} for job, due in catch_up],
        })  # fmt: skip
        return
    if not coming:
        say(text("nightly.nothing_planned", LANG))
        return
    for job, due in catch_up:
        say(text("nightly.plan_missed", LANG, job=job_name(job, LANG), due=due.isoformat()))
    say(text("nightly.plan", LANG, days=days))
    for moment, job in coming:
        weekday = text(f"nightly.weekdays.{moment.weekday()}", LANG)
        say(
            text("nightly.plan_line", LANG, moment=f"{moment:%Y-%m-%d %H:%M}", weekday=weekday, job=job_name(job, LANG))
        )
    idle = dict.fromkeys(job_name(job, LANG) for _, job in coming if job != "consolidate" and not mailed(job, config))
    if idle:
        say(text("nightly.plan_without_mail", LANG, jobs="、".join(idle)))
