"""What parsed content and outputs depend on, as keys: equal keys, equal results."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from toolkit.passwords import VARIABLE
from toolkit.workspace import Workspace


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return the version of the code itself: what another version parsed is parsed again."""
    digest = hashlib.blake2b(digest_size=8)
    package = Path(__file__).parent.parent
    for source in sorted([*package.rglob("*.py"), *package.rglob("*.toml")]):
        status = source.stat()
        digest.update(f"{source.relative_to(package)}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


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
