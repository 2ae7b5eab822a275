"""The ledger definitions as the sample county needs them: fields, headings, code lists, sums."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_VAGUE = frozenset(
    [
        "类别",
        "时间",
        "日期",
        "其他",
        "其他说明",
        "说明",
        "地址",
        "收入",
        "金额",
        "活动",
        "问题",
        "单位",
        "岗位",
        "月薪",
        "月收入",
        "五类",
        "村",
        "社区",
        "乡镇",
        "所属乡镇",
        "签字",
        "时长",
        "站点",
        "证件号码",
        "证件类型",
        "就业",
        "党员",
        "物资",
        "物品",
        "日 期",
        "账号",
        "卡号",
        "NO",
        "No.",
        "序",
        "性別",
        "编号",
        "示范型",
        "是否就业",
        "活动内容",
        "服务时间",
        "意见建议",
        "部职别",
        "军衔/职务",
        "籍贯(户籍地)",
        "人员数",
        "备 注",
        "折价",
        "捐款",
        "反馈",
        "出生",
        "家庭住址",
        "住址",
        "家庭地址",
        "走访领导",
        "是否脱困",
        "证件号",
        "服务站",
        "是否两委",
        "两委成员",
        "主干",
        "后备干部",
    ]
)  # headings that only make sense in one place; the layouts write those out themselves


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field of a ledger."""

    name: str
    type: str
    codes: str | None
    required: bool
    headings: tuple[str, ...]
    """How it may be headed besides its own name."""


@dataclass(frozen=True, slots=True)
class LedgerDef:
    """One ledger: its fields in order, and the fields its total line adds up."""

    id: str
    name: str
    short: str
    levels: tuple[str, ...]
    fields: dict[str, FieldDef]
    sums: tuple[str, ...]


@cache
def _toml(name: str) -> dict[str, object]:
    text = (files("toolkit.ledgers") / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def ledger(ledger_id: str) -> LedgerDef:
    """Return the definition of a ledger, such as ``L2``."""
    digits = "".join(char for char in ledger_id if char.isdigit())
    raw: dict[str, object] = _toml(f"L{int(digits):02d}{ledger_id[1 + len(digits) :]}.toml")
    common = _toml("common.toml")["aliases"]
    assert isinstance(common, dict)
    entries = raw["fields"]
    rules = raw["rules"]
    assert isinstance(entries, list)
    assert isinstance(rules, list)
    said = {f["name"]: [f["name"], *common.get(f["name"], []), *f.get("aliases", [])] for f in entries}
    seen = Counter(heading for headings in said.values() for heading in set(headings))
    fields = {
        f["name"]: FieldDef(
            name=f["name"],
            type=f["type"],
            codes=f.get("codes"),
            required=bool(f.get("required", False)),
            headings=tuple(
                h for h in said[f["name"]] if seen[h] == 1 and h not in _VAGUE and h != f["name"] and h not in said
            ),
        )
        for f in entries
    }
    levels = raw["levels"]
    assert isinstance(levels, list)
    sums = tuple(name for r in rules if r["rule"] == "total" for name in r["fields"])
    return LedgerDef(ledger_id, str(raw["name"]), str(raw["short"]), tuple(levels), fields, sums)


@cache
def codes(name: str) -> tuple[str, ...]:
    """Return the values of a code list."""
    entry = _toml("codes.toml")[name]
    assert isinstance(entry, dict)
    return tuple(entry["values"])


@cache
def synonyms(name: str) -> dict[str, tuple[str, ...]]:
    """Return, for each value of a code list, what clerks write instead."""
    entry = _toml("codes.toml")[name]
    assert isinstance(entry, dict)
    found: dict[str, list[str]] = {}
    for said, meant in entry["synonyms"].items():
        found.setdefault(meant, []).append(said)
    return {meant: tuple(said) for meant, said in found.items()}
