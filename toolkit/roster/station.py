"""A station, and its name without what all of them have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_SUFFIX = re.compile(
    r"(?:退役军人(?:事务)?(?:服务|工作)?(?:站|中心|局)|退役军人服务保障(?:站|中心)|服务(?:站|中心)|退役军人站)$"
)


def bare(name: str) -> str:
    """Return a station's name without 退役军人服务站; nothing where there is no more to it."""
    return _SUFFIX.sub("", name)


@dataclass(frozen=True, slots=True)
class Station:
    """One site that keeps ledgers. Dates bound its validity, both included; None is open."""

    code: str
    name: str
    level: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    region: str = ""
    contact: str = ""
    phone: str = ""
    mail: str = ""
    since: date | None = None
    until: date | None = None
    owes: tuple[str, ...] = ()
    order: int = 0

    def active(self, first: date, last: date) -> bool:
        """Say whether the station existed on any day of a period."""
        return (self.since is None or self.since <= last) and (self.until is None or self.until >= first)
