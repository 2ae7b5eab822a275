# ruff: noqa: N802 - methods are called as VBA calls them
"""The macros, run in an interpreter of VBA with a fake shell: no office program is needed to see what they would start and say."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import VBAInt, VBAObject, VBARuntimeError, method

from toolkit.excel.build import Settings, build
from toolkit.excel.exchange import claim, encoded
from toolkit.excel.names import CONSOLE_FILE, version
from toolkit.messages import text


class Shell(VBAObject):
    """WScript.Shell: remembers what it was told to run."""

    vba_type_name = "IWshShell3"

    def __init__(self, fails: int = 0) -> None:
        super().__init__()
        self.ran: list[tuple[str, int, bool]] = []
        self.fails = fails

    @method
    def Run(self, command: Any, style: Any = 0, wait: Any = True) -> Any:
        if self.fails:
            raise VBARuntimeError(self.fails, "Access is denied")
        self.ran.append((str(command), int(style), bool(wait)))
        return VBAInt(0, "Long")


class Stream(VBAObject):
    vba_type_name = "TextStream"

    def __init__(self, path: str, mode: str) -> None:
        super().__init__()
        self._file = Path(path).open(mode, encoding="ascii", newline="")  # noqa: SIM115 - VBA closes it

    @method
    def Write(self, said: Any) -> None:
        self._file.write(str(said))

    @method
    def ReadLine(self) -> str:
        return self._file.readline().rstrip("\r\n")

    @method
    def AtEndOfStream(self) -> bool:
        return False

    @method
    def Close(self) -> None:
        self._file.close()


class Files(VBAObject):
    """Scripting.FileSystemObject, on the real disk."""

    vba_type_name = "IFileSystem3"

    @method
    def FileExists(self, path: Any) -> bool:
        return Path(str(path)).is_file()

    @method
    def DeleteFile(self, path: Any) -> None:
        Path(str(path)).unlink()

    @method
    def FolderExists(self, path: Any) -> bool:
        return Path(str(path)).is_dir()

    @method
    def CreateFolder(self, path: Any) -> None:
        Path(str(path)).mkdir()

    @method
    def MoveFile(self, path: Any, target: Any) -> None:
        Path(str(path)).rename(str(target))

    @method
    def CreateTextFile(self, path: Any, overwrite: Any = True, wide: Any = False) -> Stream:
        assert not wide
        return Stream(str(path), "w")

    @method
    def OpenTextFile(self, path: Any, mode: Any = 1) -> Stream:
        return Stream(str(path), "r")


class Clicking:
    """The console workbook in an Excel that is an interpreter."""

    def __init__(self, folder: Path, exchange: Path, settings: Settings) -> None:
        console, _ = build(folder, settings)
        self.app = ExcelApplication.open(console)
        self.exchange = exchange
        self.shell = Shell()
        self.timers: list[str] = []
        self.app.interpreter.host.create = lambda name: self.shell if name.lower() == "wscript.shell" else Files()
        intrinsics = (
            self.app.interpreter._intrinsics
        )  # it does not look at the machine's environment; ours is part of the test
        intrinsics["environ"] = lambda interpreter, args, named: os.environ.get(str(args[0]), "")
        application = self.app.application
        plain = application.vba_get

        def vba_get(name: str, args: Any = (), named: Any = None, **others: Any) -> Any:
            if name.lower() == "hwnd":
                return VBAInt(4711, "Long")
            if name.lower() == "ontime":
                self.timers.append(str(args[1]))
                return None
            if name.lower() == "pathseparator":
                return "/"
            return plain(name, args, named or {}, **others)

        application.vba_get = vba_get

    def run(self, macro: str) -> None:
        self.app.run(macro)

    @property
    def said(self) -> list[str]:
        return [str(dialog[1]) for dialog in self.app.dialogs]

    @property
    def requests(self) -> list[Path]:
        return sorted(self.exchange.glob("*.req"))

    @property
    def status(self) -> Any:
        return self.app.evaluate("Application.StatusBar")


@pytest.fixture
def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "交换 夹"
    monkeypatch.setenv("TAIZHANG_EXCHANGE", str(folder))
    return folder


@pytest.fixture
def python(tmp_path: Path) -> Path:
    program = tmp_path / "程序 文件夹" / "python w.exe"
    program.parent.mkdir()
    program.touch()
    return program


@pytest.fixture
def clicking(tmp_path: Path, exchange: Path, python: Path) -> Clicking:
    return Clicking(tmp_path / "工具 箱", exchange, Settings(str(python), "县 局"))


def test_a_click_starts_one_process_and_every_argument_is_quoted_whole(clicking: Clicking, python: Path) -> None:
    clicking.run("BtnCheck")
    assert clicking.said == []
    request = clicking.requests[0]
    assert clicking.shell.ran == [(f'"{python}" "-X" "utf8" "-m" "toolkit.excel" "--request" "{request}"', 0, False)], (
        "hidden, and nobody waits for it"
    )
    assert shlex.split(clicking.shell.ran[0][0])[-1] == str(request)
    assert clicking.timers == ["'台账工具箱.xlsm'!WatchRequest"]
    assert clicking.status == text("buttons.macro.starting")


def test_the_request_says_where_the_click_was(clicking: Clicking, tmp_path: Path) -> None:
    clicking.run("BtnAccept")
    request = claim(clicking.requests[0])
    assert request is not None
    assert (request.action, request.book, request.window, request.toolbox) == (
        "accept",
        CONSOLE_FILE,
        4711,
        CONSOLE_FILE,
    )
    assert request.home == str(tmp_path / "工具 箱")
    assert (request.workspace, request.version, request.lang) == ("县 局", version(), "zh")


@pytest.mark.parametrize("macro", ["RibbonCheck", "RibbonSummary"])
def test_the_ribbon_does_the_same(clicking: Clicking, macro: str) -> None:
    clicking.app.interpreter.run(macro, [Files()])
    assert len(clicking.shell.ran) == 1


def test_python_is_not_there(tmp_path: Path, exchange: Path) -> None:
    clicking = Clicking(tmp_path / "工具 箱", exchange, Settings("python/pythonw.exe"))
    clicking.run("BtnCheck")
    assert clicking.shell.ran == []
    assert "没有找到程序" in clicking.said[0]
    assert str(tmp_path / "工具 箱" / "python/pythonw.exe") in clicking.said[0], "relative to the toolbox"


def test_a_toolbox_in_an_online_folder_says_so(clicking: Clicking, monkeypatch: pytest.MonkeyPatch) -> None:
    book = clicking.app.application.vba_get("ThisWorkbook")
    plain = book.vba_get

    def vba_get(name: str, args: Any = (), named: Any = None, **others: Any) -> Any:
        if name.lower() == "path":
            return "https://d.docs.live.net/1234/台账"
        return plain(name, args, named or {}, **others)

    monkeypatch.setattr(book, "vba_get", vba_get)
    clicking.app.sheet("_conf").set_value("B1", "python/pythonw.exe")
    clicking.run("BtnCheck")
    assert "网盘" in clicking.said[0]
    assert "https://d.docs.live.net" in clicking.said[0]
    assert clicking.shell.ran == []


@pytest.mark.parametrize(("number", "word"), [(-2147024891, "安全软件"), (70, "安全软件"), (53, "没有启动起来")])
def test_a_start_that_fails_says_what_to_do(clicking: Clicking, number: int, word: str) -> None:
    clicking.shell.fails = number
    clicking.run("BtnCheck")
    assert word in clicking.said[0]
    assert clicking.status is False


def test_nobody_answers(clicking: Clicking) -> None:
    clicking.run("BtnCheck")
    while clicking.timers:
        clicking.timers.clear()
        clicking.run("WatchRequest")
    assert clicking.said == [text("buttons.macro.no_answer")]
    assert clicking.requests == [], "a later start does not find a click that nobody waits for"
    assert clicking.status is False


def test_an_answer_ends_the_watch(clicking: Clicking) -> None:
    clicking.run("BtnCheck")
    request = claim(clicking.requests[0])
    assert request is not None
    request.answer()
    clicking.timers.clear()
    clicking.run("WatchRequest")
    assert (clicking.timers, clicking.said) == ([], [])
    assert not list(clicking.exchange.glob("*.reply"))


def test_what_the_program_cannot_say_itself_the_macro_says(clicking: Clicking) -> None:
    clicking.run("BtnCheck")
    request = claim(clicking.requests[0])
    assert request is not None
    request.answer("连不上 LibreOffice，“请”重新打开")
    clicking.run("WatchRequest")
    assert clicking.said == ["连不上 LibreOffice，“请”重新打开"]


def test_resident_mode_starts_nothing_and_says_when_nobody_is_there(tmp_path: Path, exchange: Path) -> None:
    clicking = Clicking(tmp_path / "工具 箱", exchange, Settings("nowhere.exe", resident=True))
    clicking.run("BtnCheck")
    assert clicking.shell.ran == []
    assert len(clicking.requests) == 1
    rounds = 0
    while clicking.timers:
        clicking.timers.clear()
        clicking.run("WatchRequest")
        rounds += 1
    assert rounds < 10, "nobody has picked it up: that is known soon"
    assert clicking.said == [text("buttons.macro.no_resident")]


def test_resident_mode_waits_longer_once_somebody_has_picked_it_up(tmp_path: Path, exchange: Path) -> None:
    clicking = Clicking(tmp_path / "工具 箱", exchange, Settings("nowhere.exe", resident=True))
    clicking.run("BtnCheck")
    request = claim(clicking.requests[0])
    for _ in range(8):
        clicking.run("WatchRequest")
    assert clicking.said == []
    assert request is not None
    request.answer()
    clicking.run("WatchRequest")
    assert clicking.said == []


def test_stop_leaves_word_and_starts_nothing(clicking: Clicking) -> None:
    clicking.run("BtnStop")
    assert (clicking.exchange / "cancel").is_file()
    assert clicking.shell.ran == []
    assert clicking.timers == ["'台账工具箱.xlsm'!ClearStatus"]
    clicking.run("ClearStatus")
    assert clicking.status is False


def test_encoding_survives_the_way_through_vba() -> None:
    assert encoded("a𠮷") == "0061D842DFB7"
