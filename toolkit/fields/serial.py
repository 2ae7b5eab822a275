"""Serial numbers: kept as typed and never checked; pre-numbered empty rows are recognised by them."""

from __future__ import annotations

from typing import Any

from toolkit.characters import visible
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text


class Serial(FieldType):
    """A row's number in its own table."""

    width = 6

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - numbering is the clerk's own
        """Return the number as text."""
        return Parsed(visible(as_text(raw)) or None)


TYPE = Serial()
