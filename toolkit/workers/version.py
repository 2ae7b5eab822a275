"""The version of the code itself: what other code parsed is parsed again, and a cluster must run the same."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return the version of the code itself: what another version parsed is parsed again."""
    digest = hashlib.blake2b(digest_size=8)
    package = Path(__file__).parent.parent
    for source in sorted([*package.rglob("*.py"), *package.rglob("*.toml")]):
        digest.update(f"{source.relative_to(package).as_posix()}\0".encode() + source.read_bytes())
    return digest.hexdigest()
