"""Stations and townships as people call them for short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from toolkit.ledgers.definitions import CITY, COUNTY, PROVINCE, TOWNSHIP
from toolkit.messages import text
from toolkit.results import Results
from toolkit.roster import Station

_SUFFIX = re.compile(r"退役军人(?:事务)?(?:服务|保障|工作)*(?:站|中心|局)$|服务(?:站|中心)$")


_UNITS = {PROVINCE: "city", CITY: "city", COUNTY: "county", TOWNSHIP: "township"}
"""Level → what the catalogue calls such a unit."""


@lru_cache(maxsize=40_000)
def short(name: str) -> str:
    """Return a station's name without 退役军人服务站: ``马村镇退役军人服务站`` → ``马村镇``."""
    return _SUFFIX.sub("", name) or name


def township_of(results: Results, station: Station) -> Station:
    """Return the township-level station above a station; a unit's superior; itself above that level."""
    return results.roster.group(station)


def townships(results: Results) -> list[tuple[Station, list[Station]]]:
    """Return the active stations by township (or what else they are grouped by), in the roster's order, each one's own station first."""
    found: dict[str, tuple[Station, list[Station]]] = {}
    for station in results.roster.stations.values():
        if station.active(*results.period):
            upper = township_of(results, station)
            found.setdefault(upper.code, (upper, []))[1].append(station)
    return list(found.values())


def lines(results: Results, stations: Sequence[Station]) -> list[tuple[Station, list[Station]]]:
    """Return the lines in which stations of one group are listed, each with the stations told there: one, or above a county all of a unit."""
    found: dict[str, tuple[Station, list[Station]]] = {}
    for station in stations:
        line = results.roster.listed(station)
        found.setdefault(line.code, (line, []))[1].append(station)
    return list(found.values())


def unit_text(results: Results, name: str, lang: str, /, **params: object) -> str:
    """Return a sentence about the units that stations are listed under: townships, or what lies below a city, a province, a township."""
    unit = _UNITS.get(results.roster.grouped_by, "village")
    words = {key: text(f"out.unit.{unit}.{key.lower()}", lang) for key in ("unit", "units", "Unit", "Units")}
    if lang != "zh":
        words |= {key: words[key].capitalize() for key in ("Unit", "Units")}
    return text(name, lang, **words, **params)


def named(results: Results, station: Station) -> str:
    """Return a station's name; where stations of several counties stand together, in full."""
    return results.roster.in_full(station) if results.roster.several else station.name


def within(name: str, township: str) -> str:
    """Return a station's short name without its township's before it: ``马村镇东周村`` → ``东周村``."""
    plain, upper = short(name), short(township)
    return plain[len(upper) :] if plain.startswith(upper) and len(plain) > len(upper) else plain


def share(part: float, whole: float) -> float | None:
    """Return a share, or None of nothing."""
    return part / whole if whole else None


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as people read it."""
    return "—" if value is None else f"{value * 100:.{digits}f}%"


def listed(names: Sequence[str], most: int, more: str = "…") -> str:
    """Return names joined, at most some of them."""
    return "、".join(names[:most]) + (more if len(names) > most else "")
