"""Filling a located table: its data rows' raw values by field, each with its physical row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.characters import squeeze
from toolkit.fields.base import CellError, NoResult, as_text
from toolkit.intake.body import DITTO, RowKind
from toolkit.intake.header import Column, Header
from toolkit.intake.read import Sheet, file_finding
from toolkit.intake.tables import LocatedSheet, Table
from toolkit.masking import mask_text
from toolkit.model import Finding, Place, Severity, cell_name, column_letters


class Filler:
    """Takes the data rows of a table: merged cells filled inside their merge, 同上 filled down, every other column kept."""

    def __init__(
        self, path: str, sheet: Sheet, table: Table, header: Header, others: list[Column], result: LocatedSheet
    ) -> None:
        self._path, self._sheet, self._table, self._result = path, sheet, table, result
        mapped = {number for numbers in table.columns.values() for number in numbers}
        known = {column.number for column in header.columns}
        self._others = [(column.number, column.text) for column in others]
        self._beyond = mapped | known
        self._last = max(self._beyond)
        self._merged = self._vertical_merges(mapped)
        self._merged_columns = {column for _, column in self._merged}

    def _vertical_merges(self, mapped: set[int]) -> dict[tuple[int, int], tuple[int, int]]:
        """Return cell → the cell whose value it shows, for merges down the rows of the body; one amount for several rows counts once."""
        fields = self._table.ledger.fields
        amounts = {number for name, numbers in self._table.columns.items() if fields[name].type == "amount" for number in numbers}
        shown = {}
        for top, left, bottom, right in self._sheet.merges:
            if bottom > top and bottom - top < 5_000 and top > self._table.header.last:
                for column in range(left, right + 1):
                    if column in mapped and column not in amounts:
                        for row in range(top + 1, bottom + 1):
                            shown[row, column] = (top, column)
        return shown

    def fill(self, body: list[int], kinds: list[RowKind]) -> None:
        """Put the rows into the table."""
        table = self._table
        cells: list[list[Any]] = []
        section = ""
        bounds, wholes = [0], [0]  # where a subtotal may begin, and where a total may: not after a subtotal
        totals: list[tuple[int, list[Any], tuple[int, ...]]] = []
        for number, kind in zip(body, kinds, strict=True):
            row, values = self._sheet.rows[number], self._sheet.values[number]
            if kind is RowKind.TOTAL:
                partial = is_subtotal(values)
                totals.append((row, values, (*(bounds if partial else wholes), len(table.rows))))
                bounds.append(len(table.rows))
                if not partial:
                    wholes.append(len(table.rows))
            elif kind is RowKind.HEADER:
                bounds.append(len(table.rows))
                wholes.append(len(table.rows))
            elif kind is RowKind.SECTION:
                section = squeeze(next(str(cell) for cell in values if cell is not None))
            elif kind is RowKind.ZERO:
                table.zero = True
            elif kind is RowKind.EXAMPLE:
                self._say_row("I110", row)
            elif kind is RowKind.UNUSED:
                text = "  ".join(as_text(cell) for cell in values if cell is not None)
                self._say_row("W111", row, text=text[:60])
            if kind is not RowKind.DATA:
                continue
            table.rows.append(row)
            cells.append(values)
            table.other.append(self._other(values, section))
        after = [*(bounds_[-1] for _, _, bounds_ in totals[1:]), len(cells)]
        table.totals = [(*total, after_) for total, after_ in zip(totals, after, strict=False)]
        for name, numbers in table.columns.items():
            table.values[name] = self._column(name, numbers, cells)
        if table.rows:
            table.zero = False
        elif not table.zero:
            table.zero = self._zero_elsewhere()
            if not table.zero:
                finding = file_finding(self._path, "W109", self._sheet.name)
                self._result.findings.append(finding)

    def _zero_elsewhere(self) -> bool:
        """Say whether a line around the table, or the sheet's name, reports that there was nothing."""
        return self._table.meta.nothing or "零报告" in self._sheet.name

    def _column(self, name: str, numbers: tuple[int, ...], cells: list[list[Any]]) -> list[Any]:
        """Return a field's raw values along the rows of the table."""
        if (ticks := self._table.ticks.get(name)) is not None:
            return [_ticked(row, ticks) for row in cells]
        if name in self._table.sums:
            return [_added([row[number - 1] for number in numbers if number <= len(row)]) for row in cells]
        if len(numbers) > 1:
            is_date = self._table.ledger.fields[name].type == "date"
            parts = ([row[number - 1] if number <= len(row) else None for number in numbers] for row in cells)
            return [_joined(part, is_date=is_date) for part in parts]
        number = numbers[0]
        values = [row[number - 1] if number <= len(row) else None for row in cells]
        if number in self._merged_columns:
            rows = self._table.rows
            for position, value in enumerate(values):
                if value is None and (source := self._merged.get((rows[position], number))):
                    values[position] = self._value_at(*source)
        for position, value in enumerate(values):
            if value.__class__ is str and position and value.strip() in DITTO:
                values[position] = self._ditto(name, number, position, value, values[position - 1])
        return values

    def _ditto(self, name: str, column: int, position: int, value: str, above: Any) -> Any:
        """Return the value that 同上 stands for, and log it."""
        if above is not None and not isinstance(above, (CellError, NoResult)):
            rows = self._table.rows
            place = Place(None, self._path, self._sheet.name, rows[position], column)
            params = {
                "value": squeeze(value),
                "source": cell_name(rows[position - 1], column),
                "taken": mask_text(as_text(above)[:30]),
            }
            key = f"{rows[position]}"
            self._result.findings.append(
                Finding("I226", Severity.INFO, place, params, self._table.ledger.id, name, value, key=key)
            )
        return above

    def _value_at(self, row: int, column: int) -> Any:
        try:
            values = self._sheet.values[self._sheet.rows.index(row)]
        except ValueError:
            return None
        return values[column - 1] if column <= len(values) else None

    def _other(self, values: list[Any], section: str) -> str:
        """Return what stands in columns the ledger does not know, as text, so that nothing is lost."""
        if not self._others and not section and len(values) <= self._last:
            return ""
        parts = [f"{text}={as_text(values[number - 1])}" for number, text in self._others
                 if number <= len(values) and values[number - 1] not in (None, "")]  # fmt: skip
        if len(values) > self._last:
            parts += [f"{column_letters(number)}={as_text(value)}" for number, value in enumerate(values, 1)
                      if number not in self._beyond and value not in (None, "") and not str(value).isspace()]  # fmt: skip
        if section:
            parts.append(f"分组={section}")
        return "；".join(parts)

    def _say_row(self, code: str, row: int, **params: Any) -> None:
        severity = Severity.WARNING if code[0] == "W" else Severity.INFO
        column = next(iter(self._table.columns.values()))[0]
        place = Place(None, self._path, self._sheet.name, row, column)
        self._result.findings.append(
            Finding(code, severity, place, params, self._table.ledger.id, key=str(params.get("text", row)))
        )


def is_subtotal(values: Sequence[Any]) -> bool:
    """Say whether a total line adds up only the rows since the one before it."""
    texts = ("".join(value.split()) for value in values[:6] if isinstance(value, str))
    return any("小计" in text or "本页" in text or _OF_A_VILLAGE.search(text) for text in texts)


_OF_A_VILLAGE = re.compile(r"(?:村|社区|组)(?:合计|共计|计)")


def _ticked(row: list[Any], ticks: Mapping[int, str]) -> Any:
    """Return the answer that is ticked; several of them joined, which nobody will take for one."""
    answers = [answer for column, answer in ticks.items() if column <= len(row) and row[column - 1] is not None and squeeze(str(row[column - 1]))]
    return "、".join(answers) or None


def _added(parts: list[Any]) -> Any:
    """Return what the parts of an amount add up to; texts are left to be read, or not, as one."""
    given = [part for part in parts if part is not None]
    if all(isinstance(part, (int, float)) for part in given):
        return sum(given) if given else None
    return "+".join(as_text(part) for part in given) if len(given) > 1 else given[0]


def _joined(parts: list[Any], *, is_date: bool) -> Any:
    """Return the value that split columns write together: 1985, 3 → ``1985.3``."""
    texts = [
        squeeze(as_text(part)).rstrip("年月日") if is_date else squeeze(as_text(part))
        for part in parts
        if part is not None
    ]
    texts = [text for text in texts if text]
    if not texts:
        return None
    return ".".join(texts) if is_date else "".join(texts)
