"""A real LibreOffice, started once, that tests tell what to do with workbooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

_PRELUDE = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
PIPE, ARGUMENTS = sys.argv[1], sys.argv[2:]
def prop(name, value):
    return PropertyValue(name, 0, value, 0)
def desktop():
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(300):
        try:
            remote = resolver.resolve("uno:pipe,name=" + PIPE + ";urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        except Exception:
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")
DESKTOP = desktop()
def load(path, **options):
    named = [prop("Hidden", True)] + [prop(name, value) for name, value in options.items()]
    return DESKTOP.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, tuple(named))
def save(document, path, kind="Calc MS Excel 2007 XML"):
    document.storeToURL(uno.systemPathToFileUrl(path), (prop("FilterName", kind),))
"""


_END = """
import os
sys.stdout.flush()
os._exit(0)  # the bridge now and then crashes while Python takes it down
"""


def python_with_uno() -> str | None:
    """Return a Python that has LibreOffice's bridge."""
    for name in ("/usr/bin/python3", "python3"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return found
    return None


class Office:
    """LibreOffice behind a pipe of its own."""

    def __init__(self, folder: Path, soffice: str, python: str) -> None:
        self.folder, self._soffice, self._python = folder, soffice, python
        self._start()

    def _start(self) -> None:
        self._pipe = f"taizhang{os.getpid()}{time.time_ns()}"
        profile = f"-env:UserInstallation={(self.folder / 'p').as_uri()}"
        self._process = subprocess.Popen(
            [self._soffice, "--headless", "--norestore", "--nologo", profile, f"--accept=pipe,name={self._pipe};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
        )  # fmt: skip

    def run(self, script: str, *arguments: object) -> str:
        """Run a script in Python with LibreOffice at hand; return what it prints. ``ARGUMENTS`` are its arguments."""
        done = self._ran(script, arguments)
        if done.returncode and ("DisposedException" in done.stderr or "bridge" in done.stderr):
            self.stop()  # it crashed, as it does now and then after many documents
            self._start()
            done = self._ran(script, arguments)
        if done.returncode:
            pytest.fail(f"the script failed ({done.returncode}):\n{done.stderr[-2000:]}")
        return done.stdout.strip()

    def _ran(self, script: str, arguments: tuple[object, ...]) -> subprocess.CompletedProcess[str]:
        command = [self._python, "-c", _PRELUDE + script + _END, self._pipe, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)

    def resave(self, source: Path, target: Path | None = None) -> Path:
        """Open a workbook and save it, as somebody does who looked at it."""
        script = "document = load(ARGUMENTS[0]); save(document, ARGUMENTS[1]); document.close(True)"
        self.run(script, source, target or source)
        return target or source

    def pages(self, source: Path) -> list[np.ndarray]:
        """Return the printed pages as pictures: rows × columns × (red, green, blue)."""
        pdf = self.folder / f"{time.time_ns()}.pdf"
        script = 'document = load(ARGUMENTS[0]); save(document, ARGUMENTS[1], "calc_pdf_Export"); document.close(True)'
        self.run(script, source, pdf)
        program = needs_program("pdftoppm")
        subprocess.run([program, "-r", "50", str(pdf), str(pdf.with_suffix(""))], check=True)
        return [_picture(page) for page in sorted(self.folder.glob(f"{pdf.stem}-*.ppm"))]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _picture(path: Path) -> np.ndarray:
    _, size, _, data = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)


def painted(page: np.ndarray, colour: str) -> np.ndarray:
    """Return where a page has nearly this colour (``FFRRGGBB``)."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (2, 4, 6)])
    return np.abs(page.astype(int) - wanted).max(axis=2) <= 6


def needs_program(name: str) -> str:
    """Return the path of an outside program; skip without it, or fail where everything is required."""
    from tests.conftest import needs

    return needs(name)
