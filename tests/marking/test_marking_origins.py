"""Workbooks of any program, with conditional formats, notes and merged cells of their own: marks come and go and nothing else does."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marking_samples import SAMPLES, assert_clean, notes, parts
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill

from tests.office import Office
from toolkit.marking import mark, unmark
from toolkit.model import Mark, cell_name

Place = tuple[int, int]
_PLACE = st.tuples(st.integers(1, 14), st.integers(1, 8))
_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.just("\n"), max_size=320
)
_VALUE = _TEXT | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9) | st.booleans()
_MARK = st.tuples(_PLACE, st.sampled_from(["error", "warning", "info"]), st.sampled_from(["E201", "E212", "W302"]))


def by_openpyxl(path: Path, cells: dict[Place, Any], own: dict[str, Any]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for (row, column), value in cells.items():
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    for row, column in own["notes"]:
        sheet.cell(row, column).comment = Comment("他人批注 [不是我们的]", "王五")
    for at, (row, column) in enumerate(own["formats"]):
        place = f"{cell_name(row, column)}:{cell_name(row + 2, column + 1)}"
        fill = PatternFill("solid", "00FF00")
        rule = (
            FormulaRule([f"LEN({cell_name(row, column)})>3"], fill=fill)
            if at % 2
            else CellIsRule("equal", ["5"], True, fill=fill)
        )
        sheet.conditional_formatting.add(place, rule)
    for row, column in own["merges"]:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column + 1)
    book.save(path)


def by_xlsxwriter(path: Path, cells: dict[Place, Any], own: dict[str, Any]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        look = book.add_format({"bg_color": "#00FF00"})
        for row, column in own["merges"]:
            sheet.merge_range(row - 1, column - 1, row, column, "")
        for (row, column), value in cells.items():
            write = (
                sheet.write_string
                if isinstance(value, str)
                else sheet.write_boolean
                if isinstance(value, bool)
                else sheet.write_number
            )
            write(row - 1, column - 1, value)
        for row, column in own["notes"]:
            sheet.write_comment(row - 1, column - 1, "他人批注")
        for at, (row, column) in enumerate(own["formats"]):
            kind = (
                {"type": "data_bar", "data_bar_2010": True}
                if at % 2
                else {"type": "cell", "criteria": ">", "value": 3, "stop_if_true": True, "format": look}
            )
            sheet.conditional_format(row - 1, column - 1, row + 1, column, kind)


def saved_in_between(path: Path) -> None:
    """Let another program have saved the workbook, as far as can be told from its parts."""
    content = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data.replace(b"</workbook>", b" </workbook>") if name == "xl/workbook.xml" else data)


def apart(places: list[Place]) -> list[Place]:
    """Return places whose 2 × 2 areas do not overlap."""
    kept: list[Place] = []
    for row, column in places:
        if all(abs(row - a) > 1 or abs(column - b) > 1 for a, b in kept):
            kept.append((row, column))
    return kept


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    make=st.sampled_from([by_openpyxl, by_xlsxwriter]),
    cells=st.dictionaries(_PLACE, _VALUE, max_size=20),
    commented=st.lists(_PLACE, max_size=4, unique=True),
    formats=st.lists(_PLACE, max_size=4, unique=True),
    merges=st.lists(_PLACE, max_size=3, unique=True),
    marked=st.lists(_MARK, min_size=1, max_size=12),
)
def test_marks_come_and_go(
    tmp_path: Path, make: Callable[..., None], cells: dict[Place, Any], commented: list[Place], formats: list[Place],
    merges: list[Place], marked: list[tuple[Place, str, str]],
) -> None:  # fmt: skip
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    merges = apart(merges)
    covered = {(row + down, column + right) for row, column in merges for down in (0, 1) for right in (0, 1)}
    cells = {place: value for place, value in cells.items() if place not in covered}
    make(source, cells, {"notes": commented, "formats": formats, "merges": merges})
    marks = [
        Mark("台账", cell_name(*place), kind, code, f"第 {at} 处不对，请更正")
        for at, (place, kind, code) in enumerate(marked)
    ]
    mark(source, target, marks)
    first = target.read_bytes()
    assert not mark(target, target, list(reversed(marks))).changed
    assert target.read_bytes() == first
    for rule in re.findall(rb"<formula>(AND\(N\(.*?)</formula>", parts(target)["xl/worksheets/sheet1.xml"], re.DOTALL):
        assert (
            len(rule.decode().replace("&quot;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
            <= 255
        )
    unmark(target, tmp_path / "c.xlsx")
    assert parts(tmp_path / "c.xlsx") == parts(source)
    saved_in_between(target)
    made = unmark(target, target)
    assert made.kept == ()
    assert_clean(target)
    before, after = (openpyxl.load_workbook(path)["台账"] for path in (source, target))
    assert [[cell.value for cell in row] for row in before.iter_rows()] == [
        [cell.value for cell in row] for row in after.iter_rows()
    ]
    assert sorted(notes(source).values()) == sorted(notes(target).values())
    assert before.merged_cells.ranges == after.merged_cells.ranges
    ranges = [
        [(str(item.sqref), [rule.formula for rule in item.rules]) for item in sheet.conditional_formatting]
        for sheet in (before, after)
    ]
    assert ranges[0] == ranges[1]


@pytest.fixture(scope="module")
def by_libreoffice(office: Office, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Workbooks as LibreOffice writes them."""
    folder, made = tmp_path_factory.mktemp("saved"), []
    for at, name in enumerate(
        ("openpyxl", "xlsxwriter", "x14 validations", "form controls", "header picture", "comments and CDATA")
    ):
        SAMPLES[name](folder / f"plain{at}.xlsx")
        made.append(office.resave(folder / f"plain{at}.xlsx", folder / f"{at}.xlsx"))
    return made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 5), marked=st.lists(_MARK, min_size=1, max_size=12), text=_TEXT)
def test_marks_come_and_go_in_what_libreoffice_has_written(
    by_libreoffice: list[Path], tmp_path: Path, number: int, marked: list[tuple[Place, str, str]], text: str
) -> None:
    source, target = by_libreoffice[number], tmp_path / "b.xlsx"
    marks = [Mark("台账", cell_name(*place), kind, code, text or "空", text) for place, kind, code in marked]
    mark(source, target, marks)
    assert not mark(target, target, marks).changed
    unmark(target, tmp_path / "c.xlsx")
    assert parts(tmp_path / "c.xlsx") == parts(source)
    saved_in_between(target)
    unmark(target, target)
    assert_clean(target)
    assert sorted(notes(target).values()) == sorted(notes(source).values())


def test_priorities_at_their_limit_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    by_openpyxl(path, {(2, 2): "甲"}, {"notes": [], "formats": [(1, 1), (5, 5), (9, 1)], "merges": []})
    content = parts(path)
    numbers = iter((b"7", b"2147483647", b"2147483646"))
    content["xl/worksheets/sheet1.xml"] = re.sub(
        rb'priority="\d+"', lambda _: b'priority="%s"' % next(numbers), content["xl/worksheets/sheet1.xml"]
    )
    with zipfile.ZipFile(path, "w") as package:
        for name, data in content.items():
            package.writestr(name, data)
    mark(path, path, [Mark("台账", "B2", "error", "E212", "不对")])
    found = [int(number) for number in re.findall(rb'priority="(\d+)"', parts(path)["xl/worksheets/sheet1.xml"])]
    assert max(found) < 2**31
    ours, *theirs = found
    assert ours == 1
    assert sorted(theirs) == [theirs[0], theirs[2], theirs[1]]
    unmark(path, path)
    assert parts(path) == content


def test_notes_beside_a_picture_in_the_header(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["header picture"](path)
    marks = [Mark("台账", "B2", "error", "E201", "缺"), Mark("台账", "B3", "error", "E201", "缺")]
    for _ in range(3):
        mark(path, path, marks)
        saved_in_between(path)
    unmark(path, path)
    assert_clean(path)
    drawings = {name: data for name, data in parts(path).items() if name.endswith(".vml")}
    assert sorted(data.count(b'ObjectType="Note"') for data in drawings.values()) == [0, 1]
    assert any(b"imagedata" in data for data in drawings.values())
    sheet = parts(path)["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<legacyDrawing ") == 1
    assert sheet.count(b"<legacyDrawingHF ") == 1
    only = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(only)) as book:
        book.add_worksheet("台账").set_header("&L&G", {"image_left": "i.png", "image_data_left": _picture()})
    before = parts(only)
    for _ in range(3):
        mark(only, only, marks)
        saved_in_between(only)
    unmark(only, only)
    assert b"<legacyDrawing " not in parts(only)["xl/worksheets/sheet1.xml"]
    assert sorted(before) == sorted(parts(only))


def _picture() -> Any:
    import io

    from marking_samples import _png

    return io.BytesIO(_png())


@pytest.mark.parametrize(
    "name",
    ["header picture", "form controls", "x14 validations", "shared and external formulas", "very hidden and protected"],
)
def test_marks_come_off_after_libreoffice_has_saved_what_is_beside_them(
    office: Office, tmp_path: Path, name: str
) -> None:
    plain, path = tmp_path / "plain.xlsx", tmp_path / "a.xlsx"
    SAMPLES[name](plain)
    mark(plain, path, [Mark("台账", "B2", "error", "E201", "缺"), Mark("台账", "C2", "warning", "W3", "疑")])
    office.resave(plain)
    office.resave(path)
    unmark(path, path)
    assert_clean(path)
    assert sorted(notes(path).values()) == sorted(notes(plain).values())
    names = [
        re.findall(r'<definedName[^>]*name="([^"]*)"', parts(each)["xl/workbook.xml"].decode())
        for each in (plain, path)
    ]
    assert sorted(names[0]) == sorted(names[1])
    before, after = (openpyxl.load_workbook(each) for each in (plain, path))
    assert before.sheetnames == after.sheetnames
    for sheet in before.worksheets:
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            [cell.value for cell in row] for row in after[sheet.title].iter_rows()
        ]
        assert sheet.sheet_state == after[sheet.title].sheet_state
