"""A condition of the administrator's own, written over the columns: ``expression`` must hold wherever ``when`` (optional) does (W399, E399).

``退役时间 >= 入伍时间`` — columns, constants, comparisons, 并且 或者 不 属于 (and or not in), ``+ - * /`` and functions such as 年龄, 天数, 包含, 空.
A name with brackets or slashes stands in 「…」. What is blank or unreadable decides nothing, and a date known to the year or month is
given the benefit of the doubt. ``message`` (and ``message_en``) is what the clerk reads, ``field`` where it is shown (the first column
named otherwise), ``severity`` warning or error. See docs/dictionary.md.

FAIL: ``退役时间 >= 入伍时间`` with 入伍时间 1985.3, 退役时间 1984      PASS: 退役时间 1985, or blank
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.expressions import compile_expression
from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every row in which the condition certainly does not hold."""
    expression = compile_expression(settings["expression"], batch.fields)
    wrong = expression.evaluate(batch).false & ~batch.excluded
    if "when" in settings:
        wrong &= compile_expression(settings["when"], batch.fields).evaluate(batch).true
    code = "E399" if settings.get("severity") == "error" else "W399"
    shown = [settings["field"]] if "field" in settings else []
    names = [name for name in dict.fromkeys([*shown, *expression.columns]) if name in batch.present]
    params = {"text": settings.get("message") or "@not_so", "expression": expression.text}
    if settings.get("message_en"):
        params["text_en"] = settings["message_en"]
    for row in each(wrong):
        here = [name for name in names if batch.present[name][row]]
        if here:
            yield Hit(row, here[0], code, params, None, tuple((row, name) for name in here[1:]))
