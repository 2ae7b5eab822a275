"""Plain numbers with decimals: areas, hours, years of service. A unit behind the number (``20平方米``) is understood.

FAIL: ``很大`` (E231)  ``-3`` where min is 0 (W232)      PASS: ``20``, ``20.5平方米``, ``二十``
"""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

from toolkit.characters import chinese_number, squeeze
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_NUMBER = re.compile(r"^(?P<number>[-+]?\d[\d,]*(?:\.\d+)?)(?P<unit>(?:\D.*)?)$")


_TIME = {"天": 8.0, "日": 8.0, "分钟": 1 / 60, "分": 1 / 60, "小时": 1.0, "时": 1.0, "学时": 1.0, "课时": 1.0}
_HOURS = re.compile(r"(?P<number>\d+(?:\.\d+)?|半)(?:个)?(?P<unit>天|日|分钟|分|小时|学时|课时|时)(?P<half>半)?")
_YEARS = re.compile(r"^(?P<years>\d{1,2})年零?(?:(?P<months>\d{1,2})个?月|(?P<half>半))$")
_INEXACT = re.compile(r"\d+(?:\.\d+)?")


class Reading(NamedTuple):
    """A number that a cell holds, in the field's own unit; ``exact`` says whether it was all that stood there."""

    value: float
    exact: bool = True


def read_number(raw: Any, spec: FieldSpec) -> Reading | None:
    """Return the number that a cell holds, or None where it holds none."""
    if isinstance(raw, bool) or hasattr(raw, "isoformat"):
        return None
    if isinstance(raw, (int, float)):
        return Reading(float(raw)) if math.isfinite(raw) else None
    text = squeeze(as_text(raw))
    units = {squeeze(unit).lower() for unit in spec.units}
    found = _NUMBER.match(text)
    if found and (not found["unit"] or found["unit"].lower() in units or found["unit"] in _COUNTED):
        return Reading(float(found["number"].replace(",", "")))
    for unit in ("", *spec.units):
        if unit == "" or text.endswith(unit):
            whole = chinese_number(text.removesuffix(unit)) if unit else chinese_number(text)
            if whole is not None:
                return Reading(float(whole))
    if "小时" in units and (hours := _hours(text)) is not None:
        return hours
    if "年" in units and (years := _YEARS.match(text)):
        rest = 0.5 if years["half"] else int(years["months"]) / 12
        return Reading(round(int(years["years"]) + rest, 2))
    numbers = _INEXACT.findall(text)
    return Reading(float(numbers[-1] if units and _unit_behind(text, units) else numbers[0]), exact=False) if numbers else None


_COUNTED = frozenset({"人", "名", "人次", "口人", "口", "户", "个", "次", "岁", "周岁"})


def _hours(text: str) -> Reading | None:
    """Return hours that are written as days, hours and minutes: 2小时30分; a day counts eight of them and is not exact."""
    parts = list(_HOURS.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        return None
    total = 0.0
    for part in parts:
        number = 0.5 if part["number"] == "半" else float(part["number"])
        total += (number + (0.5 if part["half"] else 0)) * _TIME[part["unit"]]
    return Reading(round(total, 2), exact=not any(part["unit"] in "天日" for part in parts))


def _unit_behind(text: str, units: set[str]) -> bool:
    """Say whether the last number in a text has the field's unit behind it: 3间60平方米."""
    return any(text.lower().endswith(unit) for unit in units if unit)


def inexact(reading: Reading, raw: Any, spec: FieldSpec) -> Parsed:
    """Return the finding for a number with other words about it."""
    unit = f"（{spec.units[0]}）" if spec.units else ""
    return Parsed(reading.value, "W240", {"value": as_text(raw)[:30], "taken": f"{reading.value:g}", "unit": unit})


def out_of_range(value: float, spec: FieldSpec) -> Parsed | None:
    """Return the finding for a number beyond the field's limits, or None."""
    low, high = spec.min, spec.max
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    as_shown = {
        "value": f"{value:g}",
        "min": "" if low is None else f"{low:g}",
        "max": "" if high is None else f"{high:g}",
    }
    return Parsed(value, "W232", as_shown)


class Number(FieldType):
    """A number; the parsed value is a float."""

    storage = "number"
    width = 10

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a number stands for itself
        """Return the number."""
        found = read_number(raw, spec)
        if found is None:
            return Parsed(None, "E231", {"value": as_text(raw)[:30]})
        if beyond := out_of_range(found.value, spec):
            return beyond
        return Parsed(found.value) if found.exact else inexact(found, raw, spec)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - only the value counts
        """A number within the field's limits."""
        found = read_number(raw, spec)
        return found is not None and found.exact and out_of_range(found.value, spec) is None


TYPE = Number()
