"""The dictionary workbook → definitions, every value with its cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from toolkit.characters import fold, visible
from toolkit.ledgers import sheets as layout
from toolkit.ledgers.definitions import NUMBER, OWNER, TEXTS, YES, Definitions, DictionaryError, Entry, Mistake, entry
from toolkit.ledgers.setting_text import is_yes, read_settings, read_value
from toolkit.ledgers.sheets import (
    SHEETS,
    Column,
    Sheet,
    fingerprint,
    meaning,
    own_column,
    plain,
    split_list,
    vocabulary,
)
from toolkit.model import cell_name, column_number
from toolkit.rules import rule_settings
from toolkit.suggest import known, nearest

_HEADER_WITHIN = 10
_MOST_ROWS, _MOST_COLUMNS = 200_000, 500
_MOST_BYTES = 200 << 20
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]|\bt=[\"']e[\"']")
_FILLED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Za-z]+)(\d+)[\"'](?:[^>]*[^/>])?>")
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """What a dictionary workbook holds.

    ``definitions`` are empty where it was not ``edited``: it says what it said when it was exported. ``base``: the version of the
    built-in definitions that it was exported from, empty where it does not tell; ``unused``: its other sheets.
    """

    definitions: Definitions
    edited: bool
    base: str
    unused: tuple[str, ...] = ()


def read_workbook(data: bytes, *, even_unedited: bool = False) -> Book:
    """Return what the bytes of a workbook hold; its definitions only where it was edited, or ``even_unedited``.

    Raises:
        DictionaryError: it is no workbook, lacks sheets or columns, or cells hold what does not belong there.
    """
    problems: list[Mistake] = []
    grids = _grids(data)
    found = {sheet.table: known(sheet.name, grids) for sheet in SHEETS}
    unused = [name for name in grids if name not in (*found.values(), layout.NOTES, layout.CHOICES)]
    made = Definitions()
    tables = {table: grids[name][header_row(grids[name]) :] for table, name in found.items() if name is not None}
    base, stamp = _stamp(grids)
    edited = stamp != fingerprint(tables)
    for sheet in SHEETS if edited or even_unedited else ():
        name = found[sheet.table]
        if name is None:
            problems.append(Mistake("", "dictionary.no_sheet", {"sheet": sheet.name}, nearest(sheet.name, unused)))
        else:
            getattr(made, sheet.table).extend(_SheetReader(sheet, name, grids[name], problems).entries())
    if problems:
        raise DictionaryError(problems)
    return Book(made, edited, base, tuple(name for name in unused if grids[name]))


def header_row(rows: Rows) -> int:
    """Return the position of the row that holds the most headings of the dictionary's sheets."""
    headings = {fold(column.heading) for sheet in SHEETS for column in sheet.columns}
    hits = [sum(fold(plain(cell)) in headings for cell in row) for row in rows[:_HEADER_WITHIN]]
    return hits.index(max(hits)) if hits else 0


def _grids(data: bytes) -> dict[str, Rows]:
    """Return the cells of every sheet, from A1 on; blank cells are empty texts."""
    import python_calamine as calamine

    _guard(data)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {
            meta.name: workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            for meta in workbook.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
        }
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise DictionaryError([Mistake("", "dictionary.no_workbook", {})]) from error


def _guard(data: bytes) -> None:
    """Refuse what the reader of values could not cope with, and formulas and errors, which it does not tell from texts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > _MOST_BYTES:
                raise DictionaryError([Mistake("", "dictionary.no_workbook", {})])
            parts = [package.read(name) for name in package.namelist() if "worksheets/sheet" in name.lower()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DictionaryError([Mistake("", "dictionary.no_workbook", {})]) from error
    for part in parts:
        for letters, digits in _FILLED.findall(part):
            if int(digits) > _MOST_ROWS or column_number(letters.decode()) > _MOST_COLUMNS:
                cell = f"{letters.decode().upper()}{int(digits)}"
                raise DictionaryError([Mistake(cell, "dictionary.too_large", {"cell": cell})])
    if any(_FORMULA.search(part) for part in parts) and (problems := list(_no_texts(data))):
        raise DictionaryError(problems)


def _no_texts(data: bytes) -> Iterable[Mistake]:
    """Yield the formulas and errors in the sheets that count."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book.worksheets:
        if known(sheet.title, (one.name for one in SHEETS)) is not None:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                place = f"{sheet.title}!{cell.coordinate}" if cell.data_type in ("f", "e") else ""
                if cell.data_type == "f":
                    yield Mistake(place, "dictionary.formula", {})
                elif cell.data_type == "e":
                    yield Mistake(place, "dictionary.error_cell", {"value": str(cell.value)})


def _stamp(grids: Mapping[str, Rows]) -> tuple[str, str]:
    """Return the version that the workbook was exported from, and the fingerprint that it had then."""
    for name, rows in grids.items():
        if name == layout.NOTES:
            for row in rows:
                if row and plain(row[0]).startswith(layout.STAMP):
                    version, _, stamp = "".join(map(plain, row[1:2])).partition("/")
                    return version, stamp
    return "", ""


class _SheetReader:
    """Reads one sheet into entries."""

    def __init__(self, sheet: Sheet, name: str, rows: Rows, problems: list[Mistake]) -> None:
        self._sheet, self._name, self._rows, self._problems = sheet, name, rows, problems
        self._columns: dict[str, int] = {}

    def entries(self) -> Iterable[Entry]:
        """Return the entries of all rows that hold anything."""
        head = self._header()
        if head is None:
            return []
        made = []
        declared = [column for column in self._sheet.columns if column.key]
        for number, row in enumerate(self._rows[head + 1 :], head + 2):
            cells = {column.key: row[place] for column in declared if (place := self._columns[column.key]) < len(row)}
            cells = {key: cell for key, cell in cells.items() if plain(cell)}
            if cells:
                made += self._entries(number, cells)
        return made

    def _header(self) -> int | None:
        """Find the row with the headings; return its position, or None where columns are missing."""
        headings = {fold(column.heading): column for column in self._sheet.columns}
        head = header_row(self._rows)
        if not self._rows or sum(fold(plain(cell)) in headings for cell in self._rows[head]) < 2:
            said = "、".join(headings[one].heading for one in headings)
            self._problems.append(Mistake(f"{self._name}!A1", "dictionary.no_header", {"headings": said}))
            return None
        before = len(self._problems)
        missing = [column.heading for column in self._sheet.columns
                   if column.key and fold(column.heading) not in map(fold, map(plain, self._rows[head]))]  # fmt: skip
        for place, cell in enumerate(self._rows[head]):
            heading = plain(cell)
            column = headings.get(fold(heading))
            where = f"{self._name}!{cell_name(head + 1, place + 1)}"
            if column is None and heading:
                params = {"heading": heading, "allowed": "、".join(one.heading for one in self._sheet.columns)}
                self._problems.append(Mistake(where, "dictionary.unknown_column", params, nearest(heading, missing)))
            elif column is not None and column.key in self._columns and column.key:
                self._problems.append(Mistake(where, "dictionary.column_twice", {"heading": column.heading}))
            elif column is not None:
                self._columns[column.key] = place
        where = f"{self._name}!{cell_name(head + 1, 1)}"
        self._problems += [Mistake(where, "dictionary.no_column", {"heading": heading}) for heading in missing]
        return head if len(self._problems) == before else None

    def _entries(self, number: int, cells: Mapping[str, Any]) -> list[Entry]:
        """Return the entry in one row; a row of aliases may be several."""
        places = {key: f"{self._name}!{cell_name(number, column + 1)}" for key, column in self._columns.items()}
        values = {}
        for key, cell in cells.items():
            column = self._sheet.column(key)
            assert column is not None
            values[key] = self._value(column, cell, places[key])
        if self._sheet.table == "rules":
            return [self._rule(values, places)]
        if self._sheet.table == "aliases":
            return [entry(values | {"alias": alias}, _placed(places, {})) for alias in values.get("alias") or [None]]
        if self._sheet.table == "fields":
            _settle_field(values)
        return [entry(values, _placed(places, _SHARED))]

    def _say(self, place: str, name: str, **params: Any) -> None:
        self._problems.append(Mistake(place, f"dictionary.{name}", params))

    def _value(self, column: Column, cell: Any, place: str) -> Any:
        """Return what a cell holds, as its column takes it."""
        said = visible(plain(cell))
        params = {"heading": column.heading, "value": said[:40]}
        if column.kind == NUMBER:
            number = _number(cell, said)
            if number is None:
                self._say(place, "not_number", **params)
            return number
        if column.kind == YES:
            if said and not is_yes(said) and fold(said) not in ("否", "no", "false", "×"):
                self._say(place, "not_yes", **params)
            return is_yes(said)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            self._say(place, "number_cell", **params)
        elif isinstance(cell, (date, datetime, time, timedelta)):
            self._say(place, "date_cell", **params)
        if column.key == layout.NEED and meaning(said, _NEEDS) not in _NEEDS.values():
            self._say(place, "not_need", **params)
        if column.kind != TEXTS:
            return meaning(said, vocabulary(column.key)) if column.key != "fields" else said
        try:
            return split_list(said)
        except ValueError:
            self._say(place, "not_closed", value=said[:60])
            return None

    def _rule(self, values: dict[str, Any], places: Mapping[str, str]) -> Entry:
        """Return the entry of a rule: its own columns and the settings in the one for all others."""
        rule = values.get(layout.RULE) or (layout.EXPRESSION if values.get(layout.EXPRESSION) else "")
        declared = rule_settings()[rule].declared if rule in rule_settings() else {}
        made: dict[str, Any] = {OWNER: values.get(OWNER), layout.RULE: rule}
        fields = values.get("fields") or []
        if fields:
            made["field" if len(fields) == 1 and "field" in declared else "fields"] = (
                fields[0] if len(fields) == 1 and "field" in declared else fields
            )
        made |= {key: values.get(key) for key in ("severity", layout.EXPRESSION, "when", "message", "message_en")}
        where = places.get(layout.SETTINGS, "")
        try:
            for name, said in read_settings(rule, values.get(layout.SETTINGS) or ""):
                if made.get(name) is not None:
                    self._say(where, "setting_twice", setting=name)
                made[name] = read_value(declared.get(name), said)
        except ValueError as error:
            self._say(where, "no_pair", value=str(error)[:60])
        own = {key: own_column(rule, key) for key in made if key not in (OWNER, layout.RULE)}
        own |= {key: own_column(rule, key) for key in declared}
        return entry(made, _placed(places, own))


_NEEDS = {
    layout.REQUIRED: "required",
    "是": "required",
    "√": "required",
    layout.COLUMN_REQUIRED: "column_required",
    "否": "",
}


_SHARED = {"required": layout.NEED, "column_required": layout.NEED, "multiple": layout.MANY, "several": layout.MANY}
"""Keys of a field → the column that two of them share."""


def _settle_field(values: dict[str, Any]) -> None:
    """Turn the columns that stand for two keys into these."""
    need = meaning(str(values.pop(layout.NEED, "") or ""), _NEEDS)
    if need in ("required", "column_required"):
        values[need] = True
    if values.pop(layout.MANY, False):
        values["several" if values.get("type") == "person_name" else "multiple"] = True


def _placed(places: Mapping[str, str], columns: Mapping[str, str]) -> Callable[[str], str]:
    """Return where the value of a key stands; a key without a column of its own stands in that of another, or in the row's first."""
    first = next(iter(places.values()), "")
    return lambda key: places.get(columns.get(key, key), first)


def _number(cell: Any, said: str) -> float | None:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    try:
        return float(said)
    except ValueError:
        return None
