"""What macros and program hand each other: small files in a folder of the person's own.

A macro writes ``<stem>.req``: lines ``key=value``, each value as UTF-16 code units in hexadecimal, since VBA writes files in the
machine's code page. Who picks it up renames it, so that nobody else does, and answers in ``<stem>.reply`` with ``ok`` or
``failed`` and a sentence, again in hexadecimal. ``cancel`` asks whoever is at work to stop.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "TAIZHANG_EXCHANGE"
_NEEDED = ("action", "book", "window", "toolbox", "home", "workspace", "version", "lang")


def exchange_folder() -> Path:
    """Return the folder, made where it is missing; the macros look in the same place."""
    given = os.environ.get(VARIABLE)
    local = os.environ.get("LOCALAPPDATA")
    folder = Path(given) if given else Path(local, "taizhang") if local else Path.home() / ".taizhang"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True, slots=True)
class Request:
    """A click.

    ``book``: the workbook in front, empty if none; ``window``: the program's window, 0 if it has no number to tell;
    ``toolbox``: the workbook with the button; ``home``: its folder; ``workspace`` as set there; ``version`` of the macros;
    ``claimed``: the file this came from.
    """

    action: str
    book: str = ""
    window: int = 0
    toolbox: str = ""
    home: str = ""
    workspace: str = ""
    version: str = ""
    lang: str = "zh"
    claimed: Path | None = None

    def answer(self, failed: str | None = None) -> None:
        """Tell the macro that somebody is there, or why nobody can speak to the person but the macro itself."""
        if self.claimed is not None:
            reply = self.claimed.with_suffix(".reply")
            fresh = reply.with_suffix(".answer")
            fresh.write_text("ok\n" if failed is None else f"failed {encoded(failed)}\n", encoding="ascii")
            fresh.replace(reply)

    def forget(self) -> None:
        """Remove the claimed file."""
        if self.claimed is not None:
            self.claimed.unlink(missing_ok=True)


def encoded(text: str) -> str:
    """Return a text as the macros decode it."""
    return text.encode("utf-16-be", "surrogatepass").hex().upper()


def decoded(codes: str) -> str:
    """Return the text that a macro encoded.

    Raises:
        ValueError: these are no code units.
    """
    return bytes.fromhex(codes).decode("utf-16-be", "replace")


def claim(path: Path) -> Request | None:
    """Take a request for this process, or return None where somebody else has it or it is none of ours.

    The file stays, under another name, until :meth:`Request.forget`.
    """
    claimed = path.with_suffix(".run")
    try:
        path.rename(claimed)
        lines = claimed.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    try:
        said = {key: decoded(codes) for key, _, codes in (line.partition("=") for line in lines)}
        window = int(said.get("window") or "0")
    except ValueError:
        return None
    if any(key not in said for key in _NEEDED):
        return None
    lang = said["lang"] if said["lang"] in ("zh", "en") else "zh"
    return Request(said["action"], said["book"], window, said["toolbox"], said["home"], said["workspace"], said["version"], lang,
                   claimed)  # fmt: skip


def cancel_file() -> Path:
    """Return the file whose presence asks to stop."""
    return exchange_folder() / "cancel"


def cancelled() -> bool:
    """Say whether somebody clicked Stop, and take note of it once."""
    with contextlib.suppress(FileNotFoundError):
        cancel_file().unlink()
        return True
    return False
