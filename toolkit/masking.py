"""Masking of ID numbers, phone numbers and bank accounts: the one place that decides what may leave the ledgers."""

from __future__ import annotations

import re
from typing import Any

_LONG = re.compile(
    r"(?<![0-9A-Za-z])[0-9０-９](?:[\s\-‐–—·.．'’\u200b-\u200f\ufeff\u3000\u00a0]?[0-9A-Za-z０-９Ａ-Ｚａ-ｚ×]){9,}"
)
_DAY = r"(?:19|20)\d{2}[.\-/·]?(?:1[0-2]|0?[1-9])[.\-/·]?(?:[12]\d|3[01]|0?[1-9])"
_DATES = re.compile(rf"{_DAY}(?:\s?[-—–~]\s?{_DAY})?")
"""A day or a span of days: a clerk must recognise what she typed. No ID, phone or account number reads like that."""
_KEEP = {18: (6, 4), 15: (6, 3), 11: (3, 4)}


def mask_number(text: str) -> str:
    """Return a number with its middle starred: ``140581********0019``, ``138****1234``; short ones keep two at each end."""
    head, tail = _KEEP.get(len(text), (4, 4) if len(text) >= 12 else (2, 2))
    return text[:head] + "*" * max(len(text) - head - tail, 1) + text[len(text) - tail :]


def mask_text(text: str) -> str:
    """Return ``text`` with every run that could be an ID, a phone number or an account masked."""
    return _LONG.sub(_mask_run, text)


def _mask_run(found: re.Match[str]) -> str:
    run = found.group()
    if _DATES.fullmatch(run):
        return run
    return mask_number(run) if sum(char.isdigit() for char in run) >= 9 else run


def mask_value(text: str, sensitive: bool) -> str:  # noqa: FBT001 - a field type's own flag
    """Return a cell's content fit to be shown; ``sensitive`` says that the column holds numbers of persons."""
    if sensitive and sum(char.isdigit() for char in text) >= 5:
        return mask_text(text) if _LONG.search(text) else mask_number(text)
    return mask_text(text)


def mask_params(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a sentence with every text masked."""
    return {name: mask_text(value) if isinstance(value, str) else value for name, value in params.items()}
