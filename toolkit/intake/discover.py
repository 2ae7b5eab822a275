"""A folder → the files in it that are to be read, each with its fingerprint; what is passed over, and why."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from toolkit.intake.read import file_finding
from toolkit.model import Finding

_SYSTEM = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "icon\r"})
_TEMPORARY = re.compile(
    r"^(?:~\$|\.~lock\.|~wrl|~rf|\.nfs|\._)|\.(?:tmp|temp|part|crdownload|download|swp|bak~)$|~$", re.IGNORECASE
)
_COPY = re.compile(r"副本|复件|copy|\(\d+\)|（\d+）|最终|终版|备份|新建|拷贝", re.IGNORECASE)
_YOUNG = 2.0
_PAUSE = 0.25
_UNREADABLE = "unreadable:"


class Fingerprint(NamedTuple):
    """A file as it was found: path relative to the folder with ``/``, size in bytes, time of last change, content hash."""

    path: str
    size: int
    mtime_ns: int
    hash: str


@dataclass(slots=True)
class Discovered:
    """What a folder holds.

    ``files``: to be read. ``copies``: left aside as the same content; ``duplicates`` says which file is used in place of each.
    ``unsettled``: still being written.
    """

    files: list[Fingerprint] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    copies: list[Fingerprint] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def walk(folder: Path) -> tuple[list[tuple[str, os.stat_result]], list[str]]:
    """Return (relative path, status) of every ordinary file below a folder in order, and the links that were not followed."""
    found: list[tuple[str, os.stat_result]] = []
    links: list[str] = []
    stack = [("", folder)]
    while stack:
        prefix, place = stack.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                path = f"{prefix}{entry.name}"
                if is_passed_over(entry.name):
                    continue
                if entry.is_symlink():
                    links.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    stack.append((f"{path}/", Path(entry.path)))
                elif entry.is_file(follow_symlinks=False):
                    found.append((path, entry.stat(follow_symlinks=False)))
    return sorted(found, key=lambda item: item[0]), sorted(links)


def is_passed_over(name: str) -> bool:
    """Say whether a name is a lock file, a temporary or a system file: nobody's ledger."""
    return name.lower() in _SYSTEM or _TEMPORARY.search(name) is not None or name.startswith(".")


def discover(
    folder: Path,
    prefix: str,
    known: Mapping[str, Fingerprint] | None = None,
    originals: Mapping[str, str] | None = None,
) -> Discovered:
    """Return the files below ``folder`` that are to be read.

    ``known``: the fingerprints of the last run by path; a file of unchanged size and time is not hashed again. ``originals``:
    content hash → the hash before our marks came in, so that a marked file and its unmarked copy are seen as the same.
    ``prefix`` precedes the paths in findings.
    """
    result = Discovered()
    listed, links = walk(folder)
    result.findings += [file_finding(prefix + link, "W011") for link in links]
    now = time.time()
    if any(now - status.st_mtime < _YOUNG for _, status in listed):
        time.sleep(_PAUSE)  # a file still being written shows as one whose size or time changes
    prints: list[Fingerprint] = []
    for path, status in listed:
        before = (known or {}).get(path)
        if before and not before.hash.startswith(_UNREADABLE) and (before.size, before.mtime_ns) == (status.st_size, status.st_mtime_ns):
            prints.append(before)
            continue
        made = _fingerprint(folder, path, status, young=now - status.st_mtime < _YOUNG)
        if made is None:
            result.unsettled.append(path)
            result.findings.append(file_finding(prefix + path, "W009"))
        else:
            prints.append(made)
    _set_aside(prints, originals or {}, result)
    return result


def _fingerprint(folder: Path, path: str, status: os.stat_result, *, young: bool) -> Fingerprint | None:
    """Return a file's fingerprint, or None where it is still being written."""
    source = folder / path
    try:
        if young:
            again = source.stat()
            if (again.st_size, again.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
                return None
        with source.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16))
    except FileNotFoundError:
        return None
    except OSError:
        return Fingerprint(path, status.st_size, status.st_mtime_ns, f"{_UNREADABLE}{path}")
    return Fingerprint(path, status.st_size, status.st_mtime_ns, digest.hexdigest())


def _set_aside(prints: Iterable[Fingerprint], originals: Mapping[str, str], result: Discovered) -> None:
    """Of files with the same content keep one: the name that does not call itself a copy, then the shortest."""
    by_hash: dict[str, list[Fingerprint]] = {}
    for fingerprint in prints:
        if fingerprint.size == 0:
            result.files.append(fingerprint)
        else:
            by_hash.setdefault(originals.get(fingerprint.hash, fingerprint.hash), []).append(fingerprint)
    for same in by_hash.values():
        kept = min(
            same, key=lambda item: (_COPY.search(item.path.rpartition("/")[2]) is not None, len(item.path), item.path)
        )
        result.files.append(kept)
        aside = [other for other in same if other is not kept]
        result.copies += aside
        result.duplicates.update({other.path: kept.path for other in aside})
    result.files.sort(key=lambda item: item.path)
