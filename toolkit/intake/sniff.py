"""What a file is, by its bytes and never by its name."""

from __future__ import annotations

import struct
from enum import StrEnum

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<?xml", b"<div")


class Kind(StrEnum):
    """What the bytes are."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    CSV = "csv"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    DOCX = "docx"
    ZIP = "zip"
    PDF = "pdf"
    IMAGE = "image"
    OLE = "et"
    TEXT = "text"
    UNKNOWN = "unknown"


READABLE = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS, Kind.HTML, Kind.CSV})
EXTENSIONS = {
    ".xlsx": {Kind.XLSX}, ".xlsm": {Kind.XLSX}, ".xltx": {Kind.XLSX}, ".xltm": {Kind.XLSX}, ".xlsb": {Kind.XLSB},
    ".xls": {Kind.XLS}, ".xlt": {Kind.XLS}, ".et": {Kind.XLS, Kind.XLSX}, ".ett": {Kind.XLS, Kind.XLSX}, ".ods": {Kind.ODS},
    ".csv": {Kind.CSV}, ".txt": {Kind.CSV}, ".tsv": {Kind.CSV}, ".htm": {Kind.HTML}, ".html": {Kind.HTML},
}  # fmt: skip
"""The kinds that a name with this extension promises."""


def sniff(data: bytes) -> Kind:
    """Return what a file's bytes are."""
    if not data:
        return Kind.EMPTY
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(b"PK"):
        return _package(data)
    if data.startswith(b"%PDF"):
        return Kind.PDF
    if data.startswith(_IMAGES):
        return Kind.IMAGE
    if data[:4] in (b"Rar!", b"7z\xbc\xaf") or data.startswith(b"\x1f\x8b"):
        return Kind.ZIP
    if data[:2] == b"\x09\x08" or data[:4] in (b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        return Kind.XLS
    return _text(data)


def _ole(data: bytes) -> Kind:
    if _ENCRYPTED in data:
        return Kind.ENCRYPTED
    if any(name in data for name in _STREAMS):
        return Kind.XLS
    if "WordDocument".encode("utf-16-le") in data:
        return Kind.DOCX
    return Kind.OLE


def _package(data: bytes) -> Kind:
    names = _part_names(data)
    if names is None:
        return Kind.TRUNCATED
    if any(name.startswith("xl/") or name.endswith("workbook.xml") for name in names):
        return Kind.XLSB if any(name.endswith("workbook.bin") for name in names) else Kind.XLSX
    if "content.xml" in names and "mimetype" in names:
        return Kind.ODS
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return Kind.DOCX
    if "[content_types].xml" in names:
        return Kind.XLSX
    return Kind.ZIP


def _part_names(data: bytes) -> set[str] | None:
    """Return the names of a package's parts in lower case, read from its directory alone; None where the end is missing."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 20 > len(data):
        return None
    size, offset = struct.unpack("<II", data[end + 12 : end + 20])
    if (
        data[end + 10 : end + 12] == b"\xff\xff"
    ):  # more parts than the directory's end can count: for the guard to refuse
        return {"xl/workbook.xml"}
    place = end - size if end - size >= 0 else offset
    names = set()
    while data[place : place + 4] == b"PK\x01\x02":
        length, extra, comment = struct.unpack("<HHH", data[place + 28 : place + 34])
        names.add(
            data[place + 46 : place + 46 + length].decode("utf-8", "replace").replace("\\", "/").lstrip("/").lower()
        )
        place += 46 + length + extra + comment
    return names or None


def decode(data: bytes) -> str | None:
    """Return the text of bytes in UTF-8, UTF-16 or GB 18030, or None where they are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        if b"\0" in data[:4096]:
            return None
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _text(data: bytes) -> Kind:
    text = decode(data)
    if text is None:
        return Kind.UNKNOWN
    start = text[:2000].lstrip().lower().encode("utf-8", "ignore")
    if start.startswith(_MARKUP) or b"<table" in start:
        return Kind.HTML
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    for separator in ",\t;":
        if sum(separator in line for line in lines) >= max(1, len(lines) // 2):
            return Kind.CSV
    return Kind.TEXT
