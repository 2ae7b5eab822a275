"""Make what somebody typed into a marked copy the station's current ledger.

The copy says whose it is. Where only cells differ, they are spliced into the original, which keeps everything else it holds; otherwise
the copy, without our marks, takes its place. A ledger of another kind (.xls, .et, .ods) makes room for the .xlsx beside it and is kept
in the backups, never deleted. A copy that holds no more than values takes the place of nothing unless that is asked for.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from toolkit.fixing.compare import Difference, difference, merges_of, read_values
from toolkit.fixing.listing import AdoptResult, write_list
from toolkit.fixing.patching import notes_of, patched
from toolkit.marking import Journal, Label, kind_of_file, read_label
from toolkit.marking.backups import file_hash, sync_folder
from toolkit.marking.convert import LIBREOFFICE, to_xlsx
from toolkit.marking.locks import lock_of
from toolkit.marking.members import Refusal
from toolkit.marking.package import Package
from toolkit.marking.replace import Replacement, times_of
from toolkit.marking.undo import take_marks_off
from toolkit.marking.xmlscan import Malformed
from toolkit.messages import has, text
from toolkit.model import RefusedWorkbook
from toolkit.workspace import Workspace

_TEXT = "text"
_XLSX = (".xlsx", ".xlsm")
_LONGEST_NAME = 130


def adopt(
    workspace: Workspace, path: Path, *, lang: str = "zh", force: bool = False, dry_run: bool = False
) -> AdoptResult:
    """Take over a marked copy as the current ledger of its station. The caller holds the workspace.

    Args:
        workspace: whose station it is.
        path: the copy, wherever it lies; the one under ``out/marked`` is moved to the backups afterwards.
        lang: of the reasons for refusing.
        force: also when the source has changed since the copy was made, no typed cell is found, or the copy holds only values.
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


@dataclass(slots=True)
class _Ledger:
    """What the ledger becomes. ``patched``: only cells of the original change."""

    content: bytes
    differs: Difference = field(default_factory=Difference)
    patched: bool = False


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
        if label is None or not label.is_copy or not label.source:
            raise _refused("no-label", self._lang)
        return label

    def _find_source(self) -> Path:
        """Return the ledger that the copy names. Names too long for the label are cut, so those must exist."""
        if self._workspace.config.stations_url:
            raise _refused("remote", self._lang)
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
        for file in (self._path, self._source):
            if (lock := lock_of(file)) is not None and lock.holds:
                return self._result("in-use")
        data = self._path.read_bytes()
        made = self._made(_without_marks(data), force=force)
        differs = made.differs
        if not force and not (differs if self._before else self._label.saved_since):
            raise _refused("nothing-typed", self._lang)
        if dry_run:
            return self._result("listed", made)
        listed = write_list(self._workspace, self._path, differs)
        try:
            backup = self._write(made.content)
        except BlockingIOError:
            return self._result("in-use")
        except PermissionError:
            if os.name != "nt":  # there, somebody's program shares the file with nobody
                raise
            return self._result("in-use")
        self._set_copy_aside(data)
        return self._result("done", made, backup, listed)

    def _made(self, plain: bytes, *, force: bool) -> _Ledger:
        """Return what the ledger becomes."""
        if not self._before:
            return _Ledger(plain)
        if self._before != self._label.source_hash and not force:
            raise _refused("both-changed", self._lang)
        values = self._values("copy.xlsx", plain)
        if self._kind == _TEXT:
            held = self._values(self._source.name, self._source.read_bytes())
            return _Ledger(plain, difference(held, values, typed=False))
        original, whole = self._original()
        differs = difference(self._values("original.xlsx", original), values)
        if whole and (content := self._patched(original, plain, differs)) is not None:
            return _Ledger(content, differs, patched=True)
        if self._label.values_only and not force:
            raise _refused("values-only", self._lang)
        return _Ledger(plain, differs)

    def _original(self) -> tuple[bytes, bool]:
        """Return the source as .xlsx without our marks, and whether that is all of it or only its values."""
        if self._kind == "xlsx":
            return _without_marks(self._source.read_bytes()), True
        with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
            made = Path(folder, "workbook.xlsx")
            whole = to_xlsx(self._source, made) == LIBREOFFICE
            return made.read_bytes(), whole

    def _patched(self, original: bytes, plain: bytes, differs: Difference) -> bytes | None:
        """Return the original with the typed cells in it; None where more than cells was changed."""
        if not differs.only_cells:
            return None
        if not self._label.values_only and (
            notes_of(original) != notes_of(plain) or merges_of(original) != merges_of(plain)
        ):
            return None
        content = patched(original, plain, {sheet: places for sheet, places in differs.places.items() if places})
        if content is None or difference(self._values("a.xlsx", content), self._values("b.xlsx", plain)):
            return None
        return content

    def _result(
        self, status: str, made: _Ledger | None = None, backup: Path | None = None, listed: Path | None = None
    ) -> AdoptResult:
        relative = self._workspace.relative
        return AdoptResult(
            relative(self._path), status, relative(self._source), relative(self._target),
            made.differs if made else Difference(), not self._before, relative(backup) if backup else "",
            relative(listed) if listed else "", bool(made and made.patched),
        )  # fmt: skip

    def _values(self, name: str, data: bytes) -> Mapping[str, Any]:
        values = read_values(name, data)
        if values is None:
            raise _refused("unreadable", self._lang)
        return values

    def _write(self, content: bytes) -> Path | None:
        """Put the ledger in its place; return where a source of another kind was moved."""
        moves = self._foreign and bool(self._before)
        beside = self._target != self._source
        if beside and self._target.exists() and file_hash(self._target) != sha256(content).hexdigest():
            raise _refused("target-exists", self._lang, path=self._workspace.relative(self._target))
        backup = self._keep(self._source, self._before) if moves else None
        self._target.parent.mkdir(parents=True, exist_ok=True)
        journal, times = Journal(self._workspace.config.path("state")), times_of(self._path)  # it was typed then
        before = None if beside else self._before
        with Replacement(self._target, journal, before, why="adopt", times=times) as replacement:
            replacement.file.write(content)
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
