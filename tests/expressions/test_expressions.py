"""The language of expressions: what it says of rows, and what it will not do."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import make_id
from toolkit.expressions import ExpressionError, compile_expression
from toolkit.expressions.functions import FUNCTIONS
from toolkit.expressions.values import Span
from toolkit.fields.base import FieldSpec
from toolkit.fields.date import PartialDate, read_text
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.messages import has
from toolkit.rules.base import Batch

CODES = load_dictionary().ledgers["L4"].fields["就业状态"].codes
FIELDS = {
    spec.name: spec
    for spec in (
        FieldSpec("姓名", "person_name"),
        FieldSpec("身份证号", "id_card"),
        FieldSpec("入伍时间", "date"),
        FieldSpec("退役时间", "date"),
        FieldSpec("村(居)审核时间", "date"),
        FieldSpec("线上/线下", "text"),
        FieldSpec("慰问金", "amount"),
        FieldSpec("人数", "integer"),
        FieldSpec("就业状态", "code", codes=CODES),
        FieldSpec("是否主干", "yes_no"),
        FieldSpec("年龄", "integer"),
        FieldSpec("备注", "text"),
    )
}
TODAY, CUTOFF = date(2021, 1, 8), date(2020, 12, 31)


def day(said: str) -> PartialDate:
    made, _ = read_text(said, TODAY)
    assert made is not None
    return made


def rows(*entries: dict[str, Any], failed: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Batch:
    """Return rows as a batch has them; texts of dates are read, ``failed`` cells hold something unreadable."""
    count = len(entries)
    columns: dict[str, Any] = {}
    for name, spec in FIELDS.items():
        if name in absent:
            continue
        values = np.empty(count, dtype=object)
        for number, entry in enumerate(entries):
            value = entry.get(name)
            values[number] = day(value) if spec.type == "date" and value is not None else value
        columns[name] = values
    return Batch(
        "L", FIELDS, pd.DataFrame(columns, dtype=object), np.zeros(count, dtype=int), np.arange(count), np.array(["f"] * count, dtype=object),
        {name: np.ones(count, dtype=bool) for name in columns}, {name: np.full(count, name in failed) for name in columns},
        np.zeros(count, dtype=bool), [], [(date(2020, 1, 1), CUTOFF)], TODAY, CUTOFF,
    )  # fmt: skip


def said(expression: str, **more: Any) -> bool | None:
    """Return what an expression says of one row: true, false, or nothing."""
    absent, failed = more.pop("absent", ()), more.pop("failed", ())
    truth = compile_expression(expression, FIELDS).evaluate(
        rows(more.pop("row", {}) | more, absent=absent, failed=failed)
    )
    return True if truth.true[0] else False if truth.false[0] else None


ID = make_id("19660312")


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("退役时间 >= 入伍时间", {"入伍时间": "1985.3", "退役时间": "1989"}, True),
        ("退役时间 >= 入伍时间", {"入伍时间": "1985.3", "退役时间": "1984"}, False),
        ("退役时间 >= 入伍时间", {"入伍时间": "1985.3", "退役时间": "1985"}, None),  # any day of 1985
        ("退役时间 >= 入伍时间", {"入伍时间": "1985.3"}, None),
        ("退役时间＞＝入伍时间", {"入伍时间": "1985.3.2", "退役时间": "1985.3.2"}, True),
        ("退役时间 ≥ 入伍时间", {"入伍时间": "1985.3.2", "退役时间": "1985.3.1"}, False),
        ('入伍时间 >= "1954-11-01"', {"入伍时间": "1954.10"}, False),
        ('入伍时间 = "1985年3月2日"', {"入伍时间": "1985.3.2"}, True),
        ('入伍时间 = "1985"', {"入伍时间": "1985.3.2"}, None),
        ("「村(居)审核时间」 > 入伍时间", {"村(居)审核时间": "2020.5.1", "入伍时间": "1985.3"}, True),
        ("[村(居)审核时间] > 入伍时间", {"村(居)审核时间": "1980.5.1", "入伍时间": "1985.3"}, False),
        ('「线上/线下」 = "线 上"', {"线上/线下": "线上"}, True),
        ("慰问金 * 2 + 1 = 1001", {"慰问金": 500.0}, True),
        ("慰问金 / 人数 >= 100", {"慰问金": 500.0, "人数": 6}, False),
        ("慰问金 / 人数 >= 100", {"慰问金": 500.0, "人数": 0}, None),  # a division by nothing decides nothing
        ("-人数 < 0", {"人数": 3}, True),
        ("100 <= 慰问金 <= 600", {"慰问金": 700.0}, False),
        ("退役时间 - 入伍时间 > 365", {"入伍时间": "1985.3", "退役时间": "1989.3"}, True),
        ("退役时间 - 入伍时间 > 365", {"入伍时间": "1985", "退役时间": "1986"}, None),
        ("入伍时间 + 30 < 退役时间", {"入伍时间": "1985.3.1", "退役时间": "1985.3.20"}, False),
        ('就业状态 = "无业"', {"就业状态": "无业"}, True),
        ('就业状态 ≠ "待业"', {"就业状态": "无业"}, False),  # a synonym is the choice it means
        ('就业状态 属于 ("无业", "学生")', {"就业状态": "务农"}, False),
        ('就业状态 in ("无业"、"务农")', {"就业状态": "务农"}, True),
        ('就业状态 不属于 ("无业")', {"就业状态": "务农"}, True),
        ("月(退役时间) in (1, 2)", {"退役时间": "1989.2"}, True),
        ("是否主干", {"是否主干": "是"}, True),
        ('不 是否主干 或者 是否主干 = "是"', {"是否主干": "否"}, True),
        ("空(备注)", {}, True),
        ("非空(备注)", {"备注": "有"}, True),
        ("空(慰问金) or 慰问金 > 0", {}, True),
        ("空(备注) = 空(姓名)", {"备注": "x"}, False),
        ("年龄(身份证号) >= 54", {"身份证号": ID}, True),
        ("年龄(身份证号, 今天) = 54", {"身份证号": ID}, True),
        ("年龄(身份证号, 入伍时间) >= 18", {"身份证号": ID, "入伍时间": "1984.3"}, None),  # 17 until the 12th
        ("年龄 = 年龄(身份证号)", {"年龄": 54, "身份证号": ID}, True),  # a column and a function of one name
        ('出生(身份证号) = "1966-03-12"', {"身份证号": ID}, True),
        ('性别(身份证号) = "男"', {"身份证号": ID}, True),
        ("年(退役时间) = 年(期末)", {"退役时间": "2020"}, True),
        ("日(入伍时间) = 2", {"入伍时间": "1985.3"}, None),
        ("天数(入伍时间, 退役时间) = 10", {"入伍时间": "1985.3.1", "退役时间": "1985.3.11"}, True),
        ("年数(入伍时间, 退役时间) >= 4", {"入伍时间": "1985.3.2", "退役时间": "1989.3.1"}, False),
        ("退役时间 属于 (期初, 期末)", {"退役时间": "2020.12.31"}, True),
        ("长度(姓名) <= 4", {"姓名": "阿里买买提"}, False),
        ('包含(备注, "重点")', {"备注": "重点人员"}, True),
        ('开头是(备注, "重点")', {"备注": "是重点人员"}, False),
        ("年龄(身份证号)>=60并且入伍时间<退役时间", {"身份证号": ID}, False),  # written without blanks
        ("非空(备注)且不空(姓名)", {"备注": "x", "姓名": "张三"}, True),
        ("not 空(备注) and age(身份证号) > 3 and filled(备注)", {"备注": "x", "身份证号": ID}, True),
    ],
)  # fmt: skip
def test_what_an_expression_says_of_a_row(expression: str, row: dict[str, Any], expected: bool | None) -> None:
    assert said(expression, row=row) is expected


def test_what_is_unknown_is_settled_only_where_it_does_not_matter() -> None:
    true, false, unknown = "人数 = 1", "人数 = 2", "慰问金 > 0"
    for expression, expected in {
        f"{unknown} and {true}": None, f"{unknown} and {false}": False, f"{unknown} or {true}": True, f"{unknown} or {false}": None,
        f"not ({unknown})": None, f"not ({true})": False,
    }.items():  # fmt: skip
        assert said(expression, 人数=1) is expected, expression


def test_what_cannot_be_read_is_not_blank_and_decides_nothing() -> None:
    assert said("空(慰问金)", failed=("慰问金",)) is False
    assert said("慰问金 > 0", failed=("慰问金",)) is None


def test_a_table_without_the_column_is_not_asked_for_it() -> None:
    assert said("空(备注)", absent=("备注",)) is None
    assert said("非空(备注) or 人数 = 2", absent=("备注",), 人数=1) is None


@pytest.mark.parametrize(
    ("expression", "name", "near"),
    [
        ("退役日期 >= 入伍时间", "no_column", "退役时间"),
        ("退役时间 >= 姓名", "cannot_compare", ""),
        ("退役时间 >= 1954", "cannot_compare", ""),
        ('退役时间 >= "去年"', "no_date", ""),
        ("姓名 > 备注", "no_order", ""),
        ("姓名 + 1 > 2", "cannot_calculate", ""),
        ("入伍时间 + 退役时间 > 1", "cannot_calculate", ""),
        ('就业状态 = "无也"', "no_choice", "无业"),
        ('是否主干 = "是的"', "no_choice", "是"),
        ("年龄段(身份证号) > 3", "no_function", "年龄"),
        ("年龄(姓名) > 3", "wrong_argument", ""),
        ("年龄() > 3", "arguments", ""),
        ("空(3)", "wants_column", ""),
        ("长度 > 3", "call_it", ""),
        ("慰问金", "no_condition", ""),
        ("慰问金 + 1", "no_condition", ""),
        ("就业状态 属于 备注 + 1", "no_list", ""),
        ("入伍时间 >", "unclear", ""),
        ("入伍时间 >> 退役时间", "unclear", ""),
        ('备注 = "没完', "not_closed", ""),
        ("「备注", "not_closed", ""),
        ("", "empty", ""),
        ("1 = 1", "no_columns", ""),
        ("人数 = 1234567890123456", "long_number", ""),
        ("人数 = 1;", "strange", ""),
    ],
)
def test_what_does_not_fit_is_told(expression: str, name: str, near: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(expression, FIELDS)
    assert (caught.value.name, caught.value.near) == (name, near)
    assert has(f"expression.{name}")


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('echo') = 0",
        "姓名.__class__ = 1",
        "().__class__.__bases__[0]",
        "(lambda: 1)() = 1",
        "[x for x in 姓名]",
        "{姓名: 1}",
        "f'{姓名}' = 1",
        "姓名[0] = 1",
        "人数 := 3",
        "人数 ** 9 ** 9 > 1",
        "人数 if 人数 else 1",
        "eval('1') = 1",
        "exec(备注)",
        "open(备注)",
        "年龄(*身份证号)",
        "年龄(身份证号=身份证号) > 1",
        "今天()(1)",
        "(人数, 人数) = (1, 2)",
        "人数 @ 人数 > 1",
        "人数 % 2 = 0",
        "人数 // 2 = 0",
        "~人数 = 1",
        "人数 << 9 > 1",
        "yield 人数",
        "await 人数",
        "人数; import os",
        "人数\n#",
        "姓名 is None",
        "\\u0041 = 1",
        "人数 = 0x10",
        "人数 = 1_000",
        "人数 = 1e999",
        "`id` = 1",
        "_ = 1",
        "$A$1 = 1",
    ],
)
def test_an_expression_reaches_nothing_but_the_row(expression: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(expression, FIELDS)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 500 + "人数" + ")" * 500 + " = 1",
        "not " * 400 + "是否主干",
        "-" * 400 + "人数 = 1",
        " + ".join(["人数"] * 400) + " = 1",
        " * ".join(["人数"] * 100) + " = 1",
        "人数 = " + "9" * 400,
        '备注 = "' + "x" * 5000 + '"',
        "空(" * 100 + "人数" + ")" * 100,
    ],
)  # fmt: skip
def test_an_expression_is_bounded(expression: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(expression, FIELDS)
    assert caught.value.name in ("too_long", "too_complex", "long_number")


_PIECES = st.sampled_from(
    ["人数", "慰问金", "入伍时间", "备注", "是否主干", "年龄", "空", "今天", "(", ")", ",", "+", "-", "*", "/", "=", ">", "<=", "and", "or",
     "not", "in", "并且", "不属于", "3", "0.5", '"无业"', '"2020-1-1"', "「线上/线下」", "[", "「", "“", "import", "lambda", ".", "_", ":"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.lists(_PIECES, max_size=14).map(" ".join), st.lists(_PIECES, max_size=10).map("".join), st.text(max_size=40)
    )
)
def test_whatever_is_typed_is_an_expression_or_refused(expression: str) -> None:
    try:
        compiled, refusal = compile_expression(expression, FIELDS), ""
    except ExpressionError as error:
        compiled, refusal = None, error.name
    if compiled is None:
        assert has(f"expression.{refusal}")
    else:
        truth = compiled.evaluate(rows({"人数": 3, "慰问金": 2.5, "入伍时间": "1985.3", "备注": "x"}, {}))
        assert not (truth.true & truth.false).any()
        assert set(compiled.columns) <= set(FIELDS)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_nothing_typed_reaches_the_parser_but_numbers_and_signs(typed: str) -> None:
    from toolkit.expressions.scan import python_source, scan

    try:
        source, _ = python_source(scan(typed, FIELDS.keys(), FUNCTIONS.keys()))
    except ExpressionError:
        return
    words = {word for word in source.replace("_", " _").split() if word.isalpha()}
    assert words <= {"and", "or", "not", "in"}
    assert source.isascii()


_SPANS = st.tuples(st.integers(-50, 50), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(_SPANS, _SPANS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from("+-*/"))
def test_what_is_said_of_a_span_holds_of_everything_in_it(one: Any, other: Any, sign: str, operator: str) -> None:
    left, right = (Span(np.array([float(low)]), np.array([float(high)])) for low, high in (one, other))
    pairs = [(a, b) for a in range(one[0], one[1] + 1) for b in range(other[0], other[1] + 1)]
    compare = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
               "==": lambda a, b: a == b, "!=": lambda a, b: a != b}[sign]  # fmt: skip
    truth = left.compare(sign, right)
    outcomes = {compare(a, b) for a, b in pairs}
    assert (bool(truth.true[0]), bool(truth.false[0])) == (outcomes == {True}, outcomes == {False})
    result = left.calculate(operator, right)
    if operator == "/" and other[0] <= 0 <= other[1]:
        assert np.isnan(result.low[0])
        return
    made = [eval(f"({a}){operator}({b})") for a, b in pairs]
    assert result.low[0] == pytest.approx(min(made))
    assert result.high[0] == pytest.approx(max(made))


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 120))
def test_ages_and_days_agree_with_the_calendar(born: date, years: int) -> None:
    from toolkit.expressions.values import calendar, completed_years
    from toolkit.rules.base import age_on

    later = born + timedelta(days=round(years * 365.25) + years % 3)
    spans = [Span(np.array([float(one.toordinal())]), np.array([float(one.toordinal())])) for one in (born, later)]
    assert completed_years(*spans).low[0] == age_on(born.toordinal(), later.toordinal())
    assert tuple(int(part[0]) for part in calendar(spans[0].low)) == (born.year, born.month, born.day)


def test_every_function_is_explained_in_both_languages() -> None:
    for function in FUNCTIONS.values():
        assert has(f"function.{function.english}"), function.name


def test_the_source_never_evaluates_python() -> None:
    """No eval, exec or compile of source: Python's parser is only asked for a tree."""
    from pathlib import Path

    import toolkit.expressions

    for source in Path(toolkit.expressions.__file__).parent.glob("*.py"):
        called = {node.func.id for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not called & {"eval", "exec", "compile", "__import__"}, source
