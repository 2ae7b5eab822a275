"""The workbooks on the desk: copies in a private folder, under names of ours; what people call them is only ever shown."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from toolkit.messages import LANGUAGES, text
from toolkit.page.settings import Limits
from toolkit.single import Checked

_SUFFIXES = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xls", ".et", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".html", ".htm"}
)
_ROOM = 200 << 20
_LONGEST = 120


class NotTaken(Exception):  # noqa: N818 - it says what happened to the file
    """A file was not taken in; ``why`` is the entry of the catalogue under ``page.drop``, ``params`` fill it."""

    def __init__(self, why: str, /, **params: object) -> None:
        super().__init__(why)
        self.why, self.params = why, params


@dataclass(slots=True)
class Item:
    """One workbook on the desk.

    ``folder`` is its own, named by ``id``; ``path`` the working copy in it. ``checked`` is None as long as it waits.
    ``before``: how many errors and warnings it had when it was last dropped, if it was. ``marked``: it carries marks of
    ours, or may. ``said``: what the last action has to say, as (entry, params).
    """

    id: str
    name: str
    folder: Path
    suffix: str
    checked: Checked | None = None
    before: int | None = None
    marked: bool = False
    corrected: bool = False
    unmarked: bool = False
    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> Path:
        """The working copy."""
        return self.folder / f"workbook{self.suffix}"

    @property
    def open_findings(self) -> int:
        """How many errors and warnings it has."""
        totals = self.checked.report["totals"] if self.checked else {}
        return int(totals.get("errors", 0) + totals.get("warnings", 0))


class Desk:
    """The workbooks that were dropped, in order, the newest first."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._items: dict[str, Item] = {}
        self._names: dict[str, str] = {}

    def items(self) -> list[Item]:
        """Return the workbooks, the newest first."""
        return list(reversed(self._items.values()))

    def get(self, key: str) -> Item | None:
        """Return the workbook with an id."""
        return self._items.get(key)

    def remove(self, key: str) -> None:
        """Forget a workbook and delete its copies."""
        item = self._items.pop(key, None)
        if item:
            shutil.rmtree(item.folder, ignore_errors=True)

    async def receive(self, given: str, chunks: AsyncIterator[bytes]) -> Item:
        """Take in an upload.

        Raises:
            NotTaken: too large, too many, or no room on the disk; nothing of it is kept.
        """
        item, limit = self._new(given), self._limits.file_mb << 20
        size = 0
        try:
            with item.path.open("xb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise NotTaken("too_large", name=item.name, megabytes=self._limits.file_mb)
                    file.write(chunk)
        except BaseException:
            shutil.rmtree(item.folder, ignore_errors=True)
            raise
        return self._put(item)

    def fetch(self, source: Path) -> Item:
        """Take in a copy of a file of this computer, named on a command line by the person who owns the page.

        Raises:
            NotTaken: too large, too many, or not to be read.
        """
        item = self._new(source.name)
        try:
            if source.stat().st_size > self._limits.file_mb << 20:
                raise NotTaken("too_large", name=item.name, megabytes=self._limits.file_mb)
            shutil.copyfile(source, item.path)
        except OSError as error:
            shutil.rmtree(item.folder, ignore_errors=True)
            raise NotTaken("unreadable", name=item.name, reason=error.strerror or type(error).__name__) from error
        except NotTaken:
            shutil.rmtree(item.folder, ignore_errors=True)
            raise
        return self._put(item)

    def _new(self, given: str) -> Item:
        name = plain_name(given)
        if len(self._items) >= self._limits.files:
            raise NotTaken("too_many", name=name, count=len(self._items))
        if shutil.disk_usage(self._folder).free < _ROOM + (self._limits.file_mb << 20):
            raise NotTaken("no_room", name=name)
        suffix = PurePosixPath(name).suffix.lower()
        key = secrets.token_hex(8)
        folder = self._folder / key
        folder.mkdir(mode=0o700)
        return Item(key, name, folder, suffix if suffix in _SUFFIXES else "")

    def _put(self, item: Item) -> Item:
        """Place it on the desk; one of the same name makes room for it."""
        for older in [one for one in self._items.values() if one.name == item.name]:
            item.before = older.open_findings if older.checked else older.before
            self.remove(older.id)
        self._items[item.id] = item
        return item


def plain_name(given: str) -> str:
    """Return what people call a file: its last part, without control characters and without what our downloads add to it."""
    last = re.split(r"[/\\]", given)[-1]
    shown = "".join(char for char in last if char.isprintable()).strip() or "-"
    stem, dot, suffix = shown.rpartition(".")
    added = "|".join(
        text(f"page.name.{kind}", lang) for kind in ("marked", "corrected", "unmarked") for lang in LANGUAGES
    )
    found = re.fullmatch(rf"(.+?)(?:-(?:{added})(?: ?[(（]\d+[)）])?)+", stem) if dot else None
    name = f"{found[1]}.{suffix}" if found else shown
    if len(name) > _LONGEST:
        name = name[: _LONGEST - 10] + "…" + name[-9:]
    return name


def download_name(item: Item, kind: str, lang: str, suffix: str | None = None) -> str:
    """Return the name under which a copy is downloaded: ``走访-已标注.xlsx``."""
    stem = PurePosixPath(item.name).stem
    safe = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", stem).strip(" .") or "workbook"
    return f"{safe}-{text(f'page.name.{kind}', lang)}{item.suffix if suffix is None else suffix}"
