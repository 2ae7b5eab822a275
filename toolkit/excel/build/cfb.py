"""Write an OLE compound file (MS-CFB, version 3): the container of a VBA project. The same tree gives the same bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Tree: TypeAlias = Mapping[str, "bytes | Tree"]
"""Streams and storages by name."""

_FREE, _END, _TABLE, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _SMALL_SECTOR, _SMALL = 512, 64, 4096
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_HEADER = struct.Struct("<8s16xHHHHH6xIIIIIIIII")
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_IN_HEADER = 109


@dataclass(slots=True)
class _Entry:
    """A directory entry; ``data`` of a stream, ``child`` of a storage."""

    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    colour: int = _BLACK
    start: int = 0
    size: int = 0

    def packed(self) -> bytes:
        """Return its 128 bytes."""
        name = self.name.encode("utf-16-le") + b"\0\0" if self.name else b""
        return _ENTRY.pack(name, len(name), self.kind, self.colour, self.left, self.right, self.child, b"", 0, 0, 0,
                           self.start, self.size)  # fmt: skip


class _Sectors:
    """Sectors of one size and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size, self.content, self.table = size, bytearray(), list[int]()

    def add(self, data: bytes) -> int:
        """Append data as a chain of sectors; return where it starts."""
        if not data:
            return _END
        count = -(-len(data) // self.size)
        first = len(self.table)
        self.content += data.ljust(count * self.size, b"\0")
        self.table += [*range(first + 1, first + count), _END]
        return first


def compound_file(tree: Tree) -> bytes:
    """Return the compound file that holds a tree of streams and storages."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, tree)
    sectors, small = _Sectors(_SECTOR), _Sectors(_SMALL_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (small if entry.size < _SMALL else sectors).add(entry.data)
    entries[0].start, entries[0].size = sectors.add(bytes(small.content)), len(small.content)
    packed_table = struct.pack(f"<{len(small.table)}I", *small.table)
    small_table = sectors.add(packed_table.ljust(-(-len(packed_table) // _SECTOR) * _SECTOR, b"\xff"))
    directory = b"".join(entry.packed() for entry in entries)
    unused = _Entry("", 0, colour=0).packed()
    directory += unused * (-len(entries) % (_SECTOR // _ENTRY.size))
    directory_start = sectors.add(directory)
    count = 1
    while count * (_SECTOR // 4) < len(sectors.table) + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError("too large for a compound file without further allocation sectors")
    first = len(sectors.table)
    table = struct.pack(f"<{first + count}I", *sectors.table, *[_TABLE] * count).ljust(count * _SECTOR, b"\xff")
    header = _HEADER.pack(
        bytes.fromhex("D0CF11E0A1B11AE1"), 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_start, 0, _SMALL, small_table,
        -(-len(packed_table) // _SECTOR), _END, 0,
    )  # fmt: skip
    places = [*range(first, first + count), *[_FREE] * (_IN_HEADER - count)]
    return header + struct.pack(f"<{_IN_HEADER}I", *places) + bytes(sectors.content) + table


def _add(entries: list[_Entry], tree: Tree) -> int:
    """Append the entries of a storage; return the root of their search tree."""
    numbers = []
    for name, content in tree.items():
        number = len(entries)
        numbers.append(number)
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            entries[number].child = _add(entries, content)
    numbers.sort(key=lambda each: (len(entries[each].name), entries[each].name.upper()))
    complete = (len(numbers) + 1).bit_length() - 1
    return _balanced(entries, numbers, 0, complete)


def _balanced(entries: list[_Entry], numbers: list[int], depth: int, complete: int) -> int:
    """Link sorted entries into a red-black tree: every level is full and black but the last, which is red."""
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.colour = _BLACK if depth < complete else _RED
    entry.left = _balanced(entries, numbers[:middle], depth + 1, complete)
    entry.right = _balanced(entries, numbers[middle + 1 :], depth + 1, complete)
    return numbers[middle]
