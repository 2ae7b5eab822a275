"""A folder, and a zip of it, written so that the same files give the same bytes."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from toolkit.bundle.errors import NotBundled
from toolkit.bundle.layout import LIST

_WHEN = (2020, 1, 1, 0, 0, 0)
_ORDINARY = 0o100644 << 16
_LEVEL = 6


def refuse_others(folder: Path) -> None:
    """See to it that nothing but an earlier bundle is overwritten.

    Raises:
        NotBundled: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / LIST).is_file():
        raise NotBundled("not_ours", folder=str(folder))


def write_folder(folder: Path, files: Mapping[str, bytes], advance: Callable[[], None]) -> None:
    """Write files below a folder, in place of an earlier bundle there, if any.

    Raises:
        OSError: it could not be written.
    """
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path, data in files.items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        advance()
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)


def write_zip(target: Path, folder: str, files: Mapping[str, bytes], advance: Callable[[], None]) -> None:
    """Write a zip with files below ``folder``: in order of their names, at one time, with the same rights."""
    partial = target.with_name(f"{target.name}.part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:
        for path in sorted(files):
            info = zipfile.ZipInfo(f"{folder}/{path}", _WHEN)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _ORDINARY, 3
            package.writestr(info, files[path], compresslevel=_LEVEL)
            advance()
    partial.replace(target)
