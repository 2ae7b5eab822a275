"""Look whether everything the buttons need is in order, each line with what to do if not."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolkit.config import ConfigError
from toolkit.excel.actions import Outcome
from toolkit.excel.desk import Desk
from toolkit.excel.exchange import exchange_folder
from toolkit.excel.names import version
from toolkit.intake.source import is_there
from toolkit.single import check_files
from toolkit.workspace import WorkspaceError, open_workspace

_GOOD, _BAD, _NOTE = "✓", "✗", "·"


@dataclass(frozen=True, slots=True)
class _Line:
    sign: str
    said: str


def self_check(desk: Desk) -> Outcome:
    """Look at program, settings and folders."""
    desk.voice.status(desk.say("status.self_check"))
    parts: tuple[Callable[[Desk], list[_Line]], ...] = (_program, _folders, _workers, _workspace, _others)
    lines = [line for part in parts for line in part(desk)]
    bad = sum(line.sign == _BAD for line in lines)
    head = desk.say("said.self_check_bad", count=bad) if bad else desk.say("said.self_check_good")
    return Outcome("\n".join([head, "", *(f"{line.sign} {line.said}" for line in lines)]), warn=bool(bad))


def _program(desk: Desk) -> list[_Line]:
    python = sys.version.split()[0]
    program = f"{desk.app.engine.name} {desk.app.version}"
    return [_Line(_GOOD, desk.say("self.version", version=version(), python=python)),
            _Line(_GOOD, desk.say("self.program", program=program))]  # fmt: skip


def _folders(desk: Desk) -> list[_Line]:
    lines = []
    for name, folder in (("exchange", exchange_folder()), ("temporary", Path(tempfile.gettempdir()))):
        probe = folder / f".taizhang-{os.getpid()}"
        try:
            probe.touch()
            probe.unlink()
            lines.append(_Line(_GOOD, desk.say(f"self.{name}", folder=str(folder))))
        except OSError as error:
            lines.append(_Line(_BAD, desk.say("self.not_writable", folder=str(folder), reason=error.strerror or "")))
    return lines


def _workers(desk: Desk) -> list[_Line]:
    """Check a tiny file for real: some virus scanners forbid a program to start another."""
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        probe = Path(folder, "probe.csv")
        probe.write_text("姓名,身份证号\n", encoding="utf-8")
        try:
            status = check_files([probe]).report["files"][0]["status"]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the person must know
            return [_Line(_BAD, desk.say("self.no_workers", reason=type(error).__name__))]
    if status in ("ok", "findings"):
        return [_Line(_GOOD, desk.say("self.workers"))]
    return [_Line(_BAD, desk.say("self.no_workers", reason=status))]


def _workspace(desk: Desk) -> list[_Line]:
    if desk.folder is None:
        return [_Line(_NOTE, desk.say("self.no_workspace"))]
    try:
        opened = open_workspace(desk.folder, desk.lang)
    except ConfigError as error:
        return [_Line(_BAD, sentence) for sentence in error.sentences(desk.lang)]
    except WorkspaceError as error:
        return [_Line(_BAD, sentence) for sentence in error.sentences]
    lines = [_Line(_GOOD, desk.say("self.workspace", folder=str(desk.folder), stations=len(opened.roster.stations)))]
    if not is_there(opened.config):
        lines.append(_Line(_BAD, desk.say("self.no_stations", folder=opened.config.stations)))
    return lines


def _others(desk: Desk) -> list[_Line]:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return [_Line(_GOOD if found else _NOTE, desk.say("self.office" if found else "self.no_office"))]
