"""Names, phones, amounts, numbers, codes, yes and no."""

import pytest

from toolkit.fields import Context, FieldSpec, parse
from toolkit.fields.base import CellError, CodeList, NoResult
from toolkit.ledgers.dictionary import Dictionary

NAME = FieldSpec("姓名", "person_name")
PHONE = FieldSpec("联系电话", "phone")
MONEY = FieldSpec("慰问金", "amount", per_person=True)


@pytest.mark.parametrize("name", ["张三", "欧阳修", "阿里·买买提", "𠮷野", "Anna Berg"])
def test_names_that_are_fine(context: Context, name: str) -> None:
    assert parse(NAME, name, context) == (name, None, None, None, False)


@pytest.mark.parametrize(
    ("typed", "value", "code"),
    [
        ("张 三", "张三", "I225"),
        ("张　三", "张三", "I225"),
        ("阿里•买买提", "阿里·买买提", "I225"),
        ("张三（已故）", "张三", "W223"),
        ("李四(户主)", "李四", "W223"),
        ("王五*", "王五", "W223"),
        ("张三、李四/王五", None, "W222"),
        ("张三\n李四", None, "W222"),
        ("张三等3人", None, "W222"),
        ("张\ufffd", "张\ufffd", "W224"),
        ("张\ue000", "张\ue000", "W224"),
        ("张?", "张?", "W224"),
        (12345, None, "W224"),
    ],
)
def test_names_that_need_a_word(context: Context, typed: object, value: str | None, code: str) -> None:
    parsed = parse(NAME, typed, context)
    assert (parsed.value, parsed.code) == (value, code)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("13803551234", "13803551234"),
        (13803551234.0, "13803551234"),
        ("0356-5221234", "03565221234"),
        ("5221234", "5221234"),
        ("13803551234/15903551234", "13803551234、15903551234"),
        ("13803551234、5221234", "13803551234、5221234"),
    ],
)
def test_phones_that_are_fine(context: Context, typed: object, value: str) -> None:
    parsed = parse(PHONE, typed, context)
    assert (parsed.value, parsed.code) == (value, None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1380355123", "E221"),
        ("1.38E+10", "E221"),
        ("138035512345", "E221"),
        ("11010519491231002X", "E208"),
        ("本人", "E221"),
    ],
)
def test_phones_that_are_wrong(context: Context, typed: object, code: str) -> None:
    parsed = parse(PHONE, typed, context)
    assert (parsed.value, parsed.code) == (None, code)


@pytest.mark.parametrize(
    ("typed", "unit", "value", "code"),
    [
        (500, 1, 500.0, None),
        ("500元", 1, 500.0, None),
        ("0.05万", 1, 500.0, None),
        (0.05, 10_000, 500.0, None),
        ("500元", 10_000, 500.0, None),
        ("1,000", 1, 1000.0, None),
        ("伍佰", 1, 500.0, None),
        ("壹仟贰佰元整", 1, 1200.0, None),
        ("约300", 1, 300.0, "W217"),
        ("500+米1袋", 1, 500.0, "W217"),
        ("若干", 1, None, "E216"),
        (5, 1, 5.0, "W218"),
        (300_000, 1, 300_000.0, "W218"),
        (0, 1, 0.0, None),
        (float("inf"), 1, None, "E216"),
    ],
)
def test_amounts(context: Context, typed: object, unit: float, value: float | None, code: str | None) -> None:
    from dataclasses import replace

    parsed = parse(MONEY, typed, replace(context, unit=unit))
    assert (parsed.value, parsed.code) == (value, code)


def test_codes_by_name_synonym_and_guess(dictionary: Dictionary, context: Context) -> None:
    party = dictionary.ledgers["L1"].fields["政治面貌"]
    assert parse(party, "中共党员", context).value == "中共党员"
    assert parse(party, "党员", context)[:2] == ("中共党员", "I220")
    assert parse(party, "群退", context)[:2] == ("群众", "I220")
    wrong = parse(party, "中共预备党", context)
    assert (wrong.value, wrong.code, wrong.suggestion, wrong.safe) == (None, "E219", "中共预备党员", False)
    nation = dictionary.ledgers["L1"].fields["民族"]
    assert parse(nation, "汉", context)[:2] == ("汉族", None)
    assert parse(nation, "撤拉族", context)[:2] == ("撒拉族", "I220")
    merits = dictionary.ledgers["L1"].fields["立功受奖情况"]
    assert parse(merits, "优秀士兵2次,三等功", context)[:2] == ("优秀士兵、三等功", None)
    assert parse(merits, "无", context)[:2] == (None, None)


def test_yes_and_no(context: Context) -> None:
    spec = FieldSpec("是否主干", "yes_no")
    assert [parse(spec, word, context).value for word in ("是", "√", "有", "否", "×", "无", 1, 0)] == ["是"] * 3 + [
        "否"
    ] * 3 + ["是", "否"]
    assert parse(spec, "大概", context).code == "E233"


def test_numbers_carry_their_unit(context: Context) -> None:
    area = FieldSpec("场所面积", "number", min=0, max=1000, units=("平方米", "㎡"))
    assert [parse(area, cell, context).value for cell in (20, "20平方米", "20.5㎡", "二十")] == [20.0, 20.0, 20.5, 20.0]
    assert parse(area, "很大", context).code == "E231"
    assert parse(area, 2000, context).code == "W232"
    assert parse(FieldSpec("人数", "integer"), 3.5, context).code == "E231"


def test_error_cells_and_formulas_without_a_result_are_said_whatever_the_type(context: Context) -> None:
    codes = CodeList.build("x", ("甲",), {})
    for spec in (NAME, PHONE, MONEY, FieldSpec("a", "date"), FieldSpec("b", "code", codes=codes)):
        assert parse(spec, CellError("#REF!"), context).code == "E227"
        assert parse(spec, NoResult(), context).code == "W228"


def test_a_bank_account_stored_as_a_number_is_lost(context: Context) -> None:
    spec = FieldSpec("银行账号", "bank_account")
    assert parse(spec, 6.2284800398e18, context).code == "E236"
    assert parse(spec, "6228 4800 3981 2345 678", context)[:2] == ("6228480039812345678", "I225")
