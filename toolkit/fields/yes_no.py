"""Yes or no: ``是`` ``否``, and what clerks write instead: √ × 有 无 已 未 Y N 1 0.

FAIL: ``可能`` (E233)      PASS: ``是``, ``√``, ``无``
"""

from __future__ import annotations

import re
from typing import Any

from toolkit.characters import fold, squeeze
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
        "未创成",
        "不达标",
        "不合格",
        "不具备",
    )
)


_MEMBERS = frozenset({"中共党员", "党员", "预备党员", "中共预备党员"})
_NO_MEMBERS = frozenset({"群众", "非党员", "团员", "共青团员"})
_BRACKET = re.compile(r"\([^()]*\)$")
_BOX = re.compile(r"[☑✔✓√■]\s*(?P<ticked>[是否有无])|[□○☐]\s*[是否有无]")
_TICK = frozenset("☑✔✓√VvＶ")


def _ticked(text: str) -> str | None:
    """Return the word that is ticked among boxes (☑是 □否), or None where none or several are."""
    ticked = {found["ticked"] for found in _BOX.finditer(text) if found["ticked"]}
    return ticked.pop() if len(ticked) == 1 else None


class YesNo(FieldType):
    """A yes-or-no entry; the parsed value is 是 or 否."""

    width = 10

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - two words decide
        """Return 是 or 否."""
        text = squeeze(as_text(raw))
        word = fold(_ticked(text) or _BRACKET.sub("", text).removesuffix("的"))
        if word in YES or (text in _TICK):
            return Parsed("是")
        if word in NO:
            return Parsed("否")
        asked = fold(spec.name.removeprefix("是否"))
        if word in (asked, f"是{asked}", f"已{asked}") or ("党员" in asked and word in _MEMBERS):
            return Parsed("是")
        if word in (f"非{asked}", f"不{asked}", f"未{asked}", f"不是{asked}") or ("党员" in asked and word in _NO_MEMBERS):
            return Parsed("否")
        return Parsed(None, "E233", {"field": spec.name, "value": as_text(raw)[:30]})

    def answers(self, folded: str, spec: FieldSpec) -> bool:  # noqa: ARG002 - the same for every field
        """无 means no."""
        return folded in NO


TYPE = YesNo()
