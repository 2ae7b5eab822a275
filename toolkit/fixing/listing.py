"""What adopting a copy did, in words and as values; the whole list of what differs as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.fixing.compare import Change, Difference
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.workspace import Workspace

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class AdoptResult:
    """What adopting a copy did.

    ``status``: done, listed (dry run) or in-use. ``source`` and ``target``: the ledger it was a copy of and the ledger it is
    now, relative to the workspace. ``anew``: the source was gone, so nothing could be compared. ``backup``: where a
    source of another kind was moved. ``listed``: the file with everything that differs. ``patched``: only cells of the original
    were changed; otherwise the copy took its place.
    """

    path: str
    status: str
    source: str
    target: str
    differs: Difference = field(default_factory=Difference)
    anew: bool = False
    backup: str = ""
    listed: str = ""
    patched: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """The cells that differ."""
        return tuple(self.differs.changes)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, numbers of persons masked."""
        changes = [_shown(change) for change in self.changes]
        rows = {name: [{"sheet": mask_text(sheet), "row": row} for sheet, row in rows]
                for name, rows in (("inserted", self.differs.inserted), ("deleted", self.differs.deleted))}  # fmt: skip
        return {"path": self.path, "status": self.status, "source": self.source, "target": self.target,
                "changes": changes, **rows, "anew": self.anew, "backup": self.backup, "list": self.listed,
                "patched": self.patched}  # fmt: skip

    def lines(self, lang: str = "zh", most: int = _MOST_LINES) -> list[str]:
        """Return what to print; numbers of persons masked."""
        said = [
            text(
                f"adopt.screen.{self.status}",
                lang,
                path=self.path,
                target=self.target,
                what=counted(self.differs, lang),
            )
        ]
        said += [text("adopt.screen.anew", lang)] if self.anew else []
        if self.status == "done" and not self.anew:
            said.append(text("adopt.screen.patched" if self.patched else "adopt.screen.replaced", lang))
        rest = list(details(self.differs, lang))
        said += rest[:most]
        said += [text("adopt.screen.more", lang, count=len(rest) - most)] if len(rest) > most else []
        said += [text("adopt.screen.listed-in", lang, path=self.listed)] if self.listed else []
        if self.backup:
            said.append(text("adopt.screen.moved", lang, source=self.source, backup=self.backup))
        return said


def counted(differs: Difference, lang: str) -> str:
    """Return how much differs: ``1 row inserted, 2 cells changed``."""
    counts = (
        ("sheets", len(differs.sheets)), ("inserted", len(differs.inserted)), ("deleted", len(differs.deleted)),
        ("changed", len(differs.changes)),
    )  # fmt: skip
    said = [text(f"adopt.count.{name}", lang, count=count) for name, count in counts if count]
    return text("adopt.count.and", lang).join(said) or text("adopt.count.nothing", lang)


def details(differs: Difference, lang: str) -> Iterator[str]:
    """Yield a line for everything that differs, numbers of persons masked."""
    for sheet in differs.sheets:
        yield text("adopt.screen.sheet", lang, sheet=mask_text(sheet))
    for name, rows in (("row-inserted", differs.inserted), ("row-deleted", differs.deleted)):
        for sheet, count in Counter(sheet for sheet, _ in rows).items():
            numbers = [row for each, row in rows if each == sheet]
            yield text(f"adopt.screen.{name}", lang, sheet=mask_text(sheet), count=count, rows=_ranges(numbers))
    for change in differs.changes:
        yield text("adopt.screen.line", lang, **_shown(change))


def _ranges(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _shown(change: Change) -> dict[str, str]:
    return {
        "sheet": mask_text(change.sheet),
        "cell": change.cell,
        "old": mask_text(change.old),
        "new": mask_text(change.new),
    }


def write_list(workspace: Workspace, copy: Path, differs: Difference) -> Path | None:
    """Write everything that differs into a text file under ``out/lists``; return it, or None where there is nothing."""
    lines = list(details(differs, workspace.config.language))
    if not lines:
        return None
    folder = workspace.config.path("out") / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S")
    lang = workspace.config.language
    target = folder / text("adopt.list-name", lang, stamp=stamp, name=copy.stem[:60])
    head = [workspace.relative(copy), counted(differs, lang), ""]
    target.write_text("\r\n".join([*head, *lines, ""]), encoding="utf-8-sig", newline="")
    return target
