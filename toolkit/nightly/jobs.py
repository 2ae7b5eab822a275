"""What each job runs: commands of the toolkit itself, each a process of its own.

Every command may be run again for the same due date without doing anything twice: ``run`` finds nothing changed, ``mail send`` knows
what was sent for a due date.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from toolkit.config import Config
from toolkit.nightly.timetable import NAMES, TELL

TOOLKIT = ("-P", "-m", "toolkit")  # -P: never a module that lies in the folder where somebody happened to be
_MAILED = {
    "consolidate": ("summary", "township", "findings"),
    "remind": ("reminder",),
    "weekly": ("weekly",),
    "monthly": ("monthly",),
    "quarterly": ("quarterly",),
}
assert set(_MAILED) == set(NAMES)


def mailed(name: str, config: Config) -> tuple[str, ...]:
    """Return the kinds of mail that a job sends: those of its own that ``[mail]`` enables; none where no service is set up."""
    mail = config.values.get("mail", {})
    own = ("operator",) if name.startswith(TELL) else _MAILED[name]
    return tuple(kind for kind in own if mail.get("service") and kind in mail.get("kinds", ()))


def commands(name: str, config: Config, due: date, lang: str, note: Path | None = None) -> list[list[str]]:
    """Return the commands of a job in their order; none where all it does is mail and that is not set up.

    ``note``: for the telling of a failure, the JSON file that says what failed.
    """
    place = ("-C", str(config.folder), "--lang", lang)
    steps: list[Sequence[str]] = []
    if name == "consolidate":
        steps.append(("run", "--json"))
    if kinds := mailed(name, config):
        named = [word for kind in kinds for word in ("--kind", kind)]
        failure = ("--note", str(note)) if note else ()
        steps.append(("mail", "send", *named, "--due", due.isoformat(), *failure, "--json"))
    return [[_interpreter(), *TOOLKIT, *step, *place] for step in steps]


def _interpreter() -> str:
    """Return the interpreter for commands whose standard error is read: on Windows never the one without a console."""
    own = Path(sys.executable)
    return str(own.with_name("python.exe") if own.name.lower() == "pythonw.exe" else own)
