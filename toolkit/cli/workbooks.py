"""The commands about single workbooks: check, mark, unmark, restore, fix, adopt."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.messages import text
from toolkit.model import MarkResult, RefusedWorkbook


@taizhang.command(help=help_text("check.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--ledger", help=help_text("check.ledger"))
@click.option("--mark", "mark_too", is_flag=True, help=help_text("check.mark_too"))
@click.option("--explain", is_flag=True, help=help_text("check.explain"))
@click.option("--all", "everything", is_flag=True, help=help_text("check.all"))
@common
def check(
    folder: Path,
    files: tuple[Path, ...],
    ledger: str | None,
    mark_too: bool,
    explain: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Check single workbooks."""
    from toolkit.screen import say, show_check

    checked, names = _check(folder, files, ledger, explain=explain, as_json=as_json)
    if mark_too:
        _mark_checked(folder, checked, as_json=as_json)
    if as_json:
        print_json(checked.report)
    else:
        if explain:
            for path, lines in checked.explained.items():
                say(text("screen.explain", LANG, path=path))
                for sheet, row, kind, start in lines:
                    say(f"  {sheet} {row:>5}  {text(f'row.{kind}', LANG)}  {start}")
        show_check(checked.report, LANG, names, everything=everything)
    sys.exit(checked.status)


def _check(
    folder: Path, files: tuple[Path, ...], ledger: str | None, *, explain: bool, as_json: bool
) -> tuple[Any, dict[str, str]]:
    """Check files with the settings of the workspace at hand, where there is one."""
    from toolkit.config import FILE, load_config
    from toolkit.ledgers.dictionary import load_dictionary
    from toolkit.single import check_files, circumstances

    settings = circumstances(load_config(folder) if (folder / FILE).is_file() else None)
    loaded = load_dictionary(settings["dictionary"])
    chosen = loaded.named(ledger) if ledger else None
    if ledger and chosen is None:
        allowed = "、".join(f"{one.id} {one.short}" for one in loaded.ledgers.values())
        stop(2, [text("screen.unknown_ledger", LANG, value=ledger, allowed=allowed)], as_json=as_json)
    for path in files:
        if not path.exists():
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)
    checked = check_files(files, ledger=chosen.id if chosen else None, lang=LANG, explain=explain, **settings)
    return checked, {one.id: one.short for one in loaded.ledgers.values()}


def _journal(folder: Path) -> Any:
    """Return the journal of the workspace at hand, or None where there is none: then there are no backups."""
    from toolkit.config import FILE, load_config
    from toolkit.marking import Journal

    return Journal(load_config(folder).path("state")) if (folder / FILE).is_file() else None


def _unsealed(path: Path, act: Callable[..., MarkResult]) -> MarkResult:
    """Do something to a workbook, with the passwords at hand where it is encrypted."""
    from toolkit.marking.encryption import is_ole
    from toolkit.passwords import passwords_for

    words = passwords_for(None) if is_ole(path) else ()
    for word in words[:-1]:
        with contextlib.suppress(RefusedWorkbook):
            return act(password=word)
    return act(password=words[-1]) if words else act()


def _mark_checked(folder: Path, checked: Any, *, as_json: bool) -> None:
    """Mark every checked file in place."""
    from toolkit.marking import mark as mark_file
    from toolkit.screen import complain, say
    from toolkit.single import marks_of

    tell = complain if as_json else say
    for entry in checked.report["files"]:
        path = Path(entry["path"])
        if entry["status"] not in ("ok", "findings"):
            continue
        try:
            marks = marks_of(checked.findings[entry["path"]], "zh")
            journal = _journal(folder)
            made = _unsealed(path, partial(mark_file, path, path, marks, journal=journal))
        except RefusedWorkbook as error:
            entry["marks"] = "refused"
            tell(text("screen.refused", LANG, path=str(path), reason=error.reason))
            continue
        entry["marks"] = made.status
        if made.status == "in-use":
            tell(text("screen.in_use", LANG, path=str(path)))
        else:
            tell(text("screen.marked", LANG, path=str(path), count=made.marked, status=made.status))


@taizhang.command(help=help_text("mark.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@common
def mark(folder: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Check files and mark them in place."""
    checked, _ = _check(folder, files, None, explain=False, as_json=as_json)
    _mark_checked(folder, checked, as_json=as_json)
    if as_json:
        print_json(checked.report)
    sys.exit(3 if checked.status == 3 else 0)


@taizhang.command(help=help_text("unmark.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@common
def unmark(folder: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Take our marks off files."""
    from toolkit.marking import unmark as unmark_file
    from toolkit.screen import say

    results = []
    for path in files:
        if not path.exists():
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)
        try:
            status = _unsealed(path, partial(unmark_file, path, path, journal=_journal(folder))).status
            line = text(
                "screen.in_use" if status == "in-use" else "screen.unmarked", LANG, path=str(path), status=status
            )
        except RefusedWorkbook as error:
            status, line = "refused", text("screen.refused", LANG, path=str(path), reason=error.reason)
        results.append({"path": str(path), "status": status})
        if not as_json:
            say(line)
    if as_json:
        print_json({"version": 1, "files": results})
    sys.exit(3 if any(one["status"] in ("refused", "in-use") for one in results) else 0)


@taizhang.command(help=help_text("fix.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=help_text("fix.dry_run"))
@click.option("--undo", is_flag=True, help=help_text("fix.undo"))
@click.option("--long-ids", is_flag=True, help=help_text("fix.long_ids"))
@common
def fix(folder: Path, files: tuple[Path, ...], dry_run: bool, undo: bool, long_ids: bool, as_json: bool) -> None:
    """Write the safe suggestions into workbooks, or take them back."""
    from toolkit.config import FILE, load_config
    from toolkit.fixing import fix_files
    from toolkit.screen import say

    for path in files:
        if not path.exists():
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)
    config = load_config(folder) if (folder / FILE).is_file() else None
    fixed = fix_files(
        files, dry_run=dry_run, undo=undo, long_ids=long_ids, journal=_journal(folder), lang=LANG,
        language=config.language if config else "zh", today=config.today if config else None,
        period=config.period if config else None,
    )  # fmt: skip
    if as_json:
        print_json({"version": 1, "files": [one.to_dict(LANG) for one in fixed]})
    else:
        for one in fixed:
            for line in one.lines(LANG):
                say(line)
    sys.exit(0 if all(one.usable for one in fixed) else 3)


@taizhang.command(help=help_text("adopt.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=help_text("adopt.dry_run"))
@click.option("--force", is_flag=True, help=help_text("adopt.force"))
@common
def adopt(folder: Path, files: tuple[Path, ...], dry_run: bool, force: bool, as_json: bool) -> None:
    """Take over what somebody typed into marked copies."""
    from toolkit.config import load_config
    from toolkit.fixing import adopt as adopt_file
    from toolkit.screen import say
    from toolkit.workspace import locked, open_workspace

    results: list[dict[str, Any]] = []
    with locked(load_config(folder), LANG):
        workspace = open_workspace(folder, LANG)
        for path in files:
            try:
                adopted = adopt_file(workspace, path, lang=LANG, force=force, dry_run=dry_run)
                results.append(adopted.to_dict())
                lines = adopted.lines(LANG)
            except RefusedWorkbook as error:
                results.append({"path": str(path), "status": "refused", "code": error.code, "reason": error.reason})
                lines = [text("screen.refused", LANG, path=str(path), reason=error.reason)]
            if not as_json:
                for line in lines:
                    say(line)
    if as_json:
        print_json({"version": 1, "files": results})
    sys.exit(3 if any(one["status"] in ("refused", "in-use") for one in results) else 0)


@taizhang.command(help=help_text("restore.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@common
def restore(folder: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Put back the backup from before the last write."""
    from toolkit.config import load_config
    from toolkit.marking import Journal
    from toolkit.screen import say

    config = load_config(folder)
    journal = Journal(config.path("state"))
    done = {str(path): journal.restore(path.absolute()) for path in files}
    if as_json:
        print_json({"version": 1, "files": [{"path": path, "restored": restored} for path, restored in done.items()]})
    else:
        for path, restored in done.items():
            say(text("screen.restored" if restored else "screen.no_backup", LANG, path=path))
    sys.exit(0 if all(done.values()) else 3)
