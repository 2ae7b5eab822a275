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


def mail_is_set_up(config: Config) -> bool:
    """Say whether there is a mail server to send by."""
    return bool(config.values.get("mail", {}).get("server"))


def commands(name: str, config: Config, due: date, lang: str, note: Path | None = None) -> list[list[str]]:
    """Return the commands of a job in their order; none where all it does is mail and mail is not set up.

    ``note``: for the telling of a failure, the JSON file that says what failed.
    """
    place = ("-C", str(config.folder), "--lang", lang)
    steps: list[Sequence[str]] = []
    if name == "consolidate":
        steps.append(("run", "--json"))
    if mail_is_set_up(config):
        if name.startswith(TELL):
            steps.append(
                ("mail", "send", "--kind", "operator", "--due", due.isoformat(), "--note", str(note), "--json")
            )
        else:
            kinds = [word for kind in _MAILED[name] for word in ("--kind", kind)]
            steps.append(("mail", "send", *kinds, "--due", due.isoformat(), "--json"))
    return [[_interpreter(), *TOOLKIT, *step, *place] for step in steps]


def _interpreter() -> str:
    """Return the interpreter for commands whose standard error is read: on Windows never the one without a console."""
    own = Path(sys.executable)
    return str(own.with_name("python.exe") if own.name.lower() == "pythonw.exe" else own)
