"""A look at a package's directory before anything in it is unpacked, so that a hostile workbook costs nothing."""

from __future__ import annotations

import zipfile

MAX_PARTS = 2_000
MAX_TOTAL = 300 << 20
MAX_PART = 150 << 20
MAX_RATIO = 200
RATIO_FROM = 1 << 20


def guard(package: zipfile.ZipFile) -> str | None:
    """Return why a package must not be read (a name in ``parts`` of the catalogue), or None where it is harmless."""
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        return "too_many_parts"
    names = [part.filename.replace("\\", "/") for part in parts if not part.is_dir()]
    if len({name.lower() for name in names}) != len(names):
        return "duplicate_parts"
    if any((name.startswith("/") and ".." in name) or ".." in name.split("/") or ":" in name for name in names):
        return "traversing_parts"
    if sum(part.file_size for part in parts) > MAX_TOTAL:
        return "unpacks_too_large"
    for part in parts:
        if part.flag_bits & 1:
            return "part_encrypted"
        if part.file_size > MAX_PART:
            return "unpacks_too_large"
        if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            return "unpacks_too_large"
    return None
