"""In a real spreadsheet program: it shows the same values and shapes, the colours, and they go when an entry is put right."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from marking_samples import MARKS, SAMPLES, made_by_openpyxl, parts

from tests.office import Office, painted
from toolkit.fixing.compare import read_values
from toolkit.marking import FINDINGS_SHEET, mark
from toolkit.marking.styles import LOOKS
from toolkit.model import Mark

_SEEN = """
import json
from com.sun.star.table.CellContentType import EMPTY
def texts(sheet):
    notes = sheet.Annotations
    return [notes.getByIndex(at).String for at in range(notes.Count)]
def seen(path):
    document = load(path)
    if document is None:
        return None
    found = {}
    for sheet in document.Sheets:
        if sheet.Name.startswith("问题清单"):
            continue
        cells = {}
        for row in range(45):
            for column in range(12):
                cell = sheet.getCellByPosition(column, row)
                if cell.Type != EMPTY or cell.IsMerged:
                    cells["%d,%d" % (row, column)] = [cell.Formula, cell.String, cell.getError(), cell.IsMerged]
        page = sheet.DrawPage
        shapes = [page.getByIndex(at) for at in range(page.Count)]
        found[sheet.Name] = {
            "cells": cells,
            "shapes": sorted([shape.ShapeType, shape.Name, shape.Position.X, shape.Position.Y, shape.Size.Width, shape.Size.Height]
                             for shape in shapes if "Caption" not in shape.ShapeType),
            "charts": [sheet.Charts.getByIndex(at).Name for at in range(sheet.Charts.Count)],
            "visible": sheet.IsVisible,
            "protected": sheet.isProtected(),
            "notes": sorted(text for text in texts(sheet) if not text.startswith("[台账检查]")),
        }
    found[""] = [[name.Name, name.Content] for name in document.NamedRanges if not name.Name.startswith("_taizhang")]
    document.close(True)
    return found
print(json.dumps([seen(path) for path in ARGUMENTS], ensure_ascii=False))
"""


UNREAD = ("backslashes", "upper case")


@pytest.mark.parametrize("name", SAMPLES)
def test_values_and_shapes_are_the_same(office: Office, tmp_path: Path, name: str) -> None:
    SAMPLES[name](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS)
    before, after = json.loads(office.run(_SEEN, tmp_path / "a.xlsx", tmp_path / "b.xlsx"))
    assert before == after
    if name in UNREAD:  # LibreOffice does not read it at all: another reader has to do
        read = [read_values(each, (tmp_path / each).read_bytes()) for each in ("a.xlsx", "b.xlsx")]
        assert read[0]
        assert read[0]["台账"].cells == read[1]["台账"].cells
        return
    assert before["台账"]["cells"] or name == "empty sheet"


def test_the_samples_have_shapes_to_lose(office: Office, tmp_path: Path) -> None:
    SAMPLES["xlsxwriter"](tmp_path / "a.xlsx")
    (seen,) = json.loads(office.run(_SEEN, tmp_path / "a.xlsx"))
    assert len(seen["台账"]["shapes"]) >= 3
    assert seen["台账"]["charts"]
    assert seen["台账"]["notes"] == ["别人的批注"]


# ── pictures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def ledger(path: Path, texts: dict[str, object]) -> None:
    """Write a ledger whose first page can be looked at."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for cell, value in texts.items():
        sheet[cell] = value
        sheet.row_dimensions[sheet[cell].row].height = 30
    sheet.column_dimensions["B"].width = 30
    sheet["H30"] = "."  # so that every version prints the same page
    book.save(path)


def coloured(page: np.ndarray, kind: str) -> bool:
    fill = {"missing": "FFF8E087"}.get(kind, LOOKS[kind].fill)  # a hatched fill is shown as one mixed colour
    return bool(painted(page, fill).sum() > 100)


def test_the_page_shows_each_colour_where_its_cell_is(office: Office, tmp_path: Path) -> None:
    ledger(tmp_path / "a.xlsx", {"B2": None, "B4": "错", "B6": "疑", "B8": "知"})
    marks = [
        Mark("台账", "B2", "error", "E201", "没有填写"), Mark("台账", "B4", "error", "E212", "不符"),
        Mark("台账", "B6", "warning", "W210", "可疑"), Mark("台账", "B8", "info", "I301", "提示"),
    ]  # fmt: skip
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", marks)
    plain, page = office.pages(tmp_path / "a.xlsx")[0], office.pages(tmp_path / "b.xlsx")[0]
    assert plain.shape == page.shape
    middles = []
    for kind in LOOKS:
        assert not coloured(plain, kind)
        fill = {"missing": "FFF8E087"}.get(kind, LOOKS[kind].fill)
        rows, columns = np.nonzero(painted(page, fill))
        assert len(rows) > 100, kind
        middles.append((rows.mean(), columns.mean()))
    assert [row for row, _ in middles] == sorted(row for row, _ in middles)
    assert max(column for _, column in middles) - min(column for _, column in middles) < 3
    outside = np.ones(page.shape[:2], dtype=bool)
    for row, column in middles:
        outside[int(row) - 20 : int(row) + 20, int(column) - 90 : int(column) + 90] = False
    assert np.abs(plain.astype(int) - page.astype(int)).max(axis=2)[outside].max() == 0


def test_kinds_can_be_told_apart_in_black_and_white() -> None:
    greys = sorted(
        sum(int(LOOKS[kind].fill[at : at + 2], 16) * weight for at, weight in ((2, 0.299), (4, 0.587), (6, 0.114)))
        for kind in ("error", "warning", "info")
    )
    assert min(b - a for a, b in pairwise(greys)) > 18
    assert LOOKS["missing"].pattern
    letters = {(look.bold, look.italic, look.line) for look in LOOKS.values()}
    assert len(letters) == 4


def test_the_legend_shows_the_very_swatches(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    mark(path, path, [Mark("台账", f"B{at}", "error" if kind in ("missing", "error") else kind, "E201" if kind == "missing" else "X9", "…")
                      for at, kind in enumerate(LOOKS, 10)])  # fmt: skip
    book = openpyxl.load_workbook(path)
    dxf = [
        rule.dxf for item in book["台账"].conditional_formatting for rule in item.rules if "taizhang" in rule.formula[0]
    ]
    for cell, style in zip("BCDE", dxf, strict=True):
        shown = book[FINDINGS_SHEET][f"{cell}3"]
        fill, pattern = shown.fill, style.fill.patternType or "solid"
        assert fill.patternType == pattern
        assert (fill.bgColor if pattern != "solid" else fill.fgColor).rgb == style.fill.bgColor.rgb
        assert shown.border.left.style == style.border.left.style
        assert bool(shown.font.b) == bool(style.font and style.font.b)
        assert bool(shown.font.i) == bool(style.font and style.font.i)


LONG = "".join(chr(0x4E00 + at % 3000) for at in range(1_200))
LINES = "".join(f"第{at}行说明\n" for at in range(9))
CHANGED = {
    "a middle line of the same length": (LINES, LINES.replace("第4行说明", "第4行改过")),
    "the middle of a long text": (LONG[:150], LONG[:70] + "改" + LONG[71:150]),
    "far inside a very long text": (LONG, LONG[:613] + "改" + LONG[614:]),
    "many lines": ("乙\n" * 200, "乙\n" * 99 + "丙\n" + "乙\n" * 100),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_colour_goes_whatever_part_of_a_text_is_changed(office: Office, tmp_path: Path, case: str) -> None:
    held, typed = CHANGED[case]
    assert len(held) == len(typed)
    ledger(tmp_path / "a.xlsx", {"B2": held})
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [Mark("台账", "B2", "error", "E219", "不对")])
    assert coloured(office.pages(tmp_path / "b.xlsx")[0], "error")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    book["台账"]["B2"] = typed
    book.save(tmp_path / "c.xlsx")
    assert not coloured(office.pages(tmp_path / "c.xlsx")[0], "error")
    states = office.run(
        "document = load(ARGUMENTS[0]); document.calculateAll(); "
        'print(document.Sheets.getByName("问题清单").getCellRangeByName("I6").String); document.close(True)',
        tmp_path / "c.xlsx",
    )
    assert states == "已变动，待复查"


def test_guards_do_not_switch_off_the_stations_own_formats(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")  # it has conditional formats of its own
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["台账"]["B2"] = LONG
    book.save(tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS[:1])
    rules = [
        rule
        for item in openpyxl.load_workbook(tmp_path / "b.xlsx")["台账"].conditional_formatting
        for rule in item.rules
    ]
    assert not [rule for rule in rules if "taizhang" in str(rule.formula[0]) and rule.stopIfTrue]


def test_the_mark_of_a_formula_that_was_never_computed_goes_once_it_gives_a_value(
    office: Office, tmp_path: Path
) -> None:
    ledger(tmp_path / "a.xlsx", {"B2": '=A9&""', "B4": '=A9&"甲"', "B6": "=1/0"})
    marks = [Mark("台账", cell, "error", f"E{at}", "公式没有结果") for at, cell in enumerate(("B2", "B4", "B6"))]
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", marks)
    said = office.run(
        """
document = load(ARGUMENTS[0])
document.calculateAll()
listed = document.Sheets.getByName("问题清单")
print([listed.getCellRangeByName("I%d" % row).String for row in (6, 7, 8)])
document.close(True)
""",
        tmp_path / "b.xlsx",
    )
    assert said == "['未改', '已变动，待复查', '未改']"
    rows = np.nonzero(painted(office.pages(tmp_path / "b.xlsx")[0], LOOKS["error"].fill))[0]
    assert len(set(rows // 20)) >= 2


# ── the findings sheet ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_links_follow_a_renamed_sheet_and_rows_that_move(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    mark(path, path, MARKS)
    said = office.run(
        """
document = load(ARGUMENTS[0])
sheet = document.Sheets.getByName("台账")
sheet.Name = "改了名'字"
sheet.Rows.insertByIndex(0, 2)
listed = document.Sheets.getByName("问题清单")
controller = document.CurrentController
dispatcher = uno.getComponentContext()
helper = DESKTOP.getCurrentComponent()
for row in range(6, 13):
    formula, shown = listed.getCellRangeByName("C%d" % row).Formula, listed.getCellRangeByName("C%d" % row).String
    name = formula.split('"#')[1].split('"')[0]
    print(name, shown, listed.NamedRanges.getByName(name).Content)
document.close(True)
""",
        path,
    ).split("\n")
    assert [line.split(" ", 1)[1] for line in said] == [
        f"{cell} $'改了名''字'.$" + "$".join((cell[0], cell[1:]))
        for cell in ("B4", "C4", "E4", "E4", "B5", "D5", "H41")
    ]


def test_sorting_the_findings_changes_none(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    mark(path, path, MARKS)
    before, after = office.run(
        """
from com.sun.star.table import TableSortField
document = load(ARGUMENTS[0])
document.Sheets.getByName("台账").getCellRangeByName("B2").String = "张三"
listed = document.Sheets.getByName("问题清单")
def lines():
    document.calculateAll()
    rows = [[listed.getCellRangeByName(column + str(row)).String for column in "BCDEFHI"] for row in range(6, 13)]
    return listed.getCellRangeByName("A2").String, sorted(rows)
print(lines())
field = TableSortField()
field.Field, field.IsAscending = 5, False
fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
listed.getCellRangeByName("A6:J12").sort((prop("SortFields", fields), prop("ContainsHeader", False)))
print(lines())
document.close(True)
""",
        path,
    ).split("\n")
    assert before == after
    assert "还剩 6 处未动" in before


def test_a_hidden_sheet_is_named_and_not_linked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["very hidden and protected"](path)
    mark(path, path, [*MARKS[:1], Mark("隐", "A1", "error", "E202", "不对")])
    listed = openpyxl.load_workbook(path)[FINDINGS_SHEET]
    assert (listed["B6"].value, listed["B7"].value) == ("台账", "隐（隐藏的工作表）")
    assert "HYPERLINK" in listed["C6"].value
    assert "HYPERLINK" not in listed["C7"].value
    assert "ADDRESS" in listed["C7"].value
    assert b'lockStructure="1"' in parts(path)["xl/workbook.xml"]


def test_rows_are_as_high_as_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    ledger(path, {"B2": "很长的内容" * 30, "B4": "短"})
    mark(path, path, [Mark("台账", "B2", "error", "E219", "短"), Mark("台账", "B4", "error", "E219", "短", "长长的建议" * 40)],
         copy_of="北城街道/长平社区/2020年度/附件7：就业创业五类人员、退役军人党员“双纳入”工作台账（最终版2）.xls")  # fmt: skip
    listed = openpyxl.load_workbook(path)[FINDINGS_SHEET]
    assert listed.row_dimensions[6].height >= 16 * (2 * 150 / 24)
    assert listed.row_dimensions[7].height >= 16 * (2 * 200 / 36)
    assert listed.row_dimensions[4].height >= 2 * 14
    assert listed["A4"].alignment.wrap_text
    assert "A4:I4" in [str(area) for area in listed.merged_cells.ranges]
    assert "重新排序" in listed["A4"].value


@pytest.mark.skipif(os.name == "nt", reason="rendering is looked at on Linux")
def test_the_findings_sheet_fits_its_page(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    mark(path, path, MARKS)
    page = office.pages(path)[-1]
    height, width = page.shape[:2]
    assert width > height  # landscape
    dark = np.nonzero(painted(page, "FF2F5D8A"))
    assert dark[1].max() - dark[1].min() > 0.85 * width
