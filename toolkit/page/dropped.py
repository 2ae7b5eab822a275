"""Which files were dropped on ``检查.bat``.

Explorer puts a name between quotes only where it holds a blank, so a name like ``a&b.xlsx`` ends at the ``&`` for cmd.exe. The whole
line is still in ``%CMDCMDLINE%``, which the .bat hands over in the environment; it is read only where a file is not found as named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

VARIABLE = "TAIZHANG_COMMAND_LINE"
_BATCH = re.compile(r"\.bat\"?\s", re.IGNORECASE)
_WORD = re.compile(r'"([^"]+)"|([^\s"]+)')


def dropped_files(given: Sequence[str], line: str, exists: Callable[[Path], bool] = Path.exists) -> list[Path]:
    """Return the files that were dropped.

    Args:
        given: as the command line has them.
        line: as cmd.exe was called: ``cmd.exe /c ""C:\\folder\\check.bat" "C:\\a b.xlsx" C:\\a&b.xlsx"``.
        exists: says whether there is such a file.
    """
    paths = [Path(word) for word in given]
    called = _BATCH.search(line)
    if called is None or all(exists(path) for path in paths):
        return paths
    words = [Path(quoted or plain) for quoted, plain in _WORD.findall(line[called.end() :])]
    return [path for path in words if exists(path)] or paths
