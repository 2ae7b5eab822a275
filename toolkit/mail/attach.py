"""Attachments, with names that Outlook, Foxmail and QQ show right."""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.parse
from dataclasses import dataclass
from email.mime.base import MIMEBase
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 40
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be attached: its name, content, and MIME type."""

    name: str
    content: bytes
    type: str = XLSX

    @property
    def record(self) -> str:
        """What the audit keeps of it: name, size, hash."""
        return f"{self.name} {len(self.content)} {hashlib.blake2b(self.content, digest_size=8).hexdigest()}"


def safe_name(stem: str, suffix: str) -> str:
    """Return a file's name that every program takes: at most 40 characters, none that a file system forbids."""
    stem = " ".join(_FORBIDDEN.sub(" ", stem).split()).strip(" .") or "attachment"
    return stem[: _LONGEST - len(suffix)] + suffix


def part(attachment: Attachment) -> Any:
    """Return the part of a message.

    The name stands in it twice: as RFC 2047 words in ``Content-Type``, which Outlook and QQ read, and by RFC 2231 in
    ``Content-Disposition``, as the standard has it. Folded here, since :mod:`email` would write only one of them.
    """
    main, _, sub = attachment.type.partition("/")
    made = MIMEBase(main, sub)
    del made["Content-Type"]
    made["Content-Type"] = f'{attachment.type};\n name="{_words(attachment.name)}"'
    made["Content-Disposition"] = f"attachment;\n {_continued('filename', attachment.name)}"
    made["Content-Transfer-Encoding"] = "base64"
    made.set_payload(base64.encodebytes(attachment.content).decode("ascii"))
    return made


def _words(text: str, room: int = 42) -> str:
    """Return a text as RFC 2047 words, none of which splits a character."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for char in text:
        if len((piece + char).encode()) > room:
            pieces.append(piece)
            piece = char
        else:
            piece += char
    return "\n ".join(f"=?utf-8?B?{base64.b64encode(one.encode()).decode()}?=" for one in [*pieces, piece])


def _continued(name: str, text: str, room: int = 58) -> str:
    """Return a parameter by RFC 2231, in continuations that each fit a line."""
    lines, line = [], "utf-8''"
    for token in re.findall(r"%[0-9A-F]{2}|.", urllib.parse.quote(text, safe="")):
        if len(line) + len(token) > room:
            lines.append(line)
            line = token
        else:
            line += token
    lines.append(line)
    return ";\n ".join(f"{name}*{number}*={one}" for number, one in enumerate(lines))
