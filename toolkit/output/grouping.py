"""Findings that say the same put together, with the cells they are about: ``D5:D12、D20``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.masking import mask_text
from toolkit.messages.say import message
from toolkit.model import Finding, cell_name, split_cell

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one file and sheet that say the same. ``cells`` is empty where they are about the file or sheet itself."""

    code: str
    severity: str
    station: str | None
    file: str | None
    sheet: str | None
    message: str
    findings: tuple[Finding, ...]
    cells: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many findings there are."""
        return len(self.findings)

    @property
    def ranges(self) -> str:
        """The cells as people list them."""
        return "、".join(cell_ranges(self.cells))


def group_findings(findings: Iterable[Finding], lang: str = "zh") -> list[Group]:
    """Return the findings grouped: errors first, within them in the order in which they came."""
    groups: dict[tuple[str | None, str | None, str | None, str, str], list[Finding]] = {}
    for finding in findings:
        place = finding.place
        key = (place.station, place.file, place.sheet, finding.code, mask_text(message(finding, lang)))
        groups.setdefault(key, []).append(finding)
    made = [
        Group(code, str(members[0].severity), station, file, sheet, said, tuple(members),
              tuple(member.place.cell for member in members if member.place.cell))
        for (station, file, sheet, code, said), members in groups.items()
    ]  # fmt: skip
    return sorted(made, key=lambda group: _ORDER.get(group.severity, 3))


def cell_ranges(cells: Iterable[str]) -> list[str]:
    """Return cells as ranges: runs down a column first, neighbouring runs of the same rows as one block."""
    rows_by_column: dict[int, list[int]] = {}
    for row, column in sorted({split_cell(cell) for cell in cells}):
        rows_by_column.setdefault(column, []).append(row)
    blocks: list[tuple[int, int, int, int]] = []
    open_blocks: dict[tuple[int, int], int] = {}
    for column in sorted(rows_by_column):
        following: dict[tuple[int, int], int] = {}
        for first, last in _runs(rows_by_column[column]):
            known = open_blocks.get((first, last))
            if known is not None and blocks[known][1] == column - 1:
                blocks[known] = (blocks[known][0], column, first, last)
                following[first, last] = known
            else:
                following[first, last] = len(blocks)
                blocks.append((column, column, first, last))
        open_blocks = following
    return [_named(*block) for block in blocks]


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _named(left: int, right: int, top: int, bottom: int) -> str:
    first, last = cell_name(top, left), cell_name(bottom, right)
    return first if first == last else f"{first}:{last}"
