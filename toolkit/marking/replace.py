"""Replace a file by a new one so that whoever looks finds the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import socket
import time
from pathlib import Path
from typing import BinaryIO

from toolkit.marking.backups import file_hash, sync_folder
from toolkit.marking.journal import Entry, Journal
from toolkit.marking.locks import is_open_elsewhere
from toolkit.marking.members import Refusal

_MARKER = ".taizhang-"
_STALE_AFTER = 600.0
_TRIES = 5
_PAUSE = 0.2
_NO_WRITING = 0o222


class InUse(BlockingIOError):  # noqa: N818 - not an error: the next run tries again
    """Somebody has the file open, or changed it meanwhile."""


def times_of(path: Path) -> tuple[int, int]:
    """Return when a file was last read and changed (ns), to be given to what takes its place."""
    state = path.stat()
    return state.st_atime_ns, state.st_mtime_ns


class _Hashing(io.RawIOBase):
    """Passes bytes on and remembers their hash."""

    def __init__(self, inner: BinaryIO) -> None:
        self.inner = inner
        self.value = hashlib.sha256()
        self._position = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self.value.update(piece)
        self.inner.write(piece)
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._position


class Replacement:
    """A new version of ``target`` in the making: write to ``file``, then ``commit``.

    Used as a context manager; without a successful ``commit`` the target stays as it was.

    Args:
        target: the file.
        journal: notes the write and backs up what the target holds, if it exists.
        before: the hash of what the new version was made from, where that is the target itself.
        why: what is done to the file, one word; for the journal and the list of backups.
        times: (read, changed) in ns for the new version, where they shall not be now.

    Raises:
        Refusal: the target is read-only, has other names, or its folder cannot be written.
        InUse: another of our processes is writing the same file.
    """

    def __init__(
        self, target: Path, journal: Journal | None = None, before: str | None = None, *, why: str = "mark",
        times: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        self.target = target
        check_replaceable(target)
        self._times = times
        self._before = before if before is not None else file_hash(target) if target.exists() else ""
        self._temporary = _temporary_for(target)
        sweep(target)
        self._entry: Entry | None = None
        if journal is not None and self._before:
            self._entry = journal.begin(target, self._temporary, self._before, why)
        try:
            self._inner: BinaryIO = self._temporary.open("xb", buffering=1 << 16)
        except FileExistsError as error:
            self._note("given-up")
            raise InUse(target.name) from error
        except OSError as error:
            self._note("given-up")
            if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise Refusal("read-only-folder") from error
            raise
        except BaseException:
            self._note("given-up")
            raise
        self._hashing = _Hashing(self._inner)

    def _note(self, outcome: str) -> None:
        """Close the journal's entry, if one is open; a full disk must not hide what went wrong before."""
        if self._entry is not None:
            with contextlib.suppress(OSError):
                self._entry.end(outcome)
            self._entry = None

    @property
    def file(self) -> BinaryIO:
        """Where the new content goes, front to back."""
        return self._hashing  # type: ignore[return-value]

    def __enter__(self) -> Replacement:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # on a full disk closing fails as writing did
            self._inner.close()
        with contextlib.suppress(OSError):  # what stays is swept the next time
            self._temporary.unlink(missing_ok=True)
        self._note("given-up")

    def commit(self) -> bool:
        """Put the new content in the target's place; False where it is the same as before.

        Raises:
            InUse: the target changed meanwhile, or cannot be replaced just now.
            OSError: the new content did not reach the disk as it was written.
        """
        self._inner.flush()
        os.fsync(self._inner.fileno())
        self._inner.close()
        after = self._hashing.value.hexdigest()
        if file_hash(self._temporary) != after:
            raise OSError(f"what was read back differs from what was written: {self.target.name}")
        if after == self._before:
            return False
        if self._entry is not None:
            self._entry.ready(after)
        self._swap()
        self._note("done")
        return True

    def _swap(self) -> None:
        if self._before:
            _keep_attributes(self.target, self._temporary)
            if is_open_elsewhere(self.target) or file_hash(self.target) != self._before:
                raise InUse(self.target.name)
        if self._times is not None:
            os.utime(self._temporary, ns=self._times)
        for attempt in range(_TRIES):
            try:
                self._temporary.replace(self.target)
                break
            except PermissionError as error:
                if attempt == _TRIES - 1:
                    raise InUse(self.target.name) from error
                time.sleep(_PAUSE * (attempt + 1))
        sync_folder(self.target.parent)


def check_replaceable(target: Path) -> None:
    """Make sure that a file may be replaced.

    Raises:
        Refusal: it is read-only, or has several names: the others would keep the old content.
    """
    try:
        state = target.stat()
    except FileNotFoundError:
        return
    if not state.st_mode & _NO_WRITING:
        raise Refusal("read-only")
    if state.st_nlink > 1:
        raise Refusal("hard-linked")


def _keep_attributes(source: Path, target: Path) -> None:
    """Give a new version owner, permissions and extended attributes (access lists are among them) of the old one."""
    state = source.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(target, state.st_uid, state.st_gid)
    with contextlib.suppress(OSError):
        target.chmod(state.st_mode & 0o7777)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(source):
                with contextlib.suppress(OSError):  # some only the system may set
                    os.setxattr(target, name, os.getxattr(source, name))


def _here() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]


def _temporary_for(target: Path) -> Path:
    key = hashlib.sha256(target.name.encode("utf-8", "surrogateescape")).hexdigest()[:10]
    return target.with_name(f"{_MARKER}{key}-{_here()}-{os.getpid()}.tmp")


def sweep(target: Path) -> None:
    """Remove temporary files that processes which are gone left beside a file."""
    key = _temporary_for(target).name.split("-")[1]
    for found in target.parent.glob(f"{_MARKER}{key}-*.tmp"):
        _, _, host, process = found.stem.split("-", 3)
        with contextlib.suppress(OSError):
            old = time.time() - found.stat().st_mtime > _STALE_AFTER
            if old or (host == _here() and os.name != "nt" and not _alive(int(process))):
                found.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
