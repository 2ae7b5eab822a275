"""Formats of ours do not pile up, and what other programs leave of us in a workbook is removed or emptied."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from marking_samples import MARKS, SAMPLES, assert_clean, made_by_openpyxl, made_by_xlsxwriter, parts

from tests.office import Office
from toolkit.marking import mark, unmark
from toolkit.marking.equal_formats import meaning
from toolkit.model import Mark

CARD = "149999199201010001"
NUMBER = Mark("台账", "C3", "error", "E212", f"身份证号 {CARD} 有误", CARD)


def touched(path: Path) -> None:
    """Let another program have saved the workbook: one part differs."""
    content = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            changed = data.replace(b"</workbook>", b" </workbook>") if name == "xl/workbook.xml" else data
            package.writestr(name, changed)


def counts(path: Path) -> dict[str, int]:
    styles = parts(path)["xl/styles.xml"].decode()
    sections = {kind: re.search(rf"<{kind}[ >].*?</{kind}>", styles, re.DOTALL) for kind in
                ("fonts", "fills", "borders", "cellXfs", "dxfs", "cellStyles")}  # fmt: skip
    item = {
        "fonts": "font",
        "fills": "fill",
        "borders": "border",
        "cellXfs": "xf",
        "dxfs": "dxf",
        "cellStyles": "cellStyle",
    }
    return {kind: len(re.findall(rf"<{item[kind]}[ />]", found[0])) if found else 0 for kind, found in sections.items()}


def filled(path: Path) -> int:
    """Return how many differential formats say anything: in front of others ours can only be emptied."""
    section = re.search(r"<dxfs.*?</dxfs>", parts(path)["xl/styles.xml"].decode(), re.DOTALL)
    return len(re.findall(r"<dxf>", section[0])) if section else 0


@pytest.mark.parametrize("make", [made_by_openpyxl, made_by_xlsxwriter])
def test_formats_do_not_pile_up_with_every_save(make: object, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    make(path)  # type: ignore[operator]
    before = counts(path)
    mark(path, path, MARKS)
    once = counts(path)
    for _ in range(6):
        touched(path)
        assert mark(path, path, MARKS[:5]).changed
        touched(path)
        mark(path, path, MARKS)
    assert counts(path) == once
    touched(path)
    unmark(path, path)
    assert counts(path)["dxfs"] == before["dxfs"]


@pytest.mark.parametrize("name", ["openpyxl", "xlsxwriter", "full styles"])
def test_many_rounds_through_libreoffice_leave_the_workbook_as_one_does(
    office: Office, tmp_path: Path, name: str
) -> None:
    path, plain = tmp_path / "a.xlsx", tmp_path / "plain.xlsx"
    SAMPLES[name](path)
    office.resave(path, plain)
    sizes = []
    for _ in range(4):
        mark(path, path, [*MARKS, NUMBER])
        office.resave(path)
        sizes.append(counts(path))
    assert sizes[1:] == sizes[1:2] * 3
    unmark(path, path)
    assert_clean(path)
    assert not any(CARD in data.decode("utf-8", "replace") and "身份证号 " in data.decode("utf-8", "replace")
                   for data in parts(path).values())  # fmt: skip
    assert filled(path) <= filled(plain)


def test_texts_of_findings_do_not_stay_among_the_shared_strings(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("台账").write_column(
            "A1", ["姓名", "张三", NUMBER.message]
        )  # somebody wrote down what we said
        book.add_worksheet("乙").write_column("A1", ["张三", "李四"])
    mark(
        path,
        path,
        [
            NUMBER,
            Mark("台账", "A9", "error", "E201", "没有填写", "张三"),
            Mark("台账", "B9", "error", "E201", "只有我们说过"),
        ],
    )
    office.resave(path)
    assert "只有我们说过" in parts(path)["xl/sharedStrings.xml"].decode()
    unmark(path, path)
    strings = parts(path)["xl/sharedStrings.xml"].decode()
    assert "只有我们说过" not in strings
    assert strings.count(CARD) == 1
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["台账"]["A"]] == ["姓名", "张三", NUMBER.message]
    assert [cell.value for cell in book["乙"]["A"]] == ["张三", "李四"]


def test_a_format_that_something_uses_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    mark(path, path, MARKS)
    content = parts(path)
    sheet = content["xl/worksheets/sheet1.xml"].decode()
    numbers = re.findall(r'dxfId="(\d+)"[^>]*><formula>AND\(N', sheet)
    theirs = f'<conditionalFormatting sqref="Z1"><cfRule type="expression" dxfId="{max(map(int, numbers))}" priority="99"><formula>TRUE</formula></cfRule></conditionalFormatting>'
    content["xl/worksheets/sheet1.xml"] = sheet.replace("<dataValidations", theirs + "<dataValidations", 1).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            package.writestr(name, data)
    before = counts(path)["dxfs"]
    unmark(path, path)
    assert counts(path)["dxfs"] == before
    rules = [rule for item in openpyxl.load_workbook(path)["台账"].conditional_formatting for rule in item.rules]
    assert any(rule.dxf and rule.dxf.fill for rule in rules if rule.formula == ["TRUE"])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            '<font><b/><sz val="10"/><color rgb="FF262626"/></font>',
            '<font><sz val="10"/><b val="true"/><color rgb="ff262626"/></font>',
        ),
        (
            '<border><left style="thin"/><diagonal/></border>',
            '<border diagonalUp="false" diagonalDown="false"><left style="thin"/><right/><top style="none"/></border>',
        ),
        (
            '<xf numFmtId="0" fontId="1"><alignment horizontal="left"/></xf>',
            '<xf numFmtId="0" fontId="1" xfId="0" applyFont="true"><alignment horizontal="left" indent="0" wrapText="false"/><protection locked="true" hidden="false"/></xf>',
        ),
    ],
)
def test_formats_are_equal_however_they_are_written(ours: str, theirs: str) -> None:
    assert meaning(ours.encode()) == meaning(theirs.encode())
    assert meaning(ours.encode()) != meaning(theirs.replace('"10"', '"11"').replace("left", "center").encode())
