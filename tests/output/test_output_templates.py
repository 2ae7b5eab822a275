"""Blank ledgers: what is made from the dictionary and filled in correctly passes the check, in any program that fills it in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from template_samples import fill

from tests.conftest import needs
from tests.processing import process
from toolkit.fields import type_names
from toolkit.fields.base import CodeList
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.ledgers.ledger import Ledger
from toolkit.messages import LANGUAGES, has
from toolkit.output.template import Blank, file_name, write_template

LEDGERS = load_dictionary().ledgers
UNO = Path(__file__).parent / "fill_in_libreoffice.py"


def made(folder: Path, ledger: Ledger, **more: Any) -> Path:
    return write_template(folder / file_name(ledger), ledger, Blank(**{"county": "高平市", "year": 2020, **more}))


def first_row(page: Any) -> int:
    """Return the row of number 1."""
    return next(int(cell.row) for cell in page["A"] if cell.value == 1)


def header(page: Any) -> dict[str, int]:
    """Return field → column; a heading stands in the last row of the header, or above it where it is merged."""
    last = first_row(page) - 1
    found = {}
    for column in range(1, page.max_column + 1):
        said = next((page.cell(row, column).value for row in (last, last - 1) if page.cell(row, column).value), None)
        if said:
            found[str(said).replace("（元）", "").rstrip("*")] = column
    return found


def typed(path: Path, ledger: Ledger) -> list[tuple[int, int, Any]]:
    """Return (row, column, value) of everything that a clerk types into a blank ledger."""
    page = load_workbook(path).worksheets[0]
    top, columns = first_row(page), header(page)
    return [
        (top + number, columns[name], value)
        for number, row in enumerate(fill(ledger))
        for name, value in row.items()
        if value is not None
    ]


@pytest.mark.parametrize("number", sorted(LEDGERS))
def test_what_is_filled_in_correctly_passes_the_check(tmp_path: Path, number: str) -> None:
    ledger = LEDGERS[number]
    path = made(tmp_path, ledger)
    book = load_workbook(path)
    page = book.worksheets[0]
    assert list(header(page)) == list(ledger.fields)
    for row, column, value in typed(path, ledger):
        page.cell(row, column).value = value
    book.save(path)
    seen = process(path)
    assert [(one.code, one.place.cell, one.params) for one in seen.file.findings] == []
    assert (seen.file.status, [(table.ledger, table.rows) for table in seen.file.tables]) == ("ok", [(number, 3)])


@pytest.mark.parametrize("number", sorted(LEDGERS))
def test_a_blank_that_comes_back_blank_is_said_to_be_empty_and_nothing_else(tmp_path: Path, number: str) -> None:
    seen = process(made(tmp_path, LEDGERS[number]))
    assert [one.code for one in seen.file.findings] == ["W109"]


def test_the_report_line_is_read_when_it_is_filled_in(tmp_path: Path) -> None:
    path = made(tmp_path, LEDGERS["L2"])
    book = load_workbook(path)
    page = book.worksheets[0]
    labels = {cell.value: cell.column for cell in page[2] if cell.value}
    assert list(labels) == ["填报单位（盖章）：", "填报日期：", "单位：元"]
    for label, value in (("填报单位（盖章）：", "马村镇退役军人服务站"), ("填报日期：", "2020.12.25")):
        entry = next(cell for cell in page[2] if cell.column > labels[label] and not cell.protection.locked)
        entry.value = value
    for row, column, value in typed(path, LEDGERS["L2"]):
        page.cell(row, column).value = value
    book.save(path)
    table = process(path).file.tables[0]
    assert (table.title, table.filled_on) == ("高平市走访慰问台账(2020年度)", "2020-12-25")


def test_a_ledger_that_an_administrator_added_has_its_blank(tmp_path: Path) -> None:
    from tests.ledgers.dictionary_books import add, edited

    def edit(book: Any) -> None:
        add(book, "台账", 编号="L19", 名称="军休/离休 [甲] 台账: “新”", 简称="军休*", 报送周期="每月")
        add(book, "字段", 台账="L19", 列名="对象", 类型="姓名", 必填="必填", 填写提示="写全名")
        add(book, "字段", 台账="L19", 列名="结论", 类型="是否", 必填="必填", 表头分组="结果")

    ledger = load_dictionary(edited(tmp_path / "d.xlsx", edit)).ledgers["L19"]
    path = made(tmp_path, ledger)
    assert path.name == "军休离休 甲 台账 “新”.xlsx"
    page = load_workbook(path).worksheets[0]
    assert page.title == "军休"
    assert [page["A3"].value, page["B3"].value, page["B4"].value] == ["对象*", "结果", "结论*"]
    assert [said.promptTitle for said in page.data_validations.dataValidation] == ["对象", "结论"]
    assert "写全名" in page.data_validations.dataValidation[0].prompt


def checks(page: Any) -> dict[str, Any]:
    """Return field → the validation of its cells."""
    columns = {column: name for name, column in header(page).items()}
    found = {}
    for check in page.data_validations.dataValidation:
        for area in check.sqref.ranges:
            found[columns[area.min_col]] = check
    return found


def test_dropdowns_offer_the_code_lists(tmp_path: Path) -> None:
    found = checks(load_workbook(made(tmp_path, LEDGERS["L1"])).worksheets[0])
    assert found["性别"].formula1 == '"男,女"'
    assert found["是否孤老"].formula1 == '"是,否"'
    assert str(found["民族"].formula1).count(",") == 55
    assert not found["立功受奖情况"].showErrorMessage, "several may be typed"
    assert found["性别"].showErrorMessage


def test_long_code_lists_are_offered_from_a_hidden_sheet_that_is_never_read(tmp_path: Path) -> None:
    ledger = LEDGERS["L3"]
    codes = CodeList.build("困难类型", tuple(f"第{n}种困难, 详见目录" for n in range(1, 80)), {})
    ledger = replace(ledger, fields=ledger.fields | {"困难类型": replace(ledger.fields["困难类型"], codes=codes)})
    path = made(tmp_path, ledger)
    book = load_workbook(path)
    page, hidden = book.worksheets
    assert (hidden.title, hidden.sheet_state) == ("下拉选项", "hidden")
    where = str(checks(page)["困难类型"].formula1).rpartition("!")[2].replace("$", "")
    assert [row[0].value for row in hidden[where]] == list(codes.values)
    assert [one.code for one in process(path).file.findings] == ["W109"]


def test_every_column_says_how_it_is_filled_in(tmp_path: Path) -> None:
    for ledger in LEDGERS.values():
        found = checks(load_workbook(made(tmp_path, ledger)).worksheets[0])
        for spec in ledger.fields.values():
            said = found[spec.name].prompt if spec.name in found else ""
            assert len(said) <= 255
            assert ("必填" in said) == spec.required
            if spec.type != "text":
                assert said, spec.name
    for lang in LANGUAGES:
        assert all(has(f"template.note.{name}") for name in type_names()), lang


def test_numbers_of_persons_and_dates_of_a_life_are_kept_as_typed(tmp_path: Path) -> None:
    page = load_workbook(made(tmp_path, LEDGERS["L1"])).worksheets[0]
    row, columns = first_row(page), header(page)
    formats = {name: page.cell(row, column).number_format for name, column in columns.items()}
    assert {formats[name] for name in ("身份证号", "联系电话", "银行账号", "退役证件号", "入伍时间", "出生日期")} == {
        "@"
    }
    visits = load_workbook(made(tmp_path, LEDGERS["L2"])).worksheets[0]
    row, columns = first_row(visits), header(visits)
    assert visits.cell(row, columns["走访日期"]).number_format == "yyyy-mm-dd"
    assert visits.cell(row, columns["慰问金"]).number_format == "#,##0.00"


def test_headings_are_locked_and_rows_are_not(tmp_path: Path) -> None:
    for ledger in LEDGERS.values():
        page = load_workbook(made(tmp_path, ledger)).worksheets[0]
        assert page.protection.sheet
        assert page.protection.password is None
        assert not page.protection.insertRows, "allowed: the flag says what is forbidden"
        assert not page.protection.formatCells
        top = first_row(page)
        for column in range(1, len(ledger.fields) + 1):
            assert page.cell(top - 1, column).protection.locked
            assert not page.cell(top, column).protection.locked
        assert not page["A1"].protection.locked, "the title may be adapted"


def test_it_prints_on_a4_with_its_header_on_every_page(tmp_path: Path) -> None:
    page = load_workbook(made(tmp_path, LEDGERS["L2"], rows=40)).worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$3:$4"
    assert page.freeze_panes == "C5"
    assert page["A44"].value == 40
    assert page["A45"].value.startswith("填表人：")
    groups = {cell.value for cell in page[3]} - {None}
    assert {"走访情况", "慰问情况"} <= groups
    assert all(len(ledger.fields) for ledger in LEDGERS.values())


def test_every_page_of_every_blank_is_one_sheet_of_paper_high(tmp_path: Path) -> None:
    """As LibreOffice prints them, whose stand-in fonts are wider than those on a clerk's machine."""
    soffice = needs("soffice")
    paths = [made(tmp_path, ledger) for ledger in LEDGERS.values()]
    command = [
        soffice,
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=300)
    for path in paths:
        page = load_workbook(path).worksheets[0]
        pages = path.with_suffix(".pdf").read_bytes().count(b"/Type/Page/") or path.with_suffix(
            ".pdf"
        ).read_bytes().count(b"/Type/Page\n")
        assert pages == len(page.col_breaks.brk) + 1, path.name


def test_filled_in_by_libreoffice_it_passes_as_well(tmp_path: Path) -> None:
    soffice = needs("soffice")
    python = _python_with_uno()
    if python is None:
        needs("python3-uno")
    jobs = []
    for number in ("L1", "L2", "L4", "L12"):
        path = made(tmp_path, LEDGERS[number])
        jobs.append([str(path), typed(path, LEDGERS[number])])
    (tmp_path / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    command = [str(python), str(UNO), soffice, (tmp_path / "profile").as_uri(), str(tmp_path / "jobs.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["locked"] * len(jobs), "the headings refuse to be typed over"
    for path, entries in jobs:
        seen = process(Path(path))
        assert [(one.code, one.place.cell, one.params) for one in seen.file.findings] == []
        assert seen.file.rows == 3
        assert len(entries) > 20


def _python_with_uno() -> str | None:
    import shutil

    for name in (sys.executable, "python3", "/usr/bin/python3", "/usr/lib/libreoffice/program/python"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", "import uno"], capture_output=True).returncode == 0:
            return found
    return None
