"""Saying that the job lives: a heartbeat file for whoever watches the machine, and an address to be told.

Neither can fail a job: what goes wrong here is returned as a reason for the log.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.output.publish import publish_bytes

HEARTBEAT = "heartbeat.json"
STARTED, SUCCEEDED, FAILED, POSTPONED, STOPPED = "started", "succeeded", "failed", "postponed", "stopped"
_ENDINGS = {STARTED: "/start", SUCCEEDED: "", FAILED: "/fail"}
_SECONDS = 5.0


def write_heartbeat(state: Path, beat: Mapping[str, Any]) -> str | None:
    """Put ``heartbeat.json`` in place, whole or not at all; return why it could not be."""
    try:
        publish_bytes(state / HEARTBEAT, json.dumps({"version": 1, **beat}, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def read_heartbeat(state: Path) -> dict[str, Any] | None:
    """Return the last heartbeat, or None where there is none."""
    try:
        beat: dict[str, Any] = json.loads((state / HEARTBEAT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return beat


def ping(address: str, method: str, beat: Mapping[str, Any], seconds: float = _SECONDS) -> str | None:
    """Tell ``address`` of a start, a success or a failure; return why that did not work.

    The waiting is done in a thread of its own: looking up a name has no time limit on most systems.
    """
    ending = _ENDINGS.get(beat["state"])
    if not address or ending is None:
        return None
    problem: list[str | None] = [f"no answer in {seconds:.0f} s"]
    thread = threading.Thread(
        target=lambda: problem.append(_visit(address, ending, method, beat, seconds)), daemon=True
    )
    thread.start()
    thread.join(seconds)
    return problem[-1]


def _visit(address: str, ending: str, method: str, beat: Mapping[str, Any], seconds: float) -> str | None:
    import http.client
    import urllib.request

    base, mark, query = address.partition("?")
    data = json.dumps(dict(beat)).encode() if method == "post" else None
    try:
        request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
            base.rstrip("/") + ending + mark + query, data, {"Content-Type": "application/json"} if data else {}
        )
        with urllib.request.urlopen(request, timeout=seconds):  # noqa: S310
            return None
    except (OSError, ValueError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", None) or error)[:120]
