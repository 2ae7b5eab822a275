"""The timetable as a systemd timer: what is written into unit files, and where they go."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib import resources
from pathlib import Path

from toolkit.config import Config
from toolkit.messages import text
from toolkit.nightly.decide import Rules
from toolkit.nightly.jobs import TOOLKIT
from toolkit.nightly.timetable import timetable
from toolkit.times import LAST, WEEKDAYS, Times

_FIRST_MONTHS, _LAST_MONTHS = "01,04,07,10", "03,06,09,12"
_SYSTEM = Path("/etc/systemd/system")


def folder(*, system: bool) -> Path:
    """Return where unit files of this scope lie."""
    if system:
        return _SYSTEM
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def unit_files(name: str, config: Config, *, system: bool) -> dict[str, str]:
    """Return the unit files by their names: a timer that fires when something is due, and the service that it starts."""
    table = timetable(config)
    longest = Rules.of(config).longest * max(len(table), 1) + timedelta(hours=1)
    words = [sys.executable, *TOOLKIT, "nightly", "--pending", "-C", str(config.folder), "--lang", config.language]
    description = text("service.description", config.language, folder=str(config.folder)).replace("%", "%%")
    needed = " ".join(_quoted(str(config.path(key))) for key in ("stations", "out", "state"))
    head = [f"RequiresMountsFor={needed}", "After=network-online.target remote-fs.target"] if system else []
    owner = [f"User={_owner(config.folder)}"] if system else []
    calendars = [calendar for times in table.values() for calendar in calendars_of(times)]
    return {
        f"{name}.service": _template("nightly.service").format(
            description=description, head="".join(f"{line}\n" for line in head), command=_command(words),
            owner="".join(f"{line}\n" for line in owner), seconds=int(longest.total_seconds()),
        ),
        f"{name}.timer": _template("nightly.timer").format(
            description=description, calendars="".join(f"OnCalendar={one}\n" for one in dict.fromkeys(calendars)), service=f"{name}.service"
        ),
    }  # fmt: skip


def calendars_of(times: Times) -> list[str]:
    """Return an entry of the timetable as systemd writes it (``OnCalendar=``)."""
    at = f"{times.at:%H:%M}:00"
    if times.weekdays:
        return [f"{','.join(WEEKDAYS[day] for day in sorted(times.weekdays))} *-*-* {at}"]
    if not times.days:
        return [f"*-*-* {at}"]
    days = ",".join(f"{day:02}" for day in sorted(times.days - {LAST}))
    first, last = (_FIRST_MONTHS, _LAST_MONTHS) if times.quarter else ("*", "*")
    return ([f"*-{first}-{days} {at}"] if days else []) + ([f"*-{last}~01 {at}"] if LAST in times.days else [])


def _template(name: str) -> str:
    return (resources.files("toolkit.nightly") / "units" / name).read_text(encoding="utf-8")


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _command(words: Sequence[str]) -> str:
    """Return a command line.

    A dollar sign begins a variable in the arguments, but not in the program's own path; where that holds quotes or backslashes,
    systemd refuses it, and env(1) starts it instead.
    """
    program, *arguments = words
    if set(program) & set("\"'\\"):
        return _command(["/usr/bin/env", *words])
    return " ".join([_quoted(program), *(_quoted(word).replace("$", "$$") for word in arguments)])


def _owner(workspace: Path) -> str:
    """Return who owns a workspace: the job runs as that user, and as the superuser only where the workspace is theirs."""
    status = workspace.stat()
    try:
        return workspace.owner()
    except KeyError:
        return str(status.st_uid)
