"""Make a marked copy into which somebody typed the station's current ledger.

The copy says whose it is. Without our marks it takes that ledger's place; a ledger of another kind (.xls, .et, .ods) makes room
for the .xlsx beside it and is kept in the backups, never deleted.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from toolkit.fixing.compare import Change, changes_between, read_values
from toolkit.marking import Journal, Label, kind_of_file, read_label
from toolkit.marking.convert import to_xlsx
from toolkit.marking.journal import file_hash, sync_folder
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, is_open_elsewhere
from toolkit.marking.undo import take_marks_off
from toolkit.marking.xmlscan import Malformed
from toolkit.masking import mask_text
from toolkit.messages import has, text
from toolkit.model import RefusedWorkbook
from toolkit.workspace import Workspace

_TEXT = "text"
_XLSX = (".xlsx", ".xlsm")
_LONGEST_NAME = 130
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class AdoptResult:
    """What adopting a copy did.

    ``status``: done, listed (dry run) or in-use. ``source`` and ``target``: the ledger it was a copy of and the ledger it is
    now, relative to the workspace. ``anew``: the source was gone, so nothing could be compared. ``backup``: where a
    source of another kind was moved.
    """

    path: str
    status: str
    source: str
    target: str
    changes: tuple[Change, ...] = ()
    anew: bool = False
    backup: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, numbers of persons masked."""
        changes = [_shown(change) for change in self.changes]
        return {"path": self.path, "status": self.status, "source": self.source, "target": self.target,
                "changes": changes, "anew": self.anew, "backup": self.backup}  # fmt: skip

    def lines(self, lang: str = "zh", most: int = _MOST_LINES) -> list[str]:
        """Return what to print; numbers of persons masked."""
        count = len(self.changes)
        said = [text(f"adopt.screen.{self.status}", lang, path=self.path, target=self.target, count=count)]
        said += [text("adopt.screen.anew", lang)] if self.anew else []
        said += [text("adopt.screen.line", lang, **_shown(change)) for change in self.changes[:most]]
        said += [text("adopt.screen.more", lang, count=count - most)] if count > most else []
        if self.backup:
            said.append(text("adopt.screen.moved", lang, source=self.source, backup=self.backup))
        return said


def _shown(change: Change) -> dict[str, str]:
    return {
        "sheet": mask_text(change.sheet),
        "cell": change.cell,
        "old": mask_text(change.old),
        "new": mask_text(change.new),
    }


def adopt(
    workspace: Workspace, path: Path, *, lang: str = "zh", force: bool = False, dry_run: bool = False
) -> AdoptResult:
    """Take over a marked copy as the current ledger of its station. The caller holds the workspace.

    Args:
        workspace: whose station it is.
        path: the copy, wherever it lies; the one under ``out/marked`` is moved to the backups afterwards.
        lang: of the reasons for refusing.
        force: also when the source has changed since the copy was made, or no typed cell is found.
        dry_run: only list what would change.

    Raises:
        RefusedWorkbook: it is no marked copy, or taking it over could lose something.
        OSError: something could not be read or written; the ledger is as it was.
    """
    path = path.absolute()
    try:
        return _Adoption(workspace, path, lang).run(force=force, dry_run=dry_run)
    except Refusal as refusal:
        raise _refused(refusal.code, lang) from refusal
    except Malformed as error:
        raise _refused("malformed", lang) from error


def _refused(code: str, lang: str, **params: str) -> RefusedWorkbook:
    name = f"adopt.refused.{code}"
    return RefusedWorkbook(code, text(name if has(name) else f"marks.refused.{code}", lang, **params))


class _Adoption:
    """One copy on its way to become a ledger."""

    def __init__(self, workspace: Workspace, path: Path, lang: str) -> None:
        self._workspace, self._path, self._lang = workspace, path, lang
        self._label = self._read_label()
        self._source = self._find_source()
        self._before = file_hash(self._source) if self._source.exists() else ""
        self._kind = _kind(self._source) if self._before else "xlsx"
        self._foreign = self._kind != "xlsx" or self._source.suffix.lower() not in _XLSX
        suffix = self._source.suffix if self._source.suffix.lower() in _XLSX else ".xlsx"
        self._target = self._source.with_suffix(suffix)

    def _read_label(self) -> Label:
        label = read_label(self._path)
        if label is None or label.mode != "copy" or not label.source:
            raise _refused("no-label", self._lang)
        return label

    def _find_source(self) -> Path:
        """Return the ledger that the copy names. Names too long for the label are cut, so those must exist."""
        stations = self._workspace.config.path("stations")
        named = str(self._label.source)
        parts = PurePosixPath(named).parts
        source = stations.joinpath(*parts)
        outside = PurePosixPath(named).is_absolute() or ".." in parts or not parts
        try:
            inside = not outside and source.resolve().is_relative_to(stations.resolve())
            cut = not source.exists() and (len(named) > _LONGEST_NAME or source.suffix == "")
        except OSError:  # no file can have such a name
            inside, cut = False, True
        if not inside or cut:
            raise _refused("bad-source", self._lang)
        return source

    def run(self, *, force: bool, dry_run: bool) -> AdoptResult:
        """Take it over."""
        if is_open_elsewhere(self._path) or is_open_elsewhere(self._source):
            return self._result("in-use")
        data = self._path.read_bytes()
        plain = _without_marks(data)
        changes: tuple[Change, ...] = ()
        if self._before:
            if self._before != self._label.source_hash and not force:
                raise _refused("both-changed", self._lang)
            changes = tuple(
                changes_between(self._source_values(), self._values("copy.xlsx", plain), typed=self._kind != _TEXT)
            )
        if not force and not (changes if self._before else self._label.saved_since):
            raise _refused("nothing-typed", self._lang)
        if dry_run:
            return self._result("listed", changes)
        try:
            backup = self._write(plain)
        except (BlockingIOError, PermissionError):
            return self._result("in-use")
        self._set_copy_aside(data)
        return self._result("done", changes, backup)

    def _result(self, status: str, changes: tuple[Change, ...] = (), backup: Path | None = None) -> AdoptResult:
        relative = self._workspace.relative
        return AdoptResult(
            relative(self._path), status, relative(self._source), relative(self._target), changes,
            not self._before, relative(backup) if backup else "",
        )  # fmt: skip

    def _values(self, name: str, data: bytes) -> Mapping[str, Any]:
        values = read_values(name, data)
        if values is None:
            raise _refused("unreadable", self._lang)
        return values

    def _source_values(self) -> Mapping[str, Any]:
        """Return what the source holds, converted as the copy was, so that only what was typed differs."""
        if self._kind in ("xlsx", _TEXT):
            return self._values(self._source.name, self._source.read_bytes())
        with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
            made = Path(folder, "workbook.xlsx")
            to_xlsx(self._source, made)
            return self._values(made.name, made.read_bytes())

    def _write(self, plain: bytes) -> Path | None:
        """Put the ledger in its place; return where a source of another kind was moved."""
        moves = self._foreign and bool(self._before)
        beside = self._target != self._source
        if beside and self._target.exists() and file_hash(self._target) != sha256(plain).hexdigest():
            raise _refused("target-exists", self._lang, path=self._workspace.relative(self._target))
        backup = self._keep(self._source, self._before) if moves else None
        self._target.parent.mkdir(parents=True, exist_ok=True)
        journal = Journal(self._workspace.config.path("state"))
        with Replacement(self._target, journal, None if beside else self._before) as replacement:
            replacement.file.write(plain)
            replacement.commit()
        if moves and beside:
            self._remove(self._source, self._before)
        return backup

    def _keep(self, file: Path, digest: str) -> Path:
        """Copy a file into the backups, where nothing rotates it away, and make sure that it arrived."""
        stamp = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S")
        folder = self._workspace.config.path("state") / "backups" / "adopted" / f"{stamp}-{digest[:8]}"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / file.name
        with file.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        sync_folder(folder)
        if file_hash(target) != digest:
            raise BlockingIOError(f"changed while it was backed up: {file.name}")
        return target

    def _remove(self, file: Path, digest: str) -> None:
        """Remove a file that was kept, unless somebody changed it meanwhile."""
        if file_hash(file) == digest:
            file.unlink()
            sync_folder(file.parent)

    def _set_copy_aside(self, data: bytes) -> None:
        """Move the copy out of the way of the next one; one that lies elsewhere is left alone."""
        marked = self._workspace.config.path("out") / "marked"
        if self._path.resolve().is_relative_to(marked.resolve()):
            digest = sha256(data).hexdigest()
            self._keep(self._path, digest)
            self._remove(self._path, digest)


def _kind(path: Path) -> str:
    """Return what a ledger is by its content; a text (.csv) is none of the kinds that can be marked."""
    try:
        return kind_of_file(path)
    except Refusal:
        return _TEXT


def _without_marks(data: bytes) -> bytes:
    with Package(io.BytesIO(data)) as package:
        take_marks_off(package)
        plain = io.BytesIO()
        package.save(plain)
        return plain.getvalue()
