"""Reach a running LibreOffice: its Python bridge, and the pipe it listens on.

The bridge belongs to the system's Python and is a binary module: it loads into another Python of the same minor version, and
would crash any other, so that is looked at first. LibreOffice need not have been started in a special way: a second ``soffice``
with ``--accept`` hands the wish over to the one that runs.
"""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

VARIABLE = "TAIZHANG_OFFICE"
"""Names another pipe or socket than our own, as UNO writes it: ``pipe,name=…`` or ``socket,host=…,port=…``."""

_BRIDGES = ("/usr/lib/python3/dist-packages", "/usr/lib64/python3/site-packages", "/usr/lib/libreoffice/program",
            "/opt/libreoffice/program")  # fmt: skip
_LIBRARIES = ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program", "/opt/libreoffice/program")
_MADE_FOR = re.compile(rb"libpython3\.(\d+)")
_BRIEFLY, _PATIENCE = 1.5, 15.0
_PAUSE = 0.1


class OfficeUnavailable(Exception):  # noqa: N818 - it says what it is
    """LibreOffice cannot be reached; ``code`` names the reason: no-bridge, other-python, not-listening."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class OfficeFault(Exception):  # noqa: N818 - it says what it is
    """LibreOffice could not do what was asked; its own exceptions cannot pass through Python's context managers."""


_Class = TypeVar("_Class", bound=type)


def plain_errors(wrapped: _Class) -> _Class:
    """Have every method of a class raise ``OfficeFault`` where LibreOffice raises something of its own."""
    for name, method in list(vars(wrapped).items()):
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(wrapped, name, _plainly(method))
    return wrapped


def _plainly(method: FunctionType) -> Callable[..., Any]:
    @wraps(method)
    def plain(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Exception as error:
            if "com.sun.star" in type(error).__name__:
                raise OfficeFault(f"{type(error).__name__}: {str(error)[:300]}") from None
            raise

    return plain


def address() -> str:
    """Return where LibreOffice listens, or is asked to."""
    return os.environ.get(VARIABLE) or f"pipe,name=taizhang-{os.getuid() if hasattr(os, 'getuid') else 0}"


@cache
def uno() -> Any:
    """Return the module ``uno``.

    Raises:
        OfficeUnavailable: it is not installed, or made for another Python.
    """
    try:
        return importlib.import_module("uno")
    except ImportError:
        pass
    for folder in _LIBRARIES:
        library = Path(folder, "libpyuno.so")
        made_for = _MADE_FOR.search(library.read_bytes()) if library.is_file() else None
        if made_for and int(made_for[1]) != sys.version_info.minor:
            raise OfficeUnavailable("other-python", wanted=f"3.{made_for[1].decode()}", here=sys.version.split()[0])
    before = list(sys.path)
    try:
        sys.path += [folder for folder in _BRIDGES if Path(folder, "uno.py").is_file()]
        return importlib.import_module("uno")
    except ImportError as error:
        raise OfficeUnavailable("no-bridge") from error
    finally:
        sys.path[:] = before


def connect() -> Any:
    """Return the component context of the running LibreOffice.

    Raises:
        OfficeUnavailable: there is no bridge, or nobody listens.
    """
    if (found := _patiently(_BRIEFLY)) is not None:
        return found
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None or os.environ.get(VARIABLE):
        raise OfficeUnavailable("not-listening")
    subprocess.Popen(  # noqa: S603 - the office program itself, with words of ours
        [program, f"--accept={address()};urp;", "--norestore", "--nologo", "--nodefault"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if (found := _patiently(_PATIENCE)) is not None:
        return found
    raise OfficeUnavailable("not-listening")


def _patiently(seconds: float) -> Any:
    """Return the context as soon as somebody listens, or None: one that is busy takes its time."""
    until = time.monotonic() + seconds
    while True:
        found = _resolved()
        if found is not None or time.monotonic() > until:
            return found
        time.sleep(_PAUSE)


_NOBODY = ("NoConnectException", "DisposedException")
"""What a connection says when nobody listens, or when who did has just gone or is still starting."""


def _resolved() -> Any:
    """Return the context of the LibreOffice that listens, or None."""
    bridge = uno()
    here = bridge.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    try:
        return resolver.resolve(f"uno:{address()};urp;StarOffice.ComponentContext")
    except Exception as error:
        if type(error).__name__.endswith(_NOBODY):
            return None
        raise


def properties(**values: Any) -> tuple[Any, ...]:
    """Return named values as UNO takes them."""
    bridge = uno()
    made = []
    for name, value in values.items():
        one = bridge.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def file_url(path: Path | str) -> str:
    """Return a path as LibreOffice takes it."""
    return str(uno().systemPathToFileUrl(str(Path(path).absolute())))
