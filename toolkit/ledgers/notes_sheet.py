"""The sheet 填写说明 of the dictionary workbook: how to use it, every column, type, rule and function; and the stamp of the export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from toolkit.expressions.functions import FUNCTIONS
from toolkit.fields import type_names
from toolkit.ledgers import sheets as layout
from toolkit.ledgers.sheets import SHEETS, label, own_column
from toolkit.messages import text
from toolkit.rules import Setting, rule_names, rule_settings

_FONT = "微软雅黑"
_WIDTHS = (14, 26, 92)
_HOW = ("how_1", "how_2", "how_3", "how_4", "how_5")
_EXPRESSION = ("expression_1", "expression_2", "expression_3", "expression_4")


def write_notes(book: Any, page: Any, lang: str, stamp: str) -> None:
    """Write the notes; ``stamp`` tells the next reading what was exported, and how its cells looked."""
    base = {"font_name": _FONT, "font_size": 10, "valign": "top", "text_wrap": True}
    plain = book.add_format(base)
    strong = book.add_format(base | {"bold": True})
    heading = book.add_format(base | {"bold": True, "font_size": 12, "font_color": "#2F5D8A", "text_wrap": False})
    muted = book.add_format(base | {"font_color": "#8A94A0", "text_wrap": False})
    for place, width in enumerate(_WIDTHS):
        page.set_column(place, place, width, plain)
    page.hide_gridlines(2)
    page.write_string(0, 0, text("dictionary.book.title", lang), heading)
    row = 2
    for kind, cells in _lines(lang):
        if kind == "heading":
            row += 1
            page.write_string(row, 0, cells[0], heading)
        elif kind == "paragraph":
            page.merge_range(row, 0, row, len(_WIDTHS) - 1, cells[0], plain)
            page.set_row(row, 16 * (1 + _columns(cells[0]) // sum(_WIDTHS)))
        else:
            for place, cell in enumerate(cells):
                page.write_string(row, place, cell, strong if place == 1 else plain)
            page.set_row(row, 16 * (1 + _columns(cells[-1]) // (_WIDTHS[-1] + 1)))
        row += 1
    row += 1
    for place, cell in enumerate((layout.STAMP, stamp, text("dictionary.book.stamp", lang))):
        page.write_string(row, place, cell, muted)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _columns(said: str) -> int:
    """Return how many columns of a fixed-width font a text takes."""
    return sum(2 if char > "\u2e7f" else 1 for char in said)


def _lines(lang: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the kind and the cells of every line."""

    def said(name: str) -> str:
        return text(f"dictionary.book.{name}", lang)

    yield "heading", (said("how"),)
    yield from (("paragraph", (said(name),)) for name in _HOW)
    yield "heading", (said("columns"),)
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.key:
                yield "row", (sheet.name, column.heading, text(f"dictionary.column.{sheet.table}.{column.key}", lang))
    yield "heading", (said("types"),)
    for name in type_names():
        yield "row", ("", label("type", name, lang, ".title"), text(f"type.{name}.what", lang))
    yield "heading", (said("rules"),)
    yield "paragraph", (said("rules_how"),)
    for name in rule_names():
        if name != "required":
            what = f"{text(f'rule.{name}.what', lang)}{_settings(name, lang)}"
            yield "row", ("", label("rule", name, lang, ".title"), what)
    yield "heading", (said("expressions"),)
    yield from (("paragraph", (said(name),)) for name in _EXPRESSION)
    yield "heading", (said("functions"),)
    for function in dict.fromkeys(FUNCTIONS.values()):
        yield "row", ("", f"{function.name} / {function.english}", text(f"function.{function.english}", lang))


def _settings(rule: str, lang: str) -> str:
    """Return the settings of a rule that go into the column for all others."""
    declared = rule_settings()[rule].declared.values()
    own = [_setting(setting, lang) for setting in declared if own_column(rule, setting.name) == layout.SETTINGS]
    return text("dictionary.book.rule_settings", lang, settings="；".join(own)) if own else ""


def _setting(setting: Setting, lang: str) -> str:
    said = label("setting", setting.name, lang)
    if setting.choices:
        said += "=" + " / ".join(label("choice", choice, lang) for choice in setting.choices)
    return f"[{said}]" if setting.optional else said
