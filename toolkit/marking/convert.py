"""Workbooks that cannot be marked themselves (.xls, .et, .ods, .xlsb) as .xlsx. The original is only read."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from toolkit.marking.encryption import is_ole
from toolkit.marking.members import Refusal

LIBREOFFICE, VALUES = "libreoffice", "values"
"""How a workbook was converted: nearly everything was kept, or values and merged cells only."""

_TIMEOUT = 180
_WIDEST = 40


def kind_of_file(path: Path) -> str:
    """Return what a file is by its content: xlsx, xls, ods or xlsb.

    Raises:
        Refusal: none of these.
    """
    if is_ole(path):
        return "xls"
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.replace("\\", "/").lower() for name in package.namelist()}
            if "mimetype" in names and b"opendocument.spreadsheet" in package.read("mimetype")[:100]:
                return "ods"
    except (zipfile.BadZipFile, OSError, KeyError, NotImplementedError, RuntimeError) as error:
        raise Refusal("not-a-workbook") from error
    if "[content_types].xml" not in names:
        raise Refusal("not-a-workbook")
    return "xlsb" if "xl/workbook.bin" in names else "xlsx"


def to_xlsx(source: Path, target: Path) -> str:
    """Write ``source`` as .xlsx with the same layout; return ``libreoffice`` or ``values``, how it was done.

    LibreOffice keeps nearly everything. Where it is missing or fails, values, merged cells and column widths
    are written anew.

    Raises:
        Refusal: it cannot be read at all.
    """
    kind = kind_of_file(source)
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice and _by_libreoffice(soffice, source, kind, target):
        return LIBREOFFICE
    _values_anew(source, target)
    return VALUES


def to_xlsx_many(sources: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Convert several workbooks with one start of LibreOffice, which is what takes the time.

    Returns:
        source → .xlsx in ``folder``, for those that were converted; none where LibreOffice is missing.
    """
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if not soffice or not sources:
        return {}
    named = {}
    for number, source in enumerate(sources):
        copy = folder / f"{number}.{kind_of_file(source)}"
        shutil.copyfile(source, copy)
        named[source] = copy
    _start(soffice, list(named.values()), folder)
    made = {source: folder / "made" / f"{copy.stem}.xlsx" for source, copy in named.items()}
    return {source: path for source, path in made.items() if path.exists()}


def _by_libreoffice(soffice: str, source: Path, kind: str, target: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        named = Path(folder, f"workbook.{kind}")
        shutil.copyfile(source, named)
        _start(soffice, [named], Path(folder))
        made = Path(folder, "made", "workbook.xlsx")
        if not made.exists():
            return False
        shutil.copyfile(made, target)
        return True


def _start(soffice: str, files: Sequence[Path], folder: Path) -> None:
    """Have LibreOffice write ``files`` as .xlsx into ``folder``/made; what it could not do is simply not there."""
    profile = (folder / "profile").as_uri()
    command = [soffice, "--headless", "--norestore", f"-env:UserInstallation={profile}", "--convert-to", "xlsx"]
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        subprocess.run(  # noqa: S603 - the program was looked up, the arguments are paths of ours
            [*command, "--outdir", str(folder / "made"), *map(str, files)],
            capture_output=True,
            timeout=_TIMEOUT,
            check=True,
            env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
        )


def _values_anew(source: Path, target: Path) -> None:
    import openpyxl
    import python_calamine
    from openpyxl.utils import get_column_letter

    try:
        with source.open("rb") as file:
            read = python_calamine.CalamineWorkbook.from_filelike(file)
    except (python_calamine.CalamineError, OSError) as error:
        raise Refusal("not-a-workbook") from error
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in read.sheet_names:
        sheet, origin = book.create_sheet(name), read.get_sheet_by_name(name)
        widths: dict[int, int] = {}
        for row, values in enumerate(origin.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value in ("", None):
                    continue
                cell = sheet.cell(row, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
                elif isinstance(value, dt.date):
                    cell.number_format = "yyyy-mm-dd"
                length = sum(2 if character > "\u2e80" else 1 for character in str(value)) + 2
                widths[column] = min(_WIDEST, max(widths.get(column, 0), length))
        for (top, left), (bottom, right) in origin.merged_cell_ranges or []:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for column, width in widths.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
    book.save(target)
