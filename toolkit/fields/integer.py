"""Whole numbers: people, households, ages.

FAIL: ``3.5`` ``若干`` (E231)  ``300`` where max is 120 (W232)      PASS: ``3``, ``3人``, ``三``
"""

from __future__ import annotations

from typing import Any

from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text
from toolkit.fields.number import inexact, out_of_range, read_number


class Integer(FieldType):
    """A whole number; the parsed value is an int."""

    storage = "integer"
    width = 8

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a number stands for itself
        """Return the whole number."""
        found = read_number(raw, spec)
        if found is None or not found.value.is_integer():
            return Parsed(None, "E231", {"value": as_text(raw)[:30]})
        value = int(found.value)
        if beyond := out_of_range(found.value, spec):
            return beyond._replace(value=value)
        return Parsed(value) if found.exact else inexact(found, raw, spec)._replace(value=value)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - only the value counts
        """A whole number within the field's limits."""
        found = read_number(raw, spec)
        return found is not None and found.exact and found.value.is_integer() and out_of_range(found.value, spec) is None


TYPE = Integer()
