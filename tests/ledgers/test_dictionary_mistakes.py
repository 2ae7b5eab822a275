"""Whatever is wrong with a dictionary is told at its own cell, with what may have been meant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dictionary_books import add, edited, find, put

from toolkit.ledgers.dictionary import DictionaryError, load_dictionary
from toolkit.messages import LANGUAGES, has
from toolkit.rules import rule, rule_names, rule_settings

Edit = Callable[[Any], Any]


def mistakes(path: Path, edit: Edit) -> list[tuple[str, str, str]]:
    """Return (place, entry of the catalogue, suggestion) of every mistake; each can be said in both languages."""
    with pytest.raises(DictionaryError) as caught:
        load_dictionary(edited(path, edit))
    for lang in LANGUAGES:
        heading, *sentences = caught.value.sentences(lang)
        assert str(path) in heading
        assert all(re.fullmatch(r"  \S.*[^\s]", sentence) for sentence in sentences)
    return [(one.place, one.name.removeprefix("dictionary."), one.near) for one in caught.value.problems]


def field(name: str, heading: str, value: Any, ledger: str = "L2") -> Edit:
    """Type into a cell of a field's row."""
    return lambda book: put(book, "字段", find(book, "字段", 台账=ledger, 列名=name), heading, value)


def ledger(number: str, heading: str, value: Any) -> Edit:
    return lambda book: put(book, "台账", find(book, "台账", 编号=number), heading, value)


def row(sheet: str, heading: str, **cells: Any) -> Callable[[Any], str]:
    """Type a new row; the mistake is expected in the column of this heading."""

    def edit(book: Any) -> str:
        number = add(book, sheet, **cells)
        return put(book, sheet, number, heading, cells.get(heading))

    return edit


def code(heading: str, value: Any, **cells: Any) -> Edit:
    return lambda book: put(book, "代码", find(book, "代码", **cells), heading, value)


def rule_of(heading: str, value: Any, **cells: Any) -> Edit:
    return lambda book: put(book, "规则", find(book, "规则", **cells), heading, value)


EXPRESSION = {"台账": "L1", "规则": "表达式"}
CASES: dict[str, tuple[Edit, str, str]] = {
    # ledgers
    "two ledgers of one id": (row("台账", "编号", 编号="l1", 名称="甲"), "id_twice", ""),
    "two ledgers of one name": (row("台账", "名称", 编号="X1", 名称="走访慰问台账"), "name_twice", ""),
    "an id that is none": (row("台账", "编号", 编号="烈属", 名称="甲"), "bad_id", ""),
    "a ledger without a name": (row("台账", "名称", 编号="X1"), "missing", ""),
    "a ledger without columns": (row("台账", "编号", 编号="X1", 名称="甲"), "no_fields", ""),
    "an unknown rhythm": (ledger("L2", "报送周期", "每个月"), "no_rhythm", "每月"),
    "an unknown level": (ledger("L2", "应报级别", "乡镇、社区居"), "no_level", "社区"),
    "a key that is no column": (ledger("L2", "主键列", "被走访人、走访日"), "key_no_field", "走访日期"),
    "a telling column that is none": (ledger("L2", "特征列", "走访形式"), "key_no_field", "走访方式"),
    "a date that is none": (ledger("L2", "日期列", "走访人"), "no_date_column", ""),
    # fields
    "a column of no ledger": (row("字段", "台账", 台账="新台账", 列名="甲", 类型="文字"), "no_ledger", ""),
    "a column of a ledger nearly named": (row("字段", "台账", 台账="走访慰问台帐", 列名="甲", 类型="文字"), "no_ledger", "走访慰问台账"),
    "a column without a ledger": (row("字段", "台账", 列名="甲", 类型="文字"), "missing", ""),
    "an unknown type": (field("慰问金", "类型", "元"), "no_type", ""),
    "a type nearly right": (field("走访日期", "类型", "日 期型"), "no_type", "日期"),
    "no type": (field("慰问金", "类型", None), "type_missing", ""),
    "a column twice": (row("字段", "列名", 台账="L2", 列名="走访 日期", 类型="日期"), "field_twice", ""),
    "a name that cannot be": (row("字段", "列名", 台账="L2", 列名='甲"; DROP TABLE', 类型="文字"), "bad_name", ""),
    "a name over two lines": (row("字段", "列名", 台账="L2", 列名="甲\n乙", 类型="文字"), "bad_name", ""),
    "a missing code list": (field("走访方式", "代码表", "走访办法"), "no_codes", "走访方式"),
    "a choice without a list": (field("走访方式", "代码表", None), "codes_missing", ""),
    "a list for no choice": (field("走访内容", "代码表", "走访方式"), "only_for", ""),
    "a minimum for a text": (field("走访内容", "最小值", 3), "only_for", ""),
    "a minimum above the maximum": (field("家庭人口", "最大值", 0, "L3"), "min_over_max", ""),
    "words for a number": (field("家庭人口", "最小值", "三", "L3"), "not_number", ""),
    "a yes that is none": (field("慰问金", "按人给的钱", "也许"), "not_yes", ""),
    "a need that is none": (field("慰问金", "必填", "最好填"), "not_need", ""),
    "a number for a name": (row("字段", "列名", 台账="L2", 列名=2020, 类型="文字"), "number_cell", ""),
    "a day for a name": (row("字段", "列名", 台账="L2", 列名=dt.date(2020, 1, 2), 类型="文字"), "date_cell", ""),
    "an error value": (row("字段", "列名", 台账="L2", 列名="#N/A", 类型="文字"), "error_cell", ""),
    "a formula": (row("字段", "列名", 台账="L2", 列名='="甲"&"乙"', 类型="文字"), "formula", ""),
    # aliases
    "an alias of two columns": (row("别名", "别名", 台账="L2", 列名="走访人", 别名="走访时间"), "alias_twice", ""),
    "an alias of two columns everywhere": (row("别名", "别名", 列名="民族", 别名="学历"), "alias_twice", ""),
    "an alias that is a column": (row("别名", "别名", 台账="L2", 列名="走访人", 别名="走 访 日 期"), "alias_is_name", ""),
    "an alias of no column": (row("别名", "列名", 台账="L2", 列名="走访日子", 别名="甲"), "no_field", "走访日期"),
    "an alias of no column anywhere": (row("别名", "列名", 列名="身份正号", 别名="甲"), "no_field", "身份证号"),
    "no alias": (row("别名", "别名", 台账="L2", 列名="走访人"), "missing", ""),
    "a quote that is never closed": (row("别名", "别名", 台账="L2", 列名="走访人", 别名="「走访、人"), "not_closed", ""),
    # code lists
    "a value twice": (row("代码", "值", 代码表="走访方式", 值="微信"), "value_twice", ""),
    "a synonym of two values": (row("代码", "同义写法", 代码表="走访方式", 值="视频走访", 同义写法="电话、视频"), "synonym_twice", ""),
    "a synonym that is a value": (code("同义写法", "微信", 代码表="走访方式", 值="短信"), "synonym_twice", ""),
    "a value without a list": (row("代码", "代码表", 值="甲"), "missing", ""),
    "a list without a value": (row("代码", "值", 代码表="甲"), "missing", ""),
    "two endings": (code("可省末字", "人", 代码表="民族", 值="回族"), "suffix_twice", ""),
    # rules
    "an unknown rule": (row("规则", "规则", 台账="L1", 规则="顺序"), "no_rule", ""),
    "a rule nearly named": (row("规则", "规则", 台账="L1", 规则="日期在报告期", 列="出生日期"), "no_rule", "日期在报告期内"),
    "no rule": (row("规则", "规则", 台账="L1", 列="姓名"), "no_rule", ""),
    "a rule naming no column": (rule_of("列", "走访日子", 台账="L2", 规则="日期在报告期内"), "rule_no_field", "走访日期"),
    "a rule naming no column in its settings": (
        rule_of("其他设置", "较早的日期=入伍日期；较晚的日期=退役时间；问题代码=E301", 台账="L1", 规则="日期先后"), "rule_no_field", "入伍时间"),
    "a rule of another type": (rule_of("列", "走访人", 台账="L2", 规则="日期在报告期内"), "rule_wrong_type", ""),
    "a setting missing": (rule_of("其他设置", "较早的日期=入伍时间；较晚的日期=退役时间", 台账="L1", 规则="日期先后"), "setting_missing", ""),
    "a setting too many": (
        rule_of("其他设置", "较早的日期=入伍时间；较晚的日期=退役时间；问题代码=E301；宽限=3", 台账="L1", 规则="日期先后"), "no_setting", ""),
    "a setting twice": (
        rule_of("其他设置", "较早的日期=入伍时间；较早的日期=出生日期；较晚的日期=退役时间；问题代码=E301", 台账="L1", 规则="日期先后"), "setting_twice", ""),
    "a code that the rule cannot say": (
        rule_of("其他设置", "较早的日期=入伍时间；较晚的日期=退役时间；问题代码=晚", 台账="L1", 规则="日期先后"), "no_choice", ""),
    "settings that are none": (rule_of("其他设置", "入伍时间在前", 台账="L1", 规则="日期先后"), "no_pair", ""),
    "limits the wrong way round": (
        rule_of("其他设置", "身份证号列=身份证号；入伍时间列=入伍时间；待核对界限=26、17；错误界限=12、45", 台账="L1", 规则="入伍年龄"), "setting_pair", ""),
    "both of two": (rule_of("其他设置", "条件列=人员类别；是这些值=退役士兵；不是这些值=烈士遗属", 台账="L1", 规则="有条件必填"), "one_of", ""),
    "a value that the list lacks": (
        rule_of("其他设置", "条件列=人员类别；不是这些值=烈士遗嘱属", 台账="L1", 规则="有条件必填"), "rule_no_value", "烈士遗属"),
    "an unknown ledger": (
        rule_of("其他设置", "身份证号列=身份证号；姓名列=被走访人；对照台账=名册", 台账="L2", 规则="名册里应有此人"), "no_ledger", ""),
    "a severity that is none": (rule_of("级别", "严重", 台账="L1", 规则="不得重复"), "no_choice", ""),
    # expressions
    "an expression naming no column": (row("规则", "表达式", **EXPRESSION, 表达式="退役日期 >= 入伍时间"), "expression.no_column", "退役时间"),
    "a date against a text": (row("规则", "表达式", **EXPRESSION, 表达式="退役时间 >= 姓名"), "expression.cannot_compare", ""),
    "a hostile expression": (row("规则", "表达式", **EXPRESSION, 表达式="__import__('os').system('x')"), "expression.strange", ""),
    "no condition at all": (row("规则", "表达式", **EXPRESSION, 表达式="年龄(身份证号)"), "expression.no_condition", ""),
    "a wrong condition for it": (
        row("规则", "适用条件", **EXPRESSION, 表达式="退役时间 >= 入伍时间", 适用条件='人员类别 = "退役兵"'), "expression.no_choice", "退役士兵"),
    "an expression without its expression": (row("规则", "表达式", **EXPRESSION, 提示="x"), "setting_missing", ""),
    "a column to show it at that is none": (row("规则", "列", **EXPRESSION, 表达式="退役时间 >= 入伍时间", 列="复员时间"), "rule_no_field", "退役时间"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(CASES))
def test_a_mistake_is_told_at_its_cell(tmp_path: Path, what: str) -> None:
    edit, name, near = CASES[what]
    place: list[str] = []
    found = mistakes(tmp_path / "d.xlsx", lambda book: place.append(edit(book)))
    assert found == [(place[0], name, near)]


def test_a_sheet_that_is_gone_is_one_mistake(tmp_path: Path) -> None:
    def rename(book: Any) -> None:
        book["别名"].title = "别名表"

    assert mistakes(tmp_path / "a.xlsx", lambda book: book.remove(book["规则"])) == [("", "no_sheet", "")]
    assert mistakes(tmp_path / "b.xlsx", rename) == [("", "no_sheet", "别名表")]


def test_a_sheet_without_headings_is_one_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "a.xlsx", lambda book: book["代码"].delete_rows(1, 2000)) == [
        ("代码!A1", "no_header", "")
    ]


def test_headings_added_renamed_doubled_or_gone(tmp_path: Path) -> None:
    def added(book: Any) -> None:
        book["字段"].cell(1, 17).value = "我的说明"
        book["字段"].cell(5, 17).value = "去年加的"

    def renamed(book: Any) -> None:
        book["字段"]["E1"].value = "代码"

    def doubled(book: Any) -> None:
        book["字段"].cell(1, 17).value = "类型"
        book["字段"].cell(2, 17).value = "文字"

    assert mistakes(tmp_path / "a.xlsx", added) == [("字段!Q1", "unknown_column", "")]
    assert mistakes(tmp_path / "b.xlsx", renamed) == [
        ("字段!E1", "unknown_column", "代码表"),
        ("字段!A1", "no_column", ""),
    ]
    assert mistakes(tmp_path / "c.xlsx", doubled) == [("字段!Q1", "column_twice", "")]
    assert mistakes(tmp_path / "d.xlsx", lambda book: book["字段"].delete_cols(4)) == [("字段!A1", "no_column", "")]


def test_no_ledger_at_all(tmp_path: Path) -> None:
    def empty(book: Any) -> None:
        for page in ("台账", "字段", "别名", "规则"):
            book[page].delete_rows(2, 2000)

    assert mistakes(tmp_path / "a.xlsx", empty) == [("", "empty", "")]


def test_one_mistake_brings_no_others_with_it(tmp_path: Path) -> None:
    """A column with a mistake of its own is still a column for the rules, keys and aliases that name it."""
    place: list[str] = []
    edit = field("走访日期", "类型", "曰期")
    assert mistakes(tmp_path / "a.xlsx", lambda book: place.append(edit(book))) == [(place[0], "no_type", "日期")]


def test_the_same_mistake_down_a_column_is_said_once(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError) as caught:
        load_dictionary(
            edited(tmp_path / "a.xlsx", lambda book: book["台账"].delete_rows(find(book, "台账", 编号="L18")))
        )
    assert len(caught.value.problems) > 20
    places = [sentence.split()[0] for sentence in caught.value.sentences("zh")[1:]]
    assert [re.sub(r"\d+", "", place) for place in places] == ["字段!A:A", "别名!A:A", "规则!A:A"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"id = 'L1'", "\u4e0d\u662f".encode("gbk") * 99])
def test_what_is_no_workbook_is_said(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "d.xlsx").write_bytes(data)
    with pytest.raises(DictionaryError) as caught:
        load_dictionary(tmp_path / "d.xlsx")
    assert "另存为 .xlsx" in "".join(caught.value.sentences("zh"))


def test_a_sheet_that_reaches_to_the_end_of_the_world_is_refused_before_it_is_read(tmp_path: Path) -> None:
    def far(book: Any) -> None:
        book["别名"]["XFD1048576"].value = "x"

    assert mistakes(tmp_path / "d.xlsx", far) == [("XFD1048576", "too_large", "")]


def test_formulas_elsewhere_do_not_matter(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book.create_sheet("我的统计")["A1"].value = "=COUNTA(台账!A:A)"

    assert load_dictionary(edited(tmp_path / "d.xlsx", edit)) is load_dictionary()


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ("id = ", "no_toml"),
        ('id = "X1"\nname = "甲"\ntitels = ["乙"]\n', "unknown_key"),
        ('id = "X1"\nname = "甲"\ntitles = "乙"\n', "no_texts"),
        ('id = "X1"\nname = "甲"\n[[fields]]\nname = "乙"\ntype = "text"\nrequired = "yes"\n', "no_yes"),
        ('id = "X1"\nname = "甲"\n[[fields]]\nname = "乙"\ntype = "integer"\nmin = "1"\n', "no_number"),
        ('id = "X1"\nname = "甲"\n[[fields]]\nname = "乙"\ntype = "text"\n[[rules]]\nrule = "period"\nfield = "丙"\n', "rule_no_field"),
    ],
)  # fmt: skip
def test_mistakes_in_toml_name_their_file(tmp_path: Path, toml: str, name: str) -> None:
    (tmp_path / "X1.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(DictionaryError) as caught:
        load_dictionary(tmp_path)
    assert [(one.place.split()[0], one.name) for one in caught.value.problems] == [("X1.toml", f"dictionary.{name}")]


@pytest.mark.parametrize("name", rule_names())
def test_every_setting_that_a_rule_reads_is_declared_and_the_other_way_round(name: str) -> None:
    source = Path(rule(name).__file__ or "").read_text(encoding="utf-8")
    read = set(re.findall(r"settings(?:\[|\.get\()\"(\w+)\"", source)) | set(
        re.findall(r"\"(\w+)\" in settings", source)
    )
    declared = set(rule_settings()[name].declared)
    used = {
        key
        for one in load_dictionary().ledgers.values()
        for spec in one.rules
        if spec.rule == name
        for key in spec.settings
    }
    assert read - {"own", "ledger_name"} <= declared
    assert declared <= read | used
    assert all(has(f"setting.{key}") for key in declared)
    assert has(f"rule.{name}.title")
    assert has(f"rule.{name}.what")
