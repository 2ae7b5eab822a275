"""Write ``vbaProject.bin`` from the text of VBA modules: source only, no compiled code, the same bytes every time.

The stream ``_VBA_PROJECT`` says that nothing is compiled (MS-OVBA 2.3.4.1), so Excel compiles the source when the
workbook is opened.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.excel.build.cfb import compound_file
from toolkit.excel.build.ovba import compressed, obfuscated

NAME = "Taizhang"
"""The name of the project."""

_CODE_PAGE = 1252
_VISIBLE = b"\xff"
_NOT_COMPILED = bytes.fromhex("CC61FFFF000000")
_STDOLE = r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"  # every Windows has it
_BASES = {
    "workbook": "0{00020819-0000-0000-C000-000000000046}",
    "sheet": "0{00020820-0000-0000-C000-000000000046}",
}
_FLAGS = {"GlobalNameSpace": False, "Creatable": False, "PredeclaredId": True, "Exposed": True, "TemplateDerived": False,
          "Customizable": True}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its source with all attributes. ``document`` ones stand for the workbook and its sheets."""

    name: str
    source: str
    document: bool = False


def document(name: str, kind: str) -> Module:
    """Return the empty module behind a workbook or a sheet; ``kind`` is one of the two words."""
    head = f'Attribute VB_Name = "{name}"\nAttribute VB_Base = "{_BASES[kind]}"\n'
    return Module(
        name, head + "".join(f"Attribute VB_{flag} = {value}\n" for flag, value in _FLAGS.items()), document=True
    )


def read_module(path: Path) -> Module:
    """Return the module in a .bas file.

    Raises:
        ValueError: it holds characters beyond ASCII, which would depend on the code page of the machine it is opened on,
            or it does not say its name.
    """
    text = path.read_text(encoding="utf-8")
    beyond = sorted({character for character in text if character > "~"})
    if beyond:
        raise ValueError(f"{path.name}: VBA source is ASCII only; found {''.join(beyond)[:20]!r}")
    named = re.match(r'Attribute VB_Name = "(\w+)"', text)
    if named is None:
        raise ValueError(f"{path.name}: the first line must be Attribute VB_Name")
    return Module(named[1], text)


def vba_project(modules: Sequence[Module]) -> bytes:
    """Return the VBA project that holds these modules."""
    streams = {module.name: compressed(_source(module)) for module in modules}
    vba = streams | {"_VBA_PROJECT": _NOT_COMPILED, "dir": compressed(_directory(modules))}
    names = b"".join(_encoded(module.name) + b"\0" + _wide(module.name) + b"\0\0" for module in modules) + b"\0\0"
    return compound_file({"VBA": vba, "PROJECTwm": names, "PROJECT": _project(modules)})


def _source(module: Module) -> bytes:
    return _encoded(module.source.replace("\r\n", "\n").replace("\n", "\r\n"))


def _encoded(text: str) -> bytes:
    return text.encode(f"cp{_CODE_PAGE}")


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _directory(modules: Sequence[Module]) -> bytes:
    """Return the dir stream (2.3.4.2): what the project is, what it refers to, which modules it has."""
    out = [
        _record(0x01, struct.pack("<I", 3)),  # made for 64-bit Windows
        _record(0x02, struct.pack("<I", 0x409)),
        _record(0x14, struct.pack("<I", 0x409)),
        _record(0x03, struct.pack("<H", _CODE_PAGE)),
        _record(0x04, _encoded(NAME)),
        _record(0x05) + _record(0x40),  # no description
        _record(0x06) + _record(0x3D),  # no help file
        _record(0x07, bytes(4)),
        _record(0x08, bytes(4)),
        struct.pack("<HIIH", 0x09, 4, 0x68FE4C3D, 12),
        _record(0x0C) + _record(0x3C),  # no constants
        _record(0x16, b"stdole") + _record(0x3E, _wide("stdole")),
        _record(0x0D, struct.pack("<I", len(_STDOLE)) + _encoded(_STDOLE) + bytes(6)),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, b"\xff\xff"),
    ]
    for module in modules:
        name, wide = _encoded(module.name), _wide(module.name)
        out += [
            _record(0x19, name) + _record(0x47, wide),
            _record(0x1A, name) + _record(0x32, wide),  # the stream is called like the module
            _record(0x1C) + _record(0x48),  # no description
            _record(0x31, bytes(4)),  # the source begins at once: nothing compiled stands before it
            _record(0x1E, bytes(4)),
            _record(0x2C, b"\xff\xff"),
            _record(0x22 if module.document else 0x21),
            _record(0x2B),
        ]
    return b"".join(out) + _record(0x10)


def _project(modules: Sequence[Module]) -> bytes:
    """Return the PROJECT stream (2.3.1); its identity follows from the names of the modules."""
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"vba:{NAME}:{','.join(module.name for module in modules)}")
    project_id = f"{{{identity}}}".upper()
    lines = [
        f'ID="{project_id}"',
        *(f"Document={one.name}/&H00000000" if one.document else f"Module={one.name}" for one in modules),
        f'Name="{NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{obfuscated(bytes(4), project_id, 0x58)}"',  # not protected
        f'DPB="{obfuscated(bytes(1), project_id, 0x5A)}"',  # no password
        f'GC="{obfuscated(_VISIBLE, project_id, 0x5C)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return _encoded("\r\n".join(lines))
