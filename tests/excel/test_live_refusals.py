"""What is in the way of a click: each is a sentence that says what to do, and nothing was changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import save_workbook
from tests.excel.conftest import Office, Person, ledger_rows
from toolkit.excel.exchange import exchange_folder
from toolkit.excel.names import version


def test_no_workbook_is_open(office: Office) -> None:
    for action in ("check", "clear", "accept", "take-back"):
        assert "没有打开要检查的台账" in office.click(action).warned[0]


def test_the_workbook_was_closed_between_click_and_start(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    name = book.name
    book.close()
    person = Person()
    from toolkit.excel.clicks import serve_click
    from toolkit.excel.exchange import Request

    serve_click(Request("check", book=name), person)
    assert f"“{name}”已经关闭" in person.warned[0]


def test_an_empty_workbook(office: Office) -> None:
    assert "是空的" in office.click("check", office.app.books.add()).warned[0]


def test_a_workbook_never_saved_is_checked_all_the_same(office: Office) -> None:
    book = office.app.books.add()
    book.sheets[0].range("A1").value = [[cell or "" for cell in row] for row in ledger_rows()]
    person = office.click("check", book)
    assert "错误 2 处" in person.told[0]
    assert "还没有保存过" in person.told[0]


def test_a_chart_sheet_in_front(office: Office, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "帮扶台账.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("帮扶")
    for number, row in enumerate(ledger_rows()):
        sheet.write_row(number, 0, row)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=帮扶!$F$2:$F$5"})
    front = book.add_chartsheet("图")
    front.set_chart(chart)
    front.activate()
    book.close()
    person = office.click("check", office.open(path))
    assert "漏填 1 处" in person.told[0]


def test_a_workbook_without_any_ledger(office: Office, tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "通讯录.xlsx", [["你好", "世界"], ["a", "b"]])
    assert "没有认出是哪种台账" in office.click("check", office.open(path)).told[0]


def test_a_protected_sheet_is_named_and_what_was_found_is_said(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    book.sheets[0].impl.sheet.protect("")
    person = office.click("check", book)
    assert "有保护" in person.warned[0]
    assert "帮扶 台账" in person.warned[0]
    assert "错误 2 处" in person.warned[0]
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账"]
    assert book.sheets[0].range("C2").note is None


def test_marks_on_a_sheet_that_was_protected_since_are_not_lost_halfway(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    book.sheets[0].impl.sheet.protect("")
    assert "有保护" in office.click("clear", book).warned[0]
    assert "问题清单" in [sheet.name for sheet in book.sheets]
    assert book.sheets[0].range("C2").note is not None


def test_a_protected_list_of_sheets(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    book.impl.document.protect("")
    assert "不能增减工作表" in office.click("check", book).warned[0]


def test_a_read_only_workbook_cannot_be_marked_but_what_was_found_is_said(office: Office, ledger: Path) -> None:
    from toolkit.excel.libreoffice.office import file_url, properties

    office.app.impl.desktop.loadComponentFromURL(file_url(ledger), "_blank", 0, properties(ReadOnly=True))
    book = office.app.books[ledger.name]
    person = office.click("check", book)
    assert "只读方式打开" in person.warned[0]
    assert "错误 2 处" in person.warned[0]


def test_behind_the_toolbox_the_person_is_asked_which_workbook_is_meant(
    office: Office, ledger: Path, tmp_path: Path
) -> None:
    other = save_workbook(tmp_path / "另一个 台账.xlsx", ledger_rows(), sheet="帮扶")
    first, second = office.open(ledger), office.open(other)
    toolbox = office.app.books.add()
    person = office.click("check", toolbox, Person(answers=[False, True]), toolbox=toolbox.name)
    assert len(person.asked) == 2
    marked = [book for book in (first, second) if "问题清单" in [sheet.name for sheet in book.sheets]]
    assert len(marked) == 1
    assert marked[0].name in person.asked[1]
    nothing = office.click("check", toolbox, Person(answers=[False, False]), toolbox=toolbox.name)
    assert "没有选定" in nothing.warned[0]


def test_with_one_other_workbook_open_nobody_is_asked(office: Office, ledger: Path) -> None:
    office.open(ledger)
    toolbox = office.app.books.add()
    person = office.click("check", toolbox, toolbox=toolbox.name)
    assert person.asked == []
    assert ledger.name in person.told[0]


def test_macros_of_another_version_are_refused(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    person = office.click("check", book, version="0.0.1")
    assert "对不上" in person.warned[0]
    assert "0.0.1" in person.warned[0]
    assert office.click("check", book, version=version()).warned == []


def test_a_second_click_while_the_first_is_served_does_nothing(office: Office, ledger: Path) -> None:
    import hashlib

    from filelock import FileLock

    book = office.open(ledger)
    name = hashlib.blake2b(book.name.encode(), digest_size=8).hexdigest()
    with FileLock(exchange_folder() / f"{name}.lock"):
        person = office.click("check", book)
    assert (person.told, person.warned) == ([], [])
    assert "还没做完" in (person.statuses[-1] or "")
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账"]


def test_a_fault_of_ours_is_one_sentence_and_a_log_without_numbers_of_persons(
    office: Office, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("149999195203120019 is not expected")

    monkeypatch.setattr("toolkit.excel.actions.book.put_on", broken)
    person = office.click("check", office.open(ledger))
    assert "程序自身出错" in person.warned[0]
    log = sorted((exchange_folder() / "logs").iterdir())[-1].read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "149999195203120019" not in log


def test_a_workspace_setting_that_is_wrong_names_section_and_key(office: Office, ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("[marks]\nmode = perhaps\n", encoding="utf-8")
    person = office.click("check", office.open(ledger))
    assert "[marks] mode = perhaps" in person.warned[0]


def test_no_libreoffice_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from toolkit.excel.clicks import serve_click
    from toolkit.excel.exchange import Request, decoded

    monkeypatch.setenv("TAIZHANG_OFFICE", "pipe,name=nobody-is-here")
    claimed = tmp_path / "1.run"
    claimed.touch()
    serve_click(Request("check", claimed=claimed), Person())
    said = (tmp_path / "1.reply").read_text(encoding="ascii").split()
    assert said[0] == "failed"
    assert "taizhang buttons open" in decoded(said[1])


def test_without_xlwings_it_is_said_what_to_install(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["xlwings"] = None
from pathlib import Path
from toolkit.excel.clicks import serve_click
from toolkit.excel.exchange import Request, decoded
serve_click(Request("check", claimed=Path({str(tmp_path / "1.run")!r})))
print(decoded(Path({str(tmp_path / "1.reply")!r}).read_text().split()[1]))
"""
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True)
    assert "taizhang-toolkit[excel]" in done.stdout, done.stderr


def test_a_bridge_for_another_python_is_named_before_it_can_crash(tmp_path: Path) -> None:
    """A subprocess: once the bridge is loaded, nothing is looked for any more."""
    (tmp_path / "libpyuno.so").write_bytes(b"\x7fELF ... libpython3.99.so.1.0 ...")
    code = f"""
import sys
from toolkit.excel.libreoffice import office
office._LIBRARIES = ({str(tmp_path)!r},)
try:
    office.uno()
except office.OfficeUnavailable as error:
    print(error.code, error.params["wanted"], "uno" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["other-python", "3.99", "False"], done.stderr
