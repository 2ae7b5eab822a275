"""Which findings are corrections that may be written without looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.ledgers.dictionary import Dictionary, load_dictionary
from toolkit.messages import text
from toolkit.model import Finding
from toolkit.report import is_sensitive

SAFE = frozenset({"I220", "I225", "I242"})
"""Findings whose suggestion says the same thing in its proper form."""

LONG_ID = "W207"
"""The 18 characters of an ID number of 15 digits: computed, not read, so written only on request."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell and what should stand in it instead of ``old``, the text it was read as.

    ``field`` and ``reason`` are for the log sheet; ``sensitive`` says that the column holds numbers of persons; ``real_date`` that
    a cell with a date format shall hold a date, not its text.
    """

    sheet: str
    cell: str
    old: str
    new: str
    field: str = ""
    reason: str = ""
    sensitive: bool = False
    real_date: bool = False


def corrections_of(
    findings: Iterable[Finding],
    *,
    long_ids: bool = False,
    language: str = "zh",
    dictionary: Dictionary | None = None,
) -> list[Correction]:
    """Return the corrections that findings suggest, the first where several are about one cell.

    Args:
        findings: of one workbook.
        long_ids: also ID numbers of 15 digits in their 18-character form.
        language: of the reasons, which go into the workbook.
        dictionary: says which columns are sensitive; the built-in one where it is not given.
    """
    loaded = dictionary or load_dictionary()
    found: dict[tuple[str, str], Correction] = {}
    for finding in findings:
        sheet, cell = finding.place.sheet, finding.place.cell
        wanted = (finding.safe and finding.code in SAFE) or (long_ids and finding.code == LONG_ID)
        if not wanted or not finding.suggestion or finding.value is None or sheet is None or cell is None:
            continue
        reason = text(f"fix.reason.{finding.code}", language)
        correction = Correction(
            sheet, cell, finding.value, finding.suggestion, finding.field or "", reason, is_sensitive(finding, loaded),
            bool(finding.params.get("real")),
        )  # fmt: skip
        found.setdefault((sheet, cell), correction)
    return list(found.values())
