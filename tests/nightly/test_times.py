"""When something is due: as it is written, as it is understood, and as systemd understands it."""

import re
import subprocess
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import needs
from tests.nightly.nightly_samples import taizhang, write_config
from toolkit.config import ConfigError, load_config
from toolkit.nightly.systemd import calendars_of
from toolkit.nightly.timetable import last_due, next_dues
from toolkit.times import LAST, Times, parse_times

WRITTEN = {
    "02:30": "daily 02:30", "2:05 daily": "daily 02:05", "每天 02:30": "daily 02:30", "０２：３０": "daily 02:30",
    "Mon 07:00": "Mon 07:00", "monday 7:00": "Mon 07:00", "周一 07:00": "Mon 07:00", "07:00 星期天": "Sun 07:00",
    "Mon-Fri 18:00": "Mon Tue Wed Thu Fri 18:00", "周五至周一 18:00": "Mon Fri Sat Sun 18:00", "周一、周三 07:00": "Mon Wed 07:00",
    "1 07:00": "1 07:00", "每月1日 07:00": "1 07:00", "15, 1 07:00": "1 15 07:00", "last 18:00": "last 18:00", "月末 18:00": "last 18:00",
    "1 last 18:00": "1 last 18:00", "quarter 07:00": "quarter 1 07:00", "quarter 5 07:00": "quarter 5 07:00",
    "每季 last 18:00": "quarter last 18:00", "季末 18:00": "quarter last 18:00",
}  # fmt: skip


@pytest.mark.parametrize("entry", WRITTEN)
def test_entries_are_understood_as_people_write_them(entry: str) -> None:
    assert str(parse_times(entry)) == WRITTEN[entry]
    assert parse_times(WRITTEN[entry]) == parse_times(entry)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("Mon", "no time of day"), ("07:00 08:00", "two times"), ("25:00", "25:00"), ("Mon 1 07:00", "only one"), ("daily Mon 07:00", "only one"),
        ("31 07:00", "write last"), ("0 07:00", "0"), ("99 07:00", "99"), ("tomorrow 07:00", "tomorrow"), ("mon-x 07:00", "mon-x"),
        ("month 1 07:00", "month"), ("02:30:00", "02:30:00"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_that_names_it(tmp_path: Path, entry: str, said: str) -> None:
    write_config(tmp_path, weekly=entry)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    (sentence,) = caught.value.sentences("en")
    assert sentence.startswith(f"config.ini [nightly] weekly = {entry}: ")
    assert said in sentence
    assert re.search("[\u4e00-\u9fff]", caught.value.sentences("zh")[0])


@pytest.mark.parametrize("address", ["ftp://x", "hc.example/ping", "https://user:word@x/ping", "https://x/a b"])
def test_a_monitoring_address_is_http_and_holds_no_password(tmp_path: Path, address: str) -> None:
    write_config(tmp_path, health_url=address)
    with pytest.raises(ConfigError):
        load_config(tmp_path)


def test_a_wrong_entry_stops_the_command_with_status_11(tmp_path: Path) -> None:
    write_config(tmp_path, consolidate="never")
    done = taizhang("nightly", "-C", str(tmp_path), "--dry-run")
    assert (done.returncode, "never" in done.stderr) == (11, True)


TIMES = st.builds(
    lambda minutes, kind, weekdays, days, quarter: Times(
        time(minutes // 60, minutes % 60),
        frozenset(weekdays if kind == 1 else ()),
        frozenset(days if kind == 2 else ()),
        quarter and kind == 2,
    ),
    st.integers(0, 1439), st.integers(0, 2), st.sets(st.integers(0, 6), min_size=1), st.sets(st.integers(LAST, 28), min_size=1), st.booleans(),
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1))


@given(TIMES, MOMENTS)
def test_the_last_due_date_and_the_next_are_neighbours(times: Times, now: datetime) -> None:
    assert parse_times(str(times)) == times
    last, following = times.on(last_due(times, now)), next(next_dues(times, now))
    assert last <= now < following
    between = (last.date() + timedelta(days=count) for count in range(1, (following.date() - last.date()).days))
    assert not any(times.fall_on(day) for day in between)


def test_months_and_quarters_end_where_they_end() -> None:
    ends = [moment.date() for moment in islice(next_dues(parse_times("last 18:00"), datetime(2028, 1, 15)), 3)]
    assert ends == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
    quarters = islice(next_dues(parse_times("quarter 1 last 07:00"), datetime(2027, 1, 1, 12)), 4)
    assert [moment.date() for moment in quarters] == [
        date(2027, 3, 31),
        date(2027, 4, 1),
        date(2027, 6, 30),
        date(2027, 7, 1),
    ]


@pytest.mark.parametrize("entry", sorted(set(WRITTEN.values())))
def test_systemd_fires_on_the_same_days(entry: str) -> None:
    program = needs("systemd-analyze")
    times = parse_times(entry)
    fires: set[datetime] = set()
    for calendar in calendars_of(times):
        done = subprocess.run(
            [program, "calendar", "--iterations=40", "--base-time=2027-11-20 12:00:00", calendar],
            capture_output=True, text=True, env={"TZ": "UTC", "LC_ALL": "C"}, check=True,
        )  # fmt: skip
        fires |= {
            datetime.fromisoformat(found)
            for found in re.findall(r"(?:elapse|#\d+): \w{3} ([\d-]+ [\d:]+) UTC", done.stdout)
        }
    first = sorted(fires)[:40]
    assert first == list(islice(next_dues(times, datetime(2027, 11, 20, 12)), 40))
