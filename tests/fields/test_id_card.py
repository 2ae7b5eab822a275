"""ID numbers: what is accepted, what is tidied, and which part is said to fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import make_id
from toolkit.fields import Context, FieldSpec, parse
from toolkit.fields.id_card import check_digit, extend15

SPEC = FieldSpec("身份证号", "id_card", required=True)


@pytest.mark.parametrize("number", ["34052419800101001X", "11010519491231002X", "440524188001010014", make_id()])
def test_numbers_of_the_standard_pass(context: Context, number: str) -> None:
    assert parse(SPEC, number, context) == (number, None, None, None, False)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("11010519491231002ｘ", "11010519491231002X"),
        ("11010519491231002×", "11010519491231002X"),
        ("'110105194912310 02X", "11010519491231002X"),
        ("110105-19491231-002X", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("11010519491231002X\t", "11010519491231002X"),
        ("\u200b11010519491231002X", "11010519491231002X"),
    ],
)
def test_harmless_forms_are_tidied(context: Context, typed: str, means: str) -> None:
    parsed = parse(SPEC, typed, context)
    assert (parsed.value, parsed.code, parsed.suggestion, parsed.safe) == (means, "I225", means, True)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1101051949123100", "E202"),
        ("1101051949123100221X", "E202"),
        ("1101051949123100OX", "E203"),
        ("l10105194912310021", "E203"),
        ("110105194913310028", "E204"),
        ("110105203012310021", "E204"),
        ("110105194912310021", "E205"),
        (140523195203120000, "E206"),
        (1.40523195203120e17, "E206"),
        ("1.40581E+17", "E206"),
        ("13803551234", "E208"),
        (13803551234.0, "E208"),
        ("张三", "E203"),
    ],
)
def test_each_mistake_is_named(context: Context, typed: object, code: str) -> None:
    parsed = parse(SPEC, typed, context)
    assert (parsed.value, parsed.code) == (None, code)


def test_a_15_digit_number_is_taken_and_its_long_form_offered(context: Context) -> None:
    parsed = parse(SPEC, "130503670401001", context)
    assert (parsed.value, parsed.code, parsed.suggestion, parsed.safe) == (
        "130503196704010016",
        "W207",
        "130503196704010016",
        False,
    )
    assert extend15("130503670401001") == "130503196704010016"


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "无", "/", "不详", "——"])
def test_blanks_and_null_words_are_missing_not_wrong(context: Context, blank: object) -> None:
    parsed = parse(SPEC, blank, context)
    assert (parsed.value, parsed.code) == (None, None)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_one_wrong_digit_never_passes(first: str) -> None:
    right = first + check_digit(first)
    for position in (0, 7, 16):
        wrong = right[:position] + str((int(right[position]) + 1) % 10) + right[position + 1 :]
        assert check_digit(wrong[:17]) != wrong[17]
