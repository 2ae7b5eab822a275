"""The cell styles that our conditional formats show in LibreOffice, and the page style of our sheets."""

from __future__ import annotations

from typing import Any

from toolkit.excel.libreoffice.office import uno
from toolkit.excel.libreoffice.values import colour_number
from toolkit.marking.styles import LOOKS

_STYLE = "taizhang-"
_PAGE_STYLE = "taizhang"
_DOTTED, _DASHED, _SOLID = 1, 2, 0
LINES = {"thin": _SOLID, "dashed": _DASHED, "dotted": _DOTTED}
"""The border styles of looks, as UNO numbers them."""

_THIN = 26
_BOLD = 150.0
_A4 = (21_000, 29_700)


def style_of(document: Any, kind: str) -> str:
    """Return the name of the cell style that shows a kind of mark, made where it is missing."""
    styles = document.StyleFamilies.getByName("CellStyles")
    name = _STYLE + kind
    if styles.hasByName(name):
        return name
    look = LOOKS[kind]
    style = document.createInstance("com.sun.star.style.CellStyle")
    styles.insertByName(name, style)
    style.ParentStyle = ""  # else the default style's font would replace the cell's own
    style.CellBackColor = colour_number(look.fill)
    line = uno().createUnoStruct("com.sun.star.table.BorderLine2")
    line.Color, line.LineWidth, line.LineStyle = colour_number(look.ink), _THIN, LINES[look.line]
    for side in ("LeftBorder", "RightBorder", "TopBorder", "BottomBorder"):
        setattr(style, side, line)
    if look.bold:
        style.CharWeight = style.CharWeightAsian = _BOLD
        style.CharColor = colour_number(look.ink)
    if look.italic:
        style.CharPosture = style.CharPostureAsian = italic()
    return name


def italic() -> Any:
    """Return slanted letters as UNO names them."""
    return uno().Enum("com.sun.star.awt.FontSlant", "ITALIC")


def page_style(document: Any) -> str:
    """Return the page style of our sheets, as wide as a landscape page; made where it is missing."""
    styles = document.StyleFamilies.getByName("PageStyles")
    if not styles.hasByName(_PAGE_STYLE):
        style = document.createInstance("com.sun.star.style.PageStyle")
        styles.insertByName(_PAGE_STYLE, style)
        names = ("CenterHorizontally", "Height", "IsLandscape", "ScaleToPagesX", "ScaleToPagesY", "Width")
        style.setPropertyValues(names, (True, _A4[0], True, 1, 0, _A4[1]))
    return _PAGE_STYLE


def forget_styles(document: Any) -> None:
    """Remove our styles as far as nothing uses them any more."""
    families = document.StyleFamilies
    names = [("CellStyles", _STYLE + kind) for kind in LOOKS] + [("PageStyles", _PAGE_STYLE)]
    for family, name in names:
        styles = families.getByName(family)
        if styles.hasByName(name) and not (family == "PageStyles" and styles.getByName(name).isInUse()):
            styles.removeByName(name)
