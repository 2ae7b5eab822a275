"""A person with a mouse: real buttons of the real toolbox on a real screen, and what the screen shows afterwards."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs
from tests.excel.conftest import Office, attach_patiently, start_office, stop_office
from tests.excel.screen import Screen
from toolkit.excel import names
from toolkit.excel.build import Settings, build
from toolkit.marking.styles import LOOKS
from toolkit.messages import text

YELLOW, RED = (LOOKS[kind].fill[2:] for kind in ("missing", "error"))


class Desktop:
    """A screen with LibreOffice on it."""

    def __init__(self, screen: Screen, office: Office) -> None:
        self.screen, self.office = screen, office
        service = office.app.impl.context.ServiceManager.createInstanceWithContext
        self._windows = service("com.sun.star.awt.Toolkit", office.app.impl.context)

    def open(self, path: Path) -> Any:
        """Open a workbook in a window as large as the screen."""
        book = self.office.open(path)
        self.front(book)
        return book

    def front(self, book: Any) -> None:
        window = book.impl.document.CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, self.screen.width, self.screen.height, 15)
        window.toFront()
        time.sleep(1.0)
        before, end = b"", time.monotonic() + 15
        while (now := self.screen.pixels()) != before and time.monotonic() < end:
            before = now
            time.sleep(0.5)  # drawn once nothing changes any more: there is no window manager that would tell

    def press(self, toolbox: Any, caption: str) -> None:
        """Move the mouse to a button and click it."""
        controller = toolbox.impl.document.CurrentController
        page = controller.ActiveSheet.DrawPage
        for number in range(page.Count):
            shape = page.getByIndex(number)
            if getattr(getattr(shape, "Control", None), "Label", "") == caption:
                control = controller.getControl(shape.Control)
                size, place = control.getPosSize(), control.getAccessibleContext().getLocationOnScreen()
                self._click(place.X + size.Width // 2, place.Y + size.Height // 2, self._taken)
                return
        raise AssertionError(f"there is no button {caption}")

    def _click(self, x: int, y: int, seen: Callable[[], Any]) -> None:
        """Click, and again when nothing happens for a while, as people do with a slow program."""
        for _ in range(5):
            self.screen.click(x, y)
            end = time.monotonic() + 10
            while time.monotonic() < end:
                if seen():
                    return
                time.sleep(0.05)
        raise AssertionError("clicking changes nothing")

    def _taken(self) -> bool:
        """Say whether a click has reached its macro."""
        return self.box is not None or any(Path(os.environ["TAIZHANG_EXCHANGE"]).glob("*.r*"))

    @property
    def box(self) -> Any:
        """The message box on the screen, or None."""
        for number in range(self._windows.getTopWindowCount()):
            context = self._windows.getTopWindow(number).getAccessibleContext()
            if context.getAccessibleName() == text("buttons.macro.title"):
                return context
        return None

    def answer(self, name: str = "OK") -> str:
        """Read the message box that comes up and click one of its buttons; return what it said."""
        wait(lambda: self.box is not None)
        time.sleep(0.5)  # a person reads
        said, button = _read(self.box, name)
        assert button is not None, said
        place, size = button.getLocationOnScreen(), button.getSize()
        self._click(place.X + size.Width // 2, place.Y + size.Height // 2, lambda: self.box is None)
        return said


def _read(context: Any, name: str) -> tuple[str, Any]:
    """Return all texts inside a window, and the button called ``name``."""
    texts, found = [], None
    for number in range(context.getAccessibleChildCount()):
        child = context.getAccessibleChild(number).getAccessibleContext()
        label = child.getAccessibleName()
        texts.append(label)
        if label.replace("~", "") == name:
            found = child
        below, deeper = _read(child, name)
        texts.append(below)
        found = found or deeper
    return "\n".join(text for text in texts if text), found


def wait(until: Callable[[], Any], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    for program in ("Xvfb", "xdotool"):
        needs(program)
    picture = tmp_path / "screen"
    picture.mkdir()
    screen = Screen(picture)
    name = f"taizhang-screen-{os.getpid()}"
    monkeypatch.setenv("TAIZHANG_OFFICE", f"pipe,name={name}")
    monkeypatch.setenv("TAIZHANG_EXCHANGE", str(tmp_path / "交换 夹"))
    env = dict(os.environ) | {"DISPLAY": screen.display, "SAL_USE_VCLPLUGIN": "gen", "LC_ALL": "C.UTF-8"}
    process = start_office(tmp_path, name=name, env=env)
    app = attach_patiently()
    try:
        yield Desktop(screen, Office(app, process))
    finally:
        stop_office(process)
        screen.close()


def test_open_click_understand_correct_click_clean(desktop: Desktop, ledger: Path, tmp_path: Path) -> None:
    console, _ = build(tmp_path / "工具 箱", Settings(sys.executable))
    book = desktop.open(ledger)
    assert (desktop.screen.count(YELLOW), desktop.screen.count(RED)) == (0, 0)
    toolbox = desktop.open(console)

    desktop.press(toolbox, "检查本表")
    said = desktop.answer()
    assert "漏填 1 处" in said
    assert "错误 2 处" in said
    assert "检查完了" in toolbox.names[names.RESULT].refers_to_range.value
    desktop.front(book)
    yellow, red = desktop.screen.count(YELLOW), desktop.screen.count(RED)
    if folder := os.environ.get("TAIZHANG_PICTURES"):
        desktop.screen.save(Path(folder) / "marked.png")
    assert yellow > 300, "one cell"
    assert red > 600, "two cells"

    book.sheets[0].range("C2").value = "生活困难"  # what the clerk types
    wait(lambda: desktop.screen.count(YELLOW) == 0)
    assert desktop.screen.count(RED) > 600, "only the corrected cell has lost its colour"

    desktop.front(toolbox)
    if folder := os.environ.get("TAIZHANG_PICTURES"):
        desktop.screen.save(Path(folder) / "console.png")
    desktop.press(toolbox, "清除标记")
    assert "都清除了" in desktop.answer()
    desktop.front(book)
    assert (desktop.screen.count(YELLOW), desktop.screen.count(RED)) == (0, 0)
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账"]
    wait(lambda: not list((tmp_path / "交换 夹").glob("*.r*")))  # no request and no answer is left behind


def test_the_macro_itself_says_that_the_program_is_missing(desktop: Desktop, tmp_path: Path) -> None:
    console, _ = build(tmp_path / "工具 箱", Settings("没有/python"))
    toolbox = desktop.open(console)
    desktop.press(toolbox, "检查本表")
    said = desktop.answer()
    assert "没有找到程序" in said
    assert str(tmp_path / "工具 箱" / "没有/python") in said


def test_a_program_that_dies_at_once_is_noticed(desktop: Desktop, tmp_path: Path) -> None:
    """Nobody answers: the macro's own watch says so, after its patience is at an end."""
    dead = tmp_path / "dead python"
    dead.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    dead.chmod(0o755)
    macros = shutil.copytree(Path(__file__).parents[2] / "macros", tmp_path / "macros")
    launcher = macros / "Launcher.bas"
    launcher.write_text(launcher.read_text().replace("WATCH_TIMES As Long = 20", "WATCH_TIMES As Long = 2"))
    console, _ = build(tmp_path / "工具 箱", Settings(str(dead)), macros)
    toolbox = desktop.open(console)
    desktop.press(toolbox, "检查本表")
    assert "一直没有答复" in desktop.answer()
    assert not list((tmp_path / "交换 夹").glob("*.req"))
