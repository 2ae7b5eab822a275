"""What each row below a header is. Every row gets a kind; none is passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from toolkit.characters import fold, squeeze
from toolkit.fields import field_type
from toolkit.fields.base import CellError, Context, FieldSpec, NoResult
from toolkit.intake.header import Header
from toolkit.intake.meta import says_nothing
from toolkit.ledgers.dictionary import Ledger

_TOTAL = re.compile(
    r"^.{0,8}?(?:小计|合计|总计|共计|累计|总和|汇总|total)(?:[::].*|\(.*|金额.*|人数.*|人民币.*|数|元|\d+[人户名个次].*)?$",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(r"^(?:人民币)?\(?大写\)?|^人民币[零一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]")
_NOTE = re.compile(
    r"^(?:注|备注|说明|附|附注|注意|要求|※|★)(?:[::\d.、]|意)|^(?:填表|填报|填写|报送)?(?:说明|要求|须知|注意事项)(?:[::].*)?$"
)
_LABEL = re.compile(
    r"^(?:[^\d:]{0,8}(?:人|员|领导|负责|站长|主任|书记|签字|签名|签章|盖章|审核|复核|审批|制表|填表|填报|经办|会计|出纳|意见|单位|电话|日期|时间|邮箱|传真)"
    r"[^\d:]{0,4}(?:\([^)]*\))?[::]|(?:填表|填报|制表|审核|复核|审批|经办|统计|报送|登记|负责)人?(?:\(?签[字名章]\)?)?(?:\(.*\))?$"
    r"|(?:填表|填报|制表|统计|报送|上报|填写|审核)(?:日期|时间|单位|人员|部门)$"
    r"|(?:站长|主任|书记|领导|单位负责人|负责人)\(?签[字名章]\)?|[^\d:]{0,8}\(?(?:公章|盖章|签章)\)?$)"
)
_EXAMPLE = re.compile(r"^\(?(?:例|示例|样例|范例|填写示例|举例|例如|样表|示范)[)::\d]|^(?:例|示例|样例|范例|填写示例|举例|例如|样表)$")
_SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|第[一二三四五六七八九十]+[部分组])"
)
DITTO = frozenset(
    {"同上", "同 上", "同  上", "同\u3000上", "〃", "″", '"', "''", "”", "“", "同前", "同上行", "··", "﹃", "同"}
)
_LONG_DIGITS = re.compile(r"^\D{0,2}\d{14,17}[\dXx]\D{0,2}$")
_HEADCOUNT = re.compile(r"\(?(?:共|计)?\d+(?:人|户|名)\)?$")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_WEAK = {"serial"}
_TELLING = frozenset({"id_card", "date", "code", "yes_no", "phone"})
"""Types of which a value tells that its row is a record: totals hold amounts, notes hold texts, only records hold these."""
_CONTEXT = Context(today=date(2100, 1, 1))


class RowKind(StrEnum):
    """What a row of a sheet is."""

    TITLE = "title"
    META = "meta"
    HEADER = "header"
    DATA = "data"
    NUMBERED = "numbered"
    TOTAL = "total"
    SECTION = "section"
    ZERO = "zero"
    EXAMPLE = "example"
    NOTE = "note"
    SIGNATURE = "signature"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Classifies the rows of one table."""

    header: Header
    ledger: Ledger
    columns: Mapping[str, tuple[int, ...]]
    null_words: frozenset[str]
    header_texts: frozenset[str]
    weak: frozenset[int]
    strong: frozenset[int]
    anchors: frozenset[int]
    mapped: frozenset[int]
    person_id: int
    person: int
    serial: int
    typed: Mapping[int, FieldSpec]
    words: frozenset[str]

    @classmethod
    def build(
        cls, header: Header, ledger: Ledger, columns: Mapping[str, tuple[int, ...]], null_words: frozenset[str]
    ) -> BodyReader:
        """Prepare the classification for a header read as a ledger."""
        weak = {number for name, numbers in columns.items() for number in numbers
                if ledger.fields[name].type in _WEAK or name in ("备注", "所属镇村")}  # fmt: skip
        strong = {number for name, numbers in columns.items() for number in numbers
                  if ledger.fields[name].required or name == ledger.person or name in ledger.key}  # fmt: skip
        names = [name for name in (ledger.person, ledger.id_field, *(() if ledger.person else ledger.key)) if name]
        anchors = {number for name in names if name in columns for number in columns[name]}
        return cls(header, ledger, columns, null_words, frozenset(header.texts()), frozenset(weak), frozenset(strong - weak),
                   frozenset(anchors or strong), frozenset(n for numbers in columns.values() for n in numbers),
                   columns.get(ledger.id_field or "", (0,))[0], columns.get(ledger.person or "", (0,))[0], columns.get("序号", (0,))[0],
                   {numbers[0]: ledger.fields[name] for name, numbers in columns.items() if ledger.fields[name].type in _TELLING},
                   _words(ledger))  # fmt: skip

    def classify(self, values: list[Any]) -> RowKind:
        """Return what a row is. ``values`` begins with column A; at least one is not None."""
        if self._is_plainly_data(values):
            return RowKind.DATA
        filled = [(number, cell) for number, cell in enumerate(values, 1) if cell is not None and not _is_blank(cell)]
        if not filled:
            return RowKind.NUMBERED
        said = [(number, cell) for number, cell in filled if not isinstance(cell, (CellError, NoResult))]
        if len(said) < len(filled) and all(number in self.weak and not isinstance(cell, str) for number, cell in said):
            return RowKind.NUMBERED  # a formula dragged down over rows that were never filled in
        texts = [(number, squeeze(cell)) for number, cell in filled if isinstance(cell, str)]
        if texts and (kind := self._by_words(filled, texts)):
            return kind
        mapped = [number for number, _ in filled if number in self.mapped and number not in self.weak]
        if not mapped:
            numbered = all(number in self.weak for number, _ in filled) and self._only_numbered(filled)
            return RowKind.NUMBERED if numbered else RowKind.UNUSED
        if len(mapped) >= 2 or mapped[0] in self.anchors:
            words = [squeeze(str(cell)) for number, cell in filled if number not in self.weak]
            if all(fold(word).removesuffix(".0") in self.null_words | {"0", "零"} for word in words):
                return RowKind.ZERO
            return RowKind.DATA
        return RowKind.UNUSED

    def _is_plainly_data(self, values: list[Any]) -> bool:
        """Say whether the row is beyond doubt a person's: it holds an ID number, and does not begin like an example."""
        if not 0 < self.person_id <= len(values):
            return False
        number = values[self.person_id - 1]
        if number.__class__ is not str or len(number) < 15 or not number[:10].isdigit():
            return False
        return not any(cell.__class__ is str and cell[:1] in "(（例示样范填举" and cell for cell in values[:3])

    def _only_numbered(self, filled: list[tuple[int, Any]]) -> bool:
        """Say whether only the serial number and a pre-filled village stand in the row."""
        remarks = self.columns.get("备注", ())
        return not any(number in remarks for number, _ in filled)

    def _by_words(self, filled: list[tuple[int, Any]], texts: list[tuple[int, str]]) -> RowKind | None:
        first = texts[0][1]
        folded = [fold(text) for _, text in texts]
        if sum(text in self.header_texts for text in folded) * 2 > len(filled):
            return RowKind.HEADER
        words = [text for _, text in texts if not text.isdigit()]
        if len(words) == 1 and len(filled) <= 2 and says_nothing(words[0]):
            return RowKind.ZERO
        sums = any(_TOTAL.match(text) for text in _openings(texts)) or any(_IN_WORDS.match(text) for _, text in texts)
        if sums and not self._evidence(filled):
            return RowKind.TOTAL
        if _NOTE.match(first) and not self._evidence(filled):
            return RowKind.NOTE
        if any(_LABEL.search(text) for _, text in texts) and not self._looks_like_record(filled):
            return RowKind.SIGNATURE
        if any(_EXAMPLE.match(text) for _, text in texts[:3]):
            return RowKind.EXAMPLE
        if len(filled) == 1:
            return self._alone(filled[0][0], first)
        return None

    def _alone(self, number: int, text: str) -> RowKind | None:
        """Return what a row with a single text is, where that can be told."""
        if _SECTION.match(text) or (number not in self.strong and re.search(r"(?:村|社区|镇|乡|街道|组)$", text)):
            return RowKind.SECTION
        if len(text) > 15:
            return RowKind.NOTE
        if number == self.person and (_HEADCOUNT.search(text) or fold(text) in self.words or (len(text) > 4 and "·" not in text)):
            return RowKind.SECTION  # a group's name, not a person's
        if re.search(r"(?:村|社区|镇|乡|街道)$", text) and len(text) >= 3 and number == 1:
            return RowKind.SECTION
        return None

    def _evidence(self, filled: list[tuple[int, Any]]) -> int:
        """Return how many cells hold what only a record holds: an ID number, a date, a choice, a phone number in its column."""
        count = 0
        for number, cell in filled:
            spec = self.typed.get(number)
            if spec is not None and field_type(spec.type).resembles(cell, spec, _CONTEXT):
                count += 1
        return count

    def _looks_like_record(self, filled: list[tuple[int, Any]]) -> bool:
        """Say whether a row is a record whatever words it holds: it is numbered and half filled, or two of its cells tell."""
        numbers = {number for number, _ in filled}
        numbered = any(number == self.serial and str(cell).strip(" .0").isdigit() for number, cell in filled)
        if numbered and numbers & self.anchors and len(numbers & self.strong) * 2 >= len(self.strong):
            return True
        return self._evidence(filled) >= 2

    def settle(self, rows: list[list[Any]], kinds: list[RowKind]) -> list[RowKind]:
        """Return the kinds with the ends of the table set right: what stands below the last record is no record.

        Below it, a row without anything that tells of a record is a note if it follows notes or signatures, or holds a label. Rows
        without a name that all say the same were filled in beforehand, for records that never came.
        """
        settled = list(kinds)
        if kinds and kinds[0] is RowKind.DATA and _counts_columns(rows[0]):
            settled[0] = RowKind.HEADER
        last = len(rows) - 1
        while last >= 0 and not (settled[last] is RowKind.DATA and self.is_plausible(rows[last])):
            last -= 1
        tail = False
        for position in range(last + 1, len(rows)):
            kind = settled[position]
            if kind in (RowKind.NOTE, RowKind.SIGNATURE):
                tail = True
            elif kind in (RowKind.DATA, RowKind.UNUSED):
                texts = [squeeze(cell) for cell in rows[position] if isinstance(cell, str)]
                if tail or any(":" in text for text in texts):
                    settled[position] = RowKind.NOTE
        self._prefilled(rows, settled)
        return settled

    def _prefilled(self, rows: list[list[Any]], settled: list[RowKind]) -> None:
        """Find the rows below the last named record that hold the same defaults each."""
        if not self.person:
            return
        run: list[int] = []
        for position in range(len(rows) - 1, -1, -1):
            if settled[position] is not RowKind.DATA:
                continue
            if any(self._at(rows[position], number) is not None for number in (self.person, self.person_id)):
                break
            run.append(position)
        contents = {tuple(cell for number, cell in enumerate(rows[position], 1) if number != self.serial and cell is not None) for position in run}
        if len(run) >= 2 and len(contents) == 1:
            for position in run:
                settled[position] = RowKind.NUMBERED

    @staticmethod
    def _at(values: list[Any], number: int) -> Any:
        return values[number - 1] if 0 < number <= len(values) else None

    def fits(self, values: list[Any]) -> bool:
        """Say whether a row's cells are what the columns ask for: half of the telling ones, two at least."""
        filled = [(number, cell) for number, cell in enumerate(values, 1) if cell is not None and not _is_blank(cell)]
        return self._evidence(filled) >= max(2, len(self.typed) / 2)

    def is_plausible(self, values: list[Any]) -> bool:
        """Say whether a row looks like a record by what stands in it, not by where it stands."""
        if self._is_plainly_data(values):
            return True
        filled = [(number, cell) for number, cell in enumerate(values, 1) if cell is not None and not _is_blank(cell)]
        if self._looks_like_record(filled) or self._evidence(filled) >= 1:
            return True
        name = self._at(values, self.person)
        if not isinstance(name, str) or not 2 <= len(squeeze(name)) <= 4 or _LABEL.search(squeeze(name)):
            return False
        return any(number in self.mapped and number != self.serial and isinstance(cell, (int, float)) for number, cell in filled)


def looks_like_id(text: str) -> bool:
    """Say whether a text plainly is an ID number."""
    return len(text) <= 22 and _LONG_DIGITS.match(squeeze(text)) is not None


def _words(ledger: Ledger) -> frozenset[str]:
    """Return every choice of a ledger's lists: a line with nothing else heads a group of people."""
    return frozenset(word for spec in ledger.fields.values() if spec.codes is not None for word in spec.codes.lookup if len(word) >= 2)


def _openings(texts: list[tuple[int, str]]) -> list[str]:
    """Return the first texts of a row, alone and joined: a label may be spread over cells (合 | 计)."""
    first = [text for _, text in texts[:3]]
    return [*first, "".join(first[:2]), "".join(first)]


def _counts_columns(values: list[Any]) -> bool:
    """Say whether a row numbers the columns: 1, 2, 3 … or （1）（2） …, perhaps after 栏次."""
    texts = [squeeze(str(cell)).strip("()").removesuffix(".0") for cell in values if cell is not None]
    texts = [text for text in texts if len(text) != 1 or text not in _STEMS]
    numbers = [int(text) for text in texts if text.isdigit()]
    ascending = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return len(numbers) >= 3 and len(texts) - len(numbers) <= 2 and ascending and numbers[0] in (0, 1, 2)


def _is_blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()
