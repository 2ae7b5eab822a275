"""The consolidated workbook (汇总台账): every row of every station, typed, with where it comes from and what is wrong with it.

It is the county's own and carries full ID numbers; it is never attached to a mail by default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.messages import text
from toolkit.output.bulk import MAX_ROWS, BulkWorkbook, Column, text_cells
from toolkit.output.consolidated_sheet import SheetWriter, Styles
from toolkit.output.evidence import sheet_names, tags
from toolkit.output.figures import compute
from toolkit.output.overview import Overview
from toolkit.output.problems import problems_by_row
from toolkit.output.publish import publish
from toolkit.output.sql import quoted
from toolkit.results import Results

FONT = "微软雅黑"


def write_consolidated(
    path: Path, results: Results, lang: str = "zh", *, sheet_rows: int = MAX_ROWS, workspace: Path | None = None,
    overview: Overview | None = None,
) -> list[Path]:  # fmt: skip
    """Write the workbook and return the files written.

    Args:
        path: where to write it; while somebody holds that file open, a numbered name beside it is used.
        results: what the run found.
        lang: the language of headings and findings.
        sheet_rows: how many rows a sheet takes before the next one begins.
        workspace: the folder that the files' paths are relative to; by default the nearest folder above with a ``config.ini``.
        overview: facts and figures, where they are worked out already.
    """
    root = workspace or _workspace(path)
    problems = problems_by_row(results, lang)

    def write(target: Path) -> None:
        with BulkWorkbook(target, FONT, label="consolidated") as workbook:
            styles = Styles(workbook)
            names = sheet_names(results, sheet_rows)
            counted = tags(results, overview.figures if overview else compute(results, lang))
            for ledger_id, sheets in names.items():
                ledger = results.dictionary.ledgers[ledger_id]
                table = _rows(results, ledger)
                writer = SheetWriter(
                    workbook,
                    styles,
                    results,
                    ledger,
                    problems,
                    counted.get(ledger_id, {}),
                    link_base(root, path.parent),
                    lang,
                )
                writer.write(table, _filled(table, ledger), sheet_rows, sheets)
            if not names:
                _write_nothing(workbook, styles, lang)

    return [publish(path, write)]


def _write_nothing(workbook: BulkWorkbook, styles: Styles, lang: str) -> None:
    """Write the one sheet of a workbook without rows: it says so."""
    heading = Column(text("out.book.note", lang), 60, styles.header)
    with workbook.sheet(text("out.book.nothing_sheet", lang), [heading], 1, footer="") as sheet:
        sheet.write([text_cells(1, 2, [text("out.book.nothing", lang)], [styles.text], {})])


def _rows(results: Results, ledger: Ledger) -> Any:
    """Return every row of a ledger in order, each repeated one beside the place of the row that counts."""
    view = quoted(ledger.id)
    return results.rows.arrow(
        f"SELECT a.*, b._file AS _same_file, b._sheet AS _same_sheet, b._row AS _same_row FROM {view} a "  # noqa: S608 - a ledger's id
        f"LEFT JOIN {view} b ON NOT a._counted AND b._row_id = a._same_as ORDER BY a._row_id"
    )


def _filled(table: Any, ledger: Ledger) -> list[str]:
    """Return the fields that anybody filled, whether or not it could be typed; the serial number is left out."""
    unparsed = "".join(filter(None, table["_unparsed"].to_pylist()))
    return [
        spec.name
        for spec in ledger.fields.values()
        if spec.type != "serial" and (table[spec.name].null_count < table.num_rows or f'"{spec.name}":' in unparsed)
    ]


def _workspace(path: Path) -> Path:
    folder = path.absolute().parent
    return next(
        (upper for upper in (folder, *folder.parents) if (upper / "config.ini").is_file()), folder.parent.parent
    )


def link_base(root: Path, folder: Path) -> str:
    """Return what leads from the folder of the workbook to the workspace; nothing where no relative way exists."""
    try:
        return Path(os.path.relpath(root.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return root.absolute().as_uri()
