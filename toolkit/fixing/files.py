"""Check files and write their safe corrections, or take them back: what the command does, file by file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.fixing.corrections import Correction, corrections_of
from toolkit.fixing.engine import FixResult, fix, refused, undo_fix
from toolkit.intake.source import LocalFolder
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.marking import Journal, read_label
from toolkit.masking import mask_text, mask_value
from toolkit.messages import text
from toolkit.model import RefusedWorkbook
from toolkit.single import check_files, unsealed

_MOST_LINES = 40
_NEVER_FIXED = frozenset({"old-format", "binary-workbook", "not-a-workbook", "marked-copy"})


@dataclass(frozen=True, slots=True)
class FixedFile:
    """What became of one file.

    ``status``: done, listed (dry run), none, in-use, refused, unreadable; ``reason``: why it was refused. ``undo``: the
    corrections were taken back; ``unmarked``: marks of ours came off, and come again with the next run.
    """

    path: str
    status: str
    done: tuple[Correction, ...] = ()
    skipped: tuple[tuple[Correction, str], ...] = ()
    reason: str = ""
    undo: bool = False
    unmarked: bool = False

    @property
    def usable(self) -> bool:
        """Whether the file could be dealt with; if not, the exit status is 3."""
        return self.status in ("done", "listed", "none")

    def to_dict(self, lang: str = "zh") -> dict[str, Any]:
        """Return it as plain values, numbers of persons masked."""
        done = [shown_correction(correction) for correction in self.done]
        skipped = [
            shown_correction(correction) | {"code": code, "why": text(f"fix.skipped.{code}", lang)}
            for correction, code in self.skipped
        ]
        return {"path": self.path, "status": self.status, "undo": self.undo, "corrections": done, "skipped": skipped,
                "reason": self.reason}  # fmt: skip

    def lines(self, lang: str = "zh", most: int = _MOST_LINES) -> list[str]:
        """Return what to print: one line for the file, and one for each cell; numbers of persons masked."""
        name = f"undo-{self.status}" if self.undo and self.status in ("listed", "none") else self.status
        name = "undone" if self.undo and self.status == "done" else name
        said = [text(f"fix.screen.{name}", lang, path=self.path, count=len(self.done), reason=self.reason)]
        cells = [text("fix.screen.line", lang, **shown_correction(correction)) for correction in self.done]
        cells += [
            text(
                "fix.screen.left", lang, **shown_correction(correction) | {"reason": text(f"fix.skipped.{code}", lang)}
            )
            for correction, code in self.skipped
        ]
        if len(cells) > most:
            cells[most:] = [text("fix.screen.more", lang, count=len(cells) - most)]
        return said + cells + ([text("fix.screen.unmarked", lang)] if self.unmarked else [])


def shown_correction(correction: Correction) -> dict[str, str]:
    """Return a correction as plain values, numbers of persons masked."""
    old, new = (mask_value(value, correction.sensitive) for value in (correction.old, correction.new))
    return {"sheet": mask_text(correction.sheet), "cell": correction.cell, "field": correction.field, "old": old, "new": new,
            "reason": correction.reason}  # fmt: skip


def fix_files(
    paths: Sequence[Path], *, dry_run: bool = False, undo: bool = False, long_ids: bool = False,
    journal: Journal | None = None, lang: str = "zh", language: str = "zh", dictionary: Path | None = None,
    today: date | None = None, period: tuple[date, date] | None = None,
) -> list[FixedFile]:  # fmt: skip
    """Write the safe corrections into files, and into every file in folders, or take them back.

    Args:
        paths: workbooks and folders.
        dry_run: only list what would be written or taken back.
        undo: take earlier corrections back instead.
        long_ids: also write ID numbers of 15 digits in their 18-character form.
        journal: notes the writes and keeps backups.
        lang: of what is said about files.
        language: of the log sheets.
        dictionary: a workbook of definitions in place of the built-in ones.
        today: the day that counts as today when checking.
        period: the reporting window when checking.

    Raises:
        FileNotFoundError: a path does not exist.
        DictionaryError: the dictionary is wrong.
    """
    if undo:
        files = [file for path in paths for file in _files(path)]
        made = [(file, partial(undo_fix, file, journal=journal, dry_run=dry_run)) for file in files]
        return [_tried(file, partial(unsealed, file, work), lang, dry_run=dry_run, undo=True) for file, work in made]
    checked = check_files(paths, dictionary=dictionary, lang=lang, today=today, period=period, forms=True)
    loaded = load_dictionary(dictionary)
    results = []
    for entry in checked.report["files"]:
        path = Path(entry["path"])
        corrections = corrections_of(
            checked.findings[entry["path"]], long_ids=long_ids, language=language, dictionary=loaded
        )
        if entry["status"] == "skipped-duplicate" and (label := read_label(path)) and label.is_copy:
            results.append(FixedFile(str(path), "refused", reason=refused("marked-copy", lang).reason))
        elif entry["status"] in ("unreadable", "encrypted", "locked"):
            results.append(FixedFile(str(path), "unreadable"))
        elif not corrections:
            results.append(FixedFile(str(path), "none"))
        else:
            work = partial(fix, path, corrections, journal=journal, language=language, dry_run=dry_run)
            results.append(_tried(path, partial(unsealed, path, work), lang, dry_run=dry_run))
    return results


def _files(path: Path) -> list[Path]:
    return [path / file.path for file in LocalFolder(path).walk()[0]] if path.is_dir() else [path]


def _tried(path: Path, work: Callable[[], FixResult], lang: str, *, dry_run: bool, undo: bool = False) -> FixedFile:
    """Fix or undo one file; a refusal is a result."""
    try:
        made = work()
    except RefusedWorkbook as error:
        if undo and error.code in _NEVER_FIXED:
            return FixedFile(str(path), "none", undo=True)
        return FixedFile(str(path), "refused", reason=refused(error.code, lang).reason, undo=undo)
    status = "listed" if dry_run and made.status == "done" else made.status
    return FixedFile(str(path), status, made.done, made.skipped, undo=undo, unmarked=made.unmarked)
