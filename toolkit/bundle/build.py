"""The whole bundle: what goes in, then the folder and the zip."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import toolkit
from toolkit.bundle import layout
from toolkit.bundle.archive import refuse_others, write_folder, write_zip
from toolkit.bundle.complete import missing_modules, missing_packages
from toolkit.bundle.errors import NotBundled
from toolkit.bundle.fetch import fetch_wheels, file_hash
from toolkit.bundle.lock import Locked, read_lock
from toolkit.bundle.python import Distribution, given_python, pinned_python
from toolkit.bundle.unpack import conflicts, source_files, wheel_files

_BUTTONS = (".xlsm", ".xlam")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make. ``python``: a file in place of the pinned one, with the hash expected of it; ``buttons``: where button workbooks are."""

    out: Path
    cache: Path
    lock: Path
    buttons: Path
    python: Path | None = None
    python_sha256: str | None = None
    zipped: bool = True


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was made. ``missing``: modules that the toolkit imports and the folder lacks; ``zip`` and its hash, where one was asked for."""

    folder: Path
    zip: Path | None
    sha256: str
    python: str
    packages: int
    size: int
    buttons: tuple[str, ...]
    missing: tuple[str, ...]


def make_bundle(wanted: Wanted, progress: Any) -> Bundle:
    """Make the offline Windows folder.

    Raises:
        NotBundled: something is missing or not what it should be; nothing was written.
        OSError: the folder could not be written.
    """
    folder = wanted.out / layout.FOLDER
    refuse_others(folder)
    progress.step("fetch", 2)
    distribution = given_python(wanted.python, wanted.python_sha256) if wanted.python else pinned_python(wanted.cache)
    progress.advance()
    locked = read_lock(wanted.lock, distribution.version)
    wheels = fetch_wheels(locked, distribution.tag, wanted.cache)
    progress.advance()
    buttons = button_files(wanted.buttons)
    files = collect(distribution, locked, wheels, buttons)
    missing = [*missing_modules(files), *missing_packages(files, distribution.version)]
    wanted.out.mkdir(parents=True, exist_ok=True)
    progress.step("unpack", len(files))
    write_folder(folder, files, progress.advance)
    target, digest = None, ""
    if wanted.zipped:
        target = wanted.out / f"taizhang-toolkit-{own_version()}-windows-x64.zip"
        progress.step("zip", len(files))
        write_zip(target, layout.FOLDER, files, progress.advance)
        digest = file_hash(target)
    size = sum(map(len, files.values()))
    return Bundle(folder, target, digest, distribution.version, len(locked), size, tuple(buttons), tuple(missing))


def own_version() -> str:
    """Return the version of the toolkit."""
    return version("taizhang-toolkit")


def button_files(folder: Path) -> dict[str, bytes]:
    """Return the button workbooks in a folder by name; none where it is not there."""
    found = sorted(path for path in folder.glob("*") if path.suffix in _BUTTONS) if folder.is_dir() else []
    return {path.name: path.read_bytes() for path in found}


def collect(
    distribution: Distribution, locked: list[Locked], wheels: dict[str, Path], buttons: dict[str, bytes]
) -> dict[str, bytes]:
    """Return every file of the bundle by its path in the folder.

    Raises:
        NotBundled: two files would be one on Windows.
    """
    files = {f"python/{name}": data for name, data in distribution.files.items()}
    files[f"python/python{distribution.tag}._pth"] = layout.search_path(distribution.tag)
    for one in locked:
        files |= {f"{layout.SITE}/{path}": data for path, data in wheel_files(wheels[one.name])}
    package = Path(str(toolkit.__file__)).parent
    files |= {f"{layout.APP}/{path}": data for path, data in source_files(package)}
    files |= layout.own_metadata(own_version())
    files |= layout.batch_files() | buttons
    files["config.sample.ini"] = layout.sample_config()
    files[layout.GUIDE] = layout.guide(own_version(), buttons)
    files[layout.LIST] = layout.contents_list(
        own_version(), distribution, [(one, file_hash(wheels[one.name])) for one in locked]
    )
    if twice := conflicts(files):
        raise NotBundled("conflict", names="、".join(twice[:10]))
    return files
