"""Places: township, village or an address; kept as typed with traditional characters read as simplified ones."""

from __future__ import annotations

from typing import Any

from toolkit.characters import half_width, simplified, visible
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text


class Region(FieldType):
    """A place's name."""

    width = 16

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - any place may be right
        """Return the place's name in ordinary script."""
        text = visible(as_text(raw))
        plain = simplified(half_width(text)).replace(" ", "") if text else ""
        return Parsed(plain or None)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - see parse
        """A place is written in words."""
        return isinstance(raw, str) and any(char > "\u3400" for char in raw)


TYPE = Region()
