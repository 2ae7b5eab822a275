"""The members of a zip container: what is known of one, and how one is written."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
STORED, DEFLATED = 0, 8
_DOS_1980 = 0x0021
_USUALLY, _QUICKLY = 6, 3
_LONG = 12 << 20


class Refusal(Exception):  # noqa: N818 - it ends up as RefusedWorkbook, not as an error
    """This workbook will not be touched; ``code`` names why in the message catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the zip directory. ``key`` is its part name: forward slashes, lower case."""

    name: str
    key: str
    raw_name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    made_by: int
    needed: int
    internal: int
    external: int
    extra: bytes
    comment: bytes
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be written: in the place of ``replaces``, or at the end."""

    name: str
    chunks: Iterable[bytes]
    replaces: Member | None = None


def part_key(name: str) -> str:
    """Return the form under which a part is looked up: parts are named case-insensitively."""
    return name.replace("\\", "/").lstrip("/").lower()


def central_entry(member: Member, offset: int) -> bytes:
    """Return the directory entry of a member that was copied to this offset."""
    extra = b"" if member.extra[:2] == b"\1\0" else member.extra
    head = CENTRAL.pack(
        b"PK\1\2", member.made_by, member.needed, member.flags, member.method, member.time, member.date,
        member.crc, member.packed, member.size, len(member.raw_name), len(extra), len(member.comment), 0,
        member.internal, member.external, offset,
    )  # fmt: skip
    return head + member.raw_name + extra + member.comment


def write_member(out: BinaryIO, item: NewMember, offset: int) -> bytes:
    """Write one changed or new member and return its directory entry.

    Its compressed bytes are gathered first, so that the file is written forwards and hashed on the way.
    """
    old = item.replaces
    name = old.raw_name if old else item.name.encode()
    flags = old.flags & 0x800 if old else (0 if item.name.isascii() else 0x800)
    method = old.method if old else DEFLATED
    time, date = (old.time, old.date) if old else (0, _DOS_1980)
    made_by, needed, internal, external = (
        (old.made_by, old.needed, old.internal, old.external) if old else (20, 20, 0, 0)
    )
    level = _QUICKLY if old and old.size > _LONG else _USUALLY
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15) if method == DEFLATED else None
    pieces = []
    crc = size = 0
    for chunk in item.chunks:
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        pieces.append(deflate.compress(chunk) if deflate else chunk)
    if deflate:
        pieces.append(deflate.flush())
    packed = sum(map(len, pieces))
    out.write(LOCAL.pack(b"PK\3\4", needed, flags, method, time, date, crc, packed, size, len(name), 0) + name)
    out.writelines(pieces)
    head = CENTRAL.pack(
        b"PK\1\2", made_by, needed, flags, method, time, date, crc, packed, size, len(name), 0, 0, 0,
        internal, external, offset,
    )  # fmt: skip
    return head + name
