"""Findings as the page shows them: equal ones together, with the cells they are about; numbers of persons masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.ledgers.dictionary import Dictionary
from toolkit.marking.styles import kind_of
from toolkit.masking import mask_text
from toolkit.messages.say import message, shown_suggestion, title
from toolkit.model import Finding
from toolkit.output.grouping import cell_ranges
from toolkit.report import is_sensitive

_ORDER = {"missing": 0, "error": 1, "warning": 2, "info": 3}
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: its cell (None: the whole file or sheet), what is wrong, and what should stand there."""

    cell: str | None
    message: str
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Findings of one kind at one column of a sheet.

    ``kind`` is the kind of the mark, a name of its colours. ``lines`` holds them one by one where they do not all say the same;
    ``more``: how many were left off.
    """

    kind: str
    severity: str
    code: str
    heading: str
    sheet: str
    count: int
    cells: str
    lines: tuple[Line, ...]
    more: int


def shown_findings(findings: Sequence[Finding], dictionary: Dictionary, lang: str) -> list[Shown]:
    """Return the findings of one workbook grouped, what is missing first, then errors, doubts, hints."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.place.sheet or "", finding.code, finding.field or ""), []).append(finding)
    made = [_group(sheet, members, dictionary, lang) for (sheet, _, _), members in groups.items()]
    return sorted(made, key=lambda group: _ORDER[group.kind])


def _group(sheet: str, members: Sequence[Finding], dictionary: Dictionary, lang: str) -> Shown:
    first = members[0]
    lines = [Line(one.place.cell, mask_text(message(one, lang)), shown_suggestion(one, is_sensitive(one, dictionary)))
             for one in members]  # fmt: skip
    same = len({(line.message, line.suggestion) for line in lines}) == 1
    heading = lines[0].message if same else title(first.code, lang)
    if not same and first.field and first.field not in heading:
        heading = f"{first.field}：{heading}" if lang == "zh" else f"{first.field}: {heading}"
    if same and lines[0].suggestion and len(lines) > 1:
        lines = lines[:1]
    elif same and not lines[0].suggestion:
        lines = []
    cells = "、".join(cell_ranges(one.place.cell for one in members if one.place.cell))
    return Shown(
        kind_of(str(first.severity), first.code), str(first.severity), first.code, heading, mask_text(sheet), len(members), cells,
        tuple(lines[:_MOST_LINES]), max(len(lines) - _MOST_LINES, 0),
    )  # fmt: skip
