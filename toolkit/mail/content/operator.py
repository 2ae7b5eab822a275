"""What an operator is told when the night failed: made of a note alone, since everything else may be what failed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.mail.privacy import guard
from toolkit.masking import mask_text

_LINES = 40
_TIME = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)")
FIELDS = ("job", "started", "finished", "status", "message")


class NoteError(Exception):
    """The note cannot be read; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_note(path: Path) -> dict[str, Any]:
    """Return what a note says: job, started, finished, status, message.

    Raises:
        NoteError: it is missing or no JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NoteError(error.strerror or type(error).__name__) from None
    except ValueError:
        raise NoteError("JSON") from None
    if not isinstance(data, dict):
        raise NoteError("JSON")
    return data


def operator(note: dict[str, Any], discreet: Callable[[str], str] = mask_text) -> dict[str, Any]:
    """Return what the operator is told; ``discreet`` masks numbers and names, whoever wrote the note. Times of day stay readable."""
    said = {name: str(note.get(name) if note.get(name) is not None else "") for name in FIELDS}
    lines = [_discreet(line, discreet) for line in said["message"].splitlines()[-_LINES:]]
    started, finished = (said[name][:19].replace("T", " ") for name in ("started", "finished"))
    return {
        "job": discreet(said["job"]),
        "status": said["status"][:12],
        "message": lines,
        "started": started,
        "finished_at": finished,
    }


def _discreet(line: str, discreet: Callable[[str], str]) -> str:
    parts = _TIME.split(line)
    return guard("".join(part if number % 2 else discreet(part) for number, part in enumerate(parts)))
