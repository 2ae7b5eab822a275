"""Finding the header of a table: which rows it takes, and what each column is called.

A header is one to three rows, with merged cells or without. Every column gets a list of candidate headings, the best first:
all levels joined, the lowest two joined, the lowest alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from toolkit.characters import fold, simplified, squeeze
from toolkit.intake.read import Sheet
from toolkit.ledgers.dictionary import Dictionary

MAX_LEVELS = 3
_MAX_HEADING = 40
_BRACKETS = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}[).、.]|[一二三四五六七八九十]{1,2}[、.])")
_PREFIXES = (
    "本人",
    "退役军人",
    "人员",
    "对象",
    "优抚对象",
    "个人",
    "目前",
    "当前",
    "现",
    "主要",
    "具体",
    "实际",
    "填写",
    "请填",
    "所",
    "困难对象",
    "帮扶对象",
    "拟",
)
_SUFFIXES = ("情况", "信息", "名称", "必填", "栏", "内容")
_UNIT = re.compile(r"[(/](?:金额)?(?:单位[::]?)?(?:人民币)?(?P<unit>万元|千元|百元|元)(?:[)、,/]|$)|^(?P<alone>万元|千元|百元|元)$")
_UNITS_ONLY = re.compile(
    r"^\(?(?:单位[::]?)?(?:万元|千元|百元|元|人|户|次|件|个|份|小时|学时|平方米|㎡|岁|年|年月|年月日|必填|选填)(?:/[人户次年月])?\)?$"
)
DATE_PARTS = frozenset({"年", "月", "日", "年份", "月份"})
PLACE_PARTS = frozenset({"镇", "乡镇", "村", "街道", "社区", "乡(镇)", "村(社区)", "县", "市", "详细", "门牌", "组"})
UNIT_FACTORS = {"元": 1.0, "百元": 100.0, "千元": 1_000.0, "万元": 10_000.0}


@dataclass(slots=True)
class Column:
    """One column of a header: its number, the text a person reads, and the headings it may match (folded).

    ``path``: its headings from the group down; ``row``: the physical row in which the lowest of them stands.
    """

    number: int
    text: str
    candidates: tuple[str, ...]
    group: str = ""
    leaf: str = ""
    unit: float | None = None
    path: tuple[str, ...] = ()
    row: int = 0


@dataclass(slots=True)
class Header:
    """A header's first and last physical row and its columns."""

    first: int
    last: int
    columns: list[Column] = field(default_factory=list)

    def texts(self) -> set[str]:
        """Return the folded texts of all its levels: what a repeated header is recognised by."""
        return {folded for column in self.columns for part in column.path if (folded := fold(part))}


@lru_cache(maxsize=20_000)
def spellings(text: str) -> tuple[str, ...]:
    """Return the folded forms under which a heading may be known, the most literal first."""
    folded = fold(text)
    forms = [folded]
    bare = _BRACKETS.sub("", folded)
    for form in (bare, _NUMBERING.sub("", folded), _NUMBERING.sub("", bare), simplified(bare)):
        if form and form not in forms:
            forms.append(form)
    for form in list(forms):
        forms += [form[len(head) :] for head in _PREFIXES if form.startswith(head) and len(form) - len(head) >= 2]
        forms += [form[: -len(tail)] for tail in _SUFFIXES if form.endswith(tail) and len(form) - len(tail) >= 2]
    return tuple(dict.fromkeys(forms))


class HeadingIndex:
    """Tells whether a cell's text heads a column in any ledger; remembers what it has seen."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._headings: Mapping[str, Any] = dictionary.headings
        self._tails = {heading[-2:] for heading in dictionary.headings} | {tail[-2:] for tail in _SUFFIXES}
        self._seen: dict[Any, bool] = {}

    def hits(self, cells: list[str]) -> int:
        """Return how many of some texts are a known headings; gives up where the first five are not."""
        count = 0
        seen = self._seen
        for number, cell in enumerate(cells):
            found = seen.get(cell)
            if found is None:
                found = self.known(cell)
            count += found
            if number == 4 and not count:
                return 0
        return count

    def known(self, cell: Any) -> bool:
        """Say whether a cell holds a known heading."""
        if not isinstance(cell, str) or len(cell) > _MAX_HEADING:
            return False
        found = self._seen.get(cell)
        if found is None:
            folded = fold(cell)
            found = folded in self._headings or _BRACKETS.sub("", folded) in self._headings
            if (
                not found
                and not folded.isascii()
                and len(folded) <= 20
                and _BRACKETS.sub("", folded)[-2:] in self._tails
            ):
                found = any(form in self._headings for form in spellings(cell))
            if len(self._seen) > 100_000:
                self._seen.clear()
            self._seen[cell] = found
        return found


def find_headers(sheet: Sheet, index: HeadingIndex) -> list[Header]:
    """Return the headers in a sheet, from top to bottom, repeated ones included."""
    headers: list[Header] = []
    position = 0
    vertical = _vertical(sheet)
    while position < len(sheet.rows):
        if _heads(sheet.values[position], index):
            first = _with_groups_above(sheet, position, headers[-1].last if headers else 0, index)
            last = _depth(sheet, position, index, vertical)
            headers.append(_compose(sheet, first, last))
            position = last
        position += 1
    return headers


def is_card(sheet: Sheet, header: Header, index: HeadingIndex) -> bool:
    """Say whether a header only seems one: on a form or a card headings stand beside their values, row after row."""
    heads = [fold(part) for column in header.columns for part in column.path]
    known = header.texts()
    more = 0
    below = [values for row, values in zip(sheet.rows, sheet.values, strict=True) if row > header.last]
    for values in below[:5]:
        texts = [cell for cell in values if cell.__class__ is str]
        found = [fold(cell) for cell in texts if index.known(cell)]
        led = len(texts) >= 2 and bool(found) and fold(texts[0]) == found[0]  # a heading, then its value
        more += bool(found) and not set(found) & known and (len(found) >= 2 or led)
    hits = sum(map(index.known, (part for column in header.columns for part in column.path)))
    return more >= 2 and hits * 4 <= len(heads) * 3


def _heads(values: list[Any], index: HeadingIndex) -> bool:
    """Say whether a row reads like a header: at least two known headings, and they are much of what it holds."""
    filled = len(values) - values.count(None)
    texts = [cell for cell in values if cell.__class__ is str]
    if len(texts) < 2 or len(texts) * 10 < filled * 9:
        return False
    hits = index.hits(texts)
    return hits >= 2 and hits * 5 >= filled * 2


def _vertical(sheet: Sheet) -> dict[int, int]:
    """Return, for each row in which a merge over several rows begins, the lowest row that such a merge reaches."""
    reach: dict[int, int] = {}
    for top, _, bottom, _ in sheet.merges:
        if bottom - top in (1, 2):
            reach[top] = max(reach.get(top, 0), bottom)
    return reach


def _with_groups_above(sheet: Sheet, position: int, floor: int, index: HeadingIndex) -> int:
    """Return the position of the first header row: group headings may stand above the row with the known headings."""
    first = position
    while first > 0 and position - first < MAX_LEVELS - 1:
        above, row = sheet.values[first - 1], sheet.rows[first - 1]
        filled = [cell for cell in above if cell is not None]
        if (
            row <= floor
            or row != sheet.rows[first] - 1
            or len(filled) < 2
            or not all(isinstance(cell, str) for cell in filled)
        ):
            break
        if any(len(cell) > 20 or ":" in cell or "：" in cell for cell in filled):
            break
        wide = sum(1 for top, left, _, right in sheet.merges if top == row and right > left)
        if wide < 2 and not any(map(index.known, filled)):
            break
        first -= 1
    return first


def _depth(sheet: Sheet, position: int, index: HeadingIndex, vertical: dict[int, int]) -> int:
    """Return the position of the last header row."""
    reach = vertical.get(sheet.rows[position], sheet.rows[position])
    last = position
    while last + 1 < len(sheet.rows) and last + 1 - position < MAX_LEVELS:
        below, row = sheet.values[last + 1], sheet.rows[last + 1]
        if row != sheet.rows[last] + 1:
            break
        filled = [cell for cell in below if cell is not None]
        if not filled or not all(isinstance(cell, str) and len(cell) <= _MAX_HEADING for cell in filled):
            break
        hits = sum(map(index.known, filled))
        inside_merge = (
            row <= reach and len(filled) < len([cell for cell in sheet.values[position] if cell is not None]) + 12
        )
        lower_level = hits >= 1 and hits * 2 >= len(filled) and _under_gaps(sheet.values[position], below)
        if not (inside_merge or lower_level or _under_merges(sheet, last, below) or _only_parts(filled)):
            break
        reach = max(reach, vertical.get(row, 0))
        last += 1
    return last


def _under_merges(sheet: Sheet, position: int, below: list[Any]) -> bool:
    """Say whether every cell of the lower row stands below a heading that spans several columns."""
    row = sheet.rows[position]
    spans = [(left, right) for top, left, bottom, right in sheet.merges if top == bottom == row and right > left]
    filled = [number for number, cell in enumerate(below, 1) if cell is not None]
    return bool(spans) and all(any(left <= number <= right for left, right in spans) for number in filled)


def _only_parts(filled: list[Any]) -> bool:
    """Say whether a row holds nothing but what belongs to the headings above it: the parts they are split into, or their units."""
    texts = {squeeze(cell) for cell in filled}
    return texts <= DATE_PARTS | PLACE_PARTS or all(map(_UNITS_ONLY.match, texts))


def _under_gaps(above: list[Any], below: list[Any]) -> bool:
    """Say whether the lower row leaves the first columns blank, as the second level of a header does."""
    filled_above = [number for number, cell in enumerate(above) if cell is not None]
    filled_below = [number for number, cell in enumerate(below) if cell is not None]
    return bool(filled_above) and filled_below[0] > filled_above[0] and below != above


def _compose(sheet: Sheet, first: int, last: int) -> Header:
    header = Header(sheet.rows[first], sheet.rows[last])
    width = max(len(sheet.values[position]) for position in range(first, last + 1))
    levels = [_level(sheet, position, width, lowest=position == last) for position in range(first, last + 1)]
    for column in range(width):
        path: list[str] = []
        row = sheet.rows[first]
        for position, level in enumerate(levels, first):
            text = level[column]
            if text and (not path or fold(path[-1]) != fold(text)):
                path.append(text)
                row = sheet.rows[position]
        if path and not _covered(sheet, last, column + 1, header):
            header.columns.append(Column(column + 1, *_reading(tuple(path)), tuple(path), row))
    return header


def _covered(sheet: Sheet, last: int, column: int, header: Header) -> bool:
    """Say whether a column only lies under a heading merged over it and nothing stands in it below."""
    row = sheet.rows[last]
    inside = any(top <= row <= bottom and left < column <= right for top, left, bottom, right in sheet.merges)
    if not inside or not header.columns or header.columns[-1].number != column - 1:
        return False
    return all(len(values) < column or values[column - 1] is None for values in sheet.values[last + 1 :])


@lru_cache(maxsize=20_000)
def _reading(path: tuple[str, ...]) -> tuple[str, tuple[str, ...], str, str, float | None]:
    """Return the text, candidates, group, leaf and unit of a column by its headings: the same ones stand in sheet after sheet."""
    if len(path) > 1 and _UNITS_ONLY.match(squeeze(path[-1])):
        shown, candidates, group, leaf, unit = _reading(path[:-1])
        found = _UNIT.search(squeeze(path[-1]))
        return shown, candidates, group, leaf, UNIT_FACTORS[found["unit"] or found["alone"]] if found else unit
    tries = [path[-1]] if len(path) == 1 else ["".join(path), "".join(path[-2:]), path[-1], *_from_groups(path)]
    candidates = tuple(dict.fromkeys(form for text in tries for form in spellings(text)))
    units = (told for text in reversed(path) if (told := _UNIT.search(squeeze(text))))
    unit = next((UNIT_FACTORS[told["unit"] or told["alone"]] for told in units), None)
    shown = "/".join("".join(part.split()) for part in path)
    return shown, candidates, path[0] if len(path) > 1 else "", path[-1], unit


def _from_groups(path: Sequence[str]) -> list[str]:
    """Return the headings that a group's word and the lowest level make together: 走访情况 over 类型 is 走访类型."""
    leaf = path[-1]
    groups = [squeeze(group) for group in path[:-1]]
    return [
        group.removesuffix(tail) + leaf
        for group in groups
        for tail in _SUFFIXES
        if group.endswith(tail) and group != tail
    ]


def halves(header: Header) -> list[Header]:
    """Return the tables that a header stands for: several where its headings repeat in order, side by side.

    What follows the last repetition belongs to it: a 备注 for both.
    """
    texts = [fold(column.leaf) for column in header.columns]
    width = next((number for number, text in enumerate(texts[1:], 1) if text == texts[0]), 0)
    if width < 3 or texts[width : 2 * width] != texts[:width]:
        return [header]
    count = 1
    while texts[count * width : (count + 1) * width] == texts[:width]:
        count += 1
    starts = [number * width for number in range(count)]
    ends = [*starts[1:], len(texts)]
    return [Header(header.first, header.last, header.columns[start:end]) for start, end in zip(starts, ends, strict=True)]


def _level(sheet: Sheet, position: int, width: int, *, lowest: bool) -> list[str]:
    """Return the heading of each column on one level, group headings spread over the columns they cover."""
    values = sheet.values[position]
    row = sheet.rows[position]
    texts = [cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell) for cell in values]
    texts += [""] * (width - len(texts))
    merged = False
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and right > left and left <= width:
            source = texts[left - 1] if top == row else ""
            merged = True
            for column in range(left, min(right, width)):
                texts[column] = texts[column] or source
    if not merged and not lowest and position + 1 < len(sheet.values):
        below = sheet.values[position + 1]
        for column in range(1, width):
            under = column < len(below) and below[column] is not None
            under_before = column - 1 < len(below) and below[column - 1] is not None
            if not texts[column] and under and under_before:
                texts[column] = texts[column - 1]
    return texts
