"""The commands about single workbooks: check, fix, adopt."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.cli.files import check_paths, config_of, journal_of, must_exist
from toolkit.cli.marks import mark_checked
from toolkit.messages import text
from toolkit.model import RefusedWorkbook


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

    checked, names = check_paths(folder, files, ledger, explain=explain, as_json=as_json)
    marked = mark_checked(folder, checked, as_json=as_json) if mark_too else True
    if as_json:
        print_json(checked.report)
    else:
        if explain:
            for path, lines in checked.explained.items():
                say(text("screen.explain", LANG, path=path))
                for sheet, row, kind, start in lines:
                    say(f"  {sheet} {row:>5}  {text(f'row.{kind}', LANG)}  {start}")
        show_check(checked.report, LANG, names, everything=everything)
    sys.exit(checked.status if marked else 3)


@taizhang.command(help=help_text("fix.help"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=help_text("fix.dry_run"))
@click.option("--undo", is_flag=True, help=help_text("fix.undo"))
@click.option("--long-ids", is_flag=True, help=help_text("fix.long_ids"))
@common
def fix(folder: Path, files: tuple[Path, ...], dry_run: bool, undo: bool, long_ids: bool, as_json: bool) -> None:
    """Write the safe suggestions into workbooks, or take them back."""
    from toolkit.fixing import fix_files
    from toolkit.screen import say
    from toolkit.workspace import workspace_dictionary

    must_exist(files, as_json=as_json)
    config = config_of(folder)
    if config:
        workspace_dictionary(config, LANG)  # says what is wrong with it before anything is written
    try:
        journal = journal_of(config)
    except RefusedWorkbook as error:
        stop(3, [error.reason], as_json=as_json)
    fixed = fix_files(
        files, dry_run=dry_run, undo=undo, long_ids=long_ids, journal=journal, lang=LANG,
        language=config.language if config else "zh", dictionary=config.dictionary if config else None,
        today=config.today if config else None, period=config.period if config else None,
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
