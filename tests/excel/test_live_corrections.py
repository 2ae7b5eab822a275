"""Accept suggestions in a live spreadsheet program: listed, confirmed, logged, taken back; one log with the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.conftest import make_id, save_workbook
from tests.excel.conftest import Office, Person
from toolkit.fixing import fix, undo_fix
from toolkit.fixing.corrections import corrections_of
from toolkit.single import check_files

ROWS = [
    ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期", "联系电话"],
    ["张三", make_id(order=1), "生活困难", "补助", "2020.5.1", "13800000001"],
    ["李　四", make_id(order=2).translate(str.maketrans("0123456789", "０１２３４５６７８９")), "生活困难", "补助", "2020.5.1", "138 0000 0002"],
]  # fmt: skip


@pytest.fixture
def spaced(tmp_path: Path) -> Path:
    return save_workbook(tmp_path / "帮扶台账.xlsx", ROWS, sheet="帮扶")


def grid(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["帮扶"].iter_rows()]


def expected(path: Path) -> dict[str, str]:
    """Cell → text of every safe correction, from the command line's own list."""
    findings = check_files([path]).findings[path.as_posix()]
    return {one.cell: one.new for one in corrections_of(findings)}


def test_corrections_are_listed_confirmed_written_and_logged(office: Office, spaced: Path, tmp_path: Path) -> None:
    wanted = expected(spaced)
    assert len(wanted) >= 2
    book = office.open(spaced)
    person = office.click("accept", book)
    assert f"有 {len(wanted)} 处可以直接更正" in person.asked[0]
    assert make_id(order=2) not in person.asked[0], "numbers of persons are masked on the screen"
    assert all(book.sheets["帮扶"].range(cell).value == new for cell, new in wanted.items())
    assert f"更正了 {len(wanted)} 处" in person.told[0]
    book.save(str(tmp_path / "fixed.xlsx"))
    log = openpyxl.load_workbook(tmp_path / "fixed.xlsx")["更正记录"]
    assert [row[5].value for row in log.iter_rows(min_row=4)] == list(wanted.values())


def test_no_means_no(office: Office, spaced: Path) -> None:
    book = office.open(spaced)
    before = book.sheets[0].used_range.value
    person = office.click("accept", book, Person(answers=[False]))
    assert (person.told, person.warned) == ([], [])
    assert book.sheets[0].used_range.value == before
    assert [sheet.name for sheet in book.sheets] == ["帮扶"]


def test_take_back_puts_everything_back_but_what_was_changed_since(office: Office, spaced: Path) -> None:
    book = office.open(spaced)
    before = book.sheets[0].used_range.value
    office.click("accept", book)
    office.click("take-back", book)
    assert book.sheets[0].used_range.value == before
    assert [sheet.name for sheet in book.sheets] == ["帮扶"]
    office.click("accept", book)
    book.sheets[0].range("A3").value = "李四四"
    person = office.click("take-back", book)
    assert book.sheets[0].range("A3").value == "李四四"
    assert "A3" in person.told[0]
    assert office.click("take-back", book).told == ["没有可以撤回的更正。"]


def test_rows_inserted_since_do_not_lead_taking_back_astray(office: Office, spaced: Path) -> None:
    book = office.open(spaced)
    before = book.sheets[0].used_range.value
    office.click("accept", book)
    book.sheets["帮扶"].impl.sheet.Rows.insertByIndex(1, 3)
    office.click("take-back", book)
    after = [row for row in book.sheets[0].used_range.value if any(row)]
    assert after == before


def test_the_command_line_takes_back_what_a_button_wrote(office: Office, spaced: Path, tmp_path: Path) -> None:
    before = grid(spaced)
    book = office.open(spaced)
    office.click("accept", book)
    path = tmp_path / "fixed.xlsx"
    book.save(str(path))
    book.close()
    assert grid(path) != before
    assert undo_fix(path).status == "done"
    assert grid(path) == before
    assert openpyxl.load_workbook(path).sheetnames == ["帮扶"]


def test_a_button_takes_back_what_the_command_line_wrote(office: Office, spaced: Path, tmp_path: Path) -> None:
    before = grid(spaced)
    fix(spaced, corrections_of(check_files([spaced]).findings[spaced.as_posix()]))
    book = office.open(spaced)
    office.click("take-back", book)
    book.save(str(tmp_path / "back.xlsx"))
    assert grid(tmp_path / "back.xlsx") == before


def test_a_second_round_keeps_the_log_of_the_first(office: Office, spaced: Path) -> None:
    book = office.open(spaced)
    office.click("accept", book)
    first = book.sheets["更正记录"].used_range.last_cell.row
    book.sheets["帮扶"].range("A2").value = "张　三"
    office.click("accept", book)
    assert book.sheets["更正记录"].used_range.last_cell.row == first + 1
    assert book.sheets["帮扶"].range("A2").value == "张三"
    office.click("take-back", book)
    assert book.sheets["帮扶"].range("A2").value == "张　三"


def test_nothing_to_accept_is_said(office: Office, tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "帮扶台账.xlsx", ROWS[:2], sheet="帮扶")
    person = office.click("accept", office.open(path))
    assert person.asked == []
    assert person.told == ["没有可以直接更正的地方。"]


def test_a_protected_sheet_is_not_corrected(office: Office, spaced: Path) -> None:
    book = office.open(spaced)
    book.sheets[0].impl.sheet.protect("")
    before = book.sheets[0].used_range.value
    assert "有保护" in office.click("accept", book).warned[0]
    assert book.sheets[0].used_range.value == before
