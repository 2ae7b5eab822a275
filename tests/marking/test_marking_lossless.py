"""Nothing but our own marks changes, and taking them off gives everything back."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from marking_samples import (
    MARKS,
    SAMPLES,
    SHEET_ORDER,
    HandMade,
    made_by_openpyxl,
    made_by_xlsxwriter,
    parts,
    xml_children,
)

from toolkit.marking import FINDINGS_SHEET, is_findings_sheet, mark, read_label, unmark
from toolkit.model import Mark, cell_name

TOUCHED = re.compile(
    r"\[content_types\]\.xml|xl[/\\](workbook\.xml|styles\.xml|_rels[/\\]workbook\.xml\.rels|comments\d*\.xml"
    r"|worksheets[/\\](_rels[/\\])?sheet1\.xml(\.rels)?|drawings[/\\]vmldrawing\d\.vml|comments[/\\].*|.*\.vml)",
    re.IGNORECASE,
)


@pytest.fixture(params=SAMPLES, ids=str)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    SAMPLES[request.param](path)
    return path


def test_only_what_has_to_change_changes(sample: Path, tmp_path: Path) -> None:
    result = mark(sample, tmp_path / "marked.xlsx", MARKS)
    assert (result.status, result.changed) == ("done", True)
    assert result.marked == 6
    before, after = parts(sample), parts(tmp_path / "marked.xlsx")
    assert list(after)[: len(before)] == list(before)
    assert [name for name in before if before[name] != after[name] and not TOUCHED.fullmatch(name)] == []


def test_unmark_gives_back_every_byte_of_every_part(sample: Path, tmp_path: Path) -> None:
    mark(sample, tmp_path / "marked.xlsx", MARKS)
    result = unmark(tmp_path / "marked.xlsx", tmp_path / "back.xlsx")
    assert result.status == "done"
    before, after = parts(sample), parts(tmp_path / "back.xlsx")
    assert list(before) == list(after)
    assert before == after


@pytest.mark.parametrize("make", [made_by_openpyxl, made_by_xlsxwriter])
def test_unmark_gives_back_the_very_file(make: object, tmp_path: Path) -> None:
    make(tmp_path / "a.xlsx")  # type: ignore[operator]
    before = (tmp_path / "a.xlsx").read_bytes()
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", MARKS)
    assert (tmp_path / "a.xlsx").read_bytes() != before
    unmark(tmp_path / "a.xlsx", tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == before


def test_marking_twice_writes_nothing(sample: Path) -> None:
    mark(sample, sample, MARKS)
    first, stamp = sample.read_bytes(), sample.stat().st_mtime_ns
    result = mark(sample, sample, list(reversed(MARKS)))
    assert (result.changed, result.status, result.marked) == (False, "done", 6)
    assert (sample.read_bytes(), sample.stat().st_mtime_ns) == (first, stamp)


def test_other_marks_replace_the_earlier_ones(sample: Path, tmp_path: Path) -> None:
    mark(sample, tmp_path / "direct.xlsx", MARKS[2:4])
    mark(sample, tmp_path / "twice.xlsx", MARKS)
    mark(tmp_path / "twice.xlsx", tmp_path / "twice.xlsx", MARKS[2:4])
    assert parts(tmp_path / "direct.xlsx") == parts(tmp_path / "twice.xlsx")


def test_no_marks_means_unmark(sample: Path) -> None:
    before = parts(sample)
    assert mark(sample, sample, []).status == "none"
    mark(sample, sample, MARKS)
    result = mark(sample, sample, [])
    assert (result.status, result.changed) == ("done", True)
    assert parts(sample) == before


def test_every_xml_part_is_well_formed_and_in_order(sample: Path, tmp_path: Path) -> None:
    mark(sample, tmp_path / "marked.xlsx", MARKS)
    before = parts(sample)
    for name, content in parts(tmp_path / "marked.xlsx").items():
        if before.get(name) == content or not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        etree.fromstring(content)
        if "sheet1.xml" in name.lower() and name.endswith(".xml"):
            ranks = [SHEET_ORDER.index(child) for child in xml_children(content) if child in SHEET_ORDER]
            assert ranks == sorted(ranks), name
    with zipfile.ZipFile(tmp_path / "marked.xlsx") as package:
        assert package.testzip() is None


def test_relationships_and_content_types_are_complete(sample: Path, tmp_path: Path) -> None:
    mark(sample, tmp_path / "marked.xlsx", MARKS)
    content = {name.replace("\\", "/").lower(): data for name, data in parts(tmp_path / "marked.xlsx").items()}
    types = etree.fromstring(content["[content_types].xml"])
    overrides = {item.get("PartName").lower() for item in types if item.tag.endswith("Override")}
    defaults = {item.get("Extension").lower() for item in types if item.tag.endswith("Default")}
    for name in content:
        if "taizhang" in name or "customxml" in name:
            assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults
    for name, data in content.items():
        if name.endswith(".rels"):
            ids = [item.get("Id") for item in etree.fromstring(data)]
            assert len(ids) == len(set(ids))


def test_a_persons_note_stays_and_gets_no_second_one(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")
    marks = [Mark("台账", "D5", "error", "E202", "日期不对"), Mark("台账", "D6", "error", "E202", "日期不对")]
    assert mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", marks).notes == 1
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["台账"]
    assert sheet["D5"].comment.text == "本人已核实"
    assert sheet["D6"].comment.text.startswith("[台账检查] 日期不对")


def test_a_cell_with_a_threaded_comment_gets_no_note(tmp_path: Path) -> None:
    SAMPLES["threaded comment"](tmp_path / "a.xlsx")
    result = mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", MARKS)
    assert (result.marked, result.notes) == (6, 5)


def test_form_controls_keep_their_drawing(tmp_path: Path) -> None:
    SAMPLES["controls"](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", MARKS)
    drawing = parts(tmp_path / "a.xlsx")["xl/drawings/vmlDrawing1.vml"]
    assert b"_x0000_s1030" in drawing
    assert b"_x0000_s1031" in drawing
    assert parts(tmp_path / "a.xlsx")["xl/worksheets/sheet1.xml"].count(b"<legacyDrawing ") == 1


def test_ours_come_first_and_theirs_behind(tmp_path: Path) -> None:
    SAMPLES["x14 and stopIfTrue"](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", MARKS)
    sheet = parts(tmp_path / "a.xlsx")["xl/worksheets/sheet1.xml"]
    numbers = [int(found) for found in re.findall(rb'priority="(\d+)"', sheet)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sheet.index(b"taizhang") < sheet.index(b"1=1")


def test_merged_cells_are_marked_at_their_corner(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", [Mark("台账", "I40", "error", "E201", "没有填")])
    ranges = [str(item.sqref) for item in openpyxl.load_workbook(tmp_path / "a.xlsx")["台账"].conditional_formatting]
    assert ranges[0] == "H39"


def test_marks_nobody_can_place_are_listed_and_reported(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")
    marks = [
        Mark("没有这张表", "A1", "error", "E001", "甲"),
        Mark("台账", "AAAA1", "error", "E001", "乙"),
        Mark("", "", "warning", "W001", "整个文件的问题"),
        Mark("台账", "A2", "info", "I001", "丙"),
    ]
    result = mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", marks)
    assert result.marked == 1
    assert set(result.skipped) == {("没有这张表", "A1", "no-such-sheet"), ("台账", "AAAA1", "not-a-cell")}
    listed = openpyxl.load_workbook(tmp_path / "a.xlsx")[FINDINGS_SHEET]
    assert {listed.cell(row, 6).value for row in range(6, 10)} == {"甲", "乙", "丙", "整个文件的问题"}


def test_the_station_may_have_a_sheet_of_the_same_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = FINDINGS_SHEET
    book.active["A1"] = "我们自己的清单"
    book.save(tmp_path / "a.xlsx")
    before = (tmp_path / "a.xlsx").read_bytes()
    mark(tmp_path / "a.xlsx", tmp_path / "a.xlsx", [Mark(FINDINGS_SHEET, "B2", "error", "E201", "没有填")])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [FINDINGS_SHEET, FINDINGS_SHEET + "2"]
    assert not is_findings_sheet(book.sheetnames[0], book.worksheets[0]["A1"].value)
    assert is_findings_sheet(book.sheetnames[1], book.worksheets[1]["A1"].value)
    unmark(tmp_path / "a.xlsx", tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == before


def test_thousands_of_marks_are_grouped_and_limited(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")
    column = [Mark("台账", f"K{row}", "error", "E201", "没有填") for row in range(2, 3002)]
    mark(tmp_path / "a.xlsx", tmp_path / "run.xlsx", column)
    sheet = parts(tmp_path / "run.xlsx")["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"taizhang E201") == 1
    assert b'sqref="K2:K3001"' in sheet
    scattered = [Mark("台账", cell_name(row, 11), "error", f"E2{row % 2}", "没有填") for row in range(2, 4002)]
    mark(tmp_path / "a.xlsx", tmp_path / "many.xlsx", scattered)
    sheet = parts(tmp_path / "many.xlsx")["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<conditionalFormatting") < 2100
    assert "2000 处的颜色不会自动消失" in parts(tmp_path / "many.xlsx")["xl/worksheets/sheetTaizhang1.xml"].decode()
    unmark(tmp_path / "many.xlsx", tmp_path / "back.xlsx")
    assert parts(tmp_path / "back.xlsx") == parts(tmp_path / "a.xlsx")


def test_what_the_label_says(tmp_path: Path) -> None:
    made_by_openpyxl(tmp_path / "a.xlsx")
    assert read_label(tmp_path / "a.xlsx") is None
    mark(tmp_path / "a.xlsx", tmp_path / "in.xlsx", MARKS)
    label = read_label(tmp_path / "in.xlsx")
    assert label is not None
    assert (label.mode, label.source, label.saved_since) == ("in-place", None, False)
    mark(tmp_path / "a.xlsx", tmp_path / "out" / "copy.xlsx", MARKS, copy_of='马村镇/"一".xls')
    label = read_label(tmp_path / "out" / "copy.xlsx")
    assert label is not None
    assert (label.mode, label.source) == ("copy", '马村镇/"一".xls')
    assert len(label.source_hash or "") == 64
    openpyxl.load_workbook(tmp_path / "out" / "copy.xlsx").save(tmp_path / "saved.xlsx")
    again = read_label(tmp_path / "saved.xlsx")
    assert again is not None
    assert (again.mode, again.source, again.source_hash, again.saved_since) == (
        "copy", label.source, label.source_hash, True,
    )  # fmt: skip
    assert read_label(Path(__file__)) is None


def test_a_sheet_read_in_pieces_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_by_xlsxwriter(tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "whole.xlsx", MARKS)
    for module in ("sheet", "cells"):
        monkeypatch.setattr(f"toolkit.marking.{module}.STREAM_FROM", 1000)
    monkeypatch.setattr("toolkit.marking.sheet._BUFFER", 700)
    monkeypatch.setattr("toolkit.marking.archive._CHUNK", 600)
    mark(tmp_path / "a.xlsx", tmp_path / "pieces.xlsx", MARKS)
    assert (tmp_path / "whole.xlsx").read_bytes() == (tmp_path / "pieces.xlsx").read_bytes()
    assert mark(tmp_path / "pieces.xlsx", tmp_path / "pieces.xlsx", MARKS).changed is False
    unmark(tmp_path / "pieces.xlsx", tmp_path / "back.xlsx")
    assert (tmp_path / "back.xlsx").read_bytes() == (tmp_path / "a.xlsx").read_bytes()


_TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\t\n\"&<=+-@'　\u00a0"), max_size=130
)
_VALUE = (
    st.none()
    | _TEXT
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
_PLACE = st.tuples(st.integers(1, 12), st.integers(1, 8))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.dictionaries(_PLACE, _VALUE, max_size=25),
    marked=st.lists(st.tuples(_PLACE, st.sampled_from(["error", "warning", "info"]), _TEXT), max_size=12),
    prefix=st.sampled_from(["", "x"]),
    numbered=st.booleans(),
)
def test_any_workbook_comes_back_whole(
    tmp_path: Path,
    cells: dict[tuple[int, int], object],
    marked: list[tuple[tuple[int, int], str, str]],
    prefix: str,
    numbered: bool,
) -> None:
    book = HandMade()
    book.prefix = prefix
    book.rows = _rows(cells, numbered=numbered)
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book.write(source)
    marks = [Mark("台账", cell_name(*place), kind, "E201", said, said or None) for place, kind, said in marked]
    result = mark(source, target, marks)
    assert result.marked == len({place for place, _, _ in marked})
    first = target.read_bytes()
    assert mark(target, target, marks).changed is False
    for name, content in parts(target).items():
        if name.endswith((".xml", ".rels", ".vml")):
            etree.fromstring(content)
    rules = re.findall(rb"<(?:x:)?formula>(.*?)</", parts(target)["xl/worksheets/sheet1.xml"], re.DOTALL)
    for rule in rules:
        assert len(etree.fromstring(b"<f>" + rule + b"</f>").text) <= 255
    assert unmark(target, target).status == ("done" if marks else "none")
    assert parts(target) == parts(source)
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None


def _rows(cells: dict[tuple[int, int], object], *, numbered: bool) -> str:
    from xml.sax.saxutils import escape

    written = []
    for row in range(1, 13):
        inside = []
        for column in range(1, 9):
            value = cells.get((row, column))
            own = f' r="{cell_name(row, column)}"' if numbered else ""
            if value is None:
                inside.append("" if numbered else "<c/>")
            elif isinstance(value, str):
                shown = escape(value)
                inside.append(f'<c{own} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>')
            elif isinstance(value, bool):
                inside.append(f'<c{own} t="b"><v>{int(value)}</v></c>')
            else:
                inside.append(f"<c{own}><v>{value!r}</v></c>")
        written.append(f"<row{f' r={chr(34)}{row}{chr(34)}' if numbered else ''}>{''.join(inside)}</row>")
    return "".join(written)
