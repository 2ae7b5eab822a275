"""Characters as clerks type them: full-width forms, invisible characters, traditional script.

``tidy`` keeps a value readable and only mends its form; ``fold`` reduces a text to what it has in common with its other
spellings and is for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FOLD_AWAY = re.compile(r"[\s*★☆“”\"'‘’`]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_NUMERALS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖两俩弍贰拾佰仟萬圆", "一二三四五六七八九二二二二十百千万元")
_STEPS = {"十": 10, "百": 100, "千": 1000}


def visible(text: str) -> str:
    """Return ``text`` without characters nobody can see, blanks at the ends included."""
    if text.isprintable():  # most texts are: neither control characters nor invisible ones
        return text.strip()
    return _CONTROL.sub("", _INVISIBLE.sub("", text)).strip()


def half_width(text: str) -> str:
    """Return ``text`` with full-width ASCII and blanks replaced by their ordinary forms; everything else stays."""
    return text.translate(_FULL_WIDTH)


def tidy(text: str) -> str:
    """Return ``text`` in ordinary form: NFKC, no invisible characters, no blanks at the ends."""
    return visible(text if text.isascii() else unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    """Return ``text`` tidied, without any blanks or line breaks."""
    return "".join(tidy(text).split())


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Return what ``text`` has in common with its other spellings: no blanks, quotes or stars, lower case, NFKC."""
    return _FOLD_AWAY.sub("", tidy(text)).lower()


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=50_000)
def simplified(text: str) -> str:
    """Return ``text`` in simplified script: ``陳區鎮`` → ``陈区镇``."""
    return str(_converter().convert(text)) if any(char > "\x7f" for char in text) else text


def chinese_number(text: str) -> int | None:
    """Return the whole number that Chinese numerals write (``伍佰`` → 500, ``一千二百`` and ``一千二`` → 1200), or None.

    Positional writing (``一九八五``) counts as well.
    """
    text = text.translate(_FORMAL)
    if not text:
        return None
    if all(char in _NUMERALS for char in text):
        return int("".join(str(_NUMERALS[char]) for char in text))
    total = section = digit = 0
    unit = 1
    for char in text:
        if char in _NUMERALS:
            digit = _NUMERALS[char]
            unit = 1 if digit == 0 else unit
        elif char in _STEPS:
            section += (digit or 1) * _STEPS[char]
            digit, unit = 0, _STEPS[char] // 10
        elif char in "万亿":
            whole = 10_000 if char == "万" else 100_000_000
            total = (total + section + digit) * whole
            section = digit = 0
            unit = whole // 10
        else:
            return None
    return total + section + digit * unit
