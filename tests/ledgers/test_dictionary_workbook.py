"""The dictionary as a workbook: nothing is lost on the way there and back, and whoever never edits it never notices it."""

from __future__ import annotations

import contextlib
import copy
import pickle
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dictionary_books import add, edited, exported, find, put
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.conftest import needs
from toolkit.fields import type_names
from toolkit.ledgers.build import build
from toolkit.ledgers.compare import compare
from toolkit.ledgers.definitions import NULL_LIST, OWNER, Definitions, entry
from toolkit.ledgers.dictionary import built_in_definitions, is_unedited, load_dictionary
from toolkit.ledgers.sheets import SHEETS, joined, split_list
from toolkit.ledgers.workbook_read import read_workbook
from toolkit.ledgers.workbook_write import workbook_of
from toolkit.rules import rule_names, rule_settings


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_there_and_back_changes_nothing(tmp_path: Path, lang: str) -> None:
    book = read_workbook(exported(tmp_path / "d.xlsx", lang).read_bytes(), even_unedited=True)
    assert book.definitions == built_in_definitions()
    assert build(book.definitions) == load_dictionary(), "version included"


_SIGNS = "、，,；;=＝:：「」“”\"'()[]{}<>&#@*/\\|_ .-+%\n"
_TEXT = st.text(st.sampled_from(list("甲乙丙丁村乡镇AB12") + list(_SIGNS)), min_size=1, max_size=8)
_TEXT = _TEXT.map(lambda said: said.strip()).filter(lambda said: bool(said) and said not in ("是", "否"))
_TEXTS = st.lists(_TEXT, min_size=1, max_size=3)
_NUMBER = st.one_of(st.integers(-1000, 1000), st.sampled_from([0.5, 0.25, 1e6]))
_LEDGER = st.sampled_from(["L1", "L2", "X9"])


def _value(kind: str, choices: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return {
        "fields": _TEXTS, "values": _TEXTS, "texts": _TEXTS, "pair": st.lists(_NUMBER, min_size=2, max_size=2), "number": _NUMBER,
        "yes": st.just(True), "choice": st.sampled_from(choices or ("-",)), "date": st.dates(date(1950, 1, 1), date(2030, 1, 1)),
        "amounts": st.dictionaries(_TEXT, _NUMBER, min_size=1, max_size=2),
        "condition": st.fixed_dictionaries({"field": _TEXT, "in": _TEXTS}),
    }.get(kind, _TEXT)  # fmt: skip


@st.composite
def _rules(draw: Any) -> Any:
    name = draw(st.sampled_from([one for one in rule_names() if one != "required"]))
    declared = rule_settings()[name].declared
    chosen = draw(st.lists(st.sampled_from(sorted(declared)), unique=True))
    if "field" in chosen and "fields" in chosen:
        chosen.remove("field")
    given_ = {key: draw(_value(declared[key].kind, declared[key].choices)) for key in chosen}
    if "fields" in given_ and "field" in declared and len(given_["fields"]) == 1:
        given_["fields"] = [*given_["fields"], "乙"]
    return {OWNER: draw(_LEDGER), "rule": name, **given_}


_ROWS = {
    "ledgers": st.fixed_dictionaries(
        {"id": _LEDGER, "name": _TEXT},
        optional={"short": _TEXT, "titles": _TEXTS, "levels": st.lists(st.sampled_from(["市", "村"]), min_size=1), "key": _TEXTS, "telling": _TEXTS,
                  "rhythm": st.sampled_from(["monthly", "continuous"]), "person": _TEXT, "date": _TEXT},
    ),
    "fields": st.fixed_dictionaries(
        {"ledger": _LEDGER, "name": _TEXT, "type": st.sampled_from([one for one in type_names() if one != "person_name"])},
        optional={"required": st.just(True), "codes": _TEXT, "open": st.just(True), "multiple": st.just(True), "min": _NUMBER, "max": _NUMBER,
                  "units": _TEXTS, "group": _TEXT, "note": _TEXT, "future": st.just(True), "mixed": st.just(True)},
    ),
    "aliases": st.fixed_dictionaries({"field": _TEXT, "alias": _TEXT}, optional={"ledger": _LEDGER}),
    "codes": st.fixed_dictionaries({"list": st.one_of(st.just(NULL_LIST), _TEXT), "value": _TEXT}, optional={"synonyms": _TEXTS, "without_suffix": _TEXT}),
    "rules": _rules(),
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({table: st.lists(rows, max_size=3) for table, rows in _ROWS.items()}))
def test_whatever_a_dictionary_says_there_and_back_changes_nothing(tables: dict[str, list[Any]]) -> None:
    said = Definitions(**{table: [entry(row, str) for row in rows] for table, rows in tables.items()})
    back = read_workbook(workbook_of(said), even_unedited=True)
    assert back.definitions == said
    assert back.definitions.version() == said.version()
    assert not back.edited


@given(st.lists(_TEXT, min_size=1))
def test_one_cell_holds_several_things_whatever_signs_are_in_them(items: list[str]) -> None:
    assert split_list(joined(items)) == items


def test_a_workbook_that_nobody_edited_is_the_built_in_dictionary(tmp_path: Path) -> None:
    path = exported(tmp_path / "d.xlsx")
    assert load_dictionary(path) is load_dictionary()
    book = load_workbook(path)  # saved again by another program, with filters, widths and remarks
    book["字段"].auto_filter.ref = "A1:C5"
    book["字段"].column_dimensions["B"].width = 50
    put(book, "字段", 2, "备注", "不用改")
    book.save(path)
    assert is_unedited(path)
    assert load_dictionary(path) is load_dictionary()


def test_an_unedited_export_of_an_older_version_does_not_freeze_it(tmp_path: Path) -> None:
    older = copy.copy(built_in_definitions())
    older.rules, older.fields = older.rules[:-5], [one for one in older.fields if one.get("name") != "备注"]
    (tmp_path / "d.xlsx").write_bytes(workbook_of(older))
    assert load_dictionary(tmp_path / "d.xlsx") is load_dictionary()


def test_an_unedited_export_of_a_version_with_fewer_columns_does_not_either(tmp_path: Path) -> None:
    from toolkit.ledgers.sheets import NOTES, fingerprint

    path = edited(tmp_path / "d.xlsx", lambda book: book["字段"].delete_cols(15))
    book = load_workbook(path)
    tables = {sheet.table: [list(row) for row in book[sheet.name].iter_rows(values_only=True)] for sheet in SHEETS}
    notes = next(row for row in book[NOTES].iter_rows() if row[0].value == "导出标记")
    notes[1].value = f"0123/{fingerprint(tables)}"
    book.save(path)
    assert load_dictionary(path) is load_dictionary()


def test_libreoffice_saving_it_is_no_edit_and_an_edit_stays_one(tmp_path: Path) -> None:
    soffice = needs("soffice")
    exported(tmp_path / "unedited.xlsx")
    edited(tmp_path / "edited.xlsx", lambda book: add(book, "别名", 列名="身份证号", 别名="身份号"))
    command = [soffice, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx", "--outdir",
               str(tmp_path / "saved"), str(tmp_path / "unedited.xlsx"), str(tmp_path / "edited.xlsx")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert is_unedited(tmp_path / "saved/unedited.xlsx")
    saved = read_workbook((tmp_path / "saved/unedited.xlsx").read_bytes(), even_unedited=True)
    assert saved.definitions == built_in_definitions()
    assert (
        load_dictionary(tmp_path / "saved/edited.xlsx")
        == load_dictionary(tmp_path / "edited.xlsx")
        != load_dictionary()
    )


def _a_clerk(book: Any) -> None:
    add(
        book,
        "台账",
        编号="L19",
        名称="军休干部台账",
        标题用词="军休、离退休干部",
        应报级别="乡镇、村",
        报送周期="每季度",
        主键列="身份证号、姓名",
        姓名列="姓名",
    )
    for name, kind, need in (
        ("姓名", "姓名", "必填"),
        ("身份证号", "身份证号", "必填"),
        ("休养所", "文字", "必填"),
        ("住院次数", "整数", None),
    ):
        add(book, "字段", 台账="L19", 列名=name, 类型=kind, 必填=need, 表头分组="基本情况")
    put(book, "字段", find(book, "字段", 台账="L19", 列名="住院次数"), "最大值", 366)
    add(book, "字段", 台账="走访慰问", 列名="陪同人", 类型="姓名", 可填几个="是", 备注="2021年新加")
    add(book, "别名", 台账="L2", 列名="陪同人", 别名="陪同人员、随行人员")
    add(book, "别名", 列名="身份证号", 别名="身份号码")
    add(book, "代码", 代码表="走访方式", 值="视频走访", 同义写法="视频、微信视频")
    add(book, "代码", 代码表=NULL_LIST, 值="未填")
    add(book, "规则", 台账="L19", 规则="不得重复", 列="身份证号", 级别="错误", 其他设置="姓名列=姓名")
    add(
        book,
        "规则",
        台账="L2",
        表达式="空(慰问金) 或者 慰问金 > 0",
        适用条件='走访类型 = "慰问"',
        提示="慰问要写慰问金",
        级别="错误",
        列="慰问金",
    )


def test_a_ledger_a_column_an_alias_and_a_code_need_no_programming(tmp_path: Path) -> None:
    made = load_dictionary(edited(tmp_path / "d.xlsx", _a_clerk))
    ledger, visits = made.ledgers["L19"], made.ledgers["L2"]
    assert (ledger.short, ledger.levels, ledger.rhythm) == ("军休干部台账", ("乡镇", "村"), "quarterly")
    assert (ledger.required, ledger.id_field, ledger.person, ledger.telling) == (
        ("姓名", "身份证号", "休养所"),
        "身份证号",
        "姓名",
        ("休养所",),
    )
    assert ledger.fields["住院次数"].max == 366
    assert ledger.headings["身份证号码"] == "身份证号", "aliases of all ledgers hold in the new one"
    assert [rule.rule for rule in ledger.rules] == ["required", "unique"]
    assert dict(ledger.rules[1].settings) == {"fields": ["身份证号"], "severity": "error", "name": "姓名"}
    assert visits.headings["随行人员"] == "陪同人"
    assert visits.fields["陪同人"].several
    assert made.ledgers["L3"].headings["身份号码"] == "身份证号"
    codes = visits.fields["走访方式"].codes
    assert codes is not None
    assert codes.lookup["微信视频"] == "视频走访"
    assert "未填" in made.null_words
    assert visits.rules[-1].rule == "expression"
    assert made.version != load_dictionary().version


def test_what_was_edited_is_told(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        _a_clerk(book)
        book["规则"].delete_rows(find(book, "规则", 台账="L1", 规则="服役年限"))
        put(book, "字段", find(book, "字段", 台账="L3", 列名="家庭人口"), "最大值", 20)

    book = read_workbook(edited(tmp_path / "d.xlsx", edit).read_bytes())
    told = {(one.what, one.table, one.name) for one in compare(book.definitions, built_in_definitions())}
    assert {("added", "ledgers", "L19 军休干部台账"), ("added", "codes", "走访方式 视频走访"), ("added", "aliases", "身份证号 身份号码"),
            ("removed", "rules", "L1 服役年限"), ("changed", "fields", "L3 家庭人口")} <= told  # fmt: skip
    assert len(told) == 1 + 5 + 3 + 2 + 2 + 1 + 1, told
    assert book.base == built_in_definitions().version()


def test_rows_may_stand_in_any_order_with_blanks_between_and_a_title_above(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        page = book["别名"]
        page.insert_rows(5, 3)
        page.insert_rows(1)
        page["A1"] = "各种叫法（2021年3月修订）"
        columns = [[cell.value for cell in column] for column in book["代码"].iter_cols()]
        for place, column in enumerate([columns[1], columns[0], *columns[2:]], 1):
            for row, value in enumerate(column, 1):
                book["代码"].cell(row, place).value = value

    book = read_workbook(edited(tmp_path / "d.xlsx", edit).read_bytes())
    assert compare(book.definitions, built_in_definitions()) == []


def test_sheets_may_be_hidden_and_others_added(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["规则"].sheet_state = "hidden"
        book.create_sheet("草稿")["A1"].value = "记一下"
        add(book, "别名", 列名="身份证号", 别名="身份号")

    book = read_workbook(edited(tmp_path / "d.xlsx", edit).read_bytes())
    assert [one.name for one in compare(book.definitions, built_in_definitions())] == ["身份证号 身份号"]
    assert book.unused == ("草稿",)


def test_it_is_never_taken_for_a_ledger(tmp_path: Path) -> None:
    from tests.processing import process

    assert [one.code for one in process(exported(tmp_path / "基本信息台账.xlsx")).file.findings] == ["I013"]


def test_a_dictionary_reaches_the_workers_whole(dictionary: Any) -> None:
    assert pickle.loads(pickle.dumps(dictionary)) == dictionary


def test_a_folder_of_toml_files_is_a_dictionary_as_well(tmp_path: Path) -> None:
    (tmp_path / "X1.toml").write_text(
        'id = "X1"\nname = "甲台账"\n[[fields]]\nname = "乙"\ntype = "text"\nrequired = true\n', encoding="utf-8"
    )
    assert load_dictionary(tmp_path).ledgers["X1"].required == ("乙",)


def test_the_expressions_in_the_manual_are_right_and_name_every_function() -> None:
    from toolkit.expressions import ExpressionError, compile_expression
    from toolkit.expressions.functions import FUNCTIONS

    manual = (Path(__file__).parents[2] / "docs/dictionary.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2:4] for line in manual.splitlines() if line.startswith("| ") and "`" in line.split("|")[2]]
    expressions = [cell.strip().strip("`") for row in rows for cell in row if cell.strip()]
    assert len(expressions) >= 9
    for expression in expressions:
        fitting = []
        for ledger in load_dictionary().ledgers.values():
            with contextlib.suppress(ExpressionError):
                fitting.append(compile_expression(expression, ledger.fields))
        assert fitting, expression
    assert all(f"`{one.name}" in manual for one in FUNCTIONS.values())
