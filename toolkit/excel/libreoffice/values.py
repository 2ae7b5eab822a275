"""Days and colours as Calc counts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone


def serial(moment: date | datetime) -> float:
    """Return a moment as the number a cell holds."""
    whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    return (whole.replace(tzinfo=None) - _EPOCH).total_seconds() / 86_400


def moment(number: float) -> datetime:
    """Return the moment that a number in a cell means."""
    return _EPOCH + timedelta(days=number)


def colour_number(colour: Any) -> int:
    """Return an RGB triple or a hexadecimal colour as Calc's number; None is no colour."""
    if colour is None:
        return -1
    if isinstance(colour, str):
        return int(colour.lstrip("#")[-6:], 16)
    red, green, blue = colour
    return int(red) << 16 | int(green) << 8 | int(blue)


def colour_triple(number: int) -> tuple[int, int, int] | None:
    """Return Calc's number of a colour as RGB."""
    return None if number == -1 else (number >> 16 & 255, number >> 8 & 255, number & 255)
