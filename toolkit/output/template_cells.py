"""How each column of a blank ledger is filled in: its format, its dropdown or check, and what it says when a cell is selected."""

from __future__ import annotations

from typing import Any

from toolkit.fields import field_type
from toolkit.fields.base import FieldSpec
from toolkit.ledgers.ledger import Ledger
from toolkit.messages import has, text

YES_NO = ["是", "否"]
_TEXT, _DAY = "@", "yyyy-mm-dd"
_FORMATS = {"amount": "#,##0.00", "integer": "0", "number": "General", "serial": "0"}
_LONGEST_NOTE, _LONGEST_TITLE, LONGEST_LIST = 255, 32, 250
_EARLIEST_SERIAL, _LATEST_SERIAL = 7_000, 73_050
_ID_FORMULA = (
    '=AND(LEN({c})=18,MID("10X98765432",MOD(SUMPRODUCT(MID({c},ROW(INDIRECT("1:17")),1)*2^(18-ROW(INDIRECT("1:17")))),11)+1,1)'
    "=UPPER(RIGHT({c})))"
)


def is_day(spec: FieldSpec, ledger: Ledger) -> bool:
    """Say whether a date is known to the day: when something happened. Dates of a life are often known to the month only."""
    dated = {str(rule.settings.get("field")) for rule in ledger.rules if rule.rule == "period"}
    return spec.type == "date" and (spec.name == ledger.date or spec.name in dated)


def number_format(spec: FieldSpec, ledger: Ledger) -> str:
    """Return the format of a column's cells.

    Text wherever Excel would change what is typed: numbers of persons, and dates that may stop at the month (1985.10 would
    become the number 1985.1).
    """
    if spec.type == "date":
        return _DAY if is_day(spec, ledger) else _TEXT
    return _FORMATS.get(spec.type, _TEXT)


def width(spec: FieldSpec, heading: str) -> float:
    """Return the width of a column, in characters: that of its type, and no heading broken into more than three lines."""
    columns = _columns(heading)
    own = min(max(map(_columns, choices(spec))) + 4, 22) if choices(spec) else field_type(spec.type).width
    return max(own, min(columns + 2, max(8, columns / 2 + 2)))


def _columns(words: str) -> int:
    """Return how many columns of a fixed-width font a text takes."""
    return sum(2 if char > "\u2e7f" else 1 for char in words)


def heading(spec: FieldSpec) -> str:
    """Return what stands above a column: its name, the unit of amounts, a star where it is required."""
    unit = "（元）" if spec.type == "amount" and "元" not in spec.name else ""
    return f"{spec.name}{unit}{'*' if spec.required else ''}"


def choices(spec: FieldSpec) -> list[str]:
    """Return what the dropdown of a column offers; nothing where it has none."""
    if spec.codes is not None:
        return list(spec.codes.values)
    return YES_NO if spec.type == "yes_no" else []


def note(spec: FieldSpec, ledger: Ledger, lang: str) -> str:
    """Return what is said when a cell of the column is selected."""
    said = text("template.required", lang) if spec.required else ""
    variant = next(
        (name for name in ("multiple", "open", "several") if getattr(spec, name)), "day" if is_day(spec, ledger) else ""
    )
    own = f"template.note.{spec.type}_{variant}"
    said += text(own if variant and has(own) else f"template.note.{spec.type}", lang)
    listed = "、".join(choices(spec))
    if spec.codes and len(listed) <= 60:
        said += text("template.choices", lang, choices=listed)
    said += _limits(spec, lang) + spec.note
    return said[:_LONGEST_NOTE]


def _limits(spec: FieldSpec, lang: str) -> str:
    low, high = (None if limit is None else f"{limit:g}" for limit in (spec.min, spec.max))
    if low is not None and high is not None:
        return text("template.limits", lang, min=low, max=high)
    if low is not None:
        return text("template.at_least", lang, min=low)
    return text("template.at_most", lang, max=high) if high is not None else ""


def validation(spec: FieldSpec, ledger: Ledger, cell: str, source: str | None, lang: str) -> dict[str, Any]:
    """Return the check of a column's cells as XlsxWriter takes it. ``cell``: the first of them, relative; ``source``: its choices.

    What is checked is only asked about: whoever knows better may go on.
    """
    said = note(spec, ledger, lang)
    options: dict[str, Any] = (
        {"validate": "any", "input_title": spec.name[:_LONGEST_TITLE], "input_message": said}
        if said
        else {"validate": "any"}
    )
    options |= {
        "error_type": "warning",
        "error_title": text("template.warning", lang),
        "error_message": said or spec.name,
    }
    if source is not None:
        options |= {"validate": "list", "source": source, "error_type": "stop"}
        return options | {"show_error": not (spec.open or spec.multiple)}
    if spec.type == "id_card":
        return options | {"validate": "custom", "value": _ID_FORMULA.format(c=cell)}
    if is_day(spec, ledger):
        return options | {
            "validate": "custom",
            "value": f"=OR(ISTEXT({cell}),AND({cell}>={_EARLIEST_SERIAL},{cell}<={_LATEST_SERIAL}))",
        }
    if spec.type in ("integer", "number") and (spec.min is not None or spec.max is not None):
        low, high = (spec.min if spec.min is not None else -1e12), (spec.max if spec.max is not None else 1e12)
        return options | {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
    return options
