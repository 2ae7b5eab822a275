"""LibreOffice as an application: its open workbooks, its status bar, its message boxes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlwings import base_classes

from toolkit.excel.libreoffice.office import file_url, properties, uno
from toolkit.excel.libreoffice.ranges import Range
from toolkit.excel.libreoffice.workbooks import Book, Sheet

_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
_WITH_MACROS = 4
_BUTTONS = {None: 1, "ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
_ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}


class App(base_classes.App):
    """A running LibreOffice."""

    def __init__(self, engine: Any, context: Any) -> None:
        self._engine, self.context = engine, context
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self._updating = True
        self._status: Any = False
        self._alerts = True

    @property
    def engine(self) -> Any:
        """The engine."""
        return self._engine

    @property
    def api(self) -> Any:
        """The desktop."""
        return self.desktop

    @property
    def pid(self) -> int:
        """A key; there is one application."""
        return 1

    @property
    def hwnd(self) -> int:
        """No window number: LibreOffice has none to tell."""
        return 0

    @property
    def version(self) -> str:
        """The product's name and version."""
        access = self._service("com.sun.star.configuration.ConfigurationProvider").createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", properties(nodepath="/org.openoffice.Setup/Product")
        )
        return f"{access.ooName} {access.ooSetupVersionAboutBox}"

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return Books(self)

    @property
    def selection(self) -> Range | None:
        """The selected cells, or None where something else is selected."""
        book = self.books.active
        if book is None:
            return None
        chosen = book.document.CurrentSelection
        return Range(Sheet(book, chosen.Spreadsheet), chosen) if hasattr(chosen, "RangeAddress") else None

    @property
    def screen_updating(self) -> bool:
        """Whether windows are drawn."""
        return self._updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if bool(value) != self._updating:
            for document in self.documents():
                if value:
                    document.unlockControllers()
                else:
                    document.lockControllers()
        self._updating = bool(value)

    @property
    def display_alerts(self) -> bool:
        """Whether the program asks; over UNO it never does."""
        return self._alerts

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        self._alerts = bool(value)

    @property
    def status_bar(self) -> Any:
        """The text in the status bar; False is the program's own."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self._status = value
        for document in self.documents():
            controller = document.CurrentController
            indicator = controller.StatusIndicator if controller else None
            if indicator is None:
                continue
            if value in (False, None):
                indicator.end()
            else:
                indicator.start(str(value), 0)

    def alert(self, prompt: str, title: str | None, buttons: str | None, mode: str | None, callback: Any) -> str:
        """Show a message box and return the answer."""
        del callback
        frame = self.desktop.CurrentFrame
        window = frame.ContainerWindow if frame else None
        asks = buttons not in (None, "ok")
        kind = "QUERYBOX" if asks else "WARNINGBOX" if mode == "critical" else "INFOBOX"
        box = self._service("com.sun.star.awt.Toolkit").createMessageBox(
            window, uno().Enum("com.sun.star.awt.MessageBoxType", kind), _BUTTONS[buttons], title or "", prompt or ""
        )
        try:
            return _ANSWERS.get(box.execute(), "cancel")
        finally:
            box.dispose()

    def activate(self, steal_focus: bool = False) -> None:  # noqa: FBT001, FBT002 - as xlwings calls it
        """Nothing to do: there is one LibreOffice, and windows are brought to the front one by one."""

    def calculate(self) -> None:
        """Compute every formula."""
        for document in self.documents():
            document.calculateAll()

    def documents(self) -> Iterator[Any]:
        """Yield the open spreadsheet documents."""
        listed = self.desktop.Components.createEnumeration()
        while listed.hasMoreElements():
            document = listed.nextElement()
            if hasattr(document, "supportsService") and document.supportsService(_SPREADSHEET):
                yield document

    def _service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)


class Books(base_classes.Books):
    """The open workbooks."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        """The desktop."""
        return self.app.desktop

    @property
    def active(self) -> Book | None:
        """The workbook in front, or None."""
        document = self.app.desktop.CurrentComponent
        if document is None or not hasattr(document, "supportsService") or not document.supportsService(_SPREADSHEET):
            return None
        return Book(self.app, document)

    def __iter__(self) -> Iterator[Book]:
        return (Book(self.app, document) for document in self.app.documents())

    def __len__(self) -> int:
        return sum(1 for _ in self.app.documents())

    def __call__(self, key: int | str) -> Book:
        """Return a workbook by number or name."""
        books = list(self)
        if isinstance(key, int):
            return books[key - 1]
        for book in books:
            if book.name.casefold() == str(key).casefold():
                return book
        raise KeyError(key)

    def add(self) -> Book:
        """Open an empty workbook."""
        return Book(self.app, self.app.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ()))

    def open(self, fullname: str, *_others: Any, **_options: Any) -> Book:
        """Open a workbook.

        Raises:
            FileNotFoundError: it is not there, or cannot be opened.
        """
        loading = properties(MacroExecutionMode=_WITH_MACROS)
        document = self.app.desktop.loadComponentFromURL(file_url(Path(fullname)), "_blank", 0, loading)
        if document is None:
            raise FileNotFoundError(fullname)
        return Book(self.app, document)
