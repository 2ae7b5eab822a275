"""Safe corrections put entries into one form: dates as their column writes them, names without blanks, names of lists in full."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from tests.conftest import TODAY, make_id, save_workbook
from tests.fixing.fixing_samples import SHEET, values
from tests.marking.marking_samples import parts
from tests.office import Office
from toolkit.fixing import Correction, fix, fix_files, undo_fix
from toolkit.fixing.rich import corrected

HEAD = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "政治面貌", "入伍时间", "退役时间", "联系电话"]


def register(path: Path, enlisted: list[Any], names: list[str] | None = None, nations: list[str] | None = None) -> Path:
    """Write a register of people born in 1960, one for every date of enlistment."""
    rows = []
    for at, (date, name, nation) in enumerate(itertools.zip_longest(enlisted, names or [], nations or [])):
        rows.append([name or "张三", "男", make_id("19600312", at + 1), nation or "汉族", "退役士兵", "马村镇", "群众", date, "1986.10",
                     f"138000{at:05d}"])  # fmt: skip
    return save_workbook(path, [HEAD, *rows])


def column(path: Path, at: int) -> list[Any]:
    return [row[at] for row in values(path)["Sheet1"][1:]]


def written(path: Path) -> list[Any]:
    made = fix_files([path], today=TODAY)
    assert [one.status for one in made] == ["done"], made
    return column(path, 7)


MIXED = ["1980.1.5", "1980年1月5日", "1980/1/5", "19800105", 19800105, "1980.01", "1980年1月", "198001"]


def test_without_a_majority_dates_get_the_iso_form(tmp_path: Path) -> None:
    path = register(tmp_path / "基本信息.xlsx", MIXED)
    assert written(path) == ["1980-01-05"] * 5 + ["1980-01"] * 3


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        (["1980.03.02", "1981.12.30", "1982.04.01", "1983.05.06"], "1980.01.05"),
        (["1980.3.2", "1981.12.30", "1982.4.1", "1983.5.6"], "1980.1.5"),
        (["1980年3月2日", "1981年12月30日", "1982年4月1日", "1983年5月6日"], "1980年1月5日"),
        (["1980/3/2", "1981/12/30", "1982/4/1", "1983/5/6"], "1980/1/5"),
        (["19800302", "19811230", "19820401", "19830506"], "19800105"),
    ],
)
def test_dates_are_written_as_most_of_the_column(tmp_path: Path, usual: list[str], expected: str) -> None:
    odd = ["1980-01-05"] if not expected.startswith("1980-") else ["1980.1.5"]
    path = register(tmp_path / "基本信息.xlsx", [*usual, *odd])
    assert written(path) == [*usual, expected]


def test_what_could_be_read_in_two_ways_or_is_not_exact_is_left(tmp_path: Path) -> None:
    kept = [
        "80.1.5",
        "800105",
        1980.1,
        "1980",
        "1980年",
        "1980年底",
        "1980.13",
        "六几年",
        "1980.1.5-1980.2.6",
        29225,
        "210405",
    ]
    path = register(tmp_path / "基本信息.xlsx", [*kept, "1980.1.5", "1980-01-06"])
    assert written(path) == [*kept, "1980-01-05", "1980-01-06"]


def test_a_text_in_a_column_of_real_dates_becomes_one_where_the_cell_shows_dates(tmp_path: Path) -> None:
    path = register(
        tmp_path / "基本信息.xlsx", [dt.date(1980, 1, at) for at in range(1, 9)] + ["1980.1.5", "1980.1.6", "1980.01"]
    )
    book = openpyxl.load_workbook(path)
    book["Sheet1"]["H10"].number_format = "yyyy-mm-dd"
    book.save(path)
    before = parts(path)
    assert written(path)[8:] == [dt.datetime(1980, 1, 5), "1980-01-06", "1980-01"]  # noqa: DTZ001 - as openpyxl reads it
    assert fix_files([path], undo=True)[0].status == "done"
    assert parts(path) == before


def test_an_entry_in_doubt_for_another_reason_gets_its_form_all_the_same(tmp_path: Path) -> None:
    path = register(tmp_path / "基本信息.xlsx", ["1955.1.5", "1980-01-05"])  # before he was born
    assert written(path) == ["1955-01-05", "1980-01-05"]


def test_checking_does_not_speak_of_forms(tmp_path: Path) -> None:
    from toolkit.single import check_files

    path = register(tmp_path / "基本信息.xlsx", MIXED, [" 张三 "], ["汉"])
    codes = {one.code for one in check_files([path], today=TODAY).findings[path.as_posix()]}
    assert not codes & {"I242", "I220"}


def test_blanks_around_names_and_short_names_of_lists(tmp_path: Path) -> None:
    path = register(
        tmp_path / "基本信息.xlsx", ["1980-01-05"] * 3, [" 毕会 ", "何 然 龙", "张三"], ["汉", "满族", "维吾尔"]
    )
    fix_files([path], today=TODAY)
    assert column(path, 0) == ["毕会", "何然龙", "张三"]
    assert column(path, 3) == ["汉族", "满族", "维吾尔族"]


def test_every_form_comes_off_again_and_is_found_once(tmp_path: Path) -> None:
    path = register(tmp_path / "基本信息.xlsx", MIXED, [" 毕会 "], ["汉"])
    before = parts(path)
    assert len(fix_files([path], today=TODAY)[0].done) == 10
    assert fix_files([path], today=TODAY)[0].status == "none"
    fix_files([path], undo=True)
    assert parts(path) == before


# ── texts with formats of their own ────────────────────────────────────────────────────────────────────────────────────


def formatted(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(SHEET)
        red, bold = book.add_format({"color": "red"}), book.add_format({"bold": True})
        sheet.write_rich_string("B2", "张", red, " 三", bold, "（户主）")
        sheet.write_string("B3", "张 三")
    return path


RICH = Correction(SHEET, "B2", "张 三（户主）", "张三（户主）", "姓名", "去掉空格")


def runs(path: Path, cell: str = "B2") -> list[tuple[str, str]]:
    """Return (format, text) of each run of a cell."""
    book = openpyxl.load_workbook(path, rich_text=True)
    held = book[SHEET][cell].value
    if isinstance(held, str):
        return [("", held)]
    return [
        ("", run)
        if isinstance(run, str)
        else (f"{run.font.b or ''}{run.font.color.rgb if run.font.color else ''}", run.text)
        for run in held
    ]


def test_a_correction_keeps_the_format_of_every_character(tmp_path: Path) -> None:
    path = formatted(tmp_path / "a.xlsx")
    before = runs(path)
    content = parts(path)
    assert len(fix(path, [RICH]).done) == 1
    assert runs(path) == [(look, text.replace(" ", "")) for look, text in before]
    undo_fix(path)
    assert parts(path) == content


@pytest.mark.parametrize("who", ["openpyxl", "LibreOffice"])
def test_a_formatted_text_survives_undoing_after_another_program_saved_it(
    office: Office, tmp_path: Path, who: str
) -> None:
    path = formatted(tmp_path / "a.xlsx")
    before = runs(path)
    fix(path, [RICH])
    if who == "openpyxl":
        openpyxl.load_workbook(path, rich_text=True).save(path)
    else:
        office.resave(path)
    assert len(undo_fix(path).done) == 1
    assert [text for _, text in runs(path)] == [text for _, text in before]
    assert runs(path)[1][0] == before[1][0]


@pytest.mark.parametrize(
    ("inside", "new", "expected"),
    [
        ("<r><t>a b</t></r><r><rPr><b/></rPr><t>c</t></r>", "abc", [("", "ab"), ("b", "c")]),
        ("<r><t>１２</t></r><r><rPr><b/></rPr><t>３</t></r>", "123", [("", "12"), ("b", "3")]),
        ('<r><t xml:space="preserve"> </t></r><r><rPr><b/></rPr><t>毕</t></r>', "毕", [("", ""), ("b", "毕")]),
        ("<t>张三</t><rPh sb='0' eb='1'><t>zhang</t></rPh>", "张叁", [("", "张叁")]),
        ("<r><t>党员</t></r>", "中共党员", [("", "中共党员")]),
    ],
)
def test_runs_are_corrected_each_in_its_place(inside: str, new: str, expected: list[tuple[str, str]]) -> None:
    made = corrected(inside, new)
    assert made is not None
    assert "rPh" not in made
    found = re.findall(r"(<b/>)?(?:</rPr>)?<t xml:space=\"preserve\">(.*?)</t>", made)
    assert [("b" if bold else "", text) for bold, text in found] == expected


def test_a_formatted_text_we_do_not_understand_is_left_with_a_reason(tmp_path: Path) -> None:
    from tests.marking.marking_samples import HandMade

    book, path = HandMade(), tmp_path / "a.xlsx"
    book.rows = '<row r="1"><c r="A1" t="inlineStr"><is><r><t>张 三</t></r><x14:new xmlns:x14="urn:x"/></is></c></row>'
    book.write(path)
    before = path.read_bytes()
    made = fix(path, [Correction(SHEET, "A1", "张 三", "张三")])
    assert [code for _, code in made.skipped] == ["rich-text"]
    assert path.read_bytes() == before


def test_sorting_the_log_takes_everything_along(office: Office, tmp_path: Path) -> None:
    path = formatted(tmp_path / "a.xlsx")
    before = runs(path)
    fix(path, [Correction(SHEET, "B3", "张 三", "李四"), RICH])
    office.run(
        """
from com.sun.star.table import TableSortField
document = load(ARGUMENTS[0])
log = document.Sheets.getByName("更正记录")
field = TableSortField()
field.Field, field.IsAscending = 0, False
area = document.DatabaseRanges if False else log.getCellRangeByName("A4:H5")
area.sort((prop("SortFields", uno.Any("[]com.sun.star.table.TableSortField", (field,))), prop("ContainsHeader", False)))
save(document, ARGUMENTS[0])
document.close(True)
""",
        path,
    )
    assert re.search(r"_FilterDatabase.*?\\$H\\$5".replace("\\\\", "\\"), parts(path)["xl/workbook.xml"].decode())
    assert len(undo_fix(path).done) == 2
    assert [text for _, text in runs(path)] == [text for _, text in before]
    assert runs(path, "B3") == [("", "张 三")]


# ── passwords ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_encrypted_workbook_is_corrected_with_the_right_password(tmp_path: Path) -> None:
    path = register(tmp_path / "基本信息.xlsx", ["1980.1.5", "1980-01-06", "1980-01-07"])
    before = parts(path)
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt("密码123", sealed)
    path.write_bytes(sealed.getvalue())

    def command(*words: str, password: str) -> tuple[int, dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", "fix", str(path), "--json", *words], capture_output=True, check=False,
            env={**os.environ, "TAIZHANG_PASSWORD": password},
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout)["files"][0]

    assert command(password="不对")[0] == 3
    status, made = command(password="密码123")
    assert (status, made["status"], [one["new"] for one in made["corrections"]]) == (0, "done", ["1980-01-05"])
    assert path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
    assert column(_opened(path, tmp_path), 7)[0] == "1980-01-05"
    assert command("--undo", password="密码123")[1]["status"] == "done"
    assert parts(_opened(path, tmp_path)) == before


def _opened(path: Path, folder: Path) -> Path:
    plain = folder / "plain.xlsx"
    with path.open("rb") as file, plain.open("wb") as out:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password="密码123")
        office.decrypt(out)
    return plain


def test_an_undo_record_that_was_tampered_with_is_taken_out(tmp_path: Path) -> None:
    import zipfile

    path = formatted(tmp_path / "a.xlsx")
    fix(path, [RICH])
    content = parts(path)
    for said in (
        b'{"version":1}',
        b'{"version":1,"parts":{},"added":[],"lines":[{"kind":1}],"earlier":7}',
        b"[]",
        b"<a/>",
    ):
        content["customXml/item1.xml"] = b'<record xmlns="urn:taizhang:fixes:1">%s</record>' % said.replace(
            b"<", b"&lt;"
        )
        with zipfile.ZipFile(path, "w") as package:
            for name, data in content.items():
                package.writestr(name, data)
        assert len(undo_fix(path).done) <= 1
        assert not any("customXml" in name for name in parts(path))
