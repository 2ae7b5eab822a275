"""Write the safe suggestions into the workbook at hand, each logged in the sheet 更正记录, and take them all back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.excel.actions import Outcome
from toolkit.excel.actions.checking import checked_book, refuse_protected
from toolkit.excel.desk import Desk
from toolkit.excel.program import Held, Place
from toolkit.excel.views import views_of
from toolkit.fixing.cells import as_read, new_content, same
from toolkit.fixing.corrections import Correction, corrections_of
from toolkit.fixing.log import Line, is_fix_sheet, kind_of_content, lines_of, log_listing
from toolkit.marking.cells import Cell
from toolkit.marking.listing import free_sheet_name
from toolkit.marking.sheet import Area
from toolkit.masking import mask_text, mask_value
from toolkit.messages import text
from toolkit.model import FIX_SHEET, cell_name, split_cell

_MOST_LINES = 20
_FIRST_LINE = 4
_DATED = 1


def accept(desk: Desk) -> Outcome:
    """List what can safely be corrected, and write it when the person says yes."""
    with checked_book(desk) as checked:
        book = checked.book
        dictionary = desk.dictionary
        wanted = corrections_of(checked.findings, language=desk.language, dictionary=dictionary)
        with views_of(checked.copy) as views:
            merged = {name: view.merged if (view := views.find(name)) else () for name in {one.sheet for one in wanted}}
    if not wanted:
        return Outcome(desk.say("said.nothing_to_accept"))
    refuse_protected(desk, book, {one.sheet for one in wanted}, structure=True)
    desk.voice.status(None)
    if not desk.voice.ask(desk.say("ask.accept", count=len(wanted), lines=_listed(desk, wanted))):
        return Outcome(desk.say("said.not_accepted"), quiet=True)
    with desk.program.undisturbed(book):
        lines, left = _written(desk, book, wanted, merged)
        if lines:
            _log(desk, book, [*_logged(book), *lines])
    return Outcome(desk.say("said.accepted", count=len(lines)) + _left(desk, left))


def take_back(desk: Desk) -> Outcome:
    """Put back what earlier corrections replaced, where nobody has changed it since."""
    book = desk.book
    lines = _logged(book)
    if not lines:
        return Outcome(desk.say("said.nothing_to_take_back"))
    refuse_protected(desk, book, {line.correction.sheet for line in lines}, structure=True)
    if not desk.voice.ask(desk.say("ask.take_back", count=len(lines))):
        return Outcome(desk.say("said.not_taken_back"), quiet=True)
    with desk.program.undisturbed(book):
        restored, left = _restored(desk, book, lines)
        for sheet in _log_sheets(book):
            desk.program.remove_sheet(sheet)
    return Outcome(desk.say("said.taken_back", count=restored) + _left(desk, left))


def _listed(desk: Desk, wanted: Sequence[Correction]) -> str:
    """Return the corrections as people read them, numbers of persons masked."""
    lines = [
        desk.say(
            "ask.line",
            sheet=mask_text(one.sheet),
            cell=one.cell,
            old=mask_value(one.old, one.sensitive),
            new=mask_value(one.new, one.sensitive),
            reason=one.reason,
        )
        for one in wanted[:_MOST_LINES]
    ]
    if len(wanted) > _MOST_LINES:
        lines.append(desk.say("said.more", count=len(wanted) - _MOST_LINES))
    return "\n".join(lines)


def _left(desk: Desk, left: Sequence[tuple[Correction, str]]) -> str:
    """Return a sentence about what was left as it is, and why."""
    lines = [
        desk.say("said.left", sheet=mask_text(one.sheet), cell=one.cell, why=text(f"fix.skipped.{why}", desk.lang))
        for one, why in left[:_MOST_LINES]
    ]
    return "\n\n" + "\n".join(lines) if lines else ""


def _written(
    desk: Desk, book: Any, wanted: Sequence[Correction], merged: dict[str, Sequence[Area]]
) -> tuple[list[Line], list[tuple[Correction, str]]]:
    """Write corrections into cells that still hold what was checked; return the lines of the log, and what was left."""
    lines: list[Line] = []
    left: list[tuple[Correction, str]] = []
    for one in wanted:
        place = _corner(split_cell(one.cell), merged.get(one.sheet, ()))
        sheet = book.sheets[one.sheet]
        held = desk.program.held(sheet, [place])[place]
        if held.formula or not same(_as_text(held), one.old):
            left.append((one, "formula" if held.formula else "changed"))
            continue
        content = new_content(one.new, _cell(held), _is_date, date1904=False)
        desk.program.put(sheet, place, content)
        made = Correction(sheet.name, cell_name(*place), one.old, one.new, one.field, one.reason, one.sensitive)
        lines.append(Line(made, kind_of_content(held.content)))
    return lines, left


def _restored(desk: Desk, book: Any, lines: Sequence[Line]) -> tuple[int, list[tuple[Correction, str]]]:
    """Put back what cells held before their first correction; return how many corrections, and what was left."""
    chains: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        chains.setdefault((line.correction.sheet, line.correction.cell), []).append(line)
    restored = 0
    left: list[tuple[Correction, str]] = []
    names = {sheet.name for sheet in book.sheets}
    for (name, cell), chain in chains.items():
        reason = "row-deleted" if not cell else "no-such-sheet" if name not in names else ""
        if not reason:
            sheet, place = book.sheets[name], split_cell(cell)
            held = desk.program.held(sheet, [place])[place]
            reason = "formula" if held.formula else "" if same(_as_text(held), chain[-1].correction.new) else "changed"
        if reason:
            left += [(line.correction, reason) for line in chain]
            continue
        desk.program.put(sheet, place, chain[0].before)
        restored += len(chain)
    return restored, left


def _corner(place: Place, merged: Sequence[Area]) -> Place:
    """Return the cell that holds what a merged area shows."""
    for area in merged:
        if area.top <= place[0] <= area.bottom and area.left <= place[1] <= area.right:
            return area.top, area.left
    return place


def _is_date(style: int) -> bool:
    return style == _DATED


def _cell(held: Held) -> Cell:
    return Cell(held.content, _DATED if held.dated else 0)


def _as_text(held: Held) -> str | None:
    return as_read(_cell(held), _is_date, date1904=False)


def _log_sheets(book: Any) -> list[Any]:
    named = [sheet for sheet in book.sheets if str(sheet.name).strip().startswith(FIX_SHEET)]
    return [sheet for sheet in named if is_fix_sheet(sheet.name, sheet.range((1, 1)).value)]


def _logged(book: Any) -> list[Line]:
    """Return what the log sheets of an open workbook say, with the places where the cells are now."""
    rows: list[tuple[list[object], str]] = []
    for sheet in _log_sheets(book):
        last = sheet.used_range.last_cell.row
        if last < _FIRST_LINE:
            continue
        values = sheet.range((_FIRST_LINE, 1), (last, 8)).options(ndim=2).value
        formulas = sheet.range((_FIRST_LINE, 3), (last, 3)).formula
        links = [formulas] if isinstance(formulas, str) else [row[0] for row in formulas]
        rows += [(list(line), str(link).removeprefix("=")) for line, link in zip(values, links, strict=True)]
    return lines_of((values, link if "(" in link else "") for values, link in rows)


def _log(desk: Desk, book: Any, lines: list[Line]) -> None:
    """Write the log sheet anew."""
    for sheet in _log_sheets(book):
        desk.program.remove_sheet(sheet)
    name = free_sheet_name({sheet.name for sheet in book.sheets}, FIX_SHEET)
    desk.program.add_sheet(book, log_listing(name, lines, desk.language))
