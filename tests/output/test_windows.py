"""Windows as officers name them."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit.output.windows import Window, parse_day, parse_window, spanning

TODAY = date(2021, 1, 8)


@pytest.mark.parametrize(("kind", "given", "first", "last", "name"), [
    ("week", "last", date(2020, 12, 28), date(2021, 1, 3), "2020年12月28日至2021年1月3日"),
    ("week", "2020-12-16", date(2020, 12, 14), date(2020, 12, 20), "2020年12月14日至12月20日"),
    ("month", "last", date(2020, 12, 1), date(2020, 12, 31), "2020年12月"),
    ("month", "2020-2", date(2020, 2, 1), date(2020, 2, 29), "2020年2月"),
    ("month", "2020年11月", date(2020, 11, 1), date(2020, 11, 30), "2020年11月"),
    ("month", "202003", date(2020, 3, 1), date(2020, 3, 31), "2020年3月"),
    ("month", "2020-03-15", date(2020, 3, 1), date(2020, 3, 31), "2020年3月"),
    ("quarter", "last", date(2020, 10, 1), date(2020, 12, 31), "2020年第四季度"),
    ("quarter", "2020Q2", date(2020, 4, 1), date(2020, 6, 30), "2020年第二季度"),
    ("quarter", "2020年第三季度", date(2020, 7, 1), date(2020, 9, 30), "2020年第三季度"),
    ("year", "last", date(2020, 1, 1), date(2020, 12, 31), "2020年"),
    ("year", "2019年", date(2019, 1, 1), date(2019, 12, 31), "2019年"),
])  # fmt: skip
def test_a_rhythm_and_a_word_make_a_window(kind: str, given: str, first: date, last: date, name: str) -> None:
    window = parse_window(kind, given, TODAY)
    assert window == Window(first, last, kind)
    assert window.name() == name


@pytest.mark.parametrize(("kind", "given"), [("month", "2020-13"), ("month", "x"), ("quarter", "2020Q5"), ("quarter", "5"), ("year", "20"), ("year", "9999"),
                                             ("week", "2020-02-30"), ("week", ""), ("month", "")])  # fmt: skip
def test_what_names_no_window_is_refused(kind: str, given: str) -> None:
    assert parse_window(kind, given, TODAY) is None


def test_a_month_that_ends_today_is_over() -> None:
    assert parse_window("month", "last", date(2020, 12, 31)) == Window(date(2020, 12, 1), date(2020, 12, 31), "month")
    assert parse_window("month", "last", date(2020, 12, 30)).first == date(2020, 11, 1)


@pytest.mark.parametrize(("first", "last", "kind"), [
    (date(2020, 1, 1), date(2020, 12, 31), "year"), (date(2020, 4, 1), date(2020, 6, 30), "quarter"), (date(2020, 2, 1), date(2020, 2, 29), "month"),
    (date(2020, 1, 1), date(2020, 12, 30), "days"), (date(2020, 1, 1), date(2021, 12, 31), "days"),
])  # fmt: skip
def test_days_that_the_calendar_has_a_name_for_are_called_by_it(first: date, last: date, kind: str) -> None:
    assert spanning(first, last).kind == kind


@pytest.mark.parametrize(
    "given", ["2020-12-31", "2020.12.31", "2020/12/31", "2020年12月31日", "20201231", " 2020-12-31 "]
)
def test_days_in_the_ways_people_write_them(given: str) -> None:
    assert parse_day(given) == date(2020, 12, 31)


@pytest.mark.parametrize("given", ["", "2020", "2020-12", "2020-02-30", "昨天", "2020-W53-4"])
def test_what_is_no_day(given: str) -> None:
    assert parse_day(given) is None
