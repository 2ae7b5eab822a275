"""Raw values → parsed columns. Each distinct value of a field is parsed once, however many rows repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from toolkit.fields import parse
from toolkit.fields.base import BLANK, Context, FieldSpec, Parsed

_LIMIT = 200_000


class Parser:
    """Parses columns and remembers what each distinct value of a field meant."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[tuple[int, float, int | None], tuple[Context, dict[Any, Parsed]]] = {}
        self._specs: list[FieldSpec] = []

    def column(
        self, spec: FieldSpec, values: Sequence[Any], unit: float = 1.0, year: int | None = None
    ) -> list[Parsed]:
        """Return what each value of a column means.

        ``unit`` turns its bare numbers into yuan; ``year`` is that of dates written without one.
        """
        key = (id(spec), unit, year)
        memory = self._known.get(key)
        if memory is None or len(memory[1]) > _LIMIT:
            memory = self._known[key] = replace(self.context, unit=unit, year=year), {None: BLANK}
            self._specs.append(spec)  # keeps the spec, and so its id, alive
        context, known = memory
        result: list[Any] = []
        for value in values:
            # 1, 1.0 and True are equal, but not the same cell
            typed = value if value is None or value.__class__ is str else (value.__class__, value)
            parsed = known.get(typed)
            if parsed is None:
                parsed = known[typed] = parse(spec, value, context)
            result.append(parsed)
        return result


class ParsedColumn:
    """One field over the rows of a batch.

    ``raw``, ``parsed``, ``values`` and ``codes`` have an entry a row; ``coded``: the rows with something to be said; ``unread``: those
    that hold something without a typed value.
    """

    __slots__ = ("coded", "codes", "parsed", "raw", "spec", "unread", "values")

    def __init__(self, spec: FieldSpec, raw: list[Any], parsed: list[Parsed]) -> None:
        self.spec, self.raw, self.parsed = spec, raw, parsed
        self.values: list[Any] = [item[0] for item in parsed]
        self.codes: list[str | None] = [item[1] for item in parsed]
        self.coded = [row for row, code in enumerate(self.codes) if code is not None] if any(self.codes) else []
        self.unread: list[int] = []
        if self.values.count(None) != raw.count(None):
            self.unread = [row for row, value in enumerate(self.values)
                           if value is None and raw[row] is not None and parsed[row] is not BLANK]  # fmt: skip
