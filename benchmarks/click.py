"""A click on 检查本表: from the start of Python to the answer, part by part, in a live LibreOffice without a screen.

    python -m benchmarks.click

The workbook is a register of 400 rows with 20 missing entries; the process is a fresh one each time, as the macro starts it. What the
macro itself takes to write its request, some hundredths of a second, and the person's reading of the answer are left out.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES = 5
PARTS = ("Python and imports", "attached to the program", "checked, copy included", "marked")


class Clock:
    """A voice that notes when it was spoken to."""

    def __init__(self) -> None:
        self.moments = [time.time()]

    def tell(self, _said: str, *, warn: bool = False) -> None:
        del warn
        self.moments.append(time.time())

    def ask(self, _said: str) -> bool:
        return True

    def status(self, said: str | None) -> None:
        if said is not None:
            self.moments.append(time.time())


def serve(book: str) -> None:
    """Do what ``python -m toolkit.excel`` does, and print the moments."""
    from toolkit.workers.pool import prepare

    prepare()
    from toolkit.excel.clicks import serve_click
    from toolkit.excel.exchange import Request

    clock = Clock()
    serve_click(Request("check", book=book), clock)
    print(*clock.moments)


def main() -> None:
    if len(sys.argv) > 2:
        serve(sys.argv[2])
        return
    from benchmarks.province import rows_of, write_ledger
    from tests.excel.conftest import attach_patiently, start_office, stop_office

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as parent:
        folder = Path(parent)
        name = f"taizhang-click-{os.getpid()}"
        os.environ |= {"TAIZHANG_OFFICE": f"pipe,name={name}", "TAIZHANG_EXCHANGE": str(folder / "exchange")}
        ledger = folder / "基本信息.xlsx"
        write_ledger(
            ledger,
            [
                tuple(None if at % 20 == 0 and column == 3 else value for column, value in enumerate(row))
                for at, row in enumerate(rows_of(1, 0, 400))
            ],
        )
        process = start_office(folder, "--headless", name=name, env=dict(os.environ))
        try:
            book = attach_patiently().books.open(str(ledger))
            rounds = []
            for _ in range(TIMES):
                began = time.time()
                done = subprocess.run(
                    [sys.executable, "-X", "utf8", "-m", "benchmarks.click", "--serve", book.name],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                moments = [float(word) for word in done.stdout.split()]
                rounds.append([moment - before for before, moment in zip([began, *moments], moments, strict=False)])
            for part, laps in zip(PARTS, zip(*rounds, strict=True), strict=True):
                print(f"{part:<32} {statistics.median(laps):6.2f} s")
            print(f"{'from start to answer':<32} {statistics.median(map(sum, rounds)):6.2f} s")
        finally:
            stop_office(process)


if __name__ == "__main__":
    main()
