"""Plain numbers with decimals: areas, hours, years of service. A unit behind the number (``20平方米``) is understood.

FAIL: ``很大`` (E231)  ``-3`` where min is 0 (W232)      PASS: ``20``, ``20.5平方米``, ``二十``
"""

from __future__ import annotations

import math
import re
from typing import Any

from toolkit.characters import chinese_number, squeeze
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_NUMBER = re.compile(r"^(?P<number>[-+]?\d[\d,]*(?:\.\d+)?)(?P<unit>(?:\D.*)?)$")


def read_number(raw: Any, spec: FieldSpec) -> float | None:
    """Return the number that a cell holds, in the field's own unit, or None."""
    if isinstance(raw, bool) or hasattr(raw, "isoformat"):
        return None
    if isinstance(raw, (int, float)):
        return float(raw) if math.isfinite(raw) else None
    text = squeeze(as_text(raw))
    found = _NUMBER.match(text)
    if found and (not found["unit"] or found["unit"].lower() in {squeeze(unit).lower() for unit in spec.units}):
        return float(found["number"].replace(",", ""))
    for unit in ("", *spec.units):
        if unit == "" or text.endswith(unit):
            whole = chinese_number(text.removesuffix(unit)) if unit else chinese_number(text)
            if whole is not None:
                return float(whole)
    return None


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
        value = read_number(raw, spec)
        if value is None:
            return Parsed(None, "E231", {"value": as_text(raw)[:30]})
        return out_of_range(value, spec) or Parsed(value)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - only the value counts
        """A number within the field's limits."""
        value = read_number(raw, spec)
        return value is not None and out_of_range(value, spec) is None


TYPE = Number()
