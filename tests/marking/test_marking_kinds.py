"""Workbooks of other kinds: encrypted ones are marked in place, the rest as a copy of the original."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
import xlwt
from marking_samples import MARKS, SAMPLES, HandMade, parts
from msoffcrypto.format.ooxml import OOXMLFile
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from toolkit.marking import FINDINGS_SHEET, mark, mark_copy, read_label, unmark
from toolkit.model import RefusedWorkbook

needs_libreoffice = pytest.mark.skipif(
    shutil.which("soffice") is None and not os.environ.get("REQUIRE_ALL"),
    reason="LibreOffice is not installed",
)


def old_format(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    dated = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    sheet.write_merge(0, 0, 0, 4, "走访慰问台账")
    for column, text in enumerate(["1", "", "149999199201010001"]):
        if text:
            sheet.write(1, column, text)
    sheet.write(2, 3, dt.date(2024, 1, 5), dated)
    sheet.write(1, 4, xlwt.Formula("2*2500"))
    sheet.write(3, 1, "=1+1")
    book.save(str(path))


def open_document(path: Path) -> None:
    book = OpenDocumentSpreadsheet()
    table = Table(name="台账")
    for values in (["标题"], ["1", "", "149999199201010001"]):
        row = TableRow()
        for value in values:
            cell = TableCell(valuetype="string") if value else TableCell()
            if value:
                cell.addElement(P(text=value))
            row.addElement(cell)
        table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save(str(path))


def seal(path: Path, password: str) -> None:
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt(password, sealed)
    path.write_bytes(sealed.getvalue())


def unseal(path: Path, password: str, target: Path) -> dict[str, bytes]:
    with path.open("rb") as file, target.open("wb") as plain:
        office = msoffcrypto.OfficeFile(file)
        office.load_key(password=password)
        office.decrypt(plain)
    return parts(target)


@pytest.mark.parametrize("way", ["libreoffice", "values"])
@pytest.mark.parametrize(("make", "suffix"), [(old_format, "xls"), (old_format, "et"), (open_document, "ods")])
def test_a_marked_copy_of_another_kind(
    make: object, suffix: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "values":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    elif shutil.which("soffice") is None and not os.environ.get("REQUIRE_ALL"):
        pytest.skip("LibreOffice is not installed")
    source, target = tmp_path / f"台账.{suffix}", tmp_path / "out" / f"台账.{suffix}.xlsx"
    make(source)  # type: ignore[operator]
    before = source.read_bytes()
    result = mark_copy(source, target, MARKS, copy_of=f"马村镇/台账.{suffix}")
    assert (result.status, result.marked, result.changed) == ("done", 6, True)
    assert source.read_bytes() == before
    label = read_label(target)
    assert label is not None
    assert (label.mode, label.source, label.saved_since) == ("copy", f"马村镇/台账.{suffix}", False)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["台账", FINDINGS_SHEET]
    assert book["台账"]["C2"].value == "149999199201010001"
    if make is old_format:
        assert [str(area) for area in book["台账"].merged_cells.ranges] == ["A1:E1"]
        assert book["台账"]["D3"].value == dt.datetime(2024, 1, 5)  # noqa: DTZ001 - as openpyxl reads it
        assert (book["台账"]["B4"].value, book["台账"]["B4"].data_type) == ("=1+1", "s")
    assert f"台账.{suffix}" in book[FINDINGS_SHEET]["A4"].value

    def never(*_: object) -> None:
        raise AssertionError("converted again")

    monkeypatch.setattr("toolkit.marking.to_xlsx", never)
    first = target.read_bytes()
    assert mark_copy(source, target, MARKS, copy_of=f"马村镇/台账.{suffix}").changed is False
    assert target.read_bytes() == first


def test_a_copy_somebody_typed_into_is_never_overwritten(tmp_path: Path) -> None:
    SAMPLES["openpyxl"](tmp_path / "a.xlsx")
    mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS, copy_of="a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    book["台账"]["B2"] = "张三"
    book.save(tmp_path / "b.xlsx")
    before = (tmp_path / "b.xlsx").read_bytes()
    for again in (
        lambda: mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS[1:], copy_of="a.xlsx"),
        lambda: mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS[1:], copy_of="a.xlsx"),
        lambda: mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [], copy_of="a.xlsx"),
    ):
        with pytest.raises(RefusedWorkbook) as refused:
            again()
        assert refused.value.code == "typed-in-copy"
    assert (tmp_path / "b.xlsx").read_bytes() == before


def test_without_marks_there_is_no_copy(tmp_path: Path) -> None:
    SAMPLES["openpyxl"](tmp_path / "a.xlsx")
    assert mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [], copy_of="a.xlsx").status == "none"
    assert not (tmp_path / "b.xlsx").exists()
    mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS, copy_of="a.xlsx")
    assert mark_copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [], copy_of="a.xlsx").changed
    assert not (tmp_path / "b.xlsx").exists()


def test_nothing_else_is_taken_for_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<html/>")
    with pytest.raises(RefusedWorkbook) as refused:
        mark_copy(tmp_path / "a.xls", tmp_path / "b.xlsx", MARKS, copy_of="a.xls")
    assert refused.value.code == "not-a-workbook"


def test_an_encrypted_workbook_is_marked_and_encrypted_again(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    before = parts(path)
    seal(path, "密码123")
    with pytest.raises(RefusedWorkbook) as refused:
        mark(path, path, MARKS)
    assert refused.value.code == "encrypted"
    with pytest.raises(RefusedWorkbook) as refused:
        mark(path, path, MARKS, password="不对")
    assert refused.value.code == "wrong-password"
    assert mark(path, path, MARKS, password="密码123").marked == 6
    assert "customXml/item1.xml" in unseal(path, "密码123", tmp_path / "plain.xlsx")
    assert read_label(path) is None
    label = read_label(path, "密码123")
    assert label is not None
    assert label.mode == "in-place"
    stamp = path.stat().st_mtime_ns
    assert mark(path, path, MARKS, password="密码123").changed is False
    assert path.stat().st_mtime_ns == stamp
    assert unmark(path, path, password="密码123").changed
    assert unseal(path, "密码123", tmp_path / "plain.xlsx") == before


def test_a_very_small_encrypted_workbook_can_still_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    HandMade().write(path)
    assert path.stat().st_size < 4096
    before = parts(path)
    mark(path, path, MARKS)
    seal(path, "a")
    unmark(path, path, password="a")
    assert unseal(path, "a", tmp_path / "plain.xlsx") == before
