"""What a field type is, and what it makes of a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, NamedTuple

from toolkit.characters import fold


class Parsed(NamedTuple):
    """What became of one raw value.

    ``value`` None without a ``code`` is a blank. A ``code`` is a finding at the cell, with or without a usable value.
    ``suggestion`` is what should stand there; ``safe`` says that it may be written without looking.
    """

    value: Any = None
    code: str | None = None
    params: dict[str, Any] | None = None
    suggestion: str | None = None
    safe: bool = False


BLANK = Parsed()


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula fails; ``text`` is what Excel shows, e.g. ``#REF!``."""

    text: str


@dataclass(frozen=True, slots=True)
class NoResult:
    """A formula cell without a stored result."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """The choices of a coded field, looked up by folded spelling."""

    name: str
    values: tuple[str, ...]
    synonyms: Mapping[str, str]
    lookup: Mapping[str, str] = field(repr=False, default_factory=dict)

    @classmethod
    def build(
        cls, name: str, values: tuple[str, ...], synonyms: Mapping[str, str], without_suffix: str = ""
    ) -> CodeList:
        """Make a code list; with ``without_suffix`` each value also counts without that ending (汉 for 汉族)."""
        lookup = {fold(word): meant for word, meant in synonyms.items()}
        if without_suffix:
            lookup |= {fold(value.removesuffix(without_suffix)): value for value in values}
        lookup |= {fold(value): value for value in values}
        return cls(name, values, dict(synonyms), lookup)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column of a ledger as the dictionary declares it.

    ``group``: the heading above it and its neighbours in a blank ledger; ``note``: what its blank ledger says about filling it in,
    beside what its type says.
    """

    name: str
    type: str
    required: bool = False
    column_required: bool = False
    aliases: tuple[str, ...] = ()
    codes: CodeList | None = None
    multiple: bool = False
    open: bool = False
    several: bool = False
    mixed: bool = False
    per_person: bool = False
    future: bool = False
    min: float | None = None
    max: float | None = None
    units: tuple[str, ...] = ()
    group: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What parsing needs to know beyond the cell.

    ``unit`` is the factor that turns a bare number into yuan (10,000 for a table in 万元); ``station`` resolves a station's
    name against the roster (None: no roster at hand); ``year`` is that of dates written without one.
    """

    today: date
    unit: float = 1.0
    amount_min: float = 10
    amount_max: float = 200_000
    null_words: frozenset[str] = frozenset()
    station: Callable[[str], str | None] | None = None
    year: int | None = None


class FieldType:
    """How one kind of value is parsed, kept and shown. One module each; ``TYPE`` is the module's instance."""

    storage: ClassVar[str] = "text"
    """How the store keeps it: text, number, integer or date."""
    sensitive: ClassVar[bool] = False
    """Whether it must be masked outside the ledgers."""
    width: ClassVar[int] = 12
    """Column width in the workbooks we write, in characters."""

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:
        """Return what ``raw`` (str, int, float, bool, date, datetime, time) means. Never raises for data."""
        raise NotImplementedError

    def answers(self, folded: str, spec: FieldSpec) -> bool:
        """Say whether a word for "nothing" is an answer in this field: 无 in a list that has it, 无 for no."""
        return spec.codes is not None and folded in spec.codes.lookup

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:
        """Say whether ``raw`` plainly is a value of this type: used to tell a shifted column from single mistakes."""
        parsed = self.parse(raw, spec, context)
        return parsed.value is not None and (parsed.code is None or parsed.code[0] == "I")


def as_text(raw: Any) -> str:
    """Return a cell's value as the text a person would read."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if hasattr(raw, "isoformat"):
        text = raw.isoformat(sep=" ") if hasattr(raw, "hour") and hasattr(raw, "year") else raw.isoformat()
        return str(text).removesuffix(" 00:00:00")
    if isinstance(raw, CellError):
        return raw.text
    if isinstance(raw, NoResult):
        return ""
    return str(raw)
