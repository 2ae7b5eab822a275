"""A sheet of ours as a value: what every cell holds and how it looks, whoever writes it.

The patcher renders it as a worksheet part, a button types it into the open workbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toolkit.marking import xmlscan
from toolkit.marking.styles import CellLook, Styles
from toolkit.model import cell_name, column_letters

_LONGEST = 32_000


class Item(NamedTuple):
    """One cell. ``value`` is what it shows; with a ``formula`` that is the value for viewers that do not compute.

    A text never acts as a formula; an ``exact`` one gives back every character, control characters too.
    """

    value: str | int
    look: CellLook
    formula: str = ""
    exact: bool = False


class Row(NamedTuple):
    """One row: its number, its height in points, and its cells by column letters."""

    number: int
    height: float
    items: tuple[tuple[str, Item], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A sheet: ``name`` is free in its workbook; the filter covers ``header_row`` and below, up to column ``last``.

    ``widths``: of the columns in characters; ``hidden``: how many of them, at the end, are not shown.
    ``looks``: every look in use, in the order in which formats are made for them.
    """

    name: str
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    last: str
    header_row: int
    tab: str
    footer: str
    looks: tuple[CellLook, ...]
    hidden: int = 0

    @property
    def last_row(self) -> int:
        """The number of the last row."""
        return self.rows[-1].number

    @property
    def filter_area(self) -> str:
        """The cells under the filter, absolute, with the sheet's name."""
        return f"{quoted(self.name)}!$A${self.header_row}:${self.last}${self.last_row}"

    @property
    def title_rows(self) -> str:
        """The rows repeated on every printed page, with the sheet's name."""
        return f"{quoted(self.name)}!${self.header_row}:${self.header_row}"


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def string(value: str) -> str:
    """Return a text as formulas write it."""
    return '"' + value.replace('"', '""') + '"'


def reference(sheet: str, place: tuple[int, int]) -> str:
    """Return a cell of a sheet as formulas write it, absolute."""
    return f"{quoted(sheet)}!${column_letters(place[1])}${place[0]}"


def link(sheet: str, place: tuple[int, int], look: CellLook) -> Item:
    """Return a cell that leads to a place in another sheet and follows it when rows are inserted."""
    ref = reference(sheet, place)
    target = f'"#{quoted(sheet).replace(chr(34), chr(34) * 2)}!"&ADDRESS(ROW({ref}),COLUMN({ref}))'
    shown = f"ADDRESS(ROW({ref}),COLUMN({ref}),4)"
    return Item(cell_name(*place), look, f'IFERROR(HYPERLINK({target},{shown}),"")')


def lines_in(value: str, width: int) -> int:
    """Return how many lines a text takes in a column: a Chinese character is as wide as two others."""
    return sum(
        1 + sum(2 if character > "\u2e80" else 1 for character in line) // max(width - 2, 1)
        for line in value.split("\n")
    )


def free_sheet_name(taken: set[str], wanted: str) -> str:
    """Return the name for a sheet of ours, with a number where it is taken."""
    folded = {name.casefold() for name in taken}
    name, number = wanted, 2
    while name.casefold() in folded:
        name, number = f"{wanted}{number}", number + 1
    return name


def render(listing: Listing, styles: Styles, namespace: str) -> str:
    """Return a listing as the XML of a worksheet; the formats it needs are asked of ``styles``."""
    numbers = {look: styles.cell(look) for look in listing.looks}
    hidden_from = len(listing.widths) - listing.hidden
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{width:g}"{" hidden=" + chr(34) + "1" + chr(34) if at > hidden_from else ""}'
        ' customWidth="1"/>'
        for at, width in enumerate(listing.widths, 1)
    )
    rows = "".join(
        f'<row r="{row.number}" ht="{row.height:g}" customHeight="1">'
        + "".join(_cell(f"{column}{row.number}", item, numbers[item.look]) for column, item in row.items)
        + "</row>"
        for row in listing.rows
    )
    head, last = listing.header_row, listing.last_row
    return (
        f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="{listing.tab}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{column_letters(len(listing.widths))}{last}"/>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{head + 1}" sqref="A{head + 1}"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="16.5"/><cols>{widths}</cols>'
        f"<sheetData>{rows}</sheetData>"
        f'<autoFilter ref="A{head}:{listing.last}{last}"/><printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>{xmlscan.escape(listing.footer)}</oddFooter></headerFooter></worksheet>"
    )


def _cell(cell: str, item: Item, style: int) -> str:
    value = item.value
    if not isinstance(value, str):
        return f'<c r="{cell}" s="{style}"><v>{value}</v></c>'
    if item.formula:
        shown = xmlscan.cell_text(value[:_LONGEST])
        return f'<c r="{cell}" s="{style}" t="str"><f>{xmlscan.escape(item.formula)}</f><v>{shown}</v></c>'
    if not value and not item.exact:
        return f'<c r="{cell}" s="{style}"/>'
    shown = xmlscan.every_character(value) if item.exact else xmlscan.cell_text(value[:_LONGEST])
    return f'<c r="{cell}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
