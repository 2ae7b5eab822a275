"""Raw values → parsed columns. Each distinct value of a field is parsed once, however many rows repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from toolkit.fields import parse
from toolkit.fields.base import BLANK, Context, FieldSpec, Parsed

_LIMIT = 200_000


class Parser:
    """Parses columns and remembers what each distinct value of a field meant."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._contexts: dict[tuple[float, int | None], Context] = {}
        self._known: dict[tuple[int, float, int | None], dict[Any, Parsed]] = {}
        self._specs: list[FieldSpec] = []

    def column(
        self, spec: FieldSpec, values: Sequence[Any], unit: float = 1.0, year: int | None = None
    ) -> list[Parsed]:
        """Return what each value of a column means.

        ``unit`` turns its bare numbers into yuan; ``year`` is that of dates written without one.
        """
        key = (id(spec), unit, year)
        known = self._known.get(key)
        if known is None or len(known) > _LIMIT:
            known = self._known[key] = {}
            self._specs.append(spec)
        context = self._contexts.setdefault((unit, year), replace(self.context, unit=unit, year=year))
        result = []
        for value in values:
            if value is None:
                result.append(BLANK)
                continue
            typed = (value.__class__, value)
            parsed = known.get(typed)
            if parsed is None:
                parsed = known[typed] = parse(spec, value, context)
            result.append(parsed)
        return result


@dataclass(slots=True)
class ParsedColumn:
    """One field over the rows of a batch."""

    spec: FieldSpec
    raw: list[Any]
    parsed: list[Parsed]
