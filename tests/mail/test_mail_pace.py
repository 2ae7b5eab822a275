"""When a letter may go out: quiet hours, so many a minute, so many a day."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.mail.pace import Pace

NIGHT = (22 * 60, 7 * 60)


def at(hour: int, minute: int = 0, day: int = 10) -> float:
    return datetime(2021, 1, day, hour, minute).astimezone().timestamp()


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, at(21, 59), None), (NIGHT, at(22), at(7, day=11)), (NIGHT, at(23, 30), at(7, day=11)), (NIGHT, at(0, 30), at(7)),
        (NIGHT, at(6, 59), at(7)), (NIGHT, at(7), None), ((12 * 60, 14 * 60), at(13), at(14)), ((12 * 60, 14 * 60), at(14), None),
        (None, at(3), None), ((8 * 60, 8 * 60), at(8), None),
    ],
)  # fmt: skip
def test_quiet_hours(quiet: tuple[int, int] | None, now: float, until: float | None) -> None:
    assert Pace(quiet, 0, 0).quiet_until(now) == until


@given(st.integers(0, 1439), st.integers(0, 1439), st.floats(at(0), at(0, day=20)))
def test_quiet_hours_end_within_a_day_outside_themselves(start: int, end: int, now: float) -> None:
    pace = Pace((start, end), 0, 0)
    until = pace.quiet_until(now)
    if until is not None:
        assert now < until <= now + 86_400
        assert pace.quiet_until(until) is None


def test_so_many_a_minute_and_a_day() -> None:
    now = at(12)
    assert Pace(None, 0, 0).free_at(now, [now] * 1000) == now
    assert Pace(None, 20, 0).free_at(now, [now - 1]) == now + 2
    assert Pace(None, 20, 0).free_at(now, [now - 5]) == now
    assert Pace(None, 0, 3).free_at(now, [now - 100, now - 50]) == now
    assert Pace(None, 0, 3).free_at(now, [now - 100, now - 50, now - 2]) == now - 100 + 86_400
    assert Pace(None, 0, 3).free_at(now, [now - 86_500, now - 50, now - 2]) == now


@given(st.integers(1, 60), st.integers(1, 40), st.integers(1, 80))
def test_no_window_ever_holds_more_than_allowed(per_minute: int, per_day: int, letters: int) -> None:
    pace, now, sent = Pace(None, per_minute, per_day), at(12), list[float]()
    for _ in range(letters):
        now = pace.free_at(now, [one for one in sent if one > now - 86_400])
        sent.append(now)
    for first in sent:
        assert sum(first <= one < first + 60 - 1e-3 for one in sent) <= per_minute
        assert sum(first <= one < first + 86_400 - 1e-3 for one in sent) <= per_day
