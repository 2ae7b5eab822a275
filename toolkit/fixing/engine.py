"""Write corrections into a workbook in place, or take them back.

Marks of ours come off first and are not put on again: the next run marks what is still to be done. A second fix takes back
what the first one wrote, as long as nobody saved the workbook in between, and then writes both: so undoing always comes back
to the bytes that were there before the first.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.fixing.corrections import Correction
from toolkit.fixing.log import add_log
from toolkit.fixing.record import Fixes, keep_record, take_log_off
from toolkit.fixing.write import put_back, recalculate, write_cells
from toolkit.marking import read_label
from toolkit.marking.journal import Journal, file_hash
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, is_open_elsewhere
from toolkit.marking.styles import Styles
from toolkit.marking.undo import take_marks_off
from toolkit.marking.xmlscan import Malformed
from toolkit.messages import has, text
from toolkit.model import RefusedWorkbook


@dataclass(frozen=True, slots=True)
class FixResult:
    """What fixing or undoing did to one workbook.

    ``status``: done, none (nothing to write or to take back), in-use. ``done``: what was written or taken back.
    ``skipped``: what was not, each with a reason: changed, formula, no-such-sheet, no-such-cell, table-header, row-deleted.
    ``unmarked``: marks of ours came off with it.
    """

    status: str
    done: tuple[Correction, ...] = ()
    skipped: tuple[tuple[Correction, str], ...] = ()
    changed: bool = False
    unmarked: bool = False


def fix(
    path: Path,
    corrections: Iterable[Correction],
    *,
    journal: Journal | None = None,
    language: str = "zh",
    dry_run: bool = False,
) -> FixResult:
    """Write corrections into the cells that still hold what was checked, and log them in the sheet 更正记录.

    Args:
        path: the workbook, written in place.
        corrections: what to write.
        journal: notes the write and keeps a backup of what was there before.
        language: of the log sheet.
        dry_run: only find out what would be written.

    Raises:
        RefusedWorkbook: it is no workbook, or one that writing would harm; it was left as it is.
        OSError: it could not be read or written; it is as it was.
    """
    wanted = list(corrections)

    def change(package: Package) -> tuple[Package, FixResult]:
        package, before = take_log_off(package)
        fixes = before or Fixes()
        written = write_cells(package, [line.correction for line in fixes.taken], wanted)
        if not written.new:
            return package, FixResult("none", (), tuple(written.skipped))
        lines = [*fixes.standing, *written.again, *written.new]
        styles = Styles(package)
        add_log(package, styles, lines, language)
        styles.flush()
        recalculate(package)
        keep_record(package, [*written.again, *written.new], fixes.standing)
        return package, FixResult("done", tuple(line.correction for line in written.new), tuple(written.skipped))

    return _rewrite(_Job(Path(path), journal, language, dry_run), change)


def undo_fix(path: Path, *, journal: Journal | None = None, language: str = "zh", dry_run: bool = False) -> FixResult:
    """Take all corrections of ours back and remove the log sheet; cells that somebody changed since are left.

    Raises:
        RefusedWorkbook: it is no workbook, or one that writing would harm; it was left as it is.
        OSError: it could not be read or written; it is as it was.
    """

    def change(package: Package) -> tuple[Package, FixResult]:
        package, fixes = take_log_off(package)
        if fixes is None:
            return package, FixResult("none")
        restored, skipped = put_back(package, fixes.standing)
        if restored:
            recalculate(package)
        done = [*restored, *(line.correction for line in fixes.taken)]
        return package, FixResult("done", tuple(done), tuple(skipped))

    return _rewrite(_Job(Path(path), journal, language, dry_run), change)


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    journal: Journal | None
    language: str
    dry_run: bool


def refused(code: str, language: str) -> RefusedWorkbook:
    """Return the refusal with its sentence; ours where it differs from what marking says."""
    name = f"fix.refused.{code}"
    return RefusedWorkbook(code, text(name if has(name) else f"marks.refused.{code}", language))


def _rewrite(job: _Job, change: Callable[[Package], tuple[Package, FixResult]]) -> FixResult:
    path = job.path.resolve()
    if is_open_elsewhere(path):
        return FixResult("in-use")
    label = read_label(path)
    if label is not None and label.mode == "copy":
        raise refused("marked-copy", job.language)
    try:
        return _write(path, job, change)
    except Refusal as refusal:
        raise refused(refusal.code, job.language) from refusal
    except Malformed as error:
        raise refused("malformed", job.language) from error
    except (BlockingIOError, PermissionError):
        return FixResult("in-use")


def _write(path: Path, job: _Job, change: Callable[[Package], tuple[Package, FixResult]]) -> FixResult:
    before, state = file_hash(path), path.stat()
    package = Package(path)
    try:
        unmarked = take_marks_off(package)
        package, result = change(package)
        if result.status != "done" or job.dry_run:
            return result
        with Replacement(path, job.journal, before) as replacement:
            package.save(replacement.file)
            package.close()
            changed = replacement.commit()
    finally:
        package.close()
    with contextlib.suppress(OSError):
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))  # the station sent it then, not now
    return replace(result, changed=changed, unmarked=unmarked)
