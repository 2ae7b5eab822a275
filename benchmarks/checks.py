"""Checking ledgers: ``taizhang check`` beside ``frictionless validate``, over the same workbooks.

    python -m benchmarks.checks [--files 200]

The workbooks are registers with the header in the first row, which is all that frictionless can find its way in; its schema has
two columns with three constraints, ours is the dictionary's register with all its rules.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import xlsxwriter

from benchmarks.measure import Cost, measured, show_ratios

OURS = "taizhang check"
THEIRS = "frictionless validate"
HEADS = ("姓名", "身份证号", "性别", "出生日期", "入伍时间", "退役时间", "联系电话")


def make(folder: Path, files: int, rows: int) -> None:
    """Write registers; one ID number in twenty is missing."""
    from toolkit.fields.id_card import check_digit

    for number in range(files):
        with xlsxwriter.Workbook(str(folder / f"退役军人基本信息{number:04d}.xlsx")) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, HEADS)
            for row in range(1, rows + 1):
                first = f"149999{1950 + row % 40}0312{(number * rows + row) % 500 * 2 + 1:03d}"
                identity = first + check_digit(first) if row % 20 else ""
                born, joined = f"{1950 + row % 40}-03-12", f"{1970 + row % 40}-11-01"
                left = f"{1974 + row % 40}-11-01"
                sheet.write_row(row, 0, ("张建国", identity, "男", born, joined, left, "13800000000"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rows", type=int, default=60)
    given = parser.parse_args()
    results: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ledgers"
        place.mkdir()
        make(place, given.files, given.rows)
        print(f"{given.files} files of {given.rows} rows")
        measured(results, OURS, sys.executable, "-m", "toolkit", "check", str(place), "--json", good=(0, 1))
        rivals = str(Path(__file__).with_name("rivals.py"))
        measured(results, THEIRS, sys.executable, rivals, "frictionless", str(place), folder)
    show_ratios(results, [(THEIRS, OURS, 0), (THEIRS, OURS, 1)])


if __name__ == "__main__":
    main()
