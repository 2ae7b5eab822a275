"""Where the stations' files lie: a folder, or remote storage of any kind that fsspec knows; listed, told apart, and read.

Remote storage may stop answering at any moment. Nothing here waits for ever: what cannot be had is a :class:`SourceError`, and once
several files in a row could not be had, the rest of a process's files are given up at once.
"""

from __future__ import annotations

import hashlib
import os
import queue
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from toolkit.config import Config

Made = TypeVar("Made")

_SYSTEM = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "icon\r"})
_TEMPORARY = re.compile(
    r"^(?:~\$|\.~lock\.|~wrl|~rf|\.nfs|\._)|\.(?:tmp|temp|part|crdownload|download|swp|bak~)$|~$", re.IGNORECASE
)
_MD5 = re.compile(r"[0-9a-f]{32}")
_OBJECTS = frozenset({"s3", "s3a"})
"""Storage without folders, listed in one go, whose tags are the MD5 of what was stored in one piece."""
_PARALLEL = 8
_GIVE_UP = 3
_LISTING = 30
"""How many times as long as for a file's answer to wait for a listing of all files."""


class Fingerprint(NamedTuple):
    """A file as it was found: path relative to the folder with ``/``, size in bytes, time of last change, content hash."""

    path: str
    size: int
    mtime_ns: int
    hash: str


class Listed(NamedTuple):
    """A file in a listing: path relative to the folder, size in bytes, time of last change (0: unknown), content hash where it is told."""

    path: str
    size: int
    mtime_ns: int
    hash: str = ""


class SourceError(OSError):
    """The storage does not answer, refuses, or cannot be used; ``reason`` is the kind of trouble: never an address or a key.

    ``missing``: what is not installed is ``reason``.
    """

    def __init__(self, reason: str, *, missing: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.missing = reason, missing


class ChangedError(Exception):
    """A file is no longer as it was listed."""


Reader = Callable[[Fingerprint], bytes]
"""Returns a file's content.

Raises FileNotFoundError, ChangedError, SourceError or another OSError.
"""


class Source(Protocol):
    """Where the stations' files lie."""

    def there(self) -> bool:
        """Say whether the folder exists. Raises SourceError."""
        ...

    def walk(self) -> tuple[list[Listed], list[str]]:
        """Return every ordinary file in order, and the links that were not followed. Raises OSError."""
        ...

    def digest(self, listed: Listed) -> str:
        """Return a file's content hash. Raises OSError."""
        ...

    def reader(self, prints: Sequence[Fingerprint]) -> Reader:
        """Return what reads the files of a batch."""
        ...


def stations_of(config: Config) -> Source:
    """Return where the stations' files of a workspace lie."""
    if config.stations_url is None:
        return LocalFolder(config.path("stations"))
    return RemoteFolder(config.stations_url, max(1, config.values["run"]["seconds_per_file"] // 3))


def is_there(config: Config) -> bool:
    """Say whether the folder of the stations' files can be reached and read."""
    try:
        return stations_of(config).there() and (
            config.stations_url is not None or os.access(config.path("stations"), os.R_OK)
        )
    except OSError:
        return False


def is_passed_over(name: str) -> bool:
    """Say whether a name is a lock file, a temporary or a system file: nobody's ledger."""
    return name.lower() in _SYSTEM or _TEMPORARY.search(name) is not None or name.startswith(".")


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of this machine, or a share that looks like one."""

    root: Path

    def there(self) -> bool:
        """Say whether the folder exists."""
        return self.root.is_dir()

    def walk(self) -> tuple[list[Listed], list[str]]:
        """Return every ordinary file in order, and the links that were not followed."""
        found: list[Listed] = []
        links: list[str] = []
        stack = [("", self.root)]
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
                        status = entry.stat(follow_symlinks=False)
                        found.append(Listed(path, status.st_size, status.st_mtime_ns))
        return sorted(found), sorted(links)

    def digest(self, listed: Listed) -> str:
        """Return a file's content hash."""
        with (self.root / listed.path).open("rb") as stream:
            return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()

    def reader(self, prints: Sequence[Fingerprint]) -> Reader:
        """Return what reads the files of a batch: one after the other, as they are asked for."""
        del prints
        return self._read

    def _read(self, file: Fingerprint) -> bytes:
        path = self.root / file.path
        data = path.read_bytes()
        after = path.stat()
        if (after.st_size, after.st_mtime_ns) != (file.size, file.mtime_ns):
            raise ChangedError
        return data


@dataclass(slots=True)
class RemoteFolder:
    """A folder of remote storage.

    Who we are is for the storage's own variables and files (``AWS_PROFILE``, ``FSSPEC_FTP_PASSWORD`` …). ``seconds``: to wait for
    an answer, a second try included. A copy sent to another process opens its own connections there.
    """

    url: str
    seconds: float
    _opened: tuple[Any, str] | None = field(default=None, repr=False, compare=False)
    _failed: int = field(default=0, repr=False, compare=False)

    def __reduce__(self) -> tuple[type[RemoteFolder], tuple[str, float]]:
        return RemoteFolder, (self.url, self.seconds)

    @property
    def protocol(self) -> str:
        """What stands before ``://``."""
        return self.url.partition("://")[0].lower()

    def there(self) -> bool:
        """Say whether the folder exists."""
        with suppress(FileNotFoundError):
            self._twice(lambda fs, root: fs.ls(root, detail=False), self.seconds)
            return True
        return False

    def walk(self) -> tuple[list[Listed], list[str]]:
        """Return every ordinary file in order; links there are none."""
        infos = self._twice(self._infos, self.seconds * _LISTING)
        root = self._root()
        listed = []
        for info in infos:
            path = str(info["name"])[len(root) :].strip("/")
            if path and not any(map(is_passed_over, path.split("/"))):
                listed.append(Listed(path, int(info["size"] or 0), _changed(info), self._told(info)))
        return sorted(listed), []

    def _infos(self, fs: Any, root: str) -> list[dict[str, Any]]:
        if self.protocol in _OBJECTS:
            found = list(fs.find(root, detail=True).values())
        else:  # find() would pass over folders that cannot be listed
            found = [info for _, _, files in fs.walk(root, detail=True, on_error="raise") for info in files.values()]
        return [info for info in found if info.get("type") == "file" and not str(info["name"]).endswith("/")]

    def _told(self, info: dict[str, Any]) -> str:
        tag = str(info.get("ETag", "")).strip('"').lower()
        return tag if self.protocol in _OBJECTS and _MD5.fullmatch(tag) else ""

    def digest(self, listed: Listed) -> str:
        """Return a file's content hash: what the listing told, else of what is read."""
        if listed.hash:
            return listed.hash
        found = self._fetch([listed.path])[listed.path]
        if isinstance(found, OSError):
            raise found
        return hashlib.md5(found, usedforsecurity=False).hexdigest()

    def reader(self, prints: Sequence[Fingerprint]) -> Reader:
        """Return what reads the files of a batch: they are fetched here, several at a time."""
        contents = self._fetch([file.path for file in prints])

        def read(file: Fingerprint) -> bytes:
            found = contents.pop(file.path)
            if isinstance(found, OSError):
                raise found
            if len(found) != file.size:
                raise ChangedError
            return found

        return read

    def _fetch(self, paths: Sequence[str]) -> dict[str, bytes | OSError]:
        """Return each file's content, or why it could not be had."""
        todo: queue.SimpleQueue[str] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[str, bytes | OSError]] = queue.SimpleQueue()
        for path in paths:
            todo.put(path)

        def work() -> None:
            with suppress(queue.Empty):
                while True:
                    path = todo.get_nowait()
                    done.put((path, self._one(path)))

        try:
            parallel = _PARALLEL if getattr(self._within(self._open, self.seconds)[0], "async_impl", False) else 1
        except OSError as error:
            self._failed += 1
            return dict.fromkeys(paths, error)
        for _ in range(min(parallel, len(paths))):
            threading.Thread(target=work, daemon=True).start()
        found: dict[str, bytes | OSError] = {}
        with suppress(queue.Empty):
            while len(found) < len(paths):
                path, content = done.get(timeout=self.seconds * 1.5)
                found[path] = content
        if len(found) < len(paths):
            self._failed = _GIVE_UP
        return {path: found.get(path, SourceError("TimeoutError")) for path in paths}

    def _one(self, path: str) -> bytes | OSError:
        if self._failed >= _GIVE_UP:
            return SourceError("TimeoutError")
        try:
            content: bytes = self._twice(lambda fs, root: fs.cat_file(f"{root}/{path}"), None)
        except OSError as error:
            if isinstance(error, SourceError):
                self._failed += 1
            return error
        self._failed = 0
        return content

    def _twice(self, act: Callable[[Any, str], Made], seconds: float | None) -> Made:
        """Do something, and once more with a new connection if it failed.

        ``seconds``: to wait for both; without it the caller watches the time.
        """

        def attempts() -> Made:
            try:
                return act(*self._open())
            except (FileNotFoundError, PermissionError):
                raise
            except Exception:  # noqa: BLE001 - every kind of storage has errors of its own
                self._opened = None
                return act(*self._open())

        return self._within(attempts, seconds) if seconds else _plainly(attempts)

    def _within(self, act: Callable[[], Made], seconds: float) -> Made:
        """Do something in a thread that is left behind where it takes too long."""
        made: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

        def work() -> None:
            try:
                made.put((True, _plainly(act)))
            except OSError as error:
                made.put((False, error))

        threading.Thread(target=work, daemon=True).start()
        try:
            good, value = made.get(timeout=seconds * 1.5)
        except queue.Empty:
            raise SourceError("TimeoutError") from None
        if not good:
            raise value
        result: Made = value
        return result

    def _root(self) -> str:
        return self._open()[1]

    def _open(self) -> tuple[Any, str]:
        if self._opened is None:
            wait = self.seconds / 2
            options: dict[str, Any] = {}
            if self.protocol in _OBJECTS:
                limits = {"connect_timeout": wait, "read_timeout": wait, "retries": {"total_max_attempts": 1}}
                options = {"config_kwargs": limits}
            elif self.protocol in ("ftp", "sftp", "ssh"):
                options = {"timeout": wait}
            try:
                from fsspec.core import url_to_fs

                fs, root = url_to_fs(self.url, skip_instance_cache=True, use_listings_cache=False, **options)
            except (ImportError, ValueError):  # the latter: a protocol that nobody knows
                raise SourceError(f"fsspec[{self.protocol}]", missing=True) from None
            if self.protocol in _OBJECTS:
                fs.retries = 1  # the second try is ours
            self._opened = fs, str(root).rstrip("/")
        return self._opened


def _plainly(act: Callable[[], Made]) -> Made:
    """Do something with a storage; whatever it raises but missing files is a SourceError that says no more than its kind."""
    try:
        return act()
    except (FileNotFoundError, SourceError):
        raise
    except Exception as error:  # noqa: BLE001 - every kind of storage has errors of its own, and their texts may hold keys
        raise SourceError(type(error).__name__) from None


def _changed(info: dict[str, Any]) -> int:
    """Return when a file was last changed, in ns; 0 where the storage does not tell."""
    value = next(
        (
            info[name]
            for name in ("LastModified", "mtime", "last_modified", "modified", "modify", "updated")
            if info.get(name)
        ),
        0,
    )
    if isinstance(value, str):
        value = _read_time(value)
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return round(float(value) * 1e9)


def _read_time(value: str) -> datetime | float:
    forms: Iterable[str] = ("%Y%m%d%H%M%S", "%Y%m%d%H%M%S.%f")
    for form in forms:
        with suppress(ValueError):
            return datetime.strptime(value, form).replace(tzinfo=UTC)
    with suppress(ValueError):
        return datetime.fromisoformat(value)
    return 0.0
