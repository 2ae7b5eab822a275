"""What a clerk does: have the safe suggestions written, look at the list first, take them back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import TODAY, make_id, save_workbook
from tests.fixing.fixing_samples import values
from toolkit.fields.id_card import extend15
from toolkit.fixing import FIX_SHEET, corrections_of, fix_files
from toolkit.messages import text
from toolkit.model import Finding, Place, Severity
from toolkit.single import check_files

HEAD = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "政治面貌", "入伍时间", "退役时间", "联系电话"]
CARD = make_id("19520312", 1)
_OTHER = make_id("19530412", 5)
OLD_CARD = _OTHER[:6] + _OTHER[8:17]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register with entries in odd forms, one missing and one wrong."""
    second = make_id("19610203", 2)
    rows = [
        [
            "张　三",
            "男",
            f"{CARD[:6]} {CARD[6:14]} {CARD[14:]}",
            "汉族",
            "退役士兵",
            "马村镇",
            "党员",
            "１９７０.12",
            "1975.3",
            "138 0000 0001",
        ],
        ["李四", "男", OLD_CARD, "汉族", "退役士兵", "马村镇", "群众", "1970.12", "1975.3", "13800000002"],
        [
            None,
            "男",
            second[:-1] + ("0" if second[-1] != "0" else "1"),
            "汉族",
            "退役士兵",
            "马村镇",
            "群众",
            "1982.10",
            "1986.1",
            "13800000003",
        ],
    ]
    return save_workbook(tmp_path / "基本信息.xlsx", [HEAD, *rows])


def fixed(*paths: Path, **options: bool) -> list:  # type: ignore[type-arg]
    return fix_files(paths, today=TODAY, **options)  # type: ignore[arg-type]


def test_only_safe_suggestions_are_written(register: Path) -> None:
    before = values(register)["Sheet1"]
    (made,) = fixed(register)
    assert (made.status, made.usable, made.skipped) == ("done", True, ())
    rows = values(register)["Sheet1"]
    assert [rows[1][at] for at in (0, 2, 6, 7, 9)] == ["张三", CARD, "中共党员", "1970.12", "13800000001"]
    assert rows[2:] == before[2:]
    assert not [
        one
        for one in check_files([register], today=TODAY).findings[register.as_posix()]
        if one.code in ("I220", "I225")
    ]
    assert len(values(register)[FIX_SHEET]) == 3 + len(made.done)


def test_long_ids_only_on_request(register: Path) -> None:
    (made,) = fixed(register, long_ids=True)
    assert values(register)["Sheet1"][2][2] == extend15(OLD_CARD)
    assert any(one.new == extend15(OLD_CARD) for one in made.done)


def test_the_list_before_writing_shows_no_number_of_a_person(register: Path) -> None:
    before = register.read_bytes()
    (made,) = fixed(register, dry_run=True, long_ids=True)
    assert (made.status, register.read_bytes()) == ("listed", before)
    for shown in (
        "\n".join(made.lines("zh")),
        "\n".join(made.lines("en")),
        json.dumps(made.to_dict("zh"), ensure_ascii=False),
    ):
        assert "张三" in shown
        assert CARD not in shown
        assert OLD_CARD not in shown
        assert "13800000001" not in shown
        assert "138 0000 0001" not in shown
    assert len(made.lines("zh", most=2)) == 4


def test_undoing_in_a_folder(register: Path, tmp_path: Path) -> None:
    before = values(register)
    save_workbook(tmp_path / "其他.xlsx", [["没有", "台账"]])
    assert {one.status for one in fixed(tmp_path)} == {"done", "none"}
    (planned,) = fixed(register, undo=True, dry_run=True)
    assert planned.status == "listed"
    taken = {Path(one.path).name: one for one in fixed(tmp_path, undo=True)}
    assert {name: one.status for name, one in taken.items()} == {"基本信息.xlsx": "done", "其他.xlsx": "none"}
    assert values(register) == before
    assert taken["基本信息.xlsx"].lines("zh")[0] == text(
        "fix.screen.undone", "zh", path=str(register), count=len(taken["基本信息.xlsx"].done)
    )


def test_files_that_cannot_be_corrected_say_why(register: Path, tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for row, cells in enumerate(values(register)["Sheet1"]):
        for column, value in enumerate(cells):
            if value is not None:
                sheet.write(row, column, value)
    old, broken = tmp_path / "旧.xls", tmp_path / "坏.xlsx"
    book.save(str(old))
    broken.write_bytes(b"PK\3\4")
    found = {Path(one.path).name: one for one in fixed(old, broken)}
    assert (found["旧.xls"].status, found["坏.xlsx"].status) == ("refused", "unreadable")
    assert ".xlsx" in found["旧.xls"].lines("zh")[0]
    assert not found["旧.xls"].usable
    (taken,) = fixed(old, undo=True)
    assert taken.status == "none"


def test_one_correction_a_cell_and_only_with_a_suggestion() -> None:
    place = Place(sheet="一", row=2, column=3)

    def finding(code: str, suggestion: str | None, *, safe: bool = True, at: Place = place) -> Finding:
        return Finding(code, Severity.INFO, at, value="旧", suggestion=suggestion, safe=safe)

    found = [
        finding("I225", "新"),
        finding("I220", "另一"),
        finding("I225", "x", safe=False),
        finding("W223", "x"),
        finding("I225", None),
    ]
    assert [(one.cell, one.new) for one in corrections_of(found)] == [("C2", "新")]
    assert not corrections_of([finding("I225", "x", at=Place(sheet="一"))])
    assert not corrections_of([finding("W207", "x", safe=False)])
    assert corrections_of([finding("W207", "x", safe=False)], long_ids=True)
