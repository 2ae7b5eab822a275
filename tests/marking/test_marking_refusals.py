"""What is refused, and with which word; nothing is ever written then."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from marking_samples import MARKS, HandMade, hand_made, overlapping_zip

from toolkit import messages
from toolkit.marking import mark, read_label, unmark
from toolkit.model import RefusedWorkbook


def _bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def _members(*members: tuple[str, bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in [*HandMade().build().items(), *members]:
                package.writestr(name, content)

    return make


def _truncated(path: Path) -> None:
    HandMade().write(path)
    path.write_bytes(path.read_bytes()[:-300])


def _flipped(path: Path) -> None:
    hand_made(method=zipfile.ZIP_STORED)(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"<c r=") + 3] ^= 1
    path.write_bytes(bytes(data))


def _encrypted_member(path: Path) -> None:
    HandMade().write(path)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(bytes(data))


def _understated(path: Path) -> None:
    HandMade().write(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\1\2")) - 46
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_bytes(b""), "not-a-workbook"),
    "HTML under a wrong name": (_bytes(b"<html><table></table></html>"), "not-a-workbook"),
    "CSV under a wrong name": (_bytes("姓名,电话\n".encode("gbk")), "not-a-workbook"),
    "old format": (_bytes(_OLE), "old-format"),
    "password": (_bytes(_OLE + "EncryptedPackage".encode("utf-16-le") + bytes(600)), "encrypted"),
    "truncated": (_truncated, "broken-zip"),
    "checksum": (_flipped, "broken-zip"),
    "overlapping members": (_bytes(overlapping_zip()), "broken-zip"),
    "understated size": (_understated, "broken-zip"),
    "zip password": (_encrypted_member, "encrypted"),
    "another zip": (lambda path: zipfile.ZipFile(path, "w").writestr("a.txt", "x"), "not-a-workbook"),
    "signed": (_members(("_xmlsignatures/origin.sigs", b"")), "signed"),
    "duplicate": (_members(("XL/Workbook.xml", b"<a/>")), "duplicate-members"),
    "traversal": (_members(("xl/../../etc/passwd", b"x")), "unsafe-names"),
    "bomb": (_members(("xl/media/image1.bin", bytes(60 << 20))), "too-large"),
    "bomb in a sheet": (_members(("xl/worksheets/sheet2.xml", bytes(80 << 20))), "too-large"),
    "crowd": (_members(*((f"xl/media/{at}.png", b"") for at in range(2001))), "too-many-parts"),
    "doctype": (hand_made(head='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'), "doctype"),
    "doctype in the sheet": (hand_made(sheet_data="<!DOCTYPE x><sheetData/>"), "doctype"),
    "no rows element": (hand_made(sheet_data="<sheetDatum/>"), "malformed"),
    "cut-off sheet": (hand_made(sheet_data="<sheetData/>", tail="<mergeCells>"), "malformed"),
    "unknown encoding": (hand_made(head='<?xml version="1.0" encoding="klingon"?>'), "encoding"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case: str, tmp_path: Path) -> None:
    make, code = CASES[case]
    path = tmp_path / "a.xlsx"
    make(path)
    before = path.read_bytes()
    with pytest.raises(RefusedWorkbook) as refused:
        mark(path, path, MARKS)
    assert refused.value.code == code
    assert refused.value.reason == messages.text(f"marks.refused.{code}")
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]
    with pytest.raises(RefusedWorkbook):
        mark(path, tmp_path / "b.xlsx", MARKS, language="en")
    assert [found.name for found in tmp_path.iterdir()] == ["a.xlsx"]
    assert read_label(path) is None


def test_a_binary_workbook_has_a_word_of_its_own(tmp_path: Path) -> None:
    book = HandMade().build()
    book["_rels/.rels"] = book["_rels/.rels"].replace(b"workbook.xml", b"workbook.bin")
    book["xl/workbook.bin"] = b"\x83\x01\x00"
    with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as package:
        for name, content in book.items():
            package.writestr(name, content)
    with pytest.raises(RefusedWorkbook) as refused:
        unmark(tmp_path / "a.xlsb", tmp_path / "b.xlsb")
    assert refused.value.code == "binary-workbook"


def test_every_reason_stands_in_the_catalogue_in_both_languages() -> None:
    for name in messages.names():
        if name.startswith("marks."):
            for language in messages.LANGUAGES:
                assert messages.text(name, language) or name == "marks.sheet.title"
