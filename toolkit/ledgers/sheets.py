"""The dictionary workbook's layout: its sheets and columns, the words in its cells, and how one cell holds several things.

The sheets and headings are Chinese, whatever the language; the words for types, rules and settings are read in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from toolkit.characters import fold
from toolkit.fields import type_names
from toolkit.fields.base import as_text
from toolkit.ledgers.definitions import NUMBER, OWNER, TEXT, TEXTS, YES
from toolkit.ledgers.labels import labels
from toolkit.messages import has, names, text
from toolkit.rules import rule_names, rule_settings

NOTES, CHOICES = "填写说明", "选项"
"""The sheet with filling notes, and the hidden one that feeds dropdowns."""
STAMP = "导出标记"
"""What the row of the notes begins with that says which dictionary was exported, and how it looked."""
REMARKS = "备注"
RULE, NEED, MANY, SETTINGS = "rule", "need", "many", "settings"
"""Columns that stand for more than one key: required and column_required; multiple and several; whatever else a rule is told."""
REQUIRED, COLUMN_REQUIRED = "必填", "应有此列"
EXPRESSION = "expression"
_SEPARATORS = "、，,；;\n"
_SPECIAL = frozenset(_SEPARATORS + "=＝:：「」")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its heading, the key it stands for, the kind of its values, its width in characters."""

    heading: str
    key: str
    kind: str = TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the table of :class:`~toolkit.ledgers.definitions.Definitions` that it holds, and its columns."""

    name: str
    table: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column | None:
        """Return the column of a key."""
        return next((column for column in self.columns if column.key == key), None)


SHEETS = (
    Sheet("台账", "ledgers", (
        Column("编号", "id", width=8), Column("名称", "name", width=30), Column("简称", "short", width=12),
        Column("标题用词", "titles", TEXTS, 34), Column("备用标题词", "fallback_titles", TEXTS, 20),
        Column("应报级别", "levels", TEXTS, 18), Column("有才报", "on_occasion", YES, 8), Column("报送周期", "rhythm", width=11),
        Column("主键列", "key", TEXTS, 30), Column("无证号时主键列", "key_without", TEXTS, 30), Column("特征列", "telling", TEXTS, 30),
        Column("姓名列", "person", width=12), Column("日期列", "date", width=12), Column(REMARKS, "", width=20),
    )),
    Sheet("字段", "fields", (
        Column("台账", "ledger", width=8), Column("列名", "name", width=22), Column("类型", "type", width=10),
        Column(REQUIRED, NEED, width=10), Column("代码表", "codes", width=14), Column("可填其他", "open", YES, 9),
        Column("可填几个", MANY, YES, 9), Column("可带文字", "mixed", YES, 9), Column("按人给的钱", "per_person", YES, 11),
        Column("可为将来", "future", YES, 9), Column("最小值", "min", NUMBER, 8), Column("最大值", "max", NUMBER, 9),
        Column("单位", "units", TEXTS, 16), Column("表头分组", "group", width=16), Column("填写提示", "note", width=36),
        Column(REMARKS, "", width=20),
    )),
    Sheet("别名", "aliases", (
        Column("台账", "ledger", width=8), Column("列名", "field", width=22), Column("别名", "alias", TEXTS, 34),
        Column(REMARKS, "", width=20),
    )),
    Sheet("代码", "codes", (
        Column("代码表", "list", width=16), Column("值", "value", width=30), Column("同义写法", "synonyms", TEXTS, 70),
        Column("可省末字", "without_suffix", width=9), Column(REMARKS, "", width=20),
    )),
    Sheet("规则", "rules", (
        Column("台账", OWNER, width=8), Column("规则", RULE, width=24), Column("列", "fields", TEXTS, 34),
        Column("级别", "severity", width=9), Column("表达式", EXPRESSION, width=44), Column("适用条件", "when", width=28),
        Column("提示", "message", width=36), Column("英文提示", "message_en", width=20), Column("其他设置", SETTINGS, width=60),
        Column(REMARKS, "", width=20),
    )),
)  # fmt: skip
"""The sheets that hold the dictionary, in their order."""


@cache
def vocabulary(key: str) -> Mapping[str, str]:
    """Return the words that may stand in a column: types, rules, rhythms or severities; what people write → what it means."""
    if key == "type":
        return labels("type", type_names(), ".title")
    if key == RULE:
        return labels("rule", (name for name in rule_names() if name != "required"), ".title")
    if key == "rhythm":
        return labels("rhythm", (name.removeprefix("rhythm.") for name in names() if name.startswith("rhythm.")))
    return labels("choice", ("error", "warning")) if key == "severity" else {}


def meaning(word: str, allowed: Mapping[str, str]) -> str:
    """Return what a word means, or the word itself where it means nothing."""
    wanted = fold(word)
    return next((meant for said, meant in allowed.items() if fold(said) == wanted), word)


def label(prefix: str, word: str, lang: str, suffix: str = "") -> str:
    """Return the catalogue's label for a word, or the word."""
    name = f"{prefix}.{word}{suffix}"
    return text(name, lang) if has(name) else word


def quoted(item: str) -> str:
    """Return a text as it stands among others in one cell: in 「」 where it holds a sign that separates."""
    if item and not _SPECIAL & set(item) and item == item.strip():
        return item
    return "「" + item.replace("」", "」」") + "」"


def joined(items: Iterable[str]) -> str:
    """Return several texts as one cell holds them."""
    return "、".join(map(quoted, items))


def outside(said: str) -> Iterator[tuple[int, str, bool]]:
    """Yield place, character, and whether it stands outside 「」, where alone signs separate. A doubled 」 stands for itself."""
    inside = False
    before = ""
    for place, char in enumerate(said):
        if char == "「" and not inside:
            inside = True
        elif char == "」" and (inside or before == "」"):
            inside = not inside
        yield place, char, not inside
        before = char


def split(said: str, separators: str = _SEPARATORS) -> list[str]:
    """Return the pieces of a cell between separators.

    Raises:
        ValueError: a 「 without its 」.
    """
    pieces, start, is_outside = [], 0, True
    for place, char, is_outside in outside(said):
        if is_outside and char in separators:
            pieces.append(said[start:place])
            start = place + 1
    if not is_outside:
        raise ValueError(said)
    return [piece.strip() for piece in [*pieces, said[start:]] if piece.strip()]


def unquoted(piece: str) -> str:
    """Return the text that a piece writes."""
    if len(piece) > 1 and piece.startswith("「") and piece.endswith("」"):
        return piece[1:-1].replace("」」", "」")
    return piece


def split_list(said: str) -> list[str]:
    """Return the texts that a cell holds. Raises ValueError as :func:`split` does."""
    return [unquoted(piece) for piece in split(said)]


def own_column(rule: str, key: str) -> str:
    """Return the key of the column in which a rule's setting stands: one of its own, or the one for all others."""
    if key in ("field", "fields"):
        return "fields"
    if rule == EXPRESSION or key == "severity":
        return key
    return SETTINGS


@cache
def setting_labels(rule: str) -> Mapping[str, str]:
    """Return what people write → the settings of a rule."""
    declared = rule_settings().get(rule)
    return labels("setting", declared.declared) if declared else {}


def fingerprint(tables: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Return what tells an edited workbook from one as it was exported: the texts of its cells, remarks left out.

    ``tables``: table → its rows, the headings first. It does not depend on which columns this version knows, so that one exported
    by an earlier version is still told to be unedited.
    """
    digest = hashlib.blake2b(digest_size=12)
    for sheet in SHEETS:
        headings, *rows = tables.get(sheet.table) or [[]]
        named = [plain(heading) for heading in headings]
        for row in rows:
            filled = [f"{heading}={said}" for heading, cell in zip(named, row, strict=False)
                      if (said := plain(cell)) and heading not in ("", REMARKS)]  # fmt: skip
            if filled:
                digest.update("\x1f".join([sheet.table, *filled]).encode() + b"\x1e")
    return digest.hexdigest()


def plain(cell: Any) -> str:
    """Return a cell as text, whatever program saved it."""
    return "" if cell is None else as_text(cell).replace("\r\n", "\n").replace("_x000D_", "").strip()
