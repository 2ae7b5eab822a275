"""X13: key persons are contacted ``a_quarter`` times a quarter and visited ``a_year`` times a year (W511).

A key person is one whose ``field`` in the register contains ``word``. Only quarters of the reporting period that are over count, and
only where the township has sent the visits at all. ``way`` in ``on_site`` makes a contact a visit.

FAIL: 人员标签 重点人员 and no row in 走访慰问台账 from April to June      PASS: one phone call a quarter, one visit in the year
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise

from toolkit.rules.base import County, CountyHit, Settings, listed


def check_county(county: County, settings: Settings) -> Iterator[CountyHit]:
    """Yield every key person who was contacted or visited too rarely."""
    own, field_name, visits = settings["own"], settings["field"], settings["ledger"]
    spans = _spans(county.period, county.today)
    if own not in county.ledgers or not county.has(visits, settings["visit_date"]) or not spans:
        return
    wanted = ", ".join(f"({number}, DATE '{first}', DATE '{last}', {least}, {on_site})"
                       for number, (first, last, on_site) in enumerate(spans)
                       for least in [settings["a_year"] if on_site else settings["a_quarter"]])  # fmt: skip
    sql = f"""
        WITH spans(number, first, last, least, on_site) AS (VALUES {wanted}),
             covered AS (SELECT DISTINCT _township FROM "{visits}"),
             people AS (SELECT * FROM "{own}" SEMI JOIN covered USING (_township)
                        WHERE _counted AND _person <> '' AND contains("{field_name}", {listed([settings["word"]])}))
        SELECT p._row_id, s.number, count(v._row_id) FROM people p CROSS JOIN spans s
        LEFT JOIN "{visits}" v ON v._person = p._person AND v._counted
             AND v."{settings["visit_date"]}_last" >= s.first AND v."{settings["visit_date"]}" <= s.last
             AND (NOT s.on_site OR v."{settings["way"]}" IN ({listed(settings["on_site"])}))
        WHERE p."去世时间" IS NULL OR p."去世时间" > s.last
        GROUP BY p._row_id, s.number, s.least HAVING count(v._row_id) < s.least ORDER BY p._row_id, s.number
    """  # noqa: S608 - names and words come from the dictionary, never from a ledger
    for row, group in groupby(county.query(sql), key=lambda found: found[0]):
        lacking = [spans[number] for _, number, _ in group]
        quarters = "、".join(f"{first.year}.{first.month}-{last.month}" for first, last, on_site in lacking if not on_site)
        visited = "@no_visit" if any(on_site for *_, on_site in lacking) else ""
        params = {"quarters": quarters or "@none_lacking", "visit": visited or "@visited", "ledger": settings["ledger_name"]}
        yield CountyHit(own, row, field_name, "W511", params)


def _spans(period: tuple[date, date], today: date) -> list[tuple[date, date, bool]]:
    """Return (first day, last day, must be a visit) of every quarter and year of the period that is over."""
    first, end = period[0], min(period[1], today - timedelta(days=1))
    spans = []
    for year in range(first.year, end.year + 1):
        starts = [*(date(year, month, 1) for month in (1, 4, 7, 10)), date(year + 1, 1, 1)]
        whole = [(begin, after - timedelta(days=1), False) for begin, after in pairwise(starts)]
        spans += [span for span in [*whole, (date(year, 1, 1), date(year, 12, 31), True)] if first <= span[0] and span[1] <= end]
    return spans
