"""What parsed content and outputs depend on, as keys: equal keys, equal results."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping

from toolkit.passwords import VARIABLE
from toolkit.workers.version import code_version
from toolkit.workspace import Workspace


def version_key(workspace: Workspace) -> str:
    """Return what a file's parsed content depends on beside its bytes."""
    config = workspace.config
    parts = (code_version(), workspace.dictionary.version, workspace.roster.version, str(config.period), config.today.isoformat(),
             str(config.values["checks"]))  # fmt: skip
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def inputs_key(
    workspace: Workspace, hashes: Iterable[tuple[str, str]], duplicates: Mapping[str, str], only: str | None
) -> str:
    """Return what all outputs depend on; ``hashes``: (path, content hash) of every file read."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (
        version_key(workspace),
        workspace.config.version,
        only or "",
        str(sorted(name for name in os.environ if VARIABLE in name)),
    ):
        digest.update(part.encode() + b"\0")
    for path, content in sorted(hashes):
        digest.update(f"{path}\0{content}\0".encode())
    for path, other in sorted(duplicates.items()):
        digest.update(f"{path}\0{other}\0".encode())
    return digest.hexdigest()


def unmarked(inputs: str) -> str:
    """Return the key of a run over the same inputs that left the stations' files alone: one with marks still has work to do."""
    return f"{inputs}:unmarked" if inputs else ""
