"""The timetable as a service of the system: installed, removed, and told of. The files say everything; commands only load them."""

from __future__ import annotations

import getpass
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from toolkit.config import Config
from toolkit.messages import text
from toolkit.nightly.timetable import timetable
from toolkit.store.jobs import JobLedger

Kind = Literal["systemd", "windows"]
_SECONDS = 30


class ServiceError(Exception):
    """It cannot be installed; ``sentence`` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it should be: its files with what they hold, and the commands that load and unload it."""

    name: str
    kind: Kind
    system: bool
    files: dict[Path, str]
    load: tuple[tuple[str, ...], ...]
    unload: tuple[tuple[str, ...], ...]
    ask: tuple[str, ...]

    @property
    def scope(self) -> str:
        """``system`` or ``user``, as in the catalogue."""
        return "system" if self.system else "user"

    @property
    def encoding(self) -> str:
        """How its files are written: the Task Scheduler reads UTF-16."""
        return "utf-16" if self.kind == "windows" else "utf-8"

    def installed(self) -> bool:
        """Say whether its files are there."""
        return all(path.is_file() for path in self.files)

    def current(self) -> bool:
        """Say whether its files hold what they should by the present settings."""
        try:
            return all(path.read_text(encoding=self.encoding) == content for path, content in self.files.items())
        except (OSError, UnicodeError):
            return False


def native_kind() -> Kind:
    """Return which of the two this system would have."""
    return "windows" if sys.platform == "win32" else "systemd"


def is_native(kind: Kind) -> bool:
    """Say whether this system has it."""
    return sys.platform == "win32" if kind == "windows" else shutil.which("systemctl") is not None


def service_name(folder: Path) -> str:
    """Return the service's name: one for each workspace on the machine."""
    return f"taizhang-nightly-{hashlib.blake2b(str(folder.resolve()).encode(), digest_size=4).hexdigest()}"


def service_for(config: Config, *, kind: Kind, system: bool) -> Service:
    """Return the service of a workspace.

    Raises:
        ServiceError: the workspace's path cannot stand in such files.
    """
    if any(ord(char) < 32 for char in f"{config.folder}{sys.executable}"):
        raise ServiceError(text("service.wrong_path", config.language, path=ascii(str(config.folder))))
    name = service_name(config.folder)
    if kind == "windows":
        from toolkit.nightly.windows_task import task_name, task_xml

        path, task = config.path("state") / "service.xml", task_name(name)
        return Service(
            name, kind, system, {path: task_xml(name, config, system=system)},
            (("schtasks", "/Create", "/TN", task, "/XML", str(path), "/F"),),
            (("schtasks", "/Delete", "/TN", task, "/F"),),
            ("schtasks", "/Query", "/TN", task, "/V", "/FO", "LIST"),
        )  # fmt: skip
    from toolkit.nightly.systemd import folder, unit_files

    scope = () if system else ("--user",)
    units = {folder(system=system) / file: content for file, content in unit_files(name, config, system=system).items()}
    shown = "--property=ActiveState,LastTriggerUSec,NextElapseUSecRealtime"
    return Service(
        name, kind, system, units,
        (("systemctl", *scope, "daemon-reload"), ("systemctl", *scope, "enable", "--now", f"{name}.timer")),
        (("systemctl", *scope, "disable", "--now", f"{name}.timer"), ("systemctl", *scope, "daemon-reload")),
        ("systemctl", *scope, "show", shown, f"{name}.timer"),
    )  # fmt: skip


def find(config: Config) -> Service | None:
    """Return the service that is installed for a workspace on this system, judged by its files alone."""
    both = [service_for(config, kind=native_kind(), system=system) for system in (False, True)]
    found = [service for service in both if service.installed()]
    return next((service for service in found if service.current()), found[0] if found else None)


def install(service: Service, config: Config, lang: str) -> list[str]:
    """Write the files and load them; return what could not be done, as sentences.

    Raises:
        ServiceError: a file cannot be written.
    """
    for path, content in service.files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding=service.encoding)
        except OSError as error:
            raise ServiceError(text("service.not_allowed", lang, path=str(path))) from error
    _note_beginning(config)
    return _run(service.load, lang)


def remove(service: Service, lang: str) -> list[str]:
    """Unload the service and delete its files; return what could not be done, as sentences.

    Raises:
        ServiceError: a file cannot be deleted.
    """
    first, *rest = service.unload
    problems = _run([first], lang)
    for path in service.files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ServiceError(text("service.not_allowed", lang, path=str(path))) from error
    return problems + _run(rest, lang)


def answer(service: Service) -> list[tuple[str, str]]:
    """Return what the system itself says of the service, as (name, value); empty where it cannot be asked."""
    try:
        done = _call(service.ask)
    except (OSError, subprocess.TimeoutExpired):
        return []
    pairs = (line.partition("=" if service.kind == "systemd" else ":") for line in done.stdout.splitlines())
    return [(name.strip(), value.strip()) for name, _, value in pairs if value.strip()] if done.returncode == 0 else []


def needs_linger(service: Service) -> str | None:
    """Return the user whose services end when they log out, if this is one of them."""
    if service.kind != "systemd" or service.system:
        return None
    user = getpass.getuser()
    return None if Path("/var/lib/systemd/linger", user).exists() else user


def _note_beginning(config: Config) -> None:
    """Note that the timetable is known from now on: what was due before is not caught up, what comes next is."""
    ledger = JobLedger(config.path("state"))
    now = datetime.now().astimezone()
    for name, times in timetable(config).items():
        ledger.see(name, str(times), now)
    ledger.close()


def _run(commands: Sequence[Sequence[str]], lang: str) -> list[str]:
    problems = []
    for words in commands:
        reason = _problem(words)
        if reason:
            problems.append(text("service.command_failed", lang, command=" ".join(words), reason=reason))
    return problems


def _problem(words: Sequence[str]) -> str | None:
    try:
        done = _call(words)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return (
        None if done.returncode == 0 else " ".join((done.stderr or done.stdout).split())[:200] or str(done.returncode)
    )


def _call(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which(words[0])
    if program is None:
        raise FileNotFoundError(words[0])
    return subprocess.run(  # noqa: S603 - the system's own programs, with our own words
        [program, *words[1:]], capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
    )
