"""Marks in a station's own workbook: highlights that clear themselves, notes, and the sheet 问题清单.

Nothing else in the workbook changes. Marking is always *strip, then mark*: marks of an earlier run come off
first, so repeated runs over an unchanged workbook give the same bytes, and then nothing is written at all.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from toolkit.marking.convert import kind_of_file, to_xlsx
from toolkit.marking.encryption import decrypted, encrypted, is_ole
from toolkit.marking.engine import Outcome, apply
from toolkit.marking.journal import Journal, file_hash
from toolkit.marking.labels import (
    FINDINGS_TITLE,
    NOTE_PREFIX,
    Label,
    is_findings_sheet,
    read_label,
)
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, is_open_elsewhere
from toolkit.marking.undo import take_marks_off
from toolkit.marking.xmlscan import Malformed
from toolkit.messages import text
from toolkit.model import FINDINGS_SHEET, Mark, MarkResult, RefusedWorkbook

__all__ = [
    "FINDINGS_SHEET",
    "FINDINGS_TITLE",
    "NOTE_PREFIX",
    "Journal",
    "Label",
    "is_findings_sheet",
    "kind_of_file",
    "mark",
    "mark_copy",
    "read_label",
    "to_xlsx_many",
    "unmark",
]


def mark(
    source: Path,
    target: Path,
    marks: Iterable[Mark],
    *,
    language: str = "zh",
    journal: Journal | None = None,
    copy_of: str | None = None,
    password: str | None = None,
) -> MarkResult:
    """Write ``source`` with these marks, and only these, to ``target``; the same path marks in place.

    Args:
        source: the workbook; only ever read, unless it is also the target.
        target: where the marked workbook goes. A folder that is missing is made.
        marks: what to show. None at all takes off the marks of an earlier run.
        language: of notes and findings sheet, ``zh`` or ``en``.
        journal: notes writes in place and keeps backups of what was there before.
        copy_of: the path, as the workspace knows it, of the workbook this is a marked copy of. Without
            marks there is no copy, and an earlier one is removed.
        password: of a workbook that is encrypted; the result is encrypted with it again.

    Raises:
        RefusedWorkbook: it is no workbook, or one that marking would harm; it was left as it is.
        OSError: it could not be read or written, e.g. the disk is full; the target is as it was.
    """
    label = None if copy_of is None else (copy_of, file_hash(Path(source)))
    return _rewrite(Path(source), Path(target), _Job(list(marks), language, journal, label, password))


def unmark(
    source: Path,
    target: Path,
    *,
    journal: Journal | None = None,
    language: str = "zh",
    password: str | None = None,
) -> MarkResult:
    """Write ``source`` without any marks of ours to ``target``; the same path unmarks in place.

    Raises:
        RefusedWorkbook: it is no workbook, or one that marking would harm; it was left as it is.
        OSError: it could not be read or written, e.g. the disk is full; the target is as it was.
    """
    return _rewrite(Path(source), Path(target), _Job([], language, journal, None, password))


def mark_copy(
    source: Path,
    target: Path,
    marks: Iterable[Mark],
    *,
    copy_of: str,
    language: str = "zh",
    password: str | None = None,
    converted: Path | None = None,
) -> MarkResult:
    """Write a marked .xlsx copy of a workbook of any kind (.xls, .et, .ods and .xlsb too) to ``target``.

    ``converted`` is the source as .xlsx, where the caller has it already. As long as the source is unchanged, a copy of
    an earlier run is only marked anew, not converted again.

    Raises:
        RefusedWorkbook: the source cannot be read, or somebody has saved the copy since it was made.
        OSError: it could not be read or written; the target is as it was.
    """
    source, target = Path(source), Path(target)
    try:
        kind = "converted" if converted is not None else kind_of_file(source)
    except Refusal as refusal:
        raise _refused(refusal.code, language) from refusal
    label = (copy_of, file_hash(source))
    job = _Job(list(marks), language, None, label, password)
    if kind == "xlsx" or password is not None or not job.marks:
        return _rewrite(source, target, job)
    earlier = read_label(target) if target.exists() else None
    if earlier is not None and earlier.source_hash == label[1] and not earlier.saved_since:
        return _rewrite(target, target, job)
    if converted is not None:
        return _rewrite(converted, target, job)
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        made = Path(folder, "workbook.xlsx")
        try:
            to_xlsx(source, made)
        except Refusal as refusal:
            raise _refused(refusal.code, language) from refusal
        return _rewrite(made, target, job)


@dataclass(frozen=True, slots=True)
class _Job:
    marks: list[Mark]
    language: str
    journal: Journal | None
    copy_of: tuple[str, str] | None
    password: str | None


def _refused(code: str, language: str) -> RefusedWorkbook:
    return RefusedWorkbook(code, text(f"marks.refused.{code}", language))


def _rewrite(source: Path, target: Path, job: _Job) -> MarkResult:
    in_place = target.exists() and source.exists() and source.samefile(target)
    if in_place:
        source = target = target.resolve()
    if is_open_elsewhere(target):
        return MarkResult("in-use")
    if job.copy_of is not None and target.exists():
        earlier = read_label(target, job.password)
        if earlier is not None and earlier.mode == "copy" and earlier.saved_since:
            raise _refused("typed-in-copy", job.language)
        if not job.marks and earlier is not None and earlier.mode == "copy":
            target.unlink()
            return MarkResult("none", changed=True)
    if job.copy_of is not None and not job.marks and not in_place:
        return MarkResult("none")
    try:
        return _write(source, target, job)
    except Refusal as refusal:
        raise _refused(refusal.code, job.language) from refusal
    except Malformed as error:
        raise _refused("malformed", job.language) from error
    except (BlockingIOError, PermissionError):
        return MarkResult("in-use")


def _write(source: Path, target: Path, job: _Job) -> MarkResult:
    in_place = source == target
    target.parent.mkdir(parents=True, exist_ok=True)
    before = file_hash(source) if in_place else None
    sealed = job.password is not None and is_ole(source)
    with Package(decrypted(source, job.password) if sealed and job.password else source) as package:
        had_marks = take_marks_off(package)
        outcome = apply(package, job.marks, job.language, job.copy_of) if job.marks else Outcome()
        changed = False
        if not in_place or package.changes() or package.removed:
            with Replacement(target, job.journal if in_place else None, before) as replacement:
                if sealed and job.password:
                    plain = io.BytesIO()
                    package.save(plain)
                    replacement.file.write(encrypted(plain.getvalue(), job.password))
                else:
                    package.save(replacement.file)
                package.close()
                changed = replacement.commit()
    status = "done" if job.marks or had_marks else "none"
    return MarkResult(status, outcome.marked, outcome.notes, changed, tuple(outcome.skipped))
