"""The Python distribution: read from whatever it came in, known by its contents."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from toolkit.bundle.errors import NotBundled
from toolkit.bundle.fetch import fetch_python, file_hash

_X64 = 0x8664
_PTH = re.compile(r"python(3\d+)\._pth")


@dataclass(frozen=True, slots=True)
class Distribution:
    """An embeddable Python: its files by name, all in one folder. ``version`` as 3.11.9, ``tag`` as 311."""

    version: str
    tag: str
    files: dict[str, bytes]

    @property
    def contents(self) -> str:
        """The hash of its files and their names."""
        lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(self.files.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def pins() -> dict[str, Any]:
    """Return what ``pins.toml`` says of Python."""
    pinned: dict[str, Any] = tomllib.loads(
        resources.files(__package__).joinpath("pins.toml").read_text(encoding="utf-8")
    )["python"]
    return pinned


def pinned_python(cache: Path) -> Distribution:
    """Return the pinned Python.

    Raises:
        NotBundled: it cannot be had, or is not what was pinned.
    """
    pinned = pins()
    found = read_distribution(fetch_python(pinned["sources"], cache), pinned["version"])
    if found.contents != pinned["contents"]:
        raise NotBundled(
            "wrong_hash", file=f"Python {pinned['version']}", found=found.contents, wanted=pinned["contents"]
        )
    return found


def given_python(path: Path, sha256: str | None) -> Distribution:
    """Return the Python in a file somebody names: the pinned one by its contents, any other only with the hash they expect.

    Raises:
        NotBundled: it is no embeddable Python for 64-bit Windows, or not the one expected.
    """
    pinned, found = pins(), file_hash(path) if path.is_file() else ""
    if sha256 is not None and found != sha256.lower():
        raise NotBundled("wrong_hash", file=path.name, found=found, wanted=sha256)
    made = read_distribution(path, None)
    if made.contents == pinned["contents"]:
        return Distribution(pinned["version"], made.tag, made.files)
    if sha256 is None:
        raise NotBundled("unknown_python", file=path.name, found=found)
    return made


def read_distribution(path: Path, version: str | None) -> Distribution:
    """Return what a zip of python.org, or a redistribution with such files inside, holds.

    Raises:
        NotBundled: it is no embeddable Python for 64-bit Windows.
    """
    try:
        data = path.read_bytes()
        files = _members(data, path.name)
    except (OSError, zipfile.BadZipFile, tarfile.TarError, KeyError) as error:
        raise NotBundled("no_embeddable", file=path.name) from error
    tags = [found[1] for name in files if (found := _PTH.fullmatch(name))]
    if len(tags) != 1 or _machine(files.get("python.exe", b"")) != _X64 or f"python{tags[0]}.dll" not in files:
        raise NotBundled("no_embeddable", file=path.name)
    return Distribution(version or _product_version(files[f"python{tags[0]}.dll"], tags[0]), tags[0], files)


def _members(data: bytes, name: str) -> dict[str, bytes]:
    """Return the files of the one folder that holds ``python.exe``."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        with tarfile.open(fileobj=io.BytesIO(data)) as package:
            inner = next((one for one in package.getmembers() if one.name.endswith("/data.zip")), None)
            stream = package.extractfile(inner) if inner else None
            if stream is None:
                raise KeyError(name)
            data = stream.read()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        home = next(
            one
            for one in [*package.namelist(), ""]
            if one.rpartition("/")[2] in ("python.exe", "") and not one.endswith("/")
        )
        folder = home.rpartition("/")[0]
        prefix = f"{folder}/" if folder else ""
        return {one.removeprefix(prefix): package.read(one) for one in package.namelist()
                if one.startswith(prefix) and not one.endswith("/") and "/" not in one.removeprefix(prefix)}  # fmt: skip


def _machine(program: bytes) -> int:
    """Return the machine a Windows program is for, 0 where it is none."""
    if program[:2] != b"MZ" or len(program) < 64:
        return 0
    (start,) = struct.unpack_from("<I", program, 0x3C)
    return int(struct.unpack_from("<H", program, start + 4)[0]) if program[start : start + 4] == b"PE\0\0" else 0


def _product_version(library: bytes, tag: str) -> str:
    """Return the version that Python's own library names in its resources, at least the minor one."""
    marker = "ProductVersion\0".encode("utf-16-le")
    at = library.find(marker)
    found = (
        re.match(
            r"\0*(\d+\.\d+\.\d+)", library[at + len(marker) : at + len(marker) + 48].decode("utf-16-le", "replace")
        )
        if at >= 0
        else None
    )
    return found[1] if found else f"{tag[0]}.{tag[1:]}.0"
