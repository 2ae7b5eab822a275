"""The undo record of the corrections, and how they are taken out of a package again."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field
from typing import Any

from toolkit.fixing.corrections import Correction
from toolkit.fixing.log import Line, log_sheets, read_log
from toolkit.marking.labels import find_record
from toolkit.marking.package import Package
from toolkit.marking.strip_sheets import take_out
from toolkit.marking.undo import follow, untouched_since, write_record

_NAMESPACE = "urn:taizhang:fixes:1"
_ITEM_ID = "{4E6B0C52-91D7-4F0A-8A3B-6C2D57E1B984}"


@dataclass(frozen=True, slots=True)
class Fixes:
    """Corrections of ours that a workbook carried.

    ``taken``: their cells are byte for byte as before. ``standing``: somebody has saved the workbook since, so they still
    stand in their cells, wherever those are now.
    """

    taken: list[Line] = field(default_factory=list)
    standing: list[Line] = field(default_factory=list)


def take_log_off(package: Package) -> tuple[Package, Fixes | None]:
    """Take log sheet and undo record out, and the corrections as far as nobody saved the workbook since.

    Returns:
        the package to go on with (the one given is closed where that is another), and what there was, None if nothing.
    """
    found = find_record(package, _NAMESPACE)
    if found is not None and untouched_since(package, found[1]):
        follow(package, found[1])
        fixes = Fixes(_lines(found[1].get("lines")), _lines(found[1].get("earlier")))
        return reopened(package), fixes
    if found is not None:
        package = reopened(package)
    logs = log_sheets(package)
    if found is None and not logs:
        return package, None
    standing = [line for log in logs for line in read_log(package, log)]
    if not logs and found is not None:
        standing = _lines(found[1].get("earlier")) + _lines(found[1].get("lines"))
    take_out(package, logs, found[0] if found else None)
    return reopened(package), Fixes([], standing)


def reopened(package: Package) -> Package:
    """Return the package as a reader of what it has become would find it."""
    plain = io.BytesIO()
    package.save(plain)
    package.close()
    return Package(plain)


def keep_record(package: Package, lines: list[Line], earlier: list[Line]) -> None:
    """Add the undo record for ``lines``; ``earlier`` ones were in the cells before and stay there when it is followed."""
    facts: dict[str, Any] = {
        "lines": [asdict(line) for line in lines],
        "earlier": [asdict(line) for line in earlier],
    }
    write_record(package, facts, _NAMESPACE, _ITEM_ID)


def _lines(remembered: object) -> list[Line]:
    """Return the lines of an undo record; one that was tampered with remembers nothing."""
    try:
        return [Line(Correction(**one["correction"]), one["kind"]) for one in remembered or ()]  # type: ignore[attr-defined]
    except (TypeError, KeyError):
        return []
