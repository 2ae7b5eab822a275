"""The identity of findings over time: the same problem at the same record keeps its id, wherever its row has moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from toolkit.model import Finding

OPEN, FIXED, RECURRED = "open", "fixed", "recurred"


@dataclass(frozen=True, slots=True)
class Dated:
    """Findings with their ids and first days, and what changed since the last run."""

    findings: list[Finding]
    new: frozenset[str]
    recurred: frozenset[str]
    fixed: frozenset[str]


def identify(findings: Iterable[Finding]) -> list[Finding]:
    """Give every finding its id: station, ledger, code, field and record; equal ones are numbered in their order."""
    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        owner = finding.place.station or finding.place.file or ""
        record = finding.key if finding.ledger else f"{finding.place.file}|{finding.key}"
        base = "\x1f".join((owner, finding.ledger or "", finding.code, finding.field or "", record))
        seen[base] += 1
        text = base if seen[base] == 1 else f"{base}\x1f{seen[base]}"
        result.append(replace(finding, id=hashlib.blake2b(text.encode(), digest_size=8).hexdigest()))
    return result


def date_findings(findings: Iterable[Finding], known: Mapping[str, tuple[str, str]], today: date) -> Dated:
    """Give every identified finding the day it was first seen; one that was gone and is back begins anew."""
    dated = []
    new, recurred = set(), set()
    day = today.isoformat()
    for finding in findings:
        since, state = known.get(finding.id, ("", ""))
        if not since:
            new.add(finding.id)
            since = day
        elif state == FIXED:
            recurred.add(finding.id)
            since = day
        dated.append(replace(finding, since=since))
    current = {finding.id for finding in dated}
    fixed = frozenset(key for key, (_, state) in known.items() if state != FIXED and key not in current)
    return Dated(dated, frozenset(new), frozenset(recurred), fixed)
