"""The commands about marks in single workbooks: mark, unmark, restore."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.cli.files import check_paths, config_of, every_journal, journal_of, must_exist
from toolkit.messages import text
from toolkit.model import RefusedWorkbook

_UNMARKABLE = ("unreadable", "encrypted", "locked", "other")


def mark_checked(folder: Path, checked: Any, *, out: Path | None = None, as_json: bool) -> bool:
    """Mark every checked file; say whether all could be."""
    from toolkit.screen import complain, say
    from toolkit.single import marks_of
    from toolkit.steps.alone import mark_alone

    tell = complain if as_json else say
    config = config_of(folder)
    language = config.language if config else "zh"
    try:
        journal = journal_of(config)
    except RefusedWorkbook as error:
        stop(3, [error.reason], as_json=as_json)
    done = True
    for entry in checked.report["files"]:
        path = Path(entry["path"])
        if entry["status"] in _UNMARKABLE:
            entry["marks"] = "none"
            done &= entry["status"] == "other"
            tell(text("screen.refused", LANG, path=str(path), reason=_why_unusable(entry, checked)))
            continue
        marks = marks_of(checked.findings[entry["path"]], language)
        made = mark_alone(path, marks, out=out, journal=journal, language=language)
        entry["marks"] = made.status
        if made.copied and made.status == "done":
            entry["copy"] = str(made.target)
        done &= made.status not in ("refused", "in-use")
        for line in _said(made):
            tell(line)
    return done


def _why_unusable(entry: dict[str, Any], checked: Any) -> str:
    if entry["status"] == "encrypted":
        return text("marks.refused.encrypted", LANG)
    messages = [
        one["message"] for one in checked.report["findings"] if one["file"] == entry["path"] and one["cell"] is None
    ]
    return messages[0] if messages else text(f"file_status.{entry['status']}", LANG)


def _said(made: Any) -> list[str]:
    """Return what to say about one marked file."""
    path, target = str(made.path), str(made.target)
    if made.made is None:
        reason = text(f"marks.refused.{made.code}", LANG) if made.code != "disk" else made.reason
        return [text("screen.refused", LANG, path=path, reason=reason)]
    result = made.made
    if result.status == "in-use":
        return [in_use_line(made.target, result.owner, result.lock)]
    name = "marked_copy" if made.copied else "marked"
    name = "nothing_to_mark" if not result.marked and result.status == "none" else name
    said = [text(f"screen.{name}", LANG, path=path, target=target, count=result.marked)]
    if result.values_only and result.status == "done":
        said.append(text("screen.values_only", LANG))
    if result.kept:
        said.append(text("screen.kept", LANG, places="、".join(result.kept)))
    if result.stale_lock:
        said.append(text("screen.stale_lock", LANG, lock=result.stale_lock))
    return said


def in_use_line(path: Path, owner: str, lock: str) -> str:
    """Return what to say about a file that somebody has open."""
    if lock:
        return text("screen.in_use_by", LANG, path=str(path), owner=owner or text("screen.somebody", LANG), lock=lock)
    return text("screen.in_use", LANG, path=str(path))


@taizhang.command(help=help_text("mark.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=help_text("mark.out"))
@common
def mark(folder: Path, files: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """Check files and mark them."""
    checked, _ = check_paths(folder, files, None, explain=False, as_json=as_json)
    done = mark_checked(folder, checked, out=out, as_json=as_json)
    if as_json:
        print_json(checked.report)
    sys.exit(3 if checked.status == 3 or not done else 0)


@taizhang.command(help=help_text("unmark.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@common
def unmark(folder: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Take our marks off files."""
    from toolkit.marking import unmark as unmark_file
    from toolkit.screen import say
    from toolkit.single import unsealed

    must_exist(files, as_json=as_json)
    config = config_of(folder)
    results = []
    for path in files:
        kept: tuple[str, ...] = ()
        try:
            made = unsealed(path, partial(unmark_file, path, path, journal=journal_of(config)))
            status, kept = made.status, made.kept
            line = text("screen.unmarked" if status == "done" else "screen.no_marks", LANG, path=str(path))
            if status == "in-use":
                line = in_use_line(path, made.owner, made.lock)
        except RefusedWorkbook as error:
            status = "refused"
            reason = text(f"marks.refused.{error.code}", LANG)
            line = text("screen.not_unmarked", LANG, path=str(path), reason=reason)
        results.append({"path": str(path), "status": status, "kept": list(kept)})
        if not as_json:
            say(line)
            if kept:
                say(text("screen.kept", LANG, places="、".join(kept)))
    if as_json:
        print_json({"version": 1, "files": results})
    sys.exit(3 if any(one["status"] in ("refused", "in-use") for one in results) else 0)


@taizhang.command(help=help_text("restore.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--list", "listed", is_flag=True, help=help_text("restore.list"))
@click.option("--from", "number", type=click.IntRange(min=1), help=help_text("restore.from_"))
@common
def restore(folder: Path, files: tuple[Path, ...], listed: bool, number: int | None, as_json: bool) -> None:
    """Put back a backup, or list them."""
    from toolkit.marking import backups_of
    from toolkit.marking import restore as restore_file
    from toolkit.screen import say

    journals = every_journal(config_of(folder))
    results: list[dict[str, Any]] = []
    for path in files:
        backups = [backup for backup, _ in backups_of(path.absolute(), journals)]
        lines = [_backup_line(at, backup) for at, backup in enumerate(backups, 1)]
        if listed:
            said = [
                text("screen.backups" if lines else "screen.no_backup", LANG, path=str(path), count=len(lines)),
                *lines,
            ]
            known = [
                {"number": at, "made": backup.made.isoformat(), "before": backup.why, "sha256": backup.digest}
                for at, backup in enumerate(backups, 1)
            ]
            results.append({"path": str(path), "status": "listed" if known else "none", "backups": known})
        else:
            made = restore_file(path, journals, number)
            results.append({"path": str(path), "status": made.status, "restored": made.status == "done",
                            "changed_since": made.changed_since})  # fmt: skip
            said = _restored(path, made)
        if not as_json:
            for line in said:
                say(line)
    if as_json:
        print_json({"version": 1, "files": results})
    sys.exit(0 if all(one["status"] in ("done", "listed") for one in results) else 3)


def _backup_line(number: int, backup: Any) -> str:
    why = text(f"screen.why.{backup.why or 'mark'}", LANG)
    made = backup.made.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return text("screen.backup", LANG, number=number, made=made, why=why)


def _restored(path: Path, made: Any) -> list[str]:
    """Return what to say about one restored file."""
    if made.status == "done":
        when = made.backup.made.astimezone().strftime("%Y-%m-%d %H:%M")
        said = [
            text(
                "screen.restored",
                LANG,
                path=str(path),
                made=when,
                why=text(f"screen.why.{made.backup.why or 'mark'}", LANG),
            )
        ]
        return [*said, text("screen.changed_since", LANG)] if made.changed_since else said
    if made.status == "in-use":
        return [in_use_line(path, made.owner, made.lock)]
    if made.status == "refused":
        return [text("screen.not_restored", LANG, path=str(path), reason=text(f"marks.refused.{made.reason}", LANG))]
    return [text("screen.no_backup", LANG, path=str(path))]
