"""What people type is theirs: into our notes, into the findings sheet, into a copy of it. None of it is lost when marks come off."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from marking_samples import MARKS, SAMPLES, made_by_openpyxl, notes, parts
from openpyxl.comments import Comment

from tests.office import Office
from toolkit.marking import FINDINGS_SHEET, is_findings_sheet, mark, unmark
from toolkit.model import Mark

KEPT = "问题清单（留存）"
WORDS = Mark("台账", "B2", "error", "E201", "姓名没有填写，请补填", "张三")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    made_by_openpyxl(path)
    return path


def note_at(path: Path, cell: str) -> str | None:
    comment = openpyxl.load_workbook(path)["台账"][cell].comment
    return comment.text if comment else None


def retyped(path: Path, text: str) -> None:
    """Change a note as a person with a program does."""
    book = openpyxl.load_workbook(path)
    book["台账"]["B2"].comment = Comment(text, "王五")
    book.save(path)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("[台账检查] 姓名没有填写，请补填\n建议：张三\n——", None),
        ("[台账检查] 姓名没有填写，请补填\n建议：张三", None),
        ("[台账检查] 姓名没有填写，请补填\n建议：张三\n已电话核实，本人拒填\n——", "已电话核实，本人拒填"),
        ("[台账检查] 姓名没有填写，请补填（已核实）\n建议：张三\n——", "（已核实）"),
        ("[台账检查] 姓名没有填写，请补填\n建议：张三\n——\n此人已搬走", "此人已搬走"),
        ("王五：\n[台账检查] 姓名没有填写，请补填\n建议：张三\n——", "王五："),
        ("张三说：\n[台账检查] 我改成李四\n——\n还有", "张三说：\n我改成李四\n还有"),
        ("与台账检查无关的批注", "与台账检查无关的批注"),
    ],
)
def test_a_note_leaves_what_others_typed_into_it(ledger: Path, typed: str, left: str | None) -> None:
    mark(ledger, ledger, [WORDS, Mark("台账", "B3", "error", "E201", "姓名没有填写，请补填")])
    retyped(ledger, typed)
    made = unmark(ledger, ledger)
    assert note_at(ledger, "B2") == left
    assert note_at(ledger, "B3") is None
    assert made.kept == (("台账!B2",) if left and left != typed else ())


def test_what_we_said_is_still_known_when_the_list_was_deleted(office: Office, ledger: Path) -> None:
    mark(ledger, ledger, [WORDS])
    office.run(
        """
document = load(ARGUMENTS[0])
document.Sheets.removeByName("问题清单")
sheet = document.Sheets.getByName("台账")
place = sheet.getCellRangeByName("B2").CellAddress
for at in range(sheet.Annotations.Count):
    if sheet.Annotations.getByIndex(at).Position == place:
        text = sheet.Annotations.getByIndex(at).String
        sheet.Annotations.removeByIndex(at)
        break
sheet.Annotations.insertNew(place, text.replace("\\n——", "\\n已电话核实\\n——"))
save(document, ARGUMENTS[0])
document.close(True)
""",
        ledger,
    )
    unmark(ledger, ledger)
    assert note_at(ledger, "B2") == "已电话核实"
    assert openpyxl.load_workbook(ledger).sheetnames == ["台账", "说明"]


def test_marking_again_does_not_write_over_what_they_typed(ledger: Path) -> None:
    mark(ledger, ledger, [WORDS])
    retyped(ledger, "[台账检查] 姓名没有填写，请补填\n建议：张三\n已电话核实\n——")
    made = mark(ledger, ledger, [WORDS])
    assert (made.kept, made.notes) == (("台账!B2",), 0)
    assert note_at(ledger, "B2") == "已电话核实"
    before = ledger.read_bytes()
    assert not mark(ledger, ledger, [WORDS]).changed
    assert ledger.read_bytes() == before


TYPED = {
    "a column beyond ours": ("K6", "已电话核实"),
    "a row below": ("B40", "自己记的事"),
    "over a state": ("I6", "已改好"),
    "over a text": ("F6", "这条不对"),
    "beside the heading": ("E2", "请王五办"),
    "over the advice": ("A4", "不要填这张表"),
}


@pytest.mark.parametrize("case", TYPED)
def test_a_findings_sheet_somebody_typed_into_is_kept(ledger: Path, case: str) -> None:
    cell, words = TYPED[case]
    mark(ledger, ledger, MARKS)
    book = openpyxl.load_workbook(ledger)
    book[FINDINGS_SHEET][cell] = words
    book.save(ledger)
    made = mark(ledger, ledger, MARKS)
    assert made.kept == (KEPT,)
    book = openpyxl.load_workbook(ledger)
    assert book.sheetnames == ["台账", "说明", KEPT, FINDINGS_SHEET]
    assert book[KEPT][cell].value == words
    assert KEPT in book[FINDINGS_SHEET]["A4"].value
    assert book[KEPT].print_title_rows == "$5:$5"
    assert is_findings_sheet(KEPT, book[KEPT]["A1"].value)  # and so it is never read as a ledger
    before = ledger.read_bytes()
    assert not mark(ledger, ledger, MARKS).changed
    assert ledger.read_bytes() == before
    unmark(ledger, ledger)
    assert openpyxl.load_workbook(ledger).sheetnames == ["台账", "说明", KEPT]


def test_a_note_or_a_picture_in_the_findings_sheet_counts_as_typed(ledger: Path) -> None:
    mark(ledger, ledger, MARKS)
    book = openpyxl.load_workbook(ledger)
    book[FINDINGS_SHEET]["F6"].comment = Comment("已核实", "王五")
    book.save(ledger)
    assert unmark(ledger, ledger).kept == (KEPT,)
    assert openpyxl.load_workbook(ledger)[KEPT]["F6"].comment.text == "已核实"


@pytest.mark.parametrize("title", ["问题清单 (2)", "问题清单_2", "问题清单-王五", "我的清单"])
def test_a_copy_of_the_findings_sheet_is_the_clerks_own(ledger: Path, title: str) -> None:
    mark(ledger, ledger, MARKS)
    book = openpyxl.load_workbook(ledger)
    book.copy_worksheet(book[FINDINGS_SHEET]).title = title
    book.save(ledger)
    unmark(ledger, ledger)
    book = openpyxl.load_workbook(ledger)
    assert book.sheetnames == ["台账", "说明", title]
    assert book[title]["F6"].value == MARKS[0].message


@pytest.mark.parametrize("name", ["openpyxl", "xlsxwriter", "by hand", "prefixed"])
def test_looking_sorting_and_deleting_lines_is_not_typing(office: Office, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES[name](path)
    mark(path, path, [*MARKS, Mark("台账", "G7", "error", "E202", " =1+1 前后\n有空 ", "_x0041_")])
    office.run(
        """
from com.sun.star.table import TableSortField
document = load(ARGUMENTS[0])
listed = document.Sheets.getByName("问题清单")
listed.Rows.removeByIndex(7, 1)
field = TableSortField()
field.Field, field.IsAscending = 4, False
fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
listed.getCellRangeByName("A6:J12").sort((prop("SortFields", fields), prop("ContainsHeader", False)))
save(document, ARGUMENTS[0])
document.close(True)
""",
        path,
    )
    assert unmark(path, path).kept == ()
    assert not any(one.startswith(FINDINGS_SHEET) for one in openpyxl.load_workbook(path).sheetnames)


def test_notes_of_ours_come_off_although_libreoffice_splits_their_text(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    SAMPLES["xlsxwriter"](path)
    mark(path, path, MARKS)
    office.resave(path)
    assert [text for text in notes(path).values() if text.startswith("[台账检查]")]
    assert not any("[台账检查]".encode() in data for name, data in parts(path).items() if "comments" in name)
    unmark(path, path)
    assert list(notes(path).values()) == ["别人的批注"]
    drawing = next(data for name, data in parts(path).items() if name.endswith(".vml"))
    assert drawing.count(b'ObjectType="Note"') == 1
