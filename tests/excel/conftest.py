"""A live LibreOffice with a profile of its own, and a person who clicks and reads."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_id, needs, save_workbook
from toolkit.excel.attach import attach
from toolkit.excel.clicks import serve_click
from toolkit.excel.exchange import Request, decoded, exchange_folder

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""


@dataclass
class Person:
    """Somebody at the screen: reads what is said, answers questions in the order of ``answers``, else yes."""

    answers: list[bool] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    statuses: list[str | None] = field(default_factory=list)

    def tell(self, said: str, *, warn: bool = False) -> None:
        (self.warned if warn else self.told).append(said)

    def ask(self, said: str) -> bool:
        self.asked.append(said)
        return self.answers.pop(0) if self.answers else True

    def status(self, said: str | None) -> None:
        self.statuses.append(said)


@dataclass
class Office:
    """A running LibreOffice; ``app`` is an ``xlwings.App``."""

    app: Any
    process: subprocess.Popen[bytes]

    def open(self, path: Path) -> Any:
        return self.app.books.open(str(path))

    def click(self, action: str, book: Any = None, person: Person | None = None, **request: Any) -> Person:
        """Click a button while a workbook is in front; return who read the answer."""
        reader = person or Person()
        claimed = exchange_folder() / "click.run"
        serve_click(Request(action, book=book.name if book is not None else "", claimed=claimed, **request), reader)
        answer = claimed.with_suffix(".reply").read_text(encoding="ascii").split()
        assert answer[0] == "ok", decoded(answer[1])
        return reader

    def close_all(self) -> None:
        for book in list(self.app.books):
            book.close()


def start_office(folder: Path, *options: str, name: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start LibreOffice with a fresh profile, listening on a pipe."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [needs("soffice"), f"-env:UserInstallation={profile.as_uri()}", f"--accept=pipe,name={name};urp;", "--norestore",
               "--nologo", "--nodefault", *options]  # fmt: skip
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)  # fmt: skip


def stop_office(process: subprocess.Popen[bytes]) -> None:
    """End a LibreOffice that we started, with the process it runs in: asked politely, it would want to know what to save."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


def attach_patiently() -> Any:
    """Connect to the LibreOffice that is starting; with a new profile it may start over once after it has listened."""
    for _ in range(300):
        with contextlib.suppress(Exception):
            app = attach(Request("check"))
            app.books.add().close()
            time.sleep(1)
            assert app.version
            return app
        time.sleep(0.2)
    raise AssertionError("LibreOffice does not listen")


@pytest.fixture(scope="session")
def office_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    name = f"taizhang-test-{os.getpid()}"
    os.environ["TAIZHANG_OFFICE"] = f"pipe,name={name}"
    os.environ["TAIZHANG_EXCHANGE"] = str(folder / "交换 夹")
    process = start_office(folder, "--headless", name=name, env=dict(os.environ))
    app = attach_patiently()
    try:
        yield Office(app, process)
    finally:
        stop_office(process)


@pytest.fixture
def office(office_process: Office) -> Iterator[Office]:
    yield office_process
    office_process.close_all()


def ledger_rows(count: int = 6) -> list[list[Any]]:
    """Return a ledger of L3 with known mistakes: C2 missing, B3 a wrong ID, E4 no date; the rest is right."""
    rows: list[list[Any]] = [["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期", "联系电话"]]
    rows += [
        [
            f"张三{'甲乙丙丁戊己庚辛'[number % 8]}",
            make_id(order=number),
            "生活困难",
            "补助",
            "2020.5.1",
            f"138{number:08d}",
        ]
        for number in range(1, count + 1)
    ]
    rows[1][2] = None
    wrong = rows[2][1]
    rows[2][1] = wrong[:-1] + ("0" if wrong[-1] != "0" else "1")
    rows[3][4] = "2020.13.45"
    return rows


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return save_workbook(tmp_path / "有 空格的 帮扶台账.xlsx", ledger_rows(), sheet="帮扶 台账")


MARKED = {"C2": "E201", "B3": "E205", "E4": "E211"}
"""Where the mistakes of ``ledger_rows`` are."""
