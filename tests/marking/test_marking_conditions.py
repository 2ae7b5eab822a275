"""The condition of a highlight holds while the cell is as it was, and no longer."""

from __future__ import annotations

import pytest

from toolkit.marking.cells import BLANK, Content
from toolkit.marking.conditions import MAX_FORMULA, expression, formula, label


def test_the_label_is_always_true_and_safe() -> None:
    assert label("E201") == 'N("taizhang E201")=0'
    assert label('E2"01)') == 'N("taizhang E201")=0'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BLANK, "LEN(TRIM($B$5))=0"),
        (Content("text", "无"), 'ISTEXT($B$5),EXACT($B$5,"无")'),
        (Content("text", '他说"好"'), 'ISTEXT($B$5),EXACT($B$5,"他说""好""")'),
        (Content("text", "　 \t"), 'ISTEXT($B$5),EXACT($B$5,"　 \t")'),
        (Content("number", 43922.0), "ISNUMBER($B$5),ABS($B$5-43922)<=43922*1E-12"),
        (Content("number", -0.5), "ISNUMBER($B$5),ABS($B$5-(-0.5))<=0.5*1E-12"),
        (Content("number", 1.1010119900101123e17), None),
        (Content("boolean", value=True), "ISLOGICAL($B$5),$B$5=TRUE"),
        (Content("error", "#REF!"), "ISERROR($B$5)"),
        (Content("unknown"), ""),
    ],
)
def test_each_kind_has_its_comparison(content: Content, expected: str | None) -> None:
    found = expression(content, "$B$5")
    assert expected is None or found == expected
    assert "&" not in found.replace('""', "")


@pytest.mark.parametrize(
    "text",
    [
        "长" * 101,
        '"' * 100,
        "a\nb" * 60,
        "\n" + "x" * 200,
        "😀" * 150,
        "名" * 60 + "😀" * 60,
        "\ufffd" * 300,
        "\r\n",
    ],
)
def test_long_and_odd_texts_stay_within_the_limit(text: str) -> None:
    found = formula("E201", Content("text", text), "$XFD$1048576")
    assert len(found) <= MAX_FORMULA
    assert "\n" not in found
    if any(character > "\uffff" for character in text):
        assert "LEN(" not in found


def test_a_long_text_is_compared_at_both_ends() -> None:
    found = expression(Content("text", "甲" * 60 + "乙" * 60), "B5")
    assert found == f'ISTEXT(B5),LEN(B5)=120,EXACT(LEFT(B5,50),"{"甲" * 50}"),EXACT(RIGHT(B5,50),"{"乙" * 50}")'
