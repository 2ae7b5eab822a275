"""A marked copy comes back with entries typed into it: it becomes the station's ledger, and nothing gets lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import make_id, needs, save_workbook
from tests.fixing.fixing_samples import edit, values
from tests.marking.marking_samples import parts
from toolkit.config import template
from toolkit.fixing import AdoptResult, adopt
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
