"""Write one workbook anew, with other marks or none: what every way of marking comes down to."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from toolkit.marking.backups import file_hash
from toolkit.marking.encryption import decrypted, encrypted, is_ole
from toolkit.marking.engine import Outcome, apply
from toolkit.marking.journal import Journal
from toolkit.marking.labels import CopyOf, copy_label, read_label
from toolkit.marking.locks import Lock, lock_of
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, times_of
from toolkit.marking.undo import take_marks_off
from toolkit.marking.xmlscan import Malformed
from toolkit.messages import text
from toolkit.model import Mark, MarkResult, RefusedWorkbook


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done to a workbook.

    ``copy_of``: whose copy the result is; ``password``: opens the workbook and seals the result; ``why``: for the backups.
    """

    marks: list[Mark]
    language: str = "zh"
    journal: Journal | None = None
    copy_of: CopyOf | None = None
    password: str | None = None
    why: str = "mark"


def refused(code: str, language: str) -> RefusedWorkbook:
    """Return a refusal with its sentence."""
    return RefusedWorkbook(code, text(f"marks.refused.{code}", language))


def rewrite(source: Path, target: Path, job: Job) -> MarkResult:
    """Write ``source`` to ``target`` with the marks of a job.

    Raises:
        RefusedWorkbook: it is no workbook, or one that marking would harm; it was left as it is.
        OSError: it could not be read or written; the target is as it was.
    """
    lock = lock_of(target)
    if lock is not None and lock.holds:
        return in_use(lock)
    stale = str(lock.path) if lock is not None else ""
    in_place = target.exists() and source.exists() and source.samefile(target)
    if in_place:
        source = target = target.resolve()
    try:
        if job.copy_of is not None:
            earlier = read_label(target, job.password) if target.exists() else None
            if earlier is not None and earlier.is_copy and earlier.saved_since:
                raise Refusal("typed-in-copy")
            if not job.marks and earlier is not None and earlier.is_copy:
                target.unlink()
                return MarkResult("none", changed=True)
            if target.exists() and not in_place and (earlier is None or not earlier.is_copy):
                raise Refusal("target-exists")
            if not job.marks and not in_place:
                return MarkResult("none")
        return replace(_write(source, target, job), stale_lock=stale)
    except Refusal as refusal:
        raise refused(refusal.code, job.language) from refusal
    except Malformed as error:
        raise refused("malformed", job.language) from error
    except BlockingIOError:
        return in_use(lock_of(target))
    except PermissionError as error:
        if os.name == "nt":  # somebody's program shares the file with nobody
            return in_use(lock_of(target))
        raise refused("no-permission", job.language) from error


def in_use(lock: Lock | None) -> MarkResult:
    """Return the result for a file that somebody has open."""
    if lock is None:
        return MarkResult("in-use")
    return MarkResult("in-use", lock=str(lock.path), owner=lock.owner)


def open_package(path: Path, password: str | None) -> Package:
    """Return the package of a workbook, decrypted where it is encrypted and there is a password."""
    return Package(decrypted(path, password) if password is not None and is_ole(path) else path)


def save_package(package: Package, out: BinaryIO, password: str | None) -> None:
    """Write a package, encrypted where there is a password."""
    if password is None:
        package.save(out)
        return
    plain = io.BytesIO()
    package.save(plain)
    out.write(encrypted(plain.getvalue(), password))


def _write(source: Path, target: Path, job: Job) -> MarkResult:
    in_place = source == target
    target.parent.mkdir(parents=True, exist_ok=True)
    before = file_hash(source) if in_place else None
    times = times_of(source) if in_place else None
    sealed = job.password if job.password is not None and is_ole(source) else None
    with open_package(source, job.password) as package:
        if in_place and job.copy_of is None and copy_label(package) is not None:
            raise Refusal("marked-copy")  # without its label it would be taken for a station's ledger
        taken = take_marks_off(package)
        outcome = apply(package, job.marks, job.language, job.copy_of) if job.marks else Outcome()
        changed = False
        if not in_place or package.changes() or package.removed:
            journal = job.journal if in_place else None
            with Replacement(target, journal, before, why=job.why, times=times) as replacement:
                save_package(package, replacement.file, sealed)
                package.close()
                changed = replacement.commit()
    status = "done" if job.marks or taken.found else "none"
    return MarkResult(status, outcome.marked, outcome.notes, changed, tuple(outcome.skipped), taken.kept)
