"""Choices from a code list, by name. Synonyms and traditional characters are safe corrections; the nearest choice is offered.

A list declared ``open`` also takes other values, with a warning (W219) instead of an error (E219). With ``multiple`` the cell
may name several, each with a count: ``优秀士兵2次,三等功``.

FAIL: ``退休了吧`` (E219)      PASS: ``中共党员``; ``党员`` is read as ``中共党员`` (I220)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from toolkit.characters import fold, half_width, simplified, tidy
from toolkit.fields.base import CodeList, Context, FieldSpec, FieldType, Parsed, as_text

_SPLIT = re.compile(r"[、,，;；/\n\r\s+]+|(?<=次)(?=\S)")
_COUNT = re.compile(
    r"(?:[×xX*]?\d+|[一二三四五六七八九十两]+)(?:次|枚|项|个)$|^\d{4}年(?:度)?(?:荣?立|荣?获)?|^(?:荣立|荣获|获|立)"
)
_NOTE = re.compile(r"\([^()]*\)$|（[^（）]*）$")
_NEAR = 70


def look_up(text: str, codes: CodeList) -> str | None:
    """Return the list's own name for ``text``, or None."""
    found = codes.lookup.get(fold(text))
    if found is None:
        found = codes.lookup.get(fold(simplified(tidy(text))))
    return found


@lru_cache(maxsize=4096)
def _nearest(folded: str, values: tuple[str, ...]) -> str | None:
    from rapidfuzz import fuzz, process

    best = process.extractOne(folded, values, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return best[0] if best else None


class Code(FieldType):
    """A choice from a list; the parsed value is the list's own name (several joined by ``、``)."""

    width = 14

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - the list decides
        """Return the choice."""
        assert spec.codes is not None, spec.name
        text = tidy(as_text(raw))
        value = look_up(text, spec.codes)
        if value is None and spec.multiple:
            value = self._several(text, spec.codes)
            if value is not None:
                return Parsed(value)
        if value is None and "预备" not in text and (bare := _NOTE.sub("", text)) and bare != text:
            value = look_up(bare, spec.codes)
        if value is None:
            return self._unknown(text, spec, spec.codes)
        if value == text:
            return (
                Parsed(value)
                if raw == text or not isinstance(raw, str)
                else Parsed(value, "I225", {}, value, safe=True)
            )
        if fold(value) == fold(text) or value.removesuffix("族") == text:
            return Parsed(value)
        return Parsed(value, "I220", {"value": text[:30]}, value, safe=True)

    @staticmethod
    def _several(text: str, codes: CodeList) -> str | None:
        found = []
        for part in _SPLIT.split(half_width(text)):
            bare = part
            while bare and (shorter := _COUNT.sub("", bare)) != bare:
                bare = shorter
            if not bare:
                continue
            value = look_up(bare, codes)
            if value is None:
                return None
            found.append(value)
        return "、".join(dict.fromkeys(found)) or None

    @staticmethod
    def _unknown(text: str, spec: FieldSpec, codes: CodeList) -> Parsed:
        options = "、".join(codes.values[:14]) + ("……" if len(codes.values) > 14 else "")
        guess = _nearest(fold(text), codes.values)
        params = {"value": text[:30], "options": options}
        if spec.open:
            return Parsed(text, "W219" if guess else None, params if guess else None, guess)
        return Parsed(None, "E219", params, guess)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - the list decides
        """A text that the list knows."""
        return spec.codes is not None and isinstance(raw, str) and look_up(tidy(raw), spec.codes) is not None


TYPE = Code()
