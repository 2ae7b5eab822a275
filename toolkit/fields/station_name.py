"""Names of stations, resolved against the roster with its aliases; without a roster any name is taken as it stands.

FAIL: a name the roster does not hold (W234)      PASS: ``马村镇服务站`` where the roster has 马村镇退役军人服务站
"""

from __future__ import annotations

from typing import Any

from toolkit.characters import tidy
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text


class StationName(FieldType):
    """The name of a station; the parsed value is the roster's own name for it."""

    width = 26

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - the roster decides
        """Return the roster's name."""
        text = tidy(as_text(raw))
        if context.station is None:
            return Parsed(text or None)
        name = context.station(text)
        if name is None:
            return Parsed(text, "W234", {"value": text[:40]})
        return Parsed(name)


TYPE = StationName()
