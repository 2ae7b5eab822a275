"""Write corrections into a workbook in place, or take them back.

Marks of ours come off first and are not put on again: the next run marks what is still to be done. A second fix takes back
what the first one wrote, as long as nobody saved the workbook in between, and then writes both: so undoing always comes back
to the bytes that were there before the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.fixing.corrections import Correction
from toolkit.fixing.log import add_log
from toolkit.fixing.record import Fixes, keep_record, take_log_off
from toolkit.fixing.write import put_back, recalculate, write_cells
from toolkit.marking.backups import file_hash
from toolkit.marking.encryption import is_ole
from toolkit.marking.journal import Journal
from toolkit.marking.labels import copy_label
from toolkit.marking.locks import lock_of
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, times_of
from toolkit.marking.rewrite import open_package, save_package
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
    ``unmarked``: marks of ours came off with it; ``kept``: where words stay that people had typed into them.
    ``owner``: who has it open, where that is known.
    """

    status: str
    done: tuple[Correction, ...] = ()
    skipped: tuple[tuple[Correction, str], ...] = ()
    changed: bool = False
    unmarked: bool = False
    kept: tuple[str, ...] = ()
    owner: str = ""


def fix(
    path: Path,
    corrections: Iterable[Correction],
    *,
    journal: Journal | None = None,
    language: str = "zh",
    dry_run: bool = False,
    password: str | None = None,
) -> FixResult:
    """Write corrections into the cells that still hold what was checked, and log them in the sheet 更正记录.

    Args:
        path: the workbook, written in place.
        corrections: what to write.
        journal: notes the write and keeps a backup of what was there before.
        language: of the log sheet.
        dry_run: only find out what would be written.
        password: of a workbook that is encrypted; the result is encrypted with it again.

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

    return _rewrite(_Job(Path(path), journal, language, dry_run, password, "fix"), change)


def undo_fix(
    path: Path,
    *,
    journal: Journal | None = None,
    language: str = "zh",
    dry_run: bool = False,
    password: str | None = None,
) -> FixResult:
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

    return _rewrite(_Job(Path(path), journal, language, dry_run, password, "undo"), change)


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    journal: Journal | None
    language: str
    dry_run: bool
    password: str | None
    why: str


def refused(code: str, language: str) -> RefusedWorkbook:
    """Return the refusal with its sentence; ours where it differs from what marking says."""
    name = f"fix.refused.{code}"
    return RefusedWorkbook(code, text(name if has(name) else f"marks.refused.{code}", language))


def _rewrite(job: _Job, change: Callable[[Package], tuple[Package, FixResult]]) -> FixResult:
    lock = lock_of(job.path)
    if lock is not None and lock.holds:
        return FixResult("in-use", owner=lock.owner)
    path = job.path.resolve()
    try:
        return _write(path, job, change)
    except Refusal as refusal:
        raise refused(refusal.code, job.language) from refusal
    except Malformed as error:
        raise refused("malformed", job.language) from error
    except BlockingIOError:
        return FixResult("in-use")
    except PermissionError as error:
        if os.name == "nt":  # somebody's program shares the file with nobody
            return FixResult("in-use")
        raise refused("no-permission", job.language) from error


def _write(path: Path, job: _Job, change: Callable[[Package], tuple[Package, FixResult]]) -> FixResult:
    before, times = file_hash(path), times_of(path)  # the station sent it then, not now
    sealed = job.password if job.password is not None and is_ole(path) else None
    package = open_package(path, job.password)
    try:
        if copy_label(package) is not None:
            raise Refusal("marked-copy")
        taken = take_marks_off(package)
        package, result = change(package)
        if result.status != "done" or job.dry_run:
            return result
        with Replacement(path, job.journal, before, why=job.why, times=times) as replacement:
            save_package(package, replacement.file, sealed)
            package.close()
            changed = replacement.commit()
    finally:
        package.close()
    return replace(result, changed=changed, unmarked=taken.found, kept=taken.kept)
