"""The kinds of mail: what is sent to whom, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from toolkit.addresses import split_addresses
from toolkit.mail.content.leader import summary
from toolkit.mail.content.period import period
from toolkit.mail.content.station import findings, reminder
from toolkit.mail.content.township import township
from toolkit.mail.material import Material
from toolkit.mail.windows import window
from toolkit.roster import Station

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail.

    ``priority``: those with the lower number go first; ``counts``: it counts people; ``summary``: the summary workbook is attached;
    ``repeats``: sent again only after ``[mail] repeat_days`` where nothing has changed.
    """

    name: str
    template: str
    priority: int
    counts: bool = True
    summary: bool = False
    repeats: bool = False


KINDS = {kind.name: kind for kind in (
    Kind(OPERATOR, OPERATOR, 0, counts=False),
    Kind("summary", "summary", 1, summary=True),
    Kind("quarterly", "period", 2),
    Kind("monthly", "period", 2),
    Kind("weekly", "period", 2),
    Kind("township", "township", 3),
    Kind("reminder", "reminder", 4, counts=False, repeats=True),
    Kind("findings", "findings", 5, counts=False, repeats=True),
)}  # fmt: skip
"""Every kind by name."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be told to somebody: of which station (``scope``, empty: the county), for which due date, in which words' values.

    ``station`` is whose addresses it goes to; None: those of the settings.
    """

    kind: Kind
    due: date
    scope: str
    context: dict[str, Any]
    station: Station | None = None


def matters(material: Material, kind: Kind, due: date, *, hidden: bool) -> Iterator[Matter]:
    """Yield what a kind of mail has to tell, in the roster's order; ``hidden``: with counts of few people hidden."""
    results = material.results
    if kind.name == "summary":
        yield Matter(kind, due, "", summary(material, hidden=hidden))
    elif kind.template == "period":
        first, last = window(kind.name, due)
        yield Matter(kind, last, "", period(material, kind.name, first, last, hidden=hidden))
    elif kind.name == "township":
        for one in material.facts.townships:
            if one.station.level == "乡镇":
                yield Matter(kind, due, one.station.code, township(material, one, hidden=hidden), one.station)
    else:
        for station in results.roster.stations.values():
            if not station.active(*results.period):
                continue
            told = findings(material, station) if kind.name == "findings" else reminder(material, station, due)
            if told is not None:
                yield Matter(kind, due, station.code, told, station)


def recipients(material: Material, matter: Matter) -> tuple[list[str], list[str]]:
    """Return (addresses, what is none) of those whom a matter is for."""
    if matter.station is not None:
        return split_addresses(matter.station.mail)
    return list(material.settings.leaders), []
