"""Check the workbook at hand and show what is to be put right; take the marks off again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from toolkit.excel.actions import Outcome
from toolkit.excel.actions.checking import CheckedBook, checked_book, refuse_protected
from toolkit.excel.desk import Desk
from toolkit.excel.marks import findings_sheets, put_on, take_off
from toolkit.marking.styles import LOOKS, kind_of
from toolkit.messages.say import message
from toolkit.model import Mark
from toolkit.single import marks_of

_MOST_LINES = 6


def check(desk: Desk) -> Outcome:
    """Check the workbook and put the marks on."""
    with checked_book(desk) as checked:
        book = checked.book
        information = desk.config is not None and desk.config.values["marks"]["information"]
        marks = marks_of(checked.findings, desk.language, information=information)
        said = _summary(desk, checked, marks)
        changes_list = bool(marks) or bool(findings_sheets(book))
        refuse_protected(desk, book, {mark.sheet for mark in marks}, structure=changes_list, said=said)
        desk.voice.status(desk.say("status.marking", count=len(marks)))
        with desk.program.undisturbed(book):
            kept = take_off(desk.program, book).kept
            if marks:
                put_on(desk.program, book, checked.copy, marks, desk.language)
    return Outcome("\n\n".join([said, *_kept(desk, kept)]))


def clear(desk: Desk) -> Outcome:
    """Take every mark of ours off the workbook."""
    book = desk.book
    refuse_protected(desk, book, set(), structure=bool(findings_sheets(book)))
    desk.voice.status(desk.say("status.clearing", book=book.name))
    with desk.program.undisturbed(book):
        taken = take_off(desk.program, book)
    said = desk.say("said.cleared" if taken.found else "said.no_marks", book=book.name)
    return Outcome("\n\n".join([said, *_kept(desk, taken.kept)]))


def _kept(desk: Desk, places: Sequence[str]) -> list[str]:
    """Return what to say about words that people typed into ours."""
    return [desk.say("said.kept", places="、".join(places))] if places else []


def _summary(desk: Desk, checked: CheckedBook, marks: Sequence[Mark]) -> str:
    """Return what checking found, as a clerk reads it."""
    lines = [_what(desk, checked)]
    counts = Counter(kind_of(str(mark.severity), mark.code) for mark in marks)
    places = {(mark.sheet, mark.cell) for mark in marks}
    if marks:
        lines.append("")
        lines += [desk.say(f"said.marks.{kind}", count=counts[kind]) for kind in LOOKS if counts[kind]]
    loose = [finding for finding in checked.findings if finding.severity != "info" and not finding.place.cell]
    if loose:
        lines.append("")
        lines += [_about(finding, desk.lang) for finding in loose[:_MOST_LINES]]
        if len(loose) > _MOST_LINES:
            lines.append(desk.say("said.more", count=len(loose) - _MOST_LINES))
    lines.append("")
    lines.append(desk.say("said.how", count=len(places)) if marks else desk.say("said.clean") if not loose else "")
    if desk.program.read_only(checked.book):
        lines.append(desk.say("said.read_only"))
    elif marks and not _was_saved(checked.book):
        lines.append(desk.say("said.never_saved"))
    return "\n".join(lines).strip()


def _about(finding: Any, lang: str) -> str:
    where = f"{finding.place.sheet}：" if finding.place.sheet else ""
    return f"{where}{message(finding, lang)}"


def _what(desk: Desk, checked: CheckedBook) -> str:
    ledgers = desk.dictionary.ledgers
    names = "、".join(ledgers[ledger].short for ledger in checked.entry["ledgers"] if ledger in ledgers)
    if not names:
        return desk.say("said.no_ledger", book=checked.book.name)
    return desk.say("said.checked", book=checked.book.name, ledgers=names, rows=checked.entry["rows"])


def _was_saved(book: Any) -> bool:
    """Say whether a workbook has a place on a disk or in the network."""
    return any(mark in book.fullname for mark in ("/", "\\"))
