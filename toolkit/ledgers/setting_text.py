"""A rule's settings as one cell of the workbook writes them: ``较早的日期=入伍时间；较晚的日期=退役时间；问题代码=E301``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import as_text
from toolkit.fields.date import read_text
from toolkit.ledgers.labels import labels
from toolkit.ledgers.sheets import joined, label, meaning, outside, quoted, setting_labels, split, split_list, unquoted
from toolkit.rules import Setting, rule_settings

_YES = frozenset({"是", "√", "yes", "true", "y", "1"})
_LATEST = date(2100, 1, 1)


def is_yes(said: str) -> bool:
    """Say whether a cell says yes."""
    return fold(said) in _YES


def write_settings(rule: str, settings: Mapping[str, Any], lang: str) -> str:
    """Return settings as a cell writes them, in the order in which the rule declares them."""
    declared = rule_settings()[rule].declared
    order = {name: place for place, name in enumerate(declared)}
    said = sorted(settings.items(), key=lambda item: order.get(item[0], len(order)))
    return "；".join(
        f"{label('setting', name, lang)}={write_value(declared.get(name), value, lang)}" for name, value in said
    )


def write_value(setting: Setting | None, value: Any, lang: str) -> str:
    """Return the value of a setting as a cell writes it."""
    if isinstance(value, bool):
        return "是"
    if setting is not None and setting.kind == "choice":
        return quoted(label("choice", str(value), lang))
    if isinstance(value, Mapping) and set(value) == {"field", "in"}:
        return f"{quoted(value['field'])}:{joined(value['in'])}"
    if isinstance(value, Mapping):
        return "、".join(f"{quoted(name)}:{_plain(amount)}" for name, amount in value.items())
    if isinstance(value, (list, tuple)):
        return joined(map(_plain, value))
    return quoted(_plain(value))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else as_text(value)


def read_settings(rule: str, said: str) -> Iterable[tuple[str, str]]:
    """Yield (name, text of its value) of every setting in a cell; a name that the rule does not have comes as it is.

    Raises:
        ValueError: a piece is no ``name=content``, or a 「 is not closed; its text is the argument.
    """
    for piece in split(said, "；;\n"):
        name, _, value = _parted(piece, "=＝")
        if not value:
            raise ValueError(piece)
        yield meaning(unquoted(name), setting_labels(rule)), value


def _parted(piece: str, signs: str) -> tuple[str, str, str]:
    """Return what stands before and behind the first sign outside 「」."""
    for place, char, is_outside in outside(piece):
        if char in signs and is_outside:
            return piece[:place].strip(), char, piece[place + 1 :].strip()
    return piece, "", ""


def read_value(setting: Setting | None, said: str) -> Any:
    """Return the value that a text writes; what it cannot be stays a text, and is refused when the rule is built.

    Raises:
        ValueError: a 「 is not closed.
    """
    kind = setting.kind if setting else "text"
    match kind:
        case "fields" | "values" | "texts":
            return split_list(said)
        case "pair":
            return [_number(one) for one in split_list(said)]
        case "number":
            return _number(unquoted(said))
        case "date":
            made, code = read_text(unquoted(said), _LATEST)
            return made.first if made and made.day and code is None else said
        case "yes":
            return True if is_yes(said) else said
        case "choice":
            assert setting is not None
            return meaning(unquoted(said), labels("choice", setting.choices))
        case "amounts":
            parts = [_parted(piece, ":：") for piece in split(said)]
            return (
                {unquoted(name): _number(amount) for name, _, amount in parts}
                if all(sign for _, sign, _ in parts)
                else said
            )
        case "condition":
            name, sign, values = _parted(said, ":：")
            return {"field": unquoted(name), "in": split_list(values)} if sign else said
    return unquoted(said)


def _number(said: str) -> float | str:
    try:
        return float(said)
    except ValueError:
        return said
