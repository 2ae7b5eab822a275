"""One batch of located tables of any number of files → typed rows and findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from toolkit.characters import fold
from toolkit.checking.columns import ParsedColumn, Parser
from toolkit.checking.forms import Form, better_forms
from toolkit.checking.merge import SEVERITIES, one_a_cell
from toolkit.checking.shift import Shift, find_shift
from toolkit.fields import field_type
from toolkit.fields.base import BLANK, Parsed, as_text
from toolkit.ledgers.dictionary import Ledger
from toolkit.ledgers.schema import row_schema
from toolkit.masking import mask_params
from toolkit.model import Finding, Place, Severity
from toolkit.rules import is_county_rule, rule
from toolkit.rules.base import Batch, Hit, TableHit, TotalLine

_FORMULAS = ("E227", "W228")


@dataclass(slots=True)
class TableInput:
    """A located table as checking needs it.

    ``values``: field → raw values along ``rows`` (physical row numbers). ``constants``: field → what the title says of every row.
    ``as_of``: the day for which the table was drawn up, where it says one.
    """

    ledger: Ledger
    file: str
    sheet: str
    number: int
    station: str
    columns: Mapping[str, int]
    rows: Sequence[int]
    values: Mapping[str, Sequence[Any]]
    other: Sequence[str]
    totals: Sequence[tuple[int, Mapping[str, Any], tuple[int, ...], int, bool]] = ()
    unit: float = 1.0
    units: Mapping[str, float] = field(default_factory=dict)
    period: tuple[date, date] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    as_of: date | None = None


@dataclass(slots=True)
class Checked:
    """What checking one ledger's batch yields: typed rows (for the store), and findings."""

    rows: pa.Table
    findings: list[Finding] = field(default_factory=list)


class Checker:
    """Parses and checks batches; keeps its parser's memory from one batch to the next."""

    def __init__(self, parser: Parser, cutoff: date, period: tuple[date, date] | None, *, forms: bool = False) -> None:
        self._parser = parser
        self._cutoff = cutoff
        self._period = period
        self._forms = forms

    def check(self, tables: Sequence[TableInput]) -> Checked:
        """Return the rows and findings of tables of one ledger."""
        ledger = tables[0].ledger
        columns = {name: self._parse(spec.name, ledger, tables) for name, spec in ledger.fields.items()
                   if any(name in table.columns or name in table.constants for table in tables)}  # fmt: skip
        count = sum(len(table.rows) for table in tables)
        rows = _Rows(tables, columns, ledger, count)
        shifts = self._shifts(rows, tables, columns, ledger)
        totals, failing = self._totals(rows, tables, ledger)
        batch = self._batch(rows, tables, columns, ledger, shifts, totals)
        found = _Findings(rows, tables, columns, ledger)
        for line in failing:
            found.add_hit(line)
        found.add_shifts(shifts)
        skip = {shift.row for shift in shifts}
        better = better_forms(columns, [int(start) for start in rows.starts]) if self._forms else {}
        found.add_parsed(skip, better)
        for spec in ledger.rules:
            if is_county_rule(spec.rule):
                continue
            try:
                for hit in rule(spec.rule).check(batch, spec.settings):
                    found.add_hit(hit)
            except Exception as error:  # noqa: BLE001 - a broken rule must not stop the others, nor be blamed on the data
                reason = f"{type(error).__name__}: {error}"
                found.broken(spec.rule, reason)
        return Checked(rows.stored(), found.merged())

    def _parse(self, name: str, ledger: Ledger, tables: Sequence[TableInput]) -> ParsedColumn:
        spec = ledger.fields[name]
        raw: list[Any] = []
        parsed: list[Parsed] = []
        for table in tables:
            if name not in table.columns:
                said = table.constants.get(name)
                raw.extend([said] * len(table.rows))
                parsed.extend([BLANK if said is None else Parsed(said)] * len(table.rows))
                continue
            values = table.values[name]
            unit = table.units.get(name, table.unit) if spec.type == "amount" else 1.0
            raw.extend(values)
            try:
                year = _year(table.period) if spec.type == "date" and name == ledger.date else None
                parsed.extend(self._parser.column(spec, values, unit, year))
            except Exception as error:  # noqa: BLE001 - a broken field type must not stop the others
                broken = Parsed(None, "E901", {"rule": spec.type, "reason": type(error).__name__})
                parsed.extend([broken if value is not None else BLANK for value in values])
        return ParsedColumn(spec, raw, parsed)

    def _shifts(
        self, rows: _Rows, tables: Sequence[TableInput], columns: Mapping[str, ParsedColumn], ledger: Ledger
    ) -> list[Shift]:
        wrong = np.zeros(rows.count, dtype=int)
        for column in columns.values():
            wrong[[row for row in column.coded if column.values[row] is None]] += 1
        raw = {name: column.raw for name, column in columns.items()}
        parsed = {name: column.parsed for name, column in columns.items()}
        shifts = []
        for row in np.flatnonzero(wrong >= 3):
            table = tables[rows.table[row]]
            if shift := find_shift(int(row), table.columns, raw, parsed, ledger.fields, self._parser.context):
                shifts.append(shift)
        return shifts

    def _batch(
        self,
        rows: _Rows,
        tables: Sequence[TableInput],
        columns: Mapping[str, ParsedColumn],
        ledger: Ledger,
        shifts: list[Shift],
        totals: list[TotalLine],
    ) -> Batch:
        excluded = np.zeros(rows.count, dtype=bool)
        excluded[[shift.row for shift in shifts]] = True
        frame = pd.DataFrame({name: _objects(column.values) for name, column in columns.items()}, dtype=object)
        failed, present, doubtful = {}, {}, {}
        for name, column in columns.items():
            failed[name] = np.zeros(rows.count, dtype=bool)
            failed[name][[row for row in column.coded if column.values[row] is None]] = True
            if "W213" in column.codes:
                doubtful[name] = np.array([code == "W213" for code in column.codes], dtype=bool)
            has = np.array([name in table.columns for table in tables], dtype=bool)
            present[name] = has[rows.table] if rows.count else np.zeros(0, dtype=bool)
        return Batch(
            ledger.id, ledger.fields, frame, rows.table, rows.sheet_row, rows.file, present, failed, excluded,
            totals, [table.period or self._period for table in tables],
            self._parser.context.today, self._cutoff, doubtful, [table.as_of for table in tables],
        )  # fmt: skip

    def _totals(
        self, rows: _Rows, tables: Sequence[TableInput], ledger: Ledger
    ) -> tuple[list[TotalLine], list[TableHit]]:
        """Return the total lines with their numbers read, and the rows of the batch that each adds up; and the formulas that fail."""
        lines: list[TotalLine] = []
        failing: list[TableHit] = []
        for number, table in enumerate(tables):
            start = int(rows.starts[number])
            for sheet_row, raw, bounds, after, subtotal in table.totals:
                values = {}
                for name, value in raw.items():
                    spec = ledger.fields[name]
                    unit = table.units.get(name, table.unit) if spec.type == "amount" else 1.0
                    if value is None or field_type(spec.type).storage not in ("number", "integer"):
                        continue
                    parsed = self._parser.column(spec, [value], unit)[0]
                    if parsed.code in _FORMULAS:
                        failing.append(
                            TableHit(number, sheet_row, name, parsed.code, parsed.params or {}, as_text(value))
                        )
                    elif parsed.value is not None and parsed.code is None:
                        values[name] = float(parsed.value)
                *begins, end = (start + bound for bound in bounds)
                lines.append(TotalLine(number, sheet_row, values, tuple(begins), end, start + after, subtotal))
        return lines, failing


def _year(period: tuple[date, date] | None) -> int | None:
    """Return the year of a period within one year: that of dates written without one."""
    return period[0].year if period and period[0].year == period[1].year else None


def _objects(values: list[Any]) -> Any:
    """Return a list as an array of objects, whatever its items look like to numpy."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


class _Rows:
    """Where each row of the batch stands."""

    def __init__(
        self, tables: Sequence[TableInput], columns: Mapping[str, ParsedColumn], ledger: Ledger, count: int
    ) -> None:
        self.tables, self.columns, self.ledger, self.count = tables, columns, ledger, count
        sizes = [len(table.rows) for table in tables]
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int) if sizes else np.zeros(0, dtype=int)
        self.table = np.repeat(np.arange(len(tables)), sizes)
        self.sheet_row = np.array([row for table in tables for row in table.rows], dtype=np.int64)
        self.file = np.repeat(np.array([table.file for table in tables], dtype=object), sizes)

    def key(self, row: int, without: str | None) -> str:
        """Return what identifies a record in its ledger, whatever row it stands in."""
        names = self.ledger.key or tuple(self.columns)
        parts = [self._text(name, row) for name in names if name != without and name in self.columns]
        if not any(parts):
            parts = [self._text(name, row) for name in self.columns if name not in (without, "序号")]
        return "|".join(parts)

    def _text(self, name: str, row: int) -> str:
        raw = self.columns[name].raw[row]
        return fold(as_text(raw)) if raw is not None else ""

    def stored(self) -> pa.Table:
        """Return the rows for the store: provenance, typed values, and the text of what could not be typed."""
        tables, count = self.tables, self.count
        sizes = [len(table.rows) for table in tables]
        column = self.columns.get(self.ledger.id_field or "")
        people, codes = (column.values, column.codes) if column else ([None] * count, [None] * count)
        data: dict[str, Any] = {
            "_file": self.file,
            "_sheet": np.repeat(np.array([table.sheet for table in tables], dtype=object), sizes),
            "_table": np.repeat(np.array([table.number for table in tables], dtype=np.int32), sizes),
            "_row": self.sheet_row.astype(np.int32),
            "_station": np.repeat(np.array([table.station for table in tables], dtype=object), sizes),
            "_person": [value or "" for value in people],
            "_id_failed": [value is None and code is not None for value, code in zip(people, codes, strict=True)],
            "_key": self._record_keys(),
            "_unparsed": self._unparsed(),
            "_other": [text for table in tables for text in table.other],
        }
        for name, column in self.columns.items():
            values = column.values
            if field_type(column.spec.type).storage == "date":
                data[name] = [None if value is None else value.first for value in values]
                data[f"{name}_last"] = [None if value is None else value.last for value in values]
            else:
                data[name] = values
        schema = row_schema(self.ledger)
        arrays = [
            pa.array(data[entry.name], type=entry.type) if entry.name in data else pa.nulls(count, entry.type)
            for entry in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)

    def _record_keys(self) -> list[str]:
        """Return what makes two rows of a station the same record, or nothing where too little is filled in to tell."""
        ledger = self.ledger
        full, without = self._joined(ledger.key), self._joined(ledger.key_without)
        if ledger.id_field in ledger.key and ledger.key_without:
            people = self._parts(ledger.id_field or "")
            full = [key if person else "" for key, person in zip(full, people, strict=True)]
        return [key or other for key, other in zip(full, without, strict=True)]

    def _joined(self, names: Sequence[str]) -> list[str]:
        """Return the parts of a key joined, row by row; nothing where too few of them are filled in."""
        if not names:
            return [""] * self.count
        least = min(2, len(names))
        rows = zip(*map(self._parts, names), strict=True)
        return ["|".join(parts) if len(parts) - parts.count("") >= least else "" for parts in rows]

    def _parts(self, name: str) -> list[str]:
        """Return a field's part of the key, row by row."""
        column = self.columns.get(name)
        if column is None:
            return [""] * self.count
        parts = ["" if value is None else str(value) for value in column.values]
        for row in column.coded:
            if column.values[row] is None:
                parts[row] = self._text(name, row)
        return parts

    def _unparsed(self) -> list[str]:
        """Return, as JSON, field → text for cells that hold something without a typed value."""
        texts: dict[int, dict[str, str]] = {}
        for name, column in self.columns.items():
            for row in column.unread:
                texts.setdefault(row, {})[name] = as_text(column.raw[row])
        unparsed = [""] * self.count
        for row, found in texts.items():
            unparsed[row] = json.dumps(found, ensure_ascii=False)
        return unparsed


class _Findings:
    """Collects the findings of a batch; several at one cell become one."""

    def __init__(
        self, rows: _Rows, tables: Sequence[TableInput], columns: Mapping[str, ParsedColumn], ledger: Ledger
    ) -> None:
        self._rows, self._tables, self._columns, self._ledger = rows, tables, columns, ledger
        self._found: list[Finding] = []
        self._forms: list[Finding] = []

    def _place(self, row: int, name: str) -> Place:
        table = self._tables[self._rows.table[row]]
        return Place(
            table.station or None, table.file, table.sheet, int(self._rows.sheet_row[row]), table.columns.get(name)
        )

    def add(self, row: int, name: str, code: str, params: Mapping[str, Any], suggestion: str | None = None, *, safe: bool = False,
            related: Iterable[tuple[int, str]] = ()) -> None:  # fmt: skip
        """Add a finding at a field of a row."""
        column = self._columns.get(name)
        raw = column.raw[row] if column else None
        resolved = mask_params({key: self._named(value, row) for key, value in params.items()})
        self._found.append(Finding(
            code, SEVERITIES[code[0]], self._place(row, name), resolved, self._ledger.id, name,
            None if raw is None else as_text(raw), suggestion, safe,
            tuple(self._place(other, field_name) for other, field_name in related), self._rows.key(row, name),
        ))  # fmt: skip

    def _named(self, value: Any, row: int) -> Any:
        """Write a (row, field) parameter as the cell it means, with its sheet where that is another one."""
        if isinstance(value, tuple):
            place = self._place(value[0], value[1])
            own = self._place(row, value[1])
            return place.cell if place.sheet == own.sheet else f"{place.sheet}!{place.cell}"
        return value

    def add_hit(self, hit: Hit | TableHit) -> None:
        """Add what a rule found."""
        if isinstance(hit, Hit):
            self.add(hit.row, hit.field, hit.code, hit.params, hit.suggestion, related=hit.related)
            return
        table = self._tables[hit.table]
        column = table.columns.get(hit.field) if hit.row is not None else None
        place = Place(table.station or None, table.file, table.sheet, hit.row, column)
        params = {"sheet": table.sheet, **hit.params}
        self._found.append(Finding(hit.code, SEVERITIES[hit.code[0]], place, params, self._ledger.id, hit.field, hit.value or None,
                                   key=f"{table.sheet}|{hit.field}|{hit.params.get('stated')}"))  # fmt: skip

    def add_parsed(self, skip: set[int], better: Mapping[tuple[int, str], Form]) -> None:
        """Add what the field types found, or a better form of the entry where there is one."""
        for name, column in self._columns.items():
            for row in column.coded:
                item = column.parsed[row]
                if item.code is not None and row not in skip and (row, name) not in better:
                    self.add(row, name, item.code, item.params or {}, item.suggestion, safe=item.safe)
        before = len(self._found)
        for (row, name), form in better.items():
            if row not in skip:
                params = {"value": as_text(self._columns[name].raw[row])[:30], "real": form.real}
                self.add(row, name, form.code, params, form.suggestion, safe=True)
        self._forms = self._found[before:]
        del self._found[before:]

    def add_shifts(self, shifts: Sequence[Shift]) -> None:
        """Add one finding for every run of rows that are shifted alike."""
        run: list[Shift] = []
        for shift in [*shifts, None]:
            if run and (shift is None or not self._continues(run[-1], shift)):
                first, last = self._place(run[0].row, run[0].field), self._place(run[-1].row, run[0].field)
                params = {
                    "first": first.row,
                    "last": last.row,
                    "field": run[0].field,
                    "direction": f"@{run[0].direction}",
                }
                self.add(run[0].row, run[0].field, "E230", params, related=[(item.row, item.field) for item in run[1:]])
                run = []
            if shift is not None:
                run.append(shift)

    def _continues(self, before: Shift, shift: Shift) -> bool:
        return (shift.row == before.row + 1 and shift.direction == before.direction
                and self._rows.table[shift.row] == self._rows.table[before.row])  # fmt: skip

    def broken(self, name: str, reason: str) -> None:
        """Say that a rule of ours failed, once for every file."""
        for file in dict.fromkeys(table.file for table in self._tables):
            params = mask_params({"rule": name, "reason": reason[:120]})
            self._found.append(Finding("E901", Severity.ERROR, Place(file=file), params, self._ledger.id, key=name))

    def merged(self) -> list[Finding]:
        """Return one finding a cell, and better forms beside them: what is doubtful about an entry does not change its form."""
        return one_a_cell(self._found) + self._forms


def total_values(columns: Mapping[str, int], values: Sequence[Any]) -> dict[str, Any]:
    """Return field → raw value of a total line, leaving out dates and answers."""
    result = {}
    for name, column in columns.items():
        value = values[column - 1] if column <= len(values) else None
        if value is not None and not isinstance(value, bool) and not hasattr(value, "isoformat"):
            result[name] = value
    return result
