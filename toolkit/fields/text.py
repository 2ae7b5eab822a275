"""Free text: kept as typed, without invisible characters; a text longer than a cell holds (32,767) is a warning."""

from __future__ import annotations

from typing import Any

from toolkit.characters import visible
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

LIMIT = 32_767


class Text(FieldType):
    """Any text."""

    width = 18

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - every text is good
        """Return the visible text."""
        text = visible(as_text(raw))
        if len(text) > LIMIT:
            return Parsed(text, "W235", {"length": len(text)})
        return Parsed(text or None)


TYPE = Text()
