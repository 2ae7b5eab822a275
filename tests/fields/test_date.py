"""Dates as clerks write them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.fields import Context, FieldSpec, parse
from toolkit.fields.date import PartialDate

SPEC = FieldSpec("入伍时间", "date")


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("1985.3", (1985, 3, None)),
        ("1985.03.02", (1985, 3, 2)),
        ("1985年3月", (1985, 3, None)),
        ("1985年3月2日", (1985, 3, 2)),
        ("1985 年 3 月", (1985, 3, None)),
        ("85-03", (1985, 3, None)),
        ("85.3", (1985, 3, None)),
        ("198503", (1985, 3, None)),
        ("20180901", (2018, 9, 1)),
        ("2018/9/1", (2018, 9, 1)),
        ("2018-09-01 00:00:00", (2018, 9, 1)),
        ("1985", (1985, None, None)),
        ("1985年", (1985, None, None)),
        ("一九八五年三月", (1985, 3, None)),
        ("二〇一八年十二月十三日", (2018, 12, 13)),
        ("31107", (1985, 3, 1)),
        (31107, (1985, 3, 1)),
        (43942.96, (2020, 4, 21)),
        (1985.03, (1985, 3, None)),
        (1985.12, (1985, 12, None)),
        (198503.0, (1985, 3, None)),
        (20180901.0, (2018, 9, 1)),
        (1985.0, (1985, None, None)),
        (date(2018, 9, 1), (2018, 9, 1)),
        (datetime(2018, 9, 1, 8, 30), (2018, 9, 1)),  # noqa: DTZ001 - cells have no time zone
    ],
)
def test_forms_that_are_simply_understood(
    context: Context, typed: object, means: tuple[int, int | None, int | None]
) -> None:
    parsed = parse(SPEC, typed, context)
    assert (parsed.value, parsed.code) == (PartialDate(*means), None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1985.13", "E211"),
        ("2020.2.30", "E211"),
        ("2019.2.29", "E211"),
        (1985.13, "E211"),
        ("六几年", "E214"),
        ("不记得", "E214"),
        (True, "E214"),
        (1985.1, "W212"),
        ("1985年底", "W215"),
        ("2020.3.5-3.7", "W215"),
        ("2021.5.1", "W213"),
        ("１９８５．０３", "I225"),
    ],
)
def test_what_has_to_be_said(context: Context, typed: object, code: str) -> None:
    assert parse(SPEC, typed, context).code == code


def test_a_deadline_may_lie_ahead(context: Context) -> None:
    assert parse(FieldSpec("整改时限", "date", future=True), "2021.5.1", context).code is None


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)))
def test_every_day_survives_every_way_of_writing_it(day: date) -> None:
    context = Context(today=date(2021, 1, 8))
    for text in (
        f"{day:%Y.%m.%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert parse(SPEC, text, context).value == PartialDate(day.year, day.month, day.day)
