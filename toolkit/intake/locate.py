"""A sheet's cells → its tables: where each begins and ends, which ledger it is, which cell is which field.

Nothing is dropped silently: every row gets a kind, every column that is not used and every sheet without a table is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from toolkit.intake.body import BodyReader, RowKind
from toolkit.intake.fill import Filler
from toolkit.intake.header import Column, Header, HeadingIndex, find_headers, halves
from toolkit.intake.identify import (
    GUESS,
    Match,
    Meanings,
    Reading,
    identify,
    match_ledger,
    meanings_of,
    near_misses,
)
from toolkit.intake.meta import read_meta
from toolkit.intake.read import Sheet, file_finding
from toolkit.intake.tables import LocatedSheet, Table
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import Finding, Place, Severity, column_letters

_INSTRUCTIONS = ("说明", "须知", "下拉", "选项", "字典", "代码", "填写", "模板", "示例", "样表", "参数", "目录", "封面")
_REMEMBERED = 5_000


class Locator:
    """Finds the tables in sheets. Keeps what it learned of headings from one sheet to the next."""

    def __init__(self, dictionary: Dictionary, forced: str | None = None) -> None:
        self._dictionary = dictionary
        self._index = HeadingIndex(dictionary)
        self._forced = forced
        self._read: dict[tuple[tuple[int, tuple[str, ...]], ...], Reading] = {}
        self._heads: dict[tuple[str, ...], dict[str, tuple[int, str]]] = {}

    def locate(self, path: str, sheet: Sheet, stem: str) -> LocatedSheet:
        """Return the tables of a sheet; ``stem`` is the file's name without its extension."""
        result = LocatedSheet(sheet.name)
        self._note_hidden(path, sheet, result)
        if not sheet.rows:
            if sheet.facts.picture:
                result.findings.append(file_finding(path, "W108", sheet.name))
            return result
        headers = find_headers(sheet, self._index)
        tables: list[Table] = []
        starts: list[tuple[int, Header, Match]] = []
        for header in headers:
            match = self._identify(header, sheet, stem, starts)
            if match is None:
                continue
            if starts and _same(header, starts[-1][1]):
                continue
            starts.append((header.first, header, match))
        if not starts:
            self._say_unknown(path, sheet, headers, stem, result)
            return result
        begin = 0
        for number, (_, header, match) in enumerate(starts):
            end = starts[number + 1][1].first if number + 1 < len(starts) else None
            parts = halves(header)
            if len(parts) == 1:
                table, begin = self._table(path, sheet, header, match, begin, end, result)
                tables.append(table)
                continue
            for part in parts:  # tables side by side: each is read as if the others were not there
                table, after = self._table(path, _only(sheet, part), part, self._match(part, match), begin, end, result)
                tables.append(table)
            begin = after
        result.tables = tables
        return result

    def _identify(
        self, header: Header, sheet: Sheet, stem: str, before: Sequence[tuple[int, Header, Match]]
    ) -> Match | None:
        above = [values for row, values in zip(sheet.rows, sheet.values, strict=True) if row < header.first]
        titles = [read_meta(above[-6:]).title if above else ""]
        if not before and above:
            titles.append(read_meta(above[:3]).title)
        texts = {"title": titles, "sheet": [sheet.name], "file": [stem]}
        found = identify(self._reading(header), texts, self._dictionary, self._forced)
        return None if found is None or found.score < GUESS else found

    def _reading(self, header: Header) -> Reading:
        """Return how a header reads as each ledger; the same headers stand in file after file."""
        key = tuple((column.number, column.path) for column in header.columns)
        found = self._read.get(key)
        if found is None:
            if len(self._read) > _REMEMBERED:
                self._read.clear()
            found = self._read[key] = Reading(header, self._meanings(header), self._dictionary, self._forced)
        return found

    def _meanings(self, header: Header) -> Meanings:
        """Return what each column may be; the same headings stand in header after header."""
        meanings = {}
        for column in header.columns:
            meaning = self._heads.get(column.path)
            if meaning is None:
                if len(self._heads) > _REMEMBERED:
                    self._heads.clear()
                meaning = self._heads[column.path] = meanings_of(column, self._dictionary)
            meanings[column.number] = meaning
        return meanings

    def _match(self, part: Header, whole: Match) -> Match:
        """Return how one of several tables side by side reads: as the ledger that all of them are."""
        match = match_ledger(part, whole.ledger, self._meanings(part))
        match.sure, match.other = whole.sure, whole.other
        return match

    def _say_unknown(self, path: str, sheet: Sheet, headers: list[Header], stem: str, result: LocatedSheet) -> None:
        """Say why a sheet without a table was not used."""
        for row, values in zip(sheet.rows, sheet.values, strict=True):
            result.kinds[row] = (
                RowKind.UNUSED if any(not isinstance(value, str) for value in values if value) else RowKind.NOTE
            )
        if any(word in sheet.name for word in _INSTRUCTIONS):
            what = (
                "@sheet_options"
                if any(word in sheet.name for word in ("下拉", "选项", "字典", "代码"))
                else "@sheet_instructions"
            )
            result.findings.append(file_finding(path, "I112", sheet.name, sheet_=sheet.name, reason=what))
            return
        best: Match | None = None
        for header in headers:
            texts = {"sheet": [sheet.name], "file": [stem]}
            match = identify(self._reading(header), texts, self._dictionary, self._forced)
            if match and (best is None or match.score > best.score):
                best = match
        wide = max(len([value for value in values if value is not None]) for values in sheet.values)
        if best is None or len(best.columns) < 3:
            code = "W108" if best is None and sheet.facts.picture and wide < 3 else "I112"
            reason = "@sheet_text" if best is None and wide < 3 else "@sheet_other"
            result.findings.append(file_finding(path, code, sheet.name, sheet_=sheet.name, reason=reason))
            return
        params = {
            "ledger": best.ledger.name,
            "hits": len(best.columns),
            "found": "、".join(list(best.columns)[:8]),
            "missing": "、".join(best.missing[:6]) or "@nothing",
        }
        result.findings.append(file_finding(path, "W101", sheet.name, **params))

    def _note_hidden(self, path: str, sheet: Sheet, result: LocatedSheet) -> None:
        if not sheet.rows:
            return
        rows = set(sheet.rows)
        hidden_rows = [row for row in sheet.facts.hidden_rows if row in rows]
        for what, hidden in (
            ("@sheet", sheet.hidden),
            ("@rows", hidden_rows),
            ("@columns", sheet.facts.hidden_columns),
        ):
            if hidden:
                result.findings.append(file_finding(path, "I107", sheet.name, what=what))

    def _table(
        self, path: str, sheet: Sheet, header: Header, match: Match, begin: int, end: int | None, result: LocatedSheet
    ) -> tuple[Table, int]:
        """Build one table from the rows between its header and the next one; return it and where the next may begin."""
        ledger = match.ledger
        columns = dict(match.columns)
        key_matches = near_misses(match, self._dictionary)
        positions = [
            number for number, row in enumerate(sheet.rows) if row > header.last and (end is None or row < end)
        ]
        head = [number for number, row in enumerate(sheet.rows) if row < header.first and number >= begin]
        unknown = [column for column in match.unknown if column.number not in key_matches]
        for number, name in key_matches.items():
            columns[name] = (number,)
        reader = BodyReader.build(header, ledger, columns, self._dictionary.null_words)
        trailing = _preamble(sheet, positions, reader) if end is not None else len(positions)
        body = positions[:trailing]
        cells = [sheet.values[number] for number in body]
        kinds = reader.settle(cells, [reader.classify(values) for values in cells])
        lines = [sheet.values[number] for number in head]
        lines += [sheet.values[number] for number, kind in zip(body, kinds, strict=True) if kind is RowKind.SIGNATURE]
        table = Table(ledger, sheet.name, header, columns, read_meta(lines))
        for number in head:
            line = sheet.values[number]
            result.kinds[sheet.rows[number]] = (
                RowKind.META if any("：" in str(cell) or ":" in str(cell) for cell in line if cell) else RowKind.TITLE
            )
        for row in range(header.first, header.last + 1):
            result.kinds[row] = RowKind.HEADER
        for number, kind in zip(body, kinds, strict=True):
            result.kinds[sheet.rows[number]] = kind
        for column in header.columns:
            for name, numbers in columns.items():
                if column.number in numbers and column.unit is not None:
                    table.units[name] = column.unit
        Filler(path, sheet, table, header, [*unknown, *_columns(header, match.double)], result).fill(body, kinds)
        self._say(path, sheet, match, key_matches, unknown, table, result)
        return table, (
            positions[trailing] if trailing < len(positions) else (positions[-1] + 1 if positions else begin)
        )

    def _say(
        self,
        path: str,
        sheet: Sheet,
        match: Match,
        near: dict[int, str],
        unknown: list[Column],
        table: Table,
        result: LocatedSheet,
    ) -> None:
        """Say what the header leaves to be said: columns absent, doubtful, double or unknown, and an uncertain ledger."""
        ledger = match.ledger
        rows = {column.number: column.row for column in table.header.columns}

        def at(code: str, column: int | None, **params: Any) -> Finding:
            severity = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}[code[0]]
            place = Place(None, path, sheet.name, rows.get(column or 0), column)
            return Finding(
                code,
                severity,
                place,
                params,
                ledger.id,
                params.get("field"),
                key=f"{sheet.name}|{params.get('header', '')}",
            )

        if not match.sure:
            lacking = "、".join(name for name in match.missing if name not in table.columns) or "@nothing"
            evidence = {
                "ledger": ledger.name,
                "hits": len(match.columns),
                "found": "、".join(list(match.columns)[:8]),
                "missing": lacking,
            }
            result.findings.append(at("W102", None, **evidence, other=match.other.name if match.other else "@nothing"))
        beside = max(column.number for column in table.header.columns)
        for name in match.missing:
            if name not in table.columns and match.sure:  # marked where the clerk is to add it: beside the last heading
                beside += 1
                rows[beside] = table.header.last
                result.findings.append(at("E103", beside, field=name, ledger=ledger.name))
        texts = {column.number: column.text for column in table.header.columns}
        for number, name in near.items():
            result.findings.append(at("W105", number, header=texts[number], field=name))
        for number, name in match.double.items():
            params = {"header": texts[number], "field": name, "other": column_letters(table.columns[name][0])}
            result.findings.append(at("W106", number, **params))
        used = {column.number for column in unknown}
        for column in unknown:
            if column.number in used and column.text:
                result.findings.append(at("I104", column.number, header=column.text))


def _only(sheet: Sheet, part: Header) -> Sheet:
    """Return a sheet with only the columns of one of several tables side by side."""
    first, last = part.columns[0].number, part.columns[-1].number
    only = replace(sheet, rows=[], values=[])
    for row, values in zip(sheet.rows, sheet.values, strict=True):
        cells = [cell if first <= number <= last else None for number, cell in enumerate(values, 1)]
        if row < part.first or any(cell is not None for cell in cells):
            only.rows.append(row)
            only.values.append(values if row < part.first else cells)
    return only


def _columns(header: Header, numbers: Iterable[int]) -> list[Column]:
    wanted = set(numbers)
    return [column for column in header.columns if column.number in wanted]


def _same(header: Header, before: Header) -> bool:
    """Say whether a header repeats the one before it (a new printed page)."""
    texts, earlier = header.texts(), before.texts()
    return bool(texts) and len(texts & earlier) * 5 >= len(texts | earlier) * 4


def _preamble(sheet: Sheet, positions: list[int], reader: BodyReader) -> int:
    """Return how many rows belong to this table; the last ones before the next header may be the next table's title."""
    count = len(positions)
    while count:
        kind = reader.classify(sheet.values[positions[count - 1]])
        if kind in (RowKind.DATA, RowKind.TOTAL, RowKind.NUMBERED, RowKind.SIGNATURE, RowKind.HEADER, RowKind.ZERO):
            filled = [cell for cell in sheet.values[positions[count - 1]] if cell is not None]
            if not (kind is RowKind.SIGNATURE and any("单位" in str(cell) for cell in filled)):
                break
        count -= 1
    return count
