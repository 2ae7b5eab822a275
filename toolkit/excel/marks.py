"""Marks in an open workbook: the same conditional formats, notes and findings sheet as in files, strip first, then mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.excel.program import Place, Program
from toolkit.excel.views import views_of
from toolkit.marking.findings_sheet import FIRST_ROW, SEAL_COLUMN, Remarks, findings_listing
from toolkit.marking.labels import KEPT_SHEET, is_own_sheet
from toolkit.marking.listing import free_sheet_name
from toolkit.marking.notes import MAX_NOTES
from toolkit.marking.plan import plan_marks
from toolkit.marking.seal import FORMULA
from toolkit.marking.strip import Taken
from toolkit.marking.strip_notes import Said, typed_by_others
from toolkit.marking.strip_sheets import is_untouched, said_in, shown
from toolkit.model import FINDINGS_SHEET, Mark, cell_name


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking an open workbook did: cells marked, notes put on, findings that found no cell."""

    cells: int
    notes: int
    skipped: int


def findings_sheets(book: Any) -> list[Any]:
    """Return the findings sheets of an open workbook; what somebody copied or renamed is theirs."""
    named = [sheet for sheet in book.sheets if str(sheet.name).startswith(FINDINGS_SHEET)]
    return [sheet for sheet in named if is_own_sheet(sheet.name, sheet.range((1, 1)).value)]


def marked_sheets(program: Program, book: Any) -> set[str]:
    """Return the names of the sheets that carry rules or notes of ours; findings sheets are not among them."""
    ours = {sheet.name for sheet in findings_sheets(book)}
    others = [sheet for sheet in book.sheets if sheet.name not in ours]
    return {sheet.name for sheet in others if program.count_rules(sheet) or _notes_of_ours(program, sheet, Said())}


def _notes_of_ours(program: Program, sheet: Any, said: Said) -> dict[Place, str]:
    """Return our notes of a sheet, each with what somebody typed into it."""
    notes = {place: note.replace("\r\n", "\n").replace("\r", "\n") for place, note in program.notes(sheet).items()}
    return {place: typed for place, note in notes.items() if (typed := typed_by_others(note, said)) is not None}


def take_off(program: Program, book: Any) -> Taken:
    """Remove every mark of ours, whoever put it on; what people typed into our notes and lists stays."""
    listed = findings_sheets(book)
    held = [_held_by(sheet) for sheet in listed]
    said = Said.of((text for rows in held for text in said_in(rows)), ())
    found, kept = bool(listed), list[str]()
    names = {sheet.name for sheet in listed}
    for sheet in book.sheets:
        if sheet.name not in names:
            found = bool(program.take_rules_off(sheet)) or found
            changed = _notes_of_ours(program, sheet, said)
            program.change_notes(sheet, changed)
            found = bool(changed) or found
            kept += [f"{sheet.name}!{cell_name(*place)}" for place, typed in changed.items() if typed]
    for sheet, rows in zip(listed, held, strict=True):
        if is_untouched(rows) and not program.notes(sheet):
            program.remove_sheet(sheet)
        else:
            sheet.name = free_sheet_name({other.name for other in book.sheets}, KEPT_SHEET)
            kept.append(str(sheet.name))
    if found:
        program.forget_formats(book)
    return Taken(found, tuple(kept))


def _held_by(sheet: Any) -> dict[int, dict[int, str]]:
    """Return what a findings sheet holds: row → column → text."""
    used = sheet.used_range
    last = (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1)
    block = sheet.range((1, 1), (max(last[0], FIRST_ROW), max(last[1], SEAL_COLUMN)))
    rows = zip(block.value, block.formula, strict=True)
    return {
        row: {
            column: FORMULA if str(formula).startswith("=") else shown(value)
            for column, (value, formula) in enumerate(zip(values, formulas, strict=True), 1)
            if value is not None
        }
        for row, (values, formulas) in enumerate(rows, 1)
    }


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
