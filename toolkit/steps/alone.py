"""Mark one workbook that stands by itself: in place where its kind allows, otherwise a marked copy beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from toolkit.intake.sniff import Kind, sniff
from toolkit.marking import Journal, mark, mark_copy
from toolkit.messages import text
from toolkit.model import Mark, MarkResult, RefusedWorkbook
from toolkit.passwords import opened
from toolkit.single import unsealed
from toolkit.steps.convert import as_xlsx
from toolkit.steps.places import IN_PLACE

_TEXTS = frozenset({Kind.CSV, Kind.HTML})


@dataclass(frozen=True, slots=True)
class Alone:
    """What became of one file. ``target``: where the marks are. ``made`` is None where it was refused, with ``code`` and ``reason``."""

    path: Path
    target: Path
    made: MarkResult | None = None
    code: str = ""
    reason: str = ""

    @property
    def status(self) -> str:
        """As in ``report.json``: done, none, in-use or refused."""
        return self.made.status if self.made else "refused"

    @property
    def copied(self) -> bool:
        """Whether the marks went into a copy."""
        return self.target != self.path


def mark_alone(
    path: Path, marks: Sequence[Mark], *, out: Path | None = None, journal: Journal | None = None, language: str = "zh"
) -> Alone:
    """Mark a workbook that has been checked.

    Args:
        path: the workbook, of any kind that can be read.
        marks: what to show.
        out: a folder for marked copies; then no original is written. Without it only other kinds than .xlsx are copied, and
            lie beside their originals.
        journal: of the writes in place.
        language: of the marks.
    """
    kind = _kind(path)
    in_place = kind in IN_PLACE and out is None
    target = path if in_place else (out or path.parent) / _copy_name(path, kind, language)
    try:
        if in_place:
            made = unsealed(path, partial(mark, path, path, marks, journal=journal, language=language))
        else:
            made = _mark_copy(path, target, marks, kind, language)
    except RefusedWorkbook as error:
        return Alone(path, target, None, error.code, error.reason)
    except OSError as error:
        reason = text("marks.refused.disk", language)
        return Alone(path, target, None, "disk", f"{reason}（{error.strerror or type(error).__name__}）")
    return Alone(path, target, made)


def _mark_copy(path: Path, target: Path, marks: Sequence[Mark], kind: Kind, language: str) -> MarkResult:
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        converted = as_xlsx([(path.name, str(kind), path)], Path(folder)).get(path.name) if kind in _TEXTS else None
        work = partial(mark_copy, path, target, marks, copy_of=path.name, language=language, converted=converted)
        return unsealed(path, work)


def _kind(path: Path) -> Kind:
    """Return the kind of a workbook, inside its encryption if it has one that can be opened."""
    data = path.read_bytes()
    kind = sniff(data)
    if kind is Kind.ENCRYPTED and (plain := opened(data, None)):
        return sniff(plain)
    return Kind.XLSX if kind is Kind.ENCRYPTED else kind


def _copy_name(path: Path, kind: Kind, language: str) -> str:
    """Return the name of a marked copy: that of an .xlsx tells it apart by the folder alone."""
    if kind in IN_PLACE:
        return path.name
    return text("marks.copy-name", language, name=path.name)
