"""The leader's summary: key figures, who has reported, what is wrong, the year's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.mail.charts import bars, segments
from toolkit.mail.material import Material
from toolkit.messages import text
from toolkit.messages.say import title
from toolkit.output.cards import card_values
from toolkit.output.facts import SENT
from toolkit.output.figures import Figure
from toolkit.output.places import percent, short, within
from toolkit.results import STATUSES, StationReport

_KINDS = 8
_STATIONS = 40


@dataclass(frozen=True, slots=True)
class Silent:
    """A township with what its stations have not sent: how many ledgers, and each station with their names."""

    name: str
    count: int
    stations: tuple[tuple[str, str], ...]


def summary(material: Material, *, hidden: bool) -> dict[str, Any]:
    """Return what the leader's summary tells."""
    results, facts, lang = material.results, material.facts, material.lang
    figures = material.figures(hidden=hidden)
    silent, more = missing(material, [one for one in results.stations if one.status not in SENT])
    statuses = Counter(one.status for one in results.stations)
    return {
        "cards": card_values(results, facts, figures, lang),
        "statuses_bar": segments([(status, statuses[status]) for status in STATUSES]),
        "townships": bars(
            ((short(one.station.name), one.score.overall, percent(one.score.overall)) for one in facts.ranked), 1.0
        ),
        "ranked": [
            {"rank": one.rank, "name": short(one.station.name), "sent": one.score.sent, "due": one.score.due,
             "completeness": percent(one.score.completeness), "errors": one.score.errors, "warnings": one.score.warnings}
            for one in facts.ranked
        ],
        "kinds": bars((title(code, lang), float(count), f"{count:,}") for code, count in facts.kinds.most_common(_KINDS)),
        "missing": silent, "missing_count": sum(one.count for one in silent), "missing_more": more,
        "unusable": sum(file.status in ("unreadable", "encrypted", "locked") for file in results.files),
        "year": [figure_line(figure, lang) for figure in figures if figure.section == "year"],
    }  # fmt: skip


def missing(material: Material, reports: Sequence[StationReport]) -> tuple[list[Silent], int]:
    """Return what is missing by township, the most first, and how many stations are not named for want of room."""
    roster = material.results.roster
    grouped: dict[str, dict[str, list[StationReport]]] = {}
    for report in reports:
        upper = roster.township(report.station) or report.station
        grouped.setdefault(upper.name, {}).setdefault(report.station.code, []).append(report)
    ordered = sorted(grouped.items(), key=lambda item: -sum(map(len, item[1].values())))
    made, named, left = [], 0, 0
    for upper_name, stations in ordered:
        lines = []
        for own in stations.values():
            if named == _STATIONS:
                left += 1
                continue
            named += 1
            ledgers = "、".join(material.ledger(report.ledger) for report in own)
            lines.append((within(own[0].station.name, upper_name), ledgers))
        made.append(Silent(short(upper_name), sum(map(len, stations.values())), tuple(lines)))
    return made, left


def figure_line(figure: Figure, lang: str) -> dict[str, str]:
    """Return a figure as it is written: name, value with unit, and its share."""
    if figure.value is None:
        value = "—"
    elif figure.unit == "percent":
        value = percent(figure.value)
    elif figure.unit == "ratio" or (figure.unit == "yuan" and figure.value != int(figure.value)):
        value = f"{figure.value:,.2f}"
    else:
        value = f"{figure.value:,.0f}"
    share = f"{figure.value:,.0f} / {figure.whole:,.0f}" if figure.whole and figure.value is not None else ""
    return {"name": figure.name, "value": value, "unit": text(f"out.unit.{figure.unit}", lang) if figure.value is not None else "",
            "share": share, "rate": percent(figure.share) if share else ""}  # fmt: skip
