"""Files that are whole or not there: written beside their place, forced to disk, then put in place at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

_ATTEMPTS = 9


def publish(path: Path, write: Callable[[Path], None]) -> Path:
    """Let ``write`` fill a temporary file and put it in place of ``path``; return where it ended up.

    Somebody who has the old file open in Excel on Windows keeps us from replacing it: then the name gets a number.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}-{os.getpid()}.tmp")
    try:
        _written(temporary, write)
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        target = _put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return target


def _written(temporary: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file; what the system said comes out, not the library's own exception around it."""
    try:
        write(temporary)
    except Exception as error:
        inner = next((each for each in (*error.args, error.__cause__) if isinstance(each, OSError)), None)
        if inner is None or isinstance(error, OSError):
            raise
        raise OSError(inner.errno, inner.strerror, str(temporary.parent)) from error


def publish_bytes(path: Path, content: bytes) -> Path:
    """Put ``content`` in place of ``path``; see :func:`publish`."""

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    return publish(path, write)


def _put(temporary: Path, path: Path) -> Path:
    target = path
    for number in range(2, _ATTEMPTS + 1):
        try:
            os.replace(temporary, target)  # noqa: PTH105 - the atomic call itself
        except PermissionError:
            target = path.with_stem(f"{path.stem} ({number})")
        else:
            return target
    os.replace(temporary, target)  # noqa: PTH105
    return target


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
