"""What somebody would use otherwise, each as a command of its own: ``python benchmarks/rivals.py NAME FOLDER TARGET``.

They read every workbook below FOLDER and write all rows into TARGET. None of them checks anything, but for frictionless, which
only checks.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

READABLE = {".xlsx", ".xlsm", ".xls", ".ods"}


def files_below(folder: Path, suffixes: set[str] | None = None) -> list[Path]:
    wanted = suffixes or READABLE
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in wanted and not path.name.startswith("~$")
    )


def sheets(path: Path) -> Iterator[list[list[Any]]]:
    """Yield the rows of each sheet, as python-calamine gives them; nothing for a file that is none."""
    import python_calamine as calamine

    with contextlib.suppress(calamine.CalamineError, OSError):
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).to_python()


def count_rows(paths: list[Path]) -> int:
    return sum(len(rows) for path in paths for rows in sheets(path))


def bare_reading(folder: Path, _: Path) -> None:
    """Read everything and do nothing with it: the floor."""
    from benchmarks.measure import cores

    paths, processes = files_below(folder), cores()
    with ProcessPoolExecutor(processes) as pool:
        sum(pool.map(count_rows, [paths[start::processes] for start in range(processes)]))


def bare_writing(folder: Path, target: Path) -> None:
    """Read everything in one process and write it as it is: the floor of reading and writing."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        sheet, at = book.add_worksheet(), 0
        for path in files_below(folder):
            for rows in sheets(path):
                for row in rows:
                    for column, value in enumerate(row):
                        if value != "":
                            sheet.write(at, column, str(value) if not isinstance(value, int | float | str) else value)
                    at += 1


def _pandas(folder: Path, target: Path, engine: str) -> None:
    import pandas as pd

    warnings.simplefilter("ignore")
    frames: list[Any] = []
    for path in files_below(folder, {".xlsx", ".xlsm"} if engine == "openpyxl" else None):
        with contextlib.suppress(Exception):
            frames += list(pd.read_excel(path, sheet_name=None, engine=engine, header=None).values())
    pd.concat(frames).to_excel(target, index=False, header=False)


def pandas_openpyxl(folder: Path, target: Path) -> None:
    """What most people would write in an evening."""
    _pandas(folder, target, "openpyxl")


def pandas_calamine(folder: Path, target: Path) -> None:
    """The same with the fastest reader that pandas knows."""
    _pandas(folder, target, "calamine")


def polars(folder: Path, target: Path) -> None:
    """The same with polars and its reader."""
    import polars as pl

    warnings.simplefilter("ignore")
    frames: list[Any] = []
    for path in files_below(folder):
        with contextlib.suppress(Exception):
            found = pl.read_excel(
                path, sheet_id=0, engine="calamine", has_header=False, infer_schema_length=0, raise_if_empty=False
            )
            frames += [frame for frame in found.values() if frame.width]
    pl.concat(frames, how="diagonal_relaxed").write_excel(target)


def frictionless(folder: Path, _: Path) -> None:
    """Validate every workbook against a schema that only requires its columns: types, required, unique, a pattern."""
    from frictionless import Resource, Schema, formats

    schema = Schema.from_descriptor({
        "fields": [
            {"name": "姓名", "type": "string", "constraints": {"required": True}},
            {"name": "身份证号", "type": "string", "constraints": {"required": True, "unique": True, "pattern": r"\d{17}[\dX]"}},
        ]
    })  # fmt: skip
    wrong = 0
    for path in files_below(folder, {".xlsx"}):
        with contextlib.suppress(Exception):
            control = formats.ExcelControl(sheet=1)
            report = Resource(path=path.name, basepath=str(path.parent), control=control, schema=schema).validate()
            wrong += report.stats["errors"]
    print(wrong)


RIVALS: dict[str, Callable[[Path, Path], None]] = {
    "bare-reading": bare_reading,
    "bare-writing": bare_writing,
    "pandas-openpyxl": pandas_openpyxl,
    "pandas-calamine": pandas_calamine,
    "polars": polars,
    "frictionless": frictionless,
}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    RIVALS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
