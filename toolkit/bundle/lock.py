"""The lock file, read for another machine: what is needed on 64-bit Windows, with the hashes that are allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from toolkit.bundle.errors import NotBundled

PLATFORM = "win_amd64"
BUILD_ONLY = frozenset({"setuptools", "wheel", "pip"})


@dataclass(frozen=True, slots=True)
class Locked:
    """One package at one version; ``hashes``: SHA-256 of every file of it that is allowed."""

    name: str
    version: str
    hashes: frozenset[str]

    @property
    def line(self) -> str:
        """The requirement as pip reads it, without a marker: pip would ask the machine it runs on."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash=sha256:{one}" for one in sorted(self.hashes))])


def windows_environment(python: str) -> dict[str, str]:
    """Return what the markers of a lock file ask for, as a Windows PC with ``python`` (``3.11.9``) answers."""
    minor = ".".join(python.split(".")[:2])
    return {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "platform_release": "10",
            "platform_version": "10.0", "platform_python_implementation": "CPython", "implementation_name": "cpython",
            "implementation_version": python, "python_version": minor, "python_full_version": python, "extra": ""}  # fmt: skip


def read_lock(path: Path, python: str) -> list[Locked]:
    """Return what a lock file asks for on Windows, by name; what only building needs is left out.

    Raises:
        NotBundled: there is no such file, or a line of it cannot be read, or has no hash.
    """
    try:
        lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    except OSError as error:
        raise NotBundled("no_lock", path=str(path)) from error
    environment = windows_environment(python)
    found = []
    for line in lines:
        asked, *hashes = re.split(r"\s+--hash=sha256:", re.sub(r"(^|\s)#.*", "", line).strip())
        if not asked:
            continue
        try:
            requirement = Requirement(asked)
        except InvalidRequirement as error:
            raise NotBundled("bad_lock", path=str(path), line=asked) from error
        pinned = [one.version for one in requirement.specifier if one.operator == "=="]
        if len(pinned) != 1 or not hashes:
            raise NotBundled("bad_lock", path=str(path), line=asked)
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate(environment)
        if wanted and name not in BUILD_ONLY:
            found.append(Locked(name, pinned[0], frozenset(one.strip() for one in hashes)))
    return sorted(found, key=lambda one: one.name)
