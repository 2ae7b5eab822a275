"""What the page does with one workbook: check, mark, correct, undo, take marks off. Only ever with the copy on the desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from toolkit.fixing import Correction, FixedFile, corrections_of, fix_files
from toolkit.intake.sniff import Kind, sniff
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.marking import mark, read_label, unmark
from toolkit.marking.convert import to_xlsx
from toolkit.marking.members import Refusal
from toolkit.messages import text
from toolkit.model import Finding, Mark, RefusedWorkbook
from toolkit.page.desk import Item
from toolkit.page.settings import Settings
from toolkit.single import check_files, marks_of, unsealed
from toolkit.steps.convert import as_xlsx

_MARKABLE = ("ok", "findings")
_UNMARKED = {"done": "page.card.marks_off", "none": "page.card.no_marks", "in-use": "page.card.in_use"}
_CHECKING = threading.Lock()


@contextmanager
def _alone(item: Item) -> Iterator[None]:
    """One action on a workbook at a time; what the last one said is forgotten."""
    with item.lock:
        item.said = []
        yield


def check(item: Item, settings: Settings, lang: str) -> None:
    """Check a workbook; one after the other, since each check uses the whole computer.

    Raises:
        DictionaryError: the workspace's dictionary is wrong.
    """
    with _alone(item):
        _check(item, settings, lang)


def _check(item: Item, settings: Settings, lang: str) -> None:
    with _CHECKING:
        item.checked = check_files([item.path], dictionary=settings.dictionary, lang=lang, today=settings.today,
                                   period=settings.period, names={item.path: item.name})  # fmt: skip
    item.marked = _is_sealed(item) or read_label(item.path) is not None


def _is_sealed(item: Item) -> bool:
    """Say whether a workbook is encrypted and could be opened."""
    return entry(item)["status"] in _MARKABLE and sniff(item.path.read_bytes()) is Kind.ENCRYPTED


def entry(item: Item) -> dict[str, Any]:
    """Return what the report says about a checked workbook as a whole."""
    assert item.checked is not None
    found: dict[str, Any] = item.checked.report["files"][0]
    return found


def findings(item: Item) -> list[Finding]:
    """Return the findings of a checked workbook."""
    assert item.checked is not None
    return item.checked.findings[item.path.as_posix()]


def wanted_marks(item: Item, settings: Settings) -> list[Mark]:
    """Return the marks that make the findings of a checked workbook visible in it; none where it cannot be marked."""
    if entry(item)["status"] not in _MARKABLE:
        return []
    return marks_of(findings(item), settings.language, information=settings.mark_information)


def suggestions(item: Item, settings: Settings) -> int:
    """Return how many corrections could be written without looking, those of long ID numbers included."""
    return len(corrections_of(findings(item), long_ids=True, dictionary=load_dictionary(settings.dictionary)))


def marked_copy(item: Item, settings: Settings) -> Path | None:
    """Return a marked copy of a workbook: of its own kind, or an .xlsx where its kind carries no marks; None: nothing to mark.

    It is marked as if in place, so that whoever corrects and sends it has sent a ledger.

    Raises:
        RefusedWorkbook: it is not to be marked.
    """
    with _alone(item):
        marks = wanted_marks(item, settings)
        if not marks:
            return None
        source, target = item.path, item.folder / f"marked{item.suffix}"
        kind = sniff(source.read_bytes())
        if kind not in (Kind.XLSX, Kind.ENCRYPTED):
            source, target = _converted(item, kind, settings), item.folder / "marked.xlsx"
        done = unsealed(source, partial(mark, source, target, marks, language=settings.language))
        if done.status == "in-use":
            raise RefusedWorkbook("in-use", text("page.card.in_use", settings.language))
        return target


def _converted(item: Item, kind: Kind, settings: Settings) -> Path:
    """Return a workbook of a kind that carries no marks as .xlsx."""
    made = as_xlsx([(item.name, str(kind), item.path)], item.folder).get(item.name)
    if made is None:
        made = item.folder / "converted.xlsx"
        try:
            to_xlsx(item.path, made)
        except Refusal as refusal:
            reason = text(f"marks.refused.{refusal.code}", settings.language)
            raise RefusedWorkbook(refusal.code, reason) from refusal
    return made


@dataclass(frozen=True, slots=True)
class Listed:
    """What adopting the suggestions would write."""

    corrections: tuple[Correction, ...]
    skipped: tuple[tuple[Correction, str], ...]
    unmarks: bool
    reason: str


def list_suggestions(item: Item, settings: Settings, lang: str, *, long_ids: bool) -> Listed:
    """Return what :func:`adopt_suggestions` would write, writing nothing."""
    with _alone(item):
        would = _fix(item, settings, lang, dry_run=True, long_ids=long_ids)
        return Listed(would.done, would.skipped, would.unmarked, would.reason)


def adopt_suggestions(item: Item, settings: Settings, lang: str, *, long_ids: bool) -> None:
    """Write the safe suggestions into the copy, and check it again."""
    with _alone(item):
        done = _fix(item, settings, lang, long_ids=long_ids)
        item.corrected = item.corrected or done.status == "done"
        item.said.append(_said(done, "page.card.fixed"))
        _check(item, settings, lang)


def undo_suggestions(item: Item, settings: Settings, lang: str) -> None:
    """Take every correction of ours back from the copy, and check it again."""
    with _alone(item):
        done = _fix(item, settings, lang, undo=True)
        item.corrected = item.corrected and done.status != "done"
        item.said.append(_said(done, "page.card.undone"))
        _check(item, settings, lang)


def _fix(
    item: Item, settings: Settings, lang: str, *, dry_run: bool = False, undo: bool = False, long_ids: bool = False
) -> FixedFile:
    return fix_files(
        [item.path], dry_run=dry_run, undo=undo, long_ids=long_ids, lang=lang, language=settings.language, dictionary=settings.dictionary,
        today=settings.today, period=settings.period,
    )[0]  # fmt: skip


def _said(done: FixedFile, entry_name: str) -> tuple[str, dict[str, object]]:
    if done.status == "done":
        return entry_name, {"count": len(done.done)}
    if done.status == "in-use":
        return "page.card.in_use", {}
    return ("page.fix.left", {"reason": done.reason}) if done.reason else ("page.fix.none", {})


def remove_marks(item: Item, settings: Settings, lang: str) -> None:
    """Take our marks off the copy, and check it again."""
    with _alone(item):
        try:
            done = unsealed(item.path, partial(unmark, item.path, item.path, language=lang))
        except RefusedWorkbook as error:
            never = error.code in ("old-format", "binary-workbook", "not-a-workbook")
            item.said.append(
                ("page.card.no_marks", {}) if never else ("page.card.unmark_refused", {"reason": error.reason})
            )
            return
        item.said.append((_UNMARKED[done.status], {}))
        if done.status == "done":
            item.unmarked = True
            _check(item, settings, lang)
