"""A sheet before it becomes a file: cells with a kind of format, merges, widths, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.demo.rows import Shown
from toolkit.model import cell_name


@dataclass(slots=True)
class Sheet:
    """Cells by (row, column), both from 1; the format is a name that every writer translates in its own way."""

    name: str
    theme: str = "plain"
    cells: dict[tuple[int, int], tuple[Shown, str]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False
    header_rows: tuple[int, int] | None = None
    """First and last row of the header, to freeze and to repeat in print."""
    picture: bool = False
    far_cell: bool = False
    """Formats were set down to the last row there is."""
    places: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """Where a record's field stands: (uid of the record, field) → (row, column)."""
    marks: dict[str, str] = field(default_factory=dict)
    """Other places worth remembering, by name: a total, a heading, the meta line."""

    def put(self, row: int, column: int, value: Shown, kind: str) -> None:
        """Write a cell."""
        self.cells[row, column] = (value, kind)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Merge an area; a single cell is left as it is. The cells under it keep their borders."""
        if (first_row, first_column) == (last_row, last_column):
            return
        kind = self.cells[first_row, first_column][1]
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                if (row, column) != (first_row, first_column):
                    self.cells[row, column] = (None, kind)
        self.merges.append((first_row, first_column, last_row, last_column))

    @property
    def last_row(self) -> int:
        """The last row that holds a cell."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last column that holds a cell."""
        return max((column for _, column in self.cells), default=0)

    def remember(self, name: str, row: int, column: int) -> None:
        """Keep a place under a name."""
        self.marks[name] = cell_name(row, column)
