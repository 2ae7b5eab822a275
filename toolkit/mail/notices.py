"""Reminders as files: out/notices/ holds one text a station, for printing or a chat group, whether or not it has an address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.output.publish import publish_bytes

_PREFIX = {"zh": "催报通知", "en": "reminder"}
_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


def write_notices(folder: Path, notices: Sequence[tuple[str, str, str]], lang: str) -> list[Path]:
    """Write (township, station, text) as files and remove the notices of stations that have reported since; return the files."""
    prefix = _PREFIX[lang]
    written = []
    for township, station, text in notices:
        name = "-".join(part.translate(_FORBIDDEN) for part in (prefix, township, station) if part)
        content = text.replace("\r\n", "\n").replace("\n", "\r\n")
        written.append(publish_bytes(folder / f"{name}.txt", b"\xef\xbb\xbf" + content.encode("utf-8", "replace")))
    current = set(written)
    for old in folder.glob("*.txt") if folder.is_dir() else ():
        if old not in current and old.name.startswith(tuple(f"{one}-" for one in _PREFIX.values())):
            old.unlink(missing_ok=True)
    return written
