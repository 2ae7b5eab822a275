"""Definitions → a workbook that a clerk can edit: the sheets of the dictionary with dropdowns and prompts, and filling notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from toolkit.ledgers import sheets as layout
from toolkit.ledgers.definitions import NUMBER, OWNER, TEXTS, YES, Definitions, Entry
from toolkit.ledgers.notes_sheet import write_notes
from toolkit.ledgers.setting_text import write_settings
from toolkit.ledgers.sheets import SHEETS, Column, Sheet, fingerprint, joined, label, own_column, vocabulary
from toolkit.messages import text

FONT = "微软雅黑"
WRITER_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SPARE = 1_000
"""Rows below the last entry that are ready to be filled in."""
_LABELS = {
    "type": ("type", ".title"),
    layout.RULE: ("rule", ".title"),
    "rhythm": ("rhythm", ""),
    "severity": ("choice", ""),
}


def workbook_of(definitions: Definitions, lang: str = "zh") -> bytes:
    """Return the workbook. ``lang`` is the language of its notes and of the words for types and rules; headings are Chinese."""
    import xlsxwriter

    tables = {sheet.table: rows_of(sheet, getattr(definitions, sheet.table), lang) for sheet in SHEETS}
    made = BytesIO()
    book = xlsxwriter.Workbook(made, WRITER_OPTIONS)
    book.define_name("_taizhang_output", '="dictionary"')  # never read as a ledger, wherever it lies
    writer = _Writer(book, lang)
    cells = {sheet.table: [[column.heading for column in sheet.columns], *tables[sheet.table]] for sheet in SHEETS}
    stamp = f"{definitions.version()}/{fingerprint(cells)}"
    write_notes(book, book.add_worksheet(layout.NOTES), lang, stamp)
    choices = writer.choices(definitions)
    for sheet in SHEETS:
        writer.sheet(sheet, tables[sheet.table], choices)
    writer.hide_choices()
    book.close()
    return made.getvalue()


def rows_of(sheet: Sheet, entries: Iterable[Entry], lang: str) -> list[list[Any]]:
    """Return the cells of a sheet, row by row, in the order of its columns."""
    return [[_cell(column, entry, lang) for column in sheet.columns] for entry in entries]


def _cell(column: Column, entry: Entry, lang: str) -> Any:
    """Return what a cell holds: a text, a number, or None."""
    key, values = column.key, entry.values
    if key == layout.NEED:
        return (
            layout.REQUIRED
            if values.get("required")
            else layout.COLUMN_REQUIRED
            if values.get("column_required")
            else None
        )
    if key == layout.MANY:
        return "是" if values.get("several") or values.get("multiple") else None
    if OWNER in values and layout.RULE in values:
        return _rule_cell(key, values, lang)
    value = values.get(key)
    if value is None or column.kind == NUMBER:
        return value
    if column.kind == YES:
        return "是"
    if column.kind == TEXTS:
        return joined([value] if isinstance(value, str) else value)
    return label(_LABELS[key][0], value, lang, _LABELS[key][1]) if key in _LABELS else value


def _rule_cell(key: str, values: Mapping[str, Any], lang: str) -> Any:
    rule = values[layout.RULE]
    if key == layout.RULE:
        return label("rule", rule, lang, ".title")
    if key == "fields":
        said = values.get("fields") or ([values["field"]] if "field" in values else [])
        return joined(said) or None
    if key == layout.SETTINGS:
        rest = {name: value for name, value in values.items()
                if name not in (OWNER, layout.RULE) and own_column(rule, name) == layout.SETTINGS}  # fmt: skip
        return write_settings(rule, rest, lang) or None
    value = values.get(key) if own_column(rule, key) == key or key == OWNER else None
    return label("choice", value, lang) if key == "severity" and value else value


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, lang: str) -> None:
        self._book, self._lang = book, lang
        base = {"font_name": FONT, "font_size": 10, "valign": "top"}
        self._head = book.add_format(base | {"bold": True, "font_color": "#FFFFFF", "bg_color": "#2F5D8A", "align": "center",
                                             "valign": "vcenter", "border": 1, "text_wrap": True})  # fmt: skip
        self._text = book.add_format(base | {"num_format": "@", "text_wrap": True})
        self._number = book.add_format(base)
        self._ranges: dict[str, str] = {}
        self._hidden: Any = None

    def choices(self, definitions: Definitions) -> dict[str, list[str]]:
        """Return what the dropdowns of columns offer, by key."""
        offered = {key: list(dict.fromkeys(label(prefix, word, self._lang, suffix) for word in vocabulary(key).values()))
                   for key, (prefix, suffix) in _LABELS.items()}  # fmt: skip
        offered["codes"] = list(dict.fromkeys(str(entry.get("list")) for entry in definitions.codes))
        ledgers = [str(entry.get("id")) for entry in definitions.ledgers]
        return offered | {"ledger": ledgers, OWNER: ledgers, layout.NEED: [layout.REQUIRED, layout.COLUMN_REQUIRED]}

    def sheet(self, sheet: Sheet, rows: Sequence[Sequence[Any]], choices: Mapping[str, list[str]]) -> None:
        """Write one sheet with its rows, dropdowns and prompts."""
        page = self._book.add_worksheet(sheet.name)
        last = len(rows) + _SPARE
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width, self._number if column.kind == NUMBER else self._text)
            page.write_string(0, place, column.heading, self._head)
            if column.key:
                self._validate(page, sheet, column, (1, place, last, place), choices.get(column.key, []))
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, (int, float)):
                    page.write_number(number, place, cell, self._number)
                elif cell is not None:
                    page.write_string(number, place, str(cell), self._text)
        page.set_row(0, 24)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)

    def _validate(
        self, page: Any, sheet: Sheet, column: Column, area: tuple[int, int, int, int], choices: list[str]
    ) -> None:
        """Give a column its prompt, and a dropdown where there are choices; what is not on the list is not refused."""
        note = text(f"dictionary.column.{sheet.table}.{column.key}", self._lang)
        options: dict[str, Any] = {"validate": "any", "input_title": column.heading, "input_message": note[:255]}
        if column.kind == YES:
            choices = ["是"]
        if choices:
            source: Any = choices if len(",".join(choices)) < 250 else self._listed(column.key, choices)
            options |= {"validate": "list", "source": source, "show_error": False}
        page.data_validation(*area, options)

    def _listed(self, key: str, choices: list[str]) -> str:
        """Return the range of a hidden sheet that holds choices too long for the dropdown itself."""
        if self._hidden is None:
            self._hidden = self._book.add_worksheet(layout.CHOICES)
        if key not in self._ranges:
            place = len(self._ranges)
            self._hidden.write_column(0, place, choices)
            letter = chr(ord("A") + place)
            self._ranges[key] = f"={layout.CHOICES}!${letter}$1:${letter}${len(choices)}"
        return self._ranges[key]

    def hide_choices(self) -> None:
        """Hide the sheet that only feeds dropdowns."""
        if self._hidden is not None:
            self._hidden.hide()
