"""Yes or no: ``是`` ``否``, and what clerks write instead: √ × 有 无 已 未 Y N 1 0.

FAIL: ``可能`` (E233)      PASS: ``是``, ``√``, ``无``
"""

from __future__ import annotations

from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

YES = frozenset(
    fold(word)
    for word in (
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "有",
        "已",
        "Y",
        "YES",
        "1",
        "TRUE",
        "对",
        "符合",
        "纳入",
        "已纳入",
        "规范",
        "党员",
        "中共党员",
        "已创成",
        "达标",
        "合格",
        "具备",
    )
)
NO = frozenset(
    fold(word)
    for word in (
        "否",
        "×",
        "✗",
        "✘",
        "x",
        "╳",
        "无",
        "未",
        "没有",
        "N",
        "NO",
        "0",
        "FALSE",
        "不是",
        "不符合",
        "未纳入",
        "没",
        "非党员",
        "群众",
        "未创成",
        "不达标",
        "不合格",
        "不具备",
    )
)


class YesNo(FieldType):
    """A yes-or-no entry; the parsed value is 是 or 否."""

    width = 10

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - two words decide
        """Return 是 or 否."""
        word = fold(as_text(raw))
        if word in YES:
            return Parsed("是")
        if word in NO:
            return Parsed("否")
        return Parsed(None, "E233", {"field": spec.name, "value": as_text(raw)[:30]})

    def answers(self, folded: str, spec: FieldSpec) -> bool:  # noqa: ARG002 - the same for every field
        """无 means no."""
        return folded in NO


TYPE = YesNo()
