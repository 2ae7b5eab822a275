"""Rows with which a clerk fills in a blank ledger correctly: a value for every field by its type, and people who agree with themselves."""

from __future__ import annotations

from typing import Any

from tests.conftest import make_id
from toolkit.fields.base import FieldSpec
from toolkit.ledgers.ledger import Ledger

NAMES = ("张三", "李红梅", "阿里·买买提")
BIRTHS = ("19660312", "19700405", "19610203")
FIXED: dict[str, Any] = {
    "年度": 2020,
    "人员类别": "退役士兵",
    "服务类别": "50岁至60岁有就业需求的退役军人",
    "就业状态": "无业",
    "未就业原因": "身体原因",
    "级别": "村",
    "优抚对象类别": "参战退役人员",
    "立功受奖情况": "三等功、嘉奖",
    "军龄": 4,
    "家庭人口": 3,
    "签约人数": 3,
    "达成意向人数": 8,
    "参加人数": 40,
    "应到": 20,
    "实到": 18,
    "人数": 5,
    "答复时间": "2020-03-15",
    "办结时间": "2020-03-20",
    "奖励金": 10000,
}
"""Entries that must agree with others of their row."""
BLANK = {"L4": {"单位名称"}, "L1": {"去世时间"}}
"""Entries that must be blank because of others: nobody without work has an employer, nobody alive died."""
_DATES = ("入伍时间", "退役时间", "入党时间", "组织关系转入时间", "登记日期", "申请日期", "悬挂时间")
_EARLY = {"入伍时间": 20, "退役时间": 24, "入党时间": 25, "组织关系转入时间": 26}
"""Age at which things happen in a life."""


def fill(ledger: Ledger) -> list[dict[str, Any]]:
    """Return rows that are in order: field → what a clerk types."""
    return [_row(ledger, number) for number in range(len(NAMES))]


def _row(ledger: Ledger, number: int) -> dict[str, Any]:
    row = {spec.name: _value(spec, ledger, number) for spec in ledger.fields.values()
           if spec.type != "serial" and spec.name not in BLANK.get(ledger.id, ())}  # fmt: skip
    if "年龄" in row:
        row["年龄"] = 2020 - int(BIRTHS[number][:4])
    return row


def _value(spec: FieldSpec, ledger: Ledger, number: int) -> Any:
    if spec.name in FIXED:
        return FIXED[spec.name]
    return _BY_TYPE[spec.type](spec, ledger, number)


def _date(spec: FieldSpec, ledger: Ledger, number: int) -> Any:
    born = BIRTHS[number]
    if spec.name == "出生日期":
        return f"{born[:4]}.{born[4:6]}.{born[6:]}"
    if spec.name in _EARLY:
        return f"{int(born[:4]) + _EARLY[spec.name]}.{3 + number}"
    own = spec.name == ledger.date or spec.name in _DATES
    return f"2020-{'03' if own else '06'}-{10 + number}"


def _code(spec: FieldSpec, ledger: Ledger, number: int) -> Any:
    assert spec.codes is not None
    return "女" if spec.name == "性别" and number == 1 else spec.codes.values[0]


_BY_TYPE: dict[str, Any] = {
    "amount": lambda spec, ledger, number: 500,
    "bank_account": lambda spec, ledger, number: "6228480312345678901",
    "code": _code,
    "date": _date,
    "id_card": lambda spec, ledger, number: make_id(BIRTHS[number], number + 1, male=number != 1),
    "integer": lambda spec, ledger, number: int(spec.min or 0) + 1,
    "number": lambda spec, ledger, number: (spec.min or 0) + 1.5,
    "person_name": lambda spec, ledger, number: "王书记、刘站长" if spec.several else NAMES[number],
    "phone": lambda spec, ledger, number: f"1390356123{number}",
    "region": lambda spec, ledger, number: "马村镇东周村",
    "station_name": lambda spec, ledger, number: f"马村镇东{'周宅崛'[number]}村退役军人服务站",
    "text": lambda spec, ledger, number: f"{spec.name.strip('是否')}{'甲乙丙'[number]}",
    "yes_no": lambda spec, ledger, number: "是",
}
