"""Whatever the stations sent: the parts of a province hold every row once, numbered anew, and count what the whole counts."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from output_samples import arrow

from tests.conftest import make_id
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.roster import Roster, Station
from toolkit.store.county import open_county
from toolkit.store.part import part_of

ROWS = [
    ("14", "山河省", "省", None),
    ("1", "晋城市", "地市", "14"),
    ("11", "高平市", "市", "1"),
    ("111", "马村镇", "乡镇", "11"),
    ("1111", "张庄村", "村", "111"),
    ("12", "泽州县", "市", "1"),
    ("121", "马村镇", "乡镇", "12"),
    ("2", "上党区", "市", "14"),
]
ROSTER = Roster({row[0]: Station(*row, order=order) for order, row in enumerate(ROWS)})
SENT = st.lists(
    st.tuples(st.sampled_from([*ROSTER.stations, ""]), st.sampled_from("ab"), st.integers(1, 4)), max_size=25
)
COLUMNS = "_station, _file, _row, _counted, _person"


@given(sent=SENT)
@settings(max_examples=15)
def test_parts_add_up_to_the_whole(sent: list[tuple[str, str, int]]) -> None:
    table = arrow("L1", [
        {"_station": station, "_file": f"{station}{file}.xlsx", "_row": number, "_key": str(who), "姓名": "某", "身份证号": make_id(order=who)}
        for number, (station, file, who) in enumerate(sent, 2)
    ])  # fmt: skip
    period, today = (date(2020, 1, 1), date(2020, 12, 31)), date(2021, 1, 8)
    whole = open_county({"L1": table}, load_dictionary(), ROSTER, {}, period=period, today=today)
    everything = set(whole.query(f'SELECT {COLUMNS} FROM "L1"'))
    for upper, lowers in (("14", ("1", "2")), ("1", ("11", "12")), ("11", ("111",)), ("111", ("1111",))):
        own = ROSTER.below(ROSTER.stations[upper])
        part = part_of(whole, own)
        found = part.query(f'SELECT {COLUMNS} FROM "L1" ORDER BY _row_id')
        assert set(found) == {row for row in everything if row[0] in own.stations}
        assert [row for (row,) in part.query('SELECT _row_id FROM "L1" ORDER BY 1')] == list(range(len(found)))
        same = part.query('SELECT a._person = b._person FROM "L1" a JOIN "L1" b ON b._row_id = a._same_as')
        assert same == [(True,)] * len(found)
        by_group = dict(part.query('SELECT _township, count(*) FROM "L1" GROUP BY 1'))
        for lower in lowers:
            below = ROSTER.below(ROSTER.stations[lower])
            assert by_group.get(lower, 0) == sum(row[0] in below.stations for row in found)
        assert set(by_group) <= {upper, *lowers}
        part.connection.close()
    top = part_of(whole, ROSTER.below(ROSTER.stations["14"]), whole=True)
    assert set(top.query(f'SELECT {COLUMNS} FROM "L1"')) == everything, "with what belongs to no station"
    assert sorted(whole.query('SELECT DISTINCT _township FROM "L1"')) == sorted({
        (ROSTER.group(ROSTER.stations[row[0]]).code if row[0] else "",) for row in everything}), "the whole stays as it was"  # fmt: skip
