"""The self-check: what this computer and this workspace lack for the work."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from toolkit.config import FILE, Config, ConfigError, load_config
from toolkit.intake.source import is_there
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.store.state import State
from toolkit.workspace import WorkspaceError, locked, open_workspace

_LITTLE = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``level``: ok, note (works, with less) or bad (to be seen to)."""

    name: str
    level: str
    said: str


_Checker = Callable[[str, str, str], Check]


def own_version() -> str:
    """Return the version of the toolkit."""
    try:
        return version("taizhang-toolkit")
    except PackageNotFoundError:
        return "?"


def look_around(folder: Path, lang: str, *, private: Path, port: int, minutes: int) -> list[Check]:
    """Return everything that was looked at: the program, the page with its ``private`` folder, the workspace in ``folder``."""

    def check(name: str, level: str, said: str) -> Check:
        return Check(text(f"page.health.{name}", lang), level, said)

    office = shutil.which("soffice") or shutil.which("libreoffice")
    checks = [
        check("version", "ok", own_version()),
        check("python", "ok", f"{sys.version.split()[0]}  {sys.executable}"),
        check("system", "ok", f"{platform.system()} {platform.release()} {platform.machine()}"),
        check("page", "ok", text("page.health.page_said", lang, port=port, minutes=minutes)),
        _private(private, lang, check),
        check("office", "ok" if office else "note", text("page.health.office_yes", lang, path=office) if office
              else text("page.health.office_no", lang)),
        _disk("disk", folder, lang, check),
    ]  # fmt: skip
    if not (folder / FILE).is_file():
        return [*checks, check("workspace", "note", text("page.health.no_workspace", lang))]
    checks.append(check("workspace", "ok", str(folder)))
    try:
        config = load_config(folder)
    except ConfigError as error:
        return [*checks, *(check("settings", "bad", mask_text(sentence)) for sentence in error.sentences(lang))]
    return [*checks, *_workspace(config, lang, check)]


def _workspace(config: Config, lang: str, check: _Checker) -> list[Check]:
    checks: list[Check] = []
    try:
        workspace = open_workspace(config.folder, lang)
        said = text("page.health.settings_ok", lang, count=len(workspace.roster.stations))
        checks += [check("settings", "ok", said),
                   check("results", "ok", text("page.health.results_ok", lang, folder=str(config.path("out"))))]  # fmt: skip
    except WorkspaceError as error:
        checks += [check("settings", "bad", mask_text(" ".join(error.sentences)))]
    ledgers = config.stations
    there = is_there(config)
    said = text("page.health.ledgers_ok" if there else "page.health.ledgers_missing", lang, folder=ledgers)
    checks.append(check("ledgers", "ok" if there else "bad", said))
    mode = config.values["marks"]["mode"]
    if mode != "in-place":
        checks.append(check("marking", "ok", text("page.health.marking_mode", lang, mode=mode)))
    elif there:
        writable, reason = _writable(config.path("stations"))
        said = text(
            "page.health.marking_ok" if writable else "page.health.marking_no", lang, folder=ledgers, reason=reason
        )
        checks.append(check("marking", "ok" if writable else "bad", said))
    checks.append(check("lock", *_lock(config, lang)))
    checks.append(check("last", *_last(config, lang)))
    return checks


def _writable(folder: Path) -> tuple[bool, str]:
    probe = folder / f".~probe-{os.getpid()}.tmp"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        return False, error.strerror or type(error).__name__
    return True, ""


def _lock(config: Config, lang: str) -> tuple[str, str]:
    try:
        with locked(config, lang):
            return "ok", text("page.health.lock_free", lang)
    except WorkspaceError as error:
        busy = error.status == 10
        return ("note", text("page.health.lock_busy", lang)) if busy else ("bad", " ".join(error.sentences))


def _last(config: Config, lang: str) -> tuple[str, str]:
    if not (config.path("state") / "state.db").is_file():
        return "note", text("page.health.last_none", lang)
    with closing(State(config.path("state"))) as state:
        runs = state.runs(1)
    return ("ok", runs[0][2][:16].replace("T", " ")) if runs else ("note", text("page.health.last_none", lang))


def _disk(name: str, folder: Path, lang: str, check: _Checker) -> Check:
    free = shutil.disk_usage(folder).free
    said = text("page.health.disk_said", lang, folder=str(folder), free=f"{free / (1 << 30):.1f}")
    return check(name, "ok" if free > _LITTLE else "bad", said)


def _private(folder: Path, lang: str, check: _Checker) -> Check:
    """Say whether others could look at what was dropped; on Windows the profile's own rights keep them out."""
    private = os.name == "nt" or not stat.S_IMODE(folder.stat().st_mode) & 0o077
    said = (
        text("page.health.temporary_ok", lang)
        if private
        else text("page.health.temporary_open", lang, folder=str(folder))
    )
    return check("temporary", "ok" if private else "bad", said)
