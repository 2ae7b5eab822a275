"""The zip container: read its directory, guard against hostile ones, copy members or write changed ones.

Untouched members keep their local header, compressed bytes and data descriptor exactly as they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from toolkit.marking.members import (
    CENTRAL,
    DEFLATED,
    LOCAL,
    STORED,
    Member,
    NewMember,
    Refusal,
    central_entry,
    part_key,
    write_member,
)

_END = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MAX_ENTRIES = 2_000
MAX_PART = 150 << 20
MAX_TOTAL = 300 << 20
MAX_SHEET = 2 << 30
_RATIO_FROM = 100 << 10
_MAX_RATIO = 100
_SHEET_RATIO_FROM = 64 << 20
_CHUNK = 1 << 20


class Archive:
    """An open zip file whose directory was read and found harmless.

    Raises:
        Refusal: not a zip, broken, encrypted, or made to do harm.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._file: BinaryIO = source.open("rb") if isinstance(source, Path) else source
        try:
            self.members, self._comment = self._directory()
            self._guard()
        except BaseException:
            self._file.close()
            raise
        self.by_key = {member.key: member for member in self.members}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _at(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise Refusal("broken-zip")
        return data

    def _directory(self) -> tuple[list[Member], bytes]:
        size = self._file.seek(0, 2)
        head = self._at(0, min(size, 8))
        if head == _OLE:
            raise Refusal(self._kind_of_ole(size))
        if head[:2] != b"PK":
            raise Refusal("not-a-workbook")
        tail_start = max(0, size - 65_557)
        tail = self._at(tail_start, size - tail_start)
        found = tail.rfind(b"PK\5\6")
        if found < 0 or len(tail) - found < _END.size:
            raise Refusal("broken-zip")
        _, _, _, _, count, length, offset, comment_length = _END.unpack_from(tail, found)
        comment = tail[found + _END.size : found + _END.size + comment_length]
        end = tail_start + found
        if _FULL16 in (count,) or _FULL32 in (length, offset):
            count, length, offset, end = self._zip64(end)
        start = end - length
        if start < 0 or count > MAX_ENTRIES:
            raise Refusal("broken-zip" if start < 0 else "too-many-parts")
        return self._entries(self._at(start, length), count, start, start - offset), comment

    def _kind_of_ole(self, size: int) -> str:
        self._file.seek(0)
        for _ in range(min(size >> 20, 64) + 1):
            if "EncryptedPackage".encode("utf-16-le") in self._file.read(_CHUNK):
                return "encrypted"
        return "old-format"

    def _zip64(self, end: int) -> tuple[int, int, int, int]:
        if end < _END64_LOCATOR.size:
            raise Refusal("broken-zip")
        magic, _, position, _ = _END64_LOCATOR.unpack(self._at(end - _END64_LOCATOR.size, _END64_LOCATOR.size))
        if magic != b"PK\6\7" or position > end:
            raise Refusal("broken-zip")
        record = _END64.unpack(self._at(position, _END64.size))
        if record[0] != b"PK\6\6":
            raise Refusal("broken-zip")
        return record[7], record[8], record[9], position

    def _entries(self, directory: bytes, count: int, start: int, shift: int) -> list[Member]:
        raw: list[tuple[int, ...]] = []
        texts: list[tuple[bytes, bytes, bytes]] = []
        position = 0
        for _ in range(count):
            if position + CENTRAL.size > len(directory) or directory[position : position + 4] != b"PK\1\2":
                raise Refusal("broken-zip")
            values = CENTRAL.unpack_from(directory, position)[1:]
            name_length, extra_length, comment_length = values[9:12]
            name_at = position + CENTRAL.size
            extra_at = name_at + name_length
            comment_at = extra_at + extra_length
            position = comment_at + comment_length
            texts.append((directory[name_at:extra_at], directory[extra_at:comment_at], directory[comment_at:position]))
            raw.append(values)
        sizes = [_sizes(values, text[1]) for values, text in zip(raw, texts, strict=True)]
        offsets = sorted(offset + shift for _, _, offset in sizes)
        ends = dict(zip(offsets, [*offsets[1:], start], strict=True))
        if len(ends) != count:
            raise Refusal("broken-zip")
        members = []
        for values, (name, extra, comment), (size, packed, offset) in zip(raw, texts, sizes, strict=True):
            made_by, needed, flags, method, time, date, crc = values[:7]
            at = offset + shift
            if at < 0 or at + LOCAL.size + packed > ends[at]:
                raise Refusal("broken-zip")
            text = name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
            members.append(
                Member(
                    text, part_key(text), name, flags, method, time, date, crc, packed, size,
                    made_by, needed, values[13], values[14], extra, comment, at, ends[at],
                )
            )  # fmt: skip
        return members

    def _guard(self) -> None:
        seen: set[str] = set()
        total = 0
        for member in self.members:
            if member.flags & 1:
                raise Refusal("encrypted")
            if member.name.endswith(("/", "\\")):
                continue
            if member.key in seen:
                raise Refusal("duplicate-members")
            seen.add(member.key)
            if ".." in member.key.split("/"):
                raise Refusal("unsafe-names")
            if member.method not in (STORED, DEFLATED):
                raise Refusal("broken-zip")
            ratio = member.size / max(member.packed, 1)
            if _may_be_long(member.key):
                if member.size > MAX_SHEET or (member.size > _SHEET_RATIO_FROM and ratio > _MAX_RATIO):
                    raise Refusal("too-large")
                continue
            total += member.size
            if member.size > MAX_PART or total > MAX_TOTAL or (member.size > _RATIO_FROM and ratio > 5 * _MAX_RATIO):
                raise Refusal("too-large")
        if any(key.startswith("_xmlsignatures/") for key in seen):
            raise Refusal("signed")

    def chunks(self, member: Member) -> Iterator[bytes]:
        """Yield a member's content piece by piece, checked against the size and checksum of its entry."""
        head = self._at(member.offset, LOCAL.size)
        if head[:4] != b"PK\3\4":
            raise Refusal("broken-zip")
        name_length, extra_length = struct.unpack("<2H", head[26:30])
        position = member.offset + LOCAL.size + name_length + extra_length
        left, size, crc = member.packed, 0, 0
        if position + left > member.end:
            raise Refusal("broken-zip")
        inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None
        while left:
            packed = self._at(position, min(left, _CHUNK >> 2))
            position += len(packed)
            left -= len(packed)
            while packed:
                try:
                    piece = inflate.decompress(packed, _CHUNK) if inflate else packed
                except zlib.error as error:
                    raise Refusal("broken-zip") from error
                packed = inflate.unconsumed_tail if inflate else b""
                size += len(piece)
                if size > member.size:
                    raise Refusal("broken-zip")
                crc = zlib.crc32(piece, crc)
                if piece:
                    yield piece
                elif inflate and inflate.eof:
                    break
        if size != member.size or crc != member.crc:
            raise Refusal("broken-zip")

    def read(self, member: Member) -> bytes:
        """Return a member's whole content."""
        if member.size > MAX_PART:
            raise Refusal("too-large")
        return b"".join(self.chunks(member))

    def write(self, out: BinaryIO, new: list[NewMember], removed: set[str]) -> None:
        """Write the archive anew: ``new`` members in place or at the end, ``removed`` keys left out."""
        replaced = {item.replaces.key: item for item in new if item.replaces is not None}
        entries: dict[str, bytes] = {}
        for member in sorted(self.members, key=lambda item: item.offset):
            if member.key in removed:
                continue
            offset = out.tell()
            if member.key in replaced and not member.name.endswith(("/", "\\")):
                entries[member.name] = write_member(out, replaced[member.key], offset)
            else:
                self._copy(out, member)
                entries[member.name] = central_entry(member, offset)
        central = [entries[member.name] for member in self.members if member.name in entries]
        central += [write_member(out, item, out.tell()) for item in new if item.replaces is None]
        start = out.tell()
        directory = b"".join(central)
        out.write(directory)
        count = len(central)
        out.write(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), start, len(self._comment)) + self._comment)

    def _copy(self, out: BinaryIO, member: Member) -> None:
        position = member.offset
        while position < member.end:
            piece = self._at(position, min(member.end - position, _CHUNK))
            out.write(piece)
            position += len(piece)


def _may_be_long(key: str) -> bool:
    return "sheet" in key.rpartition("/")[2] or key.endswith("sharedstrings.xml")


def _sizes(values: tuple[int, ...], extra: bytes) -> tuple[int, int, int]:
    """Return (size, packed size, offset); what does not fit its field stands in the zip64 extra field."""
    packed, size, offset = values[7], values[8], values[15]
    if _FULL32 not in (packed, size, offset):
        return size, packed, offset
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        if kind == 1:
            numbers = list(struct.unpack_from(f"<{length // 8}Q", extra, position + 4))
            try:
                size = numbers.pop(0) if size == _FULL32 else size
                packed = numbers.pop(0) if packed == _FULL32 else packed
                offset = numbers.pop(0) if offset == _FULL32 else offset
            except IndexError:
                break
            return size, packed, offset
        position += 4 + length
    raise Refusal("broken-zip")
