"""A marked copy comes back with entries typed into it: it becomes the station's ledger, and nothing gets lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import make_id, needs, save_workbook
from tests.fixing.fixing_samples import edit, values
from tests.marking.marking_samples import assert_clean, notes, parts
from tests.office import Office
from toolkit.config import template
from toolkit.fixing import AdoptResult, adopt
from toolkit.fixing.align import align
from toolkit.marking import mark_copy, read_label
from toolkit.marking.replace import Replacement
from toolkit.model import Mark, RefusedWorkbook
from toolkit.roster import HEADINGS
from toolkit.workspace import Workspace, open_workspace

CARD = make_id("19520312", 1)
ROWS = [["姓名", "身份证号", "金额"], [None, CARD, 500], ["李四", make_id("19610203", 2), "=C2*2"]]
MARKS = [Mark("台账", "A2", "error", "E201", "姓名没有填写，请补填")]
NAME = "马村镇/走访慰问.xlsx"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "config.ini").write_text(template({("marks", "mode"): "copy"}), encoding="utf-8")
    save_workbook(
        tmp_path / "workbooks/roster.xlsx", [list(HEADINGS), ["11", "马村镇退役军人服务站", None, "乡镇"]], sheet="站点"
    )
    return open_workspace(tmp_path, "zh")


def station_file(workspace: Workspace, name: str = NAME) -> Path:
    return workspace.config.path("stations") / name


def copied(workspace: Workspace, name: str = NAME) -> tuple[Path, Path]:
    """Return a station's ledger and its marked copy."""
    source = station_file(workspace, name)
    if not source.exists():
        save_workbook(source, ROWS, sheet="台账")
    suffix = "" if source.suffix == ".xlsx" else ".xlsx"
    copy = workspace.config.path("out") / "marked" / f"{name}{suffix}"
    mark_copy(source, copy, MARKS, copy_of=name)
    return source, copy


def cells(result: AdoptResult) -> list[tuple[str, str, str]]:
    return [(one.cell, one.old, one.new) for one in result.changes]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(RefusedWorkbook) as refused:
        work()
    assert refused.value.reason
    return refused.value.code


def test_what_was_typed_becomes_the_ledger_and_the_former_one_is_kept(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    before = source.read_bytes()
    edit(copy, "台账", A2="张三")
    listed = adopt(workspace, copy, dry_run=True)
    assert (listed.status, cells(listed), source.read_bytes()) == ("listed", [("A2", "", "张三")], before)
    done = adopt(workspace, copy)
    assert (done.status, done.source, done.target) == (
        "done",
        f"workbooks/stations/{NAME}",
        f"workbooks/stations/{NAME}",
    )
    assert cells(done) == [("A2", "", "张三")]
    assert values(source) == {"台账": [ROWS[0], ["张三", *ROWS[1][1:]], ROWS[2]]}
    assert read_label(source) is None
    assert not copy.exists()
    kept = [one for one in (workspace.config.path("state") / "backups").rglob("*") if one.is_file()]
    assert before in [one.read_bytes() for one in kept]
    assert any(one.name == copy.name for one in kept)


def test_nothing_was_typed(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    before = source.read_bytes()
    assert refusal(lambda: adopt(workspace, copy)) == "nothing-typed"
    openpyxl.load_workbook(copy).save(copy)  # formulas lose their results: nobody typed that
    assert refusal(lambda: adopt(workspace, copy)) == "nothing-typed"
    assert source.read_bytes() == before
    assert copy.exists()


def test_both_changed_needs_a_decision(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    edit(copy, "台账", A2="张三")
    edit(source, "台账", C2=600)
    before = source.read_bytes()
    assert refusal(lambda: adopt(workspace, copy)) == "both-changed"
    assert source.read_bytes() == before
    done = adopt(workspace, copy, force=True)
    assert cells(done) == [("A2", "", "张三"), ("C2", "600", "500")]
    assert values(source)["台账"][1] == ["张三", CARD, 500]


def test_a_ledger_that_is_gone_is_written_anew(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    edit(copy, "台账", A2="张三")
    shutil.rmtree(source.parent)
    done = adopt(workspace, copy)
    assert (done.status, done.anew, done.changes) == ("done", True, ())
    assert values(source)["台账"][1][0] == "张三"


def test_what_is_no_copy_of_a_ledger_here_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    source, copy = copied(workspace)
    assert refusal(lambda: adopt(workspace, source)) == "no-label"
    for name in ("../../roster.xlsx", str(tmp_path / "别处.xlsx"), "很长" * 70 + "/走访", "很长/" * 60 + "走访.xl"):
        outside = tmp_path / "copy.xlsx"
        mark_copy(source, outside, MARKS, copy_of=name)
        edit(outside, "台账", A2="张三")
        assert refusal(partial(adopt, workspace, outside)) == "bad-source"
        outside.unlink()
    copy.write_bytes(b"PK")
    assert refusal(lambda: adopt(workspace, copy)) == "no-label"


def test_a_copy_that_was_mailed_back_stays_where_it_lies(workspace: Workspace, tmp_path: Path) -> None:
    source, copy = copied(workspace)
    mailed = tmp_path / "下载" / "走访慰问（改好）.xlsx"
    mailed.parent.mkdir()
    shutil.copyfile(copy, mailed)
    edit(mailed, "台账", A2="张三")
    assert adopt(workspace, mailed).status == "done"
    assert mailed.exists()
    assert values(source)["台账"][1][0] == "张三"


@pytest.mark.parametrize("lock", ["~$走访慰问.xlsx", ".~lock.走访慰问.xlsx#"])
def test_files_that_are_open_are_left_alone(workspace: Workspace, lock: str) -> None:
    source, copy = copied(workspace)
    edit(copy, "台账", A2="张三")
    before = source.read_bytes()
    (source.parent / lock).write_bytes(b"")
    assert adopt(workspace, copy).status == "in-use"
    assert source.read_bytes() == before


def test_numbers_of_persons_are_masked_on_the_screen(workspace: Workspace) -> None:
    _, copy = copied(workspace)
    edit(copy, "台账", B2=make_id("19520312", 3))
    shown = adopt(workspace, copy, dry_run=True)
    for said in (*shown.lines("zh"), *shown.lines("en"), str(shown.to_dict())):
        assert CARD not in said
        assert make_id("19520312", 3) not in said
    assert "B2" in shown.lines("zh")[1]


def test_a_number_that_became_a_text_is_a_change(workspace: Workspace) -> None:
    _, copy = copied(workspace)
    edit(copy, "台账", C2="500")
    assert cells(adopt(workspace, copy, dry_run=True)) == [("C2", "500", "500")]


def old_ledger(path: Path) -> bytes:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for row, values_ in enumerate(
        [["姓名", "身份证号", "日期", "金额"], ["", CARD, 44000, 500.25], ["李四", CARD, 44001, 1]]
    ):
        for column, value in enumerate(values_):
            style = xlwt.easyxf(num_format_str="yyyy-mm-dd") if column == 2 and row else xlwt.easyxf()
            sheet.write(row, column, value, style)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    return path.read_bytes()


def test_a_ledger_in_the_old_format_makes_room_and_is_kept(workspace: Workspace) -> None:
    needs("soffice")
    name = "马村镇/走访慰问.xls"
    before = old_ledger(station_file(workspace, name))
    source, copy = copied(workspace, name)
    assert refusal(lambda: adopt(workspace, copy)) == "nothing-typed"
    edit(copy, "台账", A2="张三")
    done = adopt(workspace, copy)
    assert cells(done) == [("A2", "", "张三")]
    assert done.target == "workbooks/stations/马村镇/走访慰问.xlsx"
    assert not source.exists()
    assert (workspace.folder / done.backup).read_bytes() == before
    assert (workspace.folder / done.backup).name == source.name
    assert done.backup in done.lines("zh")[-1]
    target = source.with_suffix(".xlsx")
    assert values(target)["台账"][1][0] == "张三"
    assert read_label(target) is None


def test_a_text_file_makes_room_too(workspace: Workspace, tmp_path: Path) -> None:
    name = "马村镇/走访慰问.csv"
    source = station_file(workspace, name)
    source.parent.mkdir(parents=True)
    source.write_text(f"姓名,身份证号,金额\n,{CARD},500\n", encoding="gb18030")
    converted = save_workbook(tmp_path / "made.xlsx", [["姓名", "身份证号", "金额"], [None, CARD, 500]], sheet="台账")
    copy = workspace.config.path("out") / "marked" / f"{name}.xlsx"
    mark_copy(source, copy, MARKS, copy_of=name, converted=converted)
    assert refusal(lambda: adopt(workspace, copy)) == "nothing-typed"
    edit(copy, "台账", A2="张三")
    done = adopt(workspace, copy)
    assert (cells(done), source.exists()) == ([("A2", "", "张三")], False)
    assert values(source.with_suffix(".xlsx"))["台账"][1] == ["张三", CARD, 500]


def test_another_ledger_of_that_name_is_not_overwritten(workspace: Workspace) -> None:
    needs("soffice")
    name = "马村镇/走访慰问.xls"
    old_ledger(station_file(workspace, name))
    source, copy = copied(workspace, name)
    edit(copy, "台账", A2="张三")
    other = save_workbook(source.with_suffix(".xlsx"), [["别的"]])
    before = parts(other)
    assert refusal(lambda: adopt(workspace, copy)) == "target-exists"
    assert parts(other) == before
    assert source.exists()
    assert copy.exists()


def test_after_adopting_the_next_copy_can_be_made(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    edit(copy, "台账", A2="张三")
    adopt(workspace, copy)
    mark_copy(source, copy, [Mark("台账", "C2", "warning", "W302", "金额偏高")], copy_of=NAME)
    label = read_label(copy)
    assert label is not None
    assert not label.saved_since


@pytest.mark.parametrize("name", [NAME, "马村镇/走访慰问.csv"])
def test_a_disk_that_fails_loses_neither_ledger_nor_copy(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = save_workbook(station_file(workspace), ROWS, sheet="台账")
    if name != NAME:
        source = source.rename(station_file(workspace, name))
        source.write_text("姓名,金额\n,500\n", encoding="utf-8")
    copy = workspace.config.path("out") / "marked" / f"{name}.xlsx"
    converted = save_workbook(tmp_path / "made.xlsx", ROWS, sheet="台账")
    mark_copy(source, copy, MARKS, copy_of=name, converted=converted)
    edit(copy, "台账", A2="张三")
    before = source.read_bytes(), copy.read_bytes()

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Replacement, "commit", broken)
    with pytest.raises(OSError, match="No space"):
        adopt(workspace, copy)
    monkeypatch.undo()
    assert (source.read_bytes(), copy.read_bytes()) == before
    assert [one.name for one in source.parent.iterdir()] == [source.name]
    assert adopt(workspace, copy).status == "done"


# ── what is taken over, and how it is said ─────────────────────────────────────────────────────────────────────────────


def long_ledger(path: Path, rows: int = 400) -> None:
    """Write a ledger with more to it than values: formulas with results, dropdowns, shapes, a chart."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ["序号", "姓名", "身份证号", "金额", "合计"])
        for row in range(1, rows + 1):
            sheet.write_number(row, 0, row)
            sheet.write_string(row, 2, make_id("19520312", row % 400 + 1))
            if row % 7:
                sheet.write_string(row, 1, f"张{row}")
            sheet.write_number(row, 3, row * 10.5)
            sheet.write_formula(row, 4, f"=D{row + 1}*2", None, row * 21)
        sheet.data_validation("F2:F30", {"validate": "list", "source": ["男", "女"]})
        sheet.insert_textbox("K5", "文本框")
        sheet.conditional_format("D2:D30", {"type": "data_bar", "data_bar_2010": True})


def test_typed_cells_are_spliced_into_the_original(workspace: Workspace, office: Office) -> None:
    source = station_file(workspace)
    source.parent.mkdir(parents=True)
    long_ledger(source)
    _, copy = copied(workspace)
    before = parts(source)
    office.run(
        """
document = load(ARGUMENTS[0])
sheet = document.Sheets.getByName("台账")
sheet.getCellRangeByName("B8").String = "补上的"
sheet.getCellRangeByName("D3").Value = 99.5
sheet.getCellRangeByName("H3").String = "新的一格"
sheet.getCellRangeByName("H450").Value = 7
day = sheet.getCellRangeByName("G3")
day.NumberFormat = document.NumberFormats.getStandardFormat(2, day.CharLocale)
day.Formula = "2024-05-06"
sheet.getCellRangeByName("C9").String = ""
save(document, ARGUMENTS[0])
document.close(True)
""",
        copy,
    )
    done = adopt(workspace, copy)
    assert done.patched
    assert {one.cell for one in done.changes} == {"B8", "D3", "H3", "G3", "C9"}
    assert done.differs.inserted == [("台账", 450)]
    after = parts(source)
    assert {name for name in before if before[name] != after.get(name)} <= {
        "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml",
    }  # fmt: skip
    assert list(after) == list(before)
    sheet = openpyxl.load_workbook(source)["台账"]
    assert [sheet[cell].value for cell in ("B8", "D3", "H3", "H450", "C9")] == ["补上的", 99.5, "新的一格", 7, None]
    assert sheet["G3"].value == dt.datetime(2024, 5, 6)  # noqa: DTZ001 - as openpyxl reads it
    assert sheet["E2"].value == "=D2*2"


def test_an_inserted_row_is_one_row_and_not_hundreds_of_cells(workspace: Workspace) -> None:
    source = station_file(workspace)
    source.parent.mkdir(parents=True)
    save_workbook(source, [["序号", "姓名", "金额"], *([at, f"张{at}", at * 3] for at in range(1, 301))], sheet="台账")
    _, copy = copied(workspace)
    book = openpyxl.load_workbook(copy)
    sheet = book["台账"]
    sheet.insert_rows(120)
    sheet["B120"] = "新来的"
    sheet["B5"], sheet["C250"] = "改名", 1
    book.save(copy)
    done = adopt(workspace, copy)
    assert (done.differs.inserted, done.differs.deleted) == ([("台账", 120)], [])
    assert cells(done) == [("B5", "张4", "改名"), ("C250", "744", "1")]
    lines = done.lines("zh")
    assert "新增 1 行，改动 2 格" in lines[0]
    assert len(lines) < 10
    assert "1 rows inserted, 2 cells changed" in done.lines("en")[0]
    assert done.to_dict()["inserted"] == [{"sheet": "台账", "row": 120}]


def test_everything_that_differs_is_listed_in_a_file(workspace: Workspace) -> None:
    source = station_file(workspace)
    save_workbook(
        source, [["姓名", "身份证号"], *([None, make_id("19520312", at)] for at in range(1, 201))], sheet="台账"
    )
    _, copy = copied(workspace)
    edit(copy, "台账", **{f"A{at}": f"张{at}" for at in range(2, 202)}, B2=make_id("19610203", 7))
    assert adopt(workspace, copy, dry_run=True).listed == ""
    done = adopt(workspace, copy)
    listed = (workspace.folder / done.listed).read_text(encoding="utf-8-sig").splitlines()
    assert sum("“” → “张" in line for line in listed) == 200
    assert make_id("19610203", 7) not in "".join(listed)
    assert done.listed in done.lines("zh")[-1]
    assert any("还有" in line for line in done.lines("zh"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("abcde", "abXcde", [(0, 0), (1, 1), (None, 2), (2, 3), (3, 4), (4, 5)]),
        ("abcde", "abde", [(0, 0), (1, 1), (2, None), (3, 2), (4, 3)]),
        ("aaaa", "aaa", [(0, 0), (1, 1), (2, 2), (3, None)]),
        ("", "ab", [(None, 0), (None, 1)]),
    ],
)
def test_rows_are_aligned(old: str, new: str, expected: list[tuple[int | None, int | None]]) -> None:
    assert align([((1, one),) for one in old], [((1, one),) for one in new]) == expected


def test_a_changed_row_is_not_taken_for_an_inserted_one() -> None:
    old = [((1, name), (2, "x"), (3, at)) for at, name in enumerate("abcdef")]
    new = [*old[:2], ((1, "新"), (2, "y"), (3, 77)), ((1, "C"), (2, "x"), (3, 2)), *old[3:]]
    assert align(old, new) == [(0, 0), (1, 1), (None, 2), (2, 3), (3, 4), (4, 5), (5, 6)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=40), st.lists(st.integers(0, 30), max_size=40))
def test_every_row_is_aligned_once_and_in_order(old: list[int], new: list[int]) -> None:
    pairs = align([((1, one),) for one in old], [((1, one),) for one in new])
    first, second = [a for a, _ in pairs if a is not None], [b for _, b in pairs if b is not None]
    assert (first, second) == (list(range(len(old))), list(range(len(new))))


def test_notes_that_were_typed_come_along_and_ours_do_not(workspace: Workspace, office: Office) -> None:
    source, copy = copied(workspace)
    office.run(
        """
document = load(ARGUMENTS[0])
sheet = document.Sheets.getByName("台账")
sheet.getCellRangeByName("A2").String = "张三"
sheet.Annotations.insertNew(sheet.getCellRangeByName("C3").CellAddress, "已电话核实")
save(document, ARGUMENTS[0])
document.close(True)
""",
        copy,
    )
    done = adopt(workspace, copy)
    assert not done.patched
    assert list(notes(source).values()) == ["已电话核实"]
    assert_clean(source)


def test_no_note_of_ours_stays_in_what_was_adopted(workspace: Workspace, office: Office) -> None:
    source, copy = copied(workspace)
    office.resave(copy)
    edit(copy, "台账", A2="张三")
    adopt(workspace, copy)
    assert notes(source) == {}
    assert_clean(source)


def test_the_time_is_that_at_which_it_was_typed(workspace: Workspace) -> None:
    source, copy = copied(workspace)
    edit(copy, "台账", A2="张三")
    os.utime(copy, ns=(1_700_000_000_000_000_000,) * 2)
    adopt(workspace, copy)
    assert source.stat().st_mtime_ns == 1_700_000_000_000_000_000


# ── copies that hold values only ───────────────────────────────────────────────────────────────────────────────────────


def values_only(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, bytes]:
    """Return a ledger in the old format, the copy made of it without LibreOffice, and its bytes."""
    name = "马村镇/走访慰问.xls"
    before = old_ledger(station_file(workspace, name))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "which", lambda *_: None)
        source, copy = copied(workspace, name)
    return source, copy, before


def test_a_copy_of_values_only_says_so(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    _, copy, _ = values_only(workspace, monkeypatch)
    label = read_label(copy)
    assert label is not None
    assert label.values_only
    assert "只有数值和合并单元格" in openpyxl.load_workbook(copy)["问题清单"]["A4"].value
    edit(copy, "台账", A2="张三")
    again = read_label(copy)
    assert again is not None
    assert (again.values_only, again.saved_since) == (True, True)


def test_a_copy_of_values_only_takes_the_place_of_nothing_unless_asked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, copy, before = values_only(workspace, monkeypatch)
    edit(copy, "台账", A2="张三")
    monkeypatch.setattr(shutil, "which", lambda *_: None)
    assert refusal(lambda: adopt(workspace, copy)) == "values-only"
    assert source.read_bytes() == before
    assert copy.exists()
    done = adopt(workspace, copy, force=True)
    assert not source.exists()
    assert (workspace.folder / done.backup).read_bytes() == before


def test_with_libreoffice_the_typed_cells_go_into_all_of_the_original(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("soffice")
    source, copy, before = values_only(workspace, monkeypatch)
    edit(copy, "台账", A2="张三")
    done = adopt(workspace, copy)
    assert (done.patched, cells(done)) == (True, [("A2", "", "张三")])
    assert (workspace.folder / done.backup).read_bytes() == before
    book = openpyxl.load_workbook(source.with_suffix(".xlsx"))
    assert book["台账"]["A2"].value == "张三"
    assert book["台账"]["C2"].number_format.lower() == "yyyy\\-mm\\-dd"
