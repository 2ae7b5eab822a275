"""Find the program in which somebody clicked."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from toolkit.excel.exchange import Request
from toolkit.excel.refusal import Refused

_HEAVY = ("pandas", "numpy", "matplotlib", "PIL", "plotly", "polars")
_ATTEMPTS = 40
_OTHER_NAMES = ("Ket.Application", "ET.Application", "Excel.Application")


def attach(request: Request) -> Any:
    """Return the program behind a request as an ``xlwings.App``.

    Raises:
        Refused: it cannot be reached.
    """
    try:
        with _light():
            importlib.import_module("xlwings")
    except ImportError as error:
        raise Refused("no_xlwings") from error
    return _on_windows(request) if sys.platform == "win32" else _libreoffice()


@contextmanager
def _light() -> Iterator[None]:
    """Keep xlwings from importing what it could convert to: that takes longer than everything else a click does."""
    hidden = [name for name in _HEAVY if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes an import fail, by definition
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _libreoffice() -> Any:
    from toolkit.excel.libreoffice import OfficeUnavailable
    from toolkit.excel.libreoffice import attach as attach_office

    try:
        return attach_office()
    except OfficeUnavailable as error:
        raise Refused(f"office_{error.code.replace('-', '_')}", **error.params) from error


def _on_windows(request: Request) -> Any:
    """Return Excel by its window; WPS, and an Excel that tells no window, by the workbook it has open."""
    xlwings = importlib.import_module("xlwings")
    engine: Any = importlib.import_module("xlwings._xlwindows")
    engine.N_COM_ATTEMPTS = _ATTEMPTS  # without a bound xlwings waits for ever while somebody is editing a cell
    if request.window:
        with suppress(Exception):
            app = xlwings.App(impl=engine.App(xl=request.window))
            if app.hwnd == request.window:
                return app
    client = importlib.import_module("win32com.client")
    for name in _OTHER_NAMES:
        with suppress(Exception):  # a program that is not there, or is not running
            app = xlwings.App(impl=engine.App(xl=engine.COMRetryObjectWrapper(client.GetActiveObject(name))))
            if not request.book or request.book in [book.name for book in app.books]:
                return app
    raise Refused("no_program")
