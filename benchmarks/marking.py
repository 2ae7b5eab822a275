"""Marking against what openpyxl needs just to load and save the same workbook: CPU time and peak memory.

    python benchmarks/marking.py [--long]

``--long`` adds a sheet of 300,000 rows (marking only: openpyxl would need many gigabytes).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import openpyxl
import xlsxwriter

from toolkit.marking import mark
from toolkit.model import Mark

COLUMNS = 25


def build(path: Path, rows: int) -> None:
    """Write a ledger-like workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": rows > 10_000}) as book:
        sheet = book.add_worksheet("台账")
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        for column in range(COLUMNS):
            sheet.write_string(0, column, f"第{column + 1}列")
        for row in range(1, rows):
            for column in range(COLUMNS):
                if (row * 31 + column) % 11 == 0:
                    continue
                if column % 5 == 1:
                    sheet.write_string(row, column, f"文字{row % 977}-{column}")
                elif column % 5 == 2:
                    sheet.write_number(row, column, 40_000 + row % 4_000, dated)
                else:
                    sheet.write_number(row, column, row * 1.25 + column)


def marks(count: int, rows: int) -> list[Mark]:
    """Return marks spread over the sheet."""
    step = max(1, rows // count)
    return [
        Mark(
            "台账",
            f"{'BCDG'[at % 4]}{2 + at * step}",
            "error",
            f"E20{at % 3 + 1}",
            f"第 {at + 1} 处需要补填或更正",
            "请核对",
        )
        for at in range(count)
    ]


def _load_and_save(source: Path, target: Path) -> None:
    openpyxl.load_workbook(source).save(target)


def _mark(source: Path, target: Path, wanted: list[Mark]) -> None:
    mark(source, target, wanted)


def _measured(pipe: object, work: object, arguments: tuple[object, ...], repeat: int) -> None:
    work(*arguments)  # type: ignore[operator]
    times = []
    for _ in range(repeat):
        Path(str(arguments[1])).unlink(missing_ok=True)
        before = time.process_time()
        work(*arguments)  # type: ignore[operator]
        times.append(time.process_time() - before)
    pipe.send((min(times), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))  # type: ignore[attr-defined]


def measure(work: object, *arguments: object, repeat: int) -> tuple[float, float]:
    """Return (CPU seconds, peak MB) of a function in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(theirs, work, arguments, repeat))
    process.start()
    theirs.close()
    found: tuple[float, float] = ours.recv()
    process.join()
    return found


def main() -> None:
    """Run the comparison and print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows, count, repeat, compare in (
            (40, 10, 20, True), (400, 40, 10, True), (50_000, 1_000, 1, True), (300_000, 1_000, 1, False),
        ):  # fmt: skip
            if not compare and not options.long:
                continue
            source, target = Path(folder, f"{rows}.xlsx"), Path(folder, "out.xlsx")
            build(source, rows)
            ours, memory = measure(_mark, source, target, marks(count, rows), repeat=repeat)
            line = f"{rows:>7} rows, {count:>5} marks: {ours * 1000:9.1f} ms CPU, {memory:6.0f} MB"
            if compare:
                theirs, peak = measure(_load_and_save, source, target, repeat=min(repeat, 3))
                line += f"; openpyxl {theirs * 1000:9.1f} ms, {peak:6.0f} MB: {theirs / ours:.1f} times"
            print(line, flush=True)


if __name__ == "__main__":
    main()
