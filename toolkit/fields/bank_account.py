"""Bank accounts: digits kept as text; one stored by Excel as a number of 16 digits or more has lost its last ones."""

from __future__ import annotations

import re
from typing import Any

from toolkit.characters import squeeze
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_DIGITS = re.compile(r"^\d{8,30}$")
_FLOAT = re.compile(r"^\d(\.\d+)?E\+?1[4-9]$", re.IGNORECASE)


class BankAccount(FieldType):
    """The number of an account or a card."""

    sensitive = True
    width = 22

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a number stands for itself
        """Return the digits."""
        if isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) >= 1e15:
            return Parsed(None, "E236", {})
        shown = as_text(raw)
        text = re.sub(r"[\s\-'’]", "", squeeze(shown))
        if _FLOAT.match(text):
            return Parsed(None, "E236", {})
        if not _DIGITS.match(text):
            return Parsed(text or None, "W237", {})
        if isinstance(raw, str) and text != shown:
            return Parsed(text, "I225", {}, text, safe=True)
        return Parsed(text)


TYPE = BankAccount()
