"""A way in without a command line: ``检查.desktop`` on Linux, shortcuts on the desktop and in SendTo on Windows."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

from toolkit.messages import LANGUAGES, text

_KINDS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.macroEnabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/csv",
)
_SHORTCUT = """\
$ErrorActionPreference = 'Stop'
$shell = New-Object -ComObject WScript.Shell
foreach ($place in {places}) {{
  $link = $shell.CreateShortcut([IO.Path]::Combine($place, {name}))
  $link.TargetPath = {target}
  $link.Arguments = {arguments}
  $link.WorkingDirectory = {folder}
  $link.Description = {comment}
  $link.Save()
}}
"""


class NotInstalled(Exception):  # noqa: N818 - what happened, said to a person
    """The way in could not be made; the text says why."""


def install(folder: Path, lang: str) -> list[Path]:
    """Make the way in for a workspace (or any folder) and return the files made.

    Raises:
        NotInstalled: it could not be made.
    """
    try:
        return _on_windows(folder, lang) if os.name == "nt" else _on_linux(folder)
    except OSError as error:
        raise NotInstalled(error.strerror or type(error).__name__) from error


def uninstall(lang: str) -> list[Path]:
    """Remove what :func:`install` made and return what was removed."""
    gone = [path for path in (_windows_links(lang) if os.name == "nt" else _linux_entries()) if path.exists()]
    for path in gone:
        path.unlink()
    return gone


def desktop_entry(folder: Path) -> str:
    """Return the text of ``检查.desktop``: files dropped on it are checked in the page."""
    words = [sys.executable, "-X", "utf8", "-m", "toolkit", "page", "-C", str(folder.absolute())]
    command = " ".join(_quoted(word) for word in words)
    lines = ["[Desktop Entry]", "Type=Application", "Version=1.0", f"Name={text('page.install.name', 'en')}",
             f"Name[zh_CN]={text('page.install.name', 'zh')}", f"Comment={text('page.install.comment', 'en')}",
             f"Comment[zh_CN]={text('page.install.comment', 'zh')}", f"Exec={command} %F", "Icon=x-office-spreadsheet", "Terminal=false",
             "Categories=Office;Spreadsheet;", f"MimeType={';'.join(_KINDS)};"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    """Quote a word as the Desktop Entry Specification wants it."""
    word = word.replace("%", "%%")
    if not any(char in word for char in " \t\n\"'\\><~|&;$*?#()`"):
        return word
    escaped = "".join(f"\\{char}" if char in '"`$\\' else char for char in word)
    return '"' + escaped.replace("\\", "\\\\") + '"'


def _linux_entries() -> list[Path]:
    from platformdirs import user_data_path, user_desktop_path

    return [user_data_path() / "applications" / "taizhang-check.desktop", user_desktop_path() / "检查.desktop"]


def _on_linux(folder: Path) -> list[Path]:
    made = []
    for path in _linux_entries():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(desktop_entry(folder), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        made.append(path)
    return made


def _windows_places() -> list[Path]:
    from platformdirs import user_desktop_path

    return [Path(os.environ.get("APPDATA", "")) / "Microsoft" / "Windows" / "SendTo", user_desktop_path()]


def _windows_links(lang: str) -> list[Path]:
    names = [text("page.install.name", one) for one in dict.fromkeys((lang, *LANGUAGES))]
    return [place / f"{name}.lnk" for place in _windows_places() for name in names]


def shortcut_script(folder: Path, interpreter: Path, places: list[Path], lang: str) -> str:
    """Return the PowerShell that makes the shortcuts: they start Python without a window and hand it what is dropped on them."""
    words = ["-X", "utf8", "-m", "toolkit", "page", "-C", str(folder)]
    return _SHORTCUT.format(
        places=f"@({', '.join(_literal(str(place)) for place in places)})", name=_literal(text("page.install.name", lang) + ".lnk"),
        target=_literal(str(interpreter)), arguments=_literal(subprocess.list2cmdline(words)), folder=_literal(str(folder)),
        comment=_literal(text("page.install.comment", lang)),
    )  # fmt: skip


def _literal(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _on_windows(folder: Path, lang: str) -> list[Path]:
    windowless = Path(sys.executable).with_name("pythonw.exe")
    script = shortcut_script(folder.absolute(), windowless, _windows_places(), lang)
    coded = base64.b64encode(script.encode("utf-16-le")).decode()
    shell = (
        Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "WindowsPowerShell" / "v1.0" / "powershell.exe"
    )
    done = subprocess.run(  # noqa: S603 - a program of the system, a script of ours
        [str(shell), "-NoProfile", "-NonInteractive", "-EncodedCommand", coded],
        capture_output=True,
        check=False,
        timeout=60,
    )
    made = [place / f"{text('page.install.name', lang)}.lnk" for place in _windows_places()]
    if done.returncode or not all(path.is_file() for path in made):
        raise NotInstalled(f"PowerShell {done.returncode}")
    return made
