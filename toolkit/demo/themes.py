"""Fonts, sizes, borders and fills of the offices' workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Theme:
    """The look of one office's workbooks."""

    title_font: str
    title_size: float
    head_font: str
    body_font: str
    size: float
    head_fill: str
    border: int


THEMES: dict[str, Theme] = {
    "plain": Theme("宋体", 18, "宋体", "宋体", 11, "", 1),
    "song": Theme("方正小标宋简体", 20, "黑体", "宋体", 11, "", 1),
    "fang": Theme("方正小标宋简体", 20, "黑体", "仿宋_GB2312", 12, "", 1),
    "blue": Theme("微软雅黑", 16, "微软雅黑", "微软雅黑", 10, "#DDEBF7", 1),
    "grey": Theme("黑体", 18, "黑体", "宋体", 10, "#F2F2F2", 1),
    "bare": Theme("宋体", 16, "宋体", "宋体", 12, "", 0),
}

DATE_FORMATS = {"y-m-d": "yyyy-mm-dd", "y/m/d": "yyyy/m/d", "y年m月d日": 'yyyy"年"m"月"d"日"'}


def properties(theme: Theme, kind: str) -> dict[str, Any]:
    """Return the properties of a format by its name, in XlsxWriter's words."""
    base: dict[str, Any] = {"font_name": theme.body_font, "font_size": theme.size, "valign": "vcenter"}
    boxed = base | ({"border": 1} if theme.border else {})
    if kind.startswith("date "):
        return boxed | {"align": "center", "num_format": DATE_FORMATS[kind[5:]]}
    match kind:
        case "title":
            return {"font_name": theme.title_font, "font_size": theme.title_size, "bold": theme.title_font in ("宋体", "微软雅黑"),
                    "align": "center", "valign": "vcenter"}  # fmt: skip
        case "meta":
            return base | {"align": "left"}
        case "head":
            fill = {"bg_color": theme.head_fill} if theme.head_fill else {}
            return boxed | fill | {"font_name": theme.head_font, "bold": theme.head_font != "黑体", "align": "center",
                                   "text_wrap": True}  # fmt: skip
        case "left":
            return boxed | {"align": "left", "text_wrap": True, "num_format": "@"}
        case "int" | "general":
            return boxed | {"align": "center"}
        case "money":
            return boxed | {"align": "right", "num_format": "0.00"} if theme.size == 10 else boxed | {"align": "center"}
        case "number":
            return boxed | {"align": "center"}
        case "total":
            return boxed | {"align": "center", "bold": True}
        case "foot":
            return base | {"align": "left"}
        case "note":
            return base | {"align": "left", "text_wrap": True, "valign": "top"}
        case _:
            return boxed | {"align": "center", "num_format": "@"}
