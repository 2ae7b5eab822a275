"""Check and clear in a live spreadsheet program: the same marks as in files, and nothing else disturbed."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import save_workbook
from tests.excel.conftest import MARKED, Office, Person, ledger_rows
from toolkit.marking import mark, unmark
from toolkit.single import check_files, marks_of

CODE = re.compile(r"taizhang (\w+)")


def rules(path: Path, sheet: int = 0) -> dict[str, str]:
    """Cell or run → formula of every conditional format of ours in a saved workbook."""
    book = openpyxl.load_workbook(path)
    found = {}
    for area, listed in book.worksheets[sheet].conditional_formatting._cf_rules.items():
        for rule in listed:
            if rule.formula and "taizhang" in rule.formula[0]:
                found[str(area.sqref)] = rule.formula[0]
    return found


def codes(path: Path) -> dict[str, str]:
    return {area: CODE.search(formula)[1] for area, formula in rules(path).items()}


def notes(path: Path, sheet: int = 0) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.comment.text for row in book.worksheets[sheet] for cell in row if cell.comment}


def in_files(path: Path, target: Path) -> Path:
    """Return the workbook marked the way the nightly run does it."""
    checked = check_files([path])
    mark(path, target, marks_of(checked.findings[path.as_posix()], "zh"))
    return target


def saved(book: Any, path: Path) -> Path:
    book.save(str(path))
    return path


def test_a_click_shows_what_is_wrong_and_says_what_to_do(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(ledger)
    person = office.click("check", book)
    assert codes(saved(book, tmp_path / "marked.xlsx")) == MARKED
    said = person.told[0]
    assert "漏填 1 处" in said
    assert "错误 2 处" in said
    assert "问题清单" in said
    assert person.statuses[-1] is None, "the status bar is the program's own again"
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账", "问题清单"]


def test_the_marks_are_those_of_files(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    live = saved(book, tmp_path / "live.xlsx")
    filed = in_files(ledger, tmp_path / "filed.xlsx")
    assert rules(live) == rules(filed)
    assert notes(live) == notes(filed)
    sheets = [openpyxl.load_workbook(path, data_only=True)["问题清单"] for path in (live, filed)]
    values = [[[cell.value for cell in row] for row in sheet.iter_rows(max_col=9)] for sheet in sheets]
    assert [[value or None for value in row] for row in values[0]] == [
        [value or None for value in row] for row in values[1]
    ]


def test_unsaved_changes_count_and_the_file_on_disk_is_not_touched(
    office: Office, ledger: Path, tmp_path: Path
) -> None:
    before = ledger.read_bytes()
    book = office.open(ledger)
    book.sheets[0].range("C2").value = "生活困难"
    book.sheets[0].range("D5").value = None
    office.click("check", book)
    assert codes(saved(book, tmp_path / "marked.xlsx")) == {"B3": "E205", "E4": "E211", "D5": "E201"}
    assert ledger.read_bytes() == before


def test_correct_click_correct_click_clean(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    listed = book.sheets["问题清单"]
    assert listed.range("A2").value == "还剩 3 处未动"
    book.sheets[0].range("C2").value = "生活困难"
    assert listed.range("A2").value == "还剩 2 处未动", "the list knows at once, without a click"
    assert listed.range("I6").value == "已变动，待复查"
    right = ledger_rows()
    book.sheets[0].range("B3").value = right[2][1][:-1] + "X"  # still wrong, in another way
    book.sheets[0].range("E4").value = "2020.5.1"
    person = office.click("check", book)
    assert list(codes(saved(book, tmp_path / "again.xlsx"))) == ["B3"]
    assert "错误 1 处" in person.told[0]
    office.click("clear", book)
    cleared = saved(book, tmp_path / "cleared.xlsx")
    assert (rules(cleared), notes(cleared)) == ({}, {})
    assert openpyxl.load_workbook(cleared).sheetnames == ["帮扶 台账"]
    with zipfile.ZipFile(cleared) as package:
        assert b"taizhang" not in package.read("xl/styles.xml")


def test_clicking_twice_is_the_same_as_once(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    once = rules(saved(book, tmp_path / "once.xlsx"))
    office.click("check", book)
    twice = saved(book, tmp_path / "twice.xlsx")
    assert rules(twice) == once
    assert openpyxl.load_workbook(twice).sheetnames == ["帮扶 台账", "问题清单"]
    office.click("clear", book)
    assert "没有本工具的标记" in office.click("clear", book).told[0]


def test_what_a_button_marked_the_nightly_run_takes_off(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    live = saved(book, tmp_path / "live.xlsx")
    assert unmark(live, tmp_path / "plain.xlsx").status == "done"
    plain = tmp_path / "plain.xlsx"
    assert (rules(plain), notes(plain), openpyxl.load_workbook(plain).sheetnames) == ({}, {}, ["帮扶 台账"])
    assert check_files([live]).report["totals"]["errors"] == 3, "our own sheet is no data"


def test_what_the_nightly_run_marked_a_button_takes_off(office: Office, ledger: Path, tmp_path: Path) -> None:
    book = office.open(in_files(ledger, tmp_path / "filed.xlsx"))
    office.click("clear", book)
    cleared = saved(book, tmp_path / "cleared.xlsx")
    assert (rules(cleared), notes(cleared), openpyxl.load_workbook(cleared).sheetnames) == ({}, {}, ["帮扶 台账"])


def test_notes_of_people_stay_and_so_does_what_they_typed_into_ours(
    office: Office, ledger: Path, tmp_path: Path
) -> None:
    book = office.open(ledger)
    sheet = book.sheets[0]
    sheet.range("B3").add_note("已与本人核实")
    office.click("check", book)
    assert sheet.range("B3").note.text == "已与本人核实"
    assert "1 处没有加批注" in book.sheets["问题清单"].range("A4").value
    sheet.range("C2").note.text = sheet.range("C2").note.text + "\n下周补"
    office.click("clear", book)
    assert notes(saved(book, tmp_path / "cleared.xlsx")) == {"B3": "已与本人核实", "C2": "下周补"}


def test_a_list_that_somebody_typed_into_is_kept_under_another_name(office: Office, ledger: Path) -> None:
    book = office.open(ledger)
    office.click("check", book)
    office.click("check", book)
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账", "问题清单"], "nobody typed into it"
    book.sheets["问题清单"].range("K6").value = "已电话核实"
    person = office.click("check", book)
    assert "问题清单（留存）" in person.told[-1]
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账", "问题清单（留存）", "问题清单"]
    office.click("clear", book)
    assert [sheet.name for sheet in book.sheets] == ["帮扶 台账", "问题清单（留存）"]
    assert book.sheets["问题清单（留存）"].range("K6").value == "已电话核实"


def test_conditional_formats_of_the_station_stay(office: Office, ledger: Path, tmp_path: Path) -> None:
    from openpyxl.formatting.rule import CellIsRule, FormulaRule
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(ledger)
    green = PatternFill(bgColor="00FF00")
    book.active.conditional_formatting.add("B2:E7", FormulaRule(formula=["LEN($A2)=0"], fill=green))
    book.active.conditional_formatting.add("C2", CellIsRule(operator="equal", formula=['"x"'], fill=green))
    book.save(ledger)
    open_book = office.open(ledger)
    office.click("check", open_book)
    office.click("check", open_book)
    assert codes(saved(open_book, tmp_path / "marked.xlsx")) == MARKED
    for path in (tmp_path / "marked.xlsx", None):
        if path is None:
            office.click("clear", open_book)
            path = saved(open_book, tmp_path / "cleared.xlsx")
        kept = openpyxl.load_workbook(path).worksheets[0].conditional_formatting._cf_rules
        own = {
            str(area.sqref): rule
            for area, listed in kept.items()
            for rule in listed
            if "taizhang" not in str(rule.formula)
        }
        assert set(own) == {"B2:E7", "C2"}, path


def test_the_view_is_as_it_was(office: Office, ledger: Path) -> None:
    book = office.open(save_workbook(ledger, ledger_rows(400), sheet="帮扶 台账"))
    document = book.impl.document
    controller = document.CurrentController
    book.sheets.add(name="我的草稿", after=book.sheets[0])
    controller.setActiveSheet(book.sheets["帮扶 台账"].impl.sheet)
    controller.select(book.sheets["帮扶 台账"].impl.sheet.getCellRangeByName("D300:E310"))
    controller.getByIndex(0).setFirstVisibleRow(280)
    office.click("check", book)
    assert controller.ActiveSheet.Name == "帮扶 台账"
    assert document.CurrentSelection.AbsoluteName == "$'帮扶 台账'.$D$300:$E$310"
    assert controller.getByIndex(0).FirstVisibleRow == 280
    assert not document.hasControllersLocked()
    document.UndoManager.undo()
    assert "问题清单" not in [sheet.name for sheet in book.sheets], "one step to undo"


@pytest.mark.parametrize("kind", [".ods", ".xls"])
def test_other_kinds_are_marked_as_well(office: Office, ledger: Path, tmp_path: Path, kind: str) -> None:
    source = office.open(ledger)
    path = tmp_path / f"帮扶台账{kind}"
    source.save(str(path))
    source.close()
    book = office.open(path)
    office.click("check", book)
    assert codes(saved(book, tmp_path / "marked.xlsx")) == MARKED
    assert book.sheets["问题清单"].range("A2").value == "还剩 3 处未动"


def test_runs_of_one_kind_are_one_rule_that_means_every_cell_of_it(office: Office, tmp_path: Path) -> None:
    rows = ledger_rows(8)
    for row in rows[4:8]:
        row[2] = row[3] = None
    path = save_workbook(tmp_path / "帮扶台账.xlsx", rows)
    book = office.open(path)
    office.click("check", book)
    live = saved(book, tmp_path / "live.xlsx")
    assert "C5:D8" in rules(live)
    assert rules(live) == rules(in_files(path, tmp_path / "filed.xlsx"))


def test_merged_cells_are_marked_where_they_show(office: Office, tmp_path: Path) -> None:
    rows = ledger_rows()
    rows[1][2] = rows[2][2] = None
    path = save_workbook(tmp_path / "帮扶台账.xlsx", rows, merges=("C2:C3",))
    book = office.open(path)
    office.click("check", book)
    live = saved(book, tmp_path / "live.xlsx")
    assert rules(live) == rules(in_files(path, tmp_path / "filed.xlsx"))


def test_many_findings_fall_back_to_fixed_colours_and_say_so(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.marking.highlights.MAX_RULES", 20)
    rows = ledger_rows(60)
    for row in rows[1::2]:
        row[2] = None
    for row in rows[2::2]:
        row[3] = None
    path = save_workbook(tmp_path / "帮扶台账.xlsx", rows)
    book = office.open(path)
    office.click("check", book)
    assert "颜色不会自动消失" in book.sheets["问题清单"].range("A4").value
    live = saved(book, tmp_path / "live.xlsx")
    unmark(live, tmp_path / "plain.xlsx")
    assert rules(tmp_path / "plain.xlsx") == {}


def test_the_copy_of_the_open_workbook_is_private_and_gone_whatever_happens(
    office: Office, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.excel.program.calc import Calc

    folders: list[tuple[Path, int]] = []
    original = Calc.save_copy

    def save_copy(self: Calc, book: Any, folder: Path) -> Path:
        folders.append((folder, folder.stat().st_mode & 0o777))
        return original(self, book, folder)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("halfway")

    monkeypatch.setattr(Calc, "save_copy", save_copy)
    book = office.open(ledger)
    office.click("check", book)
    office.click("accept", book)
    monkeypatch.setattr("toolkit.excel.actions.book.put_on", broken)
    assert "程序自身出错" in office.click("check", book).warned[0]
    assert [mode for _, mode in folders] == [0o700] * 3
    assert not any(folder.exists() for folder, _ in folders)


def test_a_person_with_no_reading_of_the_answer(office: Office, ledger: Path) -> None:
    """The real message box: without a screen LibreOffice closes it at once, and everything is put back all the same."""
    from toolkit.excel.clicks import serve_click
    from toolkit.excel.exchange import Request

    book = office.open(ledger)
    serve_click(Request("check", book=book.name))
    assert office.app.status_bar in (False, None)
    assert "问题清单" in [sheet.name for sheet in book.sheets]


def test_the_marked_copy_of_the_nightly_run_is_not_checked_as_a_ledger(
    office: Office, ledger: Path, tmp_path: Path
) -> None:
    from toolkit.marking import mark_copy

    checked = check_files([ledger])
    copy = tmp_path / "副本" / ledger.name
    mark_copy(ledger, copy, marks_of(checked.findings[ledger.as_posix()], "zh"), copy_of="站点/台账.xlsx")
    person = office.click("check", office.open(copy))
    assert "没法检查" in person.warned[0]


def test_english_speaks_english(office: Office, ledger: Path) -> None:
    person = Person()
    book = office.open(shutil.copy(ledger, ledger.with_name("visits.xlsx")))
    office.click("check", book, person, lang="en")
    assert "1 missing (yellow)" in person.told[0]
    assert book.sheets["问题清单"].range("A2").value == "3 still to do"
