"""Stations and townships as people call them for short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from toolkit.results import Results
from toolkit.roster import Station

_SUFFIX = re.compile(r"退役军人(?:事务)?(?:服务|保障|工作)*(?:站|中心|局)$|服务(?:站|中心)$")


@lru_cache(maxsize=20_000)
def short(name: str) -> str:
    """Return a station's name without 退役军人服务站: ``马村镇退役军人服务站`` → ``马村镇``."""
    return _SUFFIX.sub("", name) or name


def township_of(results: Results, station: Station) -> Station:
    """Return the township-level station above a station; a unit's superior; itself above that level."""
    return results.roster.group(station)


def townships(results: Results) -> list[tuple[Station, list[Station]]]:
    """Return the active stations by township, in the roster's order, each township's own station first."""
    found: dict[str, tuple[Station, list[Station]]] = {}
    for station in results.roster.stations.values():
        if station.active(*results.period):
            upper = township_of(results, station)
            found.setdefault(upper.code, (upper, []))[1].append(station)
    return list(found.values())


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
