"""Marks in the hands of another program: they clear, and come off after it has saved the file."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from marking_samples import MARKS, SAMPLES, assert_clean, parts

from toolkit.marking import FINDINGS_SHEET, mark, read_label, unmark
from toolkit.model import Mark

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None and not os.environ.get("REQUIRE_ALL"), reason="LibreOffice is not installed"
)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
RESAVED = ["openpyxl", "xlsxwriter", "by hand", "prefixed", "utf-16", "comments and CDATA"]

Convert = Callable[..., None]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    profile = tmp_path_factory.mktemp("profile")

    def run(files: list[Path], out: Path, kind: str = "xlsx") -> None:
        out.mkdir(exist_ok=True)
        command = [
            str(SOFFICE),
            "--headless",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            kind,
        ]
        subprocess.run([*command, "--outdir", str(out), *map(str, files)], check=True, capture_output=True, timeout=120)

    return run


def values(path: Path) -> dict[str, list[tuple[str, object]]]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [
            (cell.coordinate, cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
        ]
        for sheet in book.worksheets
        if not sheet.title.startswith(FINDINGS_SHEET)
    }


@needs_libreoffice
def test_marks_come_off_after_libreoffice_has_saved(convert: Convert, tmp_path: Path) -> None:
    originals, marked = [], []
    for at, name in enumerate(RESAVED):
        plain = tmp_path / f"plain{at}.xlsx"
        SAMPLES[name](plain)
        mark(plain, tmp_path / f"marked{at}.xlsx", MARKS)
        originals.append(plain)
        marked.append(tmp_path / f"marked{at}.xlsx")
    convert([*originals, *marked], tmp_path / "saved")
    for at, name in enumerate(RESAVED):
        foreign = tmp_path / "saved" / f"plain{at}.xlsx"
        mark(foreign, tmp_path / "again.xlsx", MARKS)
        unmark(tmp_path / "again.xlsx", tmp_path / "again.xlsx")
        assert parts(tmp_path / "again.xlsx") == parts(foreign), name
        saved = tmp_path / "saved" / f"marked{at}.xlsx"
        assert values(saved) == values(tmp_path / "saved" / f"plain{at}.xlsx"), name
        assert b"taizhang E201" in parts(saved)["xl/worksheets/sheet1.xml"], name
        assert read_label(saved) is not None, name
        assert unmark(saved, saved).changed, name
        assert_clean(saved)
        assert values(saved) == values(tmp_path / "saved" / f"plain{at}.xlsx"), name
        assert mark(saved, saved, MARKS).marked == 6
        assert mark(saved, saved, MARKS).changed is False
        unmark(saved, saved)
        assert_clean(saved)


def test_marks_come_off_after_openpyxl_has_saved(tmp_path: Path) -> None:
    for name in ("openpyxl", "xlsxwriter", "by hand"):
        path = tmp_path / "a.xlsx"
        SAMPLES[name](path)
        mark(path, path, MARKS, copy_of="a.xlsx")
        openpyxl.load_workbook(path).save(path)
        assert unmark(path, tmp_path / "b.xlsx").changed
        path = tmp_path / "b.xlsx"
        assert_clean(path)
    book = openpyxl.load_workbook(path)
    assert book.defined_names == {}


def test_people_keep_what_they_typed_into_our_note(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    mark(path, path, MARKS)
    book = openpyxl.load_workbook(path)
    book["台账"]["B2"].comment.text += "\n此人已搬走，王五"
    book.save(path)
    unmark(path, path)
    sheet = openpyxl.load_workbook(path)["台账"]
    assert sheet["B2"].comment.text == "此人已搬走，王五"
    assert sheet["B3"].comment is None
    assert sheet["D5"].comment.text == "本人已核实"


def test_names_and_tabs_behind_our_sheet_are_put_right(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    mark(path, path, MARKS)
    book = openpyxl.load_workbook(path)
    late = book.create_sheet("后加的")
    late["A1"] = "有内容"
    late.print_title_rows = "1:1"
    book.active = 3
    book.save(path)
    unmark(path, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["台账", "说明", "后加的"]
    assert book["后加的"].print_title_rows == "$1:$1"
    assert book.active.title == "后加的"


def test_a_stale_calculation_chain_goes_with_our_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    mark(path, path, MARKS)
    content = parts(path)
    number = re.search(
        rb'name="\xe9\x97\xae\xe9\xa2\x98\xe6\xb8\x85\xe5\x8d\x95" sheetId="(\d+)"',
        content["xl/workbook.xml"],
    )
    assert number
    content["xl/calcChain.xml"] = b'<calcChain xmlns="urn:x"><c r="A2" i="%s"/></calcChain>' % number[1]
    rels = "xl/_rels/workbook.xml.rels"
    content[rels] = content[rels].replace(
        b"</Relationships>",
        b'<Relationship Id="c" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"'
        b' Target="calcChain.xml"/></Relationships>',
    )
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            package.writestr(name, data)
    unmark(path, path)
    assert "xl/calcChain.xml" not in parts(path)
    assert b"calcChain" not in parts(path)[rels]
    assert_clean(path)


HELD = {
    "B2": (None, "张三"),
    "B3": ("　", "李四"),
    "B4": ("无", "王五"),
    "B5": ('他说"好"&<是>', "他说好"),
    "B6": ("长" * 90 + "尾" * 40, "长" * 90 + "尾" * 39),
    "B7": (12345.678, 12345.679),
    "B8": (-3, 3),
    "B9": (0, 1),
    "B10": (dt.date(2024, 2, 30 - 1), dt.date(2024, 3, 1)),
    "B11": (True, False),
    "B12": (149999199201010010, "149999199201010010"),
    "B13": ("123", 123),
    "B14": ("abc", "ABC"),
    "B15": ("'前导撇号", "前导撇号"),
    "B16": ("第一行\n第二行", "第一行"),
    "B17": ("=1+1", "2"),
    "B18": ("名" * 60 + "😀" * 60, "名" * 40),
    "B19": ("_x000D_", "普通"),
    "B20": (1e-9, 1e-3),
}


def _evaluated(
    convert: Convert, path: Path, changes: dict[str, object], out: Path
) -> tuple[list[bool], list[str], str]:
    """Let LibreOffice compute the conditions and the findings sheet after these changes."""
    book = openpyxl.load_workbook(path)
    sheet = book["台账"]
    for cell, value in changes.items():
        sheet[cell].value = value
        if isinstance(value, str):
            sheet[cell].data_type = "s"
    conditions = [rule.formula[0] for item in sheet.conditional_formatting for rule in item.rules]
    for at, condition in enumerate(conditions, 1):
        sheet.cell(at, 26).value = "=" + condition
    book.save(path)
    convert([path], out)
    computed = openpyxl.load_workbook(out / path.name, data_only=True)
    results = [bool(computed["台账"].cell(at, 26).value) for at in range(1, len(conditions) + 1)]
    errors = [isinstance(computed["台账"].cell(at, 26).value, str) for at in range(1, len(conditions) + 1)]
    listed = computed[FINDINGS_SHEET]
    states = [listed.cell(row, 9).value for row in range(6, 6 + len(HELD))]
    shown = [result and not error for result, error in zip(results, errors, strict=True)]
    return shown, states, listed["A2"].value


@needs_libreoffice
def test_a_colour_goes_when_its_cell_changes(convert: Convert, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for cell, (value, _) in HELD.items():
        sheet[cell].value = value
        if isinstance(value, str):
            sheet[cell].data_type = "s"
    book.save(tmp_path / "a.xlsx")
    marks = [Mark("台账", cell, "error", f"E{at + 300}", "请更正") for at, cell in enumerate(HELD)]
    for name in ("same", "typed", "half"):
        assert mark(tmp_path / "a.xlsx", tmp_path / f"{name}.xlsx", marks).marked == len(HELD)
    shown, states, left = _evaluated(convert, tmp_path / "same.xlsx", {}, tmp_path / "out")
    assert shown == [True] * len(HELD)
    assert set(states) == {"未改"}
    assert left == f"还剩 {len(HELD)} 处未动"
    typed = {cell: value for cell, (_, value) in HELD.items()}
    shown, states, left = _evaluated(convert, tmp_path / "typed.xlsx", typed, tmp_path / "out")
    assert shown == [False] * len(HELD)
    assert set(states) == {"已变动，待复查"}
    assert left == "还剩 0 处未动"


@needs_libreoffice
def test_the_findings_sheet_reads_the_same_computed_or_not(convert: Convert, tmp_path: Path) -> None:
    SAMPLES["openpyxl"](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", MARKS)
    ours = list(openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)[FINDINGS_SHEET].iter_rows(values_only=True))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.save(tmp_path / "uncomputed.xlsx")
    convert([tmp_path / "uncomputed.xlsx"], tmp_path / "out")
    saved = openpyxl.load_workbook(tmp_path / "out" / "uncomputed.xlsx", data_only=True)
    assert list(saved[FINDINGS_SHEET].iter_rows(values_only=True)) == ours


@needs_libreoffice
def test_a_deleted_row_says_so(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    mark(path, path, MARKS[:2])
    book = openpyxl.load_workbook(path)
    for row in book[FINDINGS_SHEET].iter_rows(min_row=6, max_row=6):
        for cell in row:
            if cell.data_type == "f":
                cell.value = cell.value.replace("'台账'!$B$2", "#REF!")
    book.save(path)
    convert([path], tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx", data_only=True)[FINDINGS_SHEET]
    assert [sheet["I6"].value, sheet["I7"].value] == ["行已删", "未改"]
    assert sheet["A2"].value == "还剩 1 处未动"


def test_findings_cannot_act_as_formulas(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["openpyxl"](path)
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "<a>&\"'", "_x0041_"]
    mark(path, path, [Mark("台账", f"B{at}", "error", "E201", text, text) for at, text in enumerate(evil, 2)])
    sheet = openpyxl.load_workbook(path)[FINDINGS_SHEET]
    for at, text in enumerate(evil, 6):
        for column in (6, 7):
            cell = sheet.cell(at, column)
            assert (cell.data_type, cell.quotePrefix) == ("s", True)
            if text != "_x0041_":  # openpyxl resolves the escape of an escape
                assert cell.value == text


UNO = """
import subprocess, sys, time, uno
from com.sun.star.beans import PropertyValue
soffice, profile, path, target = sys.argv[1:]
pipe = "taizhang" + str(time.time_ns())
office = subprocess.Popen([soffice, "--headless", "--norestore", "-env:UserInstallation=" + profile,
                           "--accept=pipe,name=" + pipe + ";urp;"])
try:
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(150):
        try:
            remote = resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(0.2)
    desktop = remote.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    document = desktop.loadComponentFromURL(path, "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
    sheet = document.Sheets.getByIndex(0)
    sheet.Rows.insertByIndex(1, 2)
    sheet.getCellRangeByName("B4").String = "张三"
    sheet.Rows.removeByIndex(4, 1)
    listed = document.Sheets.getByIndex(document.Sheets.Count - 1)
    print(listed.getCellRangeByName("A2").String)
    for row in range(6, 13):
        print("|".join(listed.getCellRangeByName(column + str(row)).String for column in "CI"))
    document.storeToURL(target, (PropertyValue("FilterName", 0, "Calc MS Excel 2007 XML", 0),))
    document.close(True)
    desktop.terminate()
    office.wait(30)
finally:
    office.kill()
"""


def _python_with_uno() -> str | None:
    for name in ("/usr/bin/python3", "python3"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return found
    return None


@needs_libreoffice
@pytest.mark.parametrize("name", ["台账", '马村\'镇 "1" & <2>'])
def test_marks_follow_inserted_and_deleted_rows(tmp_path: Path, name: str) -> None:
    python = _python_with_uno()
    if python is None and not os.environ.get("REQUIRE_ALL"):
        pytest.skip("LibreOffice's Python bridge is not installed")
    assert python is not None
    path, saved = tmp_path / "a.xlsx", tmp_path / "saved.xlsx"
    SAMPLES["openpyxl"](path)
    book = openpyxl.load_workbook(path)
    book["台账"].title = name
    book.remove(book["说明"])
    book.save(path)
    mark(path, path, [dataclasses.replace(each, sheet=name) for each in MARKS])
    arguments = [str(SOFFICE), (tmp_path / "profile").as_uri(), path.as_uri(), saved.as_uri()]
    command = [python, "-c", UNO, *arguments]
    seen = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split("\n")
    assert seen[0] == "还剩 4 处未动"
    assert seen[1:8] == [
        "B4|已变动，待复查",
        "C4|未改",
        "E4|未改",
        "E4|未改",
        "|行已删",
        "|行已删",
        "H40|未改",
    ]
    marked = {str(item.sqref) for item in openpyxl.load_workbook(saved)[name].conditional_formatting}
    assert {"C4", "E4", "H40"} <= marked
    unmark(saved, saved)
    assert_clean(saved)
    sheet = openpyxl.load_workbook(saved)[name]
    assert sheet["B4"].value == "张三"
    assert [sheet["C4"].value, sheet["C5"].value] == ["149999199201010001", "149999199201010003"]
