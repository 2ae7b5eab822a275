"""Somebody saves the workbook after it was fixed: their changes stay, ours still come off."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.conftest import needs
from tests.fixing.fixing_samples import CARDS, NAMES, PARTIES, SHEET, TIDY_CARD, edit, ledger, values
from toolkit.fixing import FIX_SHEET, Correction, fix, undo_fix
from toolkit.fixing.log import log_sheets
from toolkit.marking.package import Package
from toolkit.marking.strip import take_out

Save = Callable[[Path], None]


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Save:
    soffice = needs("soffice")
    profile = tmp_path_factory.mktemp("profile")

    def save(path: Path) -> None:
        out = path.parent / "out"
        command = [soffice, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=120)
        shutil.move(out / path.name, path)

    return save


def by_openpyxl(path: Path) -> None:
    openpyxl.load_workbook(path).save(path)


def test_libreoffice_shows_the_new_values_and_computes_with_them(tmp_path: Path, by_libreoffice: Save) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, [*NAMES, *CARDS])
    by_libreoffice(path)
    book = CalamineWorkbook.from_path(path)
    shown = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    assert shown[SHEET][1][1:5] == ["张1", TIDY_CARD, "党员", 2]
    assert [row[2] for row in shown[FIX_SHEET][2:]] == ["单元格", "B2", "B3", "B4", "B5", "B6", "C2"]


def test_undoing_after_libreoffice_saved_it(tmp_path: Path, by_libreoffice: Save) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = values(path)
    fix(path, NAMES)
    by_libreoffice(path)
    fix(path, [*PARTIES, *CARDS])
    assert [row[0] for row in values(path)[FIX_SHEET][3:]] == list(range(1, 12))
    by_libreoffice(path)
    assert len(undo_fix(path).done) == 11
    assert values(path) == before


def test_undoing_after_a_program_that_drops_our_record(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = values(path)
    fix(path, NAMES)
    by_openpyxl(path)
    fix(path, [*PARTIES, Correction(SHEET, "B2", "张1", "章一")])
    by_openpyxl(path)
    assert len(undo_fix(path).done) == 11
    assert values(path) == before


def test_undoing_a_fix_made_after_a_save_needs_no_second_save(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = values(path)
    fix(path, NAMES)
    by_openpyxl(path)
    fix(path, PARTIES)
    assert len(undo_fix(path).done) == 10
    assert values(path) == before


def test_what_a_person_typed_since_is_left_and_reported(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, [*NAMES, *CARDS])
    edit(path, B3="张小二", D2="群众", A9="新的一行", C2="=1+1")
    taken = undo_fix(path)
    assert {(one.cell, code) for one, code in taken.skipped} == {("B3", "changed"), ("C2", "changed")}
    held = values(path)
    assert FIX_SHEET not in held
    assert [row[1] for row in held[SHEET][1:6]] == ["张 1", "张小二", "张 3", "张 4", "张 5"]
    assert (held[SHEET][1][3], held[SHEET][8][0], held[SHEET][1][2]) == ("群众", "新的一行", "=1+1")


def test_a_second_fix_does_not_undo_what_a_person_typed(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, NAMES)
    edit(path, B3="张小二")
    fix(path, PARTIES)
    assert values(path)[SHEET][2][1] == "张小二"
    undo_fix(path)
    assert [row[1] for row in values(path)[SHEET][1:4]] == ["张 1", "张小二", "张 3"]


def test_undoing_follows_rows_that_were_inserted(tmp_path: Path, by_libreoffice: Save) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, NAMES[:2])
    book = openpyxl.load_workbook(path)
    book[SHEET].insert_rows(2)
    for row in book[FIX_SHEET].iter_rows(min_row=4, max_row=5, min_col=3, max_col=3):
        for cell in row:
            cell.value = cell.value.replace("$B$3", "$B$4").replace("$B$2", "$B$3")
    book.save(path)
    by_libreoffice(path)
    assert [one.cell for one in undo_fix(path).done] == ["B3", "B4"]
    assert [row[1] for row in values(path)[SHEET][2:5]] == ["张 1", "张 2", "张 3"]


def test_a_deleted_row_is_reported(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, NAMES[:1])
    edit(path, FIX_SHEET, C4='=IFERROR(HYPERLINK("#x",ADDRESS(ROW(#REF!),COLUMN(#REF!),4)),"")')
    taken = undo_fix(path)
    assert [code for _, code in taken.skipped] == ["row-deleted"]
    assert FIX_SHEET not in values(path)


def test_undoing_without_the_log_goes_by_the_record(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = values(path)
    fix(path, NAMES)
    by_openpyxl(path)
    fix(path, PARTIES)
    with Package(path) as package:
        take_out(package, log_sheets(package), None)
        with (tmp_path / "b.xlsx").open("wb") as out:
            package.save(out)
    without = tmp_path / "b.xlsx"
    assert list(values(without)) == [SHEET]
    assert len(undo_fix(without).done) == 10
    assert values(without) == before


def test_numbers_come_back_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_number("A1", 149999920101001, book.add_format({"num_format": "0"}))
        sheet.write_boolean("B1", True)
        sheet.write_datetime("C1", date(2024, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    wanted = [("A1", "149999920101001", TIDY_CARD), ("B1", "TRUE", "是"), ("C1", "2024-01-01", "2024年")]
    before = values(path)
    fix(path, [Correction(SHEET, *one) for one in wanted])
    assert values(path)[SHEET][0] == [TIDY_CARD, "是", "2024年"]
    by_openpyxl(path)
    assert len(undo_fix(path).done) == 3
    assert values(path) == before
