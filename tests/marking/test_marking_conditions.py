"""The condition of a highlight holds while the cell is as it was, and no longer."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from toolkit.marking.cells import BLANK, Content
from toolkit.marking.conditions import MAX_CELL_FORMULA, MAX_FORMULA, MAX_GUARDS, expression, formula, guards, label
from toolkit.marking.labels import RULE


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
        (Content("number", 5e-324), "ISNUMBER($B$5),ABS($B$5)<1E-300,$B$5<>0"),
        (Content("unknown"), "IF(ISERROR($B$5),TRUE,LEN(TRIM($B$5))=0)"),
        (Content("text", "一\n二\n"), 'ISTEXT($B$5),EXACT(SUBSTITUTE($B$5,CHAR(10),"|"),"一|二|")'),
        (Content("text", "a|\n"), 'ISTEXT($B$5),EXACT(SUBSTITUTE($B$5,CHAR(10),"~"),"a|~")'),
    ],
)
def test_each_kind_has_its_comparison(content: Content, expected: str | None) -> None:
    found = expression(content, "$B$5")
    assert expected is None or found == expected
    assert '&""' not in found  # it would hide a change of type


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
    assert all(len(each) <= MAX_FORMULA for each in guards("E201", Content("text", text), "$XFD$1048576"))


@pytest.mark.parametrize("text", ["甲" * 60 + "乙" * 60, "很长" * 80, "名" * 60 + "😀" * 60])
def test_a_text_that_fits_is_compared_as_a_whole(text: str) -> None:
    assert formula("E201", Content("text", text), "$B$5") == f'AND({label("E201")},ISTEXT($B$5),EXACT($B$5,"{text}"))'
    assert guards("E201", Content("text", text), "$B$5") == ()


def test_a_long_text_is_compared_at_its_ends_in_the_middle_and_by_its_length() -> None:
    text = "".join(chr(0x4E00 + at) for at in range(600))
    found = expression(Content("text", text), "B5", 220)
    assert found.startswith("ISTEXT(B5),LEN(B5)=600,")
    pieces = re.findall(r'MID\(B5,(\d+),(\d+)\),"(.*?)"', found)
    assert [text[int(at) - 1 :][: int(length)] for at, length, _ in pieces] == [piece for *_, piece in pieces]
    starts = [int(at) for at, _, _ in pieces]
    assert starts[0] == 1
    assert 250 < starts[1] < 350
    assert int(pieces[-1][0]) + int(pieces[-1][1]) == 601


def test_guards_cover_every_character_of_a_text_that_no_formula_can_hold() -> None:
    text = "".join(chr(0x4E00 + at) for at in range(1300))
    found = guards("E201", Content("text", text), "$XFD$1048576")
    assert max(map(len, found)) <= MAX_FORMULA
    assert len(found) <= MAX_GUARDS
    assert all(RULE.search(each.encode()) for each in found)
    seen = set()
    for each in found:
        ((at, length),) = re.findall(r"MID\(\$XFD\$1048576,(\d+),(\d+)\)", each)
        seen |= set(range(int(at) - 1, int(at) - 1 + int(length)))
    assert seen == set(range(1300))


def test_a_very_long_text_has_guards_all_over() -> None:
    text = "中" * 32_000
    starts = [
        int(at) for each in guards("E201", Content("text", text), "B5") for at in re.findall(r"MID\(B5,(\d+)", each)
    ]
    assert len(starts) == MAX_GUARDS
    assert max(b - a for a, b in pairwise(starts)) < 5_000


def test_the_findings_sheet_compares_far_longer_texts_as_a_whole() -> None:
    text = "甲乙丙丁" * 1_000
    found = expression(Content("text", text), "B5", MAX_CELL_FORMULA)
    assert "".join(re.findall(r'"(.*?)"', found)) == text
    assert max(map(len, re.findall(r'"(.*?)"', found))) <= 255
