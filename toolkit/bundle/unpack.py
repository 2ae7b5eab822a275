"""Wheels laid out as an installed Python has them; what nobody runs on an office PC is left out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

_LEFT_OUT = (
    "*/tests/*", "*/test/*", "*/testing/tests/*", "*.pyx", "*.pxd", "*.pxi", "*.h", "*.hpp", "*.lib", "*.a", "*.cmake", "*.pdb", "*.chm",
    "*/include/*", "*/__pycache__/*", "*.dist-info/RECORD", "*.dist-info/INSTALLER",
    # programs without a signature, which virus scanners stop; only modules are used
    "*.exe",
    # readers of a remote data service and of query plans: the largest libraries, and nothing here uses them
    "pyarrow/*flight*", "pyarrow/*substrait*", "pyarrow/src/*",
    # add-ins are what virus scanners quarantine; the commercial part is not ours to give away
    "xlwings/addin/*", "xlwings/quickstart*", "xlwings/pro/*", "xlwings/js/*", "xlwings/html/*", "xlwings/ext/*", "xlwings*.dll",
    "pythonwin/*", "win32comext/*",
)  # fmt: skip


def wheel_files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path below site-packages, content) of everything in a wheel that is wanted."""
    with zipfile.ZipFile(wheel) as package:
        for info in package.infolist():
            path = _placed(info.filename)
            if path is not None and not info.is_dir() and not left_out(path):
                yield path, package.read(info)


def _placed(name: str) -> str | None:
    """Return where a member belongs below site-packages, None where it belongs elsewhere (scripts, headers, data)."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts:
        return None
    if parts and parts[0].endswith(".data"):
        return "/".join(parts[2:]) if len(parts) > 2 and parts[1] in ("purelib", "platlib") else None
    return "/".join(parts)


def left_out(path: str) -> bool:
    """Say whether a file is of no use on the target."""
    return any(fnmatch(path, pattern) for pattern in _LEFT_OUT)


def source_files(package: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (path below the package's parent, content) of our own package, in order."""
    wanted = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted(wanted):
        yield path.relative_to(package.parent).as_posix(), path.read_bytes()


def conflicts(paths: Iterable[str]) -> list[str]:
    """Return the paths that Windows, which does not tell capitals apart, would take for one."""
    seen: dict[str, str] = {}
    return [path for path in paths if seen.setdefault(path.lower(), path) != path]
