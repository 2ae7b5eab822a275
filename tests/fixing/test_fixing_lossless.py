"""A correction changes its cell and nothing else, and comes off again without a trace."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.fixing.fixing_samples import CARDS, NAMES, PARTIES, SHEET, TIDY_CARD, edit, ledger, values
from tests.marking.marking_samples import MARKS, SAMPLES, HandMade, parts
from toolkit.fixing import FIX_SHEET, FIX_TITLE, Correction, fix, is_fix_sheet, undo_fix
from toolkit.intake.read import read_file
from toolkit.marking import Journal, mark, restore, unmark
from toolkit.marking.cells import read_cells
from toolkit.marking.package import Package
from toolkit.marking.sheet import Worksheet
from toolkit.model import RefusedWorkbook, split_cell

OURS = re.compile(r"sheetTaizhangLog|customXml/|stylesTaizhang")
NECESSARY = {"[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


def cell_xml(path: Path, cell: str, part: str = "xl/worksheets/sheet1.xml") -> str:
    found = re.search(rf'<(?:\w+:)?c r="{cell}".*?</(?:\w+:)?c>', parts(path)[part].decode(), re.DOTALL)
    assert found
    return found[0]


def read(path: Path) -> dict[str, dict[int, list[object]]]:
    sheets = read_file(path.name, path.read_bytes()).sheets
    return {sheet.name: dict(zip(sheet.rows, sheet.values, strict=True)) for sheet in sheets}


def first_entry(path: Path) -> tuple[str, str]:
    """Return the first entry of the sample that is no formula, and what it reads as."""
    for cell, old in (
        ("C2", "149999199201010001"),
        ("A2", "1"),
        ("A1", "1"),
        ("C2", "</c></row></sheetData>"),
        ("D3", "45000"),
    ):
        if fix(path, [Correction(SHEET, cell, old, "改好了")], dry_run=True).done:
            return cell, old
    pytest.fail("the sample holds nothing to correct")


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "empty sheet"])
def test_only_the_cell_changes_and_undoing_gives_back_every_byte(name: str, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    SAMPLES[name](path)
    before, was = parts(path), read(path)
    cell, old = first_entry(path)
    new = " =改好了 & <\x0b> _x000D_ " if was else "=改好了"
    assert fix(path, [Correction(SHEET, cell, old, new)]).status == "done"
    now = parts(path)
    for part, content in before.items():
        tidy = part.replace("\\", "/").lower()
        if tidy not in NECESSARY and "sheet1.xml" not in tidy:
            assert now[part] == content, part
    assert all(OURS.search(part.replace("\\", "/")) for part in now.keys() - before.keys())
    if was:  # the reader of values knows no other encodings than UTF-8
        held = read(path)
        assert new in [value for row in held[SHEET].values() for value in row]
        assert sum(was[SHEET][row] != held[SHEET][row] for row in was[SHEET]) == 1
    else:
        with Package(path) as package:
            found = read_cells(Worksheet(package, "xl/worksheets/sheet1.xml"), [split_cell(cell)])
        assert found[split_cell(cell)].content.value == new
    assert undo_fix(path).done
    assert parts(path) == before


def test_an_empty_sheet_has_nothing_to_correct(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["empty sheet"](path)
    before = path.read_bytes()
    made = fix(path, [Correction(SHEET, "B2", "甲", "乙")])
    assert (made.status, made.changed, [code for _, code in made.skipped]) == ("none", False, ["no-such-cell"])
    assert path.read_bytes() == before


def test_the_members_that_do_not_change_keep_their_compressed_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["xlsxwriter"](path)

    def packed() -> dict[str, bytes]:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {
                one.filename: data[one.header_offset : one.header_offset + 30 + one.compress_size]
                for one in package.infolist()
            }

    before = packed()
    fix(path, [Correction(SHEET, "C2", "149999199201010001", "x")])
    after = packed()
    untouched = [name for name in before if "chart" in name or "drawing" in name.lower() or "shared" in name]
    assert len(untouched) > 5
    assert all(after[name] == before[name] for name in untouched)


def test_text_stays_text_and_the_format_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(SHEET)
        number, day = book.add_format({"num_format": "0"}), book.add_format({"num_format": "yyyy-mm-dd", "bold": True})
        sheet.write_number("A1", 149999920101001, number)
        sheet.write_string("B1", "１９８５", number)
        sheet.write_number("C1", 500, number)
        sheet.write_number("D1", 45292, day)
        sheet.write_rich_string("E1", "张", book.add_format({"color": "red"}), " 三")
    style = {cell: re.search(r's="\d+"', cell_xml(path, cell)) for cell in ("A1", "B1", "C1", "D1")}
    wanted = [
        Correction(SHEET, "A1", "149999920101001", TIDY_CARD),
        Correction(SHEET, "B1", "１９８５", "1985"),
        Correction(SHEET, "C1", "500", "550.5"),
        Correction(SHEET, "D1", "2024-01-01", "2024.02.03"),
        Correction(SHEET, "E1", "张 三", "张三"),
    ]
    assert len(fix(path, wanted).done) == 5
    for cell, found in style.items():
        assert found
        assert found[0] in cell_xml(path, cell)
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert [sheet[cell].value for cell in ("A1", "B1", "C1", "E1")] == [TIDY_CARD, "1985", 550.5, "张三"]
    assert sheet["D1"].value.date().isoformat() == "2024-02-03"


def test_what_no_longer_holds_the_old_entry_is_left(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    wanted = [
        Correction(SHEET, "B2", "李 四", "李四"),
        Correction(SHEET, "E2", "", "9"),
        Correction(SHEET, "Z99", "张", "章"),
        Correction("没有", "A1", "张", "章"),
        Correction(SHEET, "第一格", "张", "章"),
        NAMES[1],
    ]
    made = fix(path, wanted)
    codes = [code for _, code in made.skipped]
    assert codes == ["changed", "formula", "no-such-cell", "no-such-sheet", "no-such-cell"]
    assert made.done == (NAMES[1],)
    assert [row[1] for row in values(path)[SHEET][1:3]] == ["张 1", "张2"]


def test_blanks_at_the_ends_are_a_difference(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    edit(path, D2="中共党员 ")
    assert fix(path, [Correction(SHEET, "D2", "中共党员 ", "中共党员")]).done
    assert values(path)[SHEET][1][3] == "中共党员"


def test_a_merged_area_is_corrected_once_at_its_first_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = SHEET
    book.active["B2"] = "党员"
    book.active.merge_cells("B2:B4")
    book.save(path)
    made = fix(path, [Correction(SHEET, cell, "党员", "中共党员") for cell in ("B2", "B3", "B4")])
    assert [one.cell for one in made.done] == ["B2"]
    assert not made.skipped
    assert values(path)[SHEET][1][1] == "中共党员"


def test_the_header_of_a_table_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.add_table(
            "A1:B3", {"columns": [{"header": "姓 名"}, {"header": "备注"}], "data": [["张 三", "x"], ["李四", "y"]]}
        )
    made = fix(path, [Correction(SHEET, "A1", "姓 名", "姓名"), Correction(SHEET, "A2", "张 三", "张三")])
    assert [code for _, code in made.skipped] == ["table-header"]
    assert values(path)[SHEET][1][0] == "张三"


def test_formulas_that_rest_on_a_corrected_cell_are_computed_anew_on_opening(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, NAMES)
    assert openpyxl.load_workbook(path).calculation.fullCalcOnLoad
    plain = tmp_path / "b.xlsx"
    HandMade().write(plain)
    fix(plain, [Correction(SHEET, "A2", "1", "2")])
    assert b"calcPr" not in parts(plain)["xl/workbook.xml"]


def test_cells_are_spliced_in_prefixed_namespaces_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["prefixed"](path)
    fix(path, [Correction(SHEET, "C2", "149999199201010001", "改")])
    assert cell_xml(path, "C2") == '<x:c r="C2" t="inlineStr"><x:is><x:t xml:space="preserve">改</x:t></x:is></x:c>'


def test_extensions_of_a_cell_stay(tmp_path: Path) -> None:
    book, path = HandMade(), tmp_path / "a.xlsx"
    book.rows = '<row r="1"><c r="A1" cm="1" t="str"><v>张 三</v><extLst><ext uri="x"/></extLst></c></row>'
    book.write(path)
    fix(path, [Correction(SHEET, "A1", "张 三", "张三")])
    assert cell_xml(path, "A1") == (
        '<c r="A1" cm="1" t="inlineStr"><is><t xml:space="preserve">张三</t></is><extLst><ext uri="x"/></extLst></c>'
    )


def test_the_log_says_what_was_done_in_both_languages(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, [*CARDS, NAMES[0]])
    log = values(path)[FIX_SHEET]
    assert log[0][0] == FIX_TITLE
    assert log[2][:7] == ["序号", "工作表", "单元格", "列名/字段", "原值", "新值", "说明"]
    assert log[3][:2] + log[3][3:7] == [1, SHEET, "身份证号", CARDS[0].old, CARDS[0].new, "去掉空格"]
    assert "HYPERLINK" in log[3][2]
    assert is_fix_sheet(FIX_SHEET, log[0][0])
    english = ledger(tmp_path / "b.xlsx")
    fix(english, NAMES, language="en")
    log = values(english)[FIX_SHEET]
    assert log[2][4:7] == ["Before", "Now", "Why"]
    assert is_fix_sheet(FIX_SHEET, log[0][0])


def test_a_sheet_of_the_station_that_has_the_same_name_is_no_log(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet(FIX_SHEET)["A1"] = "我们自己的记录"
    book.save(path)
    before = parts(path)
    fix(path, NAMES)
    assert list(values(path)) == [SHEET, FIX_SHEET, f"{FIX_SHEET}2"]
    undo_fix(path)
    assert parts(path) == before


def test_fixing_again_finds_nothing_and_writes_nothing(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    fix(path, NAMES)
    before = path.read_bytes()
    again = fix(path, NAMES)
    assert (again.status, again.changed, again.skipped) == ("none", False, ())
    assert path.read_bytes() == before


def test_a_later_fix_goes_on_in_the_same_log_and_all_of_it_comes_off(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = parts(path)
    fix(path, NAMES)
    fix(path, PARTIES)
    fix(path, [Correction(SHEET, "B2", "张1", "章一"), *CARDS])
    log = values(path)[FIX_SHEET]
    assert [row[0] for row in log[3:]] == list(range(1, 13))
    assert values(path)[SHEET][1][1:4] == ["章一", TIDY_CARD, "中共党员"]
    taken = undo_fix(path)
    assert (taken.status, len(taken.done)) == ("done", 12)
    assert parts(path) == before
    assert undo_fix(path).status == "none"


def test_marks_come_off_and_can_be_put_on_again(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = parts(path)
    mark(path, path, MARKS)
    assert fix(path, NAMES).unmarked
    assert FIX_SHEET in values(path)
    assert "问题清单" not in values(path)
    fixed = parts(path)
    mark(path, path, MARKS)
    unmark(path, path)
    assert parts(path) == fixed
    mark(path, path, MARKS)
    assert len(undo_fix(path).done) == 5
    assert parts(path) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = path.read_bytes()
    planned = fix(path, NAMES, dry_run=True)
    assert path.read_bytes() == before
    assert fix(path, NAMES).done == planned.done
    after = path.read_bytes()
    assert len(undo_fix(path, dry_run=True).done) == 5
    assert path.read_bytes() == after


def test_the_time_the_station_sent_it_stays(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = path.stat().st_mtime_ns
    fix(path, NAMES)
    assert path.stat().st_mtime_ns == before


def test_what_must_not_be_written_is_refused_with_a_reason(tmp_path: Path) -> None:
    old = tmp_path / "旧.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(RefusedWorkbook) as refused:
        fix(old, NAMES)
    assert refused.value.code == "old-format"
    assert "副本" not in refused.value.reason
    source, copy = ledger(tmp_path / "a.xlsx"), tmp_path / "copy.xlsx"
    mark(source, copy, MARKS, copy_of="a.xlsx")
    with pytest.raises(RefusedWorkbook) as refused:
        fix(copy, NAMES)
    assert refused.value.code == "marked-copy"
    with pytest.raises(FileNotFoundError):
        undo_fix(tmp_path / "none.xlsx")


def test_a_workbook_somebody_has_open_is_left_alone(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    assert fix(path, NAMES).status == "in-use"
    assert undo_fix(path).status == "in-use"


def test_the_sheet_stays_valid_for_other_readers(tmp_path: Path) -> None:
    from lxml import etree

    path = ledger(tmp_path / "a.xlsx")
    fix(path, [*NAMES, *CARDS])
    for name, content in parts(path).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    root = etree.fromstring(parts(path)["xl/workbook.xml"])
    order = [etree.QName(child).localname for child in root]
    assert order.index("sheets") < order.index("definedNames") < order.index("calcPr")


def test_a_journal_keeps_the_file_from_before(tmp_path: Path) -> None:
    path, journal = ledger(tmp_path / "a.xlsx"), Journal(tmp_path / ".state")
    before = path.read_bytes()
    fix(path, NAMES, journal=journal)
    assert [(one.path.read_bytes(), one.why) for one in journal.backups(path)] == [(before, "fix")]
    assert restore(path, [journal]).status == "done"
    assert path.read_bytes() == before


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=30))
def test_whatever_is_written_is_read_back(tmp_path: Path, new: str) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = parts(path)
    assume(new != NAMES[0].old)
    fix(path, [Correction(SHEET, "B2", NAMES[0].old, new)])
    with Package(path) as package:
        found = read_cells(Worksheet(package, "xl/worksheets/sheet1.xml"), [(2, 2)])
    assert found[2, 2].content.value == new
    undo_fix(path)
    assert parts(path) == before
