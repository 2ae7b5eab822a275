"""What clerks really write into cells: a table of texts, what they mean, and what is said about them."""

from typing import Any

import pytest

from toolkit.fields import Context, parse
from toolkit.fields.base import FieldSpec
from toolkit.ledgers.dictionary import Dictionary


def read(spec: FieldSpec, raw: Any, context: Context) -> tuple[Any, str | None]:
    parsed = parse(spec, raw, context)
    return (None if parsed.value is None else str(parsed.value)), parsed.code


@pytest.mark.parametrize(
    ("typed", "means", "code"),
    [
        ("2020年1-3月", "2020.01", "W215"), ("2020.3-5", "2020.03", "W215"), ("2020年3月、7月", "2020.03", "W215"),
        ("2020-01-15 上午", "2020.01.15", None), ("2020年1月15日 星期三", "2020.01.15", None), ("2020.01.15上午9时", "2020.01.15", None),
        ("2020年元月15日", "2020.01.15", None), ("1985年三月", "1985.03", None), ("'1985.3", "1985.03", None),
        ("1985.3.2入伍", "1985.03.02", None), ("约1985年", "1985", "W215"), ("2020年清明", "2020.04", "W215"), ("健在", None, None),
        ("2020、3、5", "2020.03.05", None), ("2020-3-5", "2020.03.05", None),
    ],
)  # fmt: skip
def test_dates(context: Context, typed: str, means: str | None, code: str | None) -> None:
    assert read(FieldSpec("日期", "date"), typed, context) == (means, code)


@pytest.mark.parametrize(
    ("typed", "means", "code"),
    [
        ("12.8", "2020.12.08", "I238"), (12.8, "2020.12.08", "I238"), (10.5, "2020.10.05", "I238"), ("01.15", "2020.01.15", "I238"),
        (12.1, "2020.12", "W215"), ("7-28", "2020.07.28", "I238"), ("7/28", "2020.07.28", "I238"), ("7.28日", "2020.07.28", "I238"),
        ("2.30", None, "E211"), ("20.8", "2020.08", None), ("2020.3.2", "2020.03.02", None), ("当日", None, "I239"),
    ],
)  # fmt: skip
def test_dates_in_a_table_of_one_year(dictionary: Dictionary, context: Context, typed: Any, means: str | None, code: str | None) -> None:
    within = Context(today=context.today, null_words=dictionary.null_words, year=2020)
    assert read(FieldSpec("走访日期", "date"), typed, within) == (means, code)


@pytest.mark.parametrize(
    ("typed", "means", "code"),
    [
        ("一千二", 1200, None), ("二百五", 250, None), ("一百零五", 105, None), ("500，00", 500, "W217"), ("1,0", 1, "W217"),
        ("现金500元", 500, None), ("5百", 500, None), ("500元。", 500, None), ("3OO", None, "E216"), ("30000元/年", 30000, None),
    ],
)  # fmt: skip
def test_amounts(context: Context, typed: str, means: float | None, code: str | None) -> None:
    parsed = parse(FieldSpec("慰问金", "amount"), typed, context)
    assert (parsed.value, parsed.code) == (means, code)


@pytest.mark.parametrize(
    ("typed", "means", "code"),
    [("米1袋80元、油1桶60元", 140, None), ("米2袋×80元", 160, "W217"), ("价值约200元", 200, "W217"), ("米一袋", None, None), ("80元/袋", 80, "W217")],
)
def test_goods_and_what_they_are_worth(context: Context, typed: str, means: float | None, code: str | None) -> None:
    parsed = parse(FieldSpec("慰问品折价", "amount", mixed=True), typed, context)
    assert (parsed.value, parsed.code) == (means, code)


@pytest.mark.parametrize(
    ("unit", "typed", "means", "code"),
    [
        ("小时", "半天", 4, "W240"), ("小时", "120分钟", 2, None), ("小时", "2小时30分", 2.5, None), ("年", "3年零10个月", 3.83, None),
        ("平方米", "约30", 30, "W240"), ("平方米", "3间60平方米", 60, "W240"), ("平方米", "很大", None, "E231"),
    ],
)  # fmt: skip
def test_numbers_with_words_about_them(context: Context, unit: str, typed: str, means: float | None, code: str | None) -> None:
    parsed = parse(FieldSpec("数", "number", units=(unit,)), typed, context)
    assert (parsed.value, parsed.code) == (means, code)


@pytest.mark.parametrize(
    ("typed", "means", "code"),
    [
        ("王   伟", "王伟", "I225"), ("李　　　强", "李强", "I225"), ("欧阳  建国", "欧阳建国", "I225"), ("张三 李四 ", None, "W222"),
        ("张三丰 李四光", None, "W222"), ("烈属：王秀英", "王秀英", "W223"), ("王秀英之子", "王秀英之子", "W241"), ("李○○", "李○○", "W241"),
        ("张*国", "张*国", "W241"), ("13803551234", None, "E208"),
    ],
)  # fmt: skip
def test_names(context: Context, typed: str, means: str | None, code: str | None) -> None:
    assert read(FieldSpec("姓名", "person_name"), typed, context) == (means, code)


@pytest.mark.parametrize(
    ("typed", "means"), [("☑是 □否", "是"), ("□是 ☑否", "否"), ("√是", "是"), ("是（2018年）", "是"), ("是的", "是"), ("V", "是"), ("党员", None)]
)
def test_answers(context: Context, typed: str, means: str | None) -> None:
    assert parse(FieldSpec("是否主干", "yes_no"), typed, context).value == means


def test_an_answer_may_repeat_what_is_asked(context: Context) -> None:
    asked = FieldSpec("是否党员", "yes_no")
    assert [parse(asked, word, context).value for word in ("党员", "中共党员", "非党员", "群众")] == ["是", "是", "否", "否"]


def test_a_masked_id_says_what_is_wrong(context: Context) -> None:
    parsed = parse(FieldSpec("身份证号", "id_card"), "149999********0241", context)
    assert (parsed.code, parsed.params) == ("E203", {"chars": "*"})


def test_the_beginning_of_a_number_is_no_old_number(context: Context) -> None:
    spec = FieldSpec("身份证号", "id_card")
    assert parse(spec, "149999195203120", context).code == "E202"
    assert parse(spec, "149999520312001", context).code == "W207"
