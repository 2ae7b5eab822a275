"""Numbers in the words of a report: exact in tables, rounded down in sentences (近千余名, 45000余元, 20多家)."""

from __future__ import annotations

from toolkit.messages import text
from toolkit.output.figure_model import Figure
from toolkit.output.places import percent

_POWERS = (
    (100, "hundred"),
    (1_000, "thousand"),
    (10_000, "ten_thousand"),
    (100_000, "hundred_thousand"),
    (1_000_000, "million"),
)
_NEAR = 0.95
_FEW = 20


def number(value: float) -> str:
    """Return a number as sentences write it: no separators, cents only where there are any."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.005 else f"{value:.2f}"


def rounded(value: float, unit: str, lang: str = "zh") -> str:
    """Return a number rounded as reports do, with its unit.

    Just below a power of ten it is 近千余; up to 20, and where the number is round, it is exact; below a hundred the tens (20多), above
    it the first two digits (45000余, 990余).
    """
    for power, name in _POWERS:
        if power * _NEAR <= value < power:
            return text("phrase.near", lang, number=text(f"phrase.{name}", lang), unit=unit)
    step = 10 if value < 100 else 10 ** (len(str(int(value))) - 2)
    down = int(value // step * step)
    if value <= _FEW or down == value:
        return text("phrase.exact", lang, number=number(value), unit=unit)
    return text("phrase.tens" if value < 100 else "phrase.more", lang, number=down, unit=unit)


def phrase(figure: Figure, lang: str = "zh", *, exact: bool = False) -> str:
    """Return a figure as a sentence tells it, with its unit: rounded where it is declared so and nobody wants it exact."""
    if figure.value is None:
        return "—"
    if figure.rate:
        return percent(figure.share)
    if figure.unit == "percent":
        return percent(figure.value)
    unit = text(f"phrase.unit.{figure.unit}", lang)
    if figure.unit == "ratio":
        return text("phrase.exact", lang, number=f"{figure.value:.2f}", unit=unit)
    if figure.rounded and not exact:
        return rounded(figure.value, unit, lang)
    return text("phrase.exact", lang, number=number(figure.value), unit=unit)


def shown(figure: Figure) -> str:
    """Return a figure as tables show it, exact and without its unit."""
    if figure.value is None:
        return "—"
    if figure.unit == "percent":
        return percent(figure.value)
    if figure.unit == "ratio":
        return f"{figure.value:.2f}"
    cents = figure.unit == "yuan" and figure.value != int(figure.value)
    return f"{figure.value:,.2f}" if cents else f"{figure.value:,.0f}"
