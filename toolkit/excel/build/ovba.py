"""Compression and obfuscation of VBA projects, after MS-OVBA 2.4.1 and 2.4.3."""

from __future__ import annotations

import struct

_CHUNK = 4096
_SHORTEST = 3


def compressed(data: bytes) -> bytes:
    """Return a stream as VBA projects keep it (2.4.1): chunks of 4,096 bytes, each of literals and earlier pieces."""
    chunks = (_chunk(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK))
    return b"\x01" + b"".join(chunks)


def _chunk(data: bytes) -> bytes:
    body = bytearray()
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(data):
        flags_at = len(body)
        body.append(0)
        for bit in range(8):
            if at >= len(data):
                break
            bits = max(4, (at - 1).bit_length()) if at > 1 else 4
            offset, length = _longest(data, at, seen, (0xFFFF >> bits) + _SHORTEST)
            if length:
                body[flags_at] |= 1 << bit
                body += struct.pack("<H", ((offset - 1) << (16 - bits)) | (length - _SHORTEST))
            else:
                body.append(data[at])
            step = length or 1
            for start in range(at, at + step):
                seen.setdefault(data[start : start + _SHORTEST], []).append(start)
            at += step
    if len(body) > _CHUNK:
        return struct.pack("<H", 0x3FFF) + data.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + bytes(body)


def _longest(data: bytes, at: int, seen: dict[bytes, list[int]], most: int) -> tuple[int, int]:
    """Return (distance, length) of the longest earlier piece that repeats here, (0, 0) if none is worth it."""
    best = (0, 0)
    for start in reversed(seen.get(data[at : at + _SHORTEST], ())):
        length = 0
        while length < most and at + length < len(data) and data[start + length] == data[at + length]:
            length += 1
        if length >= _SHORTEST and length > best[1]:
            best = (at - start, length)
        if length == most:
            break
    return best


def obfuscated(data: bytes, project_id: str, seed: int) -> str:
    """Return a property of the PROJECT stream (CMG, DPB, GC) as hexadecimal digits (2.4.3.2)."""
    key = sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ 2, seed ^ key]
    last, before, earlier = key, seed ^ key, seed ^ 2
    for value in [7] * ((seed & 6) // 2) + list(struct.pack("<I", len(data)) + data):
        made = value ^ ((earlier + last) & 0xFF)
        out.append(made)
        earlier, before, last = before, made, value
    return bytes(out).hex().upper()
