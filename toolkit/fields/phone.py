"""Phone numbers: mobile ``1[3-9]`` and nine digits, or a landline with or without its area code; several are split.

FAIL: ``1380355123`` (ten digits, E221)  ``1.38E+10`` (E221)      PASS: ``13803551234``, ``0356-5221234``, ``138…/7…``
"""

from __future__ import annotations

import re
from typing import Any

from toolkit.characters import squeeze, tidy
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_PLAIN = re.compile(r"1[3-9][0-9]{9}")
_MOBILE = re.compile(r"^(?:\+?86)?1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(?:0\d{2,3})?[2-8]\d{6,7}(?:转\d{1,6})?$|^400\d{7}$|^1\d{4}$")
_SPLIT = re.compile(r"[/、,，;；|\n\r]+|(?<=\d{11})\s+(?=\d)|或")
_ID = re.compile(r"^\d{17}[\dXx]$|^\d{15}$")
_DATE = re.compile(r"(?:19|20)\d{2}[./\-年](?:1[0-2]|0?[1-9])[./\-月](?:[12]\d|3[01]|0?[1-9])日?")
_CLEAN = re.compile(r"[\s\-‐–—()'’*.]")


class Phone(FieldType):
    """One or more phone numbers; the parsed value joins them with ``、``."""

    sensitive = True
    width = 14

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a number stands for itself
        """Return the digits of each number."""
        if raw.__class__ is str and _PLAIN.fullmatch(raw):
            return Parsed(raw)
        shown = tidy(as_text(raw))
        if re.fullmatch(r"\d(\.\d+)?E\+?\d+", shown.replace(" ", ""), re.IGNORECASE):
            return Parsed(None, "E221", {"reason": "@phone_scientific"})
        if _DATE.fullmatch(shown):
            return Parsed(None, "E208", {"field": spec.name, "what": "@a_date"})
        if _ID.match(_CLEAN.sub("", shown)):
            return Parsed(None, "E208", {"field": spec.name, "what": "@an_id_number"})
        numbers = [_CLEAN.sub("", part) for part in _SPLIT.split(shown)]
        numbers = [re.sub(r"^[^\d+]+|[^\d]+$", "", number) for number in numbers]
        numbers = [number for number in numbers if number]
        if not numbers:
            return Parsed(None, "E221", {"reason": "@phone_no_digits"})
        for number in numbers:
            if reason := self._problem(number):
                return Parsed(None, "E221", {"reason": f"@{reason}", "length": len(number)})
        value = "、".join(numbers)
        if isinstance(raw, str) and len(numbers) == 1 and value != raw and squeeze(raw).isdigit():
            return Parsed(value, "I225", {}, value, safe=True)
        return Parsed(value)

    @staticmethod
    def _problem(number: str) -> str | None:
        if _MOBILE.match(number) or _LANDLINE.match(number):
            return None
        if not re.sub(r"转\d+$", "", number).lstrip("+").isdigit():
            return "phone_characters"
        if number.startswith("1") and len(number) != 11:
            return "phone_mobile_length"
        return "phone_neither"

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:
        """A phone number is a mobile one, or a landline with its area code."""
        digits = _CLEAN.sub("", squeeze(as_text(raw)))
        return bool(_MOBILE.match(digits)) or (digits.startswith("0") and self.parse(raw, spec, context).code is None)


TYPE = Phone()
