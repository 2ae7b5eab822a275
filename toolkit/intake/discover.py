"""A folder → the files in it that are to be read, each with its fingerprint; what is passed over, and why."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.intake.read import file_finding
from toolkit.intake.source import Fingerprint, Listed, LocalFolder, Source
from toolkit.model import Finding

_COPY = re.compile(r"副本|复件|copy|\(\d+\)|（\d+）|最终|终版|备份|新建|拷贝", re.IGNORECASE)
_YOUNG = 2_000_000_000
_PAUSE = 0.25
_UNREADABLE = "unreadable:"


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


def discover(
    folder: Path | Source,
    prefix: str,
    known: Mapping[str, Fingerprint] | None = None,
    originals: Mapping[str, str] | None = None,
) -> Discovered:
    """Return the files below ``folder`` that are to be read.

    ``known``: the fingerprints of the last run by path; a file of unchanged size and time is not hashed again, nor is one whose
    storage tells what it holds. ``originals``:
    content hash → the hash before our marks came in, so that a marked file and its unmarked copy are seen as the same.
    ``prefix`` precedes the paths in findings.

    Raises:
        OSError: the folder cannot be listed; a :class:`SourceError` where it is remote.
    """
    result = Discovered()
    source: Source = LocalFolder(folder) if isinstance(folder, Path) else folder
    listed, links = source.walk()
    result.findings += [file_finding(prefix + link, "W011") for link in links]
    youngest = time.time_ns() - _YOUNG
    if isinstance(source, LocalFolder) and any(file.mtime_ns > youngest for file in listed):
        time.sleep(_PAUSE)  # a file still being written shows as one whose size or time changes
    prints: list[Fingerprint] = []
    for file in listed:
        before = (known or {}).get(file.path)
        if before and _is_same(file, before):
            prints.append(before)
            continue
        made = _fingerprint(source, file, young=file.mtime_ns > youngest)
        if made is None:
            result.unsettled.append(file.path)
            result.findings.append(file_finding(prefix + file.path, "W009"))
        else:
            prints.append(made)
    _set_aside(prints, originals or {}, result)
    return result


def _is_same(listed: Listed, before: Fingerprint) -> bool:
    """Say whether a listing shows that a file is as it was: the same content, or the same size and time where that is not told."""
    if (before.size, before.mtime_ns) != (listed.size, listed.mtime_ns) or before.hash.startswith(_UNREADABLE):
        return False
    return before.hash == listed.hash if listed.hash else listed.mtime_ns != 0


def _fingerprint(source: Source, listed: Listed, *, young: bool) -> Fingerprint | None:
    """Return a file's fingerprint, or None where it is still being written."""
    try:
        if young and isinstance(source, LocalFolder):
            again = (source.root / listed.path).stat()
            if (again.st_size, again.st_mtime_ns) != (listed.size, listed.mtime_ns):
                return None
        digest = source.digest(listed)
    except FileNotFoundError:
        return None
    except OSError:
        digest = f"{_UNREADABLE}{listed.path}"
    return Fingerprint(listed.path, listed.size, listed.mtime_ns, digest)


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
