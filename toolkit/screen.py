"""What the command line shows: progress, results, findings. Progress goes to standard error, results to standard output."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.messages.say import title
from toolkit.model import UNMARKED


class Silent:
    """Shows no progress."""

    def step(self, name: str, total: int) -> None:
        """Say nothing."""

    def advance(self, count: int = 1) -> None:
        """Say nothing."""


class Lines:
    """Progress as plain lines: for logs and pipes."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def step(self, name: str, total: int) -> None:
        """Print the step's name and size."""
        print(f"{text(f'progress.{name}', self._lang)} ({total})", file=sys.stderr, flush=True)  # noqa: T201 - the screen

    def advance(self, count: int = 1) -> None:
        """Say nothing."""


class JsonLines:
    """Progress as lines of JSON on standard error, for a program that shows it itself."""

    def __init__(self) -> None:
        self._step, self._total, self._done = "", 0, 0

    def step(self, name: str, total: int) -> None:
        """Tell that a step begins."""
        self._step, self._total, self._done = name, total, 0
        self._tell()

    def advance(self, count: int = 1) -> None:
        """Tell how far it is."""
        self._done += count
        self._tell()

    def _tell(self) -> None:
        line = json.dumps({"step": self._step, "done": self._done, "total": self._total})
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the screen


class Bars:
    """Progress as bars, for a terminal."""

    def __init__(self, lang: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._lang = lang
        self._bars = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                              console=Console(stderr=True))  # fmt: skip
        self._task: Any = None
        self._started = False

    def step(self, name: str, total: int) -> None:
        """Begin a new bar."""
        if not self._started:
            self._bars.start()
            self._started = True
        self._task = self._bars.add_task(text(f"progress.{name}", self._lang), total=total)

    def advance(self, count: int = 1) -> None:
        """Move the current bar."""
        if self._task is not None:
            self._bars.advance(self._task, count)

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._started:
            self._bars.stop()


def say(line: str = "") -> None:
    """Print a line of the result."""
    print(line)  # noqa: T201 - the screen


def complain(line: str) -> None:
    """Print a line about what went wrong; in a box where there is no terminal: a file was double-clicked or dropped on."""
    if sys.platform == "win32" and sys.stderr is None:
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, line, "taizhang", 0x30)
    else:
        print(line, file=sys.stderr)  # noqa: T201 - the screen


def ranges(cells: Sequence[str], most: int = 6) -> str:
    """Return cells as people list them: ``D5:D12、D20``."""
    from toolkit.model import split_cell

    places = sorted({split_cell(cell)[::-1] for cell in cells})
    runs: list[list[tuple[int, int]]] = []
    for column, row in places:
        if runs and runs[-1][-1] == (column, row - 1):
            runs[-1].append((column, row))
        else:
            runs.append([(column, row)])
    from toolkit.model import cell_name

    named = [
        cell_name(run[0][1], run[0][0]) + (f":{cell_name(run[-1][1], run[-1][0])}" if len(run) > 1 else "")
        for run in runs
    ]
    return "、".join(named[:most]) + ("…" if len(named) > most else "")


def show_run(
    report: Mapping[str, Any], outputs: Mapping[str, str], lang: str, *, seconds: float, parsed: int, unchanged: bool
) -> None:
    """Print what a run did and which file to open first."""
    totals = report["totals"]
    say(
        text(
            "screen.unchanged" if unchanged else "screen.done",
            lang,
            **({} if unchanged else {"seconds": f"{seconds:.1f}"}),
        )
    )
    say(text("screen.read", lang, files=totals["files"], rows=f"{totals['rows']:,}", parsed=parsed))
    say(text("screen.reported", lang, stations=totals["stations"], reported=totals["reported"]))
    say(text("screen.found", lang, errors=totals["errors"], warnings=totals["warnings"], fixed=totals["fixed"]))
    counts = Counter(finding["code"] for finding in report["findings"] if finding["severity"] != "info")
    if counts:
        say()
        say(text("screen.top", lang))
        for code, count in counts.most_common(6):
            say(f"  {count:>6}  {code}  {title(code, lang)}")
    unusable = [file for file in report["files"] if file["status"] in ("unreadable", "encrypted", "locked")]
    if unusable:
        say()
        say(text("screen.unusable", lang, count=len(unusable)))
        reasons = {
            finding["file"]: title(finding["code"], lang) for finding in report["findings"] if finding["cell"] is None
        }
        for file in unusable[:8]:
            path, status = mask_text(file["path"]), text("file_status." + file["status"], lang)
            say(f"  {path}  {status}  {reasons.get(file['path'], '')}")
        if len(unusable) > 8:
            say(f"  … {len(unusable) - 8}")
    show_unmarked(report["findings"], lang)
    say()
    say(text("screen.open_first", lang, path=outputs.get("summary", "")))
    for name, path in outputs.items():
        if name != "summary":
            say(f"  {path}")


def show_unmarked(findings: Sequence[Mapping[str, Any]], lang: str, most: int = 8) -> None:
    """Print which files carry no marks although they should, and why; ``findings``: entries of a report."""
    reasons = [one for one in findings if one["code"] in UNMARKED]
    if not reasons:
        return
    say()
    say(text("screen.not_marked", lang, count=len(reasons)))
    for one in reasons[:most]:
        say(f"  {mask_text(one['file'])}  {one['message']}")
    if len(reasons) > most:
        say(f"  … {len(reasons) - most}")


def show_check(report: Mapping[str, Any], lang: str, ledger_names: Mapping[str, str], *, everything: bool) -> None:
    """Print what checking found, equal findings on one line."""
    by_file: dict[str, list[Mapping[str, Any]]] = {}
    for finding in report["findings"]:
        by_file.setdefault(finding["file"], []).append(finding)
    for file in report["files"]:
        names = "、".join(ledger_names.get(ledger, ledger) for ledger in file["ledgers"]) or text(
            "screen.no_ledger", lang
        )
        params = {
            "path": mask_text(file["path"]),
            "ledgers": names,
            "rows": file["rows"],
            "errors": file["errors"],
            "warnings": file["warnings"],
        }
        say(text("screen.file_line", lang, **params))
        own = [finding for finding in by_file.get(file["path"], []) if everything or finding["severity"] != "info"]
        if not own:
            say(f"  {text('screen.clean', lang)}")
        _show_findings(own, lang, everything=everything)


def _show_findings(findings: Sequence[Mapping[str, Any]], lang: str, *, everything: bool) -> None:
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for finding in findings:
        groups.setdefault((finding["sheet"] or "", finding["code"], finding["message"]), []).append(finding)
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(groups.items(), key=lambda item: (order[item[1][0]["severity"]], item[1][0]["row"] or 0))
    limit = len(ranked) if everything else 40
    for (sheet, code, message), group in ranked[:limit]:
        cells = [finding["cell"] for finding in group if finding["cell"]]
        where = f"{sheet}!{ranges(cells)}" if cells else sheet
        hint = (
            f"（{text('screen.suggestion', lang, suggestion=group[0]['suggestion'])}）"
            if len(group) == 1 and group[0]["suggestion"]
            else ""
        )
        say(f"  {code}  {where}  {message}{hint}")
    if len(ranked) > limit:
        rest = sum(len(group) for _, group in ranked[limit:])
        say(f"  {text('screen.more', lang, count=rest)}")
