"""A sheet's cells → its tables: where each begins and ends, which ledger it is, which cell is which field.

Nothing is dropped silently: every row gets a kind, every column that is not used and every sheet without a table is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolkit.characters import fold, squeeze
from toolkit.intake.body import BodyReader, RowKind, looks_like_id
from toolkit.intake.fill import Filler
from toolkit.intake.header import Column, Header, HeadingIndex, find_headers, halves, is_card
from toolkit.intake.identify import (
    GUESS,
    Match,
    Meanings,
    Reading,
    identify,
    match_ledger,
    meanings_of,
    named_ledger,
    near_misses,
)
from toolkit.intake.meta import read_meta
from toolkit.intake.read import Sheet, file_finding
from toolkit.intake.tables import LocatedSheet, Table
from toolkit.ledgers.dictionary import Dictionary
from toolkit.model import Finding, Place, Severity, column_letters

_INSTRUCTIONS = ("说明", "须知", "下拉", "选项", "字典", "代码", "填写", "模板", "示例", "样表", "参数", "目录", "封面")
_REMEMBERED = 5_000
_TELLING_WORD = 4
"""How long a choice must be for a title to make it: 春节走访, not 其他."""
_SAMPLE = re.compile(r"样表|样例|示例|范例|填写样|填表样")
_SAMPLE_TITLE = re.compile(r"\((?:样表|样例|示例|范例|样本)\)")


class Locator:
    """Finds the tables in sheets. Keeps what it learned of headings from one sheet to the next."""

    def __init__(self, dictionary: Dictionary, forced: str | None = None) -> None:
        self._dictionary = dictionary
        self._index = HeadingIndex(dictionary)
        self._forced = forced
        self._read: dict[tuple[tuple[int, tuple[str, ...]], ...], Reading] = {}
        self._heads: dict[tuple[str, ...], dict[str, tuple[int, str]]] = {}

    def locate(self, path: str, sheet: Sheet, stem: str, before: Table | None = None) -> LocatedSheet:
        """Return the tables of a sheet.

        ``stem``: the file's name without its extension. ``before``: the last table of the sheets before, which a sheet without a
        header may carry on.
        """
        result = LocatedSheet(sheet.name)
        self._note_hidden(path, sheet, result)
        if not sheet.rows:
            if sheet.facts.picture:
                result.findings.append(file_finding(path, "W108", sheet.name))
            return result
        if _SAMPLE.search(sheet.name) or any(_SAMPLE_TITLE.search(squeeze(cell)) for cell in sheet.values[0] if isinstance(cell, str)):
            self._leave(sheet, result)
            result.findings.append(file_finding(path, "I112", sheet.name, sheet_=sheet.name, reason="@sheet_sample"))
            return result
        headers = find_headers(sheet, self._index)
        tables: list[Table] = []
        starts: list[tuple[int, Header, Match]] = []
        card = False
        for header in headers:
            match = self._identify(header, sheet, stem, starts)
            if match is None:
                continue
            if starts and _repeats(sheet, header, starts[-1][1]):
                continue
            if is_card(sheet, header, self._index):
                card = True
                continue
            starts.append((header.first, header, match))
        if not starts:
            if card:
                self._leave(sheet, result)
                result.findings.append(file_finding(path, "W116", sheet.name))
            elif before is None or not self._carry_on(path, sheet, before, result):
                self._say_unknown(path, sheet, headers, stem, result)
            return result
        begin = 0
        for number, (_, header, match) in enumerate(starts):
            end = starts[number + 1][1].first if number + 1 < len(starts) else None
            parts = halves(header)
            if len(parts) == 1:
                table, begin = self._table(path, sheet, stem, header, match, begin, end, result)
                tables.append(table)
                continue
            for part in parts:  # tables side by side: each is read as if the others were not there
                said = len(result.findings)
                table, after = self._table(path, _only(sheet, part), stem, part, self._match(part, match), begin, end, result)
                tables.append(table)
                if part is not parts[-1]:  # the last one says for all of them what they lack
                    result.findings[said:] = [finding for finding in result.findings[said:] if finding.code != "E103"]
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

    def _leave(self, sheet: Sheet, result: LocatedSheet) -> None:
        """Classify the rows of a sheet that is not used."""
        for row, values in zip(sheet.rows, sheet.values, strict=True):
            typed = any(not isinstance(value, str) for value in values if value is not None)
            result.kinds[row] = RowKind.UNUSED if typed else RowKind.NOTE

    def _carry_on(self, path: str, sheet: Sheet, before: Table, result: LocatedSheet) -> bool:
        """Read a sheet without a header as the next page of the table before it, where its rows are such rows."""
        header = replace(before.header, first=0, last=0)
        reader = BodyReader.build(header, before.ledger, before.columns, self._dictionary.null_words)
        kinds = reader.settle(sheet.values, [reader.classify(values) for values in sheet.values])
        records = [values for values, kind in zip(sheet.values, kinds, strict=True) if kind is RowKind.DATA]
        fitting = sum(map(reader.fits, records))
        if not fitting or fitting * 5 < len(records) * 4:
            return False
        table = Table(before.ledger, sheet.name, header, before.columns, before.meta, units=before.units, ticks=before.ticks,
                      sums=before.sums, constants=before.constants)  # fmt: skip
        result.kinds.update(zip(sheet.rows, kinds, strict=True))
        Filler(path, sheet, table, header, [], result).fill(list(range(len(sheet.rows))), kinds)
        result.tables = [table]
        result.findings.append(file_finding(path, "W114", sheet.name, sheet_=sheet.name, count=len(table.rows), other=before.sheet))
        return True

    def _say_unknown(self, path: str, sheet: Sheet, headers: list[Header], stem: str, result: LocatedSheet) -> None:
        """Say why a sheet without a table was not used, or that its title reports that there was nothing."""
        self._leave(sheet, result)
        if any(word in sheet.name for word in _INSTRUCTIONS):
            options = any(word in sheet.name for word in ("下拉", "选项", "字典", "代码"))
            what = "@sheet_options" if options else "@sheet_instructions"
            result.findings.append(file_finding(path, "I112", sheet.name, sheet_=sheet.name, reason=what))
            return
        meta = read_meta(sheet.values)
        texts = {"title": [meta.title], "sheet": [sheet.name], "file": [stem]}
        if meta.nothing and len(sheet.rows) <= 8 and (ledger := named_ledger(texts, self._dictionary)):
            result.tables = [Table(ledger, sheet.name, Header(0, 0), {}, meta, zero=True)]
            return
        people = sum(any(looks_like_id(cell) for cell in values if cell.__class__ is str) for values in sheet.values)
        if people >= 2 and not headers:
            result.findings.append(file_finding(path, "W115", sheet.name, sheet_=sheet.name, count=people))
            return
        best: Match | None = None
        for header in headers:
            match = identify(self._reading(header), texts, self._dictionary, self._forced)
            if match and (best is None or match.score > best.score):
                best = match
        wide = max(len([value for value in values if value is not None]) for values in sheet.values)
        if best is None or len(best.columns) < 3 or (best.ledger.person and best.ledger.person not in best.columns):
            code = "W108" if best is None and sheet.facts.picture and wide < 3 else "I112"
            reason = "@sheet_text" if best is None and wide < 3 else "@sheet_other"
            result.findings.append(file_finding(path, code, sheet.name, sheet_=sheet.name, reason=reason))
            return
        lacking = best.missing[:6] or [name for name in best.ledger.telling if name not in best.columns][:4]
        params = {
            "ledger": best.ledger.name,
            "hits": len(best.columns),
            "found": "、".join(list(best.columns)[:8]),
            "missing": "、".join(lacking),
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
        self, path: str, sheet: Sheet, stem: str, header: Header, match: Match, begin: int, end: int | None, result: LocatedSheet
    ) -> tuple[Table, int]:  # fmt: skip
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
        table = Table(ledger, sheet.name, header, columns, read_meta(lines), ticks=match.ticks, sums=frozenset(match.sums))
        table.constants = _constants(match, columns, (table.meta.title, sheet.name, stem))
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
        taken = {number for row, values in zip(sheet.rows, sheet.values, strict=True) if table.header.first <= row <= table.header.last
                 for number, cell in enumerate(values, 1) if cell is not None}  # fmt: skip
        crowded = max(taken, default=0) > beside  # another table stands there
        for name in match.missing:
            if name not in table.columns and name not in table.constants and match.sure:
                beside += 1  # marked where the clerk is to add it: beside the last heading
                rows[beside] = table.header.last
                result.findings.append(at("E103", None if crowded else beside, field=name, ledger=ledger.name))
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


def _constants(match: Match, columns: Mapping[str, tuple[int, ...]], texts: Iterable[str]) -> dict[str, str]:
    """Return field → choice for required choices without a column that the title, the sheet's or the file's name makes for every row."""
    found = {}
    for name in match.missing:
        codes = match.ledger.fields[name].codes
        if codes is None or name in columns:
            continue
        for text in texts:
            folded = fold(text)
            said = [(len(word), value) for word, value in codes.lookup.items() if len(word) >= _TELLING_WORD and word in folded]
            longest = {value for length, value in said if length == max(said)[0]}
            if len(longest) == 1:
                found[name] = longest.pop()
                break
    return found


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


def _repeats(sheet: Sheet, header: Header, before: Header) -> bool:
    """Say whether a header repeats the one before it (a new printed page): the same headings in the same columns under nothing new."""
    here = {column.number: fold(column.leaf) for column in header.columns}
    there = {column.number: fold(column.leaf) for column in before.columns}
    same = sum(there.get(number) == text for number, text in here.items())
    if not same or same * 5 < len(here.keys() | there.keys()) * 4:
        return False
    above, first = _lines_above(sheet, header.first), read_meta(_lines_above(sheet, before.first))
    now = read_meta(above)
    if now.unit is not None and now.unit != (first.unit or 1.0):
        return False
    if now.reporter and first.reporter and fold(now.reporter) != fold(first.reporter):
        return False
    if now.period is not None and now.period != first.period:
        return False
    return not now.title or _PAGE.sub("", fold(now.title)) == _PAGE.sub("", fold(first.title))


_PAGE = re.compile(r"\(?第?\d+页(?:共\d+页)?\)?|\(?续表?\)?$")


def _lines_above(sheet: Sheet, first: int) -> list[list[Any]]:
    """Return the title and meta lines right above a header: up to four rows of a few texts each."""
    lines: list[list[Any]] = []
    for row, values in zip(reversed(sheet.rows), reversed(sheet.values), strict=True):
        if row >= first:
            continue
        filled = [cell for cell in values if cell is not None]
        if len(lines) == 4 or len(filled) > 4 or not all(isinstance(cell, str) for cell in filled):
            break
        lines.insert(0, values)
    return lines


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
