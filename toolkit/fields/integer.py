"""Whole numbers: people, households, ages.

FAIL: ``3.5`` ``若干`` (E231)  ``300`` where max is 120 (W232)      PASS: ``3``, ``3人``, ``三``
"""

from __future__ import annotations

from typing import Any

from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text
from toolkit.fields.number import out_of_range, read_number


class Integer(FieldType):
    """A whole number; the parsed value is an int."""

    storage = "integer"
    width = 8

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a number stands for itself
        """Return the whole number."""
        value = read_number(raw, spec)
        if value is None or not value.is_integer():
            return Parsed(None, "E231", {"value": as_text(raw)[:30]})
        found = out_of_range(value, spec)
        return found._replace(value=int(value)) if found else Parsed(int(value))

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - only the value counts
        """A whole number within the field's limits."""
        value = read_number(raw, spec)
        return value is not None and value.is_integer() and out_of_range(value, spec) is None


TYPE = Integer()
