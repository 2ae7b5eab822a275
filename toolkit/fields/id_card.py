"""ID numbers (GB 11643): 17 digits and a check character, ``X`` standing for ten.

Blanks, hyphens, apostrophes, full-width digits and the look-alikes of X are tidied (safe). A number kept by Excel as a
number has lost its last digits and cannot be recovered. The finding says which part fails: length, characters, birth date
or check digit. A 15-digit number of before 1999 is accepted with a warning and its 18-digit form offered.

FAIL: ``14058119520312001`` (E202)  ``1405811952031200O9`` (E203)  ``140581195213120019`` (E204)  last digit wrong (E205)
PASS: ``11010519491231002X``
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from operator import mul
from typing import Any

from toolkit.characters import squeeze
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
_STRIP = re.compile(r"[\s\-‐–—_'’‘`\"“”.,，。:：·#]|^\*+|\*+$")
_X = str.maketrans("xｘＸ×хХ✕✖", "XXXXXXXX")
_FLOAT = re.compile(r"^\d(\.\d+)?E\+?1[4-9]$", re.IGNORECASE)
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_FIRST_YEAR = 1880
_DIGITS = frozenset("0123456789")


def check_digit(first17: str) -> str:
    """Return the check character of the first 17 digits (GB 11643, mod 11-2)."""
    return CHECK[sum(map(mul, map(int, first17), WEIGHTS)) % 11]


def extend15(number: str) -> str:
    """Return the 18-character form of a 15-digit number: insert 19, append the check character."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_digit(first17)


@lru_cache(maxsize=65_536)
def birth_date(number: str) -> date | None:
    """Return the birth date in a well-formed 18-character number, or None where it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_male(number: str) -> bool:
    """Say whether an 18-character number belongs to a man: its 17th digit is odd."""
    return int(number[16]) % 2 == 1


def _cut_off(number: str) -> bool:
    """Say whether 15 digits are the beginning of an 18-character number: their date is written with its century."""
    old, new = birth_date(f"{number[:6]}19{number[6:]}000"), birth_date(f"{number}000")
    return old is None and new is not None and new.year >= _FIRST_YEAR


class IdCard(FieldType):
    """A citizen's ID number; the parsed value always has 18 characters."""

    sensitive = True
    width = 20

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:
        """Return the 18-character number, or the part of it that fails."""
        if raw.__class__ is str and len(raw) == 18 and raw.isascii() and raw.isalnum():
            return self._problem(raw.upper(), context.today) or self._tidied(raw.upper(), raw)
        if isinstance(raw, bool) or hasattr(raw, "isoformat"):
            return Parsed(None, "E208", {"field": spec.name, "what": "@a_date"})
        if isinstance(raw, (int, float)):
            if abs(raw) >= 1e15:
                return Parsed(None, "E206", {})
            raw = as_text(raw)
            text = shown = raw
        else:
            shown = as_text(raw)
            text = _STRIP.sub("", squeeze(shown).translate(_X)) if not _FLOAT.match(squeeze(shown)) else squeeze(shown)
        if _FLOAT.match(text):
            return Parsed(None, "E206", {})
        if _MOBILE.match(text):
            return Parsed(None, "E208", {"field": spec.name, "what": "@a_phone_number"})
        if not any(char.isdigit() for char in text):
            return Parsed(None, "E203", {"chars": text[:12]})
        number = text.upper().translate(_X)
        problem = self._problem(number, context.today)
        if problem:
            return problem
        if len(number) == 15:
            full = extend15(number)
            return Parsed(full, "W207", {}, full)
        return self._tidied(number, shown)

    @staticmethod
    def _tidied(number: str, shown: str) -> Parsed:
        return Parsed(number) if number == shown else Parsed(number, "I225", {}, number, safe=True)

    @staticmethod
    def _problem(number: str, today: date) -> Parsed | None:
        if len(number) < 2:
            return Parsed(None, "E202", {"length": len(number)})
        if not (
            number[:-1].isascii()
            and number[:-1].isdigit()
            and (number[-1] in _DIGITS or (number[-1] == "X" and len(number) != 15))
        ):
            if "*" in number and not number.strip("*0123456789X"):
                return Parsed(None, "E203", {"chars": "*"})
            strange = "".join(dict.fromkeys(char for char in number[:-1] if char not in _DIGITS))
            if number[-1] not in _DIGITS and not (number[-1] == "X" and len(number) != 15):
                strange += number[-1]
            return Parsed(None, "E203", {"chars": strange[:12]})
        if len(number) not in (15, 18) or (len(number) == 15 and _cut_off(number)):
            return Parsed(None, "E202", {"length": len(number)})
        full = number if len(number) == 18 else f"{number[:6]}19{number[6:]}0"
        born = birth_date(full)
        if born is None or born > today or born.year < _FIRST_YEAR:
            return Parsed(None, "E204", {"date": full[6:14]})
        if len(number) == 18 and check_digit(number[:17]) != number[17]:
            return Parsed(None, "E205", {})
        return None

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - only the shape counts
        """An ID number is 15 to 19 digits, whatever its check digit says."""
        text = _STRIP.sub("", squeeze(as_text(raw)))
        return 15 <= len(text) <= 19 and sum(char.isdigit() for char in text) >= 14


TYPE = IdCard()
