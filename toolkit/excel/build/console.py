"""The sheets of the toolbox, written with XlsxWriter: large buttons, the last result, the stations, settings."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from toolkit.excel.build.settings import Settings
from toolkit.excel.build.vbaproject import Module, document, vba_project
from toolkit.excel.names import (
    BAR,
    ERRORS,
    GROUPS,
    MACROS,
    OWED,
    REPORTED,
    RESULT,
    STATION_COLUMNS,
    STATIONS,
    STEP,
    WARNINGS,
    WHAT,
    WHEN,
    version,
)
from toolkit.marking.listing import quoted
from toolkit.marking.styles import FONT
from toolkit.messages import text

CONF_SHEET = "_conf"
_DAY_ONE = datetime(2020, 1, 1)  # noqa: DTZ001 - a fixed moment, so that the same text gives the same bytes
_INK, _MUTED, _BLUE, _LINE, _PALE = "#1D3B5C", "#667085", "#2F5D8A", "#D0D5DD", "#F2F6FA"
_MACRO_TEXTS = (
    "title",
    "starting",
    "stopping",
    "path_url",
    "no_python",
    "blocked",
    "not_started",
    "no_answer",
    "no_resident",
)
_STATION_WIDTHS = (34, 12, 10, 10, 52, 10, 10)


class _Toolbox:
    """A workbook in the making."""

    def __init__(self, settings: Settings) -> None:
        from xlsxwriter import Workbook

        self.out = io.BytesIO()
        self.settings = settings
        self.book = Workbook(self.out, {"in_memory": True})
        self.book.set_properties({"created": _DAY_ONE, "title": self.say("macro.title")})
        self.sheets: list[str] = []

    def say(self, name: str, **params: Any) -> str:
        """Return an entry of the catalogue's buttons."""
        return text(f"buttons.{name}", self.settings.language, **params)

    def format(self, **look: Any) -> Any:
        """Return a cell format in our font."""
        return self.book.add_format(
            {"font_name": FONT, "font_size": 10.5, "font_color": "#262626", "valign": "vcenter"} | look
        )

    def sheet(self, name: str, code_name: str) -> Any:
        """Add a sheet that VBA knows under a code name."""
        made = self.book.add_worksheet(name)
        made.set_vba_name(code_name)
        self.sheets.append(code_name)
        made.hide_gridlines(2)
        return made

    def name_cell(self, name: str, sheet: str, cell: str) -> None:
        """Define a name for a cell."""
        self.book.define_name(name, f"={quoted(sheet)}!{cell}")

    def finished(self, modules: Sequence[Module]) -> bytes:
        """Return the workbook with its VBA project."""
        documents = [document("ThisWorkbook", "workbook"), *(document(name, "sheet") for name in self.sheets)]
        self.book.add_vba_project(io.BytesIO(vba_project([*documents, *modules])), is_stream=True)
        self.book.set_vba_name("ThisWorkbook")
        self.book.close()
        return self.out.getvalue()


def write_console(modules: Sequence[Module], settings: Settings) -> bytes:
    """Return the console workbook."""
    toolbox = _Toolbox(settings)
    _buttons(toolbox)
    _stations(toolbox)
    _settings(toolbox)
    _conf(toolbox)
    return toolbox.finished(modules)


def write_addin(modules: Sequence[Module], settings: Settings) -> bytes:
    """Return the workbook that becomes the add-in: nobody sees its sheets."""
    toolbox = _Toolbox(settings)
    _settings(toolbox)
    _conf(toolbox)
    return toolbox.finished(modules)


def _buttons(toolbox: _Toolbox) -> None:
    name = toolbox.say("sheet.console")
    sheet = toolbox.sheet(name, "ConsoleSheet")
    for column, width in enumerate((2, 20, 49, 2, 11, 15, 11, 15)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 40)
    sheet.write_string("B1", toolbox.say("console.title"), toolbox.format(font_size=22, bold=True, font_color=_INK))
    sheet.write_string("B2", toolbox.say("console.subtitle"), toolbox.format(font_color=_MUTED))
    said = toolbox.say("console.version", version=version())
    sheet.write_string("H1", said, toolbox.format(font_color=_MUTED, align="right"))
    heading = toolbox.format(bold=True, font_size=12, font_color=_INK, bottom=2, bottom_color=_BLUE)
    explained = toolbox.format(font_color=_MUTED, text_wrap=True, indent=1)
    row = 3
    for group, actions in GROUPS.items():
        sheet.set_row(row, 24)
        sheet.write_string(row, 1, toolbox.say(f"group.{group}"), heading)
        sheet.write_blank(row, 2, None, heading)
        row += 1
        for action in actions:
            sheet.set_row(row, 31)
            size = {"width": 138, "height": 34, "x_offset": 3, "y_offset": 3}
            caption = toolbox.say(f"action.{action}.caption")
            sheet.insert_button(row, 1, {"macro": MACROS[action], "caption": caption} | size)
            sheet.write_string(row, 2, toolbox.say(f"action.{action}.explain"), explained)
            row += 1
        sheet.set_row(row, 10)
        row += 1
    _panel(toolbox, sheet, name, heading)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _panel(toolbox: _Toolbox, sheet: Any, name: str, heading: Any) -> None:
    """Write the right side, beside the first three groups: what is going on, the last result, the county in figures."""
    label = toolbox.format(font_color=_MUTED, bg_color=_PALE, border=1, border_color=_LINE, indent=1)
    value = toolbox.format(text_wrap=True, border=1, border_color=_LINE, indent=1, align="left")
    top = toolbox.format(text_wrap=True, border=1, border_color=_LINE, indent=1, align="left", valign="top")
    bar = toolbox.format(num_format="0%;;", border=1, border_color=_LINE, align="center")
    number = toolbox.format(
        num_format="#,##0", border=1, border_color=_LINE, bold=True, font_size=14, align="left", indent=1
    )
    first, second, third = (3 + sum(len(actions) + 2 for actions in list(GROUPS.values())[:at]) for at in range(3))

    def title(row: int, key: str) -> None:
        sheet.write_string(row, 4, toolbox.say(f"console.{key}"), heading)
        for column in (5, 6, 7):
            sheet.write_blank(row, column, None, heading)

    def line(rows: tuple[int, int], key: str, cell_name: str, look: Any, held: str = "") -> None:
        """Write a label and, across the panel, the cell behind it."""
        if rows[0] == rows[1]:
            sheet.write_string(rows[0], 4, toolbox.say(f"console.{key}"), label)
        else:
            sheet.merge_range(rows[0], 4, rows[1], 4, toolbox.say(f"console.{key}"), label)
        sheet.merge_range(rows[0], 5, rows[1], 7, held, look)
        toolbox.name_cell(cell_name, name, f"$F${rows[0] + 1}")

    title(first, "now")
    line((first + 1, first + 1), "step", STEP, value, toolbox.say("console.idle"))
    line((first + 2, first + 2), "progress", BAR, bar)
    sheet.conditional_format(first + 2, 5, first + 2, 7, {
        "type": "data_bar", "bar_color": "#7FB2E5", "bar_solid": True, "min_type": "num", "min_value": 0,
        "max_type": "num", "max_value": 1,
    })  # fmt: skip
    title(second, "last")
    line((second + 1, second + 1), "when", WHEN, value)
    line((second + 2, second + 2), "what", WHAT, value, toolbox.say("console.nothing"))
    line((second + 3, second + 5), "result", RESULT, top)
    title(third, "figures")
    figures = (("owed", OWED), ("reported", REPORTED), ("errors", ERRORS), ("warnings", WARNINGS))
    for at, (key, cell_name) in enumerate(figures):
        row, column = third + 1 + at // 2, 4 + at % 2 * 2
        sheet.write_string(row, column, toolbox.say(f"console.{key}"), label)
        sheet.write_blank(row, column + 1, None, number)
        toolbox.name_cell(cell_name, name, f"${'FH'[at % 2]}${row + 1}")


def _stations(toolbox: _Toolbox) -> None:
    name = toolbox.say("sheet.stations")
    sheet = toolbox.sheet(name, "StationsSheet")
    sheet.set_row(0, 30)
    sheet.write_string("A1", toolbox.say("stations.title"), toolbox.format(font_size=16, bold=True, font_color=_INK))
    sheet.write_string("A2", toolbox.say("stations.hint"), toolbox.format(font_color=_MUTED))
    head = toolbox.format(bold=True, font_color="#FFFFFF", bg_color=_BLUE, border=1, border_color=_LINE, align="center")
    plain, middle = toolbox.format(text_wrap=True), toolbox.format(align="center")
    for column, (key, width) in enumerate(zip(STATION_COLUMNS, _STATION_WIDTHS, strict=True)):
        sheet.set_column(column, column, width, plain if key in ("name", "missing") else middle)
        sheet.write_string(3, column, toolbox.say(f"stations.{key}"), head)
    sheet.set_row(3, 24)
    last = len(STATION_COLUMNS) - 1
    sheet.freeze_panes(4, 1)
    sheet.autofilter(3, 0, 2003, last)
    toolbox.name_cell(STATIONS, name, "$A$5")
    for key, colour in (("none", "#FBD5D5"), ("part", "#FFE3C2"), ("all", "#D7F0DD")):
        formula = f'=$B5="{toolbox.say(f"stations.{key}")}"'
        look = toolbox.book.add_format({"bg_color": colour})
        sheet.conditional_format(4, 1, 2003, 1, {"type": "formula", "criteria": formula, "format": look})
    lined = toolbox.book.add_format({"bottom": 1, "bottom_color": _LINE})
    sheet.conditional_format(4, 0, 2003, last, {"type": "formula", "criteria": '=$A5<>""', "format": lined})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def _settings(toolbox: _Toolbox) -> None:
    """Write the settings; the cells C4, C5 and C6 are what the macros go by."""
    settings = toolbox.settings
    sheet = toolbox.sheet(toolbox.say("sheet.settings"), "SettingsSheet")
    for column, width in enumerate((2, 16, 52, 56)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.write_string("B1", toolbox.say("settings.title"), toolbox.format(font_size=16, bold=True, font_color=_INK))
    sheet.write_string("B2", toolbox.say("settings.hint"), toolbox.format(font_color=_MUTED))
    label = toolbox.format(bold=True, bg_color=_PALE, border=1, border_color=_LINE, indent=1)
    entry = toolbox.format(border=1, border_color=_LINE, indent=1, num_format="@", text_wrap=True)
    hint = toolbox.format(font_color=_MUTED, text_wrap=True, indent=1)
    starts = [toolbox.say("settings.direct"), toolbox.say("settings.resident")]
    rows = (("python", settings.python), ("workspace", settings.workspace), ("start", starts[settings.resident]))
    for row, (key, value) in enumerate(rows, 3):
        sheet.set_row(row, 38)
        sheet.write_string(row, 1, toolbox.say(f"settings.{key}"), label)
        sheet.write_string(row, 2, value, entry)
        sheet.write_string(row, 3, toolbox.say(f"settings.{key}-hint"), hint)
    sheet.data_validation("C6", {"validate": "list", "source": starts})


def _conf(toolbox: _Toolbox) -> None:
    """Write what the macros read: settings by formula, texts as they are. Nobody sees this sheet."""
    settings = toolbox.settings
    sheet = toolbox.sheet(CONF_SHEET, "ConfSheet")
    entered = f"{quoted(toolbox.say('sheet.settings'))}!"
    resident = toolbox.say("settings.resident")
    formulas = (
        ("python", f'={entered}$C$4&""', settings.python),
        ("workspace", f'={entered}$C$5&""', settings.workspace),
        ("mode", f'=IF({entered}$C$6="{resident}","resident","direct")', "resident" if settings.resident else "direct"),
    )
    for row, (key, formula, value) in enumerate(formulas):
        sheet.write_string(row, 0, key)
        sheet.write_formula(row, 1, formula, None, value)
    texts = [("version", version()), ("lang", settings.language)]
    texts += [(f"text_{key}", toolbox.say(f"macro.{key}")) for key in _MACRO_TEXTS]
    for row, (key, value) in enumerate(texts, len(formulas)):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()
