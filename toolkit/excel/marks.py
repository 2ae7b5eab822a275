"""Marks in an open workbook: the same conditional formats, notes and findings sheet as in files, strip first, then mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.excel.program import Place, Program
from toolkit.excel.views import views_of
from toolkit.marking.findings_sheet import Remarks, findings_listing
from toolkit.marking.labels import NOTE_END, NOTE_PREFIX, is_findings_sheet
from toolkit.marking.listing import free_sheet_name
from toolkit.marking.notes import MAX_NOTES
from toolkit.marking.plan import plan_marks
from toolkit.model import FINDINGS_SHEET, Mark


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking an open workbook did: cells marked, notes put on, findings that found no cell."""

    cells: int
    notes: int
    skipped: int


def findings_sheets(book: Any) -> list[Any]:
    """Return the findings sheets of an open workbook."""
    named = [sheet for sheet in book.sheets if str(sheet.name).strip().startswith(FINDINGS_SHEET)]
    return [sheet for sheet in named if is_findings_sheet(sheet.name, sheet.range((1, 1)).value)]


def marked_sheets(program: Program, book: Any) -> set[str]:
    """Return the names of the sheets that carry rules or notes of ours; findings sheets are not among them."""
    ours = {sheet.name for sheet in findings_sheets(book)}
    others = [sheet for sheet in book.sheets if sheet.name not in ours]
    return {sheet.name for sheet in others if program.count_rules(sheet) or _notes_of_ours(program, sheet)}


def _notes_of_ours(program: Program, sheet: Any) -> dict[Place, str]:
    """Return our notes of a sheet, each with what somebody typed behind it."""
    found: dict[Place, str] = {}
    for place, said in program.notes(sheet).items():
        if said.lstrip().startswith(NOTE_PREFIX):
            _, _, typed = said.replace("\r\n", "\n").replace("\r", "\n").partition(f"\n{NOTE_END}")
            found[place] = typed.strip()
    return found


def take_off(program: Program, book: Any) -> bool:
    """Remove every mark of ours, whoever put it on; say whether there were any."""
    listed = findings_sheets(book)
    found = bool(listed)
    names = {sheet.name for sheet in listed}
    for sheet in book.sheets:
        if sheet.name not in names:
            found = bool(program.take_rules_off(sheet)) or found
            found = _take_notes_off(program, sheet) or found
    for sheet in listed:
        program.remove_sheet(sheet)
    if found:
        program.forget_formats(book)
    return found


def _take_notes_off(program: Program, sheet: Any) -> bool:
    """Remove our notes; what somebody typed behind one stays."""
    changed = _notes_of_ours(program, sheet)
    program.change_notes(sheet, changed)
    return bool(changed)


def put_on(program: Program, book: Any, copy: Path, marks: Iterable[Mark], language: str) -> Marked:
    """Put marks on an open workbook that carries none of ours; ``copy`` holds what was checked."""
    with views_of(copy) as views:
        plan = plan_marks(marks, views.find, language)
        notes = without_note = fixed = 0
        for part in plan.sheets:
            sheet = book.sheets[part.sheet.name]
            program.put_rules_on(sheet, part.rules)
            taken = program.notes(sheet)
            free = {place: said for place, said in sorted(part.notes.items()) if place not in taken}
            free = dict(list(free.items())[:MAX_NOTES])
            program.add_notes(sheet, free)
            notes += len(free)
            without_note += part.shown - len(free)
            fixed += part.fixed
        if plan.lines:
            name = free_sheet_name({sheet.name for sheet in book.sheets}, FINDINGS_SHEET)
            listing = findings_listing(name, plan.lines, Remarks(fixed, without_note), language, views.days)
            program.add_sheet(book, listing)
    return Marked(sum(part.shown for part in plan.sheets), notes, len(plan.skipped))
