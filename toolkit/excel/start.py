"""Open the toolbox for the person: in Excel or WPS on Windows, elsewhere in a LibreOffice that answers the buttons."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from toolkit.excel.libreoffice.office import address


class NoOffice(Exception):  # noqa: N818 - it says what it is
    """There is no spreadsheet program."""


def start(path: Path) -> None:
    """Open a workbook.

    Raises:
        NoOffice: there is no program for it.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the very purpose
        return
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise NoOffice
    words = [program, f"--accept={address()};urp;", "--norestore", "--nologo", "--calc", str(path.absolute())]
    subprocess.Popen(  # noqa: S603 - the office program itself, with words of ours
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
