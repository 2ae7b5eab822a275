"""Files that cannot be marked themselves, as .xlsx: other kinds of workbooks by LibreOffice, texts by writing their cells anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from toolkit.intake.read import read_file
from toolkit.marking.convert import to_xlsx_many

_TEXTS = frozenset({"csv", "html"})
_WIDEST = 40


def as_xlsx(files: Sequence[tuple[str, str, Path]], folder: Path) -> dict[str, Path]:
    """Return path → the same content as .xlsx in ``folder``, for the files that need it and could be converted.

    ``files``: (path that names it, kind, where it lies).
    """
    others = {source: path for path, kind, source in files if kind not in _TEXTS and kind != "xlsx"}
    made = {others[source]: path for source, path in to_xlsx_many(list(others), folder).items()}
    for number, (path, kind, source) in enumerate(files):
        if kind in _TEXTS:
            target = folder / f"text{number}.xlsx"
            _write_cells(path, source.read_bytes(), target)
            made[path] = target
    return made


def _write_cells(path: str, data: bytes, target: Path) -> None:
    """Write the cells of a text or a web page into a workbook, each where it was read."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for sheet in read_file(path, data).sheets:
        page = book.create_sheet(sheet.name[:31])
        widths: dict[int, int] = {}
        for row, values in zip(sheet.rows, sheet.values, strict=True):
            for column, value in enumerate(values, 1):
                if value is not None:
                    cell = page.cell(row, column, str(value))
                    cell.data_type = "s"
                    widths[column] = min(
                        _WIDEST, max(widths.get(column, 6), len(str(value).encode("gb18030", "replace")) + 2)
                    )
        for top, left, bottom, right in sheet.merges:
            page.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for column, width in widths.items():
            page.column_dimensions[get_column_letter(column)].width = width
    book.save(target)
