"""Amounts of money, parsed into yuan; the unit comes from the cell, else the heading, else the table's 单位 line.

Accepted: ``500元``  ``0.05万``  ``1,000``  ``￥500``  伍佰. ``约300`` and ``500+米1袋`` are taken with a warning (W217). For
amounts given to one person more than 200,000 or less than 10 yuan is a warning (W218; configurable).

FAIL: ``若干`` (E216)      PASS: ``1,000``, ``500元``, ``伍佰元整``
"""

from __future__ import annotations

import math
import re
from typing import Any

from toolkit.characters import chinese_number, squeeze, tidy
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

UNITS = {
    "元": 1.0,
    "块": 1.0,
    "圆": 1.0,
    "千元": 1_000.0,
    "千": 1_000.0,
    "万元": 10_000.0,
    "万": 10_000.0,
    "百元": 100.0,
    "百": 100.0,
}
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_BEFORE = r"(?:现金|慰问金|共计|共|计|合计|发放|补助|人民币|RMB|[¥￥$:])*"
_PLAIN = re.compile(
    rf"^{_BEFORE}(?P<number>[-+]?(?:{_DIGITS}))(?P<unit>万元|千元|百元|万|千|百|元|块|圆)?"
    r"(?:整|正|人民币|钱|现金|/人|每人|/户|/年|/月|每年|每月|一年)?[。.]?$",
    re.IGNORECASE,
)
_NUMERALS = re.compile(
    rf"^{_BEFORE}(?P<number>[零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬两]+)(?P<unit>元|块|圆)?(?:整|正)?[。.]?$"
)
_ABOUT = re.compile(r"^(?:约|大约|近|将近|不到|超过|大概|价值约|折价约)(?P<rest>.+)$|^(?P<rest2>.+?)(?:左右|余元|多元|余|多|上下)$")
_LEADING = re.compile(rf"^(?P<number>{_DIGITS})(?P<unit>万元|千元|万|元|块)?(?=[+＋和及、,，;；(（/及]|外)")
_ANYWHERE = re.compile(r"(?P<about>约|近|大概)?(?P<number>\d+(?:\.\d+)?)(?P<unit>万元|万|元)(?P<each>/|每)?")
_TIMES = re.compile(r"(\d+)\D{0,3}[×xX*]\s*(\d+(?:\.\d+)?)元|(\d+(?:\.\d+)?)元\D{0,3}[×xX*]\s*(\d+)")
_LOOK_ALIKE = str.maketrans("OoＯlI", "00011")


def _value(found: re.Match[str], unit: float) -> float:
    named = found["unit"]
    return float(found["number"].replace(",", "")) * (UNITS[named] if named else unit)


def shown(amount: float) -> str:
    """Return an amount the way it is written: no needless decimals."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


class Amount(FieldType):
    """Money in yuan; the parsed value is a float rounded to fen."""

    storage = "number"

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:
        """Return the amount in yuan."""
        if isinstance(raw, bool) or hasattr(raw, "isoformat"):
            return self._unreadable(raw)
        if isinstance(raw, (int, float)):
            if not math.isfinite(raw):
                return self._unreadable(raw)
            return self._checked(float(raw) * context.unit, spec, context)
        text = squeeze(as_text(raw))
        if found := _PLAIN.match(text):
            return self._checked(_value(found, context.unit), spec, context)
        if found := _NUMERALS.match(text):
            number = chinese_number(found["number"])
            if number is not None:
                return self._checked(float(number) * (1.0 if found["unit"] else context.unit), spec, context)
        rest = found["rest"] or found["rest2"] if (found := _ABOUT.match(text)) else ""
        inner = _PLAIN.match(rest) if rest else None
        if inner is None and spec.mixed:
            return self._goods(text, raw)
        for inexact in (inner, _LEADING.match(text)):
            if inexact:
                return self._inexact(_value(inexact, context.unit), raw)
        return self._unreadable(raw)

    def _goods(self, text: str, raw: Any) -> Parsed:
        """Return what goods are worth by the prices written beside them: 米1袋80元、油1桶60元; without a price they are no amount."""
        if times := _TIMES.search(text):
            first, second = (float(part) for part in times.groups() if part)
            return self._inexact(first * second, raw)
        prices = list(_ANYWHERE.finditer(text))
        if not prices:
            return Parsed() if not any(char.isdigit() for char in text) or not text.isascii() else self._unreadable(raw)
        amount = round(sum(_value(price, 1.0) for price in prices), 2)
        if any(price["about"] or price["each"] for price in prices):
            return self._inexact(amount, raw)
        return Parsed(amount)

    @staticmethod
    def _inexact(amount: float, raw: Any) -> Parsed:
        amount = round(amount, 2)
        return Parsed(amount, "W217", {"value": tidy(as_text(raw))[:30], "taken": shown(amount)}, None)

    @staticmethod
    def _unreadable(raw: Any) -> Parsed:
        text = squeeze(as_text(raw))
        meant = text.translate(_LOOK_ALIKE)
        guess = meant if meant != text and _PLAIN.match(meant) else None
        return Parsed(None, "E216", {"value": as_text(raw)[:30], "unit": "@yuan"}, guess)

    @staticmethod
    def _checked(amount: float, spec: FieldSpec, context: Context) -> Parsed:
        amount = round(amount, 2)
        if amount < 0 or (spec.per_person and (amount > context.amount_max or 0 < amount < context.amount_min)):
            direction = "@large" if amount > context.amount_max else "@small"
            return Parsed(amount, "W218", {"amount": shown(amount), "direction": direction})
        return Parsed(amount)

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:
        """An amount is a number below ten million, or a text that parses as one."""
        if isinstance(raw, (int, float)):
            return abs(raw) < 10_000_000
        return self.parse(raw, spec, context).code is None and len(squeeze(as_text(raw))) < 10


TYPE = Amount()
