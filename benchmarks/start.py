"""What a person waits for: ``--help``, ``status``, and checking one ledger. The quickest of several runs, files in the cache.

python -m benchmarks.start
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES = 7


def quickest(*words: str) -> float:
    """Return the seconds of the quickest of several runs of a command."""
    laps = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "toolkit", *words], capture_output=True, check=False)
        laps.append(time.perf_counter() - began)
    return min(laps)


def main() -> None:
    from benchmarks.checks import make

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make(home, 1, 400)
        ledger = next(home.glob("*.xlsx"))
        workspace = home / "bureau"
        subprocess.run([sys.executable, "-m", "toolkit", "init", str(workspace)], capture_output=True, check=True)
        for name, words in (
            ("taizhang --help", ("--help",)),
            ("taizhang status", ("status", "-C", str(workspace))),
            ("taizhang check, one ledger of 400 rows", ("check", str(ledger))),
        ):
            print(f"{name:<48} {quickest(*words):6.2f} s", flush=True)


if __name__ == "__main__":
    main()
