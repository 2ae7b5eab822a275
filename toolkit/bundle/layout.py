"""The files to double-click, the instructions and the list of contents.

A .bat is read in the code page of the PC, so what stands in one is ASCII; its name, which Windows keeps in Unicode, is Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.bundle.lock import Locked
from toolkit.bundle.python import Distribution
from toolkit.config import template
from toolkit.messages import LANGUAGES, text
from toolkit.page.dropped import VARIABLE

FOLDER = "台账工具箱"
LIST = "版本清单.txt"
GUIDE = "使用说明.html"
SITE = "python/Lib/site-packages"
APP = "app"
_BOM = b"\xef\xbb\xbf"
_PAGE = f"""\
@echo off
setlocal DisableDelayedExpansion
set "TAIZHANG_HOME=%~dp0"
setlocal EnableDelayedExpansion
set "{VARIABLE}=!CMDCMDLINE!"
start "" "!TAIZHANG_HOME!python\\pythonw.exe" -X utf8 -m toolkit page -C "!TAIZHANG_HOME!." %*
exit
"""
_COMMAND = """\
@echo off
"%~dp0python\\python.exe" -X utf8 -m toolkit %*
"""
_INSTALL = """\
@echo off
"%~dp0python\\python.exe" -X utf8 -m toolkit page --install -C "%~dp0."
pause
"""
BATCH = {"检查.bat": _PAGE, "打开页面.bat": _PAGE, "放进发送到.bat": _INSTALL, "taizhang.bat": _COMMAND}


def batch_files() -> dict[str, bytes]:
    """Return the .bat files by name."""
    return {name: said.replace("\n", "\r\n").encode("ascii") for name, said in BATCH.items()}


def search_path(tag: str) -> bytes:
    """Return ``python3xx._pth``: where this Python, and it alone, looks for modules."""
    lines = [f"python{tag}.zip", ".", SITE.removeprefix("python/").replace("/", "\\"), f"..\\{APP}", "import site"]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def own_metadata(version: str) -> dict[str, bytes]:
    """Return what tells Python's own look-up which version of the toolkit is there."""
    folder = f"{SITE}/taizhang_toolkit-{version}.dist-info"
    return {f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: taizhang-toolkit\nVersion: {version}\n".encode()}


def sample_config() -> bytes:
    """Return a ``config.ini`` with every key, to be renamed; with a mark by which Notepad knows its encoding."""
    return _BOM + template().replace("\n", "\r\n").encode()


def contents_list(version: str, python: Distribution, packages: Sequence[tuple[Locked, str]]) -> bytes:
    """Return the list of what is in the folder: versions and hashes, nothing of the day or the machine it was made on."""
    lines = [text("bundle.list.title", lang, version=version) for lang in LANGUAGES]
    lines += [
        "",
        *(text("bundle.list.python", lang, version=python.version, contents=python.contents) for lang in LANGUAGES),
        "",
    ]
    lines += [f"{one.name}=={one.version}  sha256:{digest}" for one, digest in packages]
    return _BOM + "".join(f"{line}\r\n" for line in lines).encode()


def guide(version: str, buttons: Mapping[str, bytes]) -> bytes:
    """Return the page of instructions, Chinese first, English after it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip

    def t(name: str, lang: str) -> str:
        return text(f"bundle.guide.{name}", lang)

    page = environment.get_template("guide.html").render(
        t=t, languages=LANGUAGES, version=version, buttons=bool(buttons)
    )
    return page.replace("\n", "\r\n").encode()
