"""The engine: LibreOffice as one more program that xlwings can drive."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from xlwings import base_classes

from toolkit.excel.libreoffice.application import App
from toolkit.excel.libreoffice.office import connect
from toolkit.excel.libreoffice.values import serial

NAME = "libreoffice"


class Engine:
    """What xlwings asks of an engine."""

    name = NAME
    type = "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        """Return a value as Calc takes it: numbers, texts, and blank for nothing."""
        if value is None or (isinstance(value, float) and value != value):
            return ""
        if isinstance(value, datetime | date):
            return serial(value)
        return float(value) if isinstance(value, bool | int) else value

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: Any
    ) -> list[list[Any]]:
        """Return values as Python wants them."""
        del datetime_builder, err_to_str

        def one(value: Any) -> Any:
            if value in (None, ""):
                return empty_as
            return number_builder(value) if number_builder is not None and isinstance(value, float) else value

        return [[one(value) for value in row] for row in data]


class Apps(base_classes.Apps):
    """The one LibreOffice this process talks to."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._app: App | None = None

    def attach(self) -> App:
        """Connect to the running LibreOffice."""
        self._app = App(self._engine, connect())
        return self._app

    def keys(self) -> list[int]:
        """Return the keys of the applications."""
        return [self._app.pid] if self._app else []

    def __iter__(self) -> Iterator[App]:
        return iter([self._app] if self._app else [])

    def __len__(self) -> int:
        return 1 if self._app else 0

    def __getitem__(self, pid: int) -> App:
        if self._app is None or self._app.pid != pid:
            raise KeyError(pid)
        return self._app


_ENGINE = Engine()


def attach() -> Any:
    """Make LibreOffice the active engine and return it as an ``xlwings.App``.

    Raises:
        OfficeUnavailable: it cannot be reached.
    """
    import xlwings

    app = _ENGINE.apps.attach()
    with contextlib.suppress(KeyError):
        xlwings.engines.engines_by_name[NAME].activate()
        return xlwings.App(impl=app)
    engine = xlwings.Engine(impl=_ENGINE)
    xlwings.engines.add(engine)
    engine.activate()
    return xlwings.App(impl=app)
