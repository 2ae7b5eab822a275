"""Field types: one kind of value a module. Adding a module adds a type; its file name is the type's name in a ledger's TOML.

A module holds ``TYPE``, an instance of :class:`~toolkit.fields.base.FieldType`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import BLANK, CellError, Context, FieldSpec, FieldType, NoResult, Parsed, as_text

NULL_WORD = Parsed(None, None, {"null": True})
"""A word for "nothing": blank where the field is required, an answer where it is not."""
_LONGEST_NULL = 10


@cache
def type_names() -> tuple[str, ...]:
    """Return the names of all field types."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")


@cache
def field_type(name: str) -> FieldType:
    """Return the field type ``name``.

    Raises:
        KeyError: there is no such type.
    """
    if name not in type_names():
        raise KeyError(name)
    kind: FieldType = import_module(f"{__name__}.{name}").TYPE
    return kind


def parse(spec: FieldSpec, raw: Any, context: Context) -> Parsed:
    """Return what one raw cell value means for a field; a value that is blank, a null word or an error never reaches the type."""
    if raw is None:
        return BLANK
    if isinstance(raw, str):
        if len(raw) > _LONGEST_NULL and raw.isprintable() and " " not in raw:  # no word for "nothing", and not blank
            return field_type(spec.type).parse(raw, spec, context)
        folded = fold(raw)
        if not folded and not raw.strip("*★☆ \t\r\n\u3000\xa0"):
            return BLANK if "*" not in raw else NULL_WORD
        if folded in context.null_words and not field_type(spec.type).answers(folded, spec):
            return NULL_WORD
    elif isinstance(raw, CellError):
        return Parsed(None, "E227", {"value": raw.text})
    elif isinstance(raw, NoResult):
        return Parsed(None, "W228", {})
    return field_type(spec.type).parse(raw, spec, context)


__all__ = [
    "BLANK",
    "NULL_WORD",
    "CellError",
    "Context",
    "FieldSpec",
    "FieldType",
    "NoResult",
    "Parsed",
    "as_text",
    "field_type",
    "parse",
    "type_names",
]
