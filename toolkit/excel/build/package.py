"""Put the parts together: workbook, VBA project, ribbon."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

from toolkit.excel.build.console import write_addin, write_console
from toolkit.excel.build.settings import Settings
from toolkit.excel.build.vbaproject import read_module
from toolkit.excel.names import ADDIN_FILE, CONSOLE_FILE, RESIDENT_FILE
from toolkit.marking.xmlscan import escape
from toolkit.messages import text

_RIBBON_TYPE = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_ADDIN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_STAMP = (1980, 1, 1, 0, 0, 0)
_PLACEHOLDER = re.compile(r"\{([a-z.-]+)\}")


def build(folder: Path, settings: Settings, macros: Path | None = None) -> tuple[Path, Path]:
    """Write the console workbook and the add-in into ``folder``; return their paths. For Windows, also what starts the resident mode.

    Raises:
        FileNotFoundError: the folder with the macros is missing.
        ValueError: a macro module is not ASCII or has no name.
        OSError: they could not be written, e.g. because they are open.
    """
    source = macros or macros_folder()
    modules = [read_module(path) for path in sorted(source.glob("*.bas"))]
    if not modules:
        raise FileNotFoundError(source / "*.bas")
    ribbon = _ribbon((source / "ribbon.xml").read_text(encoding="utf-8"), settings.language)
    folder.mkdir(parents=True, exist_ok=True)
    console, addin = folder / CONSOLE_FILE, folder / ADDIN_FILE
    _write(console, _repacked(write_console(modules, settings), None))
    _write(addin, _repacked(write_addin(modules, settings), ribbon))
    if settings.python.lower().endswith(".exe"):
        _write(folder / RESIDENT_FILE, _resident(settings.python))
    return console, addin


def _resident(python: str) -> bytes:
    """Return the batch file that starts the resident program: ASCII, whatever the machine's code page."""
    program = re.sub(r"pythonw\.exe$", "python.exe", python, flags=re.IGNORECASE)
    here = "" if re.match(r"[A-Za-z]:|[\\/]", program) else "%~dp0"
    return f'@echo off\r\n"{here}{program}" -X utf8 -m toolkit buttons serve\r\nif errorlevel 1 pause\r\n'.encode(
        "mbcs" if sys.platform == "win32" else "utf-8"
    )


def macros_folder() -> Path:
    """Return where the text of the macros lies: beside the package in a checkout, under ``share`` where it is installed."""
    beside = Path(__file__).parents[3] / "macros"
    return beside if (beside / "ribbon.xml").is_file() else Path(sys.prefix, "share", "taizhang", "macros")


def _ribbon(template: str, language: str) -> bytes:
    """Return the ribbon with the captions of a language."""
    return _PLACEHOLDER.sub(lambda found: escape(text(f"buttons.{found[1]}", language)), template).encode()


def _repacked(book: bytes, ribbon: bytes | None) -> bytes:
    """Return a workbook as XlsxWriter made it, with larger captions; with a ribbon it becomes an add-in."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".vml"):
                content = content.replace(b'face="Calibri" size="220"', 'face="微软雅黑" size="230"'.encode())
            if ribbon is not None and name == "[Content_Types].xml":
                content = content.replace(_WORKBOOK.encode(), _ADDIN.encode())
            if ribbon is not None and name == "_rels/.rels":
                leads = f'<Relationship Id="rIdRibbon" Type="{_RIBBON_TYPE}" Target="customUI/customUI14.xml"/>'
                content = content.replace(b"</Relationships>", leads.encode() + b"</Relationships>")
            _add(target, name, content)
        if ribbon is not None:
            _add(target, "customUI/customUI14.xml", ribbon)
    return out.getvalue()


def _add(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.create_system = 0  # the same on every system
    entry.external_attr = 0
    target.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
