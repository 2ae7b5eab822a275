"""From a clean value to what stands in the cell, by the style of its column."""

from __future__ import annotations

from datetime import date

from toolkit.demo.rows import Shown, Value

_EPOCH = date(1899, 12, 30)


def shown(value: Value, style: str) -> tuple[Shown, str]:
    """Return the cell's content and the name of its format."""
    if value is None:
        return None, _plain(style)
    if isinstance(value, date):
        return _date(value, style)
    if style == "wan":
        assert isinstance(value, int | float)
        return round(value / 10_000, 6), "number"
    return value, _plain(style)


def _plain(style: str) -> str:
    if style in ("y-m-d", "y/m/d", "y年m月d日"):
        return f"date {style}"
    return {"left": "left", "money": "money", "wan": "number", "int": "int"}.get(style, "text")


def _date(day: date, style: str) -> tuple[Shown, str]:
    match style:
        case "y-m-d" | "y/m/d" | "y年m月d日":
            return day, f"date {style}"
        case "serial":
            return (day - _EPOCH).days, "int"
        case "text y.mm":
            return f"{day.year}.{day.month:02d}", "text"
        case "text y.mm.dd":
            return f"{day.year}.{day.month:02d}.{day.day:02d}", "text"
        case "text y.m.d":
            return f"{day.year}.{day.month}.{day.day}", "text"
        case "text y年m月":
            return f"{day.year}年{day.month}月", "text"
        case "text y年m月d日":
            return f"{day.year}年{day.month}月{day.day}日", "text"
        case "text yyyymmdd":
            return f"{day:%Y%m%d}", "text"
        case "text y-mm":
            return f"{day:%Y-%m}", "text"
        case _:
            return f"{day:%Y-%m-%d}", "text"


def month_only(style: str) -> bool:
    """Tell whether a style leaves the day out."""
    return style in ("text y.mm", "text y年m月", "text y-mm")
