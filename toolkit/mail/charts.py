"""Charts that every mail program shows: cells of tables, coloured and of a given width.

Outlook, QQ and Foxmail show no SVG and no script; pictures are blocked until asked for, or turn up as attachments. Tables with a
background colour and a width in per cent are drawn by all of them, grow with the screen, and are read aloud as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLORS = {"reported": "#4F8A5B", "zero": "#4A76A8", "late": "#C98A2B", "missing": "#B5483A", "unreadable": "#7A5A99"}
"""The colour of each reporting status, as in the summary workbook."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its label, what is written beside it, its width in per cent of the longest (0-100)."""

    label: str
    shown: str
    width: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar that makes up a whole: which status, how many, its width in per cent; the widths of a bar add up to 100."""

    status: str
    count: int
    width: int
    color: str


def bars(entries: Iterable[tuple[str, float | None, str]], longest: float | None = None) -> list[Bar]:
    """Return bars for (label, value, shown); ``longest`` is what fills the whole width, the largest value by default."""
    given = list(entries)
    top = longest or max((value for _, value, _ in given if value), default=0.0)
    return [Bar(label, shown, _width(value, top)) for label, value, shown in given]


def _width(value: float | None, top: float) -> int:
    """Return a width; what is not nothing is seen."""
    if not value or not top or value < 0:
        return 0
    return max(1, min(100, round(100 * value / top)))


def segments(counts: Sequence[tuple[str, int]]) -> list[Segment]:
    """Return the parts of one bar for (status, count); what counts none is left out, what counts anything is seen."""
    present = [(status, count) for status, count in counts if count > 0]
    whole = sum(count for _, count in present)
    widths = [max(1, round(100 * count / whole)) for _, count in present]
    while sum(widths) != 100 and widths:
        widths[widths.index(max(widths))] += 1 if sum(widths) < 100 else -1
    return [Segment(status, count, width, COLORS.get(status, "#5B6B7B"))
            for (status, count), width in zip(present, widths, strict=True)]  # fmt: skip
