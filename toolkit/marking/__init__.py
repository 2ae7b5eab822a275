"""Marks in a station's own workbook: highlights that clear themselves, notes, and the sheet 问题清单.

Nothing else in the workbook changes. Marking is always *strip, then mark*: marks of an earlier run come off
first, so repeated runs over an unchanged workbook give the same bytes, and then nothing is written at all.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable
from pathlib import Path

from toolkit.marking.backups import Backup, file_hash
from toolkit.marking.convert import VALUES, kind_of_file, to_xlsx
from toolkit.marking.home import user_journal
from toolkit.marking.journal import Journal
from toolkit.marking.labels import (
    FINDINGS_TITLE,
    NOTE_PREFIX,
    CopyOf,
    Label,
    is_findings_sheet,
    read_label,
)
from toolkit.marking.members import Refusal
from toolkit.marking.restoring import Restored, backups_of, restore
from toolkit.marking.rewrite import Job, refused, rewrite
from toolkit.model import FINDINGS_SHEET, Mark, MarkResult

__all__ = [
    "FINDINGS_SHEET",
    "FINDINGS_TITLE",
    "NOTE_PREFIX",
    "Backup",
    "Journal",
    "Label",
    "Restored",
    "backups_of",
    "is_findings_sheet",
    "kind_of_file",
    "mark",
    "mark_copy",
    "read_label",
    "restore",
    "unmark",
    "users_journal",
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
    source, target = Path(source), Path(target)
    copy = None if copy_of is None else CopyOf(copy_of, file_hash(source))
    return rewrite(source, target, Job(list(marks), language, journal, copy, password))


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
        RefusedWorkbook: it is no workbook, one that marking would harm, or a marked copy, which needs its label.
        OSError: it could not be read or written, e.g. the disk is full; the target is as it was.
    """
    job = Job([], language, journal, None, password, "unmark")
    return rewrite(Path(source), Path(target), job)


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
        RefusedWorkbook: the source cannot be read, somebody has saved the copy since it was made, or the target is no copy.
        OSError: it could not be read or written; the target is as it was.
    """
    source, target = Path(source), Path(target)
    try:
        kind = "converted" if converted is not None else kind_of_file(source)
    except Refusal as refusal:
        raise refused(refusal.code, language) from refusal
    copy = CopyOf(copy_of, file_hash(source))
    job = Job(list(marks), language, None, copy, password)
    if kind == "xlsx" or password is not None or not job.marks:
        return rewrite(source, target, job)
    earlier = read_label(target) if target.exists() else None
    if earlier is not None and earlier.source_hash == copy.digest and not earlier.saved_since:
        job = dataclasses.replace(job, copy_of=dataclasses.replace(copy, values_only=earlier.values_only))
        return dataclasses.replace(rewrite(target, target, job), values_only=earlier.values_only)
    if converted is not None:
        return rewrite(converted, target, job)
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        made = Path(folder, "workbook.xlsx")
        try:
            values_only = to_xlsx(source, made) == VALUES
        except Refusal as refusal:
            raise refused(refusal.code, language) from refusal
        job = dataclasses.replace(job, copy_of=dataclasses.replace(copy, values_only=values_only))
        return dataclasses.replace(rewrite(made, target, job), values_only=values_only)


def users_journal(language: str = "zh") -> Journal:
    """Return the journal, with its backups, for workbooks outside any workspace: in a folder only the user can read.

    Raises:
        RefusedWorkbook: there is no place for it, and without a backup nothing is written.
    """
    try:
        return user_journal()
    except Refusal as refusal:
        raise refused(refusal.code, language) from refusal
